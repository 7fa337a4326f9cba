"""What sightings and effort say by themselves: who was first, what each theatre shows, how both grow.

A date is a window. Whichever sighting may lie before the earliest end of all windows can be the first; no
one of them is. Of each theatre it is told how many finds were documented there before its first
sighting: were the signature there all along, in the same share, that many without it would come about with the
chance C(n - before, k) / C(n, k) (all orders of its finds alike).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from headstamp.analysis.counts.interval import wilson
from headstamp.analysis.space_time.chance import gamma_quantile, poisson_at_least
from headstamp.analysis.spread.table import Find, day
from headstamp.analysis.spread.trend import Floats

_PERIODS = 12


@dataclass(frozen=True, slots=True)
class Theatre:
    """What one theatre shows. ``before`` finds were documented before its first sighting, ``looked_from`` is the
    first day of any; ``chance_none`` that so many show nothing though the signature was there."""

    theatre: str
    finds: int
    sightings: int
    looked_from: str | None
    before: int
    first_from: str | None
    first_to: str | None
    chance_none: float | None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


def first(sightings: Sequence[Find]) -> tuple[list[Find], int | None, int | None]:
    """The sightings that can be the first, and the days between which the first lies (None: not known).

    One without any date can always be the first; the window says what those with dates say.
    """
    ends = [one.last for one in sightings if one.last is not None]
    latest = min(ends, default=None)
    can = [one for one in sightings if one.first is None or latest is None or one.first <= latest]
    begins = [one.first for one in can]
    earliest = None if None in begins or not begins else min(one for one in begins if one is not None)
    return sorted(can, key=lambda one: (one.first or 0, one.name)), earliest, latest


def theatres(finds: Sequence[Find]) -> list[Theatre]:
    """Each theatre in which it was seen or could have been, in the order of first sightings."""
    by_name: dict[str, list[Find]] = {}
    for one in finds:
        if one.theatre and one.shows is not None:
            by_name.setdefault(one.theatre, []).append(one)
    told = [_theatre(name, of) for name, of in by_name.items()]
    return sorted(told, key=lambda one: (one.sightings == 0, one.first_to or "9999", one.theatre))


def _theatre(name: str, finds: Sequence[Find]) -> Theatre:
    shown = [one for one in finds if one.shows]
    _, earliest, latest = first(shown)
    begins = [one.first for one in finds if one.first is not None]
    before = 0 if earliest is None else sum(one.last is not None and one.last < earliest for one in finds)
    n, k = len(finds), len(shown)
    chance = None
    if k:
        chance = exp(_log_choose(n - before, k) - _log_choose(n, k)) if before <= n - k else 0.0
    return Theatre(name, n, k, day(min(begins, default=None)), before if k else n, day(earliest), day(latest), chance)


def growth(times: Floats, start: float, end: float, level: float) -> tuple[float, float, float]:
    """The factor by which events multiply in a unit of time, with its interval (likelihood ratio).

    Events at ``times`` between start and end, at a rate that grows or falls by one factor.
    """
    span, at, n = end - start, (times - start).mean(), len(times)
    slopes = np.linspace(-30, 30, 6_001) / span
    reach = slopes * span
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        whole = np.where(np.abs(reach) < 1e-9, log(span), np.log(np.abs(np.expm1(reach))) - np.log(np.abs(slopes)))
    likelihood = n * (slopes * at - whole)
    held = np.flatnonzero(likelihood >= likelihood.max() - gamma_quantile(0.5, level))
    return tuple(_power(float(slopes[one])) for one in (int(likelihood.argmax()), int(held[0]), int(held[-1])))  # type: ignore[return-value]


def _power(slope: float) -> float:
    return exp(min(slope, 700.0))


def periods(finds: Sequence[Find], level: float) -> list[dict[str, Any]]:
    """Finds and sightings by equal stretches of time, with the share and Wilson's interval."""
    dated = [(middle, one) for one in finds if (middle := one.middle) is not None and one.shows is not None]
    if not dated:
        return []
    start, end = min(at for at, _ in dated), max(at for at, _ in dated)
    count = max(1, min(_PERIODS, len(dated) // 5, int(end - start)))
    width = (end - start) / count or 1.0
    told = []
    for number in range(count):
        low, high = start + number * width, start + (number + 1) * width
        of = [one for at, one in dated if low <= at and (at < high or number == count - 1)]
        shown = sum(bool(one.shows) for one in of)
        ends = wilson(shown, len(of), level) if of else (None, None)
        told.append({"from": day(round(low)), "to": day(round(high)), "finds": len(of), "sightings": shown,
                     "share": shown / len(of) if of else None, "low": ends[0], "high": ends[1]})
    return told


def crates(finds: Sequence[Find], chances: Sequence[float]) -> tuple[int, float, float]:
    """Pairs of finds of one place and day that both show it: how many, how many expected, and the chance of as many.

    ``chances`` are of each find, by its place and time.
    """
    by_day: dict[tuple[str, int], list[int]] = {}
    for number, one in enumerate(finds):
        if one.first is not None:
            by_day.setdefault((one.place, one.first), []).append(number)
    both, expected = 0, 0.0
    for numbers in by_day.values():
        shown = sum(bool(finds[n].shows) for n in numbers)
        both += shown * (shown - 1) // 2
        of = np.array([chances[n] for n in numbers])
        expected += float((of.sum() ** 2 - (of**2).sum()) / 2)
    return both, expected, poisson_at_least(both, expected) if both else 1.0


def drift_of_sizes(sizes: Sequence[int], times: Sequence[float]) -> float:
    """The chance (two sides, normal) that the sizes of groups hang on time no less, by ranks."""
    if len(sizes) < 10 or len(set(sizes)) < 2 or len(set(times)) < 2:
        return 1.0
    one, other = _ranks(sizes), _ranks(times)
    rho = float(np.corrcoef(one, other)[0, 1])
    return 2 * (1 - NormalDist().cdf(abs(rho) * sqrt(len(sizes) - 1)))


def _ranks(values: Sequence[float]) -> Floats:
    _, at, counts = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts + 1) / 2)[at], dtype=np.float64)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
