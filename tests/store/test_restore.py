"""Restoring: a damaged backup is refused before anything is touched, a whole one comes back, into a database too."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.errors import (
    Conflicting,
    Missing,
    Tampered,
    Unavailable,
    Unreadable,
)
from headstamp.store.backup_set import read_manifest, states, sum_line
from headstamp.store.case import Case
from tests.conftest import database
from tests.effort import EFFORT
from tests.shared import ROOT
from tests.store.kept import live, state, tree

TAMPERINGS = 200 * EFFORT


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


def test_what_this_user_may_not_read_is_told(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stick or the case is another user's: root, who runs tests, is never refused, so it is played."""
    real = Path.stat

    def refused(path: Path, **more: bool) -> os.stat_result:
        if path.name in ("manifest.json", "lock.json"):
            raise PermissionError(13, "Permission denied")
        return real(path, **more)

    monkeypatch.setattr(Path, "stat", refused)
    with pytest.raises(Unavailable, match="bk cannot be used: Permission denied"):
        restore_case(whole / "bk", str(tmp_path / "into"))
    with pytest.raises(Unavailable, match="case cannot be used: Permission denied"):
        Case.open(whole / "case")
    assert not (tmp_path / "into").exists()


def test_the_manifest_can_be_checked_without_us(whole: Path) -> None:
    (state_,) = states(whole / "bk")
    done = subprocess.run(["sha256sum", "-c", "manifest.sha256"], cwd=state_, check=False,
                          capture_output=True)
    assert done.returncode == 0
    assert read_manifest(state_).opened().size == read_manifest(state_).entries


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
