"""Which layout a case has, and whether this program can use it.

Two things are told apart:

- The *format* is a number in the sealed settings. It stands for the tables that are
  kept for good (log, versions, tree). A case of a newer format is refused unchanged; an
  older one is brought up to date by numbered steps (``upgrade``).
- The *layout* is a fingerprint of the tables that follow from the records, kept in
  ``progress``. Where it differs, those tables are made anew from the versions: nothing
  is lost, and no key is needed.
"""

from __future__ import annotations

import hashlib
from functools import cache

from sqlalchemy import Connection, Table, delete, select

from headstamp.store.backend import Backend
from headstamp.store.tables import (
    CHECKPOINT,
    EDGE,
    KEY_CHANGE,
    LOG,
    META,
    METADATA,
    PROGRESS,
    TILE,
    VERSION,
)

FORMAT = 2
LAYOUT = "layout"
KEPT = (META, LOG, VERSION, TILE, EDGE, CHECKPOINT, KEY_CHANGE)
# Raise it when what the tables hold changes and their columns do not.
_MEANING = 1


def derived_tables() -> list[Table]:
    """The tables that follow from the versions, in the order in which they are made."""
    return [table for table in METADATA.sorted_tables if table not in KEPT]


@cache
def fingerprint() -> int:
    """The layout of the tables that follow, as a number of 56 bits."""
    told = [f"meaning {_MEANING}"]
    for table in sorted(derived_tables(), key=lambda one: one.name):
        told.append(f"table {table.name}")
        told += [
            f"{column.name} {column.type.__visit_name__} {column.primary_key} {column.nullable}"
            for column in table.columns
        ]
        told += sorted(
            f"index {index.name} {index.unique} {','.join(c.name for c in index.columns)}"
            for index in table.indexes
        )
    return int.from_bytes(hashlib.sha256("\n".join(told).encode()).digest()[:7], "big")


def state_layout(conn: Connection, backend: Backend) -> None:
    """Writes into a case that its tables have this program's layout."""
    conn.execute(delete(PROGRESS).where(PROGRESS.c.name == LAYOUT))
    backend.insert(conn, PROGRESS, ["name", "seq"], [(LAYOUT, fingerprint())])


def stated_layout(conn: Connection) -> object:
    """The layout that a case says it has; None where it says nothing."""
    return conn.execute(select(PROGRESS.c.seq).where(PROGRESS.c.name == LAYOUT)).scalar()
