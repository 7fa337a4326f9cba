"""One reading as the search core takes it: masks for what may pass, costs for what it means.

A reading is a row of *places*: a character, several alternatives ``[8B]``, or
one not read ``?``; and *runs* ``*`` between them that stand for any characters.
Places pass freely what they show, and what is easily taken for it
(:meth:`headstamp.markings.channel.Channel.lookalike_classes`); anything else is
an edit. How many edits are allowed grows with what is known: with four
characters nearly everything is three edits away from everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import CLASSES, CODES, PLACES, UNREAD_CODE, code_of
from headstamp.markings.channel import Channel
from headstamp.markings.unread import RUN, UNREAD, Tokens, tokens

MOST_EDITS: Final = 3
_BY_KNOWN: Final = (0, 0, 0, 1, 1, 2, 2)
"""Edits allowed with so many characters known; three from seven on."""

Ints = npt.NDArray[np.int32]


class Pattern(NamedTuple):
    """What may pass: see ``search`` of the core."""

    places: int
    edits: int
    runs: int
    fits: npt.NDArray[np.uint64]
    half: int
    first: int
    second: int


class Costs(NamedTuple):
    """What it means: see ``score`` of the core."""

    places: int
    runs: int
    seen: Ints
    drop: Ints
    add: Ints
    cut: Ints
    extra: Ints
    swap: int
    run: int
    stored: int


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A reading: its places, where runs stand (bit ``i``: before place ``i``), masks and costs."""

    plain: str
    places: Tokens
    runs: int
    codes: bytes
    known: int
    edits: int
    fits: npt.NDArray[np.uint64]
    costs: Costs

    def pattern(self, edits: int) -> Pattern:
        """The pattern with at most so many edits, and how to search for it from both ends."""
        edits = min(edits, self.edits)
        first, second = ((0, -1), (0, 0), (1, 0), (1, 1))[edits]
        return Pattern(len(self.places), edits, self.runs, self.fits, self._half(), first, second)

    def longer(self, edits: int) -> tuple[Pattern, Pattern]:
        """Patterns of longer markings: that begin, and that end, with the reading or nearly so.

        Each is searched from its fixed end only.
        """
        places = len(self.places)
        edits = min(edits, self.edits)
        return (
            Pattern(places, edits, 1 << places, self.fits, 0, edits, -1),
            Pattern(places, edits, 1, self.fits, places, -1, edits),
        )

    def _half(self) -> int:
        """The place that parts what is known evenly."""
        seen = 0
        for place, token in enumerate(self.places):
            if 2 * seen >= self.known:
                return place
            seen += token != UNREAD
        return len(self.places) // 2


def ask(plain: str, channel: Channel) -> Asked:
    """A plain key as it is searched for; cut to its first 60 places.

    >>> asked = ask("AB1?3*", Channel.default())
    >>> asked.places, asked.runs, asked.known
    (('A', 'B', '1', '?', '3'), 32, 4)
    """
    places: list[str] = []
    runs = 0
    for token in tokens(plain):
        if token == RUN:
            runs |= 1 << len(places)
        elif len(places) < PLACES:
            places.append(token)
    codes = bytes(code_of(t) if len(t) == 1 else UNREAD_CODE for t in places)
    known = sum(1 for t in places if len(t) == 1 and t != UNREAD)
    half_known = sum(1 for t in places if len(t) > 1)
    sure = known + half_known // 2
    edits = _BY_KNOWN[sure] if sure < len(_BY_KNOWN) else MOST_EDITS
    passing = _passing(channel)
    fits = [0] * CLASSES
    every = 0
    for place, token in enumerate(places):
        bit = 1 << place
        if token == UNREAD:
            every |= bit
            continue
        for char in token:
            for code in passing[code_of(char)]:
                fits[code] |= bit
    if every:
        fits = [mask | every for mask in fits]
    # A stored character that was not read may be any.
    fits[UNREAD_CODE] = (1 << len(places)) - 1
    return Asked(
        plain, tuple(places), runs, codes, known + half_known, edits,
        np.array(fits, dtype=np.uint64),
        _costs(places, codes, runs, channel),
    )


def _costs(places: list[str], codes: bytes, runs: int, channel: Channel) -> Costs:
    by_seen = _by_seen(channel)
    seen = by_seen[np.frombuffer(codes, dtype=np.uint8)]
    for place, token in enumerate(places):
        if len(token) > 1:
            rows = by_seen[[code_of(char) for char in token]]
            chance = np.exp(rows / -100.0).sum(axis=0)
            seen[place] = np.rint(-100 * np.log(chance)).astype(np.int32)
    add = channel.add[np.frombuffer(codes, dtype=np.uint8)]
    return Costs(
        len(places), runs, np.ascontiguousarray(seen), channel.drop, np.ascontiguousarray(add),
        channel.cut, channel.extra, channel.swap, 0, channel.stored_unread,
    )


@lru_cache(maxsize=64)
def _by_seen(channel: Channel) -> Ints:
    """Costs by what is seen, a row each: the core wants a row for a place."""
    return np.ascontiguousarray(channel.substitute.T)


@lru_cache(maxsize=64)
def _passing(channel: Channel) -> tuple[tuple[int, ...], ...]:
    """For each seen code, the classes of what may stand there: itself and its look-alikes."""
    like = channel.lookalike_classes()
    return tuple(
        tuple(sorted({code & (CLASSES - 1), *(c & (CLASSES - 1) for c in like[code])}))
        for code in range(CODES)
    )
