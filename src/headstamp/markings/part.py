"""What a search needs of an index: its segments, each with its place, and what is known beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from headstamp.markings.asked import Costs
from headstamp.markings.background import Background
from headstamp.markings.context import Contexts
from headstamp.markings.core import Core
from headstamp.markings.segment import Segment

_NO_WORDS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment with the position its first text has in the index."""

    segment: Segment
    core: Core
    first: int

    def held_at(self, slot: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The living entries of a slot, or of the open row ``-1 - slot``: texts, and words of some."""
        if slot >= 0:
            return self.segment.held_at(slot)
        return self.segment.open_of[-1 - slot : -slot].astype(np.int64), _NO_WORDS

    def cost(self, slot: int, costs: Costs) -> int:
        """What a slot, or an open row, costs."""
        if slot >= 0:
            return int(self.core.score(np.array([slot], dtype=np.uint32), costs)[0])
        row = slice(-1 - slot, -slot)
        rows, lengths = self.segment.open_rows[row], self.segment.open_lengths[row]
        return int(
            self.core.score_rows(np.ascontiguousarray(rows), np.ascontiguousarray(lengths), costs)[0]
        )

    def codes_of(self, slot: int) -> bytes:
        """The codes of a slot, or of the open row ``-1 - slot``."""
        if slot >= 0:
            return self.segment.codes_of(slot)
        row = -1 - slot
        return self.segment.open_rows[row, : int(self.segment.open_lengths[row])].tobytes()


class Holding(Protocol):
    """An index, as a search sees it (:class:`headstamp.markings.index.MarkingIndex`)."""

    @property
    def parts(self) -> Sequence[Part]:
        """The segments, in order of position."""

    @property
    def contexts(self) -> Contexts:
        """What is known beside the texts."""

    @property
    def markings(self) -> int:
        """How many distinct markings."""

    def background(self) -> Background:
        """What the markings look like."""
