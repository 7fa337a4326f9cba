"""Records of every type, made from the declarations alone.

``plausible`` fills every field with its kind's example; ``some`` is a hypothesis
strategy that fills any of them with anything the kind allows. A new type, or a
new kind, is covered by being declared; one that cannot be made fails here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.kinds.identity import derived_id
from headstamp.kinds.kind import Kind
from headstamp.records import TYPES, Fact, Record, RecordType
from headstamp.records.spec import plain, struct_facts
from headstamp.store.change import Change
from headstamp.vocab import vocabulary

# Text that a store, a query or a log is easily confused by.
NASTY = (
    "'; DROP TABLE item; --", '"', "\\", "%", "_", "NULL", "true", "0", "-0", "\u202eabc\u202c",
    "é", "e\u0301", "😀", "07-85", "ﬁ", "\t\\N", "line\u2028end", "א", "пулемёт", "<b>", "{}", "[]",
)
WORDS = ("AB 12", "VQG100EGQ1429", "Vicor", "crate", *NASTY)

TEXT = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1,
            max_size=20).filter(lambda text: bool("".join(text.split()))),
)
DATES = st.sampled_from((
    "1986", "2016-02", "2016-02-29", "2016-03~", "201X", "2014/..", "../2015", "2014-05/2016?",
    "2015-21", "2020-01-01T10:30:00Z", "19XX", "2011-XX", "2012-11-3X",
))
MOMENTS = st.sampled_from(("2026-11-21T20:42:36Z", "2020-02-29T01:02:03.5+03:00"))


def anything(kind: Kind) -> st.SearchStrategy[Any]:
    """Values that a kind should take."""
    schema = kind.schema
    if "x-ref" in schema:
        raise TypeError("a reference is filled from the records that are there")
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "x-vocabulary" in schema:
        words = vocabulary(schema["x-vocabulary"])
        # Only an authority makes a time stamp, only a second person approves an erasure.
        codes = st.sampled_from([t.code for t in words.terms if t.code not in ("time_stamp", "approved")][:30])
        return st.one_of(codes, TEXT) if words.open else codes
    if schema["type"] == "boolean":
        return st.booleans()
    if schema["type"] in ("integer", "number"):
        low, high = schema.get("minimum"), schema.get("maximum")
        if schema["type"] == "integer":
            return st.one_of(st.integers(low, high), st.integers(low or 0, 50))
        bounds = {"min_value": low if low is not None else -2.0**52,
                  "max_value": high if high is not None else 2.0**52}
        return st.one_of(st.floats(**bounds, allow_nan=False),
                         st.integers(-50 if low is None else max(-50, low),
                                     50 if high is None else min(50, high)))
    if schema.get("format") == "edtf":
        return DATES
    if schema.get("format") == "date-time":
        return MOMENTS
    if schema.get("format") == "uri":
        return st.sampled_from(("https://example.org/1", "http://example.org/a?b=ü#c"))
    if "pattern" in schema:
        return st.from_regex(re.compile(schema["pattern"].replace("$", r"\Z"), re.ASCII))
    if "maxLength" in schema:
        return TEXT
    raise TypeError(f"nobody says how to make up {kind!r} ({schema})")


Ids = Mapping[str, list[str]]


def _known(fact: Fact, ids: Ids) -> list[str]:
    prefixes = fact.ref or tuple(ids)
    return [one for prefix in prefixes for one in ids.get(prefix, ())]


def fields(facts: tuple[Fact, ...], ids: Ids) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with these fields: the needed ones always, the others now and then."""
    needed: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for fact in facts:
        made = _field(fact, ids)
        if made is not None:
            (needed if fact.required else optional)[fact.name] = made
    return st.fixed_dictionaries(needed, optional=optional)


def _field(fact: Fact, ids: Ids) -> st.SearchStrategy[Any] | None:
    if fact.ref is not None:
        known = _known(fact, ids)
        if not known:
            return None
        one: st.SearchStrategy[Any] = st.sampled_from(known)
    elif fact.struct is not None:
        parts = fields(fact.parts or _parts(fact), ids)
        if fact.name == "source" and not ids.get("doc"):
            return None
        one = parts.filter(bool)
    else:
        assert fact.kind is not None
        one = anything(fact.kind)
    return st.lists(one, max_size=3) if fact.many else one


