"""What a search of one segment found: slots, their costs, and the few that are shown.

Numbers only; texts come in where hits are made (:mod:`headstamp.markings.question`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.asked import MOST_EDITS, Asked
from headstamp.markings.core import Core
from headstamp.markings.normalise import Keys
from headstamp.markings.segment import WHOLE, Segment
from headstamp.markings.weighing import TEMPER

KEEP: Final = 20_000
"""So many candidates of a segment are weighed one by one: those with the fewest edits."""

PLENTY: Final = 1500
"""With so many candidates already, one more edit would add only what is less likely still."""

_MOST_OPEN: Final = 20_000
_NEAR: Final = 300
_LAST: Final = 1 << 40
_LONGER: Final = 64
_FEWEST_FOR_LONGER: Final = 4

Slots = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One reading of a question: its weight, itself as written, and as the core takes it."""

    weight: float
    keys: Keys
    asked: Asked


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Slots of one segment with their costs, and the texts with runs (``-1 - row``) after them.

    ``paid`` is the cost less what frequency gives, ``cost - 100 ln weight``:
    the order in which they are shown. ``more``: how many stand for each one kept.
    """

    slots: npt.NDArray[np.int64]
    costs: Ints
    paid: Floats
    more: float

    @property
    def number(self) -> int:
        return round(len(self.slots) * self.more)

    @property
    def sum(self) -> float:
        """Of weight times chance, tempered, over all."""
        return self.sum_of(slice(None)) * self.more

    def sum_of(self, places: Any) -> float:
        """The same over those at these places."""
        return float(np.exp(self.paid[places] * (-TEMPER / 100)).sum())

    def within(self, cost: int) -> int:
        """How many cost no more than this."""
        return round(float((self.costs <= cost).sum()) * self.more)

    def cheapest(self, number: int) -> npt.NDArray[np.int64]:
        """Places of the ``number`` cheapest, in order; ties by slot, texts with runs last."""
        if len(self.paid) > 4 * number:
            edge = np.partition(self.paid, number - 1)[number - 1]
            some = np.flatnonzero(self.paid <= edge)
        else:
            some = np.arange(len(self.paid))
        slots = self.slots[some]
        order = np.lexsort((np.where(slots < 0, _LAST - slots, slots), self.paid[some]))
        return np.asarray(some[order[:number]])


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """Slots of a segment within some edits; ``more``: how many stand for each one kept."""

    slots: Slots
    more: float


def reach(
    core: Core, segment: Segment, readings: list[Reading], edits: int, before: Reached | None
) -> Reached:
    """What lies within so many edits.

    ``before``: what lies within one less; where that is plenty, it stands.
    """
    if before is not None and len(before.slots) >= PLENTY:
        return before
    slots: Slots = np.zeros(0, dtype=np.uint32)
    total = kept = 0
    for reading in readings:
        found, all_ = core.search(reading.asked.pattern(edits), KEEP)
        total, kept = total + all_, kept + len(found)
        slots = found if not len(slots) else np.union1d(slots, found)
    if edits >= MOST_EDITS and len(slots) < PLENTY:
        slots = _with_longer(core, readings, slots)
    return Reached(slots, total / kept if kept else 1.0)


def weigh(core: Core, segment: Segment, readings: list[Reading], reached: Reached) -> Candidates:
    """The costs of what was reached, and of the texts with runs in them."""
    slots = reached.slots
    costs = together(readings, [core.score(slots, r.asked.costs) for r in readings])
    paid = costs - 100.0 * np.log(segment.weight[slots] / WHOLE)
    where = slots.astype(np.int64)
    if len(segment.open_rows):
        rows, open_costs = _open(core, segment, readings)
        where = np.concatenate([where, -1 - rows])
        costs = np.concatenate([costs, open_costs])
        paid = np.concatenate([paid, open_costs])
    return Candidates(where, costs, paid, reached.more)


def together(readings: list[Reading], costs: list[Ints]) -> Ints:
    """The costs of several readings of one marking: their chances, weighed."""
    if len(costs) == 1:
        return costs[0]
    chance = sum(
        reading.weight * np.exp(cost / -100.0)
        for reading, cost in zip(readings, costs, strict=True)
    )
    with np.errstate(divide="ignore"):
        found = np.minimum(np.rint(-100 * np.log(chance)), 1 << 28)
    return np.asarray(found, dtype=np.int32)


def _with_longer(core: Core, readings: list[Reading], slots: Slots) -> Slots:
    """And longer markings that begin or end with the reading: an end may be worn away."""
    more = []
    for reading in readings:
        if reading.asked.runs or reading.asked.known < _FEWEST_FOR_LONGER:
            continue
        for pattern in reading.asked.longer(0):
            found, total = core.search(pattern, _LONGER)
            more.append(found)
            if total < _LONGER // 8:
                # One edit as well, where that does not open the floodgates.
                again = reading.asked.longer(1)[pattern.first < 0]
                more.append(core.search(again, _LONGER)[0])
    return np.union1d(slots, np.concatenate(more)) if more else slots


def _open(
    core: Core, segment: Segment, readings: list[Reading]
) -> tuple[npt.NDArray[np.int64], Ints]:
    """Texts with a run in them: all are compared, those not too far are kept."""
    rows = np.ascontiguousarray(segment.open_rows[:_MOST_OPEN])
    lengths = np.ascontiguousarray(segment.open_lengths[:_MOST_OPEN])
    costs = together(readings, [core.score_rows(rows, lengths, r.asked.costs) for r in readings])
    # A character under a run costs some 330: most of them may be.
    limit = max(_NEAR * r.asked.known for r in readings)
    near = np.flatnonzero((costs < limit) & (segment.living[segment.open_of[: len(rows)]] > 0))
    return near, costs[near]
