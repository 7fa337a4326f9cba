"""A snapshot: the visible records of one state of a case as Parquet files, one a kind.

Questions at scale go to a snapshot, never to the case. It is written through
the read filter and nothing else, so it holds what its clearance may see, and it
is tied to a checkpoint of the log: whoever has the case can show which state
the numbers were taken from. The rows go by way of a file of JSON lines, because
DuckDB reads neither database without an extension that it would have to fetch.

A folder holds ``<kind>.parquet`` for each kind of record, even an empty one, and
``snapshot.json`` with the checkpoint, the clearance, and rows and SHA-256 of each
(:mod:`headstamp.engine.note`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

import duckdb
import orjson

from headstamp.engine.duckdb import connect, show_files, write_parquet
from headstamp.engine.note import (
    NOTE,
    PART_ROWS,
    Table,
    digest_of,
    files_of,
    part_name,
    read_note,
    write_note,
)
from headstamp.errors import Conflicting, Invalid, Missing, Tampered, Unavailable
from headstamp.records import TYPES, RecordType, kind_named
from headstamp.store.case import Case
from headstamp.store.erased import decisions
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

_TRIES = 20


@dataclass(frozen=True)
class Snapshot:
    """A snapshot on disk; ``checkpoint`` is the signed note of the state it holds."""

    folder: Path
    checkpoint: str
    clearance: str
    tables: Mapping[str, Table] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """What ``snapshot.json`` says, and the folder."""
        return {"folder": str(self.folder), **write_note(self.checkpoint, self.clearance, self.tables)}

    def path(self, kind: str) -> Path:
        """The Parquet file of a kind, or the folder of its parts. Raises Invalid where there is no such kind."""
        name = kind_named(kind).name
        if name not in self.tables:
            raise Missing(f"this snapshot holds no {name}")
        return self.folder / f"{name}.parquet"

    def files(self) -> dict[str, list[Path]]:
        """The Parquet files of each table, in their order."""
        return {name: files_of(self.folder / f"{name}.parquet", table.parts)
                for name, table in self.tables.items()}

    def columns(self, kind: str) -> dict[str, str]:
        """The columns of a kind's files with their types, as DuckDB calls these."""
        files = self.files()[kind_named(kind).name]
        return {str(name): str(type_) for name, type_, *_ in self.connection.execute(
            "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)",
            [[str(path) for path in files]]).fetchall()}

    def table(self, kind: str) -> duckdb.DuckDBPyRelation:
        """All rows of a kind: ``.fetchall()``, ``.df()``, ``.filter("make = 'Altera'")``..."""
        self.path(kind)
        return self.connection.table(kind_named(kind).name)

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """The answer to a question in DuckDB's SQL; each kind is a table of its own name.

        Raises Invalid where DuckDB does not understand it.
        """
        try:
            return self.connection.sql(query)
        except duckdb.Error as error:
            raise Invalid(f"this question cannot be answered: {error}") from error

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The answer to a question as a list of dictionaries. Raises Invalid like ``sql``."""
        try:
            answer = self.sql(query)
            return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]
        except duckdb.Error as error:
            raise Invalid(f"this question cannot be answered: {error}") from error

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """DuckDB in memory with a view of each file. It holds no data of its own."""
        connection = connect()
        show_files(connection, self.files())
        return connection


def take_snapshot(case: Case, clearance: str, folder: Path | None = None) -> Snapshot:
    """Writes a snapshot of what this clearance sees now; by default inside the case's folder.

    An earlier snapshot in that folder is replaced. Raises Invalid for an encrypted case
    without a folder, Conflicting where the folder holds anything else, Unavailable where it cannot be written.
    """
    for _ in range(_TRIES):
        gone, before = _erasures(case), case.checkpoint_note()
        with case.read(clearance).snapshot() as reader:
            reader.totals()  # from here on the reader's state stands still
            if case.checkpoint_note() != before:
                continue
            if folder is None and case.working.sealed:
                raise Invalid("a snapshot is readable by everybody, and is not put into an encrypted "
                              "case's folder; name another folder for it (--output)")
            where = folder or case.folder / "snapshots" / f"{case.checkpoint().size}-{clearance}"
            taken = _write(reader, clearance, before, where.absolute())
        if _erasures(case) == gone:
            return taken
        # What was erased meanwhile stands in it, and may have been cleaned up before it was here.
        shutil.rmtree(taken.folder, ignore_errors=True)
    raise Unavailable("the case is being written to without a pause; try again later")


def _erasures(case: Case) -> frozenset[str]:
    """The erasures that are carried out, or about to be."""
    with case.backend.reading() as conn:
        return frozenset(one.id for one in decisions(conn) if one.agreed)


def open_snapshot(folder: Path, *, check: bool = True) -> Snapshot:
    """Opens a snapshot. Raises Missing, Unreadable, or Tampered where a file is not its own.

    Reading every file for its digest takes a second a gigabyte. Without ``check`` it is only seen
    that the files are there: whoever leaves it out vouches for the folder.
    """
    path = folder / NOTE
    if not path.is_file():
        raise Missing(f"there is no snapshot in {folder}")
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
    checkpoint, clearance, tables = read_note(text, str(path))
    opened = Snapshot(folder.absolute(), checkpoint, clearance, tables)
    wrong = [
        name for name, files in opened.files().items()
        if len(files) != max(1, tables[name].parts)
        or (check and digest_of(opened.folder / f"{name}.parquet", tables[name].parts) != tables[name].sha256)
    ]
    if wrong:
        raise Tampered(f"files of the snapshot in {folder} were changed: {', '.join(wrong)}")
    return opened


def _write(reader: Reader, clearance: str, checkpoint: str, folder: Path) -> Snapshot:
    _refuse_foreign(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}") from error
    try:
        with connect() as engine:
            tables = {type_.name: _write_kind(reader, type_, work, engine) for type_ in TYPES}
        taken = Snapshot(folder, checkpoint, clearance, tables)
        told = write_note(checkpoint, clearance, tables)
        (work / NOTE).write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        if folder.exists():
            shutil.rmtree(folder)
        work.rename(folder)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return taken


def _refuse_foreign(folder: Path) -> None:
    """Nothing but an earlier snapshot is ever replaced."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Conflicting(f"{folder} is a file; name a folder")
    ours = {NOTE, *(f"{type_.name}.parquet" for type_ in TYPES)}
    held = {path.name for path in folder.iterdir()}
    if held and (NOTE not in held or held - ours):
        raise Conflicting(f"{folder} holds other files; name a new folder")


