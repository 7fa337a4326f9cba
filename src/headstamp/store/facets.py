"""Counts by facet: kept for what is asked most, computed in memory for the rest.

``facet_count`` holds, for each facet value and visible rank, how many current
records have it; the writer keeps it. It answers totals and unnarrowed facets at
once, at any size. Facets of a narrowed list are counted by the database; where
a server has warmed a :class:`FacetIndex` (one small number a record and facet,
in memory), from that, so that a million items answer in milliseconds.

The index holds ranks beside the facets: a count never includes what its reader
may not see.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, func, null, select

from headstamp.records import BY_NAME, TYPES, RecordType
from headstamp.store.rows import cell_text
from headstamp.store.tables import COUNT, CURRENT, LOG, VERSION, facet_columns

_GONE = 255
_PAGE = 50_000

# A facet's values as wanted: empty for all, else the texts that are let through.
Wanted = Mapping[str, frozenset[str]]
Only = Sequence[int] | None


def spread(kind: RecordType, cells: Counter[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows for ``facet_count`` from counts of (rank, facet values): (kind, field, value, rank, n)."""
    names = ("", *facet_columns(kind))
    counts: Counter[tuple[str, str, int]] = Counter()
    for (rank, *values), n in cells.items():
        if n:
            for name, value in zip(names, ("", *values), strict=True):
                counts[name, value, rank] += n
    return [(kind.name, *key, n) for key, n in sorted(counts.items()) if n]


def total(conn: Connection, kind: RecordType, rank: int) -> int:
    """How many current records of a kind this rank may see."""
    return sum(groups(conn, kind, "", rank).values())


def groups(conn: Connection, kind: RecordType, field: str, rank: int) -> dict[str, int]:
    """For each value of a facet (empty text: none) how many records this rank may see."""
    rows = conn.execute(
        select(COUNT.c.value, func.sum(COUNT.c.n))
        .where(COUNT.c.kind == kind.name, COUNT.c.field == field, COUNT.c.visible_rank <= rank)
        .group_by(COUNT.c.value)
    )
    return {value: int(n) for value, n in rows}


