"""The tables of current versions, against the texts they were made from.

Whether the log binds those texts is ``walk``'s business. Neither needs the
other's answer, so the two may be done at the same time (``beside``).
"""

from __future__ import annotations

from typing import Any

from orjson import loads
from sqlalchemy import Connection

from headstamp.errors import HeadstampError
from headstamp.records import TYPES, RecordType
from headstamp.store.backend import Backend
from headstamp.store.erased import WHOLE, erased_of
from headstamp.store.rows import facet_cell
from headstamp.store.search import Keyer
from headstamp.store.tables import LEADING, YEAR
from headstamp.store.verify.derived import Derived
from headstamp.store.verify.finding import MOST, Findings
from headstamp.store.verify.raw import Row, as_text

_PAGE = 2_000
_LEADING = len(LEADING)
_WRONG = (HeadstampError, ValueError, TypeError, AttributeError, KeyError)


def check_tables(conn: Connection, backend: Backend, keys: Keyer, found: Findings) -> None:
    """Tells of every current row, reference, count and search row that is not as it should be."""
    check = _Tables(conn, backend, Derived(conn, backend, keys, found), found)
    for kind in TYPES:
        check.check(kind)
    check.derived.finish()


class _Tables:
    def __init__(
        self, conn: Connection, backend: Backend, derived: Derived, found: Findings
    ) -> None:
        self._conn = conn
        self._backend = backend
        self.derived = derived
        self._found = found
        self._wholly = {id_ for id_, gone in erased_of(conn, scan=True).items() if gone == WHOLE}
        # The newest version of each record that has more than one.
        self._newest = dict(backend.tuples(
            conn, "SELECT id, max(number) FROM version WHERE number > 1 AND held IS NULL GROUP BY id"))

    def check(self, kind: RecordType) -> None:
        """All of one type's table."""
        names = [*LEADING, *(column.name for column in kind.columns), *([YEAR] if kind.when else [])]
        columns = ",".join(f'c."{name}"' for name in names)
        rows, last = 0, -(2**62)
        while True:
            page = self._backend.tuples(
                self._conn,
                f'SELECT {columns}, v.kind, v.id, v.number, v.body FROM "{kind.name}" AS c'
                " LEFT JOIN version AS v ON v.seq = c.log_seq"
                f" WHERE c.log_seq > {last} ORDER BY c.log_seq LIMIT {_PAGE}",
            )
            if not page:
                break
            for row in page:
                self._row(kind, names, row)
            rows += len(page)
            last = page[-1][0]
        self._gone(kind, rows)
        for (id_,) in self._backend.tuples(
            self._conn,
            f'SELECT id FROM "{kind.name}" GROUP BY id HAVING count(*) > 1 LIMIT {MOST}',
        ):
            self._found.say("table_changed", as_text(id_), f"it stands twice in {kind.name}")

    def _row(self, kind: RecordType, names: list[str], row: Row) -> None:
        say = self._found.say
        seq, id_, number, rank = row[:_LEADING]
        logged_kind, logged_id, logged_number, text = row[-4:]
        if (logged_kind, logged_id, logged_number) != (kind.name, id_, number):
            say("table_changed", as_text(id_), f"a row of {kind.name} does not belong to entry {seq}"
                + (f", which is of {as_text(logged_id)}" if logged_id is not None else ""))
            return
        if id_ in self._wholly:
            say("erasure_unfinished", id_, f"it is to be erased, and still stands in {kind.name}")
        newest = self._newest.get(id_, 1)
        if number != newest:
            say("table_changed", as_text(id_),
                f"the table {kind.name} should hold version {newest}; it is version {number}")
        if type(text) is not bytes:
            return  # told of by the pass over the versions
        try:
            values = loads(text)
            expected, cell = _expected(kind, values)
            wants = self.derived.take(kind, seq, id_, rank, values, cell)
        except _WRONG as error:
            say("record_changed", as_text(id_), f"its text is no {kind.title}: {error}")
            return
        if wants != rank:
            say("table_changed", id_, f"its visibility is {rank}, it should be {wants}")
        held = row[_LEADING:-4]
        if list(held) != expected:
            wrong = [name for name, have, want in
                     zip(names[_LEADING:], held, expected, strict=True) if have != want]
            say("table_changed", id_, f"the table {kind.name} was changed in: {', '.join(wrong)}")

    def _gone(self, kind: RecordType, rows: int) -> None:
        # Every record has a first version, or the log tells of a gap.
        first = f"kind = '{kind.name}' AND number = 1"
        if self._backend.tuples(
            self._conn, f"SELECT count(*) FROM version WHERE {first}")[0][0] == rows + sum(
                id_.startswith(kind.prefix + "-") for id_ in self._wholly):
            return
        for (id_,) in self._backend.tuples(
            self._conn,
            f'SELECT v.id FROM version AS v LEFT JOIN "{kind.name}" AS c ON c.id = v.id'
            f" WHERE v.{first.replace('AND ', 'AND v.')} AND c.id IS NULL LIMIT {MOST + len(self._wholly)}",
        ):
            if id_ in self._wholly:
                continue
            self._found.say("table_changed", as_text(id_), f"it is gone from the table {kind.name}")


def _expected(kind: RecordType, values: dict[str, Any]) -> tuple[list[Any], tuple[str, ...]]:
    """The columns and the facet cell that a version's values give."""
    columns = kind.project_values(values)
    return columns, facet_cell(kind, columns)
