"""A snapshot: the visible records of one state of a case as Parquet files, one a kind.

Questions at scale go to a snapshot, never to the case. It is written through
the read filter and nothing else, so it holds what its clearance may see, and it
is tied to a checkpoint of the log: whoever has the case can show which state
the numbers were taken from. The rows go by way of a file of JSON lines, because
DuckDB reads neither database without an extension that it would have to fetch.

A folder holds ``<kind>.parquet`` for each kind of record, even an empty one, and
``snapshot.json`` with the checkpoint, the clearance, and rows and SHA-256 of each file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import orjson

from headstamp.engine.duckdb import connect, quoted, write_parquet
from headstamp.errors import Conflicting, Invalid, Missing, Tampered, Unavailable, Unreadable
from headstamp.records import TYPES, RecordType, kind_named
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

NOTE = "snapshot.json"
FORMAT = 1
_TRIES = 20


@dataclass(frozen=True)
class Table:
    """One kind's file: how many rows, and the file's SHA-256."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """A snapshot on disk; ``checkpoint`` is the signed note of the state it holds."""

    folder: Path
    checkpoint: str
    clearance: str
    tables: Mapping[str, Table] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """What ``snapshot.json`` says, and the folder."""
        return {"folder": str(self.folder), **_note_of(self)}

    def path(self, kind: str) -> Path:
        """The Parquet file of a kind. Raises Invalid where there is no such kind."""
        name = kind_named(kind).name
        if name not in self.tables:
            raise Missing(f"this snapshot holds no {name}")
        return self.folder / f"{name}.parquet"

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
        for name in self.tables:
            path = quoted(str(self.folder / f"{name}.parquet"))
            connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({path})')
        return connection


def take_snapshot(case: Case, clearance: str, folder: Path | None = None) -> Snapshot:
    """Writes a snapshot of what this clearance sees now; by default inside the case's folder.

    An earlier snapshot in that folder is replaced. Raises Invalid for an encrypted case
    without a folder, Conflicting where the folder holds anything else, Unavailable where it cannot be written.
    """
    for _ in range(_TRIES):
        before = case.checkpoint_note()
        with case.read(clearance).snapshot() as reader:
            reader.totals()  # from here on the reader's state stands still
            if case.checkpoint_note() != before:
                continue
            if folder is None and case.working.sealed:
                raise Invalid("a snapshot is readable by everybody, and is not put into an encrypted "
                              "case's folder; name another folder for it (--output)")
            where = folder or case.folder / "snapshots" / f"{case.checkpoint().size}-{clearance}"
            return _write(reader, clearance, before, where.absolute())
    raise Unavailable("the case is being written to without a pause; try again later")


def open_snapshot(folder: Path) -> Snapshot:
    """Opens a snapshot. Raises Missing, Unreadable, or Tampered where a file is not its own."""
    path = folder / NOTE
    if not path.is_file():
        raise Missing(f"there is no snapshot in {folder}")
    try:
        told = orjson.loads(path.read_bytes())
        tables = {name: Table(t["rows"], t["sha256"]) for name, t in told["tables"].items()}
        opened = Snapshot(folder.absolute(), told["checkpoint"], told["clearance"], tables)
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise Unreadable(f"{path} is no snapshot's description: {error}") from error
    wrong = [
        name for name, table in tables.items()
        if not opened.path(name).is_file() or _sha256(opened.path(name)) != table.sha256
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
        (work / NOTE).write_bytes(orjson.dumps(_note_of(taken), option=orjson.OPT_INDENT_2))
        if folder.exists():
            shutil.rmtree(folder)
        work.rename(folder)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return taken


def _note_of(taken: Snapshot) -> dict[str, Any]:
    return {
        "format": FORMAT, "checkpoint": taken.checkpoint, "clearance": taken.clearance,
        "tables": {n: {"rows": t.rows, "sha256": t.sha256} for n, t in taken.tables.items()},
    }


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
    lines = folder / f"{type_.name}.jsonl"
    longest = count = 0
    # The lines hold case data in the open: nobody else may read them meanwhile.
    with os.fdopen(os.open(lines, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        for shown in reader.stream(type_.name):
            text = orjson.dumps(flat(type_, shown), option=orjson.OPT_APPEND_NEWLINE)
            longest = max(longest, len(text))
            count += 1
            stream.write(text)
    target = folder / f"{type_.name}.parquet"
    write_parquet(engine, lines, target, columns_of(type_), longest)
    lines.unlink()
    return Table(count, _sha256(target))


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


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
