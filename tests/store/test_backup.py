"""A backup is whole or not there, also where it is killed, the disk is full or a call fails; restored it is the case."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.actions.keeping.doctor import examine
from headstamp.errors import (
    Conflicting,
    HeadstampError,
    Invalid,
    Missing,
    Tampered,
    Unavailable,
    Unreadable,
)
from headstamp.records import Item, Photograph
from headstamp.store import backup_place
from headstamp.store.backup import forget_states
from headstamp.store.backup_set import original_in, states
from headstamp.store.case import Case
from headstamp.store.disk import workplace
from headstamp.store.new_key import replace_key
from headstamp.store.sqlite import make_plain
from tests.conftest import new_case
from tests.effort import EFFORT
from tests.shared import ROOT
from tests.store.canaries import canary, in_files
from tests.store.kept import live, state, tree
from tests.store.test_erasing import erase

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


@pytest.mark.postgres
def test_a_case_of_another_layout_in_a_database_is_backed_up_too(tmp_path: Path) -> None:
    """As the refusal to open it asks for: before the upgrade, while the tables are not ours."""
    with new_case("postgres", tmp_path / "case") as case:
        live(case)
        before = state(case)
        with case.backend.writing() as conn:
            for statement in (
                "DROP TABLE alert", "ALTER TABLE item DROP COLUMN make", "CREATE TABLE later (a INT)",
                "UPDATE progress SET seq = 7 WHERE name = 'layout'",
            ):
                conn.exec_driver_sql(statement)
        with pytest.raises(Conflicting, match="headstamp upgrade"):
            Case.open(case.where, folder=case.folder)
        done, _ = back_up(case.where, tmp_path / "bk", folder=case.folder)
    assert done.manifest.records["item"] == {"public": 4, "partner": 5, "restricted": 5, "sealed": 6}
    assert restore_case(tmp_path / "bk", str(tmp_path / "back")).upgraded
    with Case.open(tmp_path / "back") as restored:
        index_case(restored)
        after = state(restored)
    for name in ("root", "size", "seen", "originals", "texts", "wrong"):
        assert after[name] == before[name]


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
    secret = Path(key).read_bytes().split(b"+", 4)[-1].strip()  # which may hold a + itself
    assert len(secret) > 40
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


def test_what_was_erased_goes_from_a_backup_with_its_older_states(case: Case, tmp_path: Path) -> None:
    place, word = tmp_path / "bk", canary(1)
    with case.change(actor="Ann", reason="seen") as change:
        kept, other = change.file(f"picture of {word}".encode()), change.file(b"another picture")
        change.put(Photograph.build(id="photo-0000000a", digest=kept.digest, caption=word))
        change.put(Photograph.build(id="photo-0000000b", digest=other.digest))
    where = {"folder": case.folder}
    first, _ = back_up(case.where, place, **where)
    erase(case, "photo-0000000a")
    doctors = examine(case.where, **where).ailments
    assert "1 backup was made before" in next(one.words for one in doctors if one.what == "backup_holds_erased")
    back_up(case.where, place, **where)
    assert "backup_holds_erased" in {one.what for one in examine(case.where, **where).ailments}
    # Restored, the older state has it again: it is the older state, and its log holds.
    restore_case(first.state, str(tmp_path / "older"))
    assert in_files(place) and in_files(tmp_path / "older")
    with Case.open(tmp_path / "older") as older:
        assert check_case(older) == []
    (place / "states" / ".gone-half").mkdir()
    (place / "states" / ".gone-half" / "case.sqlite").write_text(word)
    assert back_up(case.where, place, keep=1, **where)[1] == 2
    assert in_files(place) == {}
    assert "backup_holds_erased" not in {one.what for one in examine(case.where, **where).ailments}
    restore_case(place, str(tmp_path / "newer"))
    with Case.open(tmp_path / "newer") as newer:
        assert newer.read("sealed").get("photo-0000000b").get("digest") in newer.vault.digests()
        assert check_case(newer) == []


def test_what_is_left_of_an_original_that_is_damaged_everywhere_stays(sqlite_case: Case, tmp_path: Path) -> None:
    live(sqlite_case)
    place = tmp_path / "bk"
    back_up(sqlite_case.folder, place)
    digest = next(iter(sqlite_case.vault.digests()))
    held, ours = original_in(place / "originals", digest), sqlite_case.vault.placed(digest)
    for one in (held, ours):
        one.chmod(0o600)
        one.write_bytes(one.read_bytes()[:-1])
    last, gone = back_up(sqlite_case.folder, place, keep=1)
    assert gone == 1 and [one["digest"] for one in last.manifest.faults] == [digest]
    assert held.read_bytes() == ours.read_bytes()


def test_nothing_goes_where_the_state_that_stays_is_damaged(sqlite_case: Case, tmp_path: Path) -> None:
    live(sqlite_case)
    first, _ = back_up(sqlite_case.folder, tmp_path / "bk")
    live(sqlite_case, "two")
    second, _ = back_up(sqlite_case.folder, tmp_path / "bk")
    (second.state / "manifest.sha256").write_text("0")
    held = tree(tmp_path / "bk")
    with pytest.raises(Unreadable):
        forget_states(tmp_path / "bk", 1)
    assert tree(tmp_path / "bk") == held and first.state.is_dir()


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



def test_backups_while_the_case_is_written_to(case: Case, tmp_path: Path) -> None:
    """Each is one state of the log, with every original that state names."""
    stop = threading.Event()
    # Some changes for each backup: else the case grows for as long as a busy machine takes.
    allowed = threading.Semaphore(0)
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with Case.open(case.where, folder=case.folder) as mine:
                number = 0
                while allowed.acquire() and not stop.is_set():
                    live(mine, f"w{number}", files=2, many=3)
                    number += 1
        except BaseException as error:
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = []
        for _ in range(4 * EFFORT):
            allowed.release(3)
            time.sleep(0.05)
            taken.append(back_up(case.where, tmp_path / "bk", folder=case.folder)[0])
    finally:
        stop.set()
        allowed.release()
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
        (sqlite_case.folder / backup_place.LAST).unlink()
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


def test_a_disk_with_too_little_room_is_told_before_anything_is_copied(
    sqlite_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(sqlite_case)
    place = tmp_path / "bk"
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000))
        with pytest.raises(Unavailable, match=r"needs \d.* MB more, and 0\.0 MB are free"):
            back_up(sqlite_case.folder, place)
    assert states(place) == [] and not list((place / "originals").iterdir())
    back_up(sqlite_case.folder, place)
    # What is there already needs no room again.
    room = (sqlite_case.folder / "case.sqlite").stat().st_size + 1
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=room))
    assert back_up(sqlite_case.folder, place)[0].checked == 4
    # Some disks on a network do not say how large they are: that is no full disk.
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(total=0, used=0, free=0))
    assert back_up(sqlite_case.folder, tmp_path / "far")[0].copied == 4


def test_a_stick_that_is_not_plugged_in_is_not_taken_for_an_empty_folder(
    sqlite_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(sqlite_case)
    stick = tmp_path / "media" / "stick"
    done, _ = back_up(sqlite_case.folder, stick)
    assert done.same_disk
    stick.rename(tmp_path / "pulled")
    for there in (False, True):
        if there:
            stick.mkdir()
        with pytest.raises(Unavailable, match="is the backup disk plugged in"):
            back_up(sqlite_case.folder, stick)
        assert not there or not list(stick.iterdir())
    stick.rmdir()
    (tmp_path / "pulled").rename(stick)
    back_up(sqlite_case.folder, stick)
    # A new stick in its place is another disk.
    shutil.rmtree(stick)
    monkeypatch.setattr(backup_place, "same_disk", lambda place, other: False)
    back_up(sqlite_case.folder, stick)


def test_two_at_once_do_not_mix(sqlite_case: Case, tmp_path: Path) -> None:
    live(sqlite_case)
    back_up(sqlite_case.folder, tmp_path / "bk")
    with workplace(tmp_path / "bk" / ".unfinished", "a backup"), pytest.raises(Conflicting):
        back_up(sqlite_case.folder, tmp_path / "bk")
    with workplace(tmp_path / ".back.restoring", "restoring"), pytest.raises(Conflicting):
        restore_case(tmp_path / "bk", str(tmp_path / "back"))
    restore_case(tmp_path / "bk", str(tmp_path / "back"))


def test_the_note_of_the_last_backup(sqlite_case: Case, tmp_path: Path) -> None:
    assert backup_place.last_backup(sqlite_case.folder) is None
    done, _ = back_up(sqlite_case.folder, tmp_path / "bk")
    last = backup_place.last_backup(sqlite_case.folder)
    assert last is not None and last["at"] == done.manifest.made_at
    (sqlite_case.folder / backup_place.LAST).write_text("{}")
    with pytest.raises(HeadstampError):
        backup_place.last_backup(sqlite_case.folder)
