"""A weighted edit distance for many candidates at once: what an expert would put behind a peer.

Optimal string alignment with costs by kind: nothing for an unread place, little for the six
old look-alike groups, some for softer ones, more for the rest. Numpy over the candidates,
so that a few hundred take one or two milliseconds. The costs were set by the author of the
corruptions: this is a peer that knows a good deal of the truth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.markings.corrupt import LIKENESSES

SAME, UNREAD, STRONG, SOFT, OTHER = 0.02, 0.3, 1.0, 2.2, 4.5
DROPPED, ADDED, SWAPPED = 3.5, 4.5, 3.0

Costs = NDArray[np.float32]


def _table() -> dict[str, dict[str, float]]:
    strong, soft = LIKENESSES
    table: dict[str, dict[str, float]] = {}
    for likeness, cost in ((soft, SOFT), (strong, STRONG)):
        for char, others in likeness.items():
            table.setdefault(char, {}).update(dict.fromkeys(others, cost))
    return table


_TABLE = _table()


def distances(asked: str, candidates: Sequence[str]) -> Costs:
    """The weighted distance of each candidate from ``asked`` (both plain keys)."""
    if not candidates:
        return np.zeros(0, np.float32)
    wide = max(map(len, candidates))
    codes = np.array([list(c.ljust(wide, "\0")) for c in candidates]).view(np.uint32)
    codes = codes.reshape(len(candidates), wide)
    lengths = np.array([len(c) for c in candidates])
    above2: Costs = np.zeros(0, np.float32)
    above = np.tile(np.arange(wide + 1, dtype=np.float32) * DROPPED, (len(candidates), 1))
    for at, char in enumerate(asked, start=1):
        substitution = _substitution(char, codes)
        row = np.empty_like(above)
        row[:, 0] = at * ADDED
        for n in range(1, wide + 1):
            best = np.minimum(above[:, n - 1] + substitution[:, n - 1], above[:, n] + ADDED)
            best = np.minimum(best, row[:, n - 1] + DROPPED)
            if at > 1 and n > 1:
                swapped = (codes[:, n - 2] == ord(char)) & (codes[:, n - 1] == ord(asked[at - 2]))
                best = np.where(swapped, np.minimum(best, above2[:, n - 2] + SWAPPED), best)
            row[:, n] = best
        above2, above = above, row
    last: Costs = above[np.arange(len(candidates)), lengths]
    return last


def _substitution(char: str, codes: NDArray[np.uint32]) -> Costs:
    if char == "?":
        return np.full(codes.shape, UNREAD, np.float32)
    out = np.full(codes.shape, OTHER, np.float32)
    for other, cost in _TABLE.get(char, {}).items():
        out[codes == ord(other)] = cost
    out[codes == ord(char)] = SAME
    return out
