"""Which records a record refers to, and to which it belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from headstamp.records import Record, RecordType, record_type

Refs = list[tuple[str, str]]


def references(record: Record) -> Refs:
    """Field and id of every record this one refers to, each pair once."""
    return _referrer(type(record))(record)


@cache
def _referrer(cls: type[Record]) -> Callable[[Record], Refs]:
    kind = record_type(cls)
    single, many = _fields(kind)

    def refer(record: Record) -> Refs:
        values = record.__dict__
        found = [(name, values[name]) for name in single if values[name] is not None]
        for name in many:
            found.extend((name, one) for one in dict.fromkeys(values[name]))
        source = values["source"]
        if source is not None:
            found.append(("source", source.document))
        return found

    return refer


@cache
def _fields(kind: RecordType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    refs = [fact for fact in kind.facts if fact.ref is not None]
    return (
        tuple(fact.name for fact in refs if not fact.many),
        tuple(fact.name for fact in refs if fact.many),
    )


def references_in(kind: RecordType, values: Mapping[str, Any]) -> Refs:
    """``references`` of the record whose stored values these are."""
    single, many = _fields(kind)
    found = [(name, values[name]) for name in single if name in values]
    for name in many:
        if name in values:
            found.extend((name, one) for one in dict.fromkeys(values[name]))
    source = values.get("source")
    if source is not None:
        found.append(("source", source["document"]))
    return found


def owners_in(kind: RecordType, values: Mapping[str, Any]) -> list[str]:
    """``owners`` of the record whose stored values these are."""
    found: list[str] = []
    for field in kind.owners:
        value = values.get(field)
        if type(value) is str:
            found.append(value)
        elif value:
            found.extend(value)
    return found


def owners(record: Record) -> list[str]:
    """The ids of the records this one belongs to."""
    found: list[str] = []
    for field in record.OWNERS:
        value = getattr(record, field)
        if type(value) is str:
            found.append(value)
        elif value:
            found.extend(value)
    return found
