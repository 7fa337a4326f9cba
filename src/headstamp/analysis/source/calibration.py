"""How far likelihood ratios can be trusted: what they cost, how they are misled, how large they may be.

From ratios of pairs known to be of one source and of pairs known to be of different sources:

- Cllr (Brummer and du Preez 2006, Comput. Speech Lang. 20:230): 0 is perfect, 1 is what always
  saying 1 costs, above 1 does harm. Cllr_min is what is left when the ratios are recalibrated as
  well as can be, keeping their order (pool adjacent violators); the rest is the cost of calibration.
- ECE, the empirical cross-entropy for other prior odds (Ramos et al. 2013, J. Forensic Sci. 58:1503);
  at even odds it is Cllr.
- Bounds beyond which the pairs at hand say nothing (Vergeer et al. 2016, Sci. Justice 56:482, the
  empirical lower and upper bound): the largest ratio at which relying on it costs no more than
  saying nothing, had one more pair misled on either side.

All ratios are log10.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import Final

import numpy as np

from headstamp.analysis.source.two_level import LN10, Floats

_EXTREME: Final = 9.0
_STEP: Final = 0.01


@dataclass(frozen=True, slots=True)
class Calibration:
    """How ratios did on pairs whose truth is known; rates are shares of 1."""

    same: int
    different: int
    cllr: float
    cllr_min: float
    same_misled: float
    different_misled: float
    low: float
    high: float


def calibration(same: Floats, different: Floats, independent: int | None = None) -> Calibration:
    """All of it, from log10 ratios of pairs of one source and of different sources.

    ``independent`` as in ``bounds``.
    """
    low, high = bounds(same, different, independent)
    return Calibration(
        len(same), len(different), cllr(same, different), cllr_min(same, different),
        float((same < 0).mean()), float((different > 0).mean()), low, high)


def cllr(same: Floats, different: Floats) -> float:
    """The cost of log10 ratios, in bits; infinite where a ratio of 0 or infinity misleads."""
    return ece(same, different, 0.0)


def ece(same: Floats, different: Floats, prior: float) -> float:
    """The cross-entropy at log10 prior odds of one source, in bits."""
    share = 1 / (1 + 10**-prior)
    one = np.logaddexp(0, -(same + prior) * LN10).mean()
    other = np.logaddexp(0, (different + prior) * LN10).mean()
    return float((share * one + (1 - share) * other) / np.log(2))


def ece_of_nothing(prior: float) -> float:
    """What always saying 1 costs at log10 prior odds, in bits."""
    return ece(np.zeros(1), np.zeros(1), prior)


def cllr_min(same: Floats, different: Floats) -> float:
    """The cost that is left after the best recalibration that keeps the order."""
    return cllr(*recalibrated(same, different))


def recalibrated(same: Floats, different: Floats) -> tuple[Floats, Floats]:
    """log10 ratios as pooling adjacent violators makes them, of the same pairs; ends may be infinite."""
    scores = np.concatenate((same, different))
    truth = np.concatenate((np.ones(len(same)), np.zeros(len(different))))
    _, place = np.unique(scores, return_inverse=True)
    weight = np.bincount(place).astype(np.float64)
    share = pooled(np.bincount(place, truth) / weight, weight)[place]
    with np.errstate(divide="ignore"):
        logs = np.log10(share) - np.log10(1 - share) - log10(len(same) / len(different))
    return logs[: len(same)], logs[len(same):]


def pooled(values: Floats, weights: Floats) -> Floats:
    """The nearest values that never fall (least squares): pool adjacent violators, Ayer et al. 1955."""
    tops: list[float] = []
    masses: list[float] = []
    sizes: list[int] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        top, mass, size = value, weight, 1
        while tops and tops[-1] >= top:
            before, its_mass = tops.pop(), masses.pop()
            top = (top * mass + before * its_mass) / (mass + its_mass)
            mass += its_mass
            size += sizes.pop()
        tops.append(top)
        masses.append(mass)
        sizes.append(size)
    return np.repeat(np.array(tops), sizes)


def bounds(same: Floats, different: Floats, independent: int | None = None) -> tuple[float, float]:
    """The lowest and highest log10 ratio these pairs can carry.

    Pairs of different sources share items, so that many pairs come from few items: with
    ``independent`` they count as no more than so many, at the same rates.
    """
    one, other = (np.clip(logs, -_EXTREME, _EXTREME) for logs in (same, different))
    n = len(other) if independent is None else min(len(other), independent)
    least = max(min(one.min(), other.min()), -log10(len(one) + 1))
    most = min(max(one.max(), other.max()), log10(n + 1))
    first, last = min(0, floor(least / _STEP)), max(0, floor(most / _STEP) + 1)
    steps = np.arange(first, last + 1) * _STEP
    ratio = 10.0**steps
    # One more pair on either side that misled.
    missed = (_at_most(one, steps) * len(one) + 1) / (len(one) + 1)
    wrong = ((1 - _at_most(other, steps)) * n + 1) / (n + 1)
    worse = np.where(ratio < 1, ratio, 1.0) < missed + ratio * wrong - 1e-12
    below, above = steps[worse & (steps <= 0)], steps[worse & (steps >= 0)]
    low = max((below + _STEP).max(initial=-np.inf), steps[0])
    high = min((above - _STEP).min(initial=np.inf), steps[-1])
    return min(float(low), 0.0), max(float(high), 0.0)


def _at_most(logs: Floats, steps: Floats) -> Floats:
    return np.asarray(np.searchsorted(np.sort(logs), steps + 1e-12, side="right") / len(logs),
                      dtype=np.float64)
