"""Finds with where and when, and whether each shows a signature: what was met, and what was looked at.

The table holds every find documented, not only those that show the signature: the others tell where
people looked and did not meet it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final

from headstamp.analysis.column_names import known
from headstamp.errors import Invalid, Problem
from headstamp.kinds.date import bounds
from headstamp.kinds.kind import Unfit

Rows = Sequence[Mapping[str, str]]
YES: Final = ("yes", "1", "true")
NO: Final = ("no", "0", "false")
_MOST_TOLD: Final = 50


@dataclass(frozen=True, slots=True)
class Find:
    """One find. ``first`` and ``last`` are days (ordinals) between which it lies; None where not known.

    ``shows`` is None where too little was noted of the find to tell. ``place`` is where people looked
    (a site), ``theatre`` the area it lies in; ``group`` the crate or recovery it came from.
    """

    name: str
    first: int | None
    last: int | None
    latitude: float | None
    longitude: float | None
    theatre: str
    place: str
    group: str
    shows: bool | None

    @property
    def middle(self) -> float | None:
        """The middle of its window, in days; None where an end is open."""
        return None if self.first is None or self.last is None else (self.first + self.last) / 2


_NAMES: Final = ("find", "date", "signature", "latitude", "longitude", "theatre", "place", "group")


def read(rows: Rows) -> tuple[list[Find], bool]:
    """The finds, and whether groups were given.

    Columns find, date (ISO or EDTF) and signature (yes, no, or empty where it cannot be told); and
    latitude, longitude, theatre, place, group. Raises Invalid naming every faulty cell.
    """
    rows = known(rows, _NAMES)
    problems: list[Problem] = []
    if not rows:
        problems.append(Problem("it has no rows", "Give every find documented.", "finds"))
    else:
        problems += [Problem("there is no such column", "It has: " + ", ".join(rows[0]), name)
                     for name in ("find", "date", "signature") if name not in rows[0]]
    if problems:
        raise Invalid("the spread cannot be asked so", problems)
    names: set[str] = set()
    found = []
    for at, row in enumerate(rows, 1):
        cells = {name: (value or "").strip() for name, value in row.items()}
        name = cells["find"]
        if not name or name in names:
            problems.append(Problem(f"{name} stands there twice" if name else "the find is not named",
                                    "Each find once.", "find", name, at))
        names.add(name)
        first, last = _window(cells["date"], at, problems)
        latitude = _degrees(cells, "latitude", 90, at, problems)
        longitude = _degrees(cells, "longitude", 180, at, problems)
        if (latitude is None) != (longitude is None):
            latitude = longitude = None
        theatre = cells.get("theatre", "")
        found.append(Find(
            name, first, last, latitude, longitude, theatre, cells.get("place", "") or theatre,
            cells.get("group", "") or f"find {name}", _said(cells["signature"], at, problems)))
    if problems:
        raise Invalid("the spread cannot be asked so", problems[:_MOST_TOLD])
    return found, any((row.get("group") or "").strip() for row in rows)


def together(finds: Sequence[Find]) -> tuple[list[Find], int]:
    """One find for each group, place and theatre: it shows the signature where any of its finds does.

    With them how many were put together. What cannot be told is left to those that can.
    """
    groups: dict[tuple[str, str, str], Find] = {}
    for one in finds:
        key = (one.group, one.place, one.theatre)
        held = groups.get(key)
        if held is None or (one.shows, not held.shows) == (True, True) or (held.shows is None and one.shows is False):
            groups[key] = one
    return list(groups.values()), len(finds) - len(groups)


def day(ordinal: int | None) -> str | None:
    """A day as ISO text."""
    return None if ordinal is None else date.fromordinal(ordinal).isoformat()


def _window(text: str, row: int, problems: list[Problem]) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    try:
        first, last = bounds(text)
    except (Unfit, ValueError):
        problems.append(Problem("not a date", "Write it as 2024-03-31, 2024-03 or 2024.", "date", text[:80], row))
        return None, None
    return tuple(None if one is None else date.fromisoformat(one).toordinal() for one in (first, last))  # type: ignore[return-value]


def _degrees(cells: Mapping[str, str], name: str, most: int, row: int, problems: list[Problem]) -> float | None:
    text = cells.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or abs(value) > most:
        problems.append(Problem(f"degrees lie from -{most} to {most}", "", name, text[:80], row))
        return None
    return value


def _said(text: str, row: int, problems: list[Problem]) -> bool | None:
    if not text:
        return None
    if text.casefold() in (*YES, *NO):
        return text.casefold() in YES
    problems.append(Problem("neither yes nor no", "Leave it empty where it cannot be told.", "signature", text[:80], row))
    return None
