"""Records that belong to a record, as a table on its page: the first of them, and how many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.records import BY_NAME, RecordType
from headstamp.store.reader import Reader
from headstamp.store.related import COUNTED_TO
from headstamp.store.shown import Shown
from headstamp.web.contexts.facts import Piece, labels_of, pieces, ref_piece
from headstamp.web.page import ON_PAGE

MOST = 50


@dataclass(frozen=True)
class Related:
    """Some records of one kind. ``count`` is exact up to 1,000; beyond that ``more`` is true."""

    kind: str
    count: int
    more: bool
    rows: tuple[Shown, ...]
    title: str = field(default="", metadata=ON_PAGE)
    headings: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    lines: tuple[tuple[Piece, tuple[tuple[Piece, ...], ...]], ...] = field(
        default=(), metadata=ON_PAGE
    )
    to_all: str = field(default="", metadata=ON_PAGE)

    def __bool__(self) -> bool:
        return bool(self.count)


def related(
    reader: Reader, kind: str, rows: Sequence[Shown], columns: Sequence[str], title: str, *,
    count: int | None = None, to_all: str = "",
) -> Related:
    """Records as a table of these fields, those first of which there is most to say."""
    type_ = BY_NAME[kind]
    facts = [type_.by_name[name] for name in columns]
    facts = [fact for fact in facts if any(row.get(fact.name) is not None for row in rows)]
    labels = labels_of(reader, rows, BY_NAME)
    n = len(rows) if count is None else count
    return Related(
        kind, min(n, COUNTED_TO), n > COUNTED_TO, tuple(rows), title,
        (type_.title.capitalize(), *(fact.title for fact in facts)),
        tuple(
            (ref_piece(row.id, row.label),
             tuple(pieces(fact, row.get(fact.name), labels) for fact in facts))
            for row in rows
        ),
        to_all,
    )


class Named:
    """All that names a record, asked for once and handed out by kind and field."""

    def __init__(self, reader: Reader, record_id: str, most: int = MOST) -> None:
        self._reader = reader
        self._id = record_id
        self._found = {
            (one.kind.name, one.field.name): (one.count, rows)
            for one, rows in reader.naming(record_id, most)
        }
        self.taken: set[tuple[str, str]] = set()

    def rows(self, kind: str, field: str) -> list[Shown]:
        """The first records of a kind that name this one by a field."""
        self.taken.add((kind, field))
        return self._found.get((kind, field), (0, []))[1]

    def count(self, kind: str, field: str) -> int:
        """How many records of a kind name this one by a field, counted up to 1,000."""
        return min(self._found.get((kind, field), (0, []))[0], COUNTED_TO)

    def table(self, kind: str, field: str, columns: Sequence[str], title: str) -> Related:
        """The same as a table."""
        self.taken.add((kind, field))
        count, rows = self._found.get((kind, field), (0, []))
        type_: RecordType = BY_NAME[kind]
        to_all = ""
        if count > len(rows) and not type_.by_name[field].many:
            to_all = f"/{type_.slug}?{urlencode({field: self._id})}"
        return related(self._reader, kind, rows, columns, title, count=count, to_all=to_all)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._found)
