"""What chance makes of close pairs: the times dealt out anew among the places, many times over.

The pairs that are close in space do not change when times are dealt out, so they are found once and only
they are looked at (Knox 1964; Besag and Diggle 1977, Applied Statistics 26:327). A row of the
working table holds one point's time under many dealings, so that a pair is compared under all of
them at once. Whole days fit into 16 bits: the difference, wrapped around, is compared in one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_TABLE: Final = 4_000_000  # numbers in the working table
_AT_ONCE: Final = 128
_PIECE: Final = 1 << 18  # numbers compared at once: they stay in the processor's cache


def dealt(
    times: Floats, first: Ints, second: Ints, ends: Sequence[int], limits: Sequence[float],
    permutations: int, seed: int,
) -> Ints:
    """How many pairs of each band come to lie close, in each dealing: shape (permutations, bands, limits).

    The pairs are in the order of their bands; band b is ``ends[b - 1]`` to ``ends[b]``. For each limit
    of time those at most so far apart are counted. The same seed gives the same dealings.
    """
    random = np.random.default_rng(seed)
    counts = np.zeros((permutations, len(ends), len(limits)), np.int64)
    packed, shift = _packed(times, limits)
    at_once = max(1, min(_AT_ONCE, _TABLE // max(1, len(times))))
    for start in range(0, permutations, at_once):
        size = min(at_once, permutations - start)
        table = np.empty((len(times), size), packed.dtype)
        for one in range(size):
            table[:, one] = random.permutation(packed)
        counts[start : start + size] = _compared(table, first, second, ends, limits, shift)
    return counts


def dealt_places(
    places: Floats, first: Ints, second: Ints, distance: float, permutations: int, seed: int
) -> Ints:
    """The same with the places dealt out over the pairs close in time, for where these are far fewer."""
    random = np.random.default_rng(seed)
    counts = np.zeros(permutations, np.int64)
    limit = distance * distance
    for one in range(permutations):
        shuffled = places[random.permutation(len(places))]
        for start in range(0, len(first), _PIECE):
            apart = shuffled[first[start : start + _PIECE]] - shuffled[second[start : start + _PIECE]]
            counts[one] += np.count_nonzero(np.einsum("ij,ij->i", apart, apart) <= limit)
    return counts


def observed(
    times: Floats, first: Ints, second: Ints, ends: Sequence[int], limits: Sequence[float]
) -> Ints:
    """The counts as they are: shape (bands, limits)."""
    counts: Ints = _compared(times[:, None], first, second, ends, limits, False)[0]
    return counts


def _packed(times: Floats, limits: Sequence[float]) -> tuple[npt.NDArray[Any], bool]:
    """Times in the smallest type that compares them exactly, and whether differences may wrap around."""
    whole = bool((times == np.floor(times)).all())
    low = float(times.min()) if len(times) else 0.0
    reach = float(times.max()) - low if len(times) else 0.0
    # A wrapped difference is told from a small one while the span and the widest limit fit twice.
    if whole and reach + 2 * max(limits) + 2 < 65_536:
        return (times - low).astype(np.uint16), True
    return times, False


def _compared(
    table: npt.NDArray[Any], first: Ints, second: Ints, ends: Sequence[int], limits: Sequence[float],
    wraps: bool,
) -> Ints:
    size = table.shape[1]
    counts = np.zeros((size, len(ends), len(limits)), np.int64)
    step = max(1, min(_PIECE // size, 30_000))
    for band, at, stop in _pieces(ends, step):
        apart = table.take(first[at:stop], axis=0)
        apart -= table.take(second[at:stop], axis=0)
        if not wraps:
            np.abs(apart, out=apart)
        for n, limit in enumerate(limits):
            if wraps:
                reach = int(limit)
                close = apart + np.uint16(reach) <= np.uint16(2 * reach)
            else:
                close = apart <= limit
            counts[:, band, n] += np.add.reduce(close, axis=0, dtype=np.int16)
    return counts


def _pieces(ends: Sequence[int], step: int) -> Iterator[tuple[int, int, int]]:
    begin = 0
    for band, end in enumerate(ends):
        for at in range(begin, end, step):
            yield band, at, min(at + step, end)
        begin = end
