"""Runs of markings in a case, and the ranges that papers and answers name: what stands around a reading.

Made from what one clearance may see and from nothing else, and kept in memory
for the state of the case it was made of: one entry more in the log and it is made
again, so that nothing is told of a record that was sealed meanwhile. Where that
would take long (``READY_UPTO``), pages tell it only once somebody has asked
for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

from headstamp.markings.place import Place, SeriesIndex
from headstamp.markings.range_index import Cover, RangeIndex
from headstamp.markings.serial_range import SerialRange, read_ranges
from headstamp.markings.series import Series, find_series
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.policy import open_facts
from headstamp.store.reader import Reader

READY_UPTO: Final = 50_000
"""With more markings than this, nothing is made unless it is asked for: see ``ready``."""

NO_NUMBERS: Final = frozenset({
    "maker", "model", "calibre", "year", "part_number", "date_code", "logo", "product", "headstamp",
    "factory_code", "proof", "barcode",
})
"""Kinds of marking that name a type, a maker or a time: their numbers do not count pieces.

A barcode is among them because most hold an article's number (GTIN); a serial in one is read
and recorded as a serial.
"""

RANGED: Final = ("trace_reply", "transfer")
"""Kinds of record with a field ``serials``: numbers or ranges, as written."""


@dataclass(frozen=True)
class Covered:
    """A record whose serial numbers cover a reading."""

    id: str
    kind: str
    label: str
    cover: Cover

    @property
    def words(self) -> str:
        """In one line, with the record's kind and label."""
        return (f"{self.cover.how} covered by {BY_NAME[self.kind].title} {self.label}: "
                f"{self.cover.details()}").strip()

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"id": self.id, "kind": self.kind, "label": self.label, **self.cover.as_dict(),
                "words": self.words}


@dataclass(frozen=True)
class Around:
    """What stands around one reading: runs that it is in or next to, ranges that cover it."""

    places: tuple[Place, ...] = ()
    covered: tuple[Covered, ...] = ()

    def words(self) -> list[str]:
        """One line for each."""
        return [*(place.words for place in self.places), *(one.words for one in self.covered)]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"runs": [place.as_dict() for place in self.places],
                "ranges": [one.as_dict() for one in self.covered]}


@dataclass(frozen=True)
class Ranged:
    """A record that names serial numbers, and what is read of them."""

    id: str
    kind: str
    text: str
    ranges: tuple[SerialRange, ...]
    problems: tuple[str, ...]
    left_out: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"id": self.id, "kind": self.kind, "serials": self.text,
                "ranges": [one.as_dict() for one in self.ranges],
                "problems": list(self.problems), "left_out": list(self.left_out)}


class Surroundings:
    """All runs and ranges of a case that one clearance may see, in one state of the log.

    ``ids`` are the markings' ids at the positions that :class:`Series` names.
    """

    def __init__(self, reader: Reader, largest_gap: int | None = None) -> None:
        self.size = reader.size()
        self.ids: list[str] = []
        texts: list[str] = []
        # What is printed on a component, where nobody said what it is, is its type as a rule.
        components = {
            row[0] for row in reader.cells("item", ("id",), {"family": "component"})
        }
        for id_, text, kind, item in reader.cells(
            "marking", ("id", "text", "marking_kind", "item")
        ):
            if text and kind not in NO_NUMBERS and not (kind == "unknown" and item in components):
                self.ids.append(id_)
                texts.append(text)
        self.looked_at = len(texts)
        self.series: list[Series] = find_series(texts, largest_gap=largest_gap)
        self.ranged: list[Ranged] = list(_ranged(reader))

    @cached_property
    def places(self) -> SeriesIndex:
        """The runs, to be asked for a reading's place."""
        return SeriesIndex(self.series)

    @cached_property
    def ranges(self) -> RangeIndex:
        """The ranges, by the id of the record that names them."""
        return RangeIndex((one.id, range_) for one in self.ranged for range_ in one.ranges)

    def around(self, reader: Reader, text: str, *, limit: int = 3) -> Around:
        """What stands around a reading. ``reader`` gives the labels, in the same clearance."""
        covers = self.ranges.covering(text, limit=limit) if self.ranged else []
        shown = reader.many([cover.key for cover in covers])
        return Around(
            tuple(self.places.place(text, limit=limit)),
            tuple(Covered(cover.key, shown[cover.key].kind, shown[cover.key].label, cover)
                  for cover in covers if cover.key in shown),
        )


def _ranged(reader: Reader) -> Iterator[Ranged]:
    for name in RANGED:
        kind = BY_NAME[name]
        if all(fact.name != "serials" for fact in open_facts(kind, reader.rank)):
            continue
        for id_, text in reader.cells(name, ("id", "serials")):
            if text:
                read = read_ranges(text)
                yield Ranged(id_, name, text, read.ranges, tuple(map(str, read.problems)),
                             read.left_out)


_KEPT: WeakKeyDictionary[Case, dict[str, Surroundings]] = WeakKeyDictionary()
_LOCK = Lock()


def surroundings(case: Case, reader: Reader) -> Surroundings:
    """The runs and ranges of the case as this reader sees it; made once for each state of it.

    Seconds for a million markings.
    """
    with _LOCK:
        kept = _KEPT.setdefault(case, {})
        found = kept.get(reader.clearance)
        if found is None or found.size != reader.size():
            found = kept[reader.clearance] = Surroundings(reader)
        return found


def ready(case: Case, reader: Reader) -> Surroundings | None:
    """The same where it is made already or takes a moment; None where it would take long."""
    with _LOCK:
        found = _KEPT.get(case, {}).get(reader.clearance)
    if found is not None and found.size == reader.size():
        return found
    if reader.totals()["marking"] > READY_UPTO:
        return None
    return surroundings(case, reader)


def around(case: Case, reader: Reader, text: str) -> list[str]:
    """What is said beside a hit or a marking: runs and ranges around its text, in words.

    Empty where there is none, and on a large case until somebody has asked for its series.
    """
    found = ready(case, reader)
    return found.around(reader, text).words() if found is not None else []
