"""Erasures as people decide them: what they are told before, who may, what other devices do then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.evidence import erasing
from headstamp.actions.evidence.erasing import (
    approve,
    ask,
    decline,
    finish,
    listed,
    look,
    waiting,
)
from headstamp.actions.evidence.erasure_scope import scope_of
from headstamp.actions.evidence.export_log import export_log
from headstamp.actions.intake.file import import_file
from headstamp.actions.keeping.backups import back_up
from headstamp.actions.keeping.doctor import examine
from headstamp.errors import Conflicting, Invalid, Missing, Refused
from headstamp.evidence import verify
from headstamp.records import Erasure, Item, Note, Photograph
from headstamp.store.case import Case
from headstamp.store.cleaning import is_unclean
from tests.actions.exchange.travel import ITEM, PICTURE, Two, originals, put, two_devices

BOTH = {"clearance": "sealed"}


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path)


def told(case: Case, record: str, *fields: str, ground: str = "safety") -> str:
    return ask(case, record, fields=fields, ground=ground, actor="Ana", **BOTH)


def test_what_is_told_before(two: Two, tmp_path: Path) -> None:
    case = two.field
    with case.change(actor="Ana", reason="heard from Mustafa Kanary") as change:
        change.put_many([
            Item.build(id="item-named0000", make="Mustafa Kanary", remark="x"),
            Note.build(id="note-named0000", text="Mustafa Kanary said so", about="item-named0000"),
            Note.build(id="note-hidden000", text="Mustafa Kanary too", about="item-named0000", tier="sealed"),
        ])
    back_up(str(case.folder), tmp_path / "disk")
    two.packed()
    scope = scope_of(case, "item-named0000", ["make"], clearance="restricted")
    assert (scope.whole, scope.fields, scope.versions) == (False, ("make",), 1)
    assert scope.also_in == ("note-named0000",)
    assert scope.backup == str(tmp_path / "disk")
    assert len(scope.bundles) == 1
    assert [case.read().entry(seq) for seq in scope.log_entries]
    words = "\n".join(scope.elsewhere())
    for part in ("destroy the old ones", "1 bundle was handed over: to ", "cannot be erased", "note-named0000"):
        assert part in words
    assert "Mustafa" not in words
    assert scope_of(case, ITEM, [], **BOTH).pictures == ("photo-first0000",)


def test_asking_says_why_and_erases_nothing(two: Two) -> None:
    case = two.field
    made = ask(case, ITEM, fields=["make"], ground="order", why="Order 7.", actor="Ana", clearance="partner")
    shown = case.read("sealed").get(made)
    assert (shown.get("erasure_state"), shown.get("fields"), shown.get("tier")) == ("asked", ["make"], "partner")
    assert case.read("sealed").history(made)[0].reason == "erasure asked for: order of a court or authority"
    assert case.read("sealed").get(ITEM).get("make") == "Altera"
    assert [one.id for one in listed(case, clearance="partner")] == [made]
    assert look(case, made, clearance="partner").fields == ("make",)
    with pytest.raises(Conflicting, match="asked for already"):
        ask(case, ITEM, fields=["make"], ground="order", actor="Bo", clearance="partner")
    with pytest.raises(Invalid, match="nothing of this"):
        ask(case, ITEM, fields=["remark"], ground="order", actor="Bo", clearance="partner")


def test_who_may_not_see_it_neither_asks_nor_approves(two: Two) -> None:
    case = two.field
    put(case, "sealed", make="Altera", tier="sealed")
    with pytest.raises(Missing):
        ask(case, "item-sealed0000", ground="safety", actor="Bo", clearance="restricted")
    with pytest.raises(Invalid, match="erased"):
        ask(case, "photo-first0000", fields=["camera"], ground="safety", actor="Bo", clearance="partner")
    made = told(case, "item-sealed0000")
    assert made not in case.read("restricted").many([made])
    for act in (approve, decline):
        with pytest.raises(Missing):
            act(case, made, actor="Bo", clearance="restricted")
    assert case.read("sealed").get("item-sealed0000")


def test_approved_it_is_gone_and_declined_it_stays(two: Two) -> None:
    case = two.field
    made, other = told(case, ITEM, "make"), told(case, "photo-first0000")
    with pytest.raises(Refused):
        approve(case, made, actor="ana", **BOTH)
    done = approve(case, made, actor="Bo", **BOTH)
    assert (done.left, done.originals, done.scope.fields if done.scope else ()) == ((), 0, ("make",))
    decline(case, other, actor="Bo", **BOTH)
    for act in (approve, decline):
        for one in (made, other):
            with pytest.raises(Conflicting):
                act(case, one, actor="Cy", **BOTH)
    assert originals(case)
    with pytest.raises(Invalid, match="Correct it first"):
        told(case, "photo-first0000", "digest")
    with case.change(actor="Ana", reason="published meanwhile") as change:
        held = case.read("sealed").get("photo-first0000")
        change.put(Photograph.build({**held.values, "link": "https://example.org/p"}, id=held.id))
    third = told(case, "photo-first0000", "digest")
    assert approve(case, third, actor="Bo", **BOTH).originals == 1
    assert PICTURE not in b"".join(p.read_bytes() for p in case.folder.rglob("*") if p.is_file())
    assert check_case(case) == []
    # Its first version keeps no rule any more, and is taken elsewhere all the same.
    two.taken(two.packed())
    assert check_case(two.hq) == []


def test_cut_off_the_doctor_says_so_and_it_is_finished(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = two.field
    made = told(case, "photo-first0000")
    with monkeypatch.context() as cut:
        cut.setattr(erasing, "clean", lambda case: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            approve(case, made, actor="Bo", **BOTH)
    assert is_unclean(case)
    assert "erasure_unclean" in [one.what for one in examine(str(case.folder)).ailments]
    done = finish(case, actor="Cy")
    assert done is not None
    assert (done.originals, done.left) == (1, ())
    assert finish(case, actor="Cy") is None
    assert "erasure_unclean" not in [one.what for one in examine(str(case.folder)).ailments]
    assert check_case(case) == []


KILLED = """
import os, sys
from headstamp.actions.evidence import erasing
from headstamp.store import case as cases
from headstamp.store.case import Case
case = Case.open(sys.argv[1])
if sys.argv[3] == "before":
    cases.note_left = lambda *given: os._exit(9)
