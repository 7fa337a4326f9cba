"""A backup is whole or not there; a restored case is the case; a damaged backup restores nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from headstamp.actions.backups import back_up, restore_case
from headstamp.actions.cases import check_case
from headstamp.errors import (
    Conflicting,
    HeadstampError,
    Invalid,
    Missing,
    Tampered,
    Unavailable,
    Unreadable,
)
from headstamp.records import Item
from headstamp.store import backup as backups
from headstamp.store.backup_set import read_manifest, states, sum_line
from headstamp.store.case import Case
from headstamp.store.disk import workplace
from headstamp.store.new_key import replace_key
from headstamp.store.sqlite import make_plain
from tests.conftest import database
from tests.effort import EFFORT
from tests.shared import ROOT
from tests.store.kept import live, state, tree

TAMPERINGS = 200 * EFFORT
KILLS = 6 * EFFORT


def test_what_comes_back_is_the_case(case: Case, tmp_path: Path) -> None:
    live(case)
    before = state(case)
    done, _ = back_up(case.where, tmp_path / "bk", folder=case.folder)
    assert (done.copied, done.checked, done.manifest.faults) == (4, 0, ())
    assert not done.manifest.signing_key
    back = restore_case(tmp_path / "bk", str(tmp_path / "back"), against=[case.checkpoint_note()])
    with Case.open(tmp_path / "back") as restored:
        assert state(restored) == before
        with pytest.raises(Unavailable), restored.change(actor="a", reason="r"):
            pass
    assert not back.can_be_changed and not back.findings
    assert (tmp_path / "back" / "imports" / "finds.problems.csv").is_file()
    with_rank = {"public": 4, "partner": 5, "restricted": 5, "sealed": 6}
    assert done.manifest.records["item"] == with_rank
    assert state(case) == before


def test_a_restored_case_goes_on_with_its_key(sqlite_case: Case, tmp_path: Path) -> None:
    live(sqlite_case)
    key = shutil.copy(sqlite_case.folder / "keys" / "device.key", tmp_path / "key")
    back_up(sqlite_case.folder, tmp_path / "bk")
    back_up(sqlite_case.folder, tmp_path / "whole", with_key=True)
    other = tmp_path / "other.key"
    with Case.create(tmp_path / "another") as another:
        shutil.copy(another.folder / "keys" / "device.key", other)
    with pytest.raises(Invalid):
        restore_case(tmp_path / "bk", str(tmp_path / "no"), key_file=other)
    assert not (tmp_path / "no").exists()
    for number, (place, given) in enumerate([("bk", Path(key)), ("whole", None)]):
        where = tmp_path / f"back{number}"
        assert restore_case(tmp_path / place, str(where), key_file=given).can_be_changed
        assert (where / "keys" / "device.key").stat().st_mode & 0o077 == 0
        with Case.open(where) as case:
            with case.change(actor="a", reason="goes on") as change:
                change.put(Item.build({}))
            assert check_case(case) == []
    # Nothing of the key in a backup that should not hold it.
    secret = Path(key).read_bytes().split(b"+")[-1].strip()
    assert not [p for p in (tmp_path / "bk").rglob("*") if p.is_file() and secret in p.read_bytes()]


def test_the_next_backup_copies_what_is_new_and_mends_what_was_damaged(
    sqlite_case: Case, tmp_path: Path
) -> None:
    live(sqlite_case)
    place = tmp_path / "bk"
    first, _ = back_up(sqlite_case.folder, place)
    live(sqlite_case, "two", files=2)
    bad = next(p for p in (place / "originals").rglob("*") if p.is_file())
    bad.chmod(0o600)
    bad.write_bytes(bad.read_bytes()[:-1])
    second, _ = back_up(sqlite_case.folder, place)
    assert (second.copied, second.checked, second.mended) == (4, 3, 1)
    assert states(place) == [first.state, second.state]
    for one in (first, second):
        where = tmp_path / f"from-{one.state.name}"
        restore_case(one.state, str(where))
        with Case.open(where) as case:
            assert case.checkpoint().size == one.manifest.entries and check_case(case) == []
    _, gone = back_up(sqlite_case.folder, place, keep=1)
    assert gone == 2 and len(states(place)) == 1
    restore_case(place, str(tmp_path / "latest"))


def test_a_place_is_for_one_case_and_one_log(sqlite_case: Case, tmp_path: Path) -> None:
    live(sqlite_case)
    place = tmp_path / "bk"
    shutil.copytree(sqlite_case.folder, tmp_path / "earlier")
    live(sqlite_case, "two")
    back_up(sqlite_case.folder, place)
    held = tree(place)
    with Case.create(tmp_path / "another"), pytest.raises(Conflicting):
        back_up(tmp_path / "another", place)
    with pytest.raises(Tampered, match="not the one that was backed up"):
        back_up(tmp_path / "earlier", place)
    with Case.open(tmp_path / "earlier") as rolled_back:
        live(rolled_back, "another story", many=40)
    with pytest.raises(Tampered):
        back_up(tmp_path / "earlier", place)
    for wrong in (sqlite_case.folder / "bk", sqlite_case.folder, tmp_path):
        with pytest.raises((Invalid, Conflicting)):
            back_up(sqlite_case.folder, wrong)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(Conflicting):
        back_up(sqlite_case.folder, tmp_path / "full")
    assert tree(place) == held


def test_backups_go_on_after_the_signing_key_was_replaced(
    sqlite_case: Case, tmp_path: Path
) -> None:
    live(sqlite_case)
    for number in range(3):
        back_up(sqlite_case.folder, tmp_path / "bk")
        replace_key(sqlite_case, actor="a", reason="it was time", revoked=number == 1)
        live(sqlite_case, f"then {number}")
    back_up(sqlite_case.folder, tmp_path / "bk")
    for number, state_ in enumerate(states(tmp_path / "bk")):
        assert restore_case(state_, str(tmp_path / f"back{number}")).findings == ()
    assert number == 3


def test_no_log_of_writes_is_left_in_a_backup(sqlite_case: Case, tmp_path: Path) -> None:
    """SQLite bears it when it cannot unlink its log: then we do, or the backup fails."""
    live(sqlite_case)
    done, _ = back_up(sqlite_case.folder, tmp_path / "bk")
    left = done.state / "tables.sqlite-wal"
    left.write_bytes(b"left behind")
    make_plain(done.state / "tables.sqlite")
    assert not left.exists()
    assert restore_case(tmp_path / "bk", str(tmp_path / "back")).findings == ()


def test_nothing_is_written_over(sqlite_case: Case, tmp_path: Path) -> None:
    live(sqlite_case)
    back_up(sqlite_case.folder, tmp_path / "bk")
    for wrong in (sqlite_case.folder, tmp_path / "bk"):
        held = tree(wrong)
        with pytest.raises(Conflicting):
            restore_case(tmp_path / "bk", str(wrong))
        assert tree(wrong) == held
    with pytest.raises(Missing):
        restore_case(tmp_path, str(tmp_path / "back"))
    (tmp_path / "empty").mkdir()
    restore_case(tmp_path / "bk", str(tmp_path / "empty"))


def test_a_damaged_case_is_backed_up_as_far_as_it_is_there_and_told(
    sqlite_case: Case, tmp_path: Path
) -> None:
    live(sqlite_case)
    gone, changed = sorted(sqlite_case.vault.digests())[:2]
    sqlite_case.vault.path(gone).unlink()
    path = sqlite_case.vault.path(changed)
    path.chmod(0o600)
    path.write_bytes(b"another")
    done, _ = back_up(sqlite_case.folder, tmp_path / "bk")
    assert {fault["digest"] for fault in done.manifest.faults} == {gone, changed}
    back = restore_case(tmp_path / "bk", str(tmp_path / "back"))
    assert {one.what for one in back.findings} == {"original_missing"} and len(back.findings) == 2
    with sqlite_case.backend.writing() as conn:
        conn.exec_driver_sql("UPDATE item SET make = 'other' WHERE log_seq = 2")
    back_up(sqlite_case.folder, tmp_path / "bk")
    with pytest.raises(Tampered, match="table_changed"):
        restore_case(tmp_path / "bk", str(tmp_path / "again"))
    assert not (tmp_path / "again").exists()
    back = restore_case(tmp_path / "bk", str(tmp_path / "again"), as_it_is=True)
    assert "table_changed" in {one.what for one in back.findings}


# -- tampering


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("whole")
    with Case.create(folder / "case") as case:
        live(case)
    back_up(folder / "case", folder / "bk", with_key=True)
    yield folder


def _tamper(place: Path, path: Path, draw: random.Random) -> str:
    how = draw.choice(["flip", "cut", "grow", "empty", "remove", "link", "folder"])
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    elif how == "cut":
        del data[draw.randrange(len(data)):]
    elif how == "grow":
        data += b"\n"
    elif how == "empty":
        data.clear()
    if how in ("flip", "cut", "grow", "empty"):
        path.write_bytes(data)
        return how
    path.unlink()
    if how == "link":
        path.symlink_to("/etc/passwd")
    elif how == "folder":
        path.mkdir()
    return how


def test_every_tampering_of_every_kind_of_file_is_refused(whole: Path, tmp_path: Path) -> None:
    draw = random.Random(7)
    names = [p.relative_to(whole / "bk") for p in sorted((whole / "bk").rglob("*")) if p.is_file()
             and p.name not in ("README.txt", "backup.json")]
    classes = {(p.parts[0], p.name if p.parts[0] == "states" else "") for p in names}
    assert len(classes) == 7  # database, two keys, a file, manifest, its sum; originals
    for number in range(max(TAMPERINGS, len(names))):
        place = tmp_path / "bk"
        shutil.copytree(whole / "bk", place)
        name = names[number % len(names)]
        how = _tamper(place, place / name, draw)
        held = None if how in ("link", "folder") else tree(place)
        (tmp_path / "into").mkdir()
        with pytest.raises((Unreadable, Missing)):
            restore_case(place, str(tmp_path / "into"))
        assert not list((tmp_path / "into").iterdir()), (name, how)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["bk", "into"], (name, how)
        assert held is None or tree(place) == held
        shutil.rmtree(place)
        (tmp_path / "into").rmdir()


def test_a_manifest_made_to_fit_does_not_make_the_case_true(whole: Path, tmp_path: Path) -> None:
    """Whoever changes the database and writes the manifest anew is stopped by the log."""
    import hashlib
    import sqlite3

    def forge(statement: str) -> Path:
        place = tmp_path / "bk"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(whole / "bk", place)
        state_ = states(place)[0]
        conn = sqlite3.connect(state_ / "tables.sqlite")
        assert conn.execute(statement).rowcount
        conn.commit()
        conn.close()
        told = json.loads((state_ / "manifest.json").read_bytes())
        for part in told["files"]:
            if part["path"] == "tables.sqlite":
                data = (state_ / "tables.sqlite").read_bytes()
                part |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        _write_manifest(state_, told)
        return place

    for statement in ("UPDATE item SET make = 'forged' WHERE log_seq = 3",
                      "UPDATE version SET body = replace(body, 'make 1', 'make 7') WHERE seq = 2",
                      "DELETE FROM log WHERE seq > 40", "DELETE FROM checkpoint WHERE size > 20"):
        with pytest.raises((Tampered, Unreadable)):
            restore_case(forge(statement), str(tmp_path / "into"))
        assert not (tmp_path / "into").exists()


def _write_manifest(state_: Path, told: dict[str, object]) -> None:
    data = json.dumps(told).encode()
    (state_ / "manifest.json").write_bytes(data)
    (state_ / "manifest.sha256").write_bytes(sum_line(data))


@pytest.mark.parametrize("path", [
    "../../evil", "/tmp/evil", "files/../../evil", "keys/../../x", "originals/x", "", ".",
    "files/\x00", "other/file",
])
def test_a_manifest_cannot_lead_out_of_the_backup(whole: Path, tmp_path: Path, path: str) -> None:
    place = tmp_path / "bk"
    shutil.copytree(whole / "bk", place)
    state_ = states(place)[0]
    told = json.loads((state_ / "manifest.json").read_bytes())
    told["files"].append({"path": path, "size": 0, "sha256": "0" * 64})
    _write_manifest(state_, told)
    with pytest.raises(Unreadable):
        restore_case(place, str(tmp_path / "into"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bk"]


def test_what_does_not_belong_to_a_backup_is_told(whole: Path, tmp_path: Path) -> None:
    place = tmp_path / "bk"
    shutil.copytree(whole / "bk", place)
    (states(place)[0] / "files" / "more.txt").write_text("slipped in")
    with pytest.raises(Unreadable, match="does not belong"):
        restore_case(place, str(tmp_path / "into"))


def test_the_manifest_can_be_checked_without_us(whole: Path) -> None:
    (state_,) = states(whole / "bk")
    done = subprocess.run(["sha256sum", "-c", "manifest.sha256"], cwd=state_, check=False,
                          capture_output=True)
    assert done.returncode == 0
    assert read_manifest(state_).opened().size == read_manifest(state_).entries


# -- in use, killed, full


def test_backups_while_the_case_is_written_to(case: Case, tmp_path: Path) -> None:
    """Each is one state of the log, with every original that state names."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with Case.open(case.where, folder=case.folder) as mine:
                number = 0
                while not stop.is_set():
                    live(mine, f"w{number}", files=2, many=3)
                    number += 1
        except BaseException as error:
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = []
        for _ in range(4 * EFFORT):
            time.sleep(0.05)
            taken.append(back_up(case.where, tmp_path / "bk", folder=case.folder)[0])
    finally:
        stop.set()
        writer.join()
    assert failed == []
    with case.backend.reading() as conn:
        rows = case.backend.tuples(conn, "SELECT size, note FROM checkpoint")
    notes = dict(rows)
    assert len({one.manifest.entries for one in taken}) > 1
    for number, one in enumerate(taken):
        assert one.manifest.checkpoint == notes[one.manifest.entries]
        back = restore_case(one.state, str(tmp_path / f"back{number}"))
        assert back.findings == ()
        shutil.rmtree(tmp_path / f"back{number}")


