"""Which points lie close to each other, in space and in time, without looking at every pair.

Space is cut into cells as wide as the distance, and each point is held only against those of its own and the
neighbouring cells (Bentley, Stanat and Williams 1977, Information Processing Letters 6:209). A
pair is close when its distance is at most the threshold: borders count, as in ``pointpats``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_CHUNK: Final = 2_000_000
_MOST_CELLS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of points by their places in the table, ``first`` < ``second``, with the square of each distance.

    ``count`` is how many there are. Where there are more than were asked to be kept, the arrays are empty.
    """

    first: Ints
    second: Ints
    squared: Floats
    count: int

    @property
    def kept(self) -> bool:
        """Whether the pairs themselves are there, not only their count."""
        return len(self.first) == self.count


def in_space(places: Floats, distance: float, most: int) -> Pairs:
    """All pairs of points at most so far apart; only counted where they are more than ``most``.

    ``places`` has one row for each point. Memory: 24 bytes for each pair kept, and some for a chunk.
    """
    found: list[tuple[Ints, Ints, Floats]] = []
    count = 0
    limit = distance * distance
    for left, right in _candidates(places, distance):
        apart = places[left] - places[right]
        squared = np.einsum("ij,ij->i", apart, apart)
        close = squared <= limit
        count += int(np.count_nonzero(close))
        if count <= most:
            a, b = left[close], right[close]
            found.append((np.minimum(a, b), np.maximum(a, b), squared[close]))
        else:
            found.clear()
    if not found:
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), count)
    first, second, squared = zip(*found, strict=True)
    return Pairs(np.concatenate(first), np.concatenate(second), np.concatenate(squared), count)


def _candidates(places: Floats, distance: float) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of points in the same or neighbouring cells, each once, in chunks."""
    n, dimensions = places.shape
    if n < 2:
        return
    low = places.min(axis=0)
    extent = float((places.max(axis=0) - low).max())
    # A little wider than the distance, so that rounding puts no close pair two cells apart.
    width = max(distance * (1 + 1e-9), extent / _MOST_CELLS) or 1.0
    cells = np.floor((places - low) / width).astype(np.int64) + 1
    span = cells.max(axis=0) + 2
    weights = np.ones(dimensions, np.int64)
    for axis in range(dimensions - 2, -1, -1):
        weights[axis] = weights[axis + 1] * span[axis + 1]
    keys = cells @ weights
    order = np.argsort(keys, kind="stable")
    used, starts, sizes = np.unique(keys[order], return_index=True, return_counts=True)
    for shift in product((-1, 0, 1), repeat=dimensions):
        offset = int(np.dot(shift, weights))
        if shift < (0,) * dimensions:
            continue  # that neighbour looks at this cell
        at = np.searchsorted(used, used + offset)
        there = at < len(used)
        there[there] = used[at[there]] == used[there] + offset
        mine, other = np.nonzero(there)[0], at[there]
        yield from _between(order, starts, sizes, mine, other, offset == 0)


def _between(
    order: Ints, starts: Ints, sizes: Ints, mine: Ints, other: Ints, same: bool
) -> Iterator[tuple[Ints, Ints]]:
    """All pairs of a point of the one cell and one of the other; within a cell each pair once."""
    # One line for each point of the first cell: how many there are to pair it with, and from where on.
    lines = np.repeat(np.arange(len(mine)), sizes[mine])
    within = np.arange(len(lines)) - np.repeat(np.cumsum(sizes[mine]) - sizes[mine], sizes[mine])
    left = starts[mine][lines] + within
    begin = left + 1 if same else starts[other][lines]
    length = starts[other][lines] + sizes[other][lines] - begin
    ends = np.cumsum(length)
    at = 0
    while at < len(lines):
        done = int(ends[at - 1]) if at else 0
        stop = max(at + 1, int(np.searchsorted(ends, done + _CHUNK, side="right")))
        size = length[at:stop]
        first = np.repeat(left[at:stop], size)
        ahead = np.arange(len(first)) - np.repeat(np.cumsum(size) - size, size)
        yield order[first], order[np.repeat(begin[at:stop], size) + ahead]
        at = stop


@dataclass(frozen=True, slots=True)
class Moments:
    """Times in order: ``order`` sorts them, and the point at rank r is close to those up to ``until[r]``."""

    order: Ints
    until: Ints

    @property
    def count(self) -> int:
        """How many pairs are close in time."""
        return int((self.until - np.arange(len(self.until)) - 1).sum())

    @property
    def neighbours(self) -> Ints:
        """How many others each point is close to in time, in the order of the table."""
        n = len(self.until)
        after = self.until - np.arange(n) - 1
        before = np.arange(n) - np.searchsorted(self.until, np.arange(n), side="right")
        told = np.empty(n, np.int64)
        told[self.order] = after + before
        return told

    def pairs(self) -> tuple[Ints, Ints]:
        """The pairs themselves, by their places in the table."""
        n = len(self.until)
        size = self.until - np.arange(n) - 1
        first = np.repeat(np.arange(n), size)
        ahead = np.arange(len(first)) - np.repeat(np.cumsum(size) - size, size)
        return self.order[first], self.order[first + 1 + ahead]


def in_time(times: Floats, apart: float) -> Moments:
    """Which points lie at most so far apart in time, found by sorting."""
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    n = len(ordered)
    until = np.searchsorted(ordered, ordered + apart, side="right")
    # The rule is on the difference, which a sum of floating numbers may miss by the last digit.
    while True:
        more = (until < n) & (ordered[np.minimum(until, n - 1)] - ordered <= apart)
        less = (until > np.arange(n) + 1) & (ordered[until - 1] - ordered > apart)
        if not (more.any() or less.any()):
            return Moments(order, until)
        until = until + more - less


def neighbours(pairs: Pairs, n: int) -> Ints:
    """How many others each of n points is close to."""
    return np.bincount(pairs.first, minlength=n) + np.bincount(pairs.second, minlength=n)
