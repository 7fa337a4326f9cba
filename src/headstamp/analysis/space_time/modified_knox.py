"""The modified Knox test: how many more pairs of finds are close in both than each find's own surroundings give.

The Knox test expects the same of every find. This one lets each keep how many others lie near it
and how many are of its time (Baker 2004, Acta Tropica 91:291): half of the sum over the finds of
both numbers, by n - 1. The estimate is the difference, in pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from headstamp.analysis.measure import Diagnostic, Measure, Result
from headstamp.analysis.space_time import pairs as close
from headstamp.analysis.space_time import permutation
from headstamp.analysis.space_time.checks import looked_at, warnings
from headstamp.analysis.space_time.effort import of_visits
from headstamp.analysis.space_time.knox import (
    ASSUMPTIONS,
    MOST_PAIRS,
    REFUSES,
    count,
    unfit,
    unfit_pairs,
)
from headstamp.analysis.space_time.knox import MEASURE as KNOX
from headstamp.analysis.space_time.knox import checked as knox_checked
from headstamp.analysis.space_time.points import read
from headstamp.kinds.counted import plural

NAME, VERSION = "space_time.modified_knox", 1
QUESTION: Final = "How many more pairs of finds are close in space and time than each find's surroundings lead one to expect?"
SOURCES: Final = ("Baker 2004, Identifying space-time disease clusters, Acta Tropica 91:291",)
_REFUSES: Final = f"{REFUSES} More than {MOST_PAIRS:,} pairs close in space."


def modified_knox(
    points: Sequence[Mapping[str, str]], space: float, time: float, permutations: int = 999, seed: int = 1,
    level: float = 0.95, visits: Sequence[Mapping[str, str]] | None = None,
) -> Result:
    """The modified Knox statistic of these points; thresholds as in the Knox test, Invalid as there."""
    knox_checked(space, time, permutations, 0, level)
    given = read(points)
    answer = Result(NAME, VERSION, QUESTION, level=level, unit="pairs more than expected", assumptions=ASSUMPTIONS,
                    sources=SOURCES)
    told = [Diagnostic("points", len(given), None, f"{plural(len(given), 'point')} of {plural(given.rows, 'row')}")]
    reason = unfit(given)
    if not reason:
        reach = given.reach(space)
        found = close.in_space(given.places, reach, MOST_PAIRS)
        moments = close.in_time(given.times, time)
        reason = unfit_pairs(given, found, moments)
        if not reason and not found.kept:
            reason = f"{plural(found.count, 'pair is', 'pairs are')} close in space: too many. A narrower threshold, or a part, will do."
    if reason:
        return replace(answer, refused=True, reason=reason, diagnostics=tuple(told), warnings=warnings(told))
    counts, later = count(given, found, moments, time, reach)
    told += [*looked_at(given, reach, later), *of_visits(visits, space, time, permutations, seed)]
    chance = _chance(found, moments, given.times, time, permutations, seed)
    statistic = counts.both - counts.modified
    # The dealings vary as they do without interaction; what is there varies with its own size.
    spread = (max(chance.var() * max(1.0, counts.ratio), counts.residual)) ** 0.5
    z = NormalDist().inv_cdf((1 + level) / 2)
    p = (1 + int(np.count_nonzero(chance >= statistic - 1e-9))) / (1 + permutations)
    more: dict[str, Any] = {
        "points": len(given), "statistic": statistic, "observed": counts.both, "expected": counts.modified,
        "p_permutation": p, "permutations": permutations, "seed": seed,
        "borders": "a pair at exactly the threshold is close",
    }
    return replace(
        answer, estimate=statistic, low=statistic - z * spread, high=statistic + z * spread,
        diagnostics=tuple(told), warnings=warnings(told), more=more, text=(
            f"{plural(counts.both, 'pair')} of {plural(len(given), 'find is', 'finds are')} close in space and time, {statistic:+,.1f} against what each find's "
            f"surroundings lead one to expect; chance makes as many or more with probability {p:.2g}. This is of "
            "recoveries, which follow who looked where and when."))


def _chance(
    found: close.Pairs, moments: close.Moments, times: close.Floats, time: float, permutations: int, seed: int
) -> close.Floats:
    """The statistic under dealings of the times: pairs, less what the two numbers of each point give."""
    n = len(times)
    both = permutation.dealt(times, found.first, found.second, [found.count], [time], permutations, seed)[:, 0, 0]
    near, of_time = close.neighbours(found, n).astype(np.float64), moments.neighbours.astype(np.float64)
    random = np.random.default_rng(seed)
    # The same dealings again, from the same seed, now of how many are of each time.
    expected = np.array([near @ of_time[random.permutation(n)] for _ in range(permutations)])
    told: close.Floats = both - expected / 2 / (n - 1)
    return told


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION, tuple(one for one in KNOX.inputs if one.name != "bands"), ASSUMPTIONS, _REFUSES,
    SOURCES, modified_knox,
)