def _program(*arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "headstamp", *map(str, arguments)], cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={k: v for k, v in os.environ.items() if not k.startswith("HEADSTAMP_")},
    )


@pytest.mark.slow
def test_killed_backups_and_restores_leave_what_was_there(tmp_path: Path) -> None:
    draw = random.Random(5)
    with Case.create(tmp_path / "case") as case:
        live(case, files=60, many=200)
    first, _ = back_up(tmp_path / "case", tmp_path / "bk")
    began = time.monotonic()
    _program("backup", tmp_path / "whole", "--case", tmp_path / "case").wait()
    # How long one takes changes with the machine: where it was faster, the next is killed sooner.
    usual = time.monotonic() - began
    cut = 0
    for number in range(KILLS):
        place = tmp_path / f"bk{number}"
        process = _program("backup", place, "--case", tmp_path / "case")
        time.sleep(usual * draw.uniform(0.3, 1.0))
        process.send_signal(signal.SIGKILL)
        usual, cut = (usual, cut + 1) if process.wait() else (usual * 0.6, cut)
        for one in states(place):  # a state that is there is whole
            restore_case(one, str(tmp_path / "back"))
            shutil.rmtree(tmp_path / "back")
        done, _ = back_up(tmp_path / "case", place)
        assert done.copied + done.checked == 61
        assert not [p for p in place.iterdir() if p.name.startswith(".")]
        shutil.rmtree(place)
    for _ in range(KILLS):
        process = _program("restore", tmp_path / "bk", tmp_path / "back")
        time.sleep(usual * draw.uniform(0.3, 1.3))
        process.send_signal(signal.SIGKILL)
        usual, cut = (usual, cut + 1) if process.wait() else (usual * 0.6, cut)
        if not (tmp_path / "back").exists():
            restore_case(tmp_path / "bk", str(tmp_path / "back"))
        with Case.open(tmp_path / "back") as case:
            assert check_case(case) == [] and case.checkpoint().size == first.manifest.entries
        assert not list(tmp_path.glob(".back*"))
        shutil.rmtree(tmp_path / "back")
    assert cut > KILLS // 2