def _parts(fact: Fact) -> tuple[Fact, ...]:
    assert fact.struct is not None
    return struct_facts(fact.struct)


def some(kind: RecordType, ids: Ids, id: str = "") -> st.SearchStrategy[Record]:
    """Records of this type, whose references are among ``ids`` (by prefix)."""
    made = fields(kind.facts, ids).map(_maker(kind, ids, id))
    # The strategy's own name is a page long; hypothesis would write it again and again.
    return st.deferred(lambda: made)


def _maker(kind: RecordType, ids: Ids, id: str) -> Callable[[dict[str, Any]], Record]:
    example = plausible(kind, ids, seed="to fill up with")
    spare = {fact.name: plain(getattr(example, fact.name)) for fact in kind.facts}

    def made(values: dict[str, Any]) -> Record:
        values = {name: value for name, value in values.items() if value != id}
        values["id"] = id or derived_id(kind.prefix, repr(values))
        try:
            return kind.cls.build(values)
        except Invalid as refused:
            # A rule between fields, such as "a marking that is clear has a text":
            # what the example has besides keeps it.
            assert not any(problem.field for problem in refused.problems), refused
            try:
                return kind.cls.build({**spare, **values})
            except Invalid:
                pass
            try:
                return kind.cls.build({**values, **spare, "id": values["id"]})
            except Invalid:
                return kind.cls.build({**spare, "id": values["id"]})

    return made


def plausible(kind: RecordType, ids: Ids, *, seed: str = "") -> Record:
    """A record with every field filled by its kind's example."""
    values = {fact.name: _example(fact, ids) for fact in kind.facts}
    values = {name: value for name, value in values.items() if value is not None}
    return kind.cls.build(_fitting(values), id=derived_id(kind.prefix, "plausible", seed))


def _fitting(values: dict[str, Any]) -> dict[str, Any]:
    """The examples without those that do not go together."""
    if "use_limits" in values:  # what must not be published says nothing to the public
        return {**values, "use_limits": ["not_in_court"]}
    if "what_was_done" in values:  # a file: an example of an original is made from nothing
        return {**values, "generation": "derivative" if "parent" in values else "copy"}
    if "witness_kind" in values:  # a time stamp cannot be made up
        spare = ("stamp", "certificates")
        return {k: v for k, v in values.items() if k not in spare} | {"witness_kind": "paper"}
    if "act" in values and "to_party" not in values:  # an act of custody needs its parties
        of_evidence = ("act", "kept_in", "purpose", "authority", "condition", "change_made",
                       "change_reason")
        return {k: v for k, v in values.items() if k not in of_evidence and "seal" not in k}
    return values


def _example(fact: Fact, ids: Ids) -> Any:
    value: Any
    if fact.ref is not None:
        known = _known(fact, ids)
        value = known[0] if known else None
    elif fact.struct is not None:
        parts = {part.name: _example(part, ids) for part in fact.parts or _parts(fact)}
        value = {name: part for name, part in parts.items() if part is not None} or None
        if fact.name == "source" and value and "document" not in value:
            value = None
    else:
        assert fact.kind is not None
        value = fact.kind.example
    if value is None:
        return None
    return [value] if fact.many else value


def in_order() -> list[RecordType]:
    """The types, each after those that its needed references name."""
    left, done = list(TYPES), []
    have: set[str] = set()
    while left:
        ready = [kind for kind in left if all(
            not fact.required or fact.ref is None or not fact.ref or have & set(fact.ref)
            for fact in kind.facts
        )]
        if not ready:
            raise AssertionError(f"these types need one another: {left}")
        done.append(ready[0])
        have.add(ready[0].prefix)
        left.remove(ready[0])
    return done


def one_of_each(seed: str = "") -> list[Record]:
    """A plausible record of every type, each referring to those before it."""
    ids: dict[str, list[str]] = {}
    made = []
    for kind in in_order():
        record = plausible(kind, ids, seed=seed)
        made.append(record)
        ids.setdefault(kind.prefix, []).append(record.id)
    return made


def fill(change: Change, seed: str = "") -> list[Record]:
    """Puts one plausible record of every type."""
    records = one_of_each(seed)
    change.put_many(records)
    return records
