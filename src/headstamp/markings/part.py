"""What a search needs of an index: its segments, each with its place, and what is known beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from headstamp.markings.background import Background
from headstamp.markings.context import Contexts
from headstamp.markings.core import Core
from headstamp.markings.segment import Segment


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment with the position its first text has in the index."""

    segment: Segment
    core: Core
    first: int

    def entries_of(self, slot: int) -> list[tuple[int, bool]]:
        """The living entries of a slot, or of the open row ``-1 - slot``."""
        if slot >= 0:
            return self.segment.entries_of(slot)
        return [(int(self.segment.open_of[-1 - slot]), False)]

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
