"""Shares, bursts, tracing and lags of a case, as the measures take them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.measures.iafq import read_iafq
from headstamp.actions.measures.measuring import Measured, measure_snapshot, snapshot_now
from headstamp.actions.tracing.lag import supplies
from headstamp.analysis.counts.by import NO_SAMPLE, NOT_KNOWN
from headstamp.errors import Invalid
from headstamp.records import (
    Item,
    Marking,
    Party,
    Recovery,
    Site,
    Tally,
    TraceReply,
    TraceRequest,
    Transfer,
    Visit,
)
from headstamp.store.case import Case
from tests.actions.measures.test_iafq import _case as iafq_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.create(tmp_path_factory.mktemp("counts") / "case") as made:
        with made.change(actor="tester", reason="finds") as change:
            change.put_many([
                Site.build(id="site-aaaa", name="Mill"), Visit.build(id="vis-aaaa", site="site-aaaa", held_on="2020-01-05", hours=3),
                *(Party.build(id=f"party-{n * 4}", name=f"Party {n}") for n in "ab"),
                Recovery.build(id="rec-aaaa", manner="seized", site="site-aaaa", recovered_on="2020-01-05"),
                *(Item.build(id=f"item-a{n:03}", family="arm", item_type="rifle", make="Maker", country="RO" if n % 3 else "US",
                             recovery="rec-aaaa") for n in range(12)),
                *(Item.build(id=f"item-b{n:03}", family="component", make="Chips", country="US" if n else None, model="X",
                             recovered_on=f"2020-{n % 12 + 1:02}") for n in range(8)),
                Item.build(id="item-c000", family="ammunition", country="RU", quantity={"value": 40},
                           recovered_on="2019/2021"),
                Item.build(id="item-c001", family="ammunition", country="RU", quantity={"value": 2, "unit": "kg"}),
                *(Marking.build(id=f"mark-b{n:03}", item=f"item-b{n:03}", text=f"PN {n // 4}", marking_kind="product")
                  for n in range(8)),
                TraceRequest.build(id="trace-aaaa", title="One", items=[f"item-a{n:03}" for n in range(6)], status="answered",
                                   sent_on="2020-02-01"),
                TraceReply.build(id="reply-aaaa", request="trace-aaaa", reply_code="confirmed_full",
                                 items=["item-a000", "item-a001"]),
                TraceReply.build(id="reply-bbbb", request="trace-aaaa", reply_code="no_record", items=["item-a002"]),
                *(Transfer.build(id=f"tran-a{n:03}", items=[f"item-a{n:03}"], from_party="party-aaaa", to_party="party-bbbb",
                                 transfer_kind="sold", lawful_status="authorised", happened_on=f"20{10 + n}-01-05") for n in range(7)),
                Transfer.build(id="tran-b000", items=["item-a000"], from_party="party-bbbb", to_party="party-aaaa",
                               transfer_kind="exported", lawful_status="authorised", happened_on="2015"),
                Transfer.build(id="tran-b001", items=["item-a001"], from_party="party-bbbb", to_party="party-aaaa",
                               transfer_kind="sold", lawful_status="unauthorised", happened_on="2018"),
                *(Tally.build(id=f"tally-a{n:03}", what="pistols", count=n % 3 + 4, period=f"{2015 + n // 12}-{n % 12 + 1:02}",
                              area="North" if n % 2 else "South") for n in range(60)),
                Tally.build(id="tally-b000", what="rifles", count=500, period="2019-12", area="North"),
                Tally.build(id="tally-c000", what="all arms", count=9_999, period="2019", total=True),
            ])
        yield made


def ask(case: Case, name: str, clearance: str = "sealed", **given: str) -> Measured:
    return measure_snapshot(snapshot_now(case, clearance), name, given)


def test_shares_of_items_by_country(case: Case) -> None:
    found = ask(case, "shares.by")
    counts = {one["group"]: one["count"] for one in found.result.more["groups"]}
    assert counts == {"United States": 11, "Romania": 8, "Russia": 2, NOT_KNOWN: 1}
    assert NO_SAMPLE in found.result.warnings and NO_SAMPLE in found.result.text
    assert found.effort.visits == 1 and found.fed.rests_on == 22
    assert any("2 of them are counted groups" in said for said in found.fed.told)
    pieces = ask(case, "shares.by", pieces="yes")
    assert {one["group"]: one["count"] for one in pieces.result.more["groups"]}["Russia"] == 40
    assert any("1 left out: groups not counted in pieces" in said for said in pieces.fed.told)


def test_what_holds_others_and_is_counted_beside_them_is_told(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="tester", reason="a weapon and its parts") as change:
            change.put_many([Item.build(id="item-whole", family="arm", country="RO"),
                             *(Item.build(id=f"item-part{n}", family="component", parent="item-whole", country="US")
                               for n in range(6))])
        both, parts = ask(made, "shares.by"), ask(made, "shares.by", parts="only")
    assert any(said.startswith("1 of them holds others that are counted too") for said in both.fed.told)
    assert not any("hold others" in said for said in parts.fed.told) and parts.fed.rests_on == 6


def test_things_that_are_one_count_once_and_all_rows_stand_beside(case: Case) -> None:
    found = ask(case, "shares.by", family="component", same="make,model,written")
    assert found.result.refused and found.result.reason.startswith("2 rows")  # of three different things one is of no known country
    assert any("5 of 8 rows repeat another in make, model, written" in one.words for one in found.result.diagnostics)
    found = ask(case, "shares.by", same="make,written", nameless="each")
    assert found.result.more["different"] == 22 - 5 and found.result.more["groups_all_rows"][0]["count"] == 11
    for given, word in (({"by": "colour"}, "colour"), ({"same": "tag"}, "tag"), ({"of": "counts", "by": "make"}, "make")):
        with pytest.raises(Invalid) as error:
            ask(case, "shares.by", **given)
        assert error.value.problems[0].value == word


def test_shares_of_published_counts_leave_sums_out(case: Case) -> None:
    found = ask(case, "shares.by", of="counts")
    assert {one["group"]: one["count"] for one in found.result.more["groups"]} == {"rifles": 500, "pistols": 300}
    assert any("1 left out: sums of other counts" in said for said in found.fed.told)
    assert ask(case, "shares.by", of="counts", by="area", what="pistols").result.more["counted"] == 300
    with pytest.raises(Invalid, match="of no item"):
        ask(case, "shares.by", of="counts", make="Maker")


def test_bursts_of_published_counts_and_of_items(case: Case) -> None:
    found = ask(case, "counts.burst", of="counts")
    assert [one["period"] for one in found.result.more["bursts"]] == ["2019-12"] and found.result.more["rows"] == 800
    assert found.result.more["bursts"][0]["place"] == "North"
    clean = ask(case, "counts.burst", of="counts", what="pistols")
    assert not clean.result.warnings and clean.result.more["periods"] == 60
    items = ask(case, "counts.burst")
    assert items.result.refused and any("1 of them has a date that is wider than a year" in said for said in items.fed.told)
    assert any("1 of them has no date" in said for said in items.fed.told)


def test_the_indicator_is_that_of_the_yearly_tables(case: Case) -> None:
    found = ask(case, "indicator.sdg_16_4_2")
    assert found.result.more["traced"] == 2 and found.result.more["all"] == 12 and found.result.more["not_known"] == 3
    told = " ".join(found.fed.told)
    assert "traced: a reply confirms it 2" in told and "10 items left out: no small arms or light weapons" in told
    table = read_iafq(case, 2020, clearance="sealed").sdg
    assert (found.result.estimate, found.result.low, found.result.high) == (table.estimate, table.low, table.high)


def test_both_ways_to_the_indicator_agree_on_a_mixed_case(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Case.create(tmp_path_factory.mktemp("mixed") / "case") as made:
        iafq_case(made)
        found = ask(made, "indicator.sdg_16_4_2", since="2020-01-01", until="2020-12-31")
        assert found.result.more["all"] == 1 + 4 + 10 + 1 + 1 and found.result.more["traced"] == 1
        assert found.result.estimate == pytest.approx(1 / 17)
        whole = ask(made, "indicator.sdg_16_4_2")
        assert whole.result.more["traced"] == 1 and whole.result.more["all"] == 1 + 4 + 10 + 1 + 1 + 1 + 1
        assert "(in another manner)" in " ".join(whole.fed.told)


def test_lags_from_the_last_lawful_supply(case: Case) -> None:
    found = ask(case, "lag.supply")
    assert found.result.more["things"] == 7
    assert found.result.more["left_out"] == {"neither supply nor making is dated": 14, "not recovered, and no day is given up to which one looked": 1}
    spans = {one.times.item: one.times for one in supplies(case, case.read("sealed"))}
    assert spans["item-a000"].supplied[0] is not None and spans["item-a000"].supplied[0].year == 2015
    # The unlawful sale of 2018 is no supply: 2011 counts. Lags are 5, 9, 8, 7, 6, 5 and 4 years.
    assert found.result.estimate == pytest.approx(6 * 365.25, abs=2)
    assert "tran-b000" in found.fed.records and "tran-b001" not in found.fed.records
    grouped = ask(case, "lag.supply", by="country", family="arm")
    assert {one.name for one in grouped.result.models} >= {"Romania", "United States"}
    assert any("`headstamp lag` follows them" in said for said in found.fed.told)


def test_what_a_clearance_hides_is_not_counted(case: Case) -> None:
    for name in ("shares.by", "counts.burst", "indicator.sdg_16_4_2", "lag.supply"):
        found = ask(case, name, clearance="public")
        assert found.result.refused and not found.fed.records
