"""Chao's lower bounds: how many there are at least, from how many were seen once and how many twice.

Those never seen are at least as many as the ones seen once, squared, over twice the ones seen
twice, however unequal the chances of being seen are (Cauchy and Schwarz; Chao 1984, Scandinavian
Journal of Statistics 11:265; Chao 1987, Biometrics 43:783). Where all have the same chance the
bound is the number itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound with the variance of its estimate and the interval of that bound."""

    estimate: float
    variance: float
    low: float
    high: float


def quantile(level: float) -> float:
    """The standard normal's quantile for a two-sided interval of that level."""
    return NormalDist().inv_cdf((1 + level) / 2)


def log_interval(seen: float, unseen: float, variance: float, level: float) -> tuple[float, float]:
    """The interval of ``seen + unseen`` with the unseen log-normal (Chao 1987, equation 12).

    It never falls below what was seen. ``variance`` is that of the unseen.
    """
    if unseen <= 0:
        return seen, seen
    factor = exp(quantile(level) * sqrt(log(1 + variance / unseen**2)))
    return seen + unseen / factor, seen + unseen * factor


def log_wald(unseen: float, variance: float, level: float) -> tuple[float, float]:
    """The interval of the unseen of a fixed total, normal in their logarithm.

    ``variance`` is that of the logarithm of their mean; the count itself adds 1 / unseen. Where less
    than one is expected that sum runs off: the upper end is then at most a Poisson's, of the mean's
    own upper end.
    """
    z = quantile(level)
    reach = exp(min(z * sqrt(variance + 1 / unseen), 600))
    low, high = unseen / reach, unseen * reach
    if unseen < 1:
        mean = unseen * exp(min(z * sqrt(variance), 600))
        high = min(high, mean + z * sqrt(mean) + z * z / 2)
    return low, high


def classical(seen: int, once: int, twice: int, level: float, share: float = 1.0) -> Bound | None:
    """``seen + share * once^2 / (2 twice)``; None where none was seen twice.

    ``share`` is 1 for counts of pieces, (t-1)/t for t sites or lists (Chao 2), (n-1)/n for n pieces
    where that is wanted. The variance is Chao's of 1987, with the share as Colwell has it.
    """
    if not twice:
        return None
    ratio = once / twice
    unseen = share * once * ratio / 2
    variance = twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
    return Bound(seen + unseen, variance, *log_interval(seen, unseen, variance, level))


def corrected(
    seen: int, once: int, twice: int, level: float, share: float = 1.0, drawn: int = 0
) -> Bound:
    """The bias-corrected form, ``seen + share * once (once-1) / (2 (twice+1))``, always defined.

    ``drawn`` is how many sightings there were in all: it bounds the interval where hardly any was
    seen only once, and so nothing seems to be missing (Colwell, EstimateS, appendix B).
    """
    unseen = share * once * (once - 1) / (2 * (twice + 1))
    estimate = seen + unseen
    if unseen <= 0:
        return _complete(seen, drawn, level)
    if twice:
        variance = (
            share * once * (once - 1) / (2 * (twice + 1))
            + share**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
            + share**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
        )
    else:
        variance = (
            share * once * (once - 1) / 2 + share**2 * once * (2 * once - 1) ** 2 / 4
            - share**2 * once**4 / (4 * estimate)
        )
    variance = max(variance, 0.0)
    return Bound(estimate, variance, *log_interval(seen, unseen, variance, level))


def _complete(seen: int, drawn: int, level: float) -> Bound:
    """Nothing seems to be missing: the interval from the chance that one escaped all the same."""
    if not seen or drawn <= 0:
        return Bound(seen, 0.0, seen, seen)
    missed = exp(-drawn / seen)
    variance = seen * missed / (1 - missed)
    high = seen / (1 - missed) + quantile(level) * sqrt(variance)
    return Bound(seen, variance, seen, high)
