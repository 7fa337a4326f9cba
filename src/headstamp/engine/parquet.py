"""Rows of one Parquet file, through DuckDB, in flat memory and file order.

Used for files that came from outside, so the connection may read this one
file and nothing else, may not write, and may not change its own settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from headstamp.errors import Unreadable

_AS_IS = frozenset(
    {
        *("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"),
        *("VARCHAR", "DATE", "TIMESTAMP", "TIME", "UUID", "BLOB"),
    }
)
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Parquet:
    """One file, open: its columns in order, how many rows, and the rows once."""

    columns: list[str]
    row_count: int
    rows: Iterator[tuple[Any, ...]]


def read_parquet(path: Path, *, memory: str = "256MB", name: str = "") -> Parquet:
    """Open ``path``. Rows are tuples of int, float, str, bool, bytes, Decimal, date, datetime,
    time, UUID or None; lists, structs and maps are JSON text, times with a zone are ISO in UTC.

    ``memory`` is what DuckDB may take for itself; ``name`` is what messages call the file.
    Raises Unreadable, also while reading.
    """
    called = name or path.name
    try:
        connection = duckdb.connect(config={"threads": 1, "memory_limit": memory})
        connection.execute("SET enable_progress_bar = false")  # it would draw on the standard output
        # A descriptor is opened by the name of its link: what that leads to may have none.
        place = str(path if path.parent.name == "fd" else path.resolve())
        literal = place.replace("'", "''")
        connection.execute(f"SET allowed_paths = ['{literal}']")
        connection.execute("SET temp_directory = ''")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        described = connection.execute(
            "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [place]
        ).fetchall()
        names = [str(name) for name, *_ in described]
        counted = connection.execute("SELECT num_rows FROM parquet_file_metadata(?)", [place])
        (count,) = counted.fetchone() or (0,)
        wanted = ", ".join(_asked(name, str(kind)) for name, kind, *_ in described)
        connection.execute(
            f"SELECT {wanted} FROM read_parquet(?, hive_partitioning = false)", [place]
        )
    except duckdb.Error as error:
        raise _unreadable(called, error) from error
    return Parquet(names, int(count), _rows(called, connection))


def _asked(name: str, kind: str) -> str:
    """The SQL for one column: as it is where Python has the type, else as text."""
    column = '"' + name.replace('"', '""') + '"'
    if kind in _AS_IS or kind.startswith("DECIMAL("):
        return column
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind.startswith("TIMESTAMP"):
        return f"replace(CAST({column} AS VARCHAR), ' ', 'T')"
    if kind.endswith("]") or kind.startswith(("STRUCT(", "MAP(", "UNION(")):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"


def _rows(name: str, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    try:
        while batch := connection.fetchmany(_BATCH):
            yield from batch
    except (duckdb.Error, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise _unreadable(name, error) from error  # Python has no date before year 1
    finally:
        connection.close()


def _unreadable(name: str, error: Exception) -> Unreadable:
    told = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
    return Unreadable(f"{name} cannot be read as Parquet: {told}")
