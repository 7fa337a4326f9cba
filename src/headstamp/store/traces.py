"""Where a value that is to be erased stands besides: told before, for no program can know it after.

Looked for by the value's own bytes, in every version of every other record and in what the
entries of the log say in clear. A scan of the whole case: seconds on large ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orjson import loads
from sqlalchemy import select

from headstamp.evidence.canonical import canonical
from headstamp.kinds.text import LineKind, ProseKind, VerbatimKind
from headstamp.records import Fact, kind_of_id
from headstamp.records.spec import struct_facts
from headstamp.store.case import Case
from headstamp.store.erased import WHOLE
from headstamp.store.tables import VERSION

_LEAST = 4
_MOST = 200


@dataclass(frozen=True, slots=True)
class Traces:
    """Ids of other records that say the same in some version; entries whose reason or actor says it."""

    records: tuple[str, ...]
    entries: tuple[int, ...]


def traces_of(case: Case, id_: str, what: frozenset[str]) -> Traces:
    """Where the texts of these fields stand besides, whoever may see it; at most 200 of each.

    Words of people are looked for, of four letters or more; not codes, dates and numbers, which
    say nothing of their own when they stand in another record too.
    """
    kind = kind_of_id(id_)
    backend = case.backend
    with backend.reading() as conn:
        needles: set[bytes] = set()
        for body in conn.execute(
            select(VERSION.c.body).where(VERSION.c.id == id_, VERSION.c.body.is_not(None))
        ).scalars():
            for name, value in loads(body).items():
                if what == WHOLE or name in what:
                    needles.update(_words(kind.fact(name), value))
        if not needles:
            return Traces((), ())
        records: dict[str, None] = {}
        for other, body in backend.stream(conn, "SELECT id, body FROM version ORDER BY seq"):
            if other != id_ and body is not None and other not in records and any(
                needle in bytes(body) for needle in needles
            ):
                records[other] = None
                if len(records) >= _MOST:
                    break
        entries: list[int] = []
        for seq, entry in backend.stream(conn, "SELECT seq, entry FROM log ORDER BY seq"):
            if any(needle in bytes(entry) for needle in needles):
                entries.append(seq)
                if len(entries) >= _MOST:
                    break
    return Traces(tuple(records), tuple(entries))


def _words(fact: Fact | None, value: Any) -> Iterator[bytes]:
    """The texts of a field's value, as they stand in what is stored."""
    if fact is None:
        return
    if isinstance(value, list):
        for one in value:
            yield from _words(fact, one)
    elif isinstance(value, dict):
        assert fact.struct is not None
        parts = {part.name: part for part in fact.parts or struct_facts(fact.struct)}
        for name, one in value.items():
            yield from _words(parts.get(name), one)
    elif isinstance(fact.kind, LineKind | ProseKind | VerbatimKind) and len(value) >= _LEAST:
        yield canonical(value)[1:-1]
