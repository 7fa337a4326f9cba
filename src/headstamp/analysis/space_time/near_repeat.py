"""The near-repeat table: pairs of finds by bands of distance and of time, observed by expected.

As near-repeat calculators give it (Ratcliffe 2009): the first line is the same place, then bands of one
width. Each cell has its chance by dealing out the times. A table has many cells, so that some
come out small by chance; Holm's adjusted chance (1979, Scand. J. Statist. 6:65) takes that in.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from headstamp.analysis.space_time import pairs as close
from headstamp.analysis.space_time import permutation
from headstamp.analysis.space_time.points import Points
from headstamp.kinds.counted import plural

_SURE: Final = 0.05


def near_repeat(
    points: Points, moments: close.Moments, space: float, time: float, bands: int, permutations: int, seed: int,
    most: int,
) -> dict[str, Any]:
    """The table as plain JSON values: ``cells`` with bands, counts, ratio, ``p`` and ``p_holm``, and a ``note``.

    Without ``cells`` where more than ``most`` pairs lie within the widest band of distance.
    """
    n = len(points)
    found = close.in_space(points.places, points.reach(space * bands), most)
    if not found.kept:
        return {"cells": [], "note": f"{plural(found.count, 'pair lies', 'pairs lie')} within the widest band: too many for a table."}
    edges = np.array([points.reach(space * band) for band in range(bands + 1)])
    band = np.searchsorted(edges**2, found.squared, side="left")
    order = np.argsort(band, kind="stable")
    first, second = found.first[order], found.second[order]
    sizes = np.bincount(band, minlength=bands + 1)
    ends = np.cumsum(sizes).tolist()
    limits = [time * (step + 1) for step in range(bands)]
    seen = _apart(permutation.observed(points.times, first, second, ends, limits)[None])[0]
    dealt = _apart(permutation.dealt(points.times, first, second, ends, limits, permutations, seed))
    of_time = np.diff([0, *(close.in_time(points.times, limit).count for limit in limits)])
    expected = sizes[:, None] * of_time[None, :] / (n * (n - 1) / 2)
    p = (1 + (dealt >= seen[None]).sum(axis=0)) / (1 + permutations)
    usable = expected > 0
    adjusted = np.ones_like(p)
    adjusted[usable] = _holm(p[usable])
    cells = [{
        "distance": "same place" if row == 0 else f"over {space * (row - 1):g} to {space * row:g}",
        "time": f"{'' if column == 0 else 'over '}{time * column:g} to {time * (column + 1):g}",
        "observed": int(seen[row, column]), "expected": float(expected[row, column]),
        "ratio": float(seen[row, column] / expected[row, column]),
        "p": float(p[row, column]), "p_holm": float(adjusted[row, column]),
    } for row in range(bands + 1) for column in range(bands) if usable[row, column]]
    small = int((p[usable] <= _SURE).sum())
    sure = int((adjusted[usable] <= _SURE).sum())
    return {"cells": cells, "note": (
        f"{len(cells)} cells are tested at once: about {_SURE * len(cells):.1f} of them would be at or below {_SURE} by chance; "
        f"{small} are, and {sure} still with Holm's adjusted chance (p_holm).")}


def _apart(counts: close.Ints) -> close.Ints:
    """Counts up to each limit as counts of each band of time."""
    return np.diff(counts, axis=-1, prepend=0)


def _holm(p: close.Floats) -> close.Floats:
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    told = np.empty_like(p)
    told[order] = np.minimum(1.0, stepped)
    return told
