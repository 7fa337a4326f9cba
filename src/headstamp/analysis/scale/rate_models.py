"""Ways to reckon a rate from packages: what was found, running numbers against dates, months by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.measure import Model
from headstamp.analysis.resampling import student
from headstamp.analysis.scale.rate_table import MONTH, Package
from headstamp.analysis.scale.theil_sen import line
from headstamp.analysis.tails import chi_square_above
from headstamp.kinds.counted import plural

Floats = npt.NDArray[np.float64]
LEAST_NUMBERS: Final = 5
_WIDE: Final = 0.25
_SHOWN: Final = 400


@dataclass(frozen=True, slots=True)
class Numbers:
    """Packages that have a running number and a date that is exact enough: months and numbers, in order of time.

    ``lots`` has of each its lot, as a number of its own where none is told; ``wide`` is how many were left
    out for a date that spans more than a quarter of the whole time.
    """

    x: Floats
    y: Floats
    first: Floats
    last: Floats
    lots: npt.NDArray[np.int64]
    wide: int

    def shown(self) -> list[tuple[float, float]]:
        """As many as a picture holds."""
        step = max(1, -(-len(self.x) // _SHOWN))
        return list(zip(self.x[::step].tolist(), self.y[::step].tolist(), strict=True))

    def by_lot(self) -> tuple[Floats, Floats]:
        """One point a lot: its mean date and number."""
        _, at = np.unique(self.lots, return_inverse=True)
        sizes = np.bincount(at)
        return np.bincount(at, weights=self.x) / sizes, np.bincount(at, weights=self.y) / sizes


def points(inside: Sequence[Package]) -> Numbers | None:
    """The numbered packages; None where there are fewer than three."""
    span = (max(one.last for one in inside) - min(one.first for one in inside) + 1) / MONTH
    numbered = [one for one in inside if one.number is not None]
    told = sorted((one for one in numbered if one.months <= max(_WIDE * span, 1.05)), key=lambda one: one.middle)
    # The same number twice is one package met twice.
    told = list({one.number: one for one in told}.values())
    if len(told) < 3:
        return None
    names: dict[str, int] = {}
    lots = [at + len(told) if one.lot is None else names.setdefault(one.lot, len(names)) for at, one in enumerate(told)]
    return Numbers(
        np.array([one.middle for one in told]), np.array([float(one.number or 0) for one in told]),
        np.array([float(one.first) for one in told]), np.array([float(one.last) for one in told]), np.array(lots),
        sum(one.months > max(_WIDE * span, 1.05) for one in numbered))


def running(numbers: Numbers, inside: Sequence[Package], level: float) -> Model | None:
    """Packages a month by the slope of number against date, times pieces a package; None where too few tell."""
    x, y = numbers.by_lot()
    if len(x) < LEAST_NUMBERS:
        return None
    found = line(x, y, level)
    pieces = _pieces(inside)
    if found is None or found.slope <= 0 or pieces is None or found.low is None or found.high is None:
        return None
    mean, spread = pieces
    low, high = _times(found.slope, max(found.low, 0.0), found.high, mean, spread, level)
    return Model("running numbers", found.slope * mean, low, high, fit=found.slope, words=(
        f"{found.slope:,.4g} packages a month by the slope of {plural(len(x), 'number')} against their dates, {mean:,.4g} pieces in each"))


def within(inside: Sequence[Package], level: float, *, restarted: bool) -> Model | None:
    """Packages a month from the numbers of each month by themselves: the mean of months where enough were found.

    Where numbering begins anew each month the largest tells (M / N is Beta(k, 1)); else the stretch from
    smallest to largest (R / N is Beta(k - 1, 2)). Months are taken to be alike in how uncertain they are.
    """
    by_month: dict[int, set[int]] = defaultdict(set)
    for one in inside:
        if one.number is not None and (one.number > 0 or not restarted) and one.months <= 1.05:
            at = date.fromordinal((one.first + one.last) // 2)
            by_month[at.year * 12 + at.month].add(one.number)
    told = [sorted(of) for of in by_month.values() if len(of) >= (1 if restarted else 3)]
    count = len(told)
    pieces = _pieces(inside)
    if count < 2 or sum(len(of) for of in told) < LEAST_NUMBERS or pieces is None:
        return None
    k = np.array([float(len(of)) for of in told])
    if restarted:
        reach = np.array([float(of[-1]) for of in told])
        each, share = reach * (k + 1) / k - 1, 1 / (k * (k + 2))
    else:
        reach = np.array([float(of[-1] - of[0]) for of in told])
        each, share = reach * (k + 1) / (k - 1) - 1, 2 / ((k - 1) * (k + 2))
    mean = float(each.mean())
    off = student(level, max(count - 1, 1)) * sqrt(float((share * mean**2).sum())) / count
    low, high = _times(mean, max(mean - off, float(reach.mean())), mean + off, *pieces, level)
    return Model("months by themselves", mean * pieces[0], low, high, fit=mean, words=(
        f"{mean:,.4g} packages in each of {plural(count, 'month')}, from " + (
            "the largest numbers of each" if restarted else "the stretches of their numbers")))


def floor(inside: Sequence[Package], months: int, level: float) -> Model | None:
    """Pieces found a month, as if lots (or packages, where no lot is told) came as Poisson; None without counts.

    The interval is Jeffreys' for a Poisson count, of as many lots of one size as have the variance of these
    (Fay and Feuer 1997, Statistics in Medicine 16:791).
    """
    counted = [one for one in inside if one.count is not None]
    if not counted:
        return None
    sizes: dict[object, float] = defaultdict(float)
    for at, one in enumerate(counted):
        sizes[one.lot if one.lot is not None else at] += one.count or 0
    each = np.array(list(sizes.values()))
    found = float(each.sum())
    one_size = float((each**2).sum()) / found
    low, high = (_gamma(found / one_size + 0.5, share) * one_size for share in ((1 - level) / 2, (1 + level) / 2))
    return Model("found, by month", found / months, low / months, high / months, words=(
        f"{found:,.0f} pieces found over {plural(months, 'month')}, in {plural(len(each), 'lot')} or packages"))


def _gamma(shape: float, share: float) -> float:
    """The quantile of a gamma of scale 1."""
    low, high = 0.0, shape + 20 * sqrt(shape) + 20
    for _ in range(100):
        middle = (low + high) / 2
        if 1 - chi_square_above(2 * middle, 2 * shape) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def monthly(inside: Iterable[Package], first: int, last: int) -> dict[str, tuple[float, float]]:
    """Pieces and packages found by month, months without any among them; a wider window is dealt out evenly."""
    told = {at: [0.0, 0.0] for at in range(first, last + 1)}
    for one in inside:
        start, end = date.fromordinal(one.first), date.fromordinal(one.last)
        span = [at for at in range(start.year * 12 + start.month - 1, end.year * 12 + end.month) if at in told]
        for at in span:
            told[at][0] += (one.count or 0) / len(span)
            told[at][1] += 1 / len(span)
    return {f"{at // 12:04}-{at % 12 + 1:02}": (pieces, n) for at, (pieces, n) in told.items()}


def _pieces(inside: Sequence[Package]) -> tuple[float, float] | None:
    """Pieces a package, and how uncertain their mean is beside it, lots counting as one each."""
    lots: dict[object, list[float]] = defaultdict(list)
    for at, one in enumerate(inside):
        if one.count is not None:
            lots[one.lot if one.lot is not None else at].append(one.count)
    if not lots:
        return None
    sums = np.array([sum(of) for of in lots.values()])
    sizes = np.array([float(len(of)) for of in lots.values()])
    mean = float(sums.sum() / sizes.sum())
    off = sums - mean * sizes
    spread = 0.0 if len(sums) < 2 else sqrt(float((off**2).sum()) * len(sums) / (len(sums) - 1)) / float(sums.sum())
    return mean, spread


def _times(estimate: float, low: float, high: float, mean: float, spread: float, level: float) -> tuple[float, float]:
    """The ends of a product: distances on the log scale, squared and added."""
    more = NormalDist().inv_cdf((1 + level) / 2) * spread
    up = exp(sqrt(log(high / estimate) ** 2 + more**2))
    down = exp(-sqrt(log(estimate / low) ** 2 + more**2)) if low > 0 else 0.0
    return estimate * mean * down, estimate * mean * up