def _write_kind(
    reader: Reader, type_: RecordType, folder: Path, engine: duckdb.DuckDBPyConnection
) -> Table:
    target = folder / f"{type_.name}.parquet"
    rows = iter(reader.stream(type_.name))
    count, parts = _write_rows(islice(rows, PART_ROWS), type_, target, engine), 0
    while (more := next(rows, None)) is not None:
        if not parts:
            first = target.rename(folder / f"{type_.name}.first")
            target.mkdir()
            first.rename(target / part_name(0))
            parts = 1
        count += _write_rows(chain([more], islice(rows, PART_ROWS - 1)), type_, target / part_name(parts), engine)
        parts += 1
    return Table(count, digest_of(target, parts), parts)


def _write_rows(
    rows: Iterable[Shown], type_: RecordType, target: Path, engine: duckdb.DuckDBPyConnection
) -> int:
    """Writes one file and gives how many rows it holds."""
    lines = target.with_suffix(".jsonl")
    longest = count = 0
    # The lines hold case data in the open: nobody else may read them meanwhile.
    with os.fdopen(os.open(lines, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        for shown in rows:
            text = orjson.dumps(flat(type_, shown), option=orjson.OPT_APPEND_NEWLINE)
            longest = max(longest, len(text))
            count += 1
            stream.write(text)
    write_parquet(engine, lines, target, columns_of(type_), longest)
    lines.unlink()
    return count


def columns_of(type_: RecordType) -> list[tuple[str, str]]:
    """The columns of a kind's table (name, SQL kind), in the order in which they are written."""
    return [("id", "text"), ("version", "int"), ("label", "text"),
            *((column.name, column.sql) for column in type_.columns)]


def flat(type_: RecordType, shown: Shown) -> dict[str, Any]:
    """One visible record as a row: id, version, label and the columns of its type.

    What is not visible is not in ``shown`` and stays empty here; bounds of
    dates are worked out from the visible date; lists are JSON text.
    """
    row: dict[str, Any] = {"id": shown.id, "version": shown.version, "label": shown.label}
    for fact in type_.facts:
        value = shown.get(fact.name)
        if value is None:
            continue
        for holder, one in ([(p, value.get(p.name)) for p in fact.parts] or [(fact, value)]):
            if one is None:
                continue
            first = holder.columns[0]
            row[first.name] = one
            if first.kind is not None and first.sql != "json":
                for suffix, _, function in first.kind.extra_columns():
                    row[first.name + suffix] = function(one)
    return row
