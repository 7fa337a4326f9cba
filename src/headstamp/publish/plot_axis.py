"""The axes of a plot: where a value stands, and the marks beside it that say so.

Honest marks: an axis of bars begins at nought, always; an axis that does not begin at nought
shows where it begins; on a logarithmic one what is nought or less has no place, and is counted
as not drawn. Marks are 1, 2 or 5 times a power of ten.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from headstamp.places import svg

Value = float | str
_TIME: Final = re.compile(r"-?\d{4}(-\d\d(-\d\d)?|-?[QWH]\d{1,2}|s)?")
# Below this share of the range from nought, an axis of numbers above nought begins at nought.
_NEAR_NOUGHT: Final = 0.45
_LEAST, _MOST = 1e-300, 1e300


@dataclass(frozen=True, slots=True)
class NumberAxis:
    """An axis of numbers from ``low`` to ``high``; ``ticks`` are (value, text), smallest first."""

    low: float
    high: float
    log: bool
    ticks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float | None:
        """Where a value stands, from 0 to 1; None where it has no place here."""
        if not _drawable(value, self.log):
            return None
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            found = (math.log10(value) - low) / (high - low)
        else:
            found = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, found))


@dataclass(frozen=True, slots=True)
class WordAxis:
    """An axis of words, each with a place of the same size, in the order in which they came."""

    words: tuple[str, ...]

    def share(self, word: str) -> float:
        """The middle of a word's place, from 0 to 1."""
        return (self.words.index(word) + 0.5) / len(self.words)

    @property
    def of_time(self) -> bool:
        """Whether the words are periods, of which some may go unnamed between others."""
        return all(_TIME.fullmatch(word) for word in self.words)


def number_axis(
    values: Iterable[float], *, log: bool = False, from_nought: bool = False, room: bool = True,
    steps: int = 5,
) -> NumberAxis:
    """An axis that holds all values that can stand on it; with ``room`` it ends on marks.

    >>> number_axis([3, 47]).low, number_axis([3, 47]).high
    (0.0, 50.0)
    """
    held = [v for v in values if _drawable(v, log)]
    low, high = (min(held), max(held)) if held else ((1.0, 10.0) if log else (0.0, 1.0))
    return _log_axis(low, high, room) if log else _plain_axis(low, high, from_nought, room, steps)


def said(value: float) -> str:
    """A number as it stands on an axis and in a plot's table.

    Thousands are parted from 10,000 on, so that years stay years.

    >>> said(2016), said(12500), said(0.5), said(3e14), said(1.23456789)
    ('2016', '12,500', '0.5', '3e+14', '1.23457')
    """
    size = abs(value)
    if size and (size >= 1e12 or size < 1e-4):
        return f"{value:.4g}"
    if float(value).is_integer():
        return f"{value:,.0f}" if size >= 10_000 else str(int(value))
    return f"{value:,.1f}" if size >= 10_000 else f"{value:.6g}"


def thinned(words: Sequence[str], slot: float, size: float) -> int:
    """Each how many-th period is named, so that names do not touch (1, 2, 3, 5, 6, 10, 12 ...)."""
    widest = min(max(svg.text_width(word, size) for word in words) + 8, 140.0)
    fitting = (n for n in (1, 2, 3, 4, 5, 6, 10, 12, 20, 24, 60, 120) if n * slot >= widest)
    return next(fitting, len(words))


def _drawable(value: float, log: bool) -> bool:
    # Nothing that is counted is beyond these; arithmetic with what is would overflow.
    return (value > _LEAST if log else True) and abs(value) < _MOST


def _plain_axis(low: float, high: float, from_nought: bool, room: bool, steps: int) -> NumberAxis:
    if from_nought or (room and (low == high or 0 < low <= high * _NEAR_NOUGHT)):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        spread = abs(low) / 2 or 1.0
        low, high = (low - spread, high + spread) if low else (0.0, 1.0)
    step = svg.nice_step(high - low, steps)
    # Beyond its digits a number does not change by a step: one step then, over the whole.
    if low + step == low or high - step == high:
        step = high - low
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if room:
        low, high = first * step, last * step
    marks = tuple((_clean(at * step, step), said(_clean(at * step, step)))
                  for at in range(first, last + 1)
                  if low - step * 1e-6 <= at * step <= high + step * 1e-6)
    return NumberAxis(float(low), float(high), False, marks)


def _log_axis(low: float, high: float, room: bool) -> NumberAxis:
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    if first == last:
        first, last = first - (low < 10.0 ** first * 1.0001), last + 1
    few = last - first <= 2
    every = max(1, math.ceil((last - first) / 8))
    marks = [factor * 10.0 ** power for power in range(first, last + 1, 1 if few else every)
             for factor in ((1, 2, 5) if few else (1,))]
    if room:
        under = [m for m in marks if m <= low * (1 + 1e-9)]
        over = [m for m in marks if m >= high * (1 - 1e-9)]
        low, high = (max(under) if under else 10.0 ** first), (min(over) if over else 10.0 ** last)
    if low == high:
        low, high = low / 2, high * 2
    held = tuple((m, said(m)) for m in marks if low * (1 - 1e-9) <= m <= high * (1 + 1e-9))
    return NumberAxis(low, high, True, held)


def _clean(value: float, step: float) -> float:
    """A multiple of a step without the dust of its arithmetic."""
    return round(value, max(0, 2 - math.floor(math.log10(step)))) + 0.0 if step > 1e-300 else value
