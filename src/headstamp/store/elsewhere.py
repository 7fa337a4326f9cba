"""The tables that tell which versions came from other devices, and which of them stand open.

Both follow from the log: ``node`` names each version that came from elsewhere as its own
log names it; ``aside`` lists those that are not in the line of current versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from headstamp.evidence import entry as entries
from headstamp.evidence.entry import Entry, named_parts
from headstamp.records import RecordType
from headstamp.store.backend import Backend, batches
from headstamp.store.lineage import Known, Lineage
from headstamp.store.rows import Row
from headstamp.store.tables import ASIDE, CURRENT, LOG, NODE, VERSION

# Acts of versions that never were the current one here.
HELD = frozenset({"hold", "same"})
_FROM_ELSEWHERE = HELD | {"take"}
# How an entry begins that tells of a version made here, alone.
PUT = b'{"act":"put",'
_NODE = ["log", "number", "seq"]
_ASIDE = ["seq", "kind", "id", "number", "open"]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An entry of our log that tells of a version from another device."""

    seq: int
    act: str
    of: tuple[str, ...]
    kind: str
    id: str
    number: int


def put_names(
    conn: Connection, backend: Backend, kind: RecordType, first: int, rows: Sequence[Row]
) -> None:
    """Puts the names of new versions from elsewhere, entries ``first`` on, into both tables."""
    nodes = [
        (*named_parts(row.of[0]), first + n) for n, row in enumerate(rows)
        if row.act in _FROM_ELSEWHERE
    ]
    aside = [
        (first + n, kind.name, row.id, row.version, int(row.act == "hold"))
        for n, row in enumerate(rows) if row.act in HELD
    ]
    if nodes:
        backend.insert(conn, NODE, _NODE, nodes)
    if aside:
        backend.insert(conn, ASIDE, _ASIDE, aside)


@dataclass(frozen=True, slots=True)
class Current:
    """The current version of a record as the tables hold it."""

    seq: int
    version: int
    rank: int


def current_of(
    conn: Connection, backend: Backend, kind: RecordType, ids: Collection[str]
) -> dict[str, Current]:
    """The current versions of these records of one type, where there are any."""
    table = CURRENT[kind.name]
    rows = conn.execute(
        select(table.c.id, table.c.log_seq, table.c.version_no, table.c.visible_rank).where(
            backend.among(table.c.id, list(ids))
        )
    )
    return {id_: Current(seq, version, rank) for id_, seq, version, rank in rows}


def newest_aside(conn: Connection, backend: Backend, ids: Collection[str]) -> dict[str, int]:
    """The number of the newest version aside, of those of these records that have one."""
    return dict(conn.execute(
        select(ASIDE.c.id, func.max(ASIDE.c.number))
        .where(backend.among(ASIDE.c.id, sorted(ids))).group_by(ASIDE.c.id)
    ).all())


def known_names(
    conn: Connection, backend: Backend, origin: str, names: Iterable[str]
) -> dict[str, int]:
    """Those of these versions that are known here, and by which entry of our own log."""
    by_log: dict[str, list[int]] = {}
    for name in names:
        log, number = named_parts(name)
        by_log.setdefault(log, []).append(number)
    found: dict[str, int] = {}
    for log, numbers in by_log.items():
        for some in batches(sorted(set(numbers)), 500):
            if log == origin:
                query = select(VERSION.c.seq, VERSION.c.seq).where(VERSION.c.seq.in_(some))
            else:
                query = select(NODE.c.number, NODE.c.seq).where(
                    NODE.c.log == log, NODE.c.number.in_(some))
            found.update((entries.named(log, number), seq) for number, seq in conn.execute(query))
    return found


def entry_at(conn: Connection, seq: int) -> Entry:
    """An entry of our own log."""
    return entries.read(bytes(conn.execute(select(LOG.c.entry).where(LOG.c.seq == seq)).scalar_one()))


def lineages(
    conn: Connection, backend: Backend, origin: str, heads: dict[str, int],
    aside: Collection[int] | None = None,
) -> dict[str, Lineage]:
    """The lineage of records, given the entry of the current version of each.

    ``aside`` are the entries of versions held aside, for whoever makes or checks that table.
    """
    rows: dict[str, list[Known]] = {id_: [] for id_ in heads}
    wanted = {*heads.values(), *(aside or ())}
    for some in batches(sorted(heads) if aside is None else [], 500):
        wanted.update(conn.execute(
            select(ASIDE.c.seq).where(backend.among(ASIDE.c.id, some))).scalars())
    while wanted:
        before: set[int] = set()
        for some in batches(sorted(wanted), 500):
            for row in conn.execute(version_rows().where(VERSION.c.seq.in_(some))):
                if row.id not in rows:
                    continue  # changed by hand: verify names it
                rows[row.id].append(known(origin, row))
                if row.before is not None and row.before < row.seq:
                    before.add(row.before)
        wanted = before
    return {id_: Lineage(sorted(some, key=lambda one: one.seq)) for id_, some in rows.items()}


