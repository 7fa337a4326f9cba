"""Lag: the time from an item's last lawful supply to its recovery, with what is not known left open.

ATF calls it time-to-crime. Of each item two windows are known at best: the supply happened
between two days, the recovery between two others; the lag lies between the shortest and the
longest of their differences. An item of which the supply is not traced but the making is dated
has a lag of anything up to the time since it was made. Nothing is put in the middle of a window.

The distribution is Turnbull's (``survival``), of the items whose supply is dated: of the others
too little is known, and not by chance, to let them take the shape of these. All are counted into
the bins that ATF publishes: surely in a bin where the whole window is, perhaps where a part is;
what lies between the two is what is not known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from headstamp.analysis.lag.survival import Mass, Quantile, between, resampled, turnbull
from headstamp.analysis.plot import Plot, Series

NAME, VERSION = "lag", 1
LEAST: Final = 5
"""Of fewer items no quartiles are told: they would say more of the few than of the rest."""

# ATF, Firearms Trace Data: under 3 months, 3 to under 7 months, 7 months to under 1 year, and so
# on; a month is a twelfth of 365.25 days.
BINS: Final[tuple[tuple[str, int, int | None], ...]] = (
    ("under 3 months", 0, 92), ("3 to under 7 months", 92, 214), ("7 months to under 1 year", 214, 366),
    ("1 to under 2 years", 366, 731), ("2 to under 3 years", 731, 1096), ("3 years and more", 1096, None),
)

WARNINGS: Final = (
    "These are items that were found and documented, not a random sample of what was supplied or "
    "of what is in use. What is quickly found is found more often; old stock may never be found.",
    "Only what was recovered can be here. Recent supply can only have short lags so far: shares of "
    "recent years look faster than they are, and to keep to recent supply shortens the mean of itself.",
    "A trace that is refused, destroyed or not answered leaves its lag open. Who answers is not "
    "chance: makers of recent goods answer more often.",
)
"""What must be said beside every lag."""


@dataclass(frozen=True, slots=True)
class Times:
    """What is known of one item: days of supply, recovery and making; None where that end is open.

    ``groups`` are what it is counted under besides all: kind of goods, route, country.
    """

    item: str
    supplied: tuple[date | None, date | None] = (None, None)
    recovered: tuple[date | None, date | None] = (None, None)
    made: tuple[date | None, date | None] = (None, None)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """One item's lag in days, from ``low`` to ``high``; ``by`` says what it is counted from."""

    item: str
    low: int
    high: int
    by: str


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of lags: items surely in it, items perhaps in it, and the share by the estimate.

    ``least`` and ``most`` are shares of the items whose supply is dated.
    """

    name: str
    surely: int
    perhaps: int
    least: float
    most: float

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"bin": self.name, "surely": self.surely, "perhaps": self.perhaps,
                "share": [round(self.least, 4), round(self.most, 4)]}


@dataclass(frozen=True, slots=True)
class Lag:
    """The lags of a group of items: how many count, why others do not, and their distribution.

    ``count`` are the items whose supply is dated, ``exact`` those of them known to the day;
    ``from_making`` others have only a longest possible lag and are in the bins alone.
    ``left_out`` are (reason, how many). Quartiles are None where fewer than ``LEAST`` items count.
    """

    group: str
    count: int
    exact: int
    from_making: int
    left_out: tuple[tuple[str, int], ...]
    shortest: Span | None
    longest: Span | None
    quartiles: tuple[Quantile, ...] | None
    bins: tuple[Bin, ...]
    masses: tuple[Mass, ...]
    warnings: tuple[str, ...] = WARNINGS

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; days throughout."""
        return {
            "measure": NAME, "version": VERSION, "group": self.group, "items": self.count,
            "exact": self.exact, "from_making": self.from_making, "left_out": dict(self.left_out),
            "shortest": _span(self.shortest), "longest": _span(self.longest),
            "quartiles": [one.as_dict() for one in self.quartiles] if self.quartiles else None,
            "bins": [one.as_dict() for one in self.bins],
            "masses": [[m.first, m.last, round(m.share, 6)] for m in self.masses],
            "warnings": list(self.warnings),
        }


