"""The texts that the index of markings is made of, and what became of those it holds already.

Markings and readings that are current, each with the rank that may see it and
what its item says of maker, model and so on. The index itself is no table: it
is the business of the actions (``actions/markings/index.py``). Only the index
asks here, for all ranks; a person is never answered from this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Select, func, select

from headstamp.records import BY_NAME
from headstamp.store.backend import Backend, batches
from headstamp.store.facets import erased_since, moves_ranks
from headstamp.store.policy import field_rank
from headstamp.store.tables import CHECKPOINT, CURRENT, LOG, VERSION

_PAGE: Final = 50_000

# What is known beside a marking, by the field of its item that says it.
CONTEXT: Final = {
    "maker": "make", "model": "model", "calibre": "calibre", "family": "family",
    "country": "country", "year": "made_on",
}
_UNKNOWN: Final = "unknown"
# All but the year are columns as they are.
_SAID: Final = tuple(name for name in CONTEXT if name != "year")

_MARKING, _READING, _ITEM = CURRENT["marking"], CURRENT["reading"], CURRENT["item"]


@dataclass(frozen=True, slots=True)
class MarkingText:
    """The text of a current marking or reading.

    ``seq`` is the log entry of its version, ``rank`` the clearance it needs.
    """

    seq: int
    rank: int
    text: str
    context: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Gained:
    """What a stretch of the log did to the texts before it, by their log entries.

    ``replaced`` are no longer current; ``said_anew`` are as they were, but their item
    now says something else; ``moved``: a tier or an owner changed somewhere, so that
    any text may need another clearance than before. ``erased``: something was erased, and
    nothing may be kept of the texts held so far.
    """

    replaced: frozenset[int]
    said_anew: frozenset[int]
    moved: bool
    erased: bool = False


@contextmanager
def texts_of(backend: Backend) -> Iterator[MarkingTexts]:
    """The texts of a case, in the state of this moment."""
    with backend.reading() as conn:
        yield MarkingTexts(conn, backend)


class MarkingTexts:
    """The texts of a case in one unchanging state. Made by :func:`texts_of`."""

    def __init__(self, conn: Connection, backend: Backend) -> None:
        self._conn = conn
        self._backend = backend

    def log_size(self) -> int:
        """How many entries the log has."""
        query = select(func.coalesce(func.max(LOG.c.seq) + 1, 0))
        return int(self._conn.execute(query).scalar_one())

    def state_of_log(self, size: int) -> str:
        """A digest of the signed checkpoint of the log at a size; empty where there is none."""
        note = self._conn.execute(
            select(CHECKPOINT.c.note).where(CHECKPOINT.c.size == size)
        ).scalar()
        return hashlib.sha256(str(note).encode()).hexdigest() if note is not None else ""

    def since(self, start: int) -> Iterator[MarkingText]:
        """The current texts recorded from this log entry on; markings first, in the log's order."""
        for query, table in _queries():
            last = start - 1
            while True:
                rows = self._conn.execute(
                    query.where(table.c.log_seq > last).order_by(table.c.log_seq).limit(_PAGE)
                ).all()
                if not rows:
                    break
                yield from map(_text, rows)
                last = rows[-1].log_seq

    def at(self, seqs: Iterable[int]) -> Iterator[MarkingText]:
        """The current texts of these log entries."""
        for query, table in _queries():
            for some in batches(sorted(seqs), 500):
                yield from map(_text, self._conn.execute(query.where(table.c.log_seq.in_(some))))

    def ranks(self) -> Iterator[tuple[int, int]]:
        """(log entry, rank) of every current marking and reading that has a text."""
        for query, table in _queries():
            rows = query.with_only_columns(table.c.log_seq, table.c.visible_rank)
            for row in self._conn.execute(rows, execution_options={"yield_per": _PAGE}):
                yield row.log_seq, _needs(row.visible_rank)

    def gained(self, start: int) -> Gained:
        """What the log from this entry on did to the texts before it."""
        before = VERSION.alias()
        rows = self._conn.execute(
            select(before.c.seq, before.c.kind, before.c.id, before.c.body,
                   VERSION.c.body.label("now"))
            .join(VERSION, VERSION.c.before == before.c.seq)
            .where(VERSION.c.seq >= start, VERSION.c.before.is_not(None))
        ).all()
        replaced: set[int] = set()
        items: set[str] = set()
        markings: set[str] = set()
        moved = False
        for row in rows:
            moved = moved or moves_ranks(row)
            if row.kind in ("marking", "reading"):
                replaced.add(row.seq)
            if row.kind == "marking":
                markings.add(row.id)
            elif row.kind == "item" and _says_else(row):
                items.add(row.id)
        return Gained(
            frozenset(replaced), frozenset(self._belonging(items, markings, start)), moved,
            erased_since(self._conn, start),
        )

    def _belonging(self, items: set[str], markings: set[str], start: int) -> Iterator[int]:
        """The texts before ``start`` of these items, and the readings of these markings."""
        for some in batches(sorted(items), 500):
            held = self._backend.among(_MARKING.c.item, some)
            yield from self._conn.execute(
                select(_MARKING.c.log_seq).where(held, _MARKING.c.log_seq < start)
            ).scalars()
            yield from self._conn.execute(
                select(_READING.c.log_seq).join(_MARKING, _MARKING.c.id == _READING.c.marking)
                .where(held, _READING.c.log_seq < start)
            ).scalars()
        for some in batches(sorted(markings), 500):
            yield from self._conn.execute(
                select(_READING.c.log_seq).where(
                    self._backend.among(_READING.c.marking, some), _READING.c.log_seq < start
                )
            ).scalars()


