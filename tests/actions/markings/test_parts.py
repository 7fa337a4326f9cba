"""Components read by rules: what is recorded, what is left alone, and what is told of all of them."""

from __future__ import annotations

import pytest

from headstamp.actions.cases import index_case
from headstamp.actions.markings.parts import SCHEMES, read_parts
from headstamp.actions.markings.parts_seen import elsewhere, parts_of, with_number
from headstamp.kinds.identity import derived_id
from headstamp.records import Document, Item, Marking, Reading, Record
from headstamp.store.case import Case

CHECKED = "Last checked by the compilers: 2026-06-13"
AD = "Analog Devices"
TEXTS = (
    ("a", "Transceiver ADM3202 ARNZ #2135", AD, "uav"),
    ("b", "CMOS RS-232 driver ADM3202ARNZ #1907 4508101", AD, "missile"),
    ("c", "Transceiver ADM3202A #321", AD, "uav"),
    ("d", "(unspecified)", AD, "uav"),
    ("e", "Electrolytic capacitor 16V 330µF", "Yageo Corporation", "uav"),
    ("f", "PLL frequency synthesizer ADF4112BRU", AD, "uav"),
    ("g", "Transistor MRF177 4513", "MACOM Technology", "missile"),
    ("h", "Component ADG1409Y #3001", AD, "missile"),
)


def item(key: str) -> str:
    return derived_id("item", "test", key)


def mark(key: str) -> str:
    return derived_id("mark", "test", key)


def reading_of(key: str, kind: str) -> str:
    return derived_id("read", "component", mark(key), kind)


def records() -> list[Record]:
    made: list[Record] = [
        Document.build({"id": derived_id("doc", "test"), "title": "A list", "tier": "public"}),
        *(Item.build({"id": item(w), "family": "aircraft", "item_type": w, "tier": "public"})
          for w in ("uav", "missile")),
    ]
    for row, (key, text, maker, weapon) in enumerate(TEXTS):
        source = {"document": derived_id("doc", "test"), "row": row}
        made.append(Item.build({
            "id": item(key), "tag": key, "family": "component", "make": maker, "parent": item(weapon),
            "tier": "public", "remark": CHECKED, "source": source,
        }))
        state = {"state": "not_recorded"} if text == "(unspecified)" else {"text": text}
        made.append(Marking.build({"id": mark(key), "item": item(key), "tier": "public",
                                   "source": source, **state}))
    return made


@pytest.fixture(name="case")
def _filled(case: Case) -> Case:
    """The case of each store in turn, with the records above."""
    with case.change(actor="tester", reason="sample") as change:
        change.put_many(records())
    return case


def test_readings_are_recorded_with_rule_doubt_and_certainty(case: Case) -> None:
    told = read_parts(case, actor="tester", clearance="restricted")
    assert told.texts == 7 and told.new == len(list(case.read("public").stream("reading")))
    reader = case.read("public")
    date = reader.get(reading_of("b", "date_code"))
    assert (date.get("text"), date.get("method"), date.get("scheme"), date.get("certainty")) == (
        "1907", "scheme", "component_date_code", 95)
    assert date.get("meaning") == "Date code: 2019-W07; nearly sure; rule hash"
    assert date.get("source") == {"document": derived_id("doc", "test"), "row": 1}
    assert reader.get(reading_of("b", "lot")).get("text") == "4508101"
    several = reader.get(reading_of("c", "date_code"))
    assert "2023-W21 or 2013-W21" in several.get("meaning") and "doubt: one digit" in several.get("meaning")


def test_what_is_not_specified_stays_so_and_the_marking_is_never_touched(case: Case) -> None:
    before = {one.id: (one.version, one.values) for one in case.read("sealed").stream("marking")}
    read_parts(case, actor="tester", clearance="restricted")
    reader = case.read("sealed")
    assert reader.get(mark("d")).get("state") == "not_recorded"
    assert not reader.referring(mark("d"), kind="reading")
    assert [one.get("scheme") for one in reader.referring(mark("e"), kind="reading")] == ["component_product"]
    assert reading_of("h", "date_code") not in reader.many([reading_of("h", "date_code")])
    assert {one.id: (one.version, one.values) for one in reader.stream("marking")} == before


