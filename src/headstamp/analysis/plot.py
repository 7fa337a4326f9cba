"""What is drawn of a result: series of numbers with their axes, and the same numbers as a table.

A plot is data and no picture. Pages, reports and notebooks draw it each in their way, and
whoever does not see a picture reads its table: nothing is drawn that the table does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

SeriesKind = Literal["line", "step", "bars", "points", "intervals", "band"]
Point = tuple[float | str | None, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One series. A point is (x, y); in ``intervals`` and ``band`` it is (x, y or None, low, high).

    x is a number, or a text where the axis has categories.
    """

    name: str
    kind: SeriesKind
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing of a result: ``x`` and ``y`` name the axes with their units, ``words`` say what to see."""

    name: str
    title: str
    x: str
    y: str
    series: tuple[Series, ...]
    log_x: bool = False
    log_y: bool = False
    words: str = ""

    def table(self) -> tuple[tuple[str, ...], tuple[Point, ...]]:
        """The numbers that are drawn: columns series, x, y, low, high (the last two where there are any)."""
        spread = any(len(point) > 2 for one in self.series for point in one.points)
        columns = ("series", self.x, self.y, *(("low", "high") if spread else ()))
        return columns, tuple(
            (one.name, *point, *((None,) * (len(columns) - 1 - len(point))))
            for one in self.series for point in one.points)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "name": self.name, "title": self.title, "x": self.x, "y": self.y,
            "log_x": self.log_x, "log_y": self.log_y, "words": self.words,
            "series": [{"name": one.name, "kind": one.kind, "points": [list(p) for p in one.points]}
                       for one in self.series],
        }
