"""The lag of a case: the last lawful supply of each chain, groups, and who may see it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.tracing.lag import GROUPINGS, lag_of_case, supplies
from headstamp.analysis.lag.times import Lag
from headstamp.errors import Invalid
from headstamp.records import Custody, Item, Party, Transfer
from headstamp.store.case import Case


def transfer(key: str, item: str, when: str, **values: object) -> Transfer:
    return Transfer.build(**{
        "id": f"tran-{key}", "items": [item], "from_party": "party-aaaa", "to_party": "party-bbbb",
        "transfer_kind": "sold", "lawful_status": "authorised", "happened_on": when, **values})


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.create(tmp_path_factory.mktemp("lag") / "case") as made:
        with made.change(actor="tester", reason="lags") as change:
            change.put_many([
                *(Party.build(id=f"party-{n}{n}{n}{n}", name=f"Party {n}") for n in "abcd"),
                # The published case: sold on 12 December 2015, found on 9 February 2016.
                Item.build(id="item-aaaa", family="arm", item_type="launcher", recovered_on="2016-02-09"),
                transfer("aaaa", "item-aaaa", "2015-12-12", from_place={"country": "BG"},
                         to_place={"country": "US"}),
                # Sold on lawfully after it was exported; then stolen: the sale counts.
                Item.build(id="item-bbbb", family="arm", recovered_on="2016-10-3X"),
                transfer("bbba", "item-bbbb", "2012", transfer_kind="exported"),
                transfer("bbbb", "item-bbbb", "2013-05-01", from_party="party-bbbb", to_party="party-cccc"),
                transfer("bbbc", "item-bbbb", "2014", from_party="party-cccc", to_party="party-dddd",
                         transfer_kind="stolen", lawful_status="unauthorised"),
                # Nothing but the making; and a part, which came with what it is part of.
                Item.build(id="item-cccc", family="component", made_on="2011", recovered_on="2016-01-01"),
                Item.build(id="item-dddd", family="component", parent="item-aaaa", recovered_on="2016"),
                Item.build(id="item-eeee", recovered_on="2016"),
                # The supply is sealed: for others it is as if nobody knew.
                Item.build(id="item-ffff", family="ammunition", recovered_on="2016-03-01"),
                transfer("ffff", "item-ffff", "2016-01-01", tier="sealed"),
                Custody.build(id="cust-aaaa", item="item-ffff", custody_kind="captured", held_on="2016-02",
                              to_party="party-dddd", lawful_status="unauthorised"),
            ])
        yield made


def told(case: Case, clearance: str = "sealed", **more: object) -> dict[str, Lag]:
    with case.read(clearance).snapshot() as reader:
        return {one.group: one for one in lag_of_case(case, reader, **more)}  # type: ignore[arg-type]


def spans(case: Case) -> dict[str, tuple[object, ...]]:
    with case.read("sealed").snapshot() as reader:
        return {one.item.id: (one.times.supplied, one.records) for one in supplies(case, reader)}


def test_the_last_lawful_supply_is_the_one(case: Case) -> None:
    found = spans(case)
    assert found["item-bbbb"][1] == ("tran-bbbb",) and "item-dddd" not in found
    whole = told(case)[""]
    assert (whole.count, whole.exact, whole.from_making) == (3, 2, 1)
    assert whole.left_out == (("neither supply nor making is dated", 1),)
    assert whole.shortest is not None and whole.longest is not None
    assert (whole.shortest.item, whole.shortest.low) == ("item-aaaa", 59)
    assert (whole.longest.item, whole.longest.low, whole.longest.high) == ("item-bbbb", 1278, 1279)


def test_what_may_not_be_seen_is_not_known(case: Case) -> None:
    whole = told(case, "restricted")[""]
    assert whole.count == 2 and dict(whole.left_out)["neither supply nor making is dated"] == 2


def test_lags_are_told_apart(case: Case) -> None:
    assert {name: one.count for name, one in told(case, by="family").items()} == {
        "": 3, "arm": 2, "ammunition": 1, "component": 0, "not known": 0}
    assert told(case, by="route")["Bulgaria to United States"].count == 1
    assert set(told(case, by="kind")) == {"", "launcher", "not known"}
    for way in GROUPINGS:
        found = told(case, by=way)
        assert sum(one.count for name, one in found.items() if name) == found[""].count
    assert told(case, where={"family": "arm"})[""].count == 2
    with pytest.raises(Invalid, match="told apart by"):
        told(case, by="colour")
