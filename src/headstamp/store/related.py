"""Which records refer to a record, through which field, in bounded time.

A source document is named by every record imported from it, a maker by half of
all items: nothing here reads more rows than it shows or counts to its limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, Table, select

from headstamp.records import TYPES, Fact, RecordType
from headstamp.store.backend import Backend
from headstamp.store.policy import field_rank
from headstamp.store.tables import CURRENT, REF

COUNTED_TO = 1_000


@dataclass(frozen=True, slots=True)
class Naming:
    """Records of ``kind`` whose ``field`` names a record: how many, and the places of some."""

    kind: RecordType
    field: Fact
    count: int
    seqs: tuple[int, ...]


def naming_fields(prefix: str, rank: int) -> Iterator[tuple[RecordType, Fact]]:
    """The fields, open to this rank, that may name a record with this prefix."""
    for kind in TYPES:
        for fact in kind.facts:
            named = fact.ref is not None and (not fact.ref or prefix in fact.ref)
            if named and field_rank(kind.name, fact.name) <= rank:
                yield kind, fact


def _rows(table: Table, kind: RecordType, field: str, to_id: str, rank: int) -> Select[int]:
    # The id's prefix keeps two kinds with a field of one name apart on the index.
    first = kind.prefix + "-"
    return (
        select(table.c.log_seq)
        .select_from(REF.join(table, table.c.id == REF.c.from_id))
        .where(REF.c.to_id == to_id, REF.c.field == field, REF.c.from_id >= first,
               REF.c.from_id < first + "~", table.c.visible_rank <= rank)
    )


def naming(conn: Connection, record_id: str, rank: int, most: int) -> list[Naming]:
    """All groups of visible records that name this one, counted up to ``COUNTED_TO``."""
    found = []
    present = set(conn.execute(
        select(REF.c.field).where(REF.c.to_id == record_id, REF.c.field != "source").distinct()
    ).scalars())
    for kind, fact in naming_fields(record_id.partition("-")[0], rank):
        if fact.name not in present:
            continue
        rows = _rows(CURRENT[kind.name], kind, fact.name, record_id, rank)
        seqs = conn.execute(rows.limit(COUNTED_TO + 1)).scalars().all()
        if seqs:
            found.append(Naming(kind, fact, len(seqs), tuple(sorted(seqs)[:most])))
    return found


def naming_seqs(
    conn: Connection, record_id: str, rank: int, kind: RecordType, fields: list[str], limit: int
) -> list[int]:
    """The places of the oldest visible records of one kind that name this one by these fields."""
    found: set[int] = set()
    for field in fields:
        rows = _rows(CURRENT[kind.name], kind, field, record_id, rank)
        found.update(conn.execute(rows.order_by(CURRENT[kind.name].c.log_seq).limit(limit))
                     .scalars())
    return sorted(found)[:limit]


def belonging(
    conn: Connection, backend: Backend, ids: Sequence[str], rank: int, kind: RecordType,
    field: str, limit: int,
) -> list[tuple[str, int]]:
    """(named id, place) of visible records of one kind that name any of these; ``limit`` in all."""
    table, first = CURRENT[kind.name], kind.prefix + "-"
    rows = conn.execute(
        select(REF.c.to_id, table.c.log_seq)
        .select_from(REF.join(table, table.c.id == REF.c.from_id))
        .where(backend.among(REF.c.to_id, ids), REF.c.field == field, REF.c.from_id >= first,
               REF.c.from_id < first + "~", table.c.visible_rank <= rank)
        .limit(limit)
    ).all()
    return [(to_id, seq) for to_id, seq in rows]
