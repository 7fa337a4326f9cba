"""DuckDB on one machine: how it is opened, and how rows become Parquet.

It never fetches an extension by itself: headstamp works without a network, and
a program that loads code while it runs is not one to trust evidence to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import duckdb

from headstamp.engine.question import Rows
from headstamp.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from headstamp.engine.held import Held
    from headstamp.engine.snapshot import Snapshot

_TYPES = {"text": "VARCHAR", "int": "BIGINT", "real": "DOUBLE", "bool": "BOOLEAN", "json": "JSON"}
# DuckDB's own default; it takes a longer line only where it is told so.
_LINE = 16 * 1024 * 1024


# A colon within a text or a word is none of a parameter.
_PARAMETER: Final = re.compile(r"'(?:[^']|'')*'|(?<![:\w]):([a-z_]+)\b")


class DuckDB:
    """DuckDB over a snapshot, in this process. See :class:`headstamp.engine.engine.Engine`."""

    name = "duckdb"

    def __init__(self, snapshot: Snapshot | Held) -> None:
        self._connection = snapshot.connection.cursor()

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The answer as dictionaries. Raises Invalid where DuckDB does not understand it."""
        given, used = parameters or {}, set[str]()

        def named(found: re.Match[str]) -> str:
            if found.group(1) is None:
                return found.group(0)
            used.add(found.group(1))
            return f"${found.group(1)}"

        asked = _PARAMETER.sub(named, sql)
        try:
            answer = self._connection.execute(asked, {name: given.get(name) for name in used} or None)
            names = [one[0] for one in answer.description or ()]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        except duckdb.Error as error:
            raise Invalid(f"this question cannot be answered: {error}") from error

    def members(self, table: str, column: str) -> str:
        """SQL of a subquery (id, member, position from 1)."""
        return (f"(SELECT id, texts[position] AS member, position FROM (SELECT id, texts, "
                f"unnest(range(1, len(texts) + 1)) AS position FROM (SELECT id, "
                f'CAST(CAST("{column}" AS JSON) AS VARCHAR[]) AS texts FROM "{table}" '
                f'WHERE "{column}" IS NOT NULL) AS listed) AS numbered)')

    def close(self) -> None:
        """Lets go of the cursor."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self.close()


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
    query = (
        f"COPY (SELECT * FROM {_lines(str(lines), columns, longest)}) "
        f"TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 30720)"
    )
    try:
        # One thread keeps the rows in the order of the log without holding them back in memory.
        connection.execute("SET threads = 1")
        connection.execute(query)
    except duckdb.Error as error:
        raise Unavailable(f"{target} cannot be written: {error}") from error


def fill_table(
    connection: duckdb.DuckDBPyConnection, name: str, lines: str, columns: Sequence[tuple[str, str]],
    longest: int,
) -> None:
    """Reads a file of JSON lines into a table in memory. Raises Unavailable where DuckDB cannot."""
    try:
        connection.execute(
            f'CREATE TABLE "{name}" AS SELECT * FROM {_lines(lines, columns, longest)}')
    except duckdb.Error as error:
        raise Unavailable(f"{name} cannot be held in memory: {error}") from error


def _lines(lines: str, columns: Sequence[tuple[str, str]], longest: int) -> str:
    """SQL that reads a file of JSON lines with exactly these columns."""
    typed = ", ".join(f"{quoted(name)}: {quoted(_TYPES[sql])}" for name, sql in columns)
    return (f"read_json({quoted(lines)}, columns = {{{typed}}}, format = 'newline_delimited', "
            f"maximum_object_size = {max(_LINE, longest + 1)})")
