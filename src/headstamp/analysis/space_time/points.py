"""Points in space and time from the rows of a table: where and when each thing was found.

Two ways to say where. Columns ``x`` and ``y`` are taken as they are, on a plane, in whatever unit
they have. Columns ``latitude`` and ``longitude`` in degrees are laid on a sphere of the mean radius
of the Earth (IUGG: 6,371,008.8 m), so that distances are great-circle metres: within 0.6 % of those
on the ellipsoid. When is a number, or a date as ISO text, which becomes days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite, radians
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.errors import Invalid, Problem

EARTH: Final = 6_371_008.8
"""The mean radius of the Earth in metres (IUGG)."""

Floats = npt.NDArray[np.float64]

_X: Final = ("x", "easting", "east")
_Y: Final = ("y", "northing", "north")
_LATITUDE: Final = ("latitude", "lat")
_LONGITUDE: Final = ("longitude", "lon", "lng", "long")
_T: Final = ("t", "time", "date", "day", "days", "found_on", "recovered_on", "happened_on")
_MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Points:
    """Where and when: places of shape (n, 2) on a plane, (n, 3) in metres from the Earth's centre; times (n,).

    ``left_out`` rows had no place or no day, ``rows`` is how many there were. ``dates`` tells that
    the times were dates (days since 1 January of the year 1); ``on_earth`` that places are on the sphere.
    """

    places: Floats
    times: Floats
    rows: int
    left_out: int
    on_earth: bool
    dates: bool

    def __len__(self) -> int:
        return len(self.times)

    def reach(self, distance: float) -> float:
        """A distance as it is between ``places``: the chord that a great-circle distance spans."""
        if not self.on_earth:
            return distance
        return float(2 * EARTH * np.sin(min(distance / EARTH, np.pi) / 2))

    @property
    def unit(self) -> str:
        """The unit of distances in words."""
        return "m" if self.on_earth else "units of x and y"

    @property
    def time_unit(self) -> str:
        """The unit of times in words."""
        return "days" if self.dates else "units of t"


def read(rows: Sequence[Mapping[str, str]]) -> Points:
    """The points of a table of text.

    A row without place or day, or with a date known only to the month or year, is left out and
    counted. Raises Invalid for columns that are missing, and naming every cell that is neither
    a number nor a date.
    """
    columns = {name.strip().casefold(): name for name in (rows[0] if rows else {})}
    on_earth = _one(columns, _LATITUDE) is not None and _one(columns, _LONGITUDE) is not None
    first, second = (_LATITUDE, _LONGITUDE) if on_earth else (_X, _Y)
    wanted = (_one(columns, first), _one(columns, second), _one(columns, _T))
    if None in wanted and rows:
        raise Invalid("the table of points lacks columns", [
            Problem("there is no such column", f"One of: {', '.join(names)}.", names[0])
            for names, found in zip((first, second, _T), wanted, strict=True) if found is None])
    problems: list[Problem] = []
    kept: list[tuple[float, float, float]] = []
    kinds: set[bool] = set()
    for number, row in enumerate(rows, 1):
        cells = [(row.get(name or "") or "").strip() for name in wanted]
        place = [_number(cell, name or "", number, problems)
                 for cell, name in zip(cells[:2], wanted[:2], strict=True)]
        when, is_date = _when(cells[2], wanted[2] or "", number, problems)
        if on_earth:
            for value, most, name in zip(place, (90, 180), wanted[:2], strict=True):
                if value is not None and abs(value) > most:
                    problems.append(Problem(f"degrees lie from -{most} to {most}", "", name or "", str(value), number))
        if when is not None:
            kinds.add(is_date)
        if place[0] is not None and place[1] is not None and when is not None:
            kept.append((place[0], place[1], when))
    if len(kinds) > 1:
        problems.append(Problem("some times are dates and some are numbers", "Write all in one way.", wanted[2] or ""))
    if problems:
        raise Invalid("the table of points has faulty cells", problems[:_MOST_TOLD])
    table = np.array(kept, dtype=np.float64).reshape(-1, 3)
    places = _on_sphere(table[:, 0], table[:, 1]) if on_earth else table[:, :2].copy()
    return Points(places, table[:, 2].copy(), len(rows), len(rows) - len(kept), on_earth, kinds == {True})


def _one(columns: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((columns[name] for name in names if name in columns), None)


def _number(cell: str, name: str, row: int, problems: list[Problem]) -> float | None:
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or abs(value) > 1e12:
        problems.append(Problem("not a number", "Degrees with decimals, or plain coordinates.", name, cell[:80], row))
        return None
    return value


def _when(cell: str, name: str, row: int, problems: list[Problem]) -> tuple[float | None, bool]:
    """The time of a cell, and whether it is a date. A date less exact than a day is no time."""
    if not cell:
        return None, False
    if "-" in cell[1:] and cell[:4].isdigit():
        if len(cell) == 7 and cell[5:].isdigit():
            return None, True
        try:
            if len(cell) == 10:
                return float(date.fromisoformat(cell).toordinal()), True
            moment = datetime.fromisoformat(cell.replace("Z", "+00:00"))
        except ValueError:
            problems.append(Problem("not a date", "Write it as 2024-03-31.", name, cell[:80], row))
            return None, True
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
        offset = moment.utcoffset()
        return moment.toordinal() + (seconds - (offset.total_seconds() if offset else 0)) / 86_400, True
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or abs(value) > 1e12:
        problems.append(Problem("neither a number nor a date", "Write a date as 2024-03-31.", name, cell[:80], row))
        return None, False
    return value, False


def _on_sphere(latitude: Floats, longitude: Floats) -> Floats:
    one = radians(1.0)
    flat, turn = latitude * one, longitude * one
    return EARTH * np.column_stack((np.cos(flat) * np.cos(turn), np.cos(flat) * np.sin(turn), np.sin(flat)))
