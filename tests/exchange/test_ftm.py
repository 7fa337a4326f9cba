"""Parties as FollowTheMoney entities, held against the ``followthemoney`` package itself."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from followthemoney import model
from followthemoney.types import registry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.exchange import ftm_model
from headstamp.exchange.ftm_in import understand
from headstamp.exchange.ftm_out import Told, tell
from headstamp.exchange.ftm_read import read_entities
from headstamp.records import BY_NAME, Record
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary

DOC = "doc-0000"


def shown(record: Record) -> Shown:
    values = {name: value for name, value in record.model_dump(mode="json", exclude_none=True).items()
              if name != "id" and value not in ([], ())}
    return Shown(record.NAME, record.id, 1, 1, values, record.label())


def build(kind: str, **values: Any) -> Record:
    return BY_NAME[kind].cls.build(values)


FIRM = build(
    "party", id="party-aaaa", name="ООО «Ромашка»", party_kind="firm", country="RU",
    names=[{"text": "Romashka LLC"}, {"text": "Vasilyok", "sort": "former"}],
    address="Москва, ул. Примерная, 1", addresses=["Unit 5, 1 Example Street"],
    roles=["exporter", "broker"], founded_on="2014-03", dissolved_on="2019",
    identifiers=[{"scheme": "lei", "value": "5493001KJTIIGC8Y1R12"},
                 {"scheme": "inn", "value": "7707083893"},
                 {"scheme": "trade register", "value": "HRB 123-4"}],
    owner="party-bbbb", link="https://example.org/romashka", remark="As the register says.",
)
PERSON = build("party", id="party-bbbb", name="Ана Пример", party_kind="person", country="YUCS")
OFFICER = build("party", id="party-cccc", name="C. Sample", party_kind="person", public_office=True,
                tier="partner")
FORCE = build("party", id="party-dddd", name="Armed Force of Nowhere", party_kind="armed_force")
NOBODY = build("party", id="party-eeee", name="Who knows")
PAPER = build("document", id="doc-1111", title="Invoice 7", document_kind="invoice",
              issued_on="2015-02-03", languages=["ru"], parties=["party-aaaa", "party-dddd"])
VAN = build("item", id="item-1111", family="vehicle", make="Example", model="Van 2", tag="T-7",
            item_type="van", made_on="2011", country="JP")
RECORDS = [
    FIRM, PERSON, OFFICER, FORCE, NOBODY, PAPER, VAN,
    build("item", id="item-2222", family="aircraft", make="Example", model="Glider"),
    build("tie", id="tie-0001", party="party-bbbb", tie_kind="owner", to_party="party-aaaa", share=60.5,
          lasted="2014/2016-05", documents=["doc-1111"], basis="trade register"),
    build("tie", id="tie-0002", party="party-cccc", tie_kind="officer", to_party="party-dddd",
          role="Director", lasted="2015"),
    build("tie", id="tie-0003", party="party-dddd", tie_kind="parent", to_party="party-eeee"),
    build("tie", id="tie-0004", party="party-bbbb", tie_kind="family", to_party="party-cccc",
          role="sister"),
    build("tie", id="tie-0005", party="party-eeee", tie_kind="officer", to_party="party-eeee",
          lasted="../2017"),
    build("tie", id="tie-0006", party="party-aaaa", tie_kind="associate", to_party="party-dddd"),
    build("tie", id="tie-0007", party="party-aaaa", tie_kind="successor", to_party="party-eeee"),
    build("tie", id="tie-0008", party="party-cccc", tie_kind="employee", to_party="party-aaaa"),
    build("tie", id="tie-0009", party="party-eeee", tie_kind="agent", to_party="party-aaaa"),
    build("tie", id="tie-0010", party="party-eeee", tie_kind="unknown", to_party="party-aaaa"),
    build("transfer", id="tran-0001", transfer_kind="sold", from_party="party-aaaa",
          to_party="party-dddd", from_place={"country": "RU"}, to_place={"country": "IQ"},
          happened_on="2015-06", goods="cable, 20 reels", customs_code="8544",
          value={"amount": 12000, "currency": "EUR"}, documents=["doc-1111"]),
]


def told_of(records: list[Record]) -> Told:
    return tell([shown(one) for one in records])


def back(told: Told, tier: str = "partner") -> dict[str, Record]:
    lines = [orjson.dumps(one) for one in told.entities]
    entities, problems = read_entities(lines, "file")
    found = understand(entities, document=DOC, tier=tier, file="file")
    assert not problems and not found.problems and not found.left
    return {record.id: record for _, record in found.records}


def said(record: Record) -> dict[str, Any]:
    """What a record says, its lists in one order, without what FollowTheMoney cannot hold."""
    values = record.model_dump(mode="json", exclude_none=True, exclude={"tier", "source", "grade"})
    return {name: sorted(value, key=repr) if isinstance(value, list) else value
            for name, value in values.items()}


def test_every_entity_is_valid_to_the_package() -> None:
    for entity in told_of(RECORDS).entities:
        schema = model.get(entity["schema"])
        assert schema is not None and not schema.abstract
        schema.validate(entity)  # type: ignore[arg-type]
        proxy = model.get_proxy(entity)  # as it came; nothing is cleaned away
        cleaned = model.make_entity(entity["schema"])
        cleaned.id = proxy.id
        for prop, values in entity["properties"].items():
            for value in values:
                assert schema.get(prop) is not None, (entity["schema"], prop)
                cleaned.add(prop, value, cleaned=False)
            assert len(cleaned.get(prop)) == len(values), (entity["schema"], prop, values)
        # A paper of which no file is held has no name of a file.
        assert [name for name in schema.required if not cleaned.get(name)] == (
            ["fileName"] if entity["schema"] == "Document" else [])


def test_the_ends_of_every_tie_are_of_the_schemata_it_asks_for() -> None:
    entities = {one["id"]: one for one in told_of(RECORDS).entities}
    for entity in entities.values():
        schema = model.get(entity["schema"])
        assert schema is not None
        for prop, values in entity["properties"].items():
            known = schema.get(prop)
            if known is not None and known.type == registry.entity and known.range is not None:
                for value in values:
                    target = model.get(entities[value]["schema"])
                    assert target is not None and target.is_a(known.range), (entity, prop)


def test_what_goes_out_comes_back() -> None:
    told = told_of(RECORDS)
    assert [(one.kind, one.fact) for one in told.left] == []
    returned = back(told)
    assert {one.id: said(one) for one in RECORDS} == {id_: said(one) for id_, one in returned.items()}


def test_it_comes_back_through_the_package_too() -> None:
    """Read and written again by the package, which keeps no order."""
    again = Told([model.get_proxy(one, cleaned=False).to_dict() for one in told_of(RECORDS).entities])
    kept = {id_: said(one) for id_, one in back(again).items()}
    changed = {"doc-1111"}  # it knows no three-letter code by two: the tag comes back the same
    assert {one.id: said(one) for one in RECORDS if one.id not in changed} == {
        id_: one for id_, one in kept.items() if id_ not in changed}
    assert kept["doc-1111"]["languages"] == ["ru"]


def test_what_cannot_be_said_is_listed_and_nothing_is_made_more_exact() -> None:
    records = [
        build("party", id="party-aaaa", name="A" * 385, names=[{"text": "B", "language": "ru"}],
              country="DDDE", founded_on="2014~", grade="B2", source={"document": "doc-9999"},
              owner="party-zzzz", identifiers=[{"scheme": "x", "value": "1" * 65}]),
        build("party", id="party-pppp", name="P", party_kind="person", founded_on="1970"),
        build("tie", id="tie-0001", party="party-aaaa", tie_kind="same", to_party="party-pppp", basis="x"),
        build("tie", id="tie-0002", party="party-aaaa", tie_kind="agent", to_party="party-zzzz"),
        build("tie", id="tie-0003", party="party-aaaa", tie_kind="agent", to_party="party-pppp",
              lasted="201X", share=5, documents=["doc-9999"]),
        build("item", id="item-1111", family="arm", model="Rifle"),
        build("transfer", id="tran-0001", transfer_kind="captured", goods="rifles"),
        build("transfer", id="tran-0002", transfer_kind="sold", lot="7",
              lawful_status="contested", from_place={"country": "IQ", "province": "Basra"}),
    ]
    left: dict[tuple[str, str], list[str]] = {}
    for one in told_of(records).left:
        left.setdefault((one.kind, one.fact), []).extend(one.ids)
    assert set(left) == {
        ("party", "name"), ("party", "names: language"), ("party", "country"), ("party", "founded_on"),
        ("party", "grade"), ("party", "source"), ("party", "owner"), ("party", "identifiers"),
        ("tie", "tie_kind"), ("tie", "party"), ("tie", "lasted"), ("tie", "share"), ("tie", "documents"),
        ("item", "family"), ("transfer", "transfer_kind"), ("transfer", "lot"),
        ("transfer", "lawful_status"), ("transfer", "from_place"),
    }
    assert sorted(left["party", "founded_on"]) == ["party-aaaa", "party-pppp"]
    assert b"2014" not in orjson.dumps(told_of(records).entities)


def test_a_private_person_comes_back_restricted() -> None:
    returned = back(told_of(RECORDS), tier="public")
    assert returned["party-bbbb"].tier == "restricted"
    assert returned["party-cccc"].tier == "public"  # acts in a public office
    assert returned["party-aaaa"].tier == "public"


def test_entities_of_others_become_records_with_what_is_left_said() -> None:
    lines = [orjson.dumps(one) for one in (
        {"id": "NK-abc", "schema": "Company", "datasets": ["x"], "properties": {
            "name": ["Acme", "ACME Corp"], "jurisdiction": ["ae"], "topics": ["sanction"],
            "leiCode": ["5493001KJTIIGC8Y1R12"]}},
        {"id": "NK-def", "schema": "Person", "properties": {"name": ["Jane Doe"], "birthDate": ["1970"]}},
        {"id": "own-1", "schema": "Ownership", "properties": {
            "owner": ["NK-def"], "asset": ["NK-abc"], "percentage": ["60%"], "startDate": ["2014"]}},
        {"id": "own-2", "schema": "Ownership", "properties": {"owner": ["NK-gone"], "asset": ["NK-abc"]}},
        {"id": "s-1", "schema": "Sanction", "properties": {"entity": ["NK-abc"], "program": ["X"]}},
        # A second part of the same entity, as others write them.
        {"id": "NK-abc", "schema": "Company", "properties": {"alias": ["Akme"], "name": ["Acme"]}},
    )]
    entities, problems = read_entities(lines, "f")
    found = understand(entities, document=DOC, tier="partner", file="f")
    assert not problems and not found.problems
    firm, person, tie = (record.model_dump(mode="json") for _, record in found.records)
    assert (firm["name"], firm["country"], [one["text"] for one in firm["names"]]) == (
        "Acme", "AE", ["ACME Corp", "Akme"])
    assert firm["source"] == {"document": DOC, "row": 1, "part": "NK-abc"}
    assert person["tier"] == "restricted"
    assert (tie["share"], tie["lasted"], tie["party"]) == (60, "2014/..", person["id"])
    assert {(one.line, one.prop) for one in found.left} == {
        (1, "topics"), (2, "birthDate"), (4, "owner"), (4, "asset"), (5, "schema")}


BAD = (
    (b"{", "not a JSON object", ""),
    (b"[1]", "not a JSON object", ""),
    (b'{"schema": "Company", "properties": {}}', "the entity has no id that can be used", "id"),
    (b'{"id": "a", "schema": "Firm", "properties": {}}', "not a schema of FollowTheMoney", "a.schema"),
    (b'{"id": "a", "schema": "Company"}', "the properties are not an object", "a.properties"),
    (b'{"id": "a", "schema": "Company", "properties": {"name": "x"}}',
     "a property holds a list of texts", "a.name"),
    (b'{"id": "a", "schema": "Company", "properties": {"name": [1]}}',
     "a property holds a list of texts", "a.name"),
    (b'{"id": "a", "schema": "Company", "properties": {"name": ["x\\u0000"]}}',
     "a text that cannot be stored", "a.name"),
    (b'{"id": "a", "schema": "Company", "properties": {}}', "this field must be given", "a.name"),
    (b'{"id": "a", "schema": "Company", "properties": {"name": ["x"], "incorporationDate": ["2015-02-31"]}}',
     "2015-02 has no day 31", "a.incorporationDate"),
    (b'{"id": "a", "schema": "Company", "properties": {"name": ["x"], "sourceUrl": ["ftp://x"]}}',
     "not a web address", "a.sourceUrl"),
)


@pytest.mark.parametrize(("raw", "rule", "where"), BAD)
def test_a_bad_entity_is_named_by_line_id_property_and_rule(raw: bytes, rule: str, where: str) -> None:
    entities, problems = read_entities([b"", raw], "f")
    problems += understand(entities, document=DOC, tier="partner", file="f").problems
    (one,) = problems
    assert (one.row, one.file, one.field, one.rule.startswith(rule)) == (2, "f", where, True), one


def test_one_id_with_two_schemata_is_named() -> None:
    lines = [orjson.dumps({"id": "a", "schema": schema, "properties": {"name": ["x"]}})
             for schema in ("Company", "Person")]
    _, (one,) = read_entities(lines, "f")
    assert (one.row, one.field) == (2, "a.schema") and "line 1" in one.rule


def test_too_many_entities_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headstamp.exchange.ftm_read.MOST_ENTITIES", 3)
    lines = (orjson.dumps({"id": str(n), "schema": "Company", "properties": {}}) for n in range(9))
    with pytest.raises(Invalid, match="more than 3"):
        read_entities(lines, "f")


TEXTS = st.lists(st.sampled_from(("x", "2015-02-31", "", "party-aaaa", "\u200f")), max_size=3)
VALUES = st.sampled_from((None, 7, "x", [], {}, [1], "Company", "Ownership", "Person", "Document")) | TEXTS
PROPERTIES = st.dictionaries(st.sampled_from(("name", "owner", "asset", "country", "date", "proof")),
                             VALUES | TEXTS, max_size=4)
ENTITIES = st.fixed_dictionaries({}, optional={"id": VALUES, "schema": VALUES,
                                               "properties": VALUES | PROPERTIES})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(ENTITIES.map(orjson.dumps) | st.binary(max_size=20), max_size=5))
def test_any_lines_are_read_or_named(lines: list[bytes]) -> None:
    entities, problems = read_entities(lines, "f")
    understand(entities, document=DOC, tier="partner", file="f")
    assert all(one.row and one.rule for one in problems)


def test_our_tables_are_those_of_the_package() -> None:
    assert set(model.schemata) == ftm_model.SCHEMATA
    for edge in ftm_model.EDGES.values():
        schema = model.get(edge.schema)
        assert schema is not None and schema.get(edge.party) and schema.get(edge.to_party)
    for number in ftm_model.NUMBERS.values():
        for name in number.of:
            schema = model.get(name)
            assert schema is not None and schema.get(number.prop), (name, number.prop)
    for prop, most in ftm_model.LONGEST.items():
        limits = {known.max_length for schema in model.schemata.values()
                  if (known := schema.get(prop)) is not None}
        assert limits and min(limits) >= min(most, 16), prop
    for two, three in ftm_model.LANGUAGES.items():
        assert registry.language.clean(two) == three
    countries = {term.code for term in vocabulary("countries")}
    for code in countries:
        out = ftm_model.country_out(code)
        assert (out is not None) == (registry.country.clean(code) == code.lower()), code
        assert out is None or registry.country.validate(out)
