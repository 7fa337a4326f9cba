"""Two lists: Lincoln's and Petersen's estimate of the whole, and Chapman's, which small overlaps do not upset.

Of the n1 on the first list and the n2 on the second, m are on both. If the lists do not depend on
each other the second holds the same share of the first as of the whole: N = n1 n2 / m. Chapman
1951 (University of California Publications in Statistics 1:131) takes most of its bias away;
Seber 1970 (Biometrika 57) gives the variance. The interval shown is Sadinle's 2009
(Communications in Statistics, Simulation 38:1909): normal on the scale of the logarithm of the
unseen, each cell with a half more, which keeps its level where overlaps are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from headstamp.analysis.scale.chao import log_interval, log_wald, quantile


@dataclass(frozen=True, slots=True)
class TwoLists:
    """Two lists: how many only on the first, only on the second, on both."""

    first_only: int
    second_only: int
    both: int

    @property
    def seen(self) -> int:
        """How many are on either list."""
        return self.first_only + self.second_only + self.both

    @property
    def petersen(self) -> float | None:
        """Lincoln's and Petersen's estimate; None where none is on both."""
        first, second = self.first_only + self.both, self.second_only + self.both
        return first * second / self.both if self.both else None

    @property
    def petersen_variance(self) -> float | None:
        """Its variance by the delta method, the total taken for fixed; None where none is on both."""
        if not self.both:
            return None
        first, second = self.first_only + self.both, self.second_only + self.both
        return first * second * self.first_only * self.second_only / self.both**3

    @property
    def chapman(self) -> float:
        """Chapman's estimate."""
        first, second = self.first_only + self.both, self.second_only + self.both
        return (first + 1) * (second + 1) / (self.both + 1) - 1

    @property
    def chapman_variance(self) -> float:
        """Seber's estimate of its variance."""
        first, second = self.first_only + self.both, self.second_only + self.both
        return ((first + 1) * (second + 1) * self.first_only * self.second_only
                / ((self.both + 1) ** 2 * (self.both + 2)))

    def petersen_interval(self, level: float) -> tuple[float, float] | None:
        """Log-normal in the unseen, with the delta method's variance; None where none is on both."""
        if self.petersen is None or self.petersen_variance is None:
            return None
        return log_interval(self.seen, self.petersen - self.seen, self.petersen_variance, level)

    def chapman_interval(self, level: float) -> tuple[float, float]:
        """Log-normal in the unseen, with Seber's variance."""
        return log_interval(self.seen, self.chapman - self.seen, self.chapman_variance, level)

    def normal_interval(self, level: float) -> tuple[float, float]:
        """Chapman's estimate give or take: as many textbooks have it; too low where overlaps are few."""
        reach = quantile(level) * sqrt(self.chapman_variance)
        return self.chapman - reach, self.chapman + reach

    def sadinle_interval(self, level: float) -> tuple[float, float]:
        """Sadinle's transformed logit interval with a half added to each cell."""
        a, b, m = self.first_only + 0.5, self.second_only + 0.5, self.both + 0.5
        low, high = log_wald(a * b / m, 1 / a + 1 / b + 1 / m, level)
        return self.seen - 0.5 + low, self.seen - 0.5 + high
