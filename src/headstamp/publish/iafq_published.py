"""Published counts of others in a year, beside the items and never added to them.

A cell that a source left empty is "not counted" and makes no tally; what a source counted in other years
and not in this one is said to be not counted, never nought. Sums of other tallies stand by themselves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum

from headstamp.publish.iafq_classes import Classes
from headstamp.publish.sheets import Sheet
from headstamp.store.reader import Reader

NOT_COUNTED = "not counted"
HEADS = ("Source", "Counted, in its words", "Class", "Sum of others?", "Counted in all", "Tallies", "Tallies in other years")

_Key = tuple[str, str, bool]
"""The source, what it counted, and whether that is a sum of others."""


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
    """By source and by what was counted; a count is of the year that its whole period lies in."""
    here: dict[_Key, list[float]] = {}
    elsewhere: Counter[_Key] = Counter()
    families: dict[_Key, set[str]] = {}
    columns = ("source_document", "what", "total", "family", "count", "period_from", "period_to")
    for source, what, is_sum, family, count, first, last in reader.cells("tally", columns):
        key = (str(source or ""), str(what or ""), bool(is_sum))
        families.setdefault(key, set()).add(family or "unknown")
        if first and last and first[:4] == last[:4] == str(year):
            here.setdefault(key, []).append(float(count or 0))
        else:
            elsewhere[key] += 1
    named = {one.code: one.label for one in classes.classes}
    labels = reader.labels(sorted({source for source, _, _ in families if source}))
    found = []
    for key in sorted(families, key=lambda key: (labels.get(key[0], ""), key[2], key[1], key[0])):
        source, what, is_sum = key
        _, category = classes.of(families[key].copy().pop() if len(families[key]) == 1 else "unknown", what)
        some = here.get(key)
        found.append(Published(labels.get(source, ""), what, named.get(category, ""), is_sum,
                               None if some is None else fsum(some), len(some or ()), elsewhere[key]))
    return tuple(found)


def sheet(some: tuple[Published, ...]) -> Sheet:
    """The counts as a sheet."""
    return Sheet("Published counts", HEADS, [
        [one.source, one.what, one.category, "yes" if one.is_sum else "no",
         NOT_COUNTED if one.counted is None else int(one.counted) if one.counted.is_integer() else one.counted,
         one.tallies, one.elsewhere] for one in some])
