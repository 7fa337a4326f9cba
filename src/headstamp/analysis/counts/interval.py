"""Intervals for shares: one share (Wilson), all shares of a whole at once (Goodman).

Wilson 1927 (J. Am. Stat. Assoc. 22:209) asks which true shares would not be surprised by the one seen; it is
sound for small numbers and at both ends (Newcombe 1998, Statistics in Medicine 17:857). Goodman 1965
(Technometrics 7:247) is the same for k groups together, each at the level 1 - (1 - level) / k.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist


def wilson(hits: float, of: float, level: float = 0.95) -> tuple[float, float]:
    """The interval of a share: ``hits`` among ``of`` > 0. Both may be effective numbers.

    >>> [round(one, 4) for one in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (hits + z * z / 2) / (of + z * z)
    half = z * (hits * (of - hits) / of + z * z / 4) ** 0.5 / (of + z * z)
    # At the ends rounding alone would leave a trace beside 0 and 1.
    return 0.0 if hits <= 0 else middle - half, 1.0 if hits >= of else middle + half


def goodman(counts: Sequence[int], level: float = 0.95) -> list[tuple[float, float]]:
    """The intervals of all shares of a whole, which hold together at the level."""
    whole = sum(counts)
    each = 1 - (1 - level) / max(1, len(counts))
    return [wilson(count, whole, each) for count in counts]
