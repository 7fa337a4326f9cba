"""Whether the looking clusters as the finds do: the Knox statistic of the visits beside that of the finds.

Visits that lie close together in space and in time make finds that do, whatever was there to find. So the
same pairs are counted among the visits, with the same thresholds. Where they cluster too, what the
finds show may be no more than that; where they do not, visits are no reason for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from headstamp.analysis.measure import Diagnostic
from headstamp.analysis.space_time import pairs as close
from headstamp.analysis.space_time import permutation
from headstamp.analysis.space_time.points import read
from headstamp.kinds.counted import plural

NAME: Final = "visits"
LEAST: Final = 10
SURE: Final = 0.05
MOST_PAIRS: Final = 5_000_000


def of_visits(
    visits: Sequence[Mapping[str, str]] | None, space: float, time: float, permutations: int, seed: int,
) -> tuple[Diagnostic, ...]:
    """One diagnostic of the visits at these thresholds; none where no visits are given.

    ``visits`` has the columns of a table of points. Raises Invalid for faulty cells.
    """
    if visits is None:
        return ()
    given = read(visits)
    n = len(given)
    if n < LEAST:
        return (Diagnostic(NAME, None, None, (
            f"{plural(n, 'visit has', 'visits have')} a place and a day: too few to see whether it is the visits that cluster.")),)
    found = close.in_space(given.places, given.reach(space), MOST_PAIRS)
    moments = close.in_time(given.times, time)
    pairs = n * (n - 1) / 2
    expected = found.count * moments.count / pairs
    if not found.kept or not expected >= 0.1 or found.count >= 0.9 * pairs or moments.count >= 0.9 * pairs:
        return (Diagnostic(NAME, None, None, (
            f"{plural(n, 'visit lies', 'visits lie')} too close together, or too far apart, for these thresholds to see whether they cluster.")),)
    both = int((np.abs(given.times[found.first] - given.times[found.second]) <= time).sum())
    dealt = permutation.dealt(given.times, found.first, found.second, [found.count], [time], permutations, seed)[:, 0, 0]
    p = (1 + int(np.count_nonzero(dealt >= both))) / (1 + permutations)
    ratio = both / expected
    return (Diagnostic(NAME, ratio, p > SURE, (
        f"{plural(n, 'visit')}: {plural(both, 'pair lies', 'pairs lie')} close in space and time, {ratio:.2f} times what chance makes (chance of as many "
        f"{p:.2g}). " + ("The visits do not cluster so by themselves." if p > SURE else
                         "The visits cluster themselves: what the finds show may be no more than where and when people "
                         "looked."))),)