def span(times: Times) -> Span | str:
    """One item's lag in days, or why it has none.

    >>> from datetime import date
    >>> span(Times("item-1", (date(2015, 12, 12), date(2015, 12, 12)),
    ...            (date(2016, 2, 9), date(2016, 2, 9))))
    Span(item='item-1', low=59, high=59, by='supply')
    """
    found, until = times.recovered
    if found is None or until is None:
        return "no date of recovery"
    first, last = times.supplied
    by = "supply"
    if first is None:
        first, last, by = times.made[0], until, "making"
    if first is None:
        return "neither supply nor making is dated"
    if last is None:
        last = until
    if first > until:
        return "supplied after it was recovered: a contradiction"
    return Span(times.item, max(0, (found - min(last, found)).days), (until - first).days, by)


def lags(all_times: Iterable[Times], *, draws: int = 300) -> tuple[Lag, ...]:
    """The lags of all items, then of each group by name. The same items give the same answer."""
    groups: dict[str, list[Times]] = {"": []}
    for times in all_times:
        groups[""].append(times)
        for group in times.groups:
            groups.setdefault(group, []).append(times)
    return tuple(lag(name, groups[name], draws=draws) for name in sorted(groups))


def lag(group: str, some: Sequence[Times], *, draws: int = 300) -> Lag:
    """The lags of one group."""
    spans: list[Span] = []
    left: dict[str, int] = {}
    for times in sorted(some, key=lambda one: one.item):
        found = span(times)
        if isinstance(found, str):
            left[found] = left.get(found, 0) + 1
        else:
            spans.append(found)
    supplied = [one for one in spans if one.by == "supply"]
    days: list[tuple[int, int | None]] = [(one.low, one.high) for one in supplied]
    masses = turnbull(days)
    quartiles = None
    if len(supplied) >= LEAST:
        quartiles = resampled(days, (0.25, 0.5, 0.75), draws=draws)
    return Lag(
        group, len(supplied), sum(one.low == one.high for one in supplied),
        len(spans) - len(supplied), tuple(sorted(left.items())),
        min(supplied, key=lambda one: (one.high, one.low, one.item), default=None),
        max(supplied, key=lambda one: (one.low, one.high, one.item), default=None),
        quartiles, tuple(_bin(name, low, end, spans, masses) for name, low, end in BINS), masses,
    )


def share_plot(found: Lag) -> Plot:
    """The share reached by each time: as early as it can have been, as late, and the band between.

    Within each mass the share lies anywhere between the two: nothing is put in the middle of a window.
    """
    days = [day for mass in found.masses for day in (mass.first, mass.last) if day is not None]
    end = max([*days, 1])
    unit, word = (365.25, "years") if end > 2 * 365.25 else (1.0, "days")
    early = _reached([(mass.first, mass.share) for mass in found.masses], end)
    late = _reached([(mass.last, mass.share) for mass in found.masses if mass.last is not None], end)
    band: list[tuple[float, None, float, float]] = []
    for day in sorted({day for day, _ in (*early, *late)}):
        low, high = _at(late, day), _at(early, day)
        if band:  # a step: up to this day it stays as it was
            band.append((day / unit, None, *band[-1][2:]))
        band.append((day / unit, None, low, high))
    series = (Series("not known between", "band", tuple(band)),
              Series("as early as it can have been", "step", tuple((d / unit, s) for d, s in early)),
              Series("as late as it can have been", "step", tuple((d / unit, s) for d, s in late)))
    return Plot("share", "Share recovered within so long after the last lawful supply",
                f"{word} after the last lawful supply", "share", series if found.masses else (),
                words="In the band between the two lines nothing is known.")


def _reached(steps: Sequence[tuple[int, float]], end: int) -> list[tuple[int, float]]:
    """The share reached, from nought on the first day to the end."""
    found, so_far = [(0, 0.0)], 0.0
    for day, share in sorted(steps):
        so_far = min(1.0, so_far + share)
        found.append((day, so_far))
    return [*found, (end, so_far)] if found[-1][0] < end else found


def _at(reached: Sequence[tuple[int, float]], day: int) -> float:
    return reached[bisect_right(reached, day, key=lambda one: one[0]) - 1][1]


def _bin(
    name: str, low: int, end: int | None, spans: Sequence[Span], masses: Sequence[Mass]
) -> Bin:
    surely = sum(one.low >= low and (end is None or one.high < end) for one in spans)
    touched = sum(one.high >= low and (end is None or one.low < end) for one in spans)
    return Bin(name, surely, touched - surely, *between(masses, low, end))


def _span(one: Span | None) -> dict[str, Any] | None:
    return {"item": one.item, "days": [one.low, one.high], "from": one.by} if one else None
