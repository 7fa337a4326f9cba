"""What markings cost under the noisy channel of a reading, in numpy: the twin of ``_score.h``.

Part of :mod:`headstamp.markings.fallback`, and with the same answers as the compiled
core to the last integer.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import CODES, PLACES
from headstamp.markings.asked import Costs
from headstamp.markings.segment import RUN_CODE, U8

FAR: Final = 1 << 28
"""More than any marking costs: what is said of a slot that is not there."""
MOST_COST: Final = 1 << 20
"""Of one event, either way."""

Ints = npt.NDArray[np.int32]


def check_costs(costs: Costs) -> None:
    """Within these bounds no sum over a marking and a reading overflows 32 bits."""
    m = costs.places
    if not 0 <= m <= PLACES:
        raise ValueError("a reading has 0 to 60 places")
    needed = (
        (costs.seen, m), (costs.drop, CODES), (costs.add, m),
        (costs.cut, PLACES + 1), (costs.extra, PLACES + 1),
    )  # fmt: skip
    for table, least in needed:
        if len(table) < least:
            raise ValueError("a table of costs is too small")
        if table.size and max(int(table.max()), -int(table.min())) > MOST_COST:
            raise ValueError("a cost is out of bounds")
    if max(map(abs, (costs.swap, costs.run, costs.stored))) > MOST_COST:
        raise ValueError("a cost is out of bounds")


def costs_of(codes: U8, lengths: npt.NDArray[np.int64], costs: Costs) -> Ints:
    """The same table as ``cost_of`` of the core, for many markings at once.

    ``codes``: a row each, at least ``lengths`` long; rows may differ in length.
    """
    number = len(lengths)
    m = costs.places
    best = np.full(number, FAR, dtype=np.int32)
    if not number:
        return best
    n = int(lengths.max())
    # A row for each place of the markings: what follows goes over all of them at once.
    t = np.ascontiguousarray(codes[:, :n].T).astype(np.int64)
    is_run = t == RUN_CODE
    runs = bool(is_run.any())
    dropped = np.where(is_run, 0, costs.drop[t]).astype(np.int32)
    above2 = np.full((n + 1, number), FAR, dtype=np.int32)
    above = np.zeros((n + 1, number), dtype=np.int32)
    above[0] = costs.cut[0]
    for j in range(1, n + 1):
        more = np.where(is_run[j - 1], 0, costs.run) if costs.runs & 1 else dropped[j - 1]
        above[j] = np.minimum(above[j - 1] + more, costs.cut[j])
    every = np.arange(number)
    if m == 0:
        return np.asarray(above[lengths, every] + costs.cut[0], dtype=np.int32)
    best = np.minimum(best, above[lengths, every] + costs.extra[m])
    added = 0
    seen_before = costs.seen[0][t]
    for i in range(1, m + 1):
        run = costs.runs >> i & 1
        add = int(costs.add[i - 1])
        added += add
        seen = costs.seen[i - 1][t]
        row = np.empty((n + 1, number), dtype=np.int32)
        row[0] = min(added + int(costs.cut[0]), int(costs.extra[i]))
        offered = np.minimum(above[:-1] + seen, above[1:] + add)
        if i > 1:
            crossed = above2[: n - 1] + costs.swap + seen_before[1:] + seen[:-1]
            if runs:
                crossed[is_run[:-1]] = FAR
            np.minimum(offered[1:], crossed, out=offered[1:])
        if runs:
            offered[is_run] = (above[1:] + costs.stored)[is_run]
        for j in range(1, n + 1):
            more = np.where(is_run[j - 1], 0, costs.run) if run else dropped[j - 1]
            np.minimum(offered[j - 1], row[j - 1] + more, out=row[j])
        seen_before = seen
        if i < m:
            best = np.minimum(best, row[lengths, every] + costs.extra[m - i])
        above2, above = above, row
    for j in range(n + 1):
        inside = lengths >= j
        best[inside] = np.minimum(best[inside], above[j, inside] + costs.cut[lengths[inside] - j])
    return np.asarray(best, dtype=np.int32)
