"""The usual spread of counts per period: negative binomial, fitted so that a few huge counts do not pull it.

First the fit looks only at the lower nine tenths of the periods (a truncated likelihood, so that leaving out
the top does not bend it); what lies beyond chance under it is put aside, and all that is left is fitted
again. A huge day cannot hide itself that way, as it does from mean and standard deviation (masking: Davies and
Gather 1993, J. Am. Stat. Assoc. 88:782). The Poisson distribution is the limit of a large size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_SIZES: Final = (1e-2, 1e6)
_MOST_TURNS: Final = 20
_FAR: Final = 0.01
_ROUGH: Final = 11  # turns for the first, truncated fit: all that is left is fitted again
_TINY: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Usual:
    """Counts of a mean above 0, with variance ``mean + mean**2 / size``."""

    mean: float
    size: float

    @property
    def variance(self) -> float:
        """The variance of one count."""
        return self.mean + self.mean**2 / self.size

    def log_chance(self, count: int) -> float:
        """The logarithm of P(X = count)."""
        r, mu = self.size, self.mean
        return (lgamma(count + r) - lgamma(r) - lgamma(count + 1) + count * (log(mu) - log(r + mu))
                - r * log1p(mu / r))

    def at_most(self, count: int) -> float:
        """P(X <= count)."""
        return 0.0 if count < 0 else beta_below(self.size, count + 1.0, self.size / (self.size + self.mean))

    def at_least(self, count: int) -> float:
        """P(X >= count), exact in the tail too."""
        return 1.0 if count <= 0 else beta_below(float(count), self.size, self.mean / (self.size + self.mean))

    def quantile(self, share: float) -> int:
        """The least count with P(X <= count) of at least the share."""
        low, high = -1, max(1, int(self.mean))
        while self.at_most(high) < share:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.at_most(middle) < share else (low, middle)
        return high

    def span(self, level: float) -> tuple[int, int]:
        """The least and most of the fewest counts that together have at least this chance.

        Counts are whole, so that the usual two ends of equal chance may hold much more; an end is
        dropped while what is left still holds enough.
        """
        share = (1 + level) / 2
        low, high = self.quantile(1 - share), self.quantile(share)
        held = self.at_most(high) - self.at_most(low - 1)
        while high > low:
            bottom, top = exp(self.log_chance(low)), exp(self.log_chance(high))
            least = min(bottom, top)
            if held - least < level:
                break
            held -= least
            low, high = (low + 1, high) if bottom < top else (low, high - 1)
        return low, high


def usual(counts: Ints, alarm: float) -> tuple[Usual, Ints]:
    """The usual spread of these counts, and which of them (by place) chance does not reach.

    ``alarm`` is the chance that any of so many usual counts is told. Needs a count above 0.
    """
    cut = int(np.quantile(counts, 0.9, method="higher"))
    fit = fitted(counts[counts <= cut], cut)
    # The first fit rests on few and is rough: it puts aside only what is far beyond, for what it puts aside
    # narrows the next fit.
    beyond = np.nonzero(counts > fit.quantile(1 - alarm * _FAR / len(counts)))[0]
    for _ in range(_MOST_TURNS):
        kept = np.delete(counts, beyond)
        if not kept.any():
            break
        fit = fitted(kept, None)
        now = np.nonzero(counts > fit.quantile(1 - alarm / len(counts)))[0]
        if len(now) == len(beyond):
            break
        beyond = now
    return fit, beyond


def fitted(counts: Ints, cut: int | None) -> Usual:
    """The likeliest mean and size; with a ``cut`` of counts that were looked at only up to it."""
    values, often = np.unique(counts, return_counts=True)
    numbers = [(int(value), int(times)) for value, times in zip(values, often, strict=True)]
    whole, mean = int(often.sum()), float(counts.mean())
    if cut is None:
        return Usual(mean, exp(_best(
            lambda size: _likely(Usual(mean, exp(size)), numbers, whole, None), log(_SIZES[0]), log(_SIZES[1]))))
    floor = max(mean, 0.5 / whole)

    def at(size: float) -> float:
        return _best(lambda mu: _likely(Usual(exp(mu), exp(size)), numbers, whole, cut), log(floor) - 0.01, log(floor) + 3,
                     _ROUGH)

    size = _best(lambda size: _likely(Usual(exp(at(size)), exp(size)), numbers, whole, cut),
                 log(_SIZES[0]), log(_SIZES[1]), _ROUGH)
    return Usual(exp(at(size)), exp(size))


def _likely(model: Usual, numbers: list[tuple[int, int]], whole: int, cut: int | None) -> float:
    total = sum(times * model.log_chance(value) for value, times in numbers)
    return total if cut is None else total - whole * log(max(model.at_most(cut), _TINY))


def _best(of: Callable[[float], float], low: float, high: float, turns: int = 25) -> float:
    """Where a function with one top is highest: the best of a few, then the golden section around it."""
    grid = [low + (high - low) * step / 8 for step in range(9)]
    top = max(range(9), key=lambda step: of(grid[step]))
    low, high = grid[max(0, top - 1)], grid[min(8, top + 1)]
    ratio = (5**0.5 - 1) / 2
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    at_a, at_b = of(a), of(b)
    for _ in range(turns):
        if at_a > at_b:
            high, b, at_b = b, a, at_a
            a = high - ratio * (high - low)
            at_a = of(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + ratio * (high - low)
            at_b = of(b)
    return (low + high) / 2


def beta_below(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        # Where both sides are alike to the last digit, either fraction converges.
        return 1 - _fraction(b, a, 1 - x)
    return _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    lead = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    c, d = 1.0, 1 / _safe(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 20_000):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d, c = 1 / _safe(1 + term * d), _safe(1 + term / c)
            fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return lead * fraction


def _safe(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
