"""DuckDB on one machine: the engine, how it is opened, and how rows become Parquet.

Where DuckDB and Spark differ and DuckDB lets itself be set, it is set as Spark is: empty cells come first
in rising order, a division by zero is an error. What cannot be set right stands in
:mod:`headstamp.engine.gaps`. It never fetches an extension by itself: headstamp works without a network, and
a program that loads code while it runs is not one to trust evidence to.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import duckdb
import orjson

from headstamp.engine.plain import plain_rows
from headstamp.engine.question import Rows
from headstamp.engine.readonly import one_question
from headstamp.errors import Invalid, Problem, Unavailable
from headstamp.store.disk import refuse_protected

if TYPE_CHECKING:
    from headstamp.engine.held import Held
    from headstamp.engine.snapshot import Snapshot

_TYPES = {"text": "VARCHAR", "int": "BIGINT", "real": "DOUBLE", "bool": "BOOLEAN", "json": "JSON"}
# DuckDB's own default; it takes a longer line only where it is told so.
_LINE = 16 * 1024 * 1024


# A colon within a text, a name in quotes, a comment or a word is none of a parameter.
_PARAMETER: Final = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\r\n]*|(?<![:\w]):([a-z_][a-z0-9_]*)\b")
_AMOUNT: Final = re.compile(r"[1-9][0-9]{0,5}[mg]", re.IGNORECASE)


class DuckDB:
    """DuckDB over a snapshot, in this process. See :class:`headstamp.engine.engine.Engine`.

    It reads the snapshot's files and no others, and its settings are locked. ``memory`` bounds what it
    takes (``4g``, ``900m``; without it four fifths of the machine's); ``spill`` names a folder for
    what is beyond that: rows lie there in the open until it is closed, so without it nothing does.
    """

    name = "duckdb"

    def __init__(self, snapshot: Snapshot | Held, *, memory: str = "", spill: Path | None = None) -> None:
        if memory and not _AMOUNT.fullmatch(memory):
            raise Invalid("DuckDB cannot be opened so", [
                Problem("no amount of memory", "Write 4g or 900m.", "memory", memory)])
        self._spill: Path | None = None
        folder = getattr(snapshot, "folder", None)
        if folder is None:
            self._connection = snapshot.connection.cursor()
            return
        self._connection = connect()
        if memory:
            self._connection.execute(f"SET memory_limit = '{memory.upper()}IB'")
        if spill is not None:
            try:
                self._spill = Path(tempfile.mkdtemp(prefix="headstamp-duckdb-", dir=spill))
            except OSError as error:
                raise Unavailable(f"{spill} cannot be written: {error.strerror}") from error
            self._connection.execute(f"SET temp_directory = {quoted(str(self._spill))}")
        show_files(self._connection, snapshot.files())  # type: ignore[union-attr]
        settle(self._connection, folder)

    def leave_out(self, ids: Collection[str], fields: Collection[tuple[str, str]]) -> None:
        """From now on answers as if these records were not there, and these fields of kinds empty."""
        run = self._connection.execute
        run("CREATE TEMP TABLE left_out_ids AS SELECT unnest($ids)::VARCHAR AS id", {"ids": sorted(ids)})
        for (name,) in run("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall():
            has = {one[0] for one in run(f'DESCRIBE "{name}"').fetchall()}
            empty = ", ".join(f'NULL AS "{one}"' for kind, one in sorted(fields) if kind == name and one in has)
            run(f'ALTER VIEW "{name}" RENAME TO "whole {name}"')
            run(f'CREATE VIEW "{name}" AS SELECT *{f" REPLACE ({empty})" if empty else ""} FROM "whole {name}" '
                "WHERE id NOT IN (SELECT id FROM left_out_ids)")

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The answer as dictionaries. Raises Invalid where DuckDB does not understand it, Unavailable
        where it has not the memory.
        """
        given, used = parameters or {}, set[str]()

        def named(found: re.Match[str]) -> str:
            if found.group(1) is None:
                return found.group(0)
            used.add(found.group(1))
            return f"${found.group(1)}"

        asked = _PARAMETER.sub(named, sql)
        missing = sorted(used - set(given))
        if missing:
            raise Invalid("this question cannot be answered", [
                Problem("this parameter is not given", "Give it a value.", name) for name in missing])
        try:
            answer = self._connection.execute(asked, {name: given[name] for name in used} or None)
            return plain_rows([one[0] for one in answer.description or ()], answer.fetchall())
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise Unavailable(f"DuckDB could not answer: {_short(error)}") from error
        except duckdb.Error as error:
            raise Invalid(f"this question cannot be answered: {_short(error)}") from error

    def read_only(self, sql: str) -> Rows:
        """The answer to SQL that somebody typed. Raises Invalid where it is not one question."""
        return self.rows(one_question(sql))

    def members(self, table: str, column: str) -> str:
        """SQL of a subquery (id, member, position from 1)."""
        return (f"(SELECT id, texts[position] AS member, position FROM (SELECT id, texts, "
                f"unnest(range(1, len(texts) + 1)) AS position FROM (SELECT id, "
                f'CAST(CAST("{column}" AS JSON) AS VARCHAR[]) AS texts FROM "{table}" '
                f'WHERE "{column}" IS NOT NULL) AS listed) AS numbered)')

    def part(self, expression: str, name: str) -> str:
        """SQL of the text under a name in a JSON object; nothing where it has no such name."""
        return f"json_extract_string({expression}, {quoted('$.' + name)})"

    def days(self, first: str, last: str) -> str:
        """SQL of the whole days from one ISO day to another."""
        return f"(CAST({last} AS DATE) - CAST({first} AS DATE))"

    def close(self) -> None:
        """Lets go of all it holds."""
        self._connection.close()
        if self._spill is not None:
            shutil.rmtree(self._spill, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self.close()


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that loads and fetches nothing of its own accord."""
    connection = duckdb.connect(config={
        # Nor does it put aside on the disk what does not fit into memory: it would be readable.
        "temp_directory": "", "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    })
    # After two seconds it would draw a bar on the standard output, into whatever is written there.
    connection.execute("SET enable_progress_bar = false")
    return connection


def settle(connection: duckdb.DuckDBPyConnection, folder: Path | None = None) -> None:
    """Sets DuckDB as Spark is set, shuts every file but those of this folder, and locks that."""
    for setting in (
        "default_null_order = 'nulls_first_on_asc_last_on_desc'", "TimeZone = 'UTC'",
        f"allowed_directories = [{quoted(str(folder) + os.sep) if folder else ''}]",
        "enable_external_access = false", "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    # By itself DuckDB gives infinity, silently.
    connection.execute(
        """CREATE MACRO "/"(a, b) AS CASE WHEN b = 0 AND a IS NOT NULL
           THEN error('division by zero') ELSE system.main."/"(a, b) END""")


def show_files(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Path]]) -> None:
    """Makes each table a view of its files. Raises Unavailable where one cannot be read."""
    for name, files in tables.items():
        paths = ", ".join(quoted(str(path)) for path in files)
        try:
            connection.execute(
                f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{paths}], hive_partitioning = false)')
        except duckdb.Error as error:
            raise Unavailable(f"{name} of the snapshot cannot be read: {_short(error)}") from error


def _short(error: Exception) -> str:
    """What DuckDB says, without the picture of the place."""
    return str(error).split("\n\nLINE ")[0].strip()[:1200]


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


def write_rows(target: Path, columns: Sequence[str], rows: Rows) -> None:
    """Writes an answer as one Parquet file; a column holds the narrowest kind that all its values are.

    Raises Unavailable where it cannot be written.
    """
    refuse_protected(target)
    kinds = []
    for name in columns:
        found = {type(row[name]) for row in rows if row[name] is not None}
        kinds.append((name, "bool" if found == {bool} else "int" if found == {int} else
                      "real" if found and found <= {int, float} else "text"))
    with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder, connect() as connection:
        lines = Path(folder) / "rows.jsonl"
        texts = [orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows]
        lines.write_bytes(b"".join(texts))
        made = Path(folder) / "rows.parquet"
        write_parquet(connection, lines, made, kinds, max(map(len, texts), default=0))
        made.replace(target)


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
