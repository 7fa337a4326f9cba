"""Whole-case pictures: totals are the items, hidden things stay hidden, filters choose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.tracing.supply_pictures import (
    LAYERS,
    Filters,
    flows_of_case,
    kept,
    network_of_case,
)
from headstamp.publish.picture import Picture
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from tests.web.small import id_of, make, small_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = small_case(tmp_path_factory.mktemp("supply") / "case")
    with made.change(actor="A. Sample", reason="more of the chain") as change:
        change.put_many([
            make("party", "group", name="Black Anvil", party_kind="armed_group"),
            make("party", "hidden", name="A hidden dealer", tier="sealed"),
            make("transfer", "t2", transfer_kind="captured", from_party=id_of("party", "trader"),
                 to_party=id_of("party", "group"), happened_on="2014-06", lawful_status="unauthorised",
                 items=[id_of("item", "i1"), id_of("item", "i2")]),
            make("transfer", "t3", transfer_kind="exported", from_party=id_of("party", "maker"),
                 to_party=id_of("party", "hidden"), happened_on="2012", lawful_status="authorised",
                 items=[id_of("item", "i4")]),
            make("transfer", "t4", transfer_kind="sold", from_party=id_of("party", "group"),
                 to_party=id_of("party", "trader"), items=[id_of("item", "i5")], reply=id_of(
                     "trace_reply", "a2")),
            make("trace_reply", "a2", request=id_of("trace_request", "q2"), reply_code="confirmed_partial",
                 use_limits=["not_published"]),
            make("tie", "o", party=id_of("party", "trader"), tie_kind="agent", to_party=id_of("party", "maker")),
            make("tie", "d", party=id_of("party", "trader"), tie_kind="different",
                 to_party=id_of("party", "group"), basis="Other registers."),
            make("item", "grain", item_type="powder bags", quantity={"value": 12.5, "unit": "kg"}),
        ])
    yield made
    made.close()


def _told(picture: Picture) -> dict:
    return json.loads(picture.content("json"))


def test_every_layer_is_all_items(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        told = _told(flows_of_case(reader))
        total = reader.count("item")[0]
    assert told["total"] == total == 25 and told["layers"] == list(LAYERS)
    for layer in LAYERS:
        assert sum(one["value"] for one in told["classes"] if one["layer"] == layer) == total
    classes = {(one["layer"], one["label"]): one["value"] for one in told["classes"]}
    assert classes["Maker", "Norhavn Works"] == 24
    assert classes["Distributor or first receiver", "Blue Gate Trading"] == 2
    assert classes["Diversion, as claimed", "captured (unauthorised)"] == 2
    assert classes["Diversion, as claimed", "not known"] == total - 2
    assert classes["Where it was found", "Mill Street workshops"] > 10


def test_what_may_not_be_seen_is_not_drawn(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        made = [flows_of_case(reader), network_of_case(reader)]
    for one in made:
        everything = one.content("svg") + one.content("csv") + one.content("json")
        assert b"hidden dealer" not in everything and id_of("party", "hidden").encode() not in everything
        assert any("Not for publication: 1 record drawn here" in line for line in one.caption)
    with case.read("sealed").snapshot() as reader:
        assert b"hidden dealer" in network_of_case(reader).content("svg")
    with case.read("public").snapshot() as reader:
        assert flows_of_case(reader).data["total"] == 0
        assert _told(network_of_case(reader))["edges"] == []


def test_the_network_has_ties_but_no_line_where_parties_are_judged_apart(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        made = network_of_case(reader)
    kinds = {(one["what"], one["kind"]) for one in _told(made)["edges"]}
    assert ("tie", "agent") in kinds and ("tie", "different") not in kinds
    assert any("1 transfer of which one side is not known" in line for line in made.caption)


def test_filters_choose_and_are_told(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        crates = flows_of_case(reader, Filters(family="package"))
        early = flows_of_case(reader, Filters(first_year=2012, last_year=2013))
        party = flows_of_case(reader, Filters(party=id_of("party", "group")))
        kilos = flows_of_case(reader, Filters(unit="kg"))
        near = network_of_case(reader, Filters(party=id_of("party", "group"), first_year=2014, last_year=2014))
    assert crates.data["total"] == 6 and any("Only items of the family" in t for t in crates.caption)
    assert early.data["total"] == 2 and any("from 2012 to 2013" in t for t in early.caption)
    # The way of a chosen item does not end where the filter does.
    classes = {one["label"] for one in _told(early)["classes"]}
    assert "captured (unauthorised)" in classes
    assert party.data["total"] == 3
    assert kilos.data["total"] == 12.5 and any("24 items without a quantity" in t for t in kilos.caption)
    assert len(_told(near)["edges"]) == 1


def test_it_is_kept_until_the_case_changes(tmp_path: Path) -> None:
    case = small_case(tmp_path / "kept", items=4)
    made: list[str] = []

    def make_it(reader: Reader, filters: Filters) -> Picture:
        made.append(reader.clearance)
        return flows_of_case(reader, filters)

    for clearance in ("restricted", "restricted", "public"):
        with case.read(clearance).snapshot() as reader:
            kept(case, reader, "sankey", make_it)
    assert made == ["restricted", "public"]
    with case.change(actor="A", reason="one more") as change:
        change.put(make("item", "one-more", item_type="crate"))
    with case.read("restricted").snapshot() as reader:
        assert kept(case, reader, "sankey", make_it).data["total"] == 5
        for year in range(1, 30):
            kept(case, reader, "sankey", make_it, Filters(first_year=year))
        kept(case, reader, "sankey", make_it)
    assert len(made) == 3 + 29 + 1
    case.close()


def test_it_stays_readable_at_five_thousand_transfers(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "many")
    parties = [make("party", f"p{n}", name=f"House no. {n}", roles=[("maker", "exporter", "distributor")[n % 3]])
               for n in range(900)]
    items = [make("item", f"x{n}", item_type="good") for n in range(1_000)]
    transfers = [
        make("transfer", f"t{n}", transfer_kind=("made", "exported", "sold", "retransferred", "captured")[n % 5],
             from_party=parties[(n * n) % (30 if n % 3 else 900)].id, to_party=parties[(7 * n) % 900].id,
             happened_on=f"{2000 + n % 15}", items=[items[n % 1_000].id],
             lawful_status=("authorised", "unknown", "unauthorised")[n % 3])
        for n in range(5_000)
    ]
    with case.change(actor="A. Sample", reason="a made-up case of 5,000 transfers") as change:
        change.put_many([*parties, *items, *transfers])
    with case.read("restricted").snapshot() as reader:
        made = [flows_of_case(reader), network_of_case(reader)]
    for one in made:
        assert len(one.svg) < 1_000_000
        assert one.svg.count("<text") < 250 and one.svg.count("<path") < 2_500
        assert any("table has each" in line for line in one.caption)
    assert sum(row[4] for row in made[1].rows) == 5_000  # type: ignore[misc]
    assert made[0].data["total"] == 1_000
    case.close()
