"""A straight line through points of which some may be wrong: the median of the slopes between pairs.

Theil 1950 and Sen 1968 (Journal of the American Statistical Association 63:1379). The interval holds
those slopes at which Kendall's statistic is not too large; its distribution is counted out for up to
sixty points without ties, and normal with the variance for ties beyond. Up to three of ten points
may lie anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MOST: Final = 1_500
_COUNTED_OUT: Final = 60


@dataclass(frozen=True, slots=True)
class Line:
    """The slope with its interval (None where so few points reach no such level), and the height at x = 0.

    ``pairs`` are those of different x, ``against`` how many of them fall.
    """

    slope: float
    low: float | None
    high: float | None
    intercept: float
    pairs: int
    against: int


def line(x: Floats, y: Floats, level: float) -> Line | None:
    """The line through points; None where all lie at one x. Of more than MOST points as many, by lot, are used."""
    if len(x) > MOST:
        chosen = np.random.default_rng(len(x)).choice(len(x), MOST, replace=False)
        x, y = x[chosen], y[chosen]
    one, other = np.triu_indices(len(x), 1)
    across, up = x[other] - x[one], y[other] - y[one]
    apart = across != 0
    if not apart.any():
        return None
    slopes = np.sort(up[apart] / across[apart])
    slope, n = float(np.median(slopes)), len(slopes)
    # Kendall's statistic at a slope is the pairs above it less those below; so many may be off at most.
    off = _off(x, y, level)
    below = (n - off) // 2 if off is not None else -1
    low, high = (float(slopes[below]), float(slopes[n - 1 - below])) if 0 <= below < n - below else (None, None)
    return Line(slope, low, high, float(np.median(y) - slope * np.median(x)), n, int(np.count_nonzero(slopes < 0)))


def _off(x: Floats, y: Floats, level: float) -> int | None:
    """How far above zero Kendall's statistic stays with this probability; None where no such bound is below its most."""
    n = len(x)
    if n <= _COUNTED_OUT and len(np.unique(x)) == n and len(np.unique(y)) == n:
        return _counted(n, level)
    variance = n * (n - 1) * (2 * n + 5)
    for values in (x, y):
        ties = np.unique(values, return_counts=True)[1]
        variance -= int((ties * (ties - 1) * (2 * ties + 5)).sum())
    return round(NormalDist().inv_cdf((1 + level) / 2) * sqrt(max(variance, 0) / 18))


@lru_cache(maxsize=256)
def _counted(n: int, level: float) -> int | None:
    """The least s with P(-s < S < s) at least the level, from the number of orders with so many inversions."""
    ways = [1]
    for size in range(2, n + 1):
        grown = [0] * (len(ways) + size - 1)
        for at, count in enumerate(ways):
            for more in range(size):
                grown[at + more] += count
        ways = grown
    whole, pairs = sum(ways), n * (n - 1) // 2
    inside = 0
    for s in range(pairs % 2, pairs + 1, 2):
        # S = pairs - 2 inversions; s and -s are as likely.
        inside += ways[(pairs - s) // 2] * (2 if s else 1)
        if inside >= level * whole:
            return s + 2 if s + 2 <= pairs else None
    return None
