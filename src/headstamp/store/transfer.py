"""All rows of one case into another database, and the proof that both hold the same.

The two engines hold the same tables; what differs is how a driver gives a truth
value. A table's *sum* adds up the hashes of its rows: it does not depend on their
order, and two databases with equal sums hold equal rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Connection, Table, func, inspect, select

from headstamp.errors import Tampered
from headstamp.store.backend import Backend, batches
from headstamp.store.layout import KEPT
from headstamp.store.tables import MARKING_KEY, METADATA, SEARCH_TEXT

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the sum of their hashes (256 bits, hexadecimal)."""

    rows: int
    sum: str


def table_sums(backend: Backend, conn: Connection) -> dict[str, Sum]:
    """The sum of every table of a case."""
    return {table.name: _sum(_rows(backend, conn, table, table.c.keys()))
            for table in METADATA.sorted_tables}


def copy_tables(
    source: Backend, conn: Connection, target: Backend, into: Connection
) -> dict[str, Sum]:
    """Copies every table into empty ones and compares. Returns the sums; raises Tampered."""
    for table in METADATA.sorted_tables:
        _copy(source, conn, target, into, table, table.c.keys())
    # Where the engine does not keep its search indexes itself, they are made from these rows.
    firsts = [
        int(into.execute(select(func.coalesce(func.min(table.c.number), 0))).scalar_one())
        for table in (SEARCH_TEXT, MARKING_KEY)
    ]
    target.index_added(into, firsts[0], firsts[1])
    want, got = table_sums(source, conn), table_sums(target, into)
    _refuse_unequal(want, got)
    return got


def copy_kept(source: Backend, conn: Connection, target: Backend, into: Connection) -> None:
    """Copies what does not follow from anything, of a case of another layout; the rest stays empty.

    An older case may lack a table or a column of ours: then its copy has none in it. Raises Tampered.
    """
    held = inspect(conn)
    want, got = {}, {}
    for table in KEPT:
        if not held.has_table(table.name):
            continue
        there = {column["name"] for column in held.get_columns(table.name)}
        names = [column.name for column in table.columns if column.name in there]
        _copy(source, conn, target, into, table, names)
        want[table.name] = _sum(_rows(source, conn, table, names))
        got[table.name] = _sum(_rows(target, into, table, names))
    _refuse_unequal(want, got)


def _copy(
    source: Backend, conn: Connection, target: Backend, into: Connection, table: Table,
    names: Sequence[str],
) -> None:
    truths = [n for n, name in enumerate(names) if isinstance(table.c[name].type, Boolean)]
    for some in batches(_rows(source, conn, table, names), _BATCH):
        target.insert(into, table, names, [_true(row, truths) for row in some])


def _sum(rows: Iterator[tuple[Any, ...]]) -> Sum:
    total, number = 0, 0
    for row in rows:
        total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest(), "big")
        number += 1
    return Sum(number, f"{total % (1 << 256):064x}")


def _refuse_unequal(want: dict[str, Sum], got: dict[str, Sum]) -> None:
    wrong = sorted(name for name in want if want[name] != got[name])
    if wrong:
        raise Tampered("the copy is not equal to the case in: " + ", ".join(wrong))


def _rows(
    backend: Backend, conn: Connection, table: Table, some: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    names = ",".join(f'"{name}"' for name in some)
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
