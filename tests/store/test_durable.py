"""What was acknowledged stays, whoever is killed and whoever writes at the same time."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.cases import check_case, index_case
from headstamp.errors import Missing, Tampered, Unavailable, Unreadable
from headstamp.kinds.identity import derived_id
from headstamp.records import Item, Photograph
from headstamp.store.case import Case
from headstamp.store.vault import Kept, Vault
from tests.effort import counted
from tests.shared import ROOT

KILLS = 50


def writer(case: Case, worker: str, changes: int, size: int, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", case.where, str(case.folder), worker,
         str(changes), str(size), *more],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_kills(sqlite_case: Case) -> None:
    """Killed at 50 random moments of writing many records, indexing them and keeping files."""
    draw = random.Random(11)
    acknowledged: list[str] = []
    size = 60
    deadline = time.monotonic() + 300
    for number in range(KILLS):
        process = writer(sqlite_case, f"w{number}", 10_000, size, "--index")
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        time.sleep(draw.random() * 0.12)
        process.kill()
        rest, _ = process.communicate()
        acknowledged += [line for line in rest.split("\n") if line.count("-") == 1]
        assert time.monotonic() < deadline
    assert len(acknowledged) > KILLS // 4
    with Case.open(sqlite_case.where) as case:
        reader = case.read()
        for name in acknowledged:
            ids = [derived_id("item", name, str(n)) for n in range(size)]
            assert len(reader.many(ids)) == size, name
            assert len(reader.many([derived_id("mark", name, str(n)) for n in range(size)])) == size
            document = reader.get(derived_id("doc", name))
            assert reader.original(document.get("digest"))[0].is_file()
        assert reader.totals()["item"] % size == 0  # none half saved
        assert check_case(case) == []
        index_case(case)
        assert check_case(case) == []
        with case.change(actor="a", reason="goes on") as change:
            change.put(Item.build({}))
    assert not list(sqlite_case.folder.glob("*-journal"))


@pytest.mark.slow
def test_many_processes_write_one_after_the_other(case: Case) -> None:
    """8 x 200 on SQLite, 16 x 500 on PostgreSQL in ``make soak``: none is refused, one order."""
    sqlite = case.backend.name == "sqlite"
    workers = 8 if sqlite else counted(4, 16)
    changes = counted(50, 200) if sqlite else counted(50, 500)
    processes = [writer(case, f"w{n}", changes, 1) for n in range(workers)]
    for process in processes:
        out, told = process.communicate(timeout=1800)
        assert process.returncode == 0, told
        assert len(out.split("\n")) == changes + 2
    reader = case.read()
    assert reader.totals()["item"] == workers * changes
    assert case.checkpoint().size == workers * changes * 3
    for n in range(workers):
        seqs = [reader.history(derived_id("item", f"w{n}-{k}", "0"))[0].seq for k in range(changes)]
        assert seqs == sorted(seqs)
    assert check_case(case) == []


@pytest.mark.slow
def test_no_update_is_lost_however_many_edit_one_record(case: Case) -> None:
    """Each reads the number, adds one and puts it back: who was slower is told, and tries again."""
    workers, each = counted(3, 8), counted(8, 50)
    item = Item.build(id=derived_id("item", "edited by all"), remark="0")
    with case.change(actor="a", reason="r") as change:
        change.put(item)
    processes = [subprocess.Popen(
        [sys.executable, "-m", "tests.store.editor", case.where, str(case.folder), f"w{n}", str(each)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for n in range(workers)]
    conflicts = 0
    for process in processes:
        out, told = process.communicate(timeout=1800)
        assert process.returncode == 0, told
        conflicts += int(out)
    shown = case.read().get(item.id)
    assert shown.get("remark") == str(workers * each) and shown.version == workers * each + 1
    said = [event.actor for event in case.read().history(item.id)]
    assert len(said) == workers * each + 1
    # With few and quick editors each may find the record as it left it.
    assert conflicts or workers < 8
    assert check_case(case) == []
    print(f"{workers * each} edits of one record by {workers}, {conflicts} conflicts told, 0 lost")


def test_the_second_editor_always_gets_a_conflict(case: Case) -> None:
    from headstamp.errors import Conflicting

    item = Item.build(make="a")
    with case.change(actor="a", reason="r") as change:
        change.put(item)
    with Case.open(case.where, folder=case.folder) as other:
        seen = other.read().get(item.id).version
        with case.change(actor="a", reason="first") as change:
            change.put(item.model_copy(update={"make": "b"}), expected=seen)
        with pytest.raises(Conflicting), other.change(actor="b", reason="second") as change:
            change.put(item.model_copy(update={"make": "c"}), expected=seen)
    assert case.read().get(item.id).get("make") == "b"


# -- originals


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "originals")


def files(vault: Vault) -> list[Path]:
    return [path for path in vault.folder.rglob("*") if path.is_file()]


def test_an_original_is_kept_untouched(vault: Vault, tmp_path: Path) -> None:
    source = tmp_path / "IMG_1.jpg"
    source.write_bytes(os.urandom(3_000_000))
    kept = vault.keep(source)
    assert kept.new and kept.size == 3_000_000
    assert vault.open(kept.digest).read_bytes() == source.read_bytes()
    assert vault.recompute(kept.digest) == kept.digest
    assert vault.open(kept.digest).stat().st_mode & 0o222 == 0
    assert vault.keep(source.read_bytes()) == Kept(kept.digest, kept.size, new=False)
    assert list(vault.digests()) == [kept.digest]
    assert files(vault) == [vault.path(kept.digest)]


def test_an_unreadable_source_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    for source in (tmp_path / "nowhere.jpg", tmp_path):
        with pytest.raises(Unreadable, match=source.name):
            vault.keep(source)
    assert files(vault) == []
    with pytest.raises(Missing):
        vault.open("0" * 64)
    assert vault.recompute("0" * 64) is None


@pytest.mark.parametrize("call", ["fsync", "rename", "mkdir", "write"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_full_disk_is_told_and_leaves_nothing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    first = vault.keep(b"there before")

    def fails(*given: Any, **named: Any) -> Any:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        if call == "fsync":
            patch.setattr(os, "fsync", fails)
        elif call == "write":
            patch.setattr(Vault, "_copy", staticmethod(fails))
        else:
            patch.setattr(Path, call, fails)
        with pytest.raises(Unavailable, match=os.strerror(number)):
            vault.keep(b"one more")
    assert files(vault) == [vault.path(first.digest)]
    assert vault.keep(b"one more").new  # the second try works


def test_an_original_is_safe_before_its_record(
    sqlite_case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File, name and folder are synced, in this order, before ``file`` returns."""
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def synced(handle: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file")
        sync(handle)

    def renamed(self: Path, target: Path) -> Path:
        done.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    with sqlite_case.change(actor="a", reason="r") as change:
        kept = change.file(b"a picture")
        assert done[0] == "file" and done[-2:] == ["rename", "folder"]
        change.put(Photograph.build(digest=kept.digest))
    assert check_case(sqlite_case) == []


def test_a_damaged_original_is_not_taken_for_a_good_copy(vault: Vault) -> None:
    kept = vault.keep(b"a picture")
    path = vault.path(kept.digest)
    path.chmod(0o644)
    path.write_bytes(b"")
    with pytest.raises(Tampered):
        vault.keep(b"a picture")
    assert path.read_bytes() == b""  # what is found is left as it is


@pytest.mark.slow
def test_a_full_disk_under_the_database(tmp_path: Path) -> None:
    """A limit on the size of files, as a full disk: told in words, nothing harmed."""
    script = """
import resource, sys
from pathlib import Path
from headstamp.errors import Unavailable
from headstamp.records import Item
from headstamp.store.case import Case
case = Case.create(Path(sys.argv[1]))
safe = 0
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))
try:
    for n in range(2000):
        with case.change(actor="a", reason=str(n)) as change:
            change.put_many([Item.build(make=str(n), description="x" * 500) for _ in range(50)])
        safe += 1
except Unavailable as error:
    print(safe, str(error).replace(chr(10), " "))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with case.change(actor="a", reason="goes on") as change:
    change.put(Item.build({}))
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "case")], cwd=ROOT,
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    safe, _, told = done.stdout.partition(" ")
    assert int(safe) > 3 and "cannot be used" in told
    with Case.open(tmp_path / "case") as case:
        assert case.read().totals()["item"] == int(safe) * 50 + 1
        assert check_case(case) == []
