"""The files of a thing are hashed anew, and each look is an act of custody, whatever came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.correct import correct, enter
from headstamp.actions.evidence.custody import custody_of
from headstamp.actions.evidence.files_checked import check_files
from headstamp.actions.intake.file import import_file
from headstamp.actions.record import record
from headstamp.errors import Invalid, Missing
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import a_case, act, make

ITEM = "item-sight0000"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path / "case") as made:
        with made.change(actor="A", reason="papers") as change:
            for name in ("one", "two"):
                kept = change.file(name.encode())
                change.put(make("photograph", name, digest=kept.digest, items=[ITEM]))
        yield made


def test_what_is_whole_is_said_to_be_and_stands_on_the_timeline(case: Case) -> None:
    before = custody_of(case.read("restricted"), ITEM).timeline
    done = check_files(case, ITEM, clearance="restricted", actor="A", reason="every quarter")
    assert {one.id for one in done.files} == {"photo-one0000", "photo-two0000"} and not done.wrong
    told = custody_of(case.read("restricted"), ITEM).timeline
    assert told.acts[-1].id == done.act and told.acts[-1].act == "files_checked"
    assert (told.holdings, told.faults, told.ended) == (before.holdings, before.faults, before.ended)
    shown = case.read("restricted").get(done.act)
    assert shown.get("basis") == "2 of 2 files are byte for byte what came in"
    assert case.read("restricted").history(done.act)[0].reason == "every quarter"
    assert check_case(case) == []


def test_what_was_changed_or_is_gone_is_named_and_put_on_file(case: Case) -> None:
    places = [case.vault.place(case.read("restricted").get(f"photo-{name}0000").get("digest"))
              for name in ("one", "two")]
    os.chmod(places[0], 0o600)
    places[0].write_bytes(b"onf")
    places[1].unlink()
    done = check_files(case, ITEM, clearance="restricted", actor="A", reason="r")
    wrong = {one.id: one.wrong for one in done.wrong}
    assert "now hashes to" in wrong["photo-one0000"] and "is gone" in wrong["photo-two0000"]
    assert case.read("restricted").get(done.act).get("basis").startswith("0 of 2 files are byte for byte")


def test_files_are_looked_at_after_the_thing_itself_is_gone(case: Case) -> None:
    with case.change(actor="A", reason="by order") as change:
        change.put(act("gone", "disposed", "2017-02-01", "lab", purpose="ordered", authority="court",
                       seals_found=["ZP 0389"]))
    check_files(case, ITEM, clearance="restricted", actor="A", reason="r")
    told = custody_of(case.read("restricted"), ITEM).timeline
    assert told.ended and "after_end" not in [one.what for one in told.faults]


def test_an_act_is_as_secret_as_the_files_that_it_counts(case: Case) -> None:
    with case.change(actor="A", reason="r") as change:
        change.put(make("photograph", "three", digest=change.file(b"3").digest, items=[ITEM], tier="sealed"))
    for clearance, number, tier in (("restricted", 2, "partner"), ("sealed", 3, "sealed")):
        done = check_files(case, ITEM, clearance=clearance, actor="A", reason="r")
        assert len(done.files) == number
        assert case.read("sealed").get(done.act).get("tier") == tier


def test_what_has_no_file_and_what_is_not_seen(case: Case) -> None:
    with pytest.raises(Invalid, match="nothing to hash"):
        check_files(case, "doc-basis0000", clearance="restricted", actor="A", reason="r")
    with pytest.raises(Invalid, match="custody is kept of"):
        check_files(case, "party-team0000", clearance="restricted", actor="A", reason="r")
    with pytest.raises(Missing):
        check_files(case, "item-nobody0000", clearance="restricted", actor="A", reason="r")


def test_nobody_says_by_hand_or_by_table_that_files_were_checked(case: Case, tmp_path: Path) -> None:
    """Wants: a custodian's word on paper that looks like the program's."""
    said = {"item": ITEM, "act": "files_checked", "held_on": "2026-01-01", "basis": "2 of 2 files are byte for byte",
            "evidence": "SHA-256, headstamp 1.0"}
    before = case.checkpoint().size
    with pytest.raises(Invalid, match="not written down by hand"):
        enter(case, "custody", said, clearance="sealed", actor="A", reason="r")
    with pytest.raises(Invalid, match="not written down by hand"):
        record(case, "custody", said, actor="A", reason="r")
    assert case.checkpoint().size == before
    table = tmp_path / "acts.csv"
    table.write_text(",".join(said) + "\n" + ",".join(said.values()) + "\n")
    assert import_file(case, table, kind="custody", actor="A").accepted == 0
    assert "files_checked" not in {one.act for one in custody_of(case.read("sealed"), ITEM).timeline.acts}


def test_what_came_of_a_look_is_not_corrected_but_who_may_see_it_is(case: Case) -> None:
    done = check_files(case, ITEM, clearance="restricted", actor="A", reason="every quarter")
    shown = case.read("sealed").get(done.act)
    with pytest.raises(Invalid) as told:
        correct(case, done.act, {**shown.values, "basis": "0 of 2 files"}, expected=1, clearance="sealed", actor="A",
                reason="r")
    assert [one.field for one in told.value.problems] == ["basis"]
    correct(case, done.act, {**shown.values, "tier": "sealed"}, expected=1, clearance="sealed", actor="A", reason="r")
    taken = next(one for one in custody_of(case.read("sealed"), ITEM).timeline.acts if one.id != done.act)
    values = case.read("sealed").get(taken.id).values
    with pytest.raises(Invalid, match="not written down by hand"):
        correct(case, taken.id, {**values, "act": "files_checked"}, expected=1, clearance="sealed", actor="A", reason="r")
