"""Time from the manufacture of parts to a later day: its distribution, and what it rests on.

The later day decides the meaning, so times to different kinds of day are never
mixed: the day an item was found, or the day by which it had been published.
Quartiles are those of linear interpolation (type 7 of Hyndman and Fan 1996, The
American Statistician 50:361), which need no assumption on the distribution.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import quantiles

LEAST = 5
"""Of fewer times no quartiles are told: they would say more of the few than of the rest."""

DAYS_A_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took, in days; quartiles None where there are fewer than ``LEAST`` times.

    ``by_year`` are (full years, number of parts) without gaps; ``backwards`` are parts
    left out because they would have been made after the later day.
    """

    count: int
    lower: float | None
    median: float | None
    upper: float | None
    shortest: int | None
    longest: int | None
    by_year: tuple[tuple[int, int], ...]
    backwards: int


def times(spans: Iterable[tuple[date, date]]) -> Times:
    """The distribution of (made, later) pairs.

    >>> from datetime import date
    >>> found = times([(date(year, 7, 1), date(2020, 7, 1)) for year in range(2010, 2021)])
    >>> found.count, round(found.median / 365.25, 1), found.by_year[0], found.by_year[-1]
    (11, 5.0, (0, 1), (10, 1))
    """
    days, backwards = [], 0
    for made, later in spans:
        if later < made:
            backwards += 1
        else:
            days.append((later - made).days)
    if not days:
        return Times(0, None, None, None, None, None, (), backwards)
    years = Counter(int(n / DAYS_A_YEAR) for n in days)
    by_year = tuple((year, years.get(year, 0)) for year in range(max(years) + 1))
    lower = median = upper = None
    if len(days) >= LEAST:
        lower, median, upper = quantiles(days, n=4, method="inclusive")
    return Times(len(days), lower, median, upper, min(days), max(days), by_year, backwards)
