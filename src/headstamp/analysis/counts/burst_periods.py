"""Days, months and years as whole numbers, so that the periods without a row are seen too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import IntEnum
from typing import Final

import numpy as np

from headstamp.analysis.counts.burst_fit import Ints

_CELL: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?")


class Grain(IntEnum):
    """How exact a period is, the finest first."""

    DAY = 1
    MONTH = 2
    YEAR = 3

    def __str__(self) -> str:
        return self.name.lower()

    def __format__(self, form: str) -> str:
        return format(str(self), form)

    def coarser(self, at: int, to: Grain) -> int:
        """A period of this grain as one of a coarser."""
        if self is to:
            return at
        if self is Grain.DAY:
            day = date.fromordinal(at)
            return day.year * 12 + day.month - 1 if to is Grain.MONTH else day.year
        return at // 12

    def text(self, at: int) -> str:
        """The period as ISO text."""
        if self is Grain.DAY:
            return date.fromordinal(at).isoformat()
        return f"{at // 12:04}-{at % 12 + 1:02}" if self is Grain.MONTH else f"{at:04}"


def read_period(cell: str) -> tuple[Grain, int] | None:
    """The period of ISO text: a day (with or without a time), a month, a year. None where it is none."""
    found = _CELL.fullmatch(cell)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        if day is not None and month is not None:
            return Grain.DAY, date(year, month, day).toordinal()
        if month is not None:
            return (Grain.MONTH, year * 12 + month - 1) if 1 <= month <= 12 else None
        return (Grain.YEAR, year) if year else None
    except ValueError:
        return None


def periods(counts: Mapping[int, int], silent: frozenset[int] | set[int] = frozenset()) -> tuple[Ints, Ints]:
    """The periods from the first to the last, those without a row among them, and their counts.

    Those of ``silent`` that have no count are left out: nothing was counted in them.
    """
    first, last = min(counts), max(counts)
    at = np.array([n for n in range(first, last + 1) if n in counts or n not in silent], np.int64)
    return at, np.array([counts.get(int(n), 0) for n in at], np.int64)
