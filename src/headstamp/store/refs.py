"""Which records a record refers to, and to which it belongs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from headstamp.records import Record, record_type

Refs = list[tuple[str, str]]


def references(record: Record) -> Refs:
    """Field and id of every record this one refers to, each pair once."""
    return _referrer(type(record))(record)


@cache
def _referrer(cls: type[Record]) -> Callable[[Record], Refs]:
    kind = record_type(cls)
    single = [fact.name for fact in kind.facts if fact.ref is not None and not fact.many]
    many = [fact.name for fact in kind.facts if fact.ref is not None and fact.many]

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
