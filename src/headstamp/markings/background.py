"""What markings look like where this index comes from: shapes, and which characters stand where.

A reading that nothing in the index explains well may be of a marking that is
not in it. How likely that is hangs on how many such markings there are in the
world the index was drawn from. Two things are told from the index:

* *shapes*: for each length and each row of kinds of character (digit, Latin
  letter, other), how many markings have it and how often which character stands
  at which place, smoothed with pseudo-counts;
* *series*: how many markings begin (and end) as the reading does, character by
  character (asked of the search core, see :func:`in_series`).

Shapes say how plausible a never-seen number is, whatever one or two characters
of it were misread (the sum runs over all true markings of the shape, with at
most one character dropped or added); series say how full the number space is
just there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import CODES, DIGIT_CODES, LATIN_CODES, UNREAD_CODE
from headstamp.markings.asked import Asked

MOST_SHAPES: Final = 16
"""Of one length; rarer shapes count as one."""
_SAMPLED: Final = 100_000
_PSEUDO: Final = 10.0
"""Markings that the smoothing of a shape is worth."""
_BACK_OFF: Final = 1.0
"""Markings that the back-off of a series is worth."""
_NEVER: Final = 1e-4
_FOREIGN: Final = 1 / 2000
"""Of all markings: so many have a make-up that the index has not seen, and the length read."""
_CHARACTERS: Final = 36.0

Floats = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]

_KIND = np.full(CODES, 3, dtype=np.uint8)
_KIND[list(DIGIT_CODES)] = 1
_KIND[list(LATIN_CODES)] = 2
_UNIFORM = np.zeros((4, CODES))
_UNIFORM[1, list(DIGIT_CODES)] = 1 / len(DIGIT_CODES)
_UNIFORM[2, list(LATIN_CODES)] = 1 / len(LATIN_CODES)
_UNIFORM[3, _KIND == 3] = 1 / 60
_UNIFORM[3, 0] = 0.0
_UNIFORM[0] = (_UNIFORM[1] + _UNIFORM[2]) / 2


def count_shapes(rows: U8) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The shapes of markings of one length, a row of codes each.

    Returns, for at most :data:`MOST_SHAPES` shapes and one of all others,
    ``[shapes, 2]`` (how many markings, of them sampled) and ``[shapes, length,
    CODES]`` counts in the sample.
    """
    step = max(1, len(rows) // _SAMPLED)
    sample = rows[::step]
    kinds = _KIND[sample]
    shown = min(rows.shape[1], 31)
    signature = np.zeros(len(sample), dtype=np.uint64)
    for place in range(shown):
        signature = signature * np.uint64(4) + kinds[:, place]
    values, which, counts = np.unique(signature, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    group = np.minimum(rank[which], MOST_SHAPES)
    number = min(len(values), MOST_SHAPES + 1)
    sampled = np.bincount(group, minlength=number)
    tables = np.zeros((number, rows.shape[1], CODES), dtype=np.uint32)
    for place in range(rows.shape[1]):
        flat = np.bincount(group * CODES + sample[:, place], minlength=number * CODES)
        tables[:, place, :] = flat.reshape(number, CODES)
    whole = np.rint(sampled * (len(rows) / len(sample)))
    return np.stack([whole, sampled], axis=1).astype(np.int64), tables


@dataclass(frozen=True, slots=True, eq=False)
class _Length:
    """The shapes of one length: how many markings of each, smoothed chances of codes."""

    markings: Floats
    used: npt.NDArray[np.int64]
    chances: Floats
    pooled: list[list[float]]


class Background:
    """The shapes of an index, all segments together."""

    def __init__(
        self,
        parts: Sequence[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.uint32]]],
    ) -> None:
        """``parts``: (length, counts, tables) as :func:`count_shapes` gives them."""
        self._by_length: dict[int, _Length] = {}
        self.markings = 0
        lengths = sorted({length for length, _, _ in parts})
        for length in lengths:
            mine = [(counts, tables) for at, counts, tables in parts if at == length]
            self._by_length[length] = _smoothed(
                np.concatenate([counts for counts, _ in mine]),
                np.concatenate([tables for _, tables in mine]),
            )
            self.markings += int(sum(counts[:, 0].sum() for counts, _ in mine))

    def places(self, codes: bytes) -> list[float]:
        """How often each character stands at its place, over all shapes of this length.

        1.0 for a place not read.
        """
        found = self._by_length.get(len(codes))
        if found is None:
            return [1.0 if code == UNREAD_CODE else _NEVER for code in codes]
        return [share[code] for share, code in zip(found.pooled, codes, strict=True)]

    def reading(self, asked: Asked) -> float:
        """How many times one would read this, were each marking like those of the index read once.

        The sum, over all possible markings, of how many of them one expects and
        the chance that each is read as this. A few are of a make-up never seen here:
        without them, whatever is least unlike a foreign reading would be sure.
        """
        m = asked.costs.places
        total = self._foreign(asked)
        drop = float(np.exp(asked.costs.drop[1] / -100.0))
        add = np.exp(asked.costs.add / -100.0)
        for length in (m - 1, m, m + 1):
            found = self._by_length.get(length)
            if found is None or length < 1:
                continue
            # [shapes, length, m]: the chance of this place of the reading over what may stand.
            seen = np.exp(asked.costs.seen[:, found.used] / -100.0)
            chance = found.chances @ seen.T
            total += float(found.markings @ _along(chance, length, m, drop, add))
        return total

    def as_read(self, asked: Asked) -> float:
        """Of :meth:`reading`, what markings with just these characters give; all places read."""
        m = asked.costs.places
        found = self._by_length.get(m)
        if found is None:
            return 0.0
        codes = np.frombuffer(asked.codes, dtype=np.uint8)
        at = np.minimum(np.searchsorted(found.used, codes), len(found.used) - 1)
        if (found.used[at] != codes).any():
            return 0.0
        every = np.arange(m)
        right = np.exp(asked.costs.seen[every, codes].sum() / -100.0)
        return float(found.markings @ found.chances[:, every, at].prod(axis=1) * right)

    def _foreign(self, asked: Asked) -> float:
        """The same over markings of any make-up, read right: all characters equally likely."""
        m = asked.costs.places
        if not m:
            return 0.0
        codes = np.frombuffer(asked.codes, dtype=np.uint8)
        seen = asked.costs.seen[np.arange(m), np.where(codes == UNREAD_CODE, 1, codes)]
        known = int((codes != UNREAD_CODE).sum())
        return self.markings * _FOREIGN * float(np.exp(seen.sum() / -100.0)) * _CHARACTERS**-known


