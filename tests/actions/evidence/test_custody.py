"""The custody of a thing as a reader sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from headstamp.actions.evidence.custody import FAULTS, custody_of, thing_named
from headstamp.errors import Invalid, Missing
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import a_case, act, make


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path / "case") as made:
        yield made


def test_acts_holders_and_faults_as_json(case: Case) -> None:
    told = custody_of(case.read("restricted"), "item-sight0000").as_dict()
    assert [one["act"] for one in told["acts"]] == ["collected", "stored", "handed_over"]
    assert told["holders"] == [{"id": "party-lab0000", "name": "Laboratory"}] and not told["ended"]
    (fault,) = told["faults"]
    assert (fault["what"], fault["title"]) == ("seal_mismatch", FAULTS["seal_mismatch"])
    assert fault["acts"] == ["cust-second0000", "cust-third0000"]
    assert told["acts"][2]["earliest"] == "2016-12-01T10:00:00Z"
    assert "authority" in told["acts"][2]["unsaid"]


def test_what_a_reader_may_not_see_is_not_told_of(case: Case) -> None:
    with case.change(actor="A", reason="sealed") as change:
        change.put(act("hidden", "handed_over", "2016-12-03T10:00Z", "lab", "team", tier="sealed",
                       purpose="Zanzibar-canary", seals_found=["ZP 0389"]))
        change.put(act("after", "handed_over", "2016-12-04T10:00Z", "team", "store",
                       purpose="back", seals_found=["ZP 0389"]))
    told = custody_of(case.read("restricted"), "item-sight0000")
    assert "gap" in [one.what for one in told.timeline.faults]
    assert "Zanzibar" not in str(told.as_dict()) and "cust-hidden0000" not in str(told.as_dict())
    assert "gap" not in [
        one.what for one in custody_of(case.read("sealed"), "item-sight0000").timeline.faults]


def test_the_past_is_no_custody_of_ours(case: Case) -> None:
    with case.change(actor="A", reason="past") as change:
        change.put(make("custody", "past", item="item-sight0000", custody_kind="captured",
                        held_on="2014", to_party="party-team0000"))
    assert len(custody_of(case.read("restricted"), "item-sight0000").timeline.acts) == 3


def test_what_is_claimed_of_its_past_and_lies_within_our_custody(case: Case) -> None:
    with case.change(actor="A", reason="past") as change:
        change.put_many([
            make("custody", "early", item="item-sight0000", custody_kind="captured", held_on="2014"),
            make("custody", "late", item="item-sight0000", custody_kind="captured", held_on="2016-11-20"),
            make("transfer", "late", items=["item-sight0000"], transfer_kind="sold", happened_on="2016-12-24",
                 tier="sealed"),
            make("recovery", "late", recovered_on="2016-11-30"),
        ])
        change.put(make("item", "sight", tag="P-06", recovery="rec-late0000"))
    told = custody_of(case.read("restricted"), "item-sight0000")
    wrong = [(one.acts, one.words) for one in told.timeline.faults if one.what == "past"]
    assert [acts[0] for acts, _ in wrong] == ["rec-late0000", "cust-late0000"]
    assert all(id_ in told.records for acts, _ in wrong for id_ in acts)
    assert wrong[0][1].startswith("That it was found (2016-11-30) lies after “collected” of 2016-11-05")
    sealed = custody_of(case.read("sealed"), "item-sight0000")
    assert [one.acts[0] for one in sealed.timeline.faults if one.what == "past"] == [
        "rec-late0000", "cust-late0000", "tran-late0000"]
    assert ElementTree.fromstring(told.chart()) is not None


def test_the_chart_is_well_formed_and_tells_all(case: Case) -> None:
    told = custody_of(case.read("restricted"), "item-sight0000")
    tree = ElementTree.fromstring(told.chart())
    words = tree.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert "Laboratory from 2016-12-01T10:00Z with no end recorded" in words
    assert "“ZP 0389” was found" in words
    empty = custody_of(case.read("restricted"), "doc-basis0000")
    assert "Nothing to show yet" in empty.chart() and empty.timeline.faults == ()


def test_things_are_named_by_id_or_tag(case: Case) -> None:
    reader = case.read("restricted")
    assert thing_named(reader, "P-06") == "item-sight0000" == thing_named(reader, "item-sight0000")
    with pytest.raises(Missing):
        thing_named(reader, "P-07")
    with case.change(actor="A", reason="twin") as change:
        change.put(make("item", "twin", tag="P-06"))
    with pytest.raises(Invalid, match="several items"):
        thing_named(case.read("restricted"), "P-06")
    with pytest.raises(Invalid, match="custody is kept of items"):
        custody_of(reader, "party-team0000")
