"""Jacquez's test: are a find's nearest in space also its nearest in time?

It needs no thresholds: for each find the ``k`` nearest others in space and the ``k`` nearest in time are taken, and
those that are both are counted over all finds (Jacquez 1996, Statistics in Medicine 15:1935). Where
several are equally near, those that stand first in the table are taken, and it is told how far that matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.measure import Diagnostic, Input, Measure, Result
from headstamp.analysis.space_time.chance import gamma_quantile
from headstamp.analysis.space_time.checks import looked_at, warnings
from headstamp.analysis.space_time.effort import NAME as VISITS
from headstamp.analysis.space_time.effort import SURE
from headstamp.analysis.space_time.knox import ASSUMPTIONS, LEAST, MOST_MISSING, unfit
from headstamp.analysis.space_time.knox import checked as knox_checked
from headstamp.analysis.space_time.points import read
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "space_time.jacquez", 1
QUESTION: Final = "How often is one of the finds nearest in space also one of the nearest in time?"
MOST_POINTS: Final = 20_000
SOURCES: Final = ("Jacquez 1996, A k nearest neighbour test for space-time interaction, Statistics in Medicine 15:1935",)
_ASSUMPTIONS: Final = (*ASSUMPTIONS[:2], "Of others equally near, those that stand first in the table are taken.")
_REFUSES: Final = (
    f"Fewer than {LEAST} points or more than {MOST_POINTS:,}; all in one place or at one time; places or days missing in "
    f"more than {MOST_MISSING:.0%} of the rows; as many nearest as half of the points."
)
_PIECE: Final = 8_000_000

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def jacquez(
    points: Sequence[Mapping[str, str]], k: int = 3, permutations: int = 999, seed: int = 1, level: float = 0.95,
    visits: Sequence[Mapping[str, str]] | None = None,
) -> Result:
    """Jacquez's statistic of these points. Raises Invalid for faulty cells and for a k below 1."""
    if k < 1:
        raise Invalid("nothing can be counted so", [Problem("at least one nearest", "3 is usual.", "k", str(k))])
    knox_checked(0, 0, permutations, 0, level)
    given = read(points)
    n = len(given)
    answer = Result(NAME, VERSION, QUESTION, level=level, unit="nearest in both", assumptions=_ASSUMPTIONS,
                    sources=SOURCES)
    told = [Diagnostic("points", n, None, f"{plural(n, 'point')} of {plural(given.rows, 'row')}")]
    reason = unfit(given)
    if not reason and n > MOST_POINTS:
        reason = f"{plural(n, 'point is', 'points are')} too many; at most {MOST_POINTS:,}. A part will do, or the Knox test."
    if not reason and 2 * k >= n:
        reason = f"The {k} nearest of {plural(n, 'point is', 'points are')} half of all or more: they tell nothing."
    if reason:
        return replace(answer, refused=True, reason=reason, diagnostics=tuple(told), warnings=warnings(told))
    near, many_near = nearest(given.places, k)
    of_time, many_of_time = nearest(given.times[:, None], k)
    statistic = int(_shared(near, of_time, np.arange(n)))
    random = np.random.default_rng(seed)
    chance = np.array([_shared(near, of_time, random.permutation(n)) for _ in range(permutations)])
    ties = (many_near + many_of_time) / (2 * n)
    told += [
        Diagnostic("ties", ties, ties <= 0.2, (
            f"For {ties:.0%} of the points several are equally near at the last place, in space or in time." + (
                "" if ties <= 0.2 else " The order of the table then decides much: days or places are too coarse."))),
        *looked_at(given, 0.0, np.empty(0, np.int64))[:3], *_of_visits(visits, k, permutations, seed),
    ]
    expected = n * k * k / (n - 1)
    factor = max(0.05, float(chance.var()) / expected)
    low = factor * gamma_quantile(statistic / factor + 0.5, (1 - level) / 2) if statistic else 0.0
    high = factor * gamma_quantile(statistic / factor + 0.5, (1 + level) / 2)
    p = (1 + int(np.count_nonzero(chance >= statistic))) / (1 + permutations)
    return replace(
        answer, estimate=float(statistic), low=low, high=high, diagnostics=tuple(told), warnings=warnings(told),
        more={"points": n, "k": k, "statistic": statistic, "expected": expected, "p_permutation": p,
              "permutations": permutations, "seed": seed, "chance_mean": float(chance.mean()),
              "chance_sd": float(chance.std())},
        text=(f"Of the {plural(k, 'find')} nearest in space and the {k} nearest in time, {statistic:,} are the same, where chance makes about "
              f"{expected:,.1f}; it makes as many or more with probability {p:.2g}. This is of recoveries, which follow "
              "who looked where and when."))


