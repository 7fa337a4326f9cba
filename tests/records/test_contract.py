"""What every record type keeps to, tried on each from its declaration alone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.evidence.canonical import canonical
from headstamp.kinds.identity import derived_id
from headstamp.records import BY_NAME, BY_PREFIX, TYPES, Record, RecordType, kind_named, kind_of_id
from headstamp.records.spec import Fact, body
from headstamp.records.spec import plain as plain_of
from tests.making import one_of_each, plausible, some

each_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
EXAMPLES = {record.NAME: record for record in one_of_each()}
IDS = {record.PREFIX: [record.id, derived_id(record.PREFIX, "other")]
       for record in EXAMPLES.values()}
# To make a failing record smaller takes minutes; it is small enough to be read.
QUICK = settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def wrong(fact: Fact) -> Any:
    """A value that a field's kind refuses: none takes half of a character pair."""
    if fact.many:
        return ["\ud800"]
    return "\ud800"


def test_names_and_prefixes_are_each_of_one_type() -> None:
    assert len({kind.name for kind in TYPES}) == len(TYPES)
    assert len({kind.prefix for kind in TYPES}) == len(TYPES)
    assert len({kind.plural for kind in TYPES}) == len(TYPES)
    for kind in TYPES:
        assert BY_NAME[kind.name] is BY_PREFIX[kind.prefix] is kind
        for word in (kind.name, kind.plural, kind.slug, kind.prefix, kind.name.upper()):
            assert kind_named(word) is kind
        assert kind_of_id(derived_id(kind.prefix, "x")) is kind


@each_type
def test_examples_are_records(kind: RecordType) -> None:
    record = EXAMPLES[kind.name]
    assert record.label()
    empty = [f.name for f in kind.facts if getattr(record, f.name) in (None, ())]
    if kind.name == "witness":  # only an authority makes a time stamp
        empty = [name for name in empty if name not in ("stamp", "certificates")]
    assert not [name for name in empty if name not in ("source",)] or all(
        kind.by_name[name].ref is not None or kind.by_name[name].struct is not None
        for name in empty
    ), f"no example for {empty}"


@each_type
def test_all_that_is_wrong_is_told_at_once(kind: RecordType) -> None:
    with pytest.raises(Invalid) as refused:
        kind.cls.build({fact.name: wrong(fact) for fact in kind.facts} | {"nonsense": 1})
    told = {problem.field for problem in refused.value.problems}
    for fact in kind.facts:
        assert any(field == fact.name or field.startswith(fact.name + "_") for field in told), (
            f"nothing is said of {fact.name}"
        )
    assert "nonsense" in told
    for problem in refused.value.problems:
        assert problem.rule and problem.advice, problem
    orjson.dumps(refused.value.as_dict())  # can be written, whatever was given
    str(refused.value).encode()


@each_type
def test_all_that_is_missing_is_told_at_once(kind: RecordType) -> None:
    needed = {fact.name for fact in kind.facts if fact.required}
    if not needed:
        pytest.skip(f"a {kind.title} needs no field")
    with pytest.raises(Invalid) as refused:
        kind.cls.build({})
    assert {problem.field for problem in refused.value.problems} == needed


@each_type
def test_another_types_id_is_refused(kind: RecordType) -> None:
    values = {name: plain_of(getattr(EXAMPLES[kind.name], name)) for name in kind.by_name}
    other = next(one for one in TYPES if one is not kind)
    with pytest.raises(Invalid):
        kind.cls.build(values, id=derived_id(other.prefix, "x"))
    with pytest.raises(Invalid):
        kind.cls.build(values, id="")


@each_type
def test_columns_are_named_once_and_carry_their_fact(kind: RecordType) -> None:
    names = [column.name for column in kind.columns]
    assert len(set(names)) == len(names)
    for column in kind.columns:
        assert column.fact in kind.by_name
        assert column.name.startswith(column.fact)
        assert column.sql in ("text", "int", "real", "bool", "json")
    assert kind.when == "" or f"{kind.when}_from" in names
    for owner in kind.owners:
        assert kind.by_name[owner].ref is not None


SOME = {kind.name: some(kind, IDS) for kind in TYPES}


@each_type
@QUICK
@given(data=st.data())
def test_body_columns_and_words_follow_from_any_record(
    kind: RecordType, data: st.DataObject
) -> None:
    record = data.draw(SOME[kind.name])
    comes_back_from_its_body(kind, record)
    columns_hold_what_it_says(kind, record)
    fields_can_be_shown(kind, record)


def comes_back_from_its_body(kind: RecordType, record: Record) -> None:
    names, values = kind.canonical_values(record)
    assert list(names) == sorted(names)
    text = body(names, values)
    read = orjson.loads(text)
    assert text == canonical(read)
    again = kind.cls.model_validate({**read, "id": record.id})
    assert again == record
    assert kind.canonical_values(again) == (names, values)
    assert type(record.label()) is str


def columns_hold_what_it_says(kind: RecordType, record: Record) -> None:
    row = kind.project(record)
    assert len(row) == len(kind.columns)
    types = {"text": str, "json": str, "int": int, "bool": bool}
    for column, value in zip(kind.columns, row, strict=True):
        said = getattr(record, column.fact)
        if column.part and said is not None:
            said = getattr(said, column.part)
        if said in (None, ()):
            assert value is None
            continue
        if value is None:
            assert column.derived
            continue
        if column.sql == "real":
            assert type(value) in (int, float)
        else:
            assert type(value) is types[column.sql]
        if column.sql == "json":
            assert orjson.loads(value) == orjson.loads(canonical(plain_of(said)))
        elif not column.derived:
            assert value == said
    stored = orjson.loads(body(*kind.canonical_values(record)))
    assert kind.project_values(stored) == row


def fields_can_be_shown(kind: RecordType, record: Record) -> None:
    stored = orjson.loads(body(*kind.canonical_values(record)))
    for fact in kind.facts:
        value = getattr(record, fact.name)
        assert (fact.show(value) == "") == (value in (None, ())), fact.name
        if fact.name in stored:
            assert fact.show(stored[fact.name]) == fact.show(value)


def test_what_is_refused_is_named_by_its_part() -> None:
    item = BY_NAME["item"].cls
    with pytest.raises(Invalid) as refused:
        item.build(quantity={"value": -1, "unit": "dozenish"}, links=["x", "\x00"],
                   source={"document": "item-7k3m9qxz"}, parent="nobody")
    assert {problem.field for problem in refused.value.problems} >= {
        "quantity_value", "links_1", "source_document", "parent",
    }


def test_no_record_belongs_to_itself() -> None:
    with pytest.raises(Invalid, match="part of itself"):
        BY_NAME["item"].cls.build(id="item-7k3m9qxz", parent="item-7k3m9qxz")


def test_plausible_records_differ_by_their_seed() -> None:
    kind = BY_NAME["item"]
    assert plausible(kind, {}, seed="a").id != plausible(kind, {}, seed="b").id