def _says_else(row: Any) -> bool:
    then, now = orjson.loads(row.body or b"{}"), orjson.loads(row.now or b"{}")
    return any(then.get(name) != now.get(name) for name in CONTEXT.values())


def _queries() -> tuple[tuple[Select[Any], Any], ...]:
    said = [_ITEM.c[CONTEXT[name]] for name in _SAID]
    made = [_ITEM.c.made_on_from, _ITEM.c.made_on_to]
    of_markings = (
        select(_MARKING.c.log_seq, _MARKING.c.visible_rank, _MARKING.c.text, *said, *made)
        .select_from(_MARKING.outerjoin(_ITEM, _ITEM.c.id == _MARKING.c.item))
        .where(_MARKING.c.text.is_not(None))
    )
    of_readings = (
        select(_READING.c.log_seq, _READING.c.visible_rank, _READING.c.text, *said, *made)
        .select_from(
            _READING.outerjoin(_MARKING, _MARKING.c.id == _READING.c.marking)
            .outerjoin(_ITEM, _ITEM.c.id == _MARKING.c.item)
        )
        .where(_READING.c.text.is_not(None))
    )
    return (of_markings, _MARKING), (of_readings, _READING)


def _needs(rank: int) -> int:
    # Both kinds need the same clearance for their text: see the check below.
    return max(int(rank), field_rank("marking", "text"))


def _text(row: Any) -> MarkingText:
    seq, visible, text, *said = row
    rank = _needs(visible)
    return MarkingText(seq, rank, text, _context(rank, tuple(said)))


@lru_cache(maxsize=4096)
def _context(rank: int, said: tuple[str | None, ...]) -> dict[str, str] | None:
    """What the columns of an item say, as far as this rank may see it; shared by its markings."""
    *values, first, last = said
    context: dict[str, str] = {}
    for name, value in zip(_SAID, values, strict=True):
        # A marking is seen by nobody who may not see its item; a field may need more.
        if value and value != _UNKNOWN and field_rank("item", CONTEXT[name]) <= rank:
            context[name] = str(value)
    year = _year(first, last)
    if year and field_rank("item", CONTEXT["year"]) <= rank:
        context["year"] = year
    return context or None


def _year(first: str | None, last: str | None) -> str:
    """The year something was made, where it is known to one or two."""
    if not first or not last or not 0 <= int(last[:4]) - int(first[:4]) <= 1:
        return ""
    return first[:4]


if field_rank("marking", "text") != field_rank("reading", "text") or not {
    *CONTEXT.values()
} <= {fact.name for fact in BY_NAME["item"].facts}:
    raise AssertionError("the index of markings takes fields that are not what it thinks")
