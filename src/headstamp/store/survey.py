"""Questions over a whole case: what is new, what is lacking, what lies where.

One function per question; all are asked by the read filter only (``Reader``),
which hands in the rank of its clearance. Each is bounded: on a case of millions
an overview answers as fast as on one of hundreds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Table,
    and_,
    exists,
    func,
    literal,
    not_,
    select,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from headstamp.evidence import entry as entries
from headstamp.records import BY_NAME, TYPES, kind_named
from headstamp.store.backend import Backend, batches
from headstamp.store.tables import CHECKPOINT, COUNT, CURRENT, LOG, REF

COUNTED_TO = 10_000
_CHANGES_LOOKED_AT = 5_000


@dataclass(frozen=True)
class Span:
    """Neighbouring changes by one actor for one reason: an import is many changes.

    ``first`` and ``last`` are the numbers of its log entries; ``at`` is the
    time of the latest. ``counts`` are the visible records by kind whose current
    version it wrote, each counted up to ``COUNTED_TO``; ``ids`` are the newest.
    """

    first: int
    last: int
    actor: str
    at: str
    reason: str
    counts: tuple[tuple[str, int], ...]
    ids: tuple[str, ...]


def recent(conn: Connection, rank: int, limit: int) -> list[Span]:
    """The latest changes of which this rank sees anything, newest first."""
    found: list[Span] = []
    for first, last, actor, at, reason in _spans(conn):
        counts = _written(conn, rank, first, last)
        if counts:
            ids = _newest(conn, rank, first, last, [kind for kind, _ in counts])
            found.append(Span(first, last, actor, at, reason, counts, ids))
            if len(found) >= limit:
                break
    return found


def _spans(conn: Connection) -> Iterator[tuple[int, int, str, str, str]]:
    """Changes, newest first; those that follow one another with one actor and reason are one."""
    sizes = conn.execute(
        select(CHECKPOINT.c.size).where(CHECKPOINT.c.size > 0)
        .order_by(CHECKPOINT.c.size.desc()).limit(_CHANGES_LOOKED_AT)
    ).scalars().all()
    open_: tuple[int, int, str, str, str] | None = None
    for some in batches(pairwise([*sizes, 0]), 200):
        stamps = {
            row.seq: entries.read(bytes(row.entry)) for row in conn.execute(
                select(LOG.c.seq, LOG.c.entry).where(LOG.c.seq.in_([end - 1 for end, _ in some]))
            )
        }
        for end, start in some:
            told = stamps.get(end - 1)
            if told is None:
                return  # a gap in the log; verify names it
            if open_ is not None and open_[2] == told.actor and open_[4] == told.reason:
                open_ = (start, *open_[1:])
                continue
            if open_ is not None:
                yield open_
            open_ = (start, end - 1, told.actor, told.at, told.reason)
    if open_ is not None:
        yield open_


def _written(
    conn: Connection, rank: int, first: int, last: int
) -> tuple[tuple[str, int], ...]:
    parts: list[Select[str, int]] = []
    for kind in TYPES:
        table = CURRENT[kind.name]
        some = (
            select(table.c.log_seq)
            .where(table.c.log_seq >= first, table.c.log_seq <= last,
                   table.c.visible_rank <= rank)
            .limit(COUNTED_TO + 1).subquery()
        )
        parts.append(select(literal(kind.name), func.count()).select_from(some))
    rows: list[Any] = list(conn.execute(union_all(*parts)).all())
    return tuple((str(name), int(n)) for name, n in rows if n)


def _newest(
    conn: Connection, rank: int, first: int, last: int, kinds: Sequence[str], most: int = 3
) -> tuple[str, ...]:
    found: list[tuple[int, str]] = []
    for name in kinds:
        table = CURRENT[name]
        rows = conn.execute(
            select(table.c.log_seq, table.c.id)
            .where(table.c.log_seq >= first, table.c.log_seq <= last,
                   table.c.visible_rank <= rank)
            .order_by(table.c.log_seq.desc()).limit(most)
        ).all()
        found.extend((seq, id_) for seq, id_ in rows)
    return tuple(id_ for _, id_ in sorted(found, reverse=True)[:most])


def lacking(
    conn: Connection, rank: int, kind: str, by: str, field: str, limit: int
) -> tuple[int, list[str]]:
    """How many visible records of a kind no visible record of another refers to, and some ids.

    ``lacking(..., "item", "marking", "item", 50)``: items to which no marking belongs.
    """
    table = CURRENT[kind_named(kind).name]
    wanted = and_(table.c.visible_rank <= rank,
                  not_(_named_by(conn, rank, table.c.id, by, field)))
    return _counted(conn, table, wanted, limit)


def empty(
    conn: Connection, rank: int, kind: str, column: str, limit: int
) -> tuple[int, list[str]]:
    """How many visible records of a kind have nothing in a column, and some of their ids."""
    table = CURRENT[kind_named(kind).name]
    wanted = and_(table.c.visible_rank <= rank, table.c[column].is_(None))
    return _counted(conn, table, wanted, limit)


def _counted(
    conn: Connection, table: Table, wanted: ColumnElement[bool], limit: int
) -> tuple[int, list[str]]:
    total = conn.execute(select(func.count()).select_from(table).where(wanted)).scalar_one()
    if not limit or not total:
        return int(total), []
    ids = conn.execute(
        select(table.c.id).where(wanted).order_by(table.c.log_seq.desc()).limit(limit)
    ).scalars().all()
    return int(total), list(ids)


def _named_by(
    conn: Connection, rank: int, id_column: ColumnElement[Any], by: str, field: str
) -> ColumnElement[bool]:
    """The condition that some visible record of kind ``by`` refers to this one by ``field``."""
    kind = BY_NAME[by]
    prefix = kind.prefix + "-"
    named = (REF.c.to_id == id_column, REF.c.field == field,
             REF.c.from_id >= prefix, REF.c.from_id < prefix + "~")
    table = CURRENT[by]
    hidden = conn.execute(
        select(func.coalesce(func.sum(COUNT.c.n), 0))
        .where(COUNT.c.kind == by, COUNT.c.field == "", COUNT.c.visible_rank > rank)
    ).scalar_one()
    if not hidden:  # all are visible: the reference alone decides, and by index
        return exists().where(*named)
    return exists().where(*named, table.c.id == REF.c.from_id, table.c.visible_rank <= rank)


def times_named(
    conn: Connection, backend: Backend, rank: int, ids: Sequence[str], by: str, field: str
) -> dict[str, int]:
    """How many visible records of kind ``by`` refer to each of these by ``field``."""
    kind = BY_NAME[by]
    prefix, table = kind.prefix + "-", CURRENT[by]
    found: dict[str, int] = {}
    for some in batches(ids, 500):
        rows = conn.execute(
            select(REF.c.to_id, func.count())
            .join(table, table.c.id == REF.c.from_id)
            .where(backend.among(REF.c.to_id, some), REF.c.field == field,
                   REF.c.from_id >= prefix, REF.c.from_id < prefix + "~",
                   table.c.visible_rank <= rank)
            .group_by(REF.c.to_id)
        ).all()
        found.update((to_id, int(n)) for to_id, n in rows)
    return found


def placed(
    conn: Connection, rank: int, kind: str, field: str, limit: int
) -> tuple[int, list[str]]:
    """How many visible records of a kind have a point in this place field, and their ids."""
    table = CURRENT[kind_named(kind).name]
    wanted = and_(table.c.visible_rank <= rank, table.c[f"{field}_latitude"].is_not(None),
                  table.c[f"{field}_longitude"].is_not(None))
    return _counted(conn, table, wanted, limit)


def summed(
    conn: Connection, rank: int, kind: str, column: str, by: Sequence[str], limit: int
) -> list[tuple[tuple[Any, ...], int, int]]:
    """A column of visible records added up by others: (values, sum, how many records)."""
    table = CURRENT[kind_named(kind).name]
    groups = [table.c[name] for name in by]
    rows = conn.execute(
        select(*groups, func.sum(table.c[column]), func.count())
        .where(table.c.visible_rank <= rank).group_by(*groups)
        .order_by(func.sum(table.c[column]).desc()).limit(limit)
    ).all()
    width = len(groups)
    return [(tuple(row[:width]), int(row[width] or 0), int(row[width + 1])) for row in rows]