class FacetIndex:
    """The facets of all current records of one kind, as numbers in memory.

    A record takes a byte for its rank, eight for its log entry, four for its day and
    four a facet.
    It is brought up to the log by :meth:`catch_up`; one lock guards it.
    """

    def __init__(self, kind: RecordType) -> None:
        self.kind = kind
        self.columns = facet_columns(kind)
        self.by_day = f"{kind.when}_from" if kind.when else ""
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._upto = 0
        self._seqs = np.empty(0, np.int64)
        self._ranks = np.empty(0, np.uint8)
        self._codes = [np.empty(0, np.uint32) for _ in self.columns]
        self._days = np.empty(0, np.int32)
        self._code_of: list[dict[str, int]] = [{} for _ in self.columns]

    def catch_up(self, conn: Connection) -> None:
        """Takes in what the log has gained, and lets go of superseded versions."""
        with self._lock:
            size = conn.execute(select(func.coalesce(func.max(LOG.c.seq) + 1, 0))).scalar_one()
            if size <= self._upto:
                return
            if self._upto and erased_since(conn, self._upto):
                self._clear()  # what was erased has no later version; no value of it may stay here
            if self._upto:
                self._let_go(conn)
            self._take_in(conn)
            self._upto = size

    def _let_go(self, conn: Connection) -> None:
        """Drops superseded versions; all, where a change may have moved the ranks of others."""
        before = VERSION.alias()
        rows = conn.execute(
            select(before.c.seq, before.c.kind, before.c.body, VERSION.c.body.label("now"))
            .join(VERSION, VERSION.c.before == before.c.seq)
            .where(VERSION.c.seq >= self._upto)
        ).all()
        if any(row.kind in _OWNING and moves_ranks(row) for row in rows):
            self._clear()
            return
        old = [row.seq for row in rows if row.kind == self.kind.name]
        places = np.searchsorted(self._seqs, np.array(old, np.int64))
        for place, seq in zip(places, old, strict=True):
            if place < len(self._seqs) and self._seqs[place] == seq:
                self._ranks[place] = _GONE

    def _take_in(self, conn: Connection) -> None:
        table = CURRENT[self.kind.name]
        day = table.c[self.by_day] if self.by_day else null()
        query = select(
            table.c.log_seq, table.c.visible_rank, day, *(table.c[name] for name in self.columns)
        ).order_by(table.c.log_seq)
        last = self._upto - 1
        seqs, ranks, days = [self._seqs], [self._ranks], [self._days]
        codes = [[held] for held in self._codes]
        while True:
            rows = conn.execute(query.where(table.c.log_seq > last).limit(_PAGE)).all()
            if not rows:
                break
            turned = list(zip(*rows, strict=True))
            seqs.append(np.array(turned[0], np.int64))
            ranks.append(np.array(turned[1], np.uint8))
            days.append(np.array([_number(day) for day in turned[2]], np.int32))
            for held, code_of, values in zip(codes, self._code_of, turned[3:], strict=True):
                held.append(np.array(_coded(code_of, values), np.uint32))
            last = rows[-1][0]
        self._seqs, self._ranks = np.concatenate(seqs), np.concatenate(ranks)
        self._days = np.concatenate(days)
        self._codes = [np.concatenate(held) for held in codes]

    def count(
        self, wanted: Wanted, rank: int, fields: Sequence[str], only: Only = None
    ) -> tuple[int, dict[str, dict[str, int]]]:
        """How many records are let through, and for each of these fields how many a value.

        ``only``: places in the log of the records that some other condition lets through.
        """
        with self._lock:
            mask = self._mask(wanted, rank, only)
            number = int(mask.sum())
            chosen = np.flatnonzero(mask) if number < len(mask) // 4 else mask
            found: dict[str, dict[str, int]] = {}
            for field in fields:
                place = self.columns.index(field)
                code_of = self._code_of[place]
                counts = np.bincount(self._codes[place][chosen], minlength=len(code_of))
                found[field] = {
                    value: int(counts[code]) for value, code in code_of.items() if counts[code]
                }
        return number, found


    def page(
        self, wanted: Wanted, rank: int, by: str, descending: bool, limit: int, offset: int,
        only: Only = None,
    ) -> list[int]:
        """The places in the log of some of the records let through, by log, facet or day.

        Empty values stand last either way; those of one value are in the order of
        the log. By a facet nothing is sorted: the counts tell under which values
        the page falls.
        """
        with self._lock:
            mask = self._mask(wanted, rank, only)
            if not by:
                return self._some(mask, descending, limit, offset)
            if by == self.by_day:
                return self._by_day(mask, descending, limit, offset)
            place = self.columns.index(by)
            codes, code_of = self._codes[place], self._code_of[place]
            counts = np.bincount(codes[mask], minlength=len(code_of))
            values = sorted((value for value in code_of if value), reverse=descending)
            found: list[int] = []
            for value in (*values, *([""] if "" in code_of else ())):
                number = int(counts[code_of[value]])
                if offset >= number:
                    offset -= number
                    continue
                found += self._some(
                    mask & (codes == code_of[value]), descending, limit - len(found), offset
                )
                offset = 0
                if len(found) >= limit:
                    break
            return found

    def _by_day(self, mask: Any, descending: bool, limit: int, offset: int) -> list[int]:
        places = np.flatnonzero(mask)
        # A day is eight digits, nothing is 0: turned so that nothing stands last either way.
        days = self._days[places]
        if descending:
            places, days = places[::-1], -days[::-1]
        else:
            days = np.where(days == 0, np.iinfo(np.int32).max, days)
        order = np.argsort(days, kind="stable")[offset : offset + limit]
        return [int(seq) for seq in self._seqs[places[order]]]

    def _some(self, mask: Any, descending: bool, limit: int, offset: int) -> list[int]:
        places = np.flatnonzero(mask)
        if descending:
            places = places[::-1]
        return [int(seq) for seq in self._seqs[places[offset : offset + limit]]]

    def _mask(self, wanted: Wanted, rank: int, only: Only = None) -> Any:
        """Which records are let through; the lock is held."""
        mask = self._ranks <= rank
        if only is not None:
            held = np.zeros(len(mask), bool)
            asked = np.asarray(only, np.int64)
            places = np.searchsorted(self._seqs, asked)
            inside = places < len(self._seqs)
            places, asked = places[inside], asked[inside]
            held[places[self._seqs[places] == asked]] = True
            mask &= held
        for field, values in wanted.items():
            place = self.columns.index(field)
            code_of = self._code_of[place]
            let = [code_of[value] for value in values if value in code_of]
            codes = self._codes[place]
            if len(let) == 1:
                mask &= codes == let[0]
            else:
                mask &= np.isin(codes, np.array(let, np.uint32))
        return mask


_OWNING = frozenset(
    owner.name
    for kind in TYPES for field in kind.owners
    for owner in TYPES
    if not kind.by_name[field].ref or owner.prefix in (kind.by_name[field].ref or ())
)


def erased_since(conn: Connection, seq: int) -> bool:
    """Whether any erasure was asked for or carried out from this entry on."""
    query = select(VERSION.c.seq).where(VERSION.c.seq >= seq, VERSION.c.kind == "erasure").limit(1)
    return conn.execute(query).first() is not None


def moves_ranks(row: Any) -> bool:
    """Whether two versions of a record differ in tier or in what it belongs to."""
    if row.body is None or row.now is None:
        return True
    then, now = orjson.loads(row.body), orjson.loads(row.now)
    return any(then.get(name) != now.get(name) for name in ("tier", *BY_NAME[row.kind].owners))


def _number(day: str | None) -> int:
    """A day as a number that sorts like it; 0 where there is none."""
    return int(day.replace("-", "")) if day else 0


def _coded(code_of: dict[str, int], values: Iterable[Any]) -> list[int]:
    return [
        code_of.setdefault(value if type(value) is str else cell_text(value), len(code_of))
        for value in values
    ]
