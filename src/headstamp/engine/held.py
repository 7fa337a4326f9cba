"""A snapshot in memory: what an encrypted case is asked by, for nothing of it may lie on a disk.

The same rows through the same read filter as a snapshot of files, put into DuckDB by way of an
anonymous memory file. It is gone with the process, and can be asked by DuckDB alone.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

import duckdb
import orjson

from headstamp.engine.duckdb import connect, fill_table, settle
from headstamp.engine.note import Table
from headstamp.engine.snapshot import columns_of, flat
from headstamp.errors import Unavailable
from headstamp.records import TYPES
from headstamp.store.case import Case
from headstamp.store.memory import memory_handle

_TRIES = 20


@dataclass(frozen=True)
class Held:
    """A snapshot in memory; ``tables`` tell rows and the SHA-256 of each table's JSON lines."""

    checkpoint: str
    clearance: str
    tables: dict[str, Table] = field(repr=False)
    connection: duckdb.DuckDBPyConnection = field(repr=False)


def hold(case: Case, clearance: str) -> Held:
    """What this clearance sees now, in memory. Raises Unavailable where the case never stands still."""
    for _ in range(_TRIES):
        before = case.checkpoint_note()
        with case.read(clearance).snapshot() as reader:
            reader.totals()  # from here on the reader's state stands still
            if case.checkpoint_note() != before:
                continue
            connection = connect()
            tables = {}
            for type_ in TYPES:
                digest, longest, count = hashlib.sha256(), 0, 0
                with os.fdopen(memory_handle(), "wb") as stream:
                    for shown in reader.stream(type_.name):
                        line = orjson.dumps(flat(type_, shown), option=orjson.OPT_APPEND_NEWLINE)
                        digest.update(line)
                        longest, count = max(longest, len(line)), count + 1
                        stream.write(line)
                    stream.flush()
                    fill_table(connection, type_.name, f"/proc/self/fd/{stream.fileno()}",
                               columns_of(type_), longest)
                tables[type_.name] = Table(count, digest.hexdigest())
            settle(connection)
            return Held(before, clearance, tables, connection)
    raise Unavailable("the case is being written to without a pause; try again later")