def version_rows() -> Select[Any]:
    """Versions with their entries, to be narrowed."""
    return (
        select(VERSION.c.seq, VERSION.c.id, VERSION.c.number, VERSION.c.before, VERSION.c.body,
               LOG.c.entry)
        .join(LOG, LOG.c.seq == VERSION.c.seq)
    )


def aside(conn: Connection, id_: str) -> list[Any]:
    """The versions of a record that are held aside, settled or not."""
    query = version_rows().join(ASIDE, ASIDE.c.seq == VERSION.c.seq).where(ASIDE.c.id == id_)
    return list(conn.execute(query.order_by(VERSION.c.seq)))


def open_aside(conn: Connection, id_: str) -> list[Any]:
    """The versions of a record that are held aside and not settled."""
    query = version_rows().join(ASIDE, ASIDE.c.seq == VERSION.c.seq)
    return list(conn.execute(
        query.where(ASIDE.c.id == id_, ASIDE.c.open == 1).order_by(VERSION.c.seq)))


def contested_ids(conn: Connection) -> list[str]:
    """The records of which some version stands open beside the current one, the latest first."""
    newest = func.max(ASIDE.c.seq)
    return list(conn.execute(
        select(ASIDE.c.id).where(ASIDE.c.open == 1).group_by(ASIDE.c.id).order_by(newest.desc())
    ).scalars())


def known(origin: str, row: Any) -> Known:
    """A version as the log tells of it."""
    told = entries.read(bytes(row.entry))
    body = None if row.body is None else bytes(row.body)
    return Known(row.seq, told.act, entries.named(origin, row.seq), told.of, body)


def settle_aside(
    conn: Connection, backend: Backend, ids: Iterable[str], lineage: dict[str, Lineage]
) -> None:
    """Says anew which versions aside of these records stand open."""
    for id_ in ids:
        some = lineage[id_]
        open_ = [some.seq(name) for name in some.open()]
        conn.execute(update(ASIDE).where(ASIDE.c.id == id_).values(open=0))
        for seq in open_:
            conn.execute(update(ASIDE).where(ASIDE.c.seq == seq).values(open=1))


def rows_of(
    conn: Connection, backend: Backend, origin: str, told: Iterable[Elsewhere]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What ``node`` and ``aside`` must hold, given all entries of versions from elsewhere."""
    nodes: list[tuple[Any, ...]] = []
    aside: dict[int, Elsewhere] = {}
    for one in told:
        nodes.append((*named_parts(one.of[0]), one.seq))
        if one.act in HELD:
            aside[one.seq] = one
    heads: dict[str, int] = {}
    for name in {one.kind for one in aside.values()}:
        table = CURRENT[name]
        ids = sorted({one.id for one in aside.values() if one.kind == name})
        heads.update((id_, seq) for id_, seq in conn.execute(
            select(table.c.id, table.c.log_seq).where(backend.among(table.c.id, ids))))
    open_ = {
        some.seq(name)
        for some in lineages(
            conn, backend, origin, heads, [one.seq for one in aside.values() if one.id in heads]).values()
        for name in some.open()
    }
    return nodes, [
        (one.seq, one.kind, one.id, one.number, int(one.seq in open_)) for one in aside.values()
    ]


def rebuild_elsewhere(conn: Connection, backend: Backend, origin: str) -> None:
    """Fills both tables from the log; those of current versions are there already."""
    told = []
    for row in conn.execute(
        select(LOG.c.seq, LOG.c.entry, VERSION.c.kind, VERSION.c.id, VERSION.c.number)
        .join(VERSION, VERSION.c.seq == LOG.c.seq)
        .where(func.substr(LOG.c.entry, 1, len(PUT)) != PUT).order_by(LOG.c.seq)
    ):
        entry = entries.read(bytes(row.entry))
        if entry.act in _FROM_ELSEWHERE:
            told.append(Elsewhere(row.seq, entry.act, entry.of, row.kind, row.id, row.number))
    nodes, aside = rows_of(conn, backend, origin, told)
    if nodes:
        backend.insert(conn, NODE, _NODE, nodes)
    if aside:
        backend.insert(conn, ASIDE, _ASIDE, aside)