def _along(chance: Floats, length: int, m: int, drop: float, add: Floats) -> Floats:
    """The chance of the whole reading for each shape, at most one dropped or added."""
    if length == m:
        every = np.arange(m)
        return np.asarray(chance[:, every, every].prod(axis=1))
    shapes = len(chance)
    ones = np.ones((shapes, 1))
    if length == m + 1:
        every = np.arange(m)
        before = np.hstack([ones, np.cumprod(chance[:, every, every], axis=1)])
        after = np.hstack([np.cumprod(chance[:, every + 1, every][:, ::-1], axis=1)[:, ::-1], ones])
        return np.asarray((before * after).sum(axis=1) * drop)
    every = np.arange(length)
    before = np.hstack([ones, np.cumprod(chance[:, every, every], axis=1)])
    after = np.hstack([np.cumprod(chance[:, every, every + 1][:, ::-1], axis=1)[:, ::-1], ones])
    return np.asarray((before * after * add).sum(axis=1))


def _smoothed(
    counts: npt.NDArray[np.int64], tables: npt.NDArray[np.uint32]
) -> _Length:
    sampled = np.maximum(1, counts[:, 1]).astype(np.float64)
    seen: npt.NDArray[np.bool_] = np.asarray(tables.reshape(-1, CODES).any(axis=0))
    seen[[*DIGIT_CODES, *LATIN_CODES]] = True
    seen[0] = False
    used = np.flatnonzero(seen)
    values = tables[:, :, used].astype(np.float64)
    # Each place of a shape is of one kind; the pseudo-counts go to that kind.
    kinds = values @ (_KIND[used][:, None] == np.array([1, 2, 3])).astype(np.float64)
    kind = np.where(kinds.sum(axis=2) > 0, kinds.argmax(axis=2) + 1, 0)
    values += (_PSEUDO * _UNIFORM[:, used])[kind]
    values /= (sampled + _PSEUDO)[:, None, None]
    weight = counts[:, 0].astype(np.float64)
    pooled = np.full((tables.shape[1], CODES), _NEVER)
    share = np.tensordot(weight, values, axes=1) / max(1.0, float(weight.sum()))
    pooled[:, used] = np.maximum(share, _NEVER)
    pooled[:, UNREAD_CODE] = 1.0
    return _Length(weight, used, values, pooled.tolist())


def in_series(
    places: Sequence[float], front: Sequence[int], back: Sequence[int], own_front: int, own_back: int
) -> float:
    """How many markings with these characters one would expect, going by the series.

    ``front[d]``: how many markings of this length have the first ``d``
    characters, up to the first not read; ``back[d]`` the last ``d``. One
    marking, the likeliest hit, is left out of the counts: it shares ``own_front``
    characters from the front and ``own_back`` from the back (-1: of another
    length). ``places``: how often each character stands at its place.
    """
    length = len(places)
    fronts, backs = len(front) - 1, len(back) - 1
    value = float(front[0]) * _chain(front, places, own_front)
    if fronts < length:
        value *= _chain(back, places[::-1], own_back)
        for place in range(fronts, length - backs):
            value *= places[place]
    return value


def _chain(counts: Sequence[int], places: Sequence[float], own: int) -> float:
    value = 1.0
    for d in range(1, len(counts)):
        before = counts[d - 1] - (own >= d - 1)
        here = counts[d] - (own >= d)
        value *= (max(0, here) + _BACK_OFF * places[d - 1]) / (max(0, before) + _BACK_OFF)
    return value


def in_common(one: bytes, other: bytes) -> int:
    """How many characters two rows of codes begin with in common; -1 for other lengths."""
    if len(one) != len(other):
        return -1
    for place, (a, b) in enumerate(zip(one, other, strict=True)):
        if a != b:
            return place
    return len(one)
