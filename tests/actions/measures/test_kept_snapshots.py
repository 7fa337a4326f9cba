"""Snapshots kept for findings: in the backup, gone at an erasure, which says so beforehand, and never behind it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from headstamp.actions.evidence.erasing import approve, ask
from headstamp.actions.evidence.erasure_scope import scope_of
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.actions.measures.finding import put_into_finding
from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.engine import snapshot as taking
from headstamp.engine.snapshot import open_snapshot
from headstamp.errors import Conflicting
from headstamp.store.case import Case
from tests.actions.measures.test_measuring import the_case
from tests.web.sample import make

GIVEN = {"series": "K#"}
CANARY = "Mustafa Kanary"
NOTED = "note-canary0000"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = the_case(tmp_path / "case")
    with made.change(actor="Ann", reason="heard") as change:
        change.put(make("note", id=NOTED, text=f"{CANARY} said so", about="item-aaa1"))
    return made


def finding(case: Case) -> str:
    return put_into_finding(
        case, measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN), actor="Ann").id


def erase(case: Case) -> None:
    asked = ask(case, NOTED, ground="safety", actor="Ann", clearance="sealed")
    assert not approve(case, asked, actor="Bo", clearance="sealed").left


def saying(folder: Path) -> list[Path]:
    """The snapshots under a folder in which the canary stands: Parquet is compressed, so they are asked."""
    return [note.parent for note in folder.rglob("snapshot.json")
            if open_snapshot(note.parent).rows(f"SELECT id FROM note WHERE text LIKE '%{CANARY}%'")]


def test_an_erasure_takes_them_with_it_and_names_the_findings_before(case: Case) -> None:
    made = finding(case)
    assert len(saying(case.folder)) == 2  # the one of now, and the one that is kept
    scope = scope_of(case, NOTED, [], clearance="sealed")
    assert scope.drawn_from == (made,)
    assert any(made in line and "cannot be worked out again" in line for line in scope.elsewhere())
    assert scope_of(case, NOTED, [], clearance="restricted").drawn_from == ()  # the finding is sealed
    erase(case)
    assert not list((case.folder / "snapshots").iterdir())
    assert "snapshots/kept-" in str(case.read("sealed").get(made).get("alternatives"))
    assert scope_of(case, made, [], clearance="sealed").drawn_from == ()
    snapshot_now(case, "sealed")
    assert not saying(case.folder)


def test_a_snapshot_taken_while_something_is_erased_does_not_stay(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    write, times = taking._write, []

    def slow(*given: object) -> object:
        if not times:
            times.append(1)
            erase(case)  # its cleaning is over before this snapshot is there
        return write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(taking, "_write", slow)
    # As on a server: SQLite's own cleaning waits a minute for who reads, which is tried elsewhere.
    monkeypatch.setattr(case.backend, "scrub", list)
    taken = snapshot_now(case, "sealed")
    assert taken.checkpoint == case.checkpoint_note()
    assert not saying(case.folder)
    assert [one.name for one in (case.folder / "snapshots").iterdir()] == [taken.folder.name]


def test_none_is_kept_while_something_is_erased(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    copytree = shutil.copytree

    def slow(*given: object, **named: object) -> object:
        made = copytree(*given, **named)  # type: ignore[arg-type, call-overload]
        monkeypatch.undo()
        erase(case)
        made.mkdir(exist_ok=True)
        return made

    monkeypatch.setattr(shutil, "copytree", slow)
    with pytest.raises(Conflicting, match="being erased"):
        put_into_finding(case, answer, actor="Ann")
    assert not list((case.folder / "snapshots").glob("kept-*"))


def test_they_are_in_the_backup_and_give_the_number_again_after_a_restore(case: Case, tmp_path: Path) -> None:
    first = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    put_into_finding(case, first, actor="Ann")
    (kept,) = (case.folder / "snapshots").glob("kept-*")
    (case.folder / "snapshots" / ".kept-half").mkdir()
    back_up(case.folder, tmp_path / "disk")
    back = tmp_path / "back"
    restore_case(tmp_path / "disk", str(back))
    assert [one.name for one in (back / "snapshots").iterdir()] == [kept.name]
    again = measure_snapshot(open_snapshot(back / "snapshots" / kept.name), "scale.serials", GIVEN)
    assert again.result == first.result and again.snapshot == first.snapshot


def test_nobody_else_on_the_machine_reads_a_snapshot(case: Case) -> None:
    finding(case)
    folders = list((case.folder / "snapshots").iterdir())
    assert len(folders) == 2
    assert {one.stat().st_mode & 0o777 for one in folders} == {0o700}


def test_what_a_kill_left_is_cleared_away(case: Case) -> None:
    lie = snapshot_now(case, "sealed").folder.parent
    old, new = lie / ".7-sealed-abc", lie / ".8-sealed-abc"
    for one in (old, new):
        one.mkdir()
        (one / "item.jsonl").write_text("x")
    os.utime(old, (0, 0))
    snapshot_now(case, "partner")
    assert (old.exists(), new.exists()) == (False, True)  # another process may be writing it now
