"""Days, months and years as whole numbers, so that the periods without a row are seen too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Final

import numpy as np

from headstamp.analysis.column_names import known
from headstamp.analysis.counts.burst_fit import Ints

_CELL: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?")
_NAMES: Final = ("date", "day", "month", "year", "found_on", "recovered_on")
_PARTS: Final = ("year", "month", "day")
_BARE: Final = re.compile(r"\d{0,2}")


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


Table = Sequence[Mapping[str, str]]


def with_period(table: Table, day: str) -> tuple[Table, str, tuple[str, ...]]:
    """The table, its column of periods ("" where there is none), and of which columns that was put together.

    Year and month, or year, month and day, that stand in columns of their own are put together as ISO text. Without
    ``day`` the column is found by its name; ``day`` may name such parts with commas, the year first.

    >>> with_period([{"Year": "2020", "Month": "3", "n": "5"}], "")
    ([{'Year': '2020', 'Month': '3', 'n': '5', 'Year, Month': '2020-3'}], 'Year, Month', ('Year', 'Month'))
    """
    if not table:
        return table, day, ()
    columns = {name.strip().casefold(): name for name in table[0]}
    if "," in day and day not in table[0]:
        asked = tuple(part.strip() for part in day.split(","))
        table = known(table, asked)
        parts = asked if len(asked) <= len(_PARTS) and all(part in table[0] for part in asked) else ()
    else:
        table = known(table, (day,))
        day = day or next((columns[name] for name in _NAMES if name in columns), "")
        parts = _parts(table, day, columns)
    if not parts:
        return table, day, ()
    name = ", ".join(parts)
    return [{**row, name: _joined([(row.get(part) or "").strip() for part in parts])} for row in table], name, parts


def _parts(table: Table, day: str, columns: Mapping[str, str]) -> tuple[str, ...]:
    """The columns whose parts make the period: where a column of months or days holds bare numbers beside a year."""
    word = day.strip().casefold()
    if word not in _PARTS[1:] or not all(_BARE.fullmatch((row.get(day) or "").strip()) for row in table):
        return ()
    needed = _PARTS[: _PARTS.index(word)]
    return (*(columns[name] for name in needed), day) if all(name in columns for name in needed) else ()


def _joined(cells: Sequence[str]) -> str:
    """Year, month, day up to the first that is empty; nothing without a year."""
    return "-".join(cells[: cells.index("")] if "" in cells else cells)
