"""What a store must be able to do; SQLite and PostgreSQL each do it in their own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Connection, Table
from sqlalchemy.sql.elements import ColumnElement

Rows = Iterable[Sequence[Any]]


class Backend(Protocol):
    """One database engine. What differs between them lives in their modules only."""

    name: str

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that holds the case's one write lock from its start."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one unchanging state and writes nothing."""

    def create(self) -> None:
        """Makes all tables and search indexes. Raises Conflicting if there are some already."""

    def filling(self) -> AbstractContextManager[Connection]:
        """Makes all tables, and yields the transaction that fills them; on an error none are there.

        Raises Conflicting where the database holds anything already.
        """

    def remake(self, conn: Connection, tables: Sequence[Table]) -> None:
        """Drops these tables with their search indexes, and makes them anew, empty."""

    def exists(self) -> bool:
        """Whether there is a case in the database."""

    def insert(self, conn: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
        """Adds many rows as fast as the engine can."""

    def add_counts(
        self, conn: Connection, table: Table, columns: Sequence[str], rows: Rows
    ) -> None:
        """Adds the last value of each row to the count ``n`` of the row with the same key."""

    def among(self, column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
        """The condition that a text column is one of many values."""

    def find_texts(
        self, conn: Connection, words: Sequence[str], rank: int, limit: int
    ) -> list[tuple[str, str]]:
        """(id, text) of rows of ``search_text`` up to a rank, where all words begin some word."""

    def key_like(self, column: str, pattern: str) -> ColumnElement[bool]:
        """The condition on ``marking_key`` that a key is like a pattern (``_``, ``%``, ``\\``)."""

    def index_added(self, conn: Connection, first: int, first_key: int) -> None:
        """Brings engine-made search indexes up to rows added from these numbers on."""

    def index_removed(
        self, conn: Connection, texts: Sequence[tuple[int, str]],
        keys: Sequence[tuple[int, str, str]],
    ) -> None:
        """Takes rows out of the engine-made search indexes before they are deleted."""

    def tuples(self, conn: Connection, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement as the driver gives them, nothing converted."""

    def stream(self, conn: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
        """Like ``tuples``, one after the other in flat memory."""

    def schema_faults(self, conn: Connection) -> list[tuple[str, str]]:
        """(what, why) of tables, views, triggers that were slipped in, changed or taken out."""

    def unsafe_settings(self) -> list[str]:
        """Settings of the engine with which a power cut loses what was acknowledged."""

    def refuse_unsafe(self) -> None:
        """Raises Unavailable where nothing may be recorded because of such settings; so does ``writing``."""

    def scrub(self) -> list[str]:
        """Leaves nothing of deleted rows in the database's files; what it could not do, in words.

        Not in a transaction. Others may have to wait; what they cannot wait for is told.
        """

    def check_indexes(self) -> list[str]:
        """What the engine's own check says is wrong with its indexes and pages; only reads."""

    def close(self) -> None:
        """Lets go of all connections."""


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Rows in lists of at most ``size``."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
