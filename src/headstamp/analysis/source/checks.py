"""What is looked at before a likelihood ratio for a common source is believed.

- Whether rows are spread alike within all items: pieces of items are dealt out anew to see how far
  apart chance alone sets their spreads (a permutation of residuals).
- Whether the means of items are spread normally: Henze and Zirkler (1990, Commun. Stat. Theory
  Methods 19:3595), which sees any departure, in any number of columns.
- Whether a thing lies far outside the background: its distance from the middle.
"""

from __future__ import annotations

from math import log, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

from headstamp.analysis.measure import Diagnostic
from headstamp.analysis.source.two_level import Floats, Ints, Items, Levels
from headstamp.analysis.tails import chi_square_above

ALARM: Final = 0.01
"""A test that fires by chance in one of a hundred cases is believed."""

FAR: Final = 1e-4

_DEALT: Final = 199
_MOST_ROWS: Final = 50_000
_MOST_ITEMS: Final = 2_000


def spread_alike(values: Floats, codes: Ints, seed: int = 1) -> Diagnostic:
    """Whether rows are spread alike in all items; values (N, p), codes (N,) from 0 without holes."""
    if len(values) > _MOST_ROWS:  # enough to see it
        values, codes = values[codes < codes[_MOST_ROWS]], codes[codes < codes[_MOST_ROWS]]
    counts = np.bincount(codes).astype(np.float64)
    p = values.shape[1]

    def centred(rows: Floats) -> Floats:
        return rows - np.stack([np.bincount(codes, one) for one in rows.T], axis=1)[codes] / (
            counts[codes][:, None])

    apart = centred(values)
    within = apart.T @ apart / (len(values) - len(counts))
    white = np.linalg.solve(np.linalg.cholesky(within), apart.T).T

    def unlike(rows: Floats) -> float:
        own = np.sqrt(np.bincount(codes, (rows**2).sum(axis=1)) / (p * (counts - 1)))
        weights = counts - 1
        return float((weights * (own - (weights * own).sum() / weights.sum()) ** 2).sum())

    found = unlike(white)
    pieces = white * np.sqrt(counts / (counts - 1))[codes][:, None]
    random = np.random.default_rng(seed)
    further = sum(unlike(centred(pieces[random.permutation(len(pieces))])) >= found for _ in range(_DEALT))
    chance = (1 + further) / (1 + _DEALT)
    return Diagnostic("spread within items", chance, chance >= ALARM, (
        "Rows are spread alike within all items, as far as can be seen." if chance >= ALARM else
        "Rows are spread more in some items than in others, which both models take for the same."))


def means_normal(means: Floats) -> Diagnostic:
    """Whether the means of items (n, p) are spread normally between items."""
    chance = henze_zirkler(means[:_MOST_ITEMS])[1]
    return Diagnostic("means of items", chance, chance >= ALARM, (
        "The means of items are spread normally, as far as can be seen." if chance >= ALARM else
        "The means of items are not spread normally: the kernel model fits better."))


def henze_zirkler(values: Floats) -> tuple[float, float]:
    """The statistic of Henze and Zirkler and how likely one as large is; values (n, p), n at least 20."""
    n, p = values.shape
    apart = values - values.mean(axis=0)
    white = np.linalg.solve(np.linalg.cholesky(apart.T @ apart / n), apart.T).T
    own = (white**2).sum(axis=1)
    between = np.maximum(own[:, None] + own[None, :] - 2 * white @ white.T, 0)
    b2 = 0.5 * ((2 * p + 1) / 4) ** (2 / (p + 4)) * n ** (2 / (p + 4))
    statistic = float(n * (
        np.exp(-b2 / 2 * between).mean()
        - 2 * (1 + b2) ** (-p / 2) * np.exp(-b2 / (2 * (1 + b2)) * own).mean()
        + (1 + 2 * b2) ** (-p / 2)))
    a, w, pp = 1 + 2 * b2, (1 + b2) * (1 + 3 * b2), p * (p + 2)
    mean = 1 - a ** (-p / 2) * (1 + p * b2 / a + pp * b2**2 / (2 * a**2))
    variance = (
        2 * (1 + 4 * b2) ** (-p / 2)
        + 2 * a**-p * (1 + 2 * p * b2**2 / a**2 + 3 * pp * b2**4 / (4 * a**4))
        - 4 * w ** (-p / 2) * (1 + 3 * p * b2**2 / (2 * w) + pp * b2**4 / (2 * w**2)))
    scale = sqrt(log1p_ratio(variance, mean))
    middle = log(mean) - scale**2 / 2
    if statistic <= 0:
        return statistic, 1.0
    return statistic, 1 - NormalDist().cdf((log(statistic) - middle) / scale)


def log1p_ratio(variance: float, mean: float) -> float:
    """The variance of the logarithm of a lognormal of this mean and variance."""
    return log(1 + variance / mean**2)


def inside(name: str, mean: Floats, rows: int, items: Items, of: Levels) -> Diagnostic:
    """Whether a thing with this mean (p,) of so many rows lies within what the background covers."""
    p = items.columns

    def distance(at: Floats, counts: Floats) -> Floats:
        spread = of.between + of.within / counts[:, None, None]
        apart = at - of.mean
        return np.asarray((apart * np.linalg.solve(spread, apart[..., None])[..., 0]).sum(axis=-1),
                          dtype=np.float64)

    own = float(distance(mean[None], np.array([float(rows)]))[0])
    furthest = float(distance(items.means, items.counts).max())
    chance = chi_square_above(own, p)
    good = chance >= FAR or own <= furthest
    return Diagnostic(f"{name} within the background", sqrt(own), good, (
        f"The {name} lies within what the background covers." if good else
        f"The {name} lies far outside the background, further than each of its items: these items do not "
        "tell how usual such measurements are."))
