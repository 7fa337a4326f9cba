"""DuckDB on one machine: how it is opened, and how rows become Parquet.

It never fetches an extension by itself: headstamp works without a network, and
a program that loads code while it runs is not one to trust evidence to.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from headstamp.errors import Unavailable

_TYPES = {"text": "VARCHAR", "int": "BIGINT", "real": "DOUBLE", "bool": "BOOLEAN", "json": "JSON"}
# DuckDB's own default; it takes a longer line only where it is told so.
_LINE = 16 * 1024 * 1024


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that loads and fetches nothing of its own accord."""
    return duckdb.connect(config={
        # Nor does it put aside on the disk what does not fit into memory: it would be readable.
        "temp_directory": "", "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    })


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def write_parquet(
    connection: duckdb.DuckDBPyConnection, lines: Path, target: Path, columns: Sequence[tuple[str, str]],
    longest: int,
) -> None:
    """Writes a file of JSON lines as Parquet, with exactly these columns (name, SQL kind).

    ``longest`` is the length of the longest line in bytes. Row groups stay small
    so that memory does not grow with the file. Raises Unavailable where DuckDB cannot.
    """
    typed = ", ".join(f"{quoted(name)}: {quoted(_TYPES[sql])}" for name, sql in columns)
    query = (
        f"COPY (SELECT * FROM read_json({quoted(str(lines))}, columns = {{{typed}}}, "
        f"format = 'newline_delimited', maximum_object_size = {max(_LINE, longest + 1)})) "
        f"TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 30720)"
    )
    try:
        # One thread keeps the rows in the order of the log without holding them back in memory.
        connection.execute("SET threads = 1")
        connection.execute(query)
    except duckdb.Error as error:
        raise Unavailable(f"{target} cannot be written: {error}") from error
