"""Whether finds that lie close together were also found close together in time: the Knox test.

All pairs of finds are asked twice: is the distance at most ``space``, are the times at most ``time`` apart? Chance
alone makes (pairs close in space) x (pairs close in time) / (all pairs) of them close in both
(Knox 1964, Applied Statistics 13:25). What is more than that interacts; a "near repeat" is the same thing
by bands (Johnson and Bowers 2004). Borders count as close, as ``pointpats`` has it.

The chance of what was seen is told by dealing the times out anew, ``P(at least as many)``: that is the headline.
A Poisson chance stands beside it in both readings, because ``pointpats`` calls ``P(more than)`` its
Poisson p-value, and the usual upper tail is ``P(at least)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.space_time import pairs as close
from headstamp.analysis.space_time import permutation
from headstamp.analysis.space_time.chance import gamma_quantile, poisson_above, poisson_at_least
from headstamp.analysis.space_time.checks import looked_at, unique, warnings
from headstamp.analysis.space_time.effort import of_visits
from headstamp.analysis.space_time.near_repeat import near_repeat
from headstamp.analysis.space_time.points import Points, read
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "space_time.knox", 1
QUESTION: Final = "Do finds that lie close together in space also lie close together in time, more than chance has it?"
LEAST: Final = 10
FEW_PAIRS: Final = 5
LEAST_EXPECTED: Final = 0.1
MOST_MISSING: Final = 0.1
NEARLY_ALL: Final = 0.9
MOST_PAIRS: Final = 20_000_000

ASSUMPTIONS: Final = (
    "Without interaction any find could have had any of the times: where was looked did not change with when.",
    "Each recovery is one point; its place and day are those of the recovery.",
    "Pairs at a distance of exactly the threshold count as close.",
    "For the interval: pairs come about one by one or in small groups; long chains of repeats make it too narrow.",
)
REFUSES: Final = (
    f"Fewer than {LEAST} points; all in one place or at one time; fewer than {FEW_PAIRS} pairs close in space or in time, "
    f"or fewer than {LEAST_EXPECTED} expected in both; a threshold that holds {NEARLY_ALL:.0%} of all pairs or more; "
    f"places or days missing in more than {MOST_MISSING:.0%} of the rows; more than {MOST_PAIRS:,} pairs close in "
    "space and as many in time."
)
SOURCES: Final = (
    "Knox 1964, The detection of space-time interactions, Applied Statistics 13:25",
    "Besag and Diggle 1977, Simple Monte Carlo tests for spatial pattern, Applied Statistics 26:327",
    "Baker 2004, Identifying space-time disease clusters, Acta Tropica 91:291 (modified Knox)",
    "Efron and Stein 1981, The jackknife estimate of variance, Annals of Statistics 9:586",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """The pairs of points: all, close in space, in time, in both; and what chance makes of both.

    ``modified`` is the expected number when each point keeps how many others are near it and how
    many are of its time (Baker 2004). ``residual`` is the variance of ``both`` that the points' own
    counts show.
    """

    pairs: int
    in_space: int
    in_time: int
    both: int
    modified: float
    residual: float

    @property
    def expected(self) -> float:
        """Pairs close in both that chance leads to expect."""
        return self.in_space * self.in_time / self.pairs

    @property
    def ratio(self) -> float:
        """Observed by expected."""
        return self.both / self.expected


def knox(
    points: Sequence[Mapping[str, str]], space: float, time: float, permutations: int = 999, seed: int = 1,
    bands: int = 0, level: float = 0.95, visits: Sequence[Mapping[str, str]] | None = None,
) -> Result:
    """The Knox test of these points.

    ``space`` in the unit of x and y, or in metres where the columns are latitude and longitude; ``time`` in
    days where times are dates. ``bands`` gives a table of so many bands of both widths; ``visits`` are where and
    when people looked, held against the finds.
    Raises Invalid for faulty cells and for thresholds that are none.
    """
    checked(space, time, permutations, bands, level)
    given = read(points)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level,
        "unit": "observed by expected pairs", "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told = [Diagnostic("points", len(given), None, f"{plural(len(given), 'point')} of {plural(given.rows, 'row')}")]
    reason = unfit(given)
    if reason:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told), warnings=warnings(told))
    found = close.in_space(given.places, given.reach(space), MOST_PAIRS)
    moments = close.in_time(given.times, time)
    reason = unfit_pairs(given, found, moments)
    if reason:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told), warnings=warnings(told))
    counts, later = count(given, found, moments, time, given.reach(space))
    told += [*looked_at(given, given.reach(space), later), *of_visits(visits, space, time, permutations, seed)]
    chance = _chance(given, found, moments, given.reach(space), time, permutations, seed)
    low, high = interval(counts, chance.var(), level)
    p = (1 + int(np.count_nonzero(chance >= counts.both))) / (1 + permutations)
    more = _more(given, counts, chance, p, permutations, seed, level)
    if bands:
        more["near_repeat"] = near_repeat(given, moments, space, time, bands, permutations, seed, MOST_PAIRS)
    words = (
        f"{plural(counts.both, 'pair')} of {plural(len(given), 'find lies', 'finds lie')} within {space:,g} {given.unit} and {time:,g} {given.time_unit} of each "
        f"other; chance leads one to expect {counts.expected:,.1f}, so there are {counts.ratio:.2f} times as many "
        f"({level:.0%}: {low:.2f} to {high:.2f}). Chance alone makes as many or more with probability {p:.2g} "
        f"({plural(permutations, 'dealing')} of the times). This is of recoveries, which follow who looked where and when."
    )
    return Result(
        **shared, estimate=counts.ratio, low=low, high=high, diagnostics=tuple(told), warnings=warnings(told),
        models=tuple(_models(given, counts, space, time, level)), text=words, more=more,
    )


def checked(space: float, time: float, permutations: int, bands: int, level: float) -> None:
    """Raises Invalid naming every input that is none."""
    problems = [
        Problem("a threshold is a number from 0 on", "", name, str(value))
        for name, value in (("space", space), ("time", time)) if not 0 <= value < 1e12]
    if not 99 <= permutations <= 1_000_000:
        problems.append(Problem("from 99 to 1,000,000 dealings", "999 is usual.", "permutations", str(permutations)))
    if not 0 <= bands <= 20:
        problems.append(Problem("from 0 to 20 bands", "", "bands", str(bands)))
    elif bands and not (space > 0 and time > 0):
        problems.append(Problem("bands have a width", "Give thresholds above 0.", "bands", str(bands)))
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    if problems:
        raise Invalid("the Knox test cannot be asked so", problems)


def unfit(points: Points) -> str:
    """Why these points cannot carry a number; empty where they can."""
    n = len(points)
    if points.rows and points.left_out > MOST_MISSING * points.rows:
        return (f"{points.left_out:,} of {plural(points.rows, 'row has', 'rows have')} no place or no day; what the others show may come "
                "from which were written down.")
    if n < LEAST:
        return f"{plural(n, 'point is', 'points are')} too few; at least {LEAST} are needed."
    if (points.places == points.places[0]).all():
        return "All points lie in one place: none is closer than another."
    if (points.times == points.times[0]).all():
        return "All points are of one time: none is closer than another."
    return ""


def unfit_pairs(points: Points, found: close.Pairs, moments: close.Moments) -> str:
    """Why thresholds with these close pairs cannot; empty where they can."""
    n = len(points)
    pairs, s, t = n * (n - 1) // 2, found.count, moments.count
    for number, name in ((s, "space"), (t, "time")):
        if number >= NEARLY_ALL * pairs:
            return f"The threshold of {name} holds {number / pairs:.0%} of all pairs: it tells none from another."
        if number < FEW_PAIRS:
            return f"{plural(number, 'pair is', 'pairs are')} close in {name}; at least {FEW_PAIRS} are needed. A wider threshold may do."
    if s * t / pairs < LEAST_EXPECTED:
        return (f"Chance leads one to expect {s * t / pairs:.2g} pairs close in both: too few to hold anything "
                "against. Wider thresholds may do.")
    if min(s, t) > MOST_PAIRS:
        return f"{plural(s, 'pair is', 'pairs are')} close in space and {t:,} in time: too many. Narrower thresholds, or a part, will do."
    return ""


def count(
    points: Points, found: close.Pairs, moments: close.Moments, time: float, reach: float
) -> tuple[Counts, close.Ints]:
    """The pairs counted, and of those close in both the later point."""
    n = len(points)
    if found.kept:
        first, second = found.first, found.second
        both = np.abs(points.times[first] - points.times[second]) <= time
        near = close.neighbours(found, n)
    else:
        first, second = moments.pairs()
        apart = points.places[first] - points.places[second]
        both = np.einsum("ij,ij->i", apart, apart) <= reach * reach
        # Each point's own number is not known then; all are taken to have the same.
        near = np.full(n, 2 * found.count / n)
    a, b = first[both], second[both]
    own = np.bincount(a, minlength=n) + np.bincount(b, minlength=n)
    pairs, total = n * (n - 1) // 2, int(both.sum())
    share = 2 * moments.count / n / (n - 1)
    # What each point has more than the others would give it: pairs that share a point vary together.
    expected = found.count * moments.count / pairs
    left = own - (total / expected if expected else 0.0) * near * share
    residual = max(0.0, float((left**2).sum()) - total)
    counts = Counts(pairs, found.count, moments.count, total,
                    float((near * moments.neighbours).sum()) / 2 / (n - 1), residual)
    return counts, np.where(points.times[a] > points.times[b], a, b)


def _chance(
    points: Points, found: close.Pairs, moments: close.Moments, reach: float, time: float, permutations: int,
    seed: int,
) -> close.Ints:
    # To deal places over the pairs close in time says the same; it pays where these are far fewer.
    if not found.kept or (moments.count * 50 < found.count and moments.count < 100_000):
        return permutation.dealt_places(points.places, *moments.pairs(), reach, permutations, seed)
    return permutation.dealt(points.times, found.first, found.second, [found.count], [time], permutations, seed)[:, 0, 0]


def interval(counts: Counts, chance: float, level: float) -> tuple[float, float]:
    """The interval of observed by expected.

    The count is taken as Poisson (Jeffreys' interval), widened or narrowed by how much it varies: as the
    dealings do (their variance ``chance``), or as the points' own counts do, whichever is more.
    """
    factor = chance / counts.expected
    if counts.both:
        factor = max(factor, counts.residual / counts.both)
    factor = max(factor, 0.05)
    shape = counts.both / factor + 0.5
    low = factor * gamma_quantile(shape, (1 - level) / 2) / counts.expected if counts.both else 0.0
    return low, factor * gamma_quantile(shape, (1 + level) / 2) / counts.expected


def _models(points: Points, counts: Counts, space: float, time: float, level: float) -> list[Model]:
    models = [Model(
        "Poisson", counts.ratio,
        gamma_quantile(counts.both, (1 - level) / 2) / counts.expected if counts.both else 0.0,
        gamma_quantile(counts.both + 1, (1 + level) / 2) / counts.expected,
        words="as if pairs came about independently (exact interval)")]
    if counts.modified > 0:
        models.append(Model("modified", counts.both / counts.modified, words=(
            f"expected {counts.modified:,.6g}, each point keeping how many others are near it and of its time")))
    alone = unique(points)
    if LEAST <= len(alone) < len(points):
        part = Points(points.places[alone], points.times[alone], len(alone), 0, points.on_earth, points.dates)
        found = close.in_space(part.places, part.reach(space), MOST_PAIRS)
        moments = close.in_time(part.times, time)
        if found.count and moments.count and (found.kept or moments.count <= MOST_PAIRS):
            once, _ = count(part, found, moments, time, part.reach(space))
            models.append(Model("without repeats", once.ratio, words=(
                f"{plural(len(alone), 'point')}, one of each place and moment: {plural(once.both, 'pair')}, {once.expected:,.6g} expected")))
    return models


def _more(
    points: Points, counts: Counts, chance: close.Ints, p: float, permutations: int, seed: int, level: float
) -> dict[str, Any]:
    s, t, both, expected = counts.in_space, counts.in_time, counts.both, counts.expected
    ends = np.quantile(chance, ((1 - level) / 2, (1 + level) / 2))
    return {
        "points": len(points), "left_out": points.left_out, "space_unit": points.unit, "time_unit": points.time_unit,
        "distance": "great circle on a sphere of the mean radius of the Earth" if points.on_earth else "on a plane",
        "borders": "a pair at exactly the threshold is close",
        "pairs": counts.pairs, "close_in_space": s, "close_in_time": t, "statistic": both, "expected": expected,
        "observed_table": [[both, s - both], [t - both, counts.pairs - s - t + both]],
        "expected_table": [[expected, s - expected], [t - expected, counts.pairs - s - t + expected]],
        "modified_knox": both - counts.modified,
        "headline_p": "p_permutation",
        "p_permutation": p, "p_permutation_error": (p * (1 - p) / permutations) ** 0.5,
        "permutations": permutations, "seed": seed,
        "p_poisson_at_least": poisson_at_least(both, expected), "p_poisson_above": poisson_above(both, expected),
        "chance_ratio": [float(end) / expected for end in ends],
        "chance_mean": float(chance.mean()), "chance_sd": float(chance.std()),
    }


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("points", "table", "A row for each find: x, y, t, or latitude, longitude, date", needed=True),
        Input("space", "number", "How far apart is close: units of x and y, or metres", needed=True),
        Input("time", "number", "How long apart is close: units of t, or days", needed=True),
        Input("permutations", "whole number", "How often the times are dealt out", default=999),
        Input("seed", "whole number", "Of the dealing: the same gives the same", default=1),
        Input("bands", "whole number", "A near-repeat table of so many bands of distance and time", default=0),
        Input("level", "number", "The level of the interval", default=0.95),
        Input("visits", "table", "Where and when people looked: the columns of points, a row for each visit"),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, knox,
)
