"""What is asked of the numbers before a total is estimated: their spread, their holes, their endings.

Each gives a Diagnostic whose value is the chance of what is seen if the numbers are a random drawing of
a series without gaps; it is not good where that chance is below ALARM.
"""

from __future__ import annotations

from math import comb, exp, log, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.measure import Diagnostic
from headstamp.analysis.tails import chi_square_above

Ints = npt.NDArray[np.int64]

ALARM: Final = 0.01
"""A test of the numbers fires where chance alone would do so in fewer than one of a hundred cases."""
DENSE: Final = 0.8
"""Where so much of a stretch is found, and its start is not known, it is the stretch of a crate."""
_ENDINGS_LEAST: Final = 8
_ENDINGS_MANY: Final = 60
_DRAWS: Final = 4_000


def spread(ranks: Ints, open_start: bool, alarm: float = ALARM) -> Diagnostic:
    """Whether the numbers lie evenly below the largest: Kolmogorov's test, given the largest."""
    inner = ranks[1:-1] if open_start else ranks[:-1]
    low = float(ranks[0]) if open_start else 0.5
    places = (inner - low) / (float(ranks[-1]) - low) if len(inner) else np.empty(0)
    n = len(places)
    if n < 2:
        return Diagnostic("spread", None, None, "Too few numbers to see how they are spread.")
    steps = np.arange(1, n + 1) / n
    distance = float(max((steps - places).max(), (places - steps + 1 / n).max()))
    p = _kolmogorov(distance, n)
    return Diagnostic("spread", p, p >= alarm, (
        "The numbers are spread evenly enough." if p >= alarm else
        "The numbers are not spread as a random drawing would be: they may come from one crate or "
        "delivery, from a series that starts later, or be sought out for their number."))


def hole(ranks: Ints, open_start: bool, alarm: float = ALARM) -> Diagnostic:
    """Whether the widest hole is wider than chance leaves: Fisher 1929, the largest of n spacings."""
    bounds = ranks.astype(np.float64) if open_start else np.concatenate(([0.0], ranks.astype(np.float64)))
    gaps = np.diff(bounds)
    n = len(gaps)
    if n < 3:
        return Diagnostic("hole", None, None, "Too few numbers to see holes between them.")
    at = int(gaps.argmax())
    p = widest(float(gaps[at] / gaps.sum()), n)
    where = f"After number {int(bounds[at]):,} of the series" if bounds[at] else "At the start of the series"
    return Diagnostic("hole", p, p >= alarm, (
        "No hole is wider than chance leaves." if p >= alarm else
        f"{where} {int(gaps[at]) - 1:,} are missing in a row, more than chance "
        "leaves: there may be several blocks of numbers."))


def endings(distinct: Ints) -> Diagnostic:
    """Whether the last digits are used alike, the tens alike, and of many numbers the last two."""
    k = len(distinct)
    if k < _ENDINGS_LEAST:
        return Diagnostic("endings", None, None,
                          f"Endings are looked at from {_ENDINGS_LEAST} numbers on.")
    looked_at = [(distinct % 10, 10)]
    if int(distinct[-1] - distinct[0]) >= 1_000:  # else the tens differ by where the series ends
        looked_at.append((distinct // 10 % 10, 10))
        if k >= 500:
            looked_at.append((distinct % 100, 100))
    chances = [_uneven(np.bincount(ends, minlength=size), k) for ends, size in looked_at]
    p = min(1.0, min(chances) * len(chances))
    return Diagnostic("endings", p, p >= ALARM, (
        "The last digits are used alike." if p >= ALARM else
        "Some endings of the numbers are used more than others: they may not count pieces, or blocks may "
        "start at round numbers."))


def dense(distinct: Ints) -> Diagnostic:
    """With an unknown start: whether the numbers follow one another so closely that they are of one crate."""
    share = len(distinct) / (int(distinct[-1] - distinct[0]) + 1)
    crate = share >= DENSE
    return Diagnostic("dense", share, not crate, (
        f"The numbers follow one another with hardly any missing ({share:.0%} of the stretch is there), as those of "
        "one crate or delivery do: with the start not known they tell of the crate only." if crate else
        f"{share:.1%} of the stretch from the smallest to the largest was found."))


def _uneven(counts: Ints, k: int) -> float:
    """The chance of counts so unlike: chi-square, of few numbers against drawings."""
    size = len(counts)
    expected = k / size
    statistic = float(((counts - expected) ** 2).sum() / expected)
    if k >= _ENDINGS_MANY:
        return chi_square_above(statistic, size - 1)
    drawn = np.random.default_rng(k).multinomial(k, np.full(size, 1 / size), _DRAWS)
    by_chance = ((drawn - expected) ** 2).sum(axis=1) / expected
    return (1 + int((by_chance >= statistic - 1e-9).sum())) / (1 + _DRAWS)


def widest(share: float, n: int) -> float:
    """P(the widest of n spacings is at least this share of all); Fisher 1929."""
    if share * n <= 1:
        return 1.0
    if n > 150:  # the sum cancels; Darling's limit is close by then
        return 1 - exp(-exp(-(n * share - log(n))))
    total = 0.0
    for j in range(1, int(1 / share) + 1 if share > 0 else 1):
        term = 1 - j * share
        if term <= 0:
            break
        total += (-1) ** (j + 1) * comb(n, j) * term ** (n - 1)
    return min(1.0, max(0.0, total))


def _kolmogorov(distance: float, n: int) -> float:
    """P(a distance at least this great); Stephens 1970, J. R. Stat. Soc. B 32:115."""
    x = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) * distance
    total = sum(2.0 * (-1) ** (j - 1) * exp(-2 * j * j * x * x) for j in range(1, 101))
    return min(1.0, max(0.0, float(total)))
