"""Cramer's V: how far the shares of features differ between rows of a table, alone or over several tables.

0 where every row has the same shares of each feature, 1 where the row tells the feature. Of several
tables (strata) V is that of their Pearson statistics together, over the most they could be: rows are compared
within each table only. Chance: features are dealt out anew within the margins of each table. Interval:
from the non-central chi-square where V is small, and from resampling each row where it is not (the
other is too wide there, and resampling is wrong near 0).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

import numpy as np

from headstamp.analysis.resampling import corrected
from headstamp.analysis.source.two_level import Floats, Ints
from headstamp.analysis.tails import noncentral_above

SMALL: Final = 0.35
"""Below it the non-central interval is shown."""

_DRAWN: Final = 1_999


def chi_square(cells: Floats) -> Floats:
    """Pearson's statistic of tables (..., rows, features); features nobody has count for nothing."""
    total = cells.sum(axis=(-1, -2), keepdims=True)
    expected = cells.sum(axis=-1, keepdims=True) * cells.sum(axis=-2, keepdims=True) / total
    part = np.divide((cells - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0)
    return np.asarray(part.sum(axis=(-1, -2)), dtype=np.float64)


def freedom(cells: Floats) -> int:
    """Degrees of freedom of a table (rows, features) of which every feature is somewhere."""
    return int((cells.shape[0] - 1) * (cells.shape[1] - 1))


def most(strata: Sequence[Floats]) -> float:
    """The most that the statistics of these tables could be together."""
    return sum((float(cells.sum()) * (min(cells.shape) - 1) for cells in strata), 0.0)


def cramers_v(strata: Sequence[Floats]) -> float:
    """V of one table (rows, features), or of several together."""
    return sqrt(sum(float(chi_square(cells)) for cells in strata) / most(strata))


def unbiased(strata: Sequence[Floats]) -> float:
    """V without bias: Bergsma's (2013) of one table; of several, what their statistics exceed chance by."""
    if len(strata) > 1:
        above = sum(float(chi_square(cells)) - freedom(cells) for cells in strata)
        return sqrt(max(0.0, above) / most(strata))
    cells = strata[0]
    n, (rows, columns) = float(cells.sum()), cells.shape
    square = max(0.0, float(chi_square(cells)) / n - (rows - 1) * (columns - 1) / (n - 1))
    least = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return min(1.0, sqrt(square / least))


def dealt(cells: Floats, draws: int, random: np.random.Generator) -> Floats:
    """Tables (draws, rows, features) of the same margins, the features dealt out anew to the finds."""
    rows = cells.sum(axis=1).astype(np.int64)
    left = np.tile(cells.sum(axis=0).astype(np.int64), (draws, 1))
    found = np.empty((draws, *cells.shape))
    for at, count in enumerate(rows.tolist()):
        # All that is left goes to the last; a margin is drawn feature by feature.
        found[:, at] = left if at == len(rows) - 1 else _drawn(left, count, random)
        left = left - found[:, at].astype(np.int64)
    return found


def _drawn(left: Ints, count: int, random: np.random.Generator) -> Floats:
    """``count`` drawn without replacement from what is left (B, features)."""
    taken = np.zeros(left.shape)
    wanted = np.full(len(left), count)
    others = left.sum(axis=1)
    for feature in range(left.shape[1]):
        others = others - left[:, feature]
        now = random.hypergeometric(left[:, feature], others, wanted)
        taken[:, feature] = now
        wanted = wanted - now
    return taken


def interval(
    strata: Sequence[Floats], v: float, level: float, random: np.random.Generator
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """The interval of V that fits, the non-central one, and the resampled one."""
    near, drawn = noncentral(strata, level), resampled(strata, v, level, random)
    return (near if unbiased(strata) < SMALL else drawn), near, drawn


def noncentral(strata: Sequence[Floats], level: float) -> tuple[float, float]:
    """The interval from the non-central chi-square (Smithson 2003, 4), all of one tail where V is near 0.

    A V so near 0 that the upper end never falls below it is left out by the lower end alone, which
    may then do so as often as both ends together: the interval holds 0 where the chance of the statistic
    is above 1 - level, and in no more cases.
    """
    free, size = sum(map(freedom, strata)), most(strata)
    statistic = sum(float(chi_square(cells)) for cells in strata)

    def centre(found: float, chance: float) -> float:
        low, high = 0.0, 2 * found + 10 * free + 50
        if noncentral_above(found, free, low) >= chance:
            return 0.0
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if noncentral_above(found, free, middle) < chance else (low, middle))
        return low

    # Rows that agree more closely than chance lets them say no more than ones that agree as it lets them.
    high, near_0 = centre(max(statistic, free), (1 + level) / 2), centre(free, (1 + level) / 2)
    low = max(centre(statistic, (1 - level) / 2), min(near_0, centre(statistic, 1 - level)))
    return min(1.0, sqrt(low / size)), min(1.0, sqrt(high / size))


def resampled(
    strata: Sequence[Floats], v: float, level: float, random: np.random.Generator
) -> tuple[float, float]:
    """The interval from drawing the finds of each row anew (Efron 1987)."""
    size = most(strata)
    sums = np.zeros(_DRAWN)
    whole = [float(chi_square(cells)) for cells in strata]
    left_out = []
    for cells, mine in zip(strata, whole, strict=True):
        drawn = np.stack(
            [random.multinomial(int(row.sum()), row / row.sum(), _DRAWN) for row in cells], axis=1)
        sums += chi_square(drawn.astype(np.float64))
        least = min(cells.shape) - 1
        for at in np.argwhere(cells > 0):
            fewer = cells.copy()
            fewer[tuple(at)] -= 1
            other = (sum(whole) - mine + float(chi_square(fewer))) / (size - least)
            left_out.append(np.full(int(cells[tuple(at)]), sqrt(other)))
    low, high = corrected(np.sqrt(sums / size), v, np.concatenate(left_out),
                          min(int(cells.sum(axis=1).min()) for cells in strata), level)
    return max(0.0, low), min(1.0, high)
