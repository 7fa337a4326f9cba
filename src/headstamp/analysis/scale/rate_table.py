"""The table of packages that ``scale.rate`` reads: when packed, how many in it, its running number, its lot.

A date is a day, a month or a year as ISO text, or a window of two parted by a slash
(``2014-03/2014-05``). The columns go by the words of the trade; only the date is needed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from headstamp.analysis.counts.burst_periods import Grain, read_period
from headstamp.errors import Invalid, Problem

MONTH: Final = 365.2425 / 12
"""Days in a month, on the mean of the calendar."""
_WORDS: Final = {
    "date": ("date", "day", "month", "made_on", "made", "produced_on", "produced", "production_date", "packed_on"),
    "count": ("count", "pieces", "quantity", "number_of_pieces", "in_package", "n"),
    "number": ("number", "running_number", "serial", "package_number", "package"),
    "lot": ("lot", "consignment", "group", "batch", "find", "site"),
}
_MOST: Final = 10**12
_MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Package:
    """One row: the first and last day it can be of, pieces in it, its number, its lot; None where not told."""

    first: int
    last: int
    count: float | None
    number: int | None
    lot: str | None

    @property
    def middle(self) -> float:
        """The middle of its window, in months."""
        return (self.first + self.last + 1) / 2 / MONTH

    @property
    def months(self) -> float:
        """How wide its window is, in months."""
        return (self.last + 1 - self.first) / MONTH


def packages(rows: Sequence[Mapping[str, str]]) -> tuple[list[Package], int]:
    """The rows read, and how many had no date and are left out. Raises Invalid naming every faulty cell."""
    columns = _columns(rows)
    problems: list[Problem] = []
    found: list[Package] = []
    undated = 0
    for at, row in enumerate(rows, start=1):
        cells = {name: (row.get(column) or "").strip() for name, column in columns.items()}
        window = read_window(cells["date"]) if cells["date"] else None
        if cells["date"] and window is None:
            problems.append(Problem("not a date", "A day, month or year as 2014-03-09, 2014-03 or 2014, or two "
                                    "parted by a slash.", columns["date"], cells["date"], row=at))
        count = _number(cells.get("count", ""), columns.get("count", ""), at, problems, whole=False)
        number = _number(cells.get("number", ""), columns.get("number", ""), at, problems, whole=True)
        if window is None:
            undated += not cells["date"]
            continue
        found.append(Package(*window, count, None if number is None else int(number),
                             cells.get("lot", "").casefold() or None))
    if problems:
        raise Invalid("no rate can be estimated from this", problems[:_MOST_TOLD])
    return found, undated


def read_window(text: str) -> tuple[int, int] | None:
    """The first and last day (ordinals) of a date as written; None where it is none or runs backwards."""
    parts = [read_period(part.strip()) for part in text.split("/")]
    if len(parts) > 2 or any(part is None for part in parts):
        return None
    days = [_days(*part) for part in parts if part is not None]
    first, last = days[0][0], days[-1][1]
    return (first, last) if first <= last else None


def _days(grain: Grain, at: int) -> tuple[int, int]:
    if grain is Grain.DAY:
        return at, at
    if grain is Grain.MONTH:
        year, month = divmod(at, 12)
        return (date(year, month + 1, 1).toordinal(), date(year, month + 1, monthrange(year, month + 1)[1]).toordinal())
    return date(at, 1, 1).toordinal(), date(at, 12, 31).toordinal()


def _columns(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    if not rows:
        raise Invalid("no rate can be estimated from this", [Problem(
            "the table has no rows", "A row per package, with its date and how many are in it.", "table")])
    there = {name.strip().casefold().replace(" ", "_"): name for name in rows[0]}
    found = {name: there[word] for name, words in _WORDS.items() if (word := next(
        (one for one in words if one in there), None)) is not None}
    if "date" not in found or not {"count", "number"} & found.keys():
        raise Invalid("no rate can be estimated from this", [Problem(
            "the table needs a column date, and one of count and number", "It has: " + ", ".join(rows[0]), "table")])
    return found


def _number(text: str, column: str, at: int, problems: list[Problem], *, whole: bool) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _MOST or (whole and value != int(value)) or (not whole and value == 0):
        problems.append(Problem("not a running number" if whole else "not a number of pieces",
                                "A whole number from 0 on." if whole else "A number above 0; empty where it is not known.",
                                column, text, row=at))
        return None
    return value
