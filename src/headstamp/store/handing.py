"""The versions of a case as another device is given them: with all that binds and explains each.

Read as they are stored; whoever takes them checks each against the log's entry. What
stays here (``Record.LOCAL``) and what is wholly erased is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from headstamp.evidence import entry as entries
from headstamp.evidence.entry import Entry, named
from headstamp.evidence.salted import SEED_BYTES
from headstamp.records import BY_NAME, TYPES
from headstamp.store.receiving import Received
from headstamp.store.tables import LOG, NODE, VERSION

LOCAL = frozenset(kind.name for kind in TYPES if kind.cls.LOCAL)
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Handed:
    """A version with its entry: the number in our log and the bytes."""

    seq: int
    entry: bytes
    version: Received


def versions_from(conn: Connection, origin: str, first: int, size: int) -> Iterator[Handed]:
    """The versions put on file by entries ``first`` to ``size`` - 1 of our log, in order."""
    for start in range(first, size, _PAGE):
        rows = conn.execute(
            select(LOG.c.seq, LOG.c.entry, VERSION.c.kind, VERSION.c.id, VERSION.c.before,
                   VERSION.c.seed, VERSION.c.body)
            .join(VERSION, VERSION.c.seq == LOG.c.seq)
            .where(LOG.c.seq >= start, LOG.c.seq < min(start + _PAGE, size),
                   VERSION.c.body.is_not(None), VERSION.c.kind.not_in(LOCAL))
            .order_by(LOG.c.seq)
        ).all()
        told = [entries.read(bytes(row.entry)) for row in rows]
        before = _names(conn, origin, [row.before for row in rows if row.before is not None])
        for row, entry in zip(rows, told, strict=True):
            yield Handed(row.seq, bytes(row.entry), _version(origin, row, entry, before))


def unconfirmed(conn: Connection, first: int, log: str) -> int:
    """How many versions from entry ``first`` of our log on are new for the device of that log."""
    of_theirs = select(NODE.c.seq).where(NODE.c.log == log)
    return int(conn.execute(
        select(func.count()).select_from(VERSION)
        .where(VERSION.c.seq >= first, VERSION.c.body.is_not(None), VERSION.c.kind.not_in(LOCAL),
               VERSION.c.seq.not_in(of_theirs))
    ).scalar_one())


def name_of(origin: str, seq: int, entry: Entry) -> str:
    """The name, in all logs, of the version that an entry of our log puts on file."""
    return named(origin, seq) if entry.act in ("put", "settle") else entry.of[0]


def _version(origin: str, row: Any, entry: Entry, before: dict[int, str]) -> Received:
    if entry.act in ("put", "settle"):
        last = () if row.before is None else (before[row.before],)
        made_of = tuple(sorted({*last, *entry.of}))
    else:
        made_of = () if entry.act == "same" else entry.of[1:]
    seed = bytes(row.seed)
    return Received(
        name_of(origin, row.seq, entry), made_of, BY_NAME[row.kind].name, row.id, bytes(row.body),
        seed, None if len(seed) == SEED_BYTES else entry.fields,
    )


def _names(conn: Connection, origin: str, seqs: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(seqs), 500):
        for seq, entry in conn.execute(
            select(LOG.c.seq, LOG.c.entry).where(LOG.c.seq.in_(seqs[start : start + 500]))
        ):
            found[seq] = name_of(origin, seq, entries.read(bytes(entry)))
    return found
