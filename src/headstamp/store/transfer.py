"""All rows of one case into another database, and the proof that both hold the same.

The two engines hold the same tables; what differs is how a driver gives a truth
value. A table's *sum* adds up the hashes of its rows: it does not depend on their
order, and two databases with equal sums hold equal rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Connection, Table, func, select

from headstamp.errors import Tampered
from headstamp.store.backend import Backend, batches
from headstamp.store.tables import MARKING_KEY, METADATA, SEARCH_TEXT

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the sum of their hashes (256 bits, hexadecimal)."""

    rows: int
    sum: str


def table_sums(backend: Backend, conn: Connection) -> dict[str, Sum]:
    """The sum of every table of a case."""
    found = {}
    for table in METADATA.sorted_tables:
        total, rows = 0, 0
        for row in _rows(backend, conn, table):
            total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest(), "big")
            rows += 1
        found[table.name] = Sum(rows, f"{total % (1 << 256):064x}")
    return found


def copy_tables(
    source: Backend, conn: Connection, target: Backend, into: Connection
) -> dict[str, Sum]:
    """Copies every table into empty ones and compares. Returns the sums; raises Tampered."""
    for table in METADATA.sorted_tables:
        names = table.c.keys()
        truths = [n for n, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
        for some in batches(_rows(source, conn, table), _BATCH):
            target.insert(into, table, names, [_true(row, truths) for row in some])
    # Where the engine does not keep its search indexes itself, they are made from these rows.
    firsts = [
        int(into.execute(select(func.coalesce(func.min(table.c.number), 0))).scalar_one())
        for table in (SEARCH_TEXT, MARKING_KEY)
    ]
    target.index_added(into, firsts[0], firsts[1])
    want, got = table_sums(source, conn), table_sums(target, into)
    wrong = sorted(name for name in want if want[name] != got[name])
    if wrong:
        raise Tampered("the copy is not equal to the case in: " + ", ".join(wrong))
    return got


def _rows(backend: Backend, conn: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    names = ",".join(f'"{column.name}"' for column in table.columns)
    for row in backend.stream(conn, f'SELECT {names} FROM "{table.name}"'):
        yield tuple(int(value) if type(value) is bool else value for value in row)


def _true(row: tuple[Any, ...], truths: list[int]) -> tuple[Any, ...]:
    if not truths:
        return row
    values = list(row)
    for place in truths:
        if values[place] is not None:
            values[place] = bool(values[place])
    return tuple(values)
