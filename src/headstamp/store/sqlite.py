"""SQLite: a case in one file, for one laptop.

WAL with ``synchronous=FULL``: with NORMAL, simulated power cuts lost
acknowledged commits in 766 of 1,000 runs, with FULL in none. The write lock is
taken at the start (``BEGIN IMMEDIATE``), so that two writers queue instead of
failing half-way.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, bindparam, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.sql.elements import ColumnElement

from headstamp.errors import Conflicting, Unavailable, Unreadable
from headstamp.store.backend import Rows
from headstamp.store.tables import MARKING_KEY, METADATA, SEARCH_TEXT

WAIT_SECONDS = 60
_TRIGRAMS = ("plain", "folded")
_PAGE_BYTES = 8192
_CACHE_KIB = 64 * 1024

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

    def __init__(self, path: Path) -> None:
        self.path = path
        url = f"sqlite:///{path}"
        self._writer = create_engine(url, connect_args={"timeout": WAIT_SECONDS})
        self._reader = create_engine(url, connect_args={"timeout": WAIT_SECONDS})
        for engine, begin in ((self._writer, "BEGIN IMMEDIATE"), (self._reader, "BEGIN")):
            event.listen(engine, "connect", self._prepare)
            event.listen(engine, "begin", _beginner(begin))

    @staticmethod
    def _prepare(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by our own statement
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
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
            raw = sqlite3.connect(self.path)
            raw.execute(f"PRAGMA page_size={_PAGE_BYTES}")
            raw.execute("PRAGMA journal_mode=WAL")
            raw.close()
            with self._writer.begin() as conn:
                METADATA.create_all(conn)
                for statement in _SEARCH:
                    conn.execute(text(statement))

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

    def text_query(self, words: Sequence[str]) -> ColumnElement[bool]:
        query = " AND ".join('"' + word.replace('"', '""') + '"*' for word in words)
        found = text("SELECT rowid FROM search_fts WHERE search_fts MATCH :fts")
        return SEARCH_TEXT.c.number.in_(found.bindparams(bindparam("fts", query, unique=True)))

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

    def foreign_tables(self, conn: Connection) -> list[str]:
        own = set(METADATA.tables) | {
            name + suffix
            for name in ("search_fts", "marking_fts")
            for suffix in ("", "_data", "_idx", "_docsize", "_config")
        }
        rows = conn.execute(
            text("SELECT type, name FROM sqlite_master WHERE type IN ('table','view','trigger')")
        )
        return sorted(f"{kind} {name}" for kind, name in rows if name not in own
                      and not name.startswith("sqlite_stat"))

    def check_indexes(self, conn: Connection) -> list[str]:
        wrong = [
            row[0] for row in conn.execute(text("PRAGMA integrity_check(20)")) if row[0] != "ok"
        ]
        for name in ("search_fts", "marking_fts"):
            try:
                # rank=1 compares the index with the text it was made from.
                _raw(conn).execute(
                    f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)"
                )
            except sqlite3.DatabaseError as error:
                wrong.append(f"{name}: {error}")
        return wrong

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


def _beginner(statement: str) -> Any:
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql(statement)

    return begin


def _raw(conn: Connection) -> sqlite3.Cursor:
    driver: Any = conn.connection.driver_connection
    cursor: sqlite3.Cursor = driver.cursor()
    return cursor


@contextmanager
def _wrapped(path: Path) -> Iterator[None]:
    """Foreign errors become ours where they enter."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as error:
        said = str(getattr(error, "orig", error))
        if "malformed" in said or "not a database" in said:
            raise Unreadable(f"{path} is damaged: {said}") from error
        raise Unavailable(f"the case database cannot be used: {said}") from error
    except (DatabaseError, sqlite3.DatabaseError) as error:
        said = str(getattr(error, "orig", error))
        raise Unreadable(f"{path} is damaged: {said}") from error
