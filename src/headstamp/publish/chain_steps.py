"""Which steps of a chain a picture shows one by one, and which it shows as groups with a count.

Up to forty are shown as they are. Of a longer chain those are shown that the reader came for:
the first and the last, those that contradict others, and those beside the point of diversion;
the runs between them stand as one sign each, with their number. The table has them all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from headstamp.tracing.step import Step

MOST, FIRST, LAST, NOTED = 40, 10, 10, 16


@dataclass(frozen=True, slots=True)
class Shown:
    """A step (``index``, from 0, in the chain) or a run of ``count`` steps drawn as one."""

    index: int
    step: Step
    count: int = 1
    until: Step | None = None

    @property
    def name(self) -> str:
        """Its number as drawn and listed, from 1; of a run, the first and last."""
        if self.count == 1:
            return str(self.index + 1)
        return f"{self.index + 1}\u2013{self.index + self.count}"

    @property
    def last(self) -> str | None:
        return (self.until or self.step).last


def shown(steps: Collection[Step], noted: Collection[int]) -> tuple[Shown, ...]:
    """The steps to draw, in order; ``noted`` are the indexes that should not be hidden in a run."""
    every = list(steps)
    if len(every) <= MOST:
        return tuple(Shown(index, step) for index, step in enumerate(every))
    keep = {*range(FIRST), *range(len(every) - LAST, len(every)),
            *sorted(i for i in noted if 0 <= i < len(every))[:NOTED]}
    found: list[Shown] = []
    start: int | None = None
    for index in range(len(every) + 1):
        if index < len(every) and index not in keep:
            start = index if start is None else start
            continue
        if start is not None:
            found.append(Shown(start, every[start], index - start, every[index - 1]))
            start = None
        if index < len(every):
            found.append(Shown(index, every[index]))
    return tuple(found)