else:
    erasing.clean = lambda *given: os._exit(9)
erasing.approve(case, sys.argv[2], actor="Bo", clearance="sealed")
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_it_is_not_approved_or_carried_out(two: Two, when: str) -> None:
    case = two.field
    made = told(case, ITEM)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(case.folder), made, when], check=False)
    assert ended.returncode == 9
    gone = ITEM not in case.read("sealed").many([ITEM])
    state = case.read("sealed").get(made).get("erasure_state")
    assert (gone, state) == ((False, "asked") if when == "before" else (True, "approved"))
    assert check_case(case) == []
    assert is_unclean(case) is gone


def test_an_exported_log_holds_and_shows_nothing_of_it(two: Two, tmp_path: Path) -> None:
    case = two.field
    before = tmp_path / "before.note"
    before.write_text(case.checkpoint_note(), encoding="utf-8")
    approve(case, told(case, "photo-first0000"), actor="Bo", **BOTH)
    approve(case, told(case, ITEM, "make"), actor="Bo", **BOTH)
    for clearance in ("public", "sealed"):
        folder = tmp_path / clearance
        export_log(case, folder, clearance=clearance, records=True)
        assert verify.main(["--key", case.verifier.text(), "--against", str(before), str(folder)]) == 0
        data = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert b"Altera" not in data
        assert (b"photo-first0000" in data) is (clearance == "sealed")


def everything(case: Case) -> bytes:
    return b"".join(path.read_bytes() for path in case.folder.rglob("*") if path.is_file())


