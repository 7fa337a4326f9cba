"""SQLite: a case in one file, for one laptop.

WAL with ``synchronous=FULL``: with NORMAL, simulated power cuts lost
acknowledged commits in 766 of 1,000 runs, with FULL in none. The write lock is
taken at the start (``BEGIN IMMEDIATE``), so that two writers queue instead of
failing half-way.

The file of an encrypted case is SQLCipher's, with its log of writes; how it is opened is the
``Driver``'s affair, and nothing else here differs.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    bindparam,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as sqlite_dialect
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.elements import ColumnElement

from headstamp.errors import Conflicting, Unavailable, Unreadable
from headstamp.store.backend import Rows
from headstamp.store.cipher import Keys
from headstamp.store.disk import told
from headstamp.store.driver import (
    DATABASE_ERRORS,
    OPERATIONAL_ERRORS,
    PAGE_BYTES,
    Driver,
    Raw,
)
from headstamp.store.sqlite_check import INDEXES, page_faults, schema_faults
from headstamp.store.tables import MARKING_KEY, METADATA

WAIT_SECONDS = 60
_TRIGRAMS = ("plain", "folded")
# The pages are served by up to forty threads, and one that reads a state may ask a second time within it:
# with fewer connections than that they would wait for each other.
_READERS = 80
_CACHE_KIB = 64 * 1024
_WAL_PAGES = 32768  # 256 MB
_FULL_BYTES = 1 << 20  # less than a case takes to be opened and written to

# Kept in step by the store itself (index_added, index_removed), for all its
# writes go through one path; a trigger a row would halve the speed of imports.
_SEARCH = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(text, content='search_text',"
    " content_rowid='number', tokenize=\"unicode61 remove_diacritics 2\")",
    "CREATE VIRTUAL TABLE marking_fts USING fts5(plain, folded, content='marking_key',"
    " content_rowid='number', tokenize='trigram')",
)


class Sqlite:
    """The case database in a file."""

    name = "sqlite"

    def __init__(self, path: Path, keys: Keys | None = None) -> None:
        self.path = path
        self.keys = keys
        self._driver = Driver(keys)
        url, module = f"sqlite:///{path}", self._driver.module
        self._writer = create_engine(url, module=module, creator=self._connect)
        self._reader = create_engine(url, module=module, creator=self._connect, max_overflow=_READERS)
        for engine, begin in ((self._writer, "BEGIN IMMEDIATE"), (self._reader, "BEGIN")):
            event.listen(engine, "connect", self._prepare)
            event.listen(engine, "begin", _beginner(begin))

    def _connect(self) -> Raw:
        # In autocommit: transactions are begun by our own statement.
        return self._driver.connect(self.path, wait=WAIT_SECONDS)

    @staticmethod
    def _prepare(connection: Raw, record: Any) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except UnicodeDecodeError as error:
            # SQLite's complaint about its schema quotes bytes that are no text.
            raise sqlite3.DatabaseError("malformed database schema") from error
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        # The log of writes is folded into the file less often: pages written again and
        # again while importing are then written to their place once.
        cursor.execute(f"PRAGMA wal_autocheckpoint={_WAL_PAGES}")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with _wrapped(self.path), self._writer.begin() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _wrapped(self.path), self._reader.begin() as conn:
            yield conn

    def exists(self) -> bool:
        if not self.path.is_file():
            return False
        with _wrapped(self.path):
            return inspect(self._reader).has_table("meta")

    def create(self) -> None:
        if self.exists():
            raise Conflicting(f"there is a case in {self.path.parent} already")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with _wrapped(self.path):
            raw = self._driver.connect(self.path)
            raw.execute(f"PRAGMA page_size={PAGE_BYTES}")
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA synchronous=FULL")
            _make_tables(raw)
            raw.close()

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        if self.path.exists():
            raise Conflicting(f"{self.path} is there already")
        self.create()
        try:
            with self.writing() as conn:
                yield conn
        except BaseException:
            self.close()
            for name in ("", "-wal", "-shm"):
                Path(f"{self.path}{name}").unlink(missing_ok=True)
            raise

    def remake(self, conn: Connection, tables: Sequence[Table]) -> None:
        cursor = _raw(conn)
        names = {table.name for table in tables}
        indexes = {name: of for name, of in INDEXES.items() if of in names}
        for name in (*indexes, *names):
            cursor.execute(f'DROP TABLE IF EXISTS "{name}"')
        for table in tables:
            for what in _makers(table):
                cursor.execute(str(what.compile(dialect=sqlite_dialect())).strip())
        for statement in _SEARCH:
            if any(f" {name} " in statement for name in indexes):
                cursor.execute(statement)

    def copy_to(self, conn: Connection, target: Path) -> None:
        """The state that ``conn`` reads, as one plain file; writers are not kept waiting."""
        source: Any = conn.connection.driver_connection
        with _wrapped(target):
            # The first question fixes the state; all pages in one step are of that state.
            conn.execute(text("SELECT count(*) FROM meta")).scalar_one()
            with closing(self._driver.connect(target)) as copy:
                source.backup(copy)
        make_plain(target, self.keys)

    def insert(self, conn: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
        marks = ",".join("?" * len(columns))
        names = ",".join(f'"{name}"' for name in columns)
        _raw(conn).executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)

    def add_counts(
        self, conn: Connection, table: Table, columns: Sequence[str], rows: Rows
    ) -> None:
        marks = ",".join("?" * len(columns))
        names = ",".join(f'"{name}"' for name in columns)
        keys = ",".join(f'"{name}"' for name in columns[:-1])
        rows = list(rows)
        cursor = _raw(conn)
        cursor.executemany(
            f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'
            f" ON CONFLICT ({keys}) DO UPDATE SET n = n + excluded.n", rows,
        )
        if any(row[-1] < 0 for row in rows):
            cursor.execute(f'DELETE FROM "{table.name}" WHERE n = 0')

    def among(self, column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
        # One parameter however many values: SQLite's limit is on their number.
        many = text("SELECT value FROM json_each(:among)").bindparams(
            bindparam("among", json.dumps(list(values)), unique=True)
        )
        return column.in_(many)

    def find_texts(
        self, conn: Connection, words: Sequence[str], rank: int, limit: int
    ) -> list[tuple[str, str]]:
        query = " AND ".join('"' + word.replace('"', '""') + '"*' for word in words)
        # CROSS JOIN keeps the order: a common word is read only as far as needed.
        rows = conn.execute(
            text(
                "SELECT search_text.id, search_text.text FROM search_fts CROSS JOIN search_text"
                " ON search_text.number = search_fts.rowid"
                " WHERE search_fts MATCH :query AND search_text.rank <= :rank"
                " ORDER BY search_fts.rowid LIMIT :limit"
            ),
            {"query": query, "rank": rank, "limit": limit},
        )
        return [(row.id, row.text) for row in rows]

    def key_like(self, column: str, pattern: str) -> ColumnElement[bool]:
        # The trigram index answers LIKE when three known characters stand together
        # and there is no escape; the rest is a scan of the keys.
        if "\\" not in pattern and column in _TRIGRAMS:
            found = text(f"SELECT rowid FROM marking_fts WHERE {column} LIKE :like")
            return MARKING_KEY.c.number.in_(
                found.bindparams(bindparam("like", pattern, unique=True))
            )
        return MARKING_KEY.c[column].like(pattern, escape="\\")

    def index_added(self, conn: Connection, first: int, first_key: int) -> None:
        cursor = _raw(conn)
        cursor.execute(
            "INSERT INTO search_fts(rowid, text)"
            " SELECT number, text FROM search_text WHERE number >= ?", (first,),
        )
        cursor.execute(
            "INSERT INTO marking_fts(rowid, plain, folded)"
            " SELECT number, plain, folded FROM marking_key WHERE number >= ?", (first_key,),
        )

    def index_removed(
        self, conn: Connection, texts: Sequence[tuple[int, str]],
        keys: Sequence[tuple[int, str, str]],
    ) -> None:
        cursor = _raw(conn)
        cursor.executemany(
            "INSERT INTO search_fts(search_fts, rowid, text) VALUES ('delete', ?, ?)", texts
        )
        cursor.executemany(
            "INSERT INTO marking_fts(marking_fts, rowid, plain, folded)"
            " VALUES ('delete', ?, ?, ?)", keys,
        )

    def tuples(self, conn: Connection, sql: str) -> list[tuple[Any, ...]]:
        try:
            return _raw(conn).execute(sql).fetchall()
        except OPERATIONAL_ERRORS as error:
            if "decode" not in str(error):
                raise
            return list(self.stream(conn, sql))

    def stream(self, conn: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
        cursor = _raw(conn)
        done = 0
        try:
            for row in cursor.execute(sql):
                yield row
                done += 1
        except OPERATIONAL_ERRORS as error:
            if "decode" not in str(error):
                raise
            # Somebody put bytes that are no text into a text column.
            connection = cursor.connection
            before = connection.text_factory
            connection.text_factory = _as_far_as_readable
            try:
                yield from list(connection.cursor().execute(sql))[done:]
            finally:
                connection.text_factory = before

    def schema_faults(self, conn: Connection) -> list[tuple[str, str]]:
        driver: Any = conn.connection.driver_connection
        return list(schema_faults(driver, self._driver, _make_tables))

    def unsafe_settings(self) -> list[str]:
        return []  # every connection sets its own

    def refuse_unsafe(self) -> None:
        """Nothing to refuse."""

    def scrub(self) -> list[str]:
        with _wrapped(self.path), closing(self._driver.connect(self.path, wait=WAIT_SECONDS)) as raw:
            raw.execute("PRAGMA secure_delete=ON")
            # The copy that VACUUM makes may be as large as the case; in the open only if it is so too.
            raw.execute(f"PRAGMA temp_store={'MEMORY' if self._driver.encrypted else 'FILE'}")
            raw.execute("BEGIN IMMEDIATE")
            for name in INDEXES:
                # Taken out of a full-text index, a word stays in its segments until they are merged.
                raw.execute(f"INSERT INTO {name}({name}) VALUES ('rebuild')")
            raw.execute("COMMIT")
            raw.execute("VACUUM")
            busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return ["somebody is reading the case: its log of writes still holds older pages"] if busy else []

    def check_indexes(self) -> list[str]:
        return page_faults(self.path, self._driver)

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


def make_plain(path: Path, keys: Keys | None = None) -> None:
    """Folds a case's log of writes into its file: one file, which can be read where none can write."""
    with _wrapped(path), closing(Driver(keys).connect(path)) as conn:
        conn.execute("PRAGMA synchronous=FULL")
        (mode,) = conn.execute("PRAGMA journal_mode=DELETE").fetchone()
        if mode != "delete":
            raise Unavailable(f"{path} is still in use")
    with told(path):
        # SQLite bears it when it cannot take its log away; whoever counts the files does not.
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)