def test_a_full_disk_is_told_and_what_is_there_is_used_next_time(
    sqlite_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(sqlite_case)
    place = tmp_path / "bk"
    whole = sum(len(data) for data in (p.read_bytes() for p in sqlite_case.folder.rglob("*")
                                       if p.is_file()))
    assert whole
    left = [0]
    from headstamp.store import disk

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(disk.os, "fsync", full)
        for room in range(1, 400):
            left[0] = room
            before = tree(place) if place.exists() else {}
            try:
                back_up(sqlite_case.folder, place)
            except Unavailable as error:
                assert "is full" in str(error)
                assert not (place / ".unfinished").exists()
                assert set(before) <= set(tree(place)) | {"README.txt"}
                left[0] = 1_000_000
                for one in states(place):  # only the last sync of all failed
                    restore_case(one, str(tmp_path / "whole"))
                    shutil.rmtree(tmp_path / "whole")
            else:
                break
        else:
            raise AssertionError("it never came to an end")
        assert room > 5
    restore_case(place, str(tmp_path / "back"))
    with monkeypatch.context() as patch:
        patch.setattr(disk.os, "fsync", full)
        for room in range(1, 400):
            left[0] = room
            try:
                restore_case(place, str(tmp_path / "again"))
            except Unavailable as error:
                assert "is full" in str(error) and not list(tmp_path.glob(".again*"))
                if (tmp_path / "again").exists():  # only the last sync of all failed
                    break
            else:
                break
        assert room > 5
    with Case.open(tmp_path / "again") as case:
        assert check_case(case) == []


@pytest.mark.slow
@pytest.mark.parametrize("call", ["fsync", "open", "rename", "replace", "mkdir", "chmod"])
def test_a_fault_in_each_call_of_the_system(
    sqlite_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Calls in turn fail once: told in our words, nothing half there, the next try works."""
    live(sqlite_case, files=1, many=2)
    place, into = tmp_path / "bk", tmp_path / "into"
    whole = tmp_path / "whole"
    back_up(sqlite_case.folder, whole)
    real = getattr(os, call)
    left = 0

    def failing(*given: object, **named: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(5, "Input/output error")
        return real(*given, **named)

    def once(act: Callable[[], object], at: int) -> bool:
        nonlocal left
        with monkeypatch.context() as patch:
            patch.setattr(os, call, failing)
            left = at
            try:
                act()
            except HeadstampError:
                return True
            finally:
                done = left > 0
                left = 0
        return not done  # the fault was borne; else there were not so many calls

    failed = 0
    every = 1 if EFFORT > 1 else 6  # each call in ``make soak``
    for at in range(1, 200, every):
        if not once(lambda: back_up(sqlite_case.folder, place), at):
            break
        for one in states(place):
            restore_case(one, str(into))
            shutil.rmtree(into)
        back_up(sqlite_case.folder, place, keep=1)
        shutil.rmtree(place)
        failed += 1
    for at in range(1, 200, every):
        if not once(lambda: restore_case(whole, str(into)), at):
            break
        if into.exists():
            with Case.open(into) as case:
                assert check_case(case) == []
            shutil.rmtree(into)
        restore_case(whole, str(into))
        shutil.rmtree(into)
        failed += 1
    assert failed


def test_two_at_once_do_not_mix(sqlite_case: Case, tmp_path: Path) -> None:
    live(sqlite_case)
    back_up(sqlite_case.folder, tmp_path / "bk")
    with workplace(tmp_path / "bk" / ".unfinished", "a backup"), pytest.raises(Conflicting):
        back_up(sqlite_case.folder, tmp_path / "bk")
    with workplace(tmp_path / ".back.restoring", "restoring"), pytest.raises(Conflicting):
        restore_case(tmp_path / "bk", str(tmp_path / "back"))
    restore_case(tmp_path / "bk", str(tmp_path / "back"))


def test_the_note_of_the_last_backup(sqlite_case: Case, tmp_path: Path) -> None:
    assert backups.last_backup(sqlite_case.folder) is None
    done, _ = back_up(sqlite_case.folder, tmp_path / "bk")
    last = backups.last_backup(sqlite_case.folder)
    assert last is not None and last["at"] == done.manifest.made_at
    (sqlite_case.folder / backups.LAST).write_text("{}")
    with pytest.raises(HeadstampError):
        backups.last_backup(sqlite_case.folder)


@pytest.mark.postgres
def test_restored_into_a_database(whole: Path, tmp_path: Path) -> None:
    with Case.open(whole / "case") as case:
        before = state(case)
    with database() as url:
        back = restore_case(whole / "bk", url, folder=tmp_path / "files")
        assert back.can_be_changed
        with Case.open(url, folder=tmp_path / "files") as case:
            assert state(case) == before
        with pytest.raises(Conflicting):
            restore_case(whole / "bk", url, folder=tmp_path / "others")
        assert sorted(p.name for p in tmp_path.iterdir()) == ["files"]
    with database() as url:
        # Killed before its transaction ended: folder there, database empty.
        (tmp_path / "files2").mkdir()
        from headstamp.store.address import without_password
        from headstamp.store.restore import FILLING

        (tmp_path / "files2" / FILLING).write_text(without_password("postgresql://other/db") + "\n")
        with pytest.raises(Conflicting):
            restore_case(whole / "bk", url, folder=tmp_path / "files2")
        (tmp_path / "files2" / FILLING).write_text(without_password(url) + "\n")
        restore_case(whole / "bk", url, folder=tmp_path / "files2")
        with Case.open(url, folder=tmp_path / "files2") as case:
            assert state(case) == before


@pytest.mark.postgres
@pytest.mark.slow
def test_killed_while_restoring_into_a_database(whole: Path, tmp_path: Path) -> None:
    """Afterwards there is a whole case, or an empty database into which it can be restored."""
    draw = random.Random(8)
    files = tmp_path / "files"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HEADSTAMP_")}
    usual = 0.0
    for number in range(3 * EFFORT + 1):
        with database() as url:
            began = time.monotonic()
            # The address holds a password: in the environment it would be, here it is a test's.
            process = subprocess.Popen(
                [sys.executable, "-m", "headstamp", "restore", str(whole / "bk"),
                 f"{url}?folder={files}"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            if number:
                time.sleep(usual * draw.uniform(0.6, 1.0))
                process.send_signal(signal.SIGKILL)
            process.wait()
            usual = usual or time.monotonic() - began
            try:
                case = Case.open(url, folder=files)
            except Missing:
                restore_case(whole / "bk", f"{url}?folder={files}")
                case = Case.open(url, folder=files)
            with case:
                assert check_case(case) == []
        shutil.rmtree(files)