def test_what_a_laptop_erased_waits_at_headquarters_for_a_person(two: Two) -> None:
    """A bundle only adds: who has a seized laptop cannot empty headquarters with two names."""
    two.confirmed(two.taken(two.packed()))
    put(two.hq, "first", make="Altera", remark="seen at headquarters")
    made = [told(two.field, ITEM, "make"), told(two.field, "photo-first0000")]
    for one in made:
        approve(two.field, one, actor="Bo", **BOTH)
    done = two.taken(two.packed())
    assert sorted(done.erasures) == sorted(made) == sorted(waiting(two.hq))
    assert two.hq.read("sealed").get(ITEM).get("remark") == "seen at headquarters"
    assert len(originals(two.hq)) == 1
    assert check_case(two.hq) == []
    assert not is_unclean(two.hq)
    # It need not be two people here: two agreed on it there. But somebody here has to look.
    for one in made:
        assert approve(two.hq, one, actor="Ben", **BOTH).left == ()
    assert waiting(two.hq) == ()
    assert check_case(two.hq) == []
    assert not originals(two.hq)
    assert b"Altera" not in everything(two.hq)
    assert PICTURE not in everything(two.hq)
    with pytest.raises(Conflicting):
        approve(two.hq, made[0], actor="Ben", **BOTH)
    # An older bundle, taken again or for the first time, brings nothing back.
    two.taken(two.packed(two.hq), by=two.field)
    assert b"Altera" not in (two.field.folder / "case.sqlite").read_bytes()
    assert check_case(two.field) == []


def test_what_headquarters_erased_goes_from_the_laptops_with_the_next_bundle(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    put(two.field, "first", make="Altera", remark="seen again in the field")
    for record, fields in ((ITEM, ("make",)), ("photo-first0000", ())):
        approve(two.hq, told(two.hq, record, *fields), actor="Bo", **BOTH)
    done = two.taken(two.packed(two.hq), by=two.field)
    assert done.erasures == () and waiting(two.field) == ()
    assert check_case(two.field) == []
    assert not is_unclean(two.field)
    assert not originals(two.field)
    assert b"Altera" not in everything(two.field)
    assert two.field.read("sealed").rivals(ITEM) or two.field.read("sealed").get(ITEM)


def test_what_is_erased_here_does_not_come_with_an_older_bundle(two: Two) -> None:
    old = two.packed()
    two.confirmed(two.taken(old))
    approve(two.hq, told(two.hq, "photo-first0000"), actor="Bo", **BOTH)
    assert not originals(two.hq)
    with two.field.change(actor="Ana", reason="looked again") as change:
        held = two.field.read("sealed").get("photo-first0000")
        change.put(Photograph.build({**held.values, "caption": "The lid"}, id=held.id))
    two.taken(two.packed(everything=True))
    assert not originals(two.hq)
    assert check_case(two.hq) == []


def test_an_erasure_that_one_approved_alone_is_not_taken(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = told(two.field, ITEM)
    with monkeypatch.context() as forged:
        forged.setattr("headstamp.store.erasing.same_person", lambda one, other: False)
        forged.setattr("headstamp.store.erased.same_person", lambda one, other: False)
        approve(two.field, made, actor="Ana", **BOTH)
    assert {one.what for one in check_case(two.field)} >= {"erasure_alone", "record_missing"}
    bundle = two.packed()
    with pytest.raises(Refused, match="the same person"):
        two.taken(bundle)
    assert made not in two.hq.read("sealed").many([made])


def test_a_row_that_was_erased_is_not_imported_again(tmp_path: Path) -> None:
    table = tmp_path / "finds.csv"
    table.write_text("tag,make,remark\nA-1,Altera,one\nA-2,Vicor,two\n", encoding="utf-8")
    with Case.create(tmp_path / "case") as case:
        import_file(case, table, kind="item", actor="Ana")
        first = next(row for row in case.read("sealed").list("item").rows if row.get("tag") == "A-1")
        document = first.get("source")["document"]
        approve(case, told(case, first.id), actor="Bo", **BOTH)
        table.write_text("tag,make,remark\nA-1,Altera,one\nA-2,Vicor,two\nA-3,Sony,three\n", encoding="utf-8")
        import_file(case, table, kind="item", actor="Ana")
        assert sorted(row.get("tag") for row in case.read("sealed").list("item").rows)[-1:] == ["A-3"]
        assert first.id not in case.read("sealed").many([first.id])
        approve(case, told(case, document), actor="Bo", **BOTH)
        assert check_case(case) == []
        assert Erasure.NAME in case.read("sealed").totals()


def test_what_came_without_its_values_is_no_loss_while_the_erasure_waits(two: Two) -> None:
    approve(two.field, told(two.field, ITEM, "make"), actor="Bo", **BOTH)
    done = two.taken(two.packed())
    assert len(done.erasures) == 1
    assert check_case(two.hq) == []
