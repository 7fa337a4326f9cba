"""References, counts and search rows, against what the records give.

Millions of rows are compared without holding them: each side adds up the hashes
of its rows in a few thousand buckets, by the record they belong to. Python
salts its hashes anew in every process, so nobody can prepare rows that cancel
out. Only the records of a bucket that differs are looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from orjson import loads
from sqlalchemy import Connection

from headstamp.kinds.tier import RANK
from headstamp.records import TYPES, RecordType
from headstamp.store.backend import Backend
from headstamp.store.layout import LAYOUT, fingerprint
from headstamp.store.refs import owners_in, references_in
from headstamp.store.search import Keyer, index_rows
from headstamp.store.tables import facet_columns
from headstamp.store.verify.finding import MOST, Findings
from headstamp.store.verify.raw import Row, as_text, pages

_BUCKETS = 4096
_COMMON = RANK["partner"]
_CELLS_KEPT = 10_000

# Each table, its columns with the record's id first, and what is told of a difference.
_TABLES = {
    "ref": (("from_id", "field", "to_id"), "its references are not those of the record"),
    "search_text": (("id", "rank", "text"), "the search index is not what the record gives"),
    "marking_key": (
        ("id", "rank", "raw", "plain", "folded", "ncic"),
        "the index of markings is not what the record gives",
    ),
}


class Derived:
    """What must follow from the current records: taken in one by one, compared at the end."""

    def __init__(
        self, conn: Connection, backend: Backend, keys: Keyer, found: Findings
    ) -> None:
        self._conn = conn
        self._backend = backend
        self._keys = keys
        self._found = found
        self._refs = [0] * _BUCKETS
        self._texts = [0] * _BUCKETS
        self._marks = [0] * _BUCKETS
        self._cells: dict[str, list[tuple[Any, ...]]] = {kind.name: [] for kind in TYPES}
        self._counts: Counter[Row] = Counter()
        self._indexed = self._progress()
        self._ranks = self._stored_ranks()

    def _progress(self) -> int:
        rows = self._backend.tuples(self._conn, "SELECT name, seq FROM progress")
        size = self._backend.tuples(self._conn, "SELECT count(*) FROM log")[0][0]
        strange = [as_text(name) for name, _ in rows if name not in ("search", LAYOUT)]
        if [seq for name, seq in rows if name == LAYOUT] != [fingerprint()]:
            self._found.say("table_changed", "progress", "it does not say which layout the case has")
        done = next((seq for name, seq in rows if name == "search"), 0)
        if strange or type(done) is not int or done < 0 or done > size:
            self._found.say("table_changed", "progress",
                            "the search index claims what the log does not have")
            return 0
        return done

    def _stored_ranks(self) -> dict[str, int]:
        """The visibility of each record as its row has it, the commonest left out.

        Each is checked by itself against the rows of its owners; where all
        agree, all are right.
        """
        ranks: dict[str, int] = {}
        for kind in TYPES:
            rows = self._backend.tuples(
                self._conn,
                f'SELECT id, visible_rank FROM "{kind.name}" WHERE visible_rank <> {_COMMON}',
            )
            ranks.update((id_, rank) for id_, rank in rows if type(rank) is int)
        return ranks

    def take(
        self, kind: RecordType, seq: int, id_: str, rank: Any, values: dict[str, Any],
        cell: tuple[str, ...],
    ) -> int:
        """Takes in a current record; returns the visibility it should have."""
        wants = RANK[values["tier"]]
        if kind.owners:
            for owner in owners_in(kind, values):
                wants = max(wants, self._ranks.get(owner, _COMMON))
        bucket = hash(id_) % _BUCKETS
        for field, target in references_in(kind, values):
            self._refs[bucket] += hash((id_, field, target))
        cells = self._cells[kind.name]
        cells.append((wants, *cell))
        if len(cells) == _CELLS_KEPT:
            self._count(kind)
        if seq < self._indexed:
            texts, marks = index_rows(kind, id_, wants, values, self._keys)
            for text in texts:
                self._texts[bucket] += hash(text)
            for mark in marks:
                self._marks[bucket] += hash(mark)
        return wants

    # -- the comparison

    def finish(self) -> None:
        """Compares with what the tables hold."""
        self._check_counts()
        given = {"ref": self._refs, "search_text": self._texts, "marking_key": self._marks}
        for table, sums in given.items():
            held = [0] * _BUCKETS
            for row in self._held(table):
                held[hash(row[0]) % _BUCKETS] += hash(row)
            wrong = {bucket for bucket in range(_BUCKETS) if held[bucket] != sums[bucket]}
            if wrong:
                self._name(table, wrong)

    def _held(self, table: str) -> Iterator[Row]:
        columns = _TABLES[table][0]
        if table == "ref":
            names = ",".join(columns)
            yield from self._backend.stream(self._conn, f"SELECT {names} FROM ref")
            return
        for page in pages(self._backend, self._conn, table, "number", columns):
            for row in page:
                yield row[1:]

    def _count(self, kind: RecordType) -> None:
        # Facet by facet: there may be as many combinations of them as records, values are few.
        cells = self._cells[kind.name]
        if cells:
            ranks, *columns = zip(*cells, strict=True)
            names = ("", *facet_columns(kind))
            for name, column in zip(names, ([""] * len(ranks), *columns), strict=True):
                for (value, rank), n in Counter(zip(column, ranks, strict=True)).items():
                    self._counts[kind.name, name, value, rank] += n
            cells.clear()

    def _check_counts(self) -> None:
        for kind in TYPES:
            self._count(kind)
        expected = self._counts
        held = {
            tuple(row)[:-1]: row[-1]
            for row in self._backend.stream(
                self._conn, "SELECT kind, field, value, visible_rank, n FROM facet_count"
            )
        }
        for key in sorted({*held, *expected}, key=repr):
            if held.get(key) != expected.get(key):
                self._found.say(
                    "table_changed", "facet_count",
                    f"{key[0]} {key[1]} {key[2]!r}: {held.get(key, 0)} are told, "
                    f"{expected.get(key, 0)} are there",
                )

    def _name(self, table: str, buckets: set[int]) -> None:
        """Tells by name which records have rows too many or too few in a table."""
        wanted: Counter[Row] = Counter()
        for kind in TYPES:
            for id_, seq, values in self._records(kind, buckets):
                wanted.update(self._rows(table, kind, id_, seq, values))
        wanted.subtract(row for row in self._held(table) if hash(row[0]) % _BUCKETS in buckets)
        detail = _TABLES[table][1]
        for id_ in sorted({as_text(row[0]) for row, n in wanted.items() if n})[:MOST]:
            self._found.say("table_changed", id_, f"{table}: {detail}")

    def _records(
        self, kind: RecordType, buckets: set[int]
    ) -> Iterator[tuple[str, int, dict[str, Any]]]:
        for page in pages(self._backend, self._conn, kind.name, "log_seq", ["id"]):
            some = [row for row in page if hash(row[1]) % _BUCKETS in buckets]
            for seq, id_ in some:
                found = self._backend.tuples(
                    self._conn, f"SELECT id, body FROM version WHERE seq = {int(seq)}"
                )
                if found and found[0][0] == id_ and type(found[0][1]) is bytes:
                    try:
                        yield id_, seq, loads(found[0][1])
                    except ValueError:
                        continue  # told already

    def _rows(
        self, table: str, kind: RecordType, id_: str, seq: int, values: dict[str, Any]
    ) -> list[Row]:
        try:
            if table == "ref":
                return [(id_, field, target) for field, target in references_in(kind, values)]
            if seq >= self._indexed:
                return []
            wants = max([RANK[values["tier"]],
                         *(self._ranks.get(one, _COMMON) for one in owners_in(kind, values))])
            texts, marks = index_rows(kind, id_, wants, values, self._keys)
            return list(texts) if table == "search_text" else list(marks)
        except (ValueError, TypeError, AttributeError, KeyError):
            return []  # told already