def test_reading_again_changes_nothing(case: Case) -> None:
    first = read_parts(case, actor="tester", clearance="restricted")
    size = case.checkpoint().size
    again = read_parts(case, actor="tester", clearance="restricted")
    assert case.checkpoint().size == size
    assert (again.new, again.changed, again.unchanged, again.withdrawn) == (0, 0, first.new, 0)


def test_a_persons_correction_stands_and_a_rule_without_support_is_withdrawn(case: Case) -> None:
    read_parts(case, actor="tester", clearance="restricted")
    held = case.read("sealed").get(reading_of("b", "date_code"))
    with case.change(actor="Ana", reason="seen on the photograph") as change:
        change.put(Reading.build({**held.values, "id": held.id, "text": "1407", "certainty": 90,
                                  "meaning": "Date code: 2014-W07"}))
        change.put(Marking.build({"id": mark("f"), "item": item("f"), "tier": "public",
                                  "text": "PLL frequency synthesizer"}))
    told = read_parts(case, actor="tester", clearance="restricted")
    reader = case.read("sealed")
    assert (told.kept, told.withdrawn) == (1, 1)
    assert reader.get(held.id).get("text") == "1407"
    gone = reader.get(reading_of("f", "part_number"))
    assert gone.get("certainty") == 0 and gone.get("meaning").startswith("Withdrawn")
    assert read_parts(case, actor="tester", clearance="restricted").withdrawn == 0
    assert "ADF4112BRU" not in {one.key for one in parts_of(reader).seen}


def test_the_same_part_in_several_weapons_and_families(case: Case) -> None:
    read_parts(case, actor="tester", clearance="restricted")
    parts = parts_of(case.read("public"))
    [same] = parts.same
    assert (same.key, same.parts, len(same.weapons)) == ("ADM3202ARNZ", 2, 2)
    assert same.written == ("ADM3202 ARNZ", "ADM3202ARNZ")
    [family] = parts.families
    assert (family.maker, family.series, family.parts, family.weapons) == (AD, "ADM", 3, 2)
    assert [(v.stem, v.numbers) for v in family.variants] == [("ADM3202", ("ADM3202A", "ADM3202ARNZ"))]


def test_times_rest_on_sure_weeks_only_and_say_what_is_left_out(case: Case) -> None:
    read_parts(case, actor="tester", clearance="restricted")
    dated = parts_of(case.read("public")).dated
    assert (dated.components, dated.undated, dated.several, dated.doubtful, dated.unbounded) == (8, 4, 1, 1, 0)
    [(basis, times)] = dated.times
    assert basis == "listed" and times.count == 2 and times.median is None  # too few for quartiles
    assert times.shortest == 1_748 and times.backwards == 0


def test_a_part_elsewhere_is_found_once_indexed(case: Case) -> None:
    read_parts(case, actor="tester", clearance="restricted")
    index_case(case)
    reader = case.read("public")
    [found] = elsewhere(reader, reader.get(item("a")))
    assert [one.item for one in found.items] == [item("b")]
    assert found.weapons == ((item("missile"), "missile"),) and not found.more
    assert len(with_number(reader, "adm3202arnz").items) == 2
    assert with_number(reader, "nothing").items == ()


def test_what_may_not_be_seen_is_in_no_count(case: Case) -> None:
    secret = [
        Item.build({"id": item("s"), "tag": "s", "family": "component", "make": AD, "tier": "sealed",
                    "parent": item("missile"), "remark": CHECKED}),
        Marking.build({"id": mark("s"), "item": item("s"), "tier": "sealed", "text": "Synthesizer ADF4112BRU #2010"}),
    ]
    with case.change(actor="tester", reason="sealed") as change:
        change.put_many(secret)
    assert read_parts(case, actor="tester", clearance="restricted").texts == 7
    read_parts(case, actor="tester", clearance="sealed")
    index_case(case)
    assert case.read("sealed").get(reading_of("s", "date_code")).get("tier") == "sealed"
    for clearance, weapons in (("restricted", 1), ("sealed", 2)):
        reader = case.read(clearance)
        assert len(with_number(reader, "ADF4112BRU").weapons) == weapons
        assert len(parts_of(reader).same) == weapons
        assert parts_of(reader).dated.components == 7 + weapons


def test_every_part_has_a_scheme_of_its_own() -> None:
    assert len(set(SCHEMES.values())) == 4