def _of_visits(
    visits: Sequence[Mapping[str, str]] | None, k: int, permutations: int, seed: int
) -> tuple[Diagnostic, ...]:
    """The same statistic of where and when people looked."""
    if visits is None:
        return ()
    given = read(visits)
    n = len(given)
    if not max(LEAST, 2 * k) < n <= MOST_POINTS:
        return (Diagnostic(VISITS, None, None, f"{plural(n, 'visit has', 'visits have')} a place and a day: too few, or too many, to ask it of them."),)
    near, of_time = nearest(given.places, k)[0], nearest(given.times[:, None], k)[0]
    random = np.random.default_rng(seed)
    statistic = int(_shared(near, of_time, np.arange(n)))
    as_many = sum(int(_shared(near, of_time, random.permutation(n))) >= statistic for _ in range(permutations))
    p = (1 + as_many) / (1 + permutations)
    return (Diagnostic(VISITS, float(statistic), p > SURE, (
        f"{plural(n, 'visit')}: {statistic:,} are nearest in both, where chance makes {n * k * k / (n - 1):,.1f} (chance of as many {p:.2g}). "
        + ("The visits do not cluster so by themselves." if p > SURE else
           "The visits cluster themselves: what the finds show may be no more than where and when people looked."))),)


def nearest(places: Floats, k: int) -> tuple[Ints, int]:
    """The k nearest others of each point, shape (n, k), in the order of the table; and for how many it had to choose."""
    n = len(places)
    told = np.empty((n, k), np.int64)
    chosen = 0
    step = max(1, _PIECE // n)
    for start in range(0, n, step):
        some = np.arange(start, min(n, start + step))
        squared = np.zeros((len(some), n))
        for axis in range(places.shape[1]):
            squared += (places[some, axis][:, None] - places[None, :, axis]) ** 2
        squared[np.arange(len(some)), some] = np.inf
        last = np.partition(squared, k - 1, axis=1)[:, k - 1 : k]
        nearer, alike = squared < last, squared == last
        room = k - nearer.sum(axis=1, keepdims=True)
        chosen += int((alike.sum(axis=1, keepdims=True) > room).sum())
        taken = nearer | (alike & (np.cumsum(alike, axis=1) <= room))
        told[some] = np.nonzero(taken)[1].reshape(len(some), k)
    return told, chosen


def _shared(near: Ints, of_time: Ints, dealt: Ints) -> int:
    """How many neighbours in space are neighbours in time, when point i has the time of point dealt[i]."""
    return int((of_time[dealt][:, None, :] == dealt[near][:, :, None]).sum())


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("points", "table", "A row for each find: x, y, t, or latitude, longitude, date", needed=True),
        Input("k", "whole number", "How many nearest", default=3),
        Input("permutations", "whole number", "How often the times are dealt out", default=999),
        Input("seed", "whole number", "Of the dealing: the same gives the same", default=1),
        Input("level", "number", "The level of the interval", default=0.95),
        Input("visits", "table", "Where and when people looked: the columns of points, a row for each visit"),
    ),
    _ASSUMPTIONS, _REFUSES, SOURCES, jacquez,
)
