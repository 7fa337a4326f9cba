"""Texts that are one marking, as a search gathers them: they share one probability.

Texts are kept as positions until they are shown: a word that a clerk wrote a
million times is one group, and a search shows ten of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import PLACES, encode
from headstamp.markings.normalise import keys
from headstamp.markings.part import Part
from headstamp.markings.weighing import TEMPER

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A text, or a word of one, in its segment; ``position`` is that in the index."""

    part: Part
    slot: int
    position: int
    is_word: bool

    def text(self) -> str:
        """As it was given."""
        return self.part.segment.text_of(self.position - self.part.first)

    def word(self) -> str | None:
        """The word of the text that answers; ``None`` where the whole does."""
        if not self.is_word:
            return None
        codes = self.part.codes_of(self.slot)
        return next(
            (w for w in self.text().split() if encode(keys(w[:400]).plain)[:PLACES] == codes),
            None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Living texts of one slot, ascending positions in their segment: whole ones, or words.

    ``more``: how many texts each stands for, where only some were looked at.
    """

    part: Part
    slot: int
    is_word: bool
    positions: Positions
    more: float = 1.0

    def entries(self, most: int) -> list[Entry]:
        """The first of them."""
        return [
            Entry(self.part, self.slot, self.part.first + position, self.is_word)
            for position in self.positions[:most].tolist()
        ]

    def some(self, which: npt.NDArray[Any], more: float = 1.0) -> Held:
        """Those at these places."""
        return Held(self.part, self.slot, self.is_word, self.positions[which], self.more * more)


@dataclass(slots=True, eq=False)
class Group:
    """Texts that are one marking: its cost, how context counts, what each of them weighs.

    ``order`` breaks ties: the shorter marking, then the lower by its codes.
    """

    order: tuple[Any, ...]
    cost: int
    times: float
    unit: float
    held: list[Held] = field(default_factory=list)
    share: float = 0.0

    def settle(self) -> float:
        """Work out its share, of weight times chance, tempered: when all texts are in it."""
        number = sum(len(one.positions) * one.more for one in self.held)
        weight = number * self.unit * self.times
        self.share = math.pow(weight * math.exp(-self.cost / 100), TEMPER)
        return self.share

    def codes(self) -> bytes:
        """Of the marking."""
        one = self.held[0]
        return one.part.codes_of(one.slot)

    def entries(self, most: int) -> list[Entry]:
        """The first of its texts by position."""
        if len(self.held) == 1:
            return self.held[0].entries(most)
        found = [entry for one in self.held for entry in one.entries(most)]
        return sorted(found, key=lambda entry: entry.position)[:most]
