"""The teaching case's tables: whole, varied, invented, and free of what must not be told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from headstamp.demo.fill import corrections
from headstamp.demo.lettering import script_of
from headstamp.demo.teaching import Teaching, load, table
from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import bounds
from headstamp.records import TYPES, Fact, Record, RecordType
from headstamp.schemes import SCHEMES, scheme
from headstamp.vocab import fold, vocabulary

# Lists of which every word is used at least once.
WHOLE = [
    "marking_state", "reply_code", "recovery_manner", "transfer_kind", "item_family",
    "count_method", "tier", "probability_word", "confidence", "lawful_status", "request_status",
    "finding_status", "reading_method", "licence_status", "generation", "party_kind", "party_role",
    "flow_kind", "illicit_basis", "photograph_view", "marking_kind", "marking_technique", "disposal",
]  # fmt: skip
# Words that would tell how a thing is made, filled, set off or laid. Kept wide on purpose: a
# harmless sentence that trips over it is easily written in another way.
NEVER = (  # noqa: SIM905 - a paragraph is easier to go through
    "fuse fuses fuze fuzes detonate detonates detonated detonator detonators detonation primer primers "
    "igniter igniters initiator initiators propellant propellants booster warhead warheads payload fill "
    "fills filled filling mix mixes mixed mixing mixture mixtures recipe ratio proportion proportions "
    "blend stir dissolve heat heated boil melt melts molten distil purify synthesis synthesise precursor "
    "precursors circuit circuits wire wires wiring wired solder trigger triggers timer charge charges "
    "charged blast shrapnel fragment fragments ied ieds booby trap bury buried emplace emplaced conceal "
    "concealed hide hidden drill drilled drilling bore rifling mould moulds casting weld welded welding "
    "machining turning tolerance thread threads gram grams kilogram kilograms litre litres percent step "
    "steps procedure instructions improvised homemade explosive explosives detcord"
).split()


@cache
def case() -> Teaching:
    return load()


def values(record: Record, fact: Fact) -> Iterator[tuple[Fact, Any]]:
    value = getattr(record, fact.name)
    for part in fact.parts:
        yield part, getattr(value, part.name) if value is not None else None
    if not fact.parts:
        for one in value if fact.many else (value,):
            yield fact, one


def all_values() -> Iterator[tuple[RecordType, Record, Fact, Any]]:
    types = {kind.name: kind for kind in TYPES}
    for record in case().records:
        kind = types[record.NAME]
        for fact in kind.facts:
            for part, value in values(record, fact):
                if value is not None:
                    yield kind, record, part, value


# What only happens to a case, and is never invented: exchange, erasure, time stamps; alerts, which
# the program drafts of the finds (demo/warn.py).
LIVED = {"alert", "device", "bundle", "erasure", "witness"}


def texts() -> Iterator[tuple[str, str]]:
    """Every cell of every table, drawn texts included, with where it stands."""
    for kind in TYPES:
        for row in () if kind.name in LIVED else table(kind.name):
            for column, cell in row.items():
                yield f"{kind.plural}.csv {row['key']} {column}", cell
    for row in corrections():
        yield f"corrections.csv {row['key']}", " ".join(row.values())


def test_the_tables_have_no_faults_and_every_type_is_used() -> None:
    counts = Counter(record.NAME for record in case().records)
    assert set(counts) == {kind.name for kind in TYPES} - LIVED
    least = {"item": 150, "marking": 250, "party": 30, "site": 10, "document": 40,
             "photograph": 60, "custody": 60, "transfer": 20, "reading": 40}  # fmt: skip
    assert {name: counts[name] for name in least if counts[name] < least[name]} == {}


@pytest.mark.parametrize("name", WHOLE)
def test_every_word_of_the_list_is_used(name: str) -> None:
    used = {
        value for _, _, fact, value in all_values()
        if isinstance(fact.kind, CodeKind) and fact.kind.vocabulary.name == name
    }
    assert {term.code for term in vocabulary(name)} - used == set()


def test_only_words_of_the_lists_are_used_except_for_countries() -> None:
    strange = [
        (kind.name, fact.name, value) for kind, _, fact, value in all_values()
        if isinstance(fact.kind, CodeKind) and fact.kind.vocabulary.name != "countries"
        and fact.kind.vocabulary.get(value) is None
    ]
    assert strange == []


def test_dates_come_in_every_form() -> None:
    dates = {v for _, _, f, v in all_values() if f.kind is not None and f.kind.name == "date"}
    forms = {
        "day": r"\d{4}-\d\d-\d\d", "month": r"\d{4}-\d\d", "year": r"\d{4}", "about": r".*~",
        "uncertain": r".*\?", "both": r".*%", "decade": r"\d{3}X", "unread day": r".*-\dX",
        "season": r"\d{4}-2[1-4]", "interval": r"\d.*/\d.*", "open end": r".*/\.\.",
        "open start": r"\.\./.*",
    }  # fmt: skip
    assert [name for name, form in forms.items()
            if not any(re.fullmatch(form, date) for date in dates)] == []  # fmt: skip
    assert all(bounds(date) for date in dates)


def test_four_scripts_stand_on_things_and_papers() -> None:
    markings = case().of("marking")
    assert {m.script for m in markings} >= {"Latn", "Arab", "Cyrl", "Hans"}
    for marking in markings:
        if marking.text and script_of(marking.text) != "Latn":
            assert marking.script == script_of(marking.text), marking.text
    papers = [d for d in case().of("document") if d.text and d.translation]
    assert sum("ar" in d.languages for d in papers) >= 8
    assert sum("ru" in d.languages for d in papers) >= 8


def test_unread_characters_and_states_agree() -> None:
    for marking in case().of("marking"):
        if marking.state == "clear":
            assert "?" not in marking.text, marking
        if marking.state == "partial":
            assert "?" in marking.text, marking


def test_readers_differ_somewhere_and_marking_and_reading_stay_apart() -> None:
    by_marking: dict[str, set[str]] = {}
    for reading in case().of("reading"):
        if reading.method in ("person", "second_person"):
            by_marking.setdefault(reading.marking, set()).add(reading.text)
    assert sum(len(read) > 1 for read in by_marking.values()) >= 5


def test_every_identifier_passes_its_check() -> None:
    known = {module.NAME for module in SCHEMES}
    checked = {"gtin", "gs1", "imei", "vin", "iso6346", "imo", "cas", "lei"}
    seen: set[str] = set()
    given = [(r.scheme, r.text) for r in case().of("reading") if r.scheme]
    given += [(i.scheme, i.value) for p in case().of("party") for i in p.identifiers if i.scheme in known]
    for name, text in given:
        read = scheme(name).read(text)
        assert read is not None and read.valid is not False, (name, text)
        if name in checked:
            assert read.valid is True, (name, text, read.explanation)
        seen.add(name)
    assert seen >= checked | {"lot_us", "headstamp", "date_code"}


def test_barcodes_and_phone_numbers_printed_in_full_pass_too() -> None:
    for marking in case().of("marking"):
        text = marking.text or ""
        if marking.marking_kind == "barcode" and re.fullmatch(r"\d{13}", text):
            assert scheme("gtin").read(text).valid is True, text  # type: ignore[union-attr]
            assert text.startswith("952"), "the prefix kept for examples"
        if re.fullmatch(r"IMEI \d{15}", text):
            assert scheme("imei").read(text).valid is True, text  # type: ignore[union-attr]
            assert text.startswith("IMEI 00"), "the range kept for tests"


def test_all_but_the_statement_itself_come_from_it_and_it_says_invented() -> None:
    teaching = case()
    basis = next(d for d in teaching.of("document") if d.id == teaching.basis)
    assert basis.caution.startswith("Invented for teaching: ") and basis.tier == "public"
    assert "open South Pacific" in basis.caution
    assert [r.id for r in teaching.records
            if r.id != basis.id and (r.source is None or r.source.document != basis.id)] == []  # fmt: skip


def test_no_real_country_stands_in_it() -> None:
    countries = vocabulary("countries")
    named = {v for _, _, f, v in all_values() if f.kind is not None and f.kind.name == "country"}
    assert named and not [name for name in named if countries.find(name)]
    real = {fold(term.label) for term in countries} | {
        fold(word) for term in countries for word in term.synonyms if len(word) > 4
    }
    for where, cell in texts():
        words = f" {fold(cell)} "
        assert not [name for name in real if name and f" {name} " in words], where


def test_every_point_lies_in_the_open_south_pacific() -> None:
    points = [
        (value.latitude, value.longitude)
        for record in case().records for kind in TYPES if kind.name == record.NAME
        for fact in kind.facts if fact.parts
        for value in [getattr(record, fact.name)] if getattr(value, "latitude", None) is not None
    ]  # fmt: skip
    points += [(s.claims.latitude, s.claims.longitude) for s in case().scenes.values()
               if s.claims.latitude is not None]  # fmt: skip
    assert len(points) > 30
    assert all(-48 < lat < -43 and -124 < lon < -120 for lat, lon in points)


def test_nothing_in_it_says_how_a_thing_is_made_or_laid() -> None:
    never = re.compile(rf"\b(?:{'|'.join(NEVER)})\b", re.IGNORECASE)
    # The code of a family is no sentence.
    told = [(where, found[0]) for where, cell in texts() if cell != "explosive_ordnance"
            and (found := never.search(cell))]  # fmt: skip
    assert told == []


def test_chemicals_are_names_numbers_suppliers_and_lots_only() -> None:
    substances = vocabulary("regulated_substances")
    chemicals = [
        item for item in case().of("item")
        if item.item_type and (term := substances.find(item.item_type)) is not None and term
    ]  # fmt: skip
    assert len(chemicals) >= 5
    for item in chemicals:
        assert item.family == "commercial_good"
        assert item.quantity is None or item.quantity.unit == "package"
        assert item.parent is None


def test_the_army_rifles_have_their_whole_past() -> None:
    teaching = case()
    past: dict[str, list[str]] = {}
    for event in teaching.of("custody"):
        past.setdefault(event.item, []).append(event.custody_kind)
    whole = ["made", "exported", "issued", "captured", "recovered"]
    assert sum(kinds == whole for kinds in past.values()) == 12


def test_ammunition_groups_have_lots_headstamps_and_ways_of_counting() -> None:
    teaching = case()
    groups = [i for i in teaching.of("item") if i.family == "ammunition"]
    assert len(groups) >= 6
    assert all(group.quantity and group.quantity.method for group in groups)
    headstamped = {m.item for m in teaching.of("marking") if m.marking_kind == "headstamp"}
    assert sum(group.id in headstamped for group in groups) >= 6


def test_findings_use_probability_words_within_their_ranges() -> None:
    ranges = {
        term.code: tuple(map(int, re.findall(r"\d+", term.note)))
        for term in vocabulary("probability_word")
    }  # fmt: skip
    for finding in case().of("finding"):
        low, high = ranges[finding.probability]
        assert low <= finding.probability_low <= finding.probability_high <= high, finding.sentence


def test_a_sealed_name_stands_in_sealed_records_only() -> None:
    sealed = ("Abu Tariq", "أبو طارق")
    for kind in TYPES:
        for row in () if kind.name in LIVED else table(kind.name):
            if any(name in cell for cell in row.values() for name in sealed):
                assert row.get("tier") == "sealed", (kind.name, row["key"])


def test_no_two_rows_have_one_key() -> None:
    counts = Counter(record.id for record in case().records)
    assert [id_ for id_, number in counts.items() if number > 1] == []
