"""What a prior on the number made, and the largest of the numbers found, say together.

A flat prior has its sums in closed form (Hoehle and Held 2006). Any other prior, or a most that can
have been made, is weighed over totals that lie one by one at first and ever farther apart: the
posterior falls as N^-k, so nothing beyond some thousand times the largest number is felt.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Prior = Literal["flat", "log", "gamma"]
_POINTS: Final = 20_000
_BEYOND: Final = 10_000
_SPREADS: Final = 40
_STIRLING: Final = 200


class Belief(Protocol):
    """A posterior of the total: how likely more than n, its quantiles, mean and standard deviation."""

    def above(self, n: int) -> float:
        """P(N > n)."""

    def quantile(self, share: float) -> int:
        """The least n of which P(N <= n) reaches the share."""

    @property
    def mean(self) -> float | None:
        """Its mean; None where it has none."""

    @property
    def deviation(self) -> float | None:
        """Its standard deviation; None where it has none."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """What a flat prior on the number N makes of a largest number and how many were seen.

    With ``most`` nothing above it is possible.
    """

    largest: int
    count: int
    most: int | None = None

    def above(self, n: int) -> float:
        """P(N > n)."""
        if n < self.largest:
            return 1.0
        if self.most is not None:
            if n >= self.most:
                return 0.0
            end = self._tail(self.most)
            return (self._tail(n) - end) / (1.0 - end)
        return self._tail(n)

    def _tail(self, n: int) -> float:
        return exp(_log_falling(self.largest - 1, self.count - 1) - _log_falling(n, self.count - 1))

    def quantile(self, share: float) -> int:
        """The least n of which P(N <= n) reaches the share."""
        low, high = self.largest - 1, self.largest
        while 1.0 - self.above(high) < share:
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            if 1.0 - self.above(middle) < share:
                low = middle
            else:
                high = middle
        return high

    @property
    def mean(self) -> float | None:
        """Its mean; None where it has none (fewer than three numbers)."""
        if self.most is not None:
            grid = np.unique(np.linspace(self.largest - 1, self.most, 4_001).astype(np.int64))
            above = np.array([self.above(int(n)) for n in grid])
            return float(grid[0] + np.sum((above[1:] + above[:-1]) / 2 * np.diff(grid)) + 0.5)
        if self.count < 3:
            return None
        return (self.largest - 1) * (self.count - 1) / (self.count - 2)

    @property
    def deviation(self) -> float | None:
        """Its standard deviation; None where it has none (fewer than four numbers, or with a most)."""
        m, k = self.largest, self.count
        if k < 4 or self.most is not None:
            return None
        return sqrt((k - 1) * (m - 1) * (m - k + 1) / ((k - 3) * (k - 2) ** 2))


class Weighed:
    """The posterior under a prior that has no closed form: 1/N, or gamma of a mean and a spread."""

    def __init__(
        self, largest: int, count: int, prior: Prior, most: int | None = None,
        expected: float | None = None, spread: float | None = None,
    ) -> None:
        end = largest * _BEYOND
        if expected is not None and spread is not None:
            end = max(end, int(expected + _SPREADS * spread))
        end = end if most is None else most
        steps = np.round(np.geomspace(largest, max(end, largest), _POINTS))
        self.totals: Floats = np.unique(np.concatenate((steps, np.minimum(largest + np.arange(2_000.0), end))))
        logs = _log_combs(self.totals, count)
        if prior == "log":
            logs = logs - np.log(self.totals)
        elif prior == "gamma" and expected is not None and spread is not None:
            shape = (expected / spread) ** 2
            logs = logs + (shape - 1) * np.log(self.totals) - self.totals * (shape / expected)
        # Each total stands for those up to the next: the trapezium rule, exact where they lie one by one.
        gaps = np.diff(self.totals)
        width = (np.concatenate(([1.0], gaps)) + np.concatenate((gaps, [1.0]))) / 2
        mass = np.exp(logs - logs.max()) * width
        self.mass: Floats = mass / mass.sum()
        self._reached: Floats = np.cumsum(self.mass)

    def above(self, n: int) -> float:
        """P(N > n)."""
        at = int(np.searchsorted(self.totals, n, side="right"))
        return 1.0 if at == 0 else float(max(0.0, 1.0 - self._reached[at - 1]))

    def quantile(self, share: float) -> int:
        """The least of the totals looked at of which P(N <= n) reaches the share."""
        at = int(np.searchsorted(self._reached, share * (1 - 1e-12)))
        return int(self.totals[min(at, len(self.totals) - 1)])

    @property
    def mean(self) -> float:
        """Its mean."""
        return float(self.totals @ self.mass)

    @property
    def deviation(self) -> float:
        """Its standard deviation."""
        return float(sqrt((self.totals - self.mean) ** 2 @ self.mass))


def believed(
    largest: int, count: int, prior: Prior, most: int | None, expected: float | None, spread: float | None
) -> Belief:
    """The posterior under that prior."""
    if prior == "flat":
        return Posterior(largest, count, most)
    return Weighed(largest, count, prior, most, expected, spread)


def likelihood(largest: int, count: int, points: int = 120) -> list[tuple[float, float]]:
    """How likely the largest is under each total, beside the likeliest (the largest itself): for a picture."""
    end = largest * max(1 + 1e-6, min(0.01 ** (-1 / count), 100.0))
    totals: Floats = np.unique(np.round(np.linspace(largest, end, points, dtype=np.float64)))
    logs = _log_combs(totals, count)
    return [(float(n), float(value)) for n, value in zip(totals, np.exp(logs - logs[0]), strict=True)]


def _log_combs(totals: Floats, count: int) -> Floats:
    """-log of the number of ways to draw so many from each total, but for a constant."""
    return np.asarray([-_log_falling(n, count) for n in totals.tolist()], dtype=np.float64)


def _log_falling(n: float, k: int) -> float:
    """log of n (n - 1) ... (n - k + 1), exact to some 1e-15 k log n however large n is.

    The difference of two log-gammas loses all its digits from n of 10^12 on; that of Stirling's two
    series is taken term by term instead.
    """
    a, b = n + 1.0, n - k + 1.0
    if b < _STIRLING:
        return lgamma(a) - lgamma(b)
    return k * log(a) + (b - 0.5) * log1p(k / b) - k + (1 / a - 1 / b) / 12 - (a**-3 - b**-3) / 360
