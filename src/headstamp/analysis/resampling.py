"""Intervals from resampling whole items: bias-corrected, accelerated, and widened for few items.

Efron (1987, J. Am. Stat. Assoc. 82:171) for the correction; Hesterberg (2015, Am. Stat. 69:371) for
the widening (a bootstrap of n items is too narrow by about sqrt(1 - 1/n), and t is wider than normal).
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

from headstamp.analysis.source.two_level import Floats

_NORMAL: Final = NormalDist()


def corrected(drawn: Floats, found: float, left_out: Floats, n: int, level: float) -> tuple[float, float]:
    """The interval from resampled values, the value found, and those with one (or a few) left out.

    ``n`` is how many were resampled.
    """
    share = (np.count_nonzero(drawn < found) + 0.5 * np.count_nonzero(drawn == found)) / len(drawn)
    edge = 1 / (len(drawn) + 1)
    z0 = _NORMAL.inv_cdf(min(max(share, edge), 1 - edge))
    apart = left_out.mean() - left_out
    scale = float((apart**2).sum()) ** 1.5
    speed = float((apart**3).sum()) / (6 * scale) if scale > 0 else 0.0
    z = student(level, n - 1) * sqrt(n / (n - 1))
    ends = []
    for side in (-z, z):
        slope = 1 - speed * (z0 + side)
        ends.append(_NORMAL.cdf(z0 + (z0 + side) / slope) if slope > 0 else _NORMAL.cdf(side))
    low, high = np.quantile(drawn, sorted(ends))
    return float(low), float(high)


def student(level: float, freedom: float) -> float:
    """The two-sided quantile of Student's t, near enough from 5 degrees of freedom on (Cornish-Fisher)."""
    z = _NORMAL.inv_cdf((1 + level) / 2)
    return (z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
            + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3))
