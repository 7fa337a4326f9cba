"""A measure's answer as a finding: what it says, what it rests on, and that it can be reached again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from headstamp.actions.measures import finding as measure_finding
from headstamp.actions.measures.effort import beside
from headstamp.actions.measures.finding import put_into_finding
from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.engine.snapshot import open_snapshot
from headstamp.errors import Conflicting, Missing, Refused, Tampered
from headstamp.store.case import Case
from tests.actions.measures.test_measuring import the_case
from tests.web.sample import make

GIVEN = {"series": "K#"}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return the_case(tmp_path / "case")


def test_it_says_the_number_how_it_was_reached_and_from_what(case: Case) -> None:
    found = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    made = put_into_finding(case, found, actor="Ann")
    shown = case.read("sealed").get(made.id)
    assert shown.get("sentence") == found.result.text and "14 and 30" in found.result.text
    assert shown.get("method") == found.method and "version" in found.method
    assert found.snapshot in shown.get("checkpoint") and case.origin in shown.get("checkpoint")
    assert shown.get("items") == ["item-aaa0", "item-aaa1", "item-aaa2", "item-aaa3"]
    assert (shown.get("status"), shown.get("author")) == ("draft", "Ann")
    said = shown.get("alternatives")
    assert all(one in said for one in found.result.assumptions) and beside(found.effort) in said
    assert all(one in said for one in found.result.warnings)
    assert "headstamp measure scale.serials --series 'K#'" in said
    assert "2 left out: not read whole" in said


def test_the_snapshot_it_was_drawn_from_is_kept_and_gives_the_same_number_again(case: Case) -> None:
    first = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    made = put_into_finding(case, first, actor="Ann")
    with case.change(actor="Bo", reason="more") as change:
        change.put_many([make("item", id="item-later", make="Maker"),
                         make("marking", id="mark-later", item="item-later", marking_kind="serial",
                              text="K-0099", state="clear")])
    now = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    (kept,) = (case.folder / "snapshots").glob("kept-*")
    again = measure_snapshot(open_snapshot(kept), "scale.serials", GIVEN)
    assert now.result.estimate != first.result.estimate
    assert again.result == first.result and again.snapshot == first.snapshot
    shown = case.read("sealed").get(made.id)
    assert again.snapshot in shown.get("checkpoint")
    assert f"--snapshot snapshots/{kept.name}" in shown.get("alternatives")


def test_it_is_seen_by_who_sees_the_snapshot_and_by_nobody_else(case: Case) -> None:
    found = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    made = put_into_finding(case, found, actor="Ann")
    with pytest.raises(Missing):
        case.read("restricted").get(made.id)
    with case.change(actor="Ann", reason="read") as change:
        change.put(make("reading", id="read-aaa9", marking="mark-aaa5", text="K-0019", certainty=90))
    below = measure_snapshot(snapshot_now(case, "restricted"), "scale.serials", GIVEN)
    if not below.result.refused:
        assert case.read("restricted").get(put_into_finding(case, below, actor="Ann").id)


def test_what_a_measure_refused_to_say_is_no_finding(case: Case) -> None:
    found = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", {"series": "ZZ#"})
    assert found.result.refused
    before = case.checkpoint().size
    with pytest.raises(Refused, match="gave no number"):
        put_into_finding(case, found, actor="Ann")
    assert case.checkpoint().size == before


def test_it_is_not_said_twice_and_a_draft_is_extended(case: Case) -> None:
    found = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    made = put_into_finding(case, found, actor="Ann")
    with pytest.raises(Conflicting, match="says this already"):
        put_into_finding(case, found, actor="Ann")
    with case.change(actor="Ann", reason="a draft") as change:
        change.put(make("finding", id="find-aaaa", sentence="They were made in one run.",
                        items=["item-aaa4"], alternatives="Two runs."))
    put_into_finding(case, found, actor="Bo", finding="find-aaaa")
    shown = case.read("sealed").get("find-aaaa")
    assert shown.get("sentence").startswith("They were made in one run. ")
    assert shown.get("items")[0] == "item-aaa4" and "item-aaa0" in shown.get("items")
    assert shown.get("alternatives").startswith("Two runs.\n") and shown.get("tier") == "sealed"
    with pytest.raises(Conflicting, match="says this already"):
        put_into_finding(case, found, actor="Bo", finding="find-aaaa")
    with pytest.raises(Missing):
        put_into_finding(case, found, actor="Bo", finding="find-none")
    assert made.id != "find-aaaa"


def test_only_a_draft_is_extended(case: Case) -> None:
    with case.change(actor="Ann", reason="a finding") as change:
        change.put(make("finding", id="find-aaaa", sentence="Said.", status="withdrawn"))
    found = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    with pytest.raises(Conflicting, match="no draft any more"):
        put_into_finding(case, found, actor="Ann", finding="find-aaaa")


def test_it_names_no_more_than_it_can_bear_and_says_so(case: Case, monkeypatch) -> None:
    monkeypatch.setattr(measure_finding, "MOST_NAMED", 2)
    found = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    shown = case.read("sealed").get(put_into_finding(case, found, actor="Ann").id)
    assert len(shown.get("items")) == 2 and "rests on 4 records, of which 2 are named" in shown.get("alternatives")


def test_the_answer_of_another_case_is_not_taken(case: Case, tmp_path: Path) -> None:
    other = the_case(tmp_path / "other")
    found = measure_snapshot(snapshot_now(other, "sealed"), "scale.serials", GIVEN)
    with pytest.raises(Tampered):
        put_into_finding(case, found, actor="Ann")


def test_whoever_stands_in_the_sentence_is_named(case: Case) -> None:
    with case.change(actor="Ann", reason="a party") as change:
        change.put_many([make("party", id="party-aaaa", name="Norhavn Works"),
                         make("party", id="party-bbbb", name="Blue Gate Trading")])
    found = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", GIVEN)
    said = replace(found, result=replace(found.result, text="About 16 were made by Norhavn Works."))
    shown = case.read("sealed").get(put_into_finding(case, said, actor="Ann").id)
    assert shown.get("named") == ["party-aaaa"]
