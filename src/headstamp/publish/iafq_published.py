"""Published counts of others in a year, beside the items and never added to them.

A cell that a source left empty is "not counted" and makes no tally; what a source counted in other years
and not in this one is said to be not counted, never nought. Sums of other tallies stand by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

from headstamp.publish.iafq_classes import Classes
from headstamp.publish.sheets import Sheet
from headstamp.store.reader import Reader
from headstamp.store.tables import YEAR

NOT_COUNTED = "not counted"
HEADS = ("Source", "Counted, in its words", "Class", "Sum of others?", "Counted in all", "Tallies", "Tallies in other years")


@dataclass(frozen=True, slots=True)
class Published:
    """What one source counted of one kind in the year: None where it made no count."""

    source: str
    what: str
    category: str
    is_sum: bool
    counted: float | None
    tallies: int
    elsewhere: int


def gather(reader: Reader, classes: Classes, year: int) -> tuple[Published, ...]:
    """By source and by what was counted; the year is that of a tally's period."""
    return tuple(_all(reader, classes, year))


def _all(reader: Reader, classes: Classes, year: int) -> Iterator[Published]:
    named = {one.code: one.label for one in classes.classes}
    _, sources = reader.count("tally", "source_document")
    labels = reader.labels([str(one) for one, _ in sources if one])
    for source, _ in sorted(sources, key=lambda one: labels.get(str(one[0]), "")):
        for is_sum in (None, False, True):
            of = {"source_document": source, "total": is_sum}
            for what, every in sorted(reader.count("tally", "what", of)[1]):
                here = {**of, "what": what, YEAR: year}
                tallies, values = reader.count("tally", "count", here)
                families = reader.count("tally", "family", {**of, "what": what})[1]
                family = families[0][0] if len(families) == 1 else "unknown"
                _, category = classes.of(family or "unknown", what)
                yield Published(
                    labels.get(str(source), "") if source else "", what, named.get(category, ""), bool(is_sum),
                    fsum((value or 0) * times for value, times in values) if tallies else None, tallies, every - tallies)


def sheet(some: tuple[Published, ...]) -> Sheet:
    """The counts as a sheet."""
    return Sheet("Published counts", HEADS, [
        [one.source, one.what, one.category, "yes" if one.is_sum else "no",
         NOT_COUNTED if one.counted is None else int(one.counted) if one.counted.is_integer() else one.counted,
         one.tallies, one.elsewhere] for one in some])
