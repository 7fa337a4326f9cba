"""Forward: the same shipment is found by items, numbers, lots, packages and hands, as surely as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.cases import index_case
from headstamp.actions.tracing.forward import Forward, forward, forward_by
from headstamp.errors import Invalid, Missing
from headstamp.records import Custody, Document, Item, Marking, Party, Reading, Site, Transfer
from headstamp.store.case import Case


def item(key: str, **values: object) -> Item:
    return Item.build(id=f"item-{key}", tag=key.upper(), **values)


def serial(item_id: str, text: str, kind: str = "serial", **values: object) -> Marking:
    state = "partial" if "?" in text else "clear"
    return Marking.build(id=f"mark-{item_id}", item=f"item-{item_id}", text=text, state=state,
                         marking_kind=kind, **values)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.create(tmp_path_factory.mktemp("forward") / "case") as made:
        with made.change(actor="tester", reason="a shipment") as change:
            change.put_many([
                *(Party.build(id=f"party-{n}{n}{n}{n}", name=f"Party {n}") for n in "abcde"),
                Site.build(id="site-aaaa", name="Depot"), Site.build(id="site-bbbb", name="Border"),
                Document.build(id="doc-aaaa", title="Packing list", items=["item-eeee"]),
                item("aaaa", site="site-aaaa", recovered_on="2016-10"),
                item("bbbb", site="site-bbbb"), item("cccc", site="site-aaaa"), item("dddd"),
                item("eeee"), item("ffff"), item("gggg"),
                item("crate", family="package"), item("inside", parent="item-crate"),
                serial("aaaa", "TA 1207"), serial("bbbb", "TA 12?9"), serial("cccc", "TA 1950"),
                serial("dddd", "?? 1300"), serial("ffff", "L-77 / 2", "lot"),
                serial("crate", "K 1144/3", "package"),
                Reading.build(marking="mark-cccc", text="TA 1250", certainty=60, reader="Second"),
                # Of the range 1001 to 1500, from A to B; B goes on to C twice, and D had it before.
                Transfer.build(id="tran-aaaa", from_party="party-aaaa", to_party="party-bbbb",
                               happened_on="2012-03", serials="TA 1001 - 1500", goods="rifles",
                               documents=["doc-aaaa"]),
                Transfer.build(id="tran-bbbb", from_party="party-bbbb", to_party="party-cccc",
                               happened_on="2013", lot="L-77/2, L-78", package="K 1144/3"),
                Transfer.build(id="tran-oldd", from_party="party-bbbb", to_party="party-dddd",
                               happened_on="2009", items=["item-gggg"]),
                Transfer.build(id="tran-cccc", from_party="party-cccc", to_party="party-bbbb",
                               happened_on="2014"),
                Transfer.build(id="tran-hidd", tier="sealed", from_party="party-bbbb",
                               to_party="party-eeee", items=["item-eeee"]),
                Custody.build(item="item-eeee", custody_kind="sold", transfer="tran-cccc"),
            ])
        index_case(made)
        yield made


def ask(case: Case, start: str, clearance: str = "restricted", **more: object) -> Forward:
    with case.read(clearance).snapshot() as reader:
        return forward(case, reader, start, **more)  # type: ignore[arg-type]


def by(case: Case, way: str, text: str) -> Forward:
    with case.read("restricted").snapshot() as reader:
        return forward_by(case, reader, way, text)


def told(found: Forward) -> dict[str, str]:
    return {one.item.id: one.attached.how for one in found.items}


def test_a_shipment_by_its_serial_numbers(case: Case) -> None:
    found = ask(case, "tran-aaaa")
    assert told(found)["item-aaaa"] == "exactly" and told(found)["item-bbbb"] == "probably"
    assert told(found)["item-cccc"] in ("probably", "perhaps")  # one of two readers read it so
    assert told(found)["item-dddd"] in ("probably", "perhaps")  # the letters are not read
    assert "item-gggg" not in told(found)
    assert found.sites[0] == ("site-aaaa", "Depot", 2) and found.sites[-1][0] == ""
    assert next(o for o in found.items if o.item.id == "item-aaaa").when == "2016-10"


def test_lots_and_packages_with_what_is_in_them(case: Case) -> None:
    assert told(ask(case, "tran-bbbb")) == {
        "item-ffff": "exactly", "item-crate": "exactly", "item-inside": "probably"}
    assert "item-ffff" in told(by(case, "lot", "lot L-77/2"))
    assert [one.record.id for one in by(case, "lot", "L-78").transfers] == ["tran-bbbb"]
    assert "item-crate" in told(by(case, "package", "K 1144/3"))


def test_other_finds_of_the_same_shipment(case: Case) -> None:
    found = ask(case, "item-aaaa")
    assert "item-aaaa" not in told(found) and told(found)["item-bbbb"] == "probably"
    assert [one.record.id for one in found.transfers] == ["tran-aaaa"]


def test_by_numbers_as_surely_as_they_are_read(case: Case) -> None:
    found = by(case, "serials", "TA 1200-1299")
    assert told(found)["item-aaaa"] == "exactly" and told(found)["item-bbbb"] == "probably"
    assert {one.record.id for one in found.transfers} == {"tran-aaaa"}
    assert by(case, "serials", "TA 3000-3100").transfers == ()


def test_from_a_party_time_does_not_run_backwards(case: Case) -> None:
    steps = {one.record.id: one.step for one in ask(case, "party-aaaa").transfers}
    # What B sold in 2009 did not come from A in 2012; the goods may go round through C.
    assert steps == {"tran-aaaa": 1, "tran-bbbb": 2, "tran-cccc": 3}
    assert {one.record.id for one in ask(case, "party-bbbb", since="2013-06").transfers} == {
        "tran-bbbb", "tran-cccc"}
    assert [one.record.id for one in ask(case, "party-aaaa", steps=1).transfers] == ["tran-aaaa"]


def test_from_a_paper(case: Case) -> None:
    found = ask(case, "doc-aaaa")
    assert {"item-eeee", "item-aaaa"} <= set(told(found))


def test_what_is_sealed_is_not_on_the_way(case: Case) -> None:
    assert "tran-hidd" not in {one.record.id for one in ask(case, "party-bbbb").transfers}
    assert "tran-hidd" in {one.record.id for one in ask(case, "party-bbbb", "sealed").transfers}
    with pytest.raises(Missing):
        ask(case, "tran-hidd")


def test_limits_are_told(case: Case) -> None:
    found = ask(case, "tran-aaaa", limit=2)
    assert len(found.items) <= 2 and any("more than 2 items" in said for said in found.more)


def test_what_cannot_be_asked_is_refused(case: Case) -> None:
    with pytest.raises(Invalid, match="nothing is asked forward"):
        ask(case, "mark-aaaa")
    with pytest.raises(Invalid, match="since when"):
        ask(case, "party-aaaa", since="31 February")
    with pytest.raises(Invalid, match="no serial number can be read"):
        by(case, "serials", "none at all")
    with pytest.raises(Invalid, match="in full"):
        by(case, "lot", "??")
    with pytest.raises(Invalid, match="one asks by"):
        by(case, "colour", "grey")
