"""The JSON Schema and the declaration agree, for every record type and every field."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PARTIAL_DATE
from headstamp.kinds.instant import INSTANT
from headstamp.kinds.kind import Kind, Unfit
from headstamp.kinds.tier import TIER
from headstamp.records import BY_NAME, TYPES, Fact, Record, RecordType
from headstamp.records.schema import schema
from headstamp.records.spec import body, record_type, struct_facts

CHECKER = jsonschema.FormatChecker(formats=())
for _name, _kind in (("edtf", PARTIAL_DATE), ("date-time", INSTANT)):
    CHECKER.checks(_name, raises=Unfit)(lambda value, kind=_kind: bool(kind.clean(value)))

WHOLE = schema()
ANY = jsonschema.Draft202012Validator(WHOLE, format_checker=CHECKER)
ONE = {
    t.name: jsonschema.Draft202012Validator(schema(t.name), format_checker=CHECKER) for t in TYPES
}
NAMES = [t.name for t in TYPES]
# Beyond the types of JSON itself: what a person may put where it does not belong.
WRONG = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), st.text(max_size=8),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=3), st.integers(), max_size=1),
)


def stored(record: Record) -> dict[str, Any]:
    """The record as the store keeps it and the log hashes it, with its id."""
    return {"id": record.id, **json.loads(body(*record_type(type(record)).canonical_values(record)))}


def fitting(kind: Kind) -> st.SearchStrategy[Any]:
    """Values that a kind takes."""
    if isinstance(kind, CodeKind):
        return st.sampled_from([term.code for term in kind.vocabulary][:50])
    number = kind.schema.get("type") in ("number", "integer")
    if number:
        low, high = kind.schema.get("minimum", -1000), kind.schema.get("maximum", 1000)
        whole = st.integers(int(low), min(int(high), 2**40))
        return whole if kind.schema["type"] == "integer" else whole | st.floats(low, high)
    if kind.schema.get("type") == "boolean":
        return st.booleans()
    if kind.name in ("line", "prose", "verbatim"):
        return st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20).filter(
            lambda text: bool(text.strip())
        )
    return st.just(kind.example or "ab" * 32)


def holding(fact: Fact) -> st.SearchStrategy[Any]:
    """Values that a field takes."""
    if fact.struct is not None:
        parts = struct_facts(fact.struct)
        one = st.fixed_dictionaries(
            {p.name: holding(p) for p in parts if p.required},
            optional={p.name: holding(p) for p in parts if not p.required},
        ).filter(bool)
    else:
        assert fact.kind is not None
        one = fitting(fact.kind)
    return st.lists(one, max_size=3) if fact.many else one


def given_by_hand(type_: RecordType) -> st.SearchStrategy[dict[str, Any]]:
    """Values from which a record of this type may be built, but for rules between fields."""
    return st.fixed_dictionaries(
        {f.name: holding(f) for f in type_.facts if f.required},
        optional={f.name: holding(f) for f in type_.facts if not f.required},
    )


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(WHOLE)
    for type_ in TYPES:
        jsonschema.Draft202012Validator.check_schema(schema(type_.name))
    with pytest.raises(Invalid):
        schema("nonsense")


def test_every_field_is_told_with_its_title() -> None:
    for type_ in TYPES:
        told = WHOLE["$defs"][type_.name]
        assert set(told["properties"]) == {"id", "kind", "version", *type_.by_name}
        assert told["required"] == ["id", *(f.name for f in type_.facts if f.required)]
        for fact in type_.facts:
            assert told["properties"][fact.name]["title"] == fact.title
            if isinstance(fact.kind, CodeKind):
                one = told["properties"][fact.name]
                one = one["items"] if fact.many else one
                assert one["x-vocabulary"] == fact.kind.vocabulary.name
    assert WHOLE["$defs"]["item"]["properties"]["tier"]["x-vocabulary"] == TIER.vocabulary.name


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_recorded_fits_the_schema(name: str, data: st.DataObject) -> None:
    type_ = BY_NAME[name]
    try:
        record = type_.cls.build(data.draw(given_by_hand(type_)))
    except Invalid as error:
        # Only rules between fields may refuse what each field by itself takes.
        assert all(not problem.field for problem in error.problems), error
        return
    document = stored(record)
    ONE[name].validate(document)
    ANY.validate(document)
    ANY.validate({**document, "kind": name, "version": 1})


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_the_schema_takes_can_be_recorded(name: str, data: st.DataObject) -> None:
    """One field at a time is given something odd: the schema is never laxer than the declaration."""
    type_ = BY_NAME[name]
    fact = data.draw(st.sampled_from(type_.facts))
    needed = {f.name: data.draw(holding(f)) for f in type_.facts if f.required}
    odd = data.draw(WRONG)
    document = {"id": f"{type_.prefix}-0000aaaa", **needed, fact.name: odd}
    if not ONE[name].is_valid(document):
        return
    try:
        type_.cls.build(document)
    except Invalid as error:
        # Text is cleaned when it is stored; an empty or unstorable one a schema cannot tell.
        told = {problem.rule for problem in error.problems if problem.field}
        assert all("empty" in rule or "cannot be kept" in rule for rule in told), error


@pytest.mark.parametrize("name", NAMES)
def test_both_refuse_what_is_wrong(name: str) -> None:
    type_ = BY_NAME[name]
    needed = {
        f.name: (f.kind.example or "x") if f.kind else {} for f in type_.facts if f.required
    }
    needed = {
        key: [value] if type_.by_name[key].many else value for key, value in needed.items()
    }
    fine = {"id": f"{type_.prefix}-0000aaaa", **needed}
    wrong: list[dict[str, Any]] = [{**fine, "no_such_field": 1}, {**fine, "id": "x"}]
    for fact in type_.facts:
        wrong.append({**fine, fact.name: {"no": {"such": "value"}}})
        if fact.required:
            wrong.append({key: value for key, value in fine.items() if key != fact.name})
        if fact.ref:
            value = "zzz-0000aaaa"
            wrong.append({**fine, fact.name: [value] if fact.many else value})
        if isinstance(fact.kind, CodeKind) and not fact.kind.vocabulary.open:
            value = "no such word"
            wrong.append({**fine, fact.name: [value] if fact.many else value})
    for document in wrong:
        assert not ONE[name].is_valid(document), document
        with pytest.raises(Invalid):
            type_.cls.build(document)


def test_a_record_is_of_one_type_only() -> None:
    item = stored(BY_NAME["item"].cls.build({"make": "Altera"}))
    ANY.validate(item)
    with pytest.raises(jsonschema.ValidationError):
        ANY.validate({**item, "kind": "site"})
    with pytest.raises(jsonschema.ValidationError):
        ANY.validate({**item, "id": item["id"].replace("item", "site")})


def test_it_is_plain_json() -> None:
    assert json.loads(orjson.dumps(WHOLE)) == WHOLE
