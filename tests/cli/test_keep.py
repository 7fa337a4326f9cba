"""``backup``, ``restore``, ``move``, ``upgrade`` and ``doctor`` as a person and a script call them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from headstamp.store.case import Case
from tests.cli.conftest import Run, Small
from tests.effort import EFFORT
from tests.shared import ROOT


def test_there_and_back(run: Run, small: Small, tmp_path: Path) -> None:
    case = ("--case", small.folder)
    told = run("backup", tmp_path / "bk", *case, "--json")
    assert told.code == 0
    assert told.json["records"]["item"]["sealed"] == 1 and told.json["signing_key"] is False
    note = tmp_path / "note"
    note.write_text(run("checkpoint", *case).out)
    back = run("restore", tmp_path / "bk", tmp_path / "back", "--against", note, "--key",
               small.folder / "keys" / "device.key", "--json")
    assert back.code == 0 and back.json["can_be_changed"] and back.json["findings"] == []
    assert back.json["root"] == told.json["root"]
    assert run("verify", "--case", tmp_path / "back", "--against", note).code == 0
    assert run("show", small.sealed, "--case", tmp_path / "back").code == 3  # rights are kept
    for command in (("backup", tmp_path / "bk", *case), ("upgrade", *case)):
        assert run(*command).code == 0


@pytest.mark.parametrize(("arguments", "code"), [
    (["restore", "nowhere", "into"], 3), (["backup"], 2), (["restore", "x"], 2),
    (["backup", "bk", "--keep", "0"], 2), (["restore", "x", "y", "--against", "none"], 3),
    (["doctor", "--against", "none"], 3),
])
def test_refusals(
    run: Run, small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str],
    code: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    told = run(*arguments, "--case", small.folder, "--json")
    assert told.code == code and told.json["message"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case"]


def test_a_damaged_backup_names_its_files(run: Run, small: Small, tmp_path: Path) -> None:
    run("backup", tmp_path / "bk", "--case", small.folder)
    (tables,) = (tmp_path / "bk").rglob("tables.sqlite")
    tables.write_bytes(tables.read_bytes()[:-1])
    told = run("restore", tmp_path / "bk", tmp_path / "back", "--json")
    assert told.code == 6 and told.json["problems"][0]["file"] == "tables.sqlite"
    assert not (tmp_path / "back").exists()


def test_a_missing_original_is_told_by_backup_restore_and_doctor(
    run: Run, small: Small, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("an invented letter")
    with Case.open(small.folder) as case, case.change(actor="a", reason="r") as change:
        from headstamp.records import Document

        digest = change.file(tmp_path / "a.txt").digest
        change.put(Document.build({"title": "Letter", "digest": digest}))
    case.vault.path(digest).unlink()
    told = run("backup", tmp_path / "bk", "--case", small.folder)
    assert told.code == 9 and digest in told.out
    told = run("restore", tmp_path / "bk", tmp_path / "back")
    assert told.code == 9 and "wrong already" in told.out
    told = run("doctor", "--case", small.folder)
    assert told.code == 9 and "original_missing" in told.out and "What to do:" in told.out


def test_move_and_doctor(run: Run, small: Small, tmp_path: Path) -> None:
    told = run("move", tmp_path / "new", "--case", small.folder, "--json")
    assert told.code == 0 and Path(told.json["folder"]) == tmp_path / "new"
    assert run("record", "item", "--make", "x", "--reason", "y", "--case", small.folder).code == 7
    assert run("record", "item", "--make", "x", "--reason", "y", "--case", tmp_path / "new").code == 0
    old = run("doctor", "--case", small.folder, "--json")
    assert old.code == 7 and "key_moved" in {one["what"] for one in old.json["ailments"]}


# Kilobytes that are free; fifty levels in ``make soak``.
ROOMS = (40, 780) if EFFORT == 1 else tuple(range(0, 1500, 30))


@pytest.mark.slow
def test_a_full_disk(tmp_path: Path, small: Small) -> None:
    """Backup and restore onto a small file system that fills up, where one may be made."""
    program = f"""
import json, subprocess, sys
from pathlib import Path
def run(*a):
    done = subprocess.run([sys.executable, "-m", "headstamp", *map(str, a), "--json"],
                          capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)
disk = Path({str(tmp_path / "disk")!r})
case, place = Path({str(small.folder)!r}), Path({str(tmp_path / "bk")!r})
told = []
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)], check=True)
assert run("backup", place, "--case", case)[0] == 0
for room in {ROOMS}:
    for one in disk.iterdir():
        subprocess.run(["rm", "-rf", str(one)], check=True)
    # Fill the disk but for so many kilobytes.
    (disk / "filler").write_bytes(bytes((4096 - room) * 1024 - 16384))
    code, said = run("backup", disk / "bk", "--case", case)
    states = list((disk / "bk" / "states").glob("*")) if (disk / "bk").exists() else []
    told.append([room, code, said.get("message", ""), len(states)])
    code, said = run("restore", place, disk / "back")
    told.append([room, code, said.get("message", ""), int((disk / "back").exists())])
    (disk / "filler").unlink()
    assert run("backup", disk / "bk", "--case", case)[0] == 0, "after room was made"
    assert (disk / "back").exists() or run("restore", place, disk / "back")[0] == 0
    assert run("verify", "--case", disk / "back")[0] == 0
print(json.dumps(told))
"""
    (tmp_path / "disk").mkdir()
    may = subprocess.run(["unshare", "--mount", "--map-root-user", "true"], capture_output=True,
                         check=False)
    if may.returncode:
        pytest.skip("no file system of one's own may be mounted here")
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", sys.executable, "-c", program], cwd=ROOT,
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    failed = [one for one in told if one[1] != 0]
    assert len(failed) >= 3
    for _room, code, message, there in failed:
        assert (code, there) == (7, 0) and "full" in message, message
