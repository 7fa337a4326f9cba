"""How sure a hit is: its chance against every other explanation of the reading.

The reading comes either from one of the markings in the index, each as likely
beforehand as it is frequent there, or from a marking that is not in it (chance
``absent``). By Bayes, with ``L`` the chance of reading this when a marking is
the true one (the noisy channel) and ``w`` its number of texts:

    p(marking) = w L / (sum of w L over all candidates + odds * E * U)

``odds = absent / (1 - absent)``. ``E`` is how many markings like the reading
itself one would expect in a world of which the index is one draw: how common
its series is and how full that number space. It is told from the index: how
many markings of this length begin (or end) as the reading does, character by
character, smoothed by how often each character stands at each place (a
Dirichlet back-off, as in language models: MacKay and Peto 1995). The best
candidate is left out of that count, for it would vouch for itself. ``U`` is the
chance that unread places were left unread.

In a number space that is full, a neighbour one digit away is as good as the
marking meant, and ``E`` says so; in an empty one, a far misreading may still be
all but certain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import CODES, PLACES, UNREAD_CODE
from headstamp.markings.asked import Asked

ABSENT: Final = 0.2
"""Chance beforehand that the marking asked for is not in the index."""

_STRENGTH: Final = 1.0
"""Weight of the back-off, in markings."""
_FLOOR: Final = 0.002
"""A character never seen at a place is still possible there."""
_SEEN_ITSELF: Final = 0.02
"""Where the reading itself is in the index, what is left for another, absent marking."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Frequencies:
    """How often each code stands at each place of markings of each length.

    ``counts`` is int64 ``[PLACES + 1, PLACES, CODES]`` kept sparse: a table of
    ``[length, CODES]`` for each length that occurs.
    """

    by_length: dict[int, npt.NDArray[np.int64]]
    markings: int

    def share(self, length: int) -> Floats | None:
        """For each place of that length, the share of each code, smoothed; None if none is."""
        found = self.by_length.get(length)
        if found is None:
            return None
        total = max(1, int(found[0].sum()))
        return np.asarray((1 - _FLOOR * 40) * found / total + _FLOOR)


def count_frequencies(
    blocks: npt.NDArray[np.uint8], buckets: npt.NDArray[np.int64], lanes: int
) -> Frequencies:
    """Counts of a segment's distinct markings."""
    by_length = {}
    markings = 0
    for length, _, number, start in buckets[:, :4].tolist():
        size = -(-number // lanes)
        laid = blocks[start : start + size * lanes * length].reshape(size, length, lanes)
        table = np.zeros((length, CODES), dtype=np.int64)
        for place in range(length):
            column = laid[:, place, :].reshape(-1)[: number + size * lanes - number]
            table[place] = np.bincount(column, minlength=CODES)
        table[:, 0] = 0  # Padding of the last block.
        by_length[length] = table
        markings += number
    return Frequencies(by_length, markings)


def merge_frequencies(parts: Sequence[Frequencies]) -> Frequencies:
    """The counts of several segments together."""
    if len(parts) == 1:
        return parts[0]
    by_length: dict[int, npt.NDArray[np.int64]] = {}
    for part in parts:
        for length, table in part.by_length.items():
            by_length[length] = by_length[length] + table if length in by_length else table
    return Frequencies(by_length, sum(part.markings for part in parts))


@dataclass(frozen=True, slots=True)
class Series:
    """How many markings of the reading's length begin and end as it does.

    ``front[d]``: with its first ``d`` characters, up to the first not read;
    ``back[d]``: with its last ``d``. Index 0 counts all of that length.
    """

    front: tuple[int, ...]
    back: tuple[int, ...]


def expected(
    asked: Asked, series: Series, frequencies: Frequencies, best: bytes | None
) -> float:
    """``E``: how many markings with what was read one would expect, the best hit left out.

    ``best`` holds the codes of the likeliest candidate.
    """
    codes = asked.codes
    length = len(codes)
    share = frequencies.share(length)
    if share is None:
        # No marking has this length: as if the nearest length had one such marking.
        return frequencies.markings * _FLOOR ** min(6, asked.known)
    own_front = own_back = 0
    if best is not None and len(best) == length:
        own_front = _common(codes, best)
        own_back = _common(codes[::-1], best[::-1])
    places = [float(share[i, c]) if c != UNREAD_CODE else 1.0 for i, c in enumerate(codes)]
    total = float(series.front[0])
    front_places = len(series.front) - 1
    back_places = len(series.back) - 1
    value = total * _chain(series.front, places, own_front)
    if front_places < length:
        back = [places[length - 1 - d] for d in range(back_places)]
        value *= _chain(series.back, back, own_back)
        for place in range(front_places, length - back_places):
            value *= places[place]
    return value


def _chain(counts: Sequence[int], places: Sequence[float], own: int) -> float:
    """The share of markings that have these characters, one after the other."""
    value = 1.0
    for d in range(1, len(counts)):
        before = counts[d - 1] - (1 if own >= d - 1 else 0)
        here = counts[d] - (1 if own >= d else 0)
        value *= (max(0, here) + _STRENGTH * places[d - 1]) / (max(0, before) + _STRENGTH)
    return value


def _common(one: bytes, other: bytes) -> int:
    for place, (a, b) in enumerate(zip(one, other, strict=True)):
        if a != b:
            return place
    return len(one)


def unread_chance(asked: Asked, unread: int) -> float:
    """``U``: that the places not read were left unread (``unread``: its cost)."""
    missing = sum(1 for code in asked.codes if code == UNREAD_CODE)
    return math.exp(-unread * missing / 100)


def odds(absent: float) -> float:
    """The odds that the marking is not in the index, before anything was read."""
    return absent / (1 - absent)


def seen_itself(there: bool) -> float:
    """The factor on ``E`` where the index holds the reading to the letter."""
    return _SEEN_ITSELF if there else 1.0


__all__ = [
    "ABSENT", "PLACES", "Frequencies", "Series", "count_frequencies", "expected",
    "merge_frequencies", "odds", "seen_itself", "unread_chance",
]
