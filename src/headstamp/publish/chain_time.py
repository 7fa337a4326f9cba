"""A scale of time for a chain: order and days are kept, long empty stretches are drawn short.

A chain may leap from a making in 1986 to four sales in one month of 2016. On an even scale
those four fall on one point. Here each stretch between two days that the chain names is as
long as the logarithm of its days, and never shorter than can be seen; so what is before,
after, within or apart stays so, and a scale below says the days. Lengths are not to be
measured, and the caption says so.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

_LEAST_SHARE = 0.35


def day_number(day: str) -> int:
    """A day as a number, for reckoning; ISO 8601 with a year of four figures.

    >>> day_number("0001-01-02") - day_number("0001-01-01")
    1
    """
    return date.fromisoformat(day[:10]).toordinal()


class Scale:
    """From days to places between ``left`` and ``right``; None, an open end, is at the edge.

    >>> scale = Scale(["2016-01-01", "2016-01-31", "1986-01-01"], 0, 100)
    >>> scale.at("1986-01-01"), scale.at("2016-01-31"), scale.at(None, start=True)
    (0, 100, 0)
    >>> 60 < scale.at("2016-01-01") < 90
    True
    """

    def __init__(self, days: Iterable[str], left: float, right: float) -> None:
        self.left, self.right = left, right
        self.days = sorted({day_number(day) for day in days})
        self.places = [left]
        lengths = [1 + math.log2(1 + (after - before) / 30) for before, after in pairwise(self.days)]
        if lengths:
            middle = sum(lengths) / len(lengths)
            lengths = [max(one, _LEAST_SHARE * middle) for one in lengths]
            room = (right - left) / sum(lengths)
            for one in lengths:
                self.places.append(self.places[-1] + one * room)
            self.places[-1] = right

    def at(self, day: str | None, *, start: bool = False) -> float:
        """Where a day stands; an open beginning (``start``) at the left edge, an open end right."""
        if day is None or not self.days:
            return self.left if start else self.right
        number = day_number(day)
        if number <= self.days[0]:
            return self.left
        if number >= self.days[-1]:
            return self.places[-1]
        after = bisect_right(self.days, number)
        early, late = self.days[after - 1], self.days[after]
        share = (number - early) / (late - early)
        return self.places[after - 1] + share * (self.places[after] - self.places[after - 1])

    def ticks(self, room: float) -> list[tuple[float, str]]:
        """Days to be written below, so far apart that their texts (``room`` wide) do not touch."""
        chosen: list[tuple[float, str]] = []
        for number, place in zip(self.days, self.places, strict=False):
            if not chosen or place - chosen[-1][0] >= room:
                chosen.append((place, date.fromordinal(number).isoformat()))
        return chosen
