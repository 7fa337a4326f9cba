"""What is looked at before a space-time clustering of finds is believed.

Finds are where and when somebody looked. Two things make finds cluster without any clustering of what was
found: one recovery written down several times, and search that moves from one area to another in
the course of time. Both leave traces that can be tested.
"""

from __future__ import annotations

from math import log
from typing import Final

import numpy as np

from headstamp.analysis.measure import Diagnostic
from headstamp.analysis.space_time.chance import gamma_below, poisson_at_least
from headstamp.analysis.space_time.pairs import Floats, Ints
from headstamp.analysis.space_time.points import Points
from headstamp.kinds.counted import plural

ALARM: Final = 0.01
"""A test fires where chance alone would do so in fewer than one of a hundred cases."""
_FEW_REPEATS: Final = 0.02
_BUSY: Final = 0.2

EFFORT: Final = (
    "Recoveries follow who looked where and when: what clusters may be the search, not what was searched for. Hold "
    "this beside the visits, days and access of those who recorded."
)


def looked_at(points: Points, distance: float, later: Ints) -> list[Diagnostic]:
    """Repeats, drift, the busiest day, edges. ``later`` are the second points of pairs close in both."""
    return [repeats(points), drift(points, later), _busiest(points), _edges(points, distance)]


def warnings(told: list[Diagnostic]) -> tuple[str, ...]:
    """The effort statement, always; and what the tests found."""
    return (EFFORT, *(one.words for one in told if one.good is False))


def unique(points: Points) -> Ints:
    """One point of each place and moment, by its place in the table."""
    table = np.column_stack((points.places, points.times))
    return np.sort(np.unique(table, axis=0, return_index=True)[1])


def repeats(points: Points) -> Diagnostic:
    """Whether more points share their place and moment than places and days often used would bring together."""
    n = len(points)
    extra = n - len(unique(points))
    both = _same(np.column_stack((points.places, points.times)))
    expected = _same(points.places) * _same(points.times[:, None]) / (n * (n - 1) / 2)
    chance = poisson_at_least(both, expected)
    share = extra / n
    good = share <= _FEW_REPEATS or chance >= ALARM
    return Diagnostic("repeats", share, good, (
        f"{extra:,} of {plural(n, 'point repeats', 'points repeat')} the place and moment of another." if good else
        f"{extra:,} of {plural(n, 'point repeats', 'points repeat')} the place and moment of another, more than chance brings together: one "
        "recovery may stand there several times. See the model without repeats."))


def drift(points: Points, later: Ints) -> Diagnostic:
    """Whether the finds wander: places held against time and its square, by ranks (Bartlett 1938, Wilks).

    Of points close in both only one is kept, so that a repeat nearby does not pass for a drift.
    """
    n = len(points)
    kept = np.ones(n, bool)
    kept[later] = False
    if kept.sum() < max(10, n // 2):
        kept[:] = True
    places, times = points.places[kept], points.times[kept]
    # On the sphere the three coordinates of a region are two: the widest directions.
    centred = places - places.mean(axis=0)
    turned = centred @ np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
    where = _whitened(np.column_stack([_ranks(turned[:, axis]) for axis in range(2)]))
    when = _ranks(times)
    spread = _whitened(np.column_stack((when, (when - when.mean()) ** 2)))
    p, q = where.shape[1], spread.shape[1]
    if not p or not q:
        return Diagnostic("drift", None, None, "Places or times do not differ enough to see a drift.")
    shared = np.clip(np.linalg.svd(where.T @ spread, compute_uv=False), 0, 1 - 1e-12)
    statistic = -(len(times) - 1 - (p + q + 1) / 2) * sum(log(1 - float(one) ** 2) for one in shared)
    chance = 1 - gamma_below(p * q / 2, max(0.0, statistic) / 2)
    return Diagnostic("drift", chance, chance >= ALARM, (
        "The finds do not wander from one area to another over the whole time." if chance >= ALARM else
        "The finds wander from one area to another in the course of time, as recording teams do: that alone makes "
        "pairs close in both. Ask the measure of each area or period by itself."))


def _busiest(points: Points) -> Diagnostic:
    moments, counts = np.unique(points.times, return_counts=True)
    share = float(counts.max()) / len(points)
    return Diagnostic("busiest moment", share, share <= _BUSY, (
        f"The busiest of {plural(len(moments), 'different day')} or times holds {share:.0%} of the points." if share <= _BUSY else
        f"One day or time holds {share:.0%} of the points: it may be one seizure or a default date (counts.burst)."))


def _edges(points: Points, distance: float) -> Diagnostic:
    low, high = points.places.min(axis=0), points.places.max(axis=0)
    near = ((points.places - low < distance) | (high - points.places < distance)).any(axis=1)
    if points.on_earth:
        return Diagnostic("edges", None, None, "Pairs with finds outside the area that was looked at are not seen; "
                          "the dealing out of times keeps all places, so the expected count has the same edges.")
    share = float(near.mean())
    return Diagnostic("edges", share, None, (
        f"{share:.0%} of the points lie closer to the edge of what was given than the distance; the dealing out of "
        "times keeps all places, so the expected count has the same edges."))


def _same(values: Floats) -> int:
    """How many pairs of rows are alike."""
    counts = np.unique(values, axis=0, return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def _ranks(values: Floats) -> Floats:
    """Ranks from 0, equal values sharing theirs."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts + 1) / 2)[at]


def _whitened(table: Floats) -> Floats:
    """An orthonormal basis of the centred columns; those that do not vary fall out."""
    u, size, _ = np.linalg.svd(table - table.mean(axis=0), full_matrices=False)
    return u[:, size > 1e-9 * max(1.0, float(size.max(initial=0.0)))]
