"""Points of diversion in a case: the teaching case's known truth, counts, findings, clearances."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.cases import make_case
from headstamp.actions.record import record
from headstamp.actions.tracing.diversion import (
    Found,
    Table,
    all_diversions,
    diversion_of,
    kind_of,
    record_diversion,
)
from headstamp.demo import fill as filling
from headstamp.demo.teaching import drawn, id_of, load
from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.store.case import Case
from headstamp.tracing.diversion import METHOD
from tests.demo.known_truth import DIVERTED, UNKNOWN
from tests.tracing.test_diversion import ACCUSING


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    teaching = load()
    first = teaching.of("photograph")[0]
    _, picture = drawn(first, teaching.scenes[first.id])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "drawn", lambda record, scene: (record, picture))
        with make_case(tmp_path_factory.mktemp("diversion") / "case") as case:
            filling.fill(case)
            yield case


@pytest.fixture(scope="module")
def table(street: Case) -> Table:
    with street.read("restricted").snapshot() as reader:
        return all_diversions(street, reader)


def row(table: Table, key: str) -> Found:
    return next(one for one in table.rows if one.item == id_of("item", key))


@pytest.mark.parametrize("key", DIVERTED)
def test_the_right_hypothesis_stands_first(table: Table, key: str) -> None:
    truth, found = DIVERTED[key], row(table, key).diversion
    best = found.best
    assert best is not None
    lawful = id_of("party", truth.last_lawful) if truth.last_lawful else None
    assert best.last_lawful == lawful
    # Where nobody tells how, "not known" is the right kind to name.
    assert best.kind == truth.kind or (not truth.can_be_determined and best.kind == "unknown")
    assert found.undetermined is not truth.can_be_determined
    if truth.can_be_determined:
        assert best.word in ("likely", "very_likely", "almost_certain")


@pytest.mark.parametrize("key", UNKNOWN)
def test_what_cannot_be_determined_is_said_to_be_so(table: Table, key: str) -> None:
    found = row(table, key).diversion
    assert found.undetermined
    assert "cannot be determined" in found.sentence
    assert found.help_most is not None and found.help_most.bits > 0


def test_a_test_purchase_was_never_diverted_from_what_is_said_of_it(table: Table) -> None:
    assert row(table, "QM-C-26").diversion.standing == "none"
    assert table.counts()["nothing to determine"] >= 1


def test_all_are_counted_with_those_that_cannot_be_determined_as_a_class(table: Table) -> None:
    counts = table.counts()
    assert sum(counts.values()) == len(table.rows) > 100
    assert counts["battlefield_capture"] == 12
    assert counts["cannot be determined"] > counts["unlicensed_manufacture"] >= 8
    assert next(iter(counts)) == "battlefield_capture"


def test_no_text_of_the_case_accuses_or_leaves_an_id_unnamed(table: Table) -> None:
    for found in table.rows:
        told = json.dumps(found.as_dict(), ensure_ascii=False)
        told = told.replace("supply by a state", "")
        assert not ACCUSING.search(told), found.label
        assert "{party" not in told and "{}" not in told.replace('"names": {}', "")


def test_two_clearances_may_get_two_answers_and_nothing_leaks(street: Case) -> None:
    cable = id_of("item", "QM-C-21")
    sealed = diversion_of(street, street.read("sealed"), cable)
    partner = diversion_of(street, street.read("partner"), cable)
    assert any("inv-mz-12" in str(c) or c == id_of("tran", "t-cable-2")
               for h in sealed.diversion.hypotheses for c in h.claims)
    assert id_of("tran", "t-cable-2") not in json.dumps(partner.as_dict())
    with pytest.raises(Missing):
        diversion_of(street, street.read("public"), id_of("item", "QM-C-61"))


def test_the_same_state_gives_the_same_answer(street: Case) -> None:
    item = id_of("item", "QM-A-05")
    assert diversion_of(street, street.read("restricted"), item).as_dict() == diversion_of(
        street, street.read("restricted"), item).as_dict()


def test_who_answered_is_not_asked_first_again(street: Case) -> None:
    found = diversion_of(street, street.read("restricted"), id_of("item", "QM-A-24")).diversion
    assert found.help_most is not None
    assert found.help_most.party != id_of("party", "vw41"), "it did not reply"


def test_put_down_it_is_a_draft_with_range_method_checkpoint_and_named_parties(street: Case) -> None:
    item = id_of("item", "QM-A-51")
    put = record_diversion(street, item, actor="A. Analyst", clearance="restricted")
    shown = street.read("sealed").get(put.id)
    assert shown.get("status") == "draft"
    assert shown.get("method") == METHOD
    assert shown.get("probability") == "very_likely"
    assert 0 < shown.get("probability_low") < shown.get("probability_high") < 100
    assert set(shown.get("named")) == {id_of("party", "marmin"), id_of("party", "sborder")}
    assert id_of("tran", "t-tg-2") in shown.get("transfers")
    assert id_of("doc", "sale-mar-9") in shown.get("documents")
    assert shown.get("items") == [item]
    assert shown.get("author") == "A. Analyst"
    assert "entries" in shown.get("checkpoint")
    assert "None of these" in shown.get("alternatives")
    assert "Nothing here says that Ministry of the Interior of Marenthia did wrong." in (
        shown.get("sentence"))
    assert "{" not in shown.get("sentence")
    # It rests on restricted records, and may not be seen by who may not see them.
    assert shown.get("tier") == "restricted"
    with pytest.raises(Conflicting):
        record_diversion(street, item, actor="A. Analyst", clearance="restricted")


def test_that_it_cannot_be_determined_is_a_finding_too_without_a_probability(street: Case) -> None:
    put = record_diversion(street, id_of("item", "QM-A-26"), actor="A. Analyst",
                           clearance="restricted")
    shown = street.read("sealed").get(put.id)
    assert "cannot be determined" in shown.get("sentence")
    assert shown.get("probability") is None and not shown.get("named")
    # Whom to write to is work to be done and no part of what was found: it names a party.
    assert "would help" not in shown.get("sentence") and "{" not in shown.get("sentence")
    assert "stockpile" in shown.get("alternatives") or "theft" in shown.get("alternatives")
    second = record_diversion(street, id_of("item", "QM-A-26"), actor="A. Analyst",
                              clearance="restricted", hypothesis=1)
    assert street.read("sealed").get(second.id).get("probability") is not None
    with pytest.raises(Invalid):
        record_diversion(street, id_of("item", "QM-A-26"), actor="A. Analyst",
                         clearance="restricted", hypothesis=40)


def test_parties_judged_to_be_one_are_one(tmp_path: Path) -> None:
    with make_case(tmp_path / "case") as case:
        def put(kind: str, **values: object) -> str:
            return record(case, kind, values, actor="a", reason="r").id

        item = put("item", tag="X-1", family="arm")
        depot = put("party", name="Depot", party_kind="armed_force")
        group = put("party", name="The Column", party_kind="armed_group")
        shop = put("party", name="The workshop", party_kind="organisation")
        other = put("party", name="The work-shop", party_kind="organisation")
        put("tie", party=other, tie_kind="agent", to_party=group, basis="stamp", grade="B2")
        put("tie", party=group, tie_kind="parent", to_party=shop, basis="circle", grade="E5")
        put("custody", item=item, custody_kind="issued", to_party=depot, held_on="2012",
            lawful_status="authorised", grade="B2")
        put("custody", item=item, custody_kind="sold", from_party=depot, to_party=shop,
            held_on="2014", grade="B2")
        before = diversion_of(case, case.read("restricted"), item).diversion
        assert before.standing == "none", "a poor source makes nobody part of a group"
        put("tie", party=shop, tie_kind="same", to_party=other, basis="one stamp")
        after = diversion_of(case, case.read("restricted"), item).diversion
        assert after.best is not None
        assert (after.best.kind, after.best.last_lawful) == ("stockpile_loss", depot)


def test_ties_that_go_round_do_not_hold_it_up(tmp_path: Path) -> None:
    with make_case(tmp_path / "case") as case:
        def put(kind: str, **values: object) -> str:
            return record(case, kind, values, actor="a", reason="r").id

        item = put("item", tag="X-1", family="arm")
        a, b = (put("party", name=name, party_kind="firm") for name in ("A", "B"))
        put("tie", party=a, tie_kind="parent", to_party=b)
        put("tie", party=b, tie_kind="parent", to_party=a)
        put("custody", item=item, custody_kind="stolen", from_party=a, to_party=b, held_on="2012")
        assert diversion_of(case, case.read("restricted"), item).diversion.sought


def test_where_nothing_was_diverted_there_is_nothing_to_put_down(tmp_path: Path) -> None:
    with make_case(tmp_path / "case") as case:
        item = record(case, "item", {"tag": "X-1", "family": "arm"}, actor="a", reason="r").id
        found = diversion_of(case, case.read("restricted"), item)
        assert kind_of(found.diversion) == "nothing to determine"
        with pytest.raises(Invalid):
            record_diversion(case, item, actor="a", clearance="restricted")
