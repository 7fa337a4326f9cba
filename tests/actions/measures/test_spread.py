"""Signatures in a case: what a find shows, where one is new, what a lower clearance is told of none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from headstamp.actions.measures.found import found_by_engine, found_by_reader
from headstamp.actions.measures.measuring import snapshot_now
from headstamp.actions.measures.spread import (
    new_places,
    novelties,
    proposed,
    sightings,
    spread_of,
    unlike,
)
from headstamp.engine.duckdb import DuckDB
from headstamp.errors import Invalid, Missing
from headstamp.records import Record, kind_named
from headstamp.store.case import Case

OPEN = {"tier": "partner"}


def make(kind: str, **values: Any) -> Record:
    return kind_named(kind).cls.build({**OPEN, **values})


def put(case: Case, *records: Record) -> None:
    with case.change(actor="a", reason="r") as change:
        change.put_many(list(records))


def site(key: str, country: str, province: str, at: tuple[float, float], **more: Any) -> Record:
    return make("site", id=f"site-{key}", name=key, place={
        "latitude": at[0], "longitude": at[1], "country": country, "province": province, "precision": "exact"}, **more)


def find(key: str, where: str, on: str, paint: str = "grey green", **more: Any) -> list[Record]:
    return [
        make("recovery", id=f"rec-{key}", site=f"site-{where}", recovered_on=on, **more),
        make("item", id=f"item-{key}", recovery=f"rec-{key}", site=f"site-{where}", recovered_on=on, **more),
        make("feature", id=f"feat-{key}", item=f"item-{key}", feature_kind="paint", value=paint, **more),
    ]


SIGNATURE = {"id": "sig-aaaa", "name": "grey crates", "features": [{"kind": "paint", "value": "Grey  GREEN"}]}


@contextmanager
def reading(case: Case, clearance: str = "restricted") -> Iterator[Any]:
    with case.read(clearance).snapshot() as reader:
        yield reader


def test_what_a_find_shows(case: Case) -> None:
    put(case, site("aaaa", "IQ", "Ninawa", (36.3, 43.1)), *find("aaaa", "aaaa", "2021-05-01"),
        make("item", id="item-part", parent="item-aaaa", family="component", make="Altera", model="EPM7064"),
        make("feature", item="item-part", feature_kind="label", value="red paper"),
        make("item", id="item-made", parent="item-aaaa", family="component", make="Bosch"),
        make("item", id="item-read", parent="item-aaaa", family="component", make="Analog Devices"),
        make("marking", id="mark-part", item="item-read", text="ADF4112BRUZ+ 1835"),
        make("reading", marking="mark-part", text="ADF 4112 BRUZ+", scheme="component_part_number"),
        make("item", id="item-none", parent="item-aaaa", family="component", make="Not identified"),
        make("item", id="item-crate", family="package", recovery="rec-aaaa"),
        make("feature", item="item-crate", feature_kind="packaging", value="wooden crate"),
        make("item", id="item-packed", parent="item-crate"),
        make("marking", item="item-packed", text="KM-4417", marking_kind="serial", technique="stamped"),
        make("marking", id="mark-lots", item="item-packed", text="L0T 12", marking_kind="lot"),
        make("reading", marking="mark-lots", text="LOT 12"))
    with reading(case) as reader:
        found = {one.item: one for one in found_by_reader(reader)}
    assert set(found) == {"item-aaaa", "item-crate", "item-packed"}
    assert {one.words() for one in found["item-aaaa"].shown} == {
        "paint: grey green", "component: altera epm7064", "label: red paper", "component: bosch",
        "component: analog devices adf4112bruz"}
    assert {one.words() for one in found["item-packed"].shown} == {
        "packaging: wooden crate", "marking convention: serial AA-9999", "marking convention: serial stamped",
        "marking convention: lot A9A 99", "lot: l0t 12", "lot: lot 12"}
    assert any(one.value == "AA-9999" for one in found["item-packed"].said)
    one = found["item-aaaa"]
    assert (one.group, one.site, one.country, one.area, one.date) == (
        "rec-aaaa", "site-aaaa", "IQ", "Ninawa", "2021-05-01")
    assert found["item-packed"].group == "rec-aaaa"


def test_a_snapshot_tells_the_same(case: Case) -> None:
    put(case, site("aaaa", "IQ", "Ninawa", (36.3, 43.1)), *find("aaaa", "aaaa", "2021-05"),
        make("recovery", id="rec-bbbb", documented_on="2022-01-05", place={"country": "SY"}),
        make("item", id="item-bbbb", recovery="rec-bbbb"), make("item", id="item-none"),
        make("item", id="item-part", parent="item-bbbb", make="X", model="Y"),
        make("marking", id="mark-lots", item="item-bbbb", text="7", marking_kind="lot"),
        make("reading", marking="mark-lots", text="1"))
    for clearance in ("restricted", "public", "partner"):
        with reading(case, clearance) as reader, DuckDB(snapshot_now(case, clearance)) as engine:
            by_reader = {one.item: one for one in found_by_reader(reader)}
            by_engine = {one.item: one for one in found_by_engine(engine)}
        assert by_reader == by_engine
    with reading(case) as reader:
        undated = next(one for one in found_by_reader(reader) if one.item == "item-bbbb")
    assert (undated.first, undated.last, undated.date, undated.country) == (None, "2022-01-05", "../2022-01-05", "SY")


def world(case: Case) -> None:
    """Met five times in one country, once in another, and once where nobody of a lower clearance sees it."""
    put(case,
        site("aaaa", "IQ", "Ninawa", (36.3, 43.1)), site("bbbb", "IQ", "Anbar", (33.4, 43.3)),
        site("cccc", "SY", "Raqqa", (35.9, 39.0)), site("hhhh", "TR", "Urfa", (37.2, 38.8), tier="sealed"),
        make("signature", **SIGNATURE))
    for n in range(5):
        put(case, *find(f"a{n}aa", "aaaa", f"2020-0{n + 1}-01"))
    put(case, *find("n1aa", "cccc", "2020-02-01", "brown"), *find("n2aa", "cccc", "2020-03-01", "brown"),
        *find("c1aa", "cccc", "2021-01-01"), *find("b1aa", "bbbb", "2021-02-01"),
        *find("h1aa", "hhhh", "2019-01-01", tier="sealed"))


def test_where_a_signature_is_new(case: Case) -> None:
    world(case)
    with reading(case) as reader:
        seen = sightings(reader, "sig-aaaa")
        new = new_places(reader)
    assert [one.item for one in seen][:2] == ["item-a0aa", "item-a1aa"] and len(seen) == 7
    assert seen[0].country == "IQ" and seen[0].features[0].value == "grey green"
    assert [(one.kind, one.where, one.items, one.site, one.since) for one in new] == [
        ("new_theatre", "SY", ("item-c1aa",), "site-cccc", "2021-01-01"),
        ("new_area", "Anbar", ("item-b1aa",), "site-bbbb", "2021-02-01")]
    assert "2 groups of finds were documented there without it" in new[0].words
    assert "km from the nearest" in new[1].words and "all along" in new[1].words


def test_a_hidden_sighting_changes_nothing_below_it(case: Case) -> None:
    world(case)
    with reading(case) as reader:
        before = new_places(reader), sightings(reader, "sig-aaaa"), spread_of(reader, "sig-aaaa").as_dict(), novelties(reader)
    with reading(case, "sealed") as reader:
        above = new_places(reader)
        assert spread_of(reader, "sig-aaaa").more["first"]["from"] == "2019-01-01"
    assert ("new_theatre", "IQ") in {(one.kind, one.where) for one in above}  # after the hidden one
    put(case, *find("h2aa", "hhhh", "2018-01-01", tier="sealed"), *find("h3aa", "cccc", "2018-01-01", tier="sealed"))
    with reading(case) as reader:
        assert before == (new_places(reader), sightings(reader, "sig-aaaa"),
                          spread_of(reader, "sig-aaaa").as_dict(), novelties(reader))


def test_a_country_known_from_elsewhere_is_not_new(case: Case) -> None:
    world(case)
    put(case, make("signature", **SIGNATURE, known_in=["SY", "LB"]))
    with reading(case) as reader:
        new = [one for one in new_places(reader) if one.kind == "new_theatre"]
    # Known in Lebanon and Syria: Iraq is the new one.
    assert [one.where for one in new] == ["IQ"] and "Lebanon" in new[0].words


def test_a_find_unlike_the_others(case: Case) -> None:
    put(case, site("aaaa", "IQ", "Ninawa", (36.3, 43.1)))
    for n in range(30):
        put(case, *find(f"a{n:03}", "aaaa", f"2020-01-{n + 1:02}", ["grey", "green", "brown"][n % 3]))
    put(case, *find("z000", "aaaa", "2020-03-01", "violet"),
        make("feature", item="item-z000", feature_kind="logo", value="a bird"))
    with reading(case) as reader:
        told = novelties(reader)
        assert [one.item for one in unlike(reader)] == ["item-z000"]
        with pytest.raises(Invalid):
            unlike(reader, 0)
    assert told.found[0].p <= 0.05 and told.asked == 12 and "shares nothing" in told.found[0].words
    assert told.by_chance == pytest.approx(0.6)


def test_a_signature_is_proposed_of_what_finds_share(case: Case) -> None:
    world(case)
    put(case, make("feature", item="item-a0aa", feature_kind="logo", value="bird"),
        make("feature", item="item-a1aa", feature_kind="logo", value="Bird"))
    with reading(case) as reader:
        found = proposed(reader, ["item-a0aa", "item-a1aa"])
        assert [(one.feature.words(), one.others) for one in found] == [("logo: bird", 0), ("paint: grey green", 5)]
        with pytest.raises(Missing):
            proposed(reader, ["item-h1aa"])  # hidden: as if it were not there
        with pytest.raises(Invalid):
            proposed(reader, [])
        with pytest.raises(Missing):
            sightings(reader, "item-a0aa")