def _make_tables(raw: Raw) -> None:
    """All tables and indexes of a new case, in one transaction."""
    raw.execute("BEGIN IMMEDIATE")
    for statement in _statements():
        raw.execute(statement)
    raw.execute("COMMIT")


@cache
def _statements() -> tuple[str, ...]:
    dialect = sqlite_dialect()
    made = [
        str(what.compile(dialect=dialect)).strip()
        for table in METADATA.sorted_tables for what in _makers(table)
    ]
    return (*made, *_SEARCH)


def _makers(table: Table) -> list[CreateTable | CreateIndex]:
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    return [CreateTable(table), *map(CreateIndex, indexes)]


def _as_far_as_readable(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _beginner(statement: str) -> Any:
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql(statement)

    return begin


def _raw(conn: Connection) -> sqlite3.Cursor:
    driver: Any = conn.connection.driver_connection
    cursor: sqlite3.Cursor = driver.cursor()
    return cursor


# Our own statements name only what every case has: where that is not there, it was taken away.
_DAMAGED = ("malformed", "not a database", "no such table", "no such column", "decode")


def _is_full(path: Path, said: str) -> bool:
    """Whether the disk is full: SQLite says so, or calls it an error of reading or writing."""
    if "is full" in said:
        return True
    try:
        return "disk I/O" in said and shutil.disk_usage(path.parent).free < _FULL_BYTES
    except OSError:
        return False


@contextmanager
def _wrapped(path: Path) -> Iterator[None]:
    """Foreign errors become ours where they enter."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("too many read the case at once; try again") from error
    except (OperationalError, *OPERATIONAL_ERRORS) as error:
        said = str(getattr(error, "orig", error))
        if any(sign in said for sign in _DAMAGED):
            raise Unreadable(f"{path} is damaged: {said}") from error
        if _is_full(path, said):
            raise Unavailable(f"the disk of {path} is full. Nothing of this was recorded; make room "
                              "there and do it again") from error
        raise Unavailable(f"the case database cannot be used: {said}") from error
    except (DatabaseError, *DATABASE_ERRORS) as error:
        said = str(getattr(error, "orig", error))
        raise Unreadable(f"{path} is damaged: {said}") from error
