"""Series: runs of consecutive or near markings, with their gaps.

``AB 123456`` to ``AB 123499`` in one store were made, and perhaps packed and
shipped, together. A run is a set of numbers with the same letters around them
that stand closer than chance would put them. What is said of one is exact: its
ends, how many of its numbers are here, which are missing.

Where a run ends
    Two neighbours belong to one run where the gap between them is at most
    ``SPREAD`` times the usual gap beside it: the geometric mean of the medians of
    the four gaps before and of the four after, so that a dense run does not
    reach into the thin numbers around it. Always allowed are ``NEAR`` numbers,
    never more than a hundredth of the number space. ``largest_gap`` given by
    the caller replaces all of this.

What is no run
    Numbers that would stand so close by chance. For the ``N`` different numbers
    of one number space of ``10**digits`` the expected number of runs of ``n``
    within so short a span is bounded by Chernoff's bound on a Poisson count
    (the scan statistic; Naus 1965); a run is kept where that is at most
    ``CHANCE``, or where it has five numbers or more and every fifth is here.
    Numbers of one or two digits name types rather than pieces and are left out.

Which split
    A text is counted in the split whose run chance explains least; where two
    explain as little, in the later row of digits, where serials stand. Runs are
    then made again from the chosen splits alone. ``Series.rule`` says which.

Markings with unread characters make no run; they are placed by
:class:`headstamp.markings.place.SeriesIndex`, always as "probably".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.kinds.counted import plural
from headstamp.markings.many_splits import JOINED, LETTER, Splits, split_all
from headstamp.markings.numbering import Rule, skeleton

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NEAR: Final = 10
SPREAD: Final = 8
CHANCE: Final = 0.01
FEWEST_DIGITS: Final = 3
_AROUND: Final = 4
_DENSE: Final = (5, 0.2)
_RULES: dict[int, Rule] = {0: "number", JOINED: "joined", LETTER: "letter"}


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One run. ``numbers`` are the different numbers in it, ascending, ``times`` how often each
    stands here; ``positions`` the texts it is made of, in the order of the numbers.

    ``width`` is the digits each number is written with where noughts stand in front, else None.
    ``chance`` is how many runs as tight one would expect by chance among these numbers.
    """

    prefix: str
    suffix: str
    width: int | None
    rule: Rule
    numbers: Ints
    times: Ints
    positions: Ints
    first_text: str
    last_text: str
    chance: float

    @property
    def first(self) -> int:
        """The smallest number."""
        return int(self.numbers[0])

    @property
    def last(self) -> int:
        """The largest number."""
        return int(self.numbers[-1])

    @property
    def count(self) -> int:
        """How many different numbers of the run are here."""
        return len(self.numbers)

    @property
    def span(self) -> int:
        """How many numbers there are from the first to the last."""
        return self.last - self.first + 1

    @property
    def density(self) -> float:
        """The share of the numbers from first to last that are here."""
        return self.count / self.span

    @property
    def largest_gap(self) -> int:
        """The most numbers missing between two that are here."""
        return int(np.diff(self.numbers).max()) - 1 if self.count > 1 else 0

    def missing(self, most: int = 20) -> list[tuple[int, int]]:
        """The missing numbers as ranges (first, last), ascending; at most so many ranges."""
        holes = np.flatnonzero(np.diff(self.numbers) > 1)
        return [
            (int(self.numbers[at]) + 1, int(self.numbers[at + 1]) - 1)
            for at in islice(holes, most)
        ]

    def duplicates(self, most: int = 20) -> list[tuple[int, int]]:
        """(number, how often) of those that stand here more than once; at most so many."""
        return [
            (int(self.numbers[at]), int(self.times[at]))
            for at in islice(np.flatnonzero(self.times > 1), most)
        ]

    def written(self, number: int) -> str:
        """A number of this run in plain writing: ``AB 0099``.

        Letters and digits are parted by one space.
        """
        if self.rule == "letter":
            digits = chr(64 + number) if 1 <= number <= 26 else "?"
            return self.prefix + digits
        digits = str(number).rjust(self.width or 0, "0")
        return " ".join(part for part in (self.prefix, digits, self.suffix) if part)

    def __str__(self) -> str:
        return f"{self.first_text} to {self.last_text}"

    def words(self) -> str:
        """The run in one line.

        >>> run = find_series(["AB 100", "AB 101", "AB 103", "AB 103"])[0]
        >>> run.words()
        'AB 100 to AB 103: 3 of 4 numbers are recorded; missing 102; 103 is recorded twice'
        """
        return f"{self}: {self.details()}"

    def details(self, holes: int = 4) -> str:
        """The same without the ends: how many of its numbers there are, which are missing.

        At most so many ranges of missing numbers; with 0 neither these nor duplicates.
        """
        told = [f"{self.count:,} of {plural(self.span, 'number is', 'numbers are')} recorded"]
        if not holes:
            return told[0]
        missing = self.missing(holes)
        if missing:
            more = self.span - self.count - sum(high - low + 1 for low, high in missing)
            told.append("missing " + ", ".join(
                self._number(low) if low == high else f"{self._number(low)} to {self._number(high)}"
                for low, high in missing
            ) + (f" and {more:,} more" if more else ""))
        for number, times in self.duplicates(3):
            told.append(f"{self._number(number)} is recorded "
                        + ("twice" if times == 2 else f"{plural(times, 'time')}"))
        return "; ".join(told)

    def _number(self, number: int) -> str:
        if self.rule == "letter":
            return chr(64 + number)
        return str(number).rjust(self.width or 0, "0")

    def as_dict(self, most: int = 100) -> dict[str, Any]:
        """The run as plain JSON values; missing numbers and duplicates at most so many."""
        return {
            "first": self.first_text, "last": self.last_text, "prefix": self.prefix,
            "suffix": self.suffix, "split": self.rule, "count": self.count, "span": self.span,
            "density": round(self.density, 4), "largest_gap": self.largest_gap,
            "missing": [[self._number(low), self._number(high)]
                        for low, high in self.missing(most)],
            "duplicates": [[self._number(n), times] for n, times in self.duplicates(most)],
            "chance": float(f"{self.chance:.2g}"),
        }


def find_series(
    texts: Sequence[str], *, largest_gap: int | None = None, chance: float = CHANCE,
    fewest_digits: int = FEWEST_DIGITS,
) -> list[Series]:
    """The runs among these texts, the longest first. A few seconds for a million texts.

    ``largest_gap`` is the most that two neighbours of a run may lie apart (2: one number
    missing); without it the rule above holds.

    >>> [str(run) for run in find_series(["K 4471", "K-4472", "k4475", "K 9000", "TA 12"])]
    ['K 4471 to k4475']
    >>> find_series(["1987 K-4471", "1987 K-4472", "1987 K-4473"])[0].prefix
    '1987K'
    """
    splits = split_all(texts)
    enough = (splits.tail >= fewest_digits) | (splits.rule == LETTER)
    splits = splits.only(enough)
    if not len(splits):
        return []
    found = _Runs(splits, largest_gap, chance)
    chosen = _chosen(splits, found)
    if not len(chosen):
        return []
    splits = splits.only(chosen)
    return _made(texts, splits, _Runs(splits, largest_gap, chance))


class _Runs:
    """The runs that rows of splits make: for each row its run (-1: none), for each run its chance."""

    def __init__(self, splits: Splits, largest_gap: int | None, chance: float) -> None:
        group = _spaces(splits)
        order = np.lexsort((splits.value, group))
        groups, values = group[order], splits.value[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (groups[1:] != groups[:-1]) | (values[1:] != values[:-1])
        at = np.flatnonzero(fresh)  # one for each different number
        groups, values, widths = groups[at], values[at], splits.width[order][at]
        gaps = np.diff(values)
        same = groups[1:] == groups[:-1]
        letter = splits.rule[order][at] == LETTER
        allowed = (
            np.full(len(gaps), float(largest_gap)) if largest_gap is not None
            else _allowed(gaps, same, widths)
        )
        breaks = ~(same & (gaps <= allowed))
        run = np.concatenate([[0], np.cumsum(breaks)])
        opens = np.flatnonzero(np.concatenate([[True], breaks]))
        closes = np.concatenate([opens[1:], [len(run)]]) - 1
        n, span = closes - opens + 1, values[closes] - values[opens]
        sizes = np.bincount(groups)[groups[opens]]
        # Only the last row of a joined number is free to be anything; those before it are as
        # many as there are between the run's ends.
        tails = 10.0 ** splits.tail[order][at][closes]
        rows = np.floor(values[closes] / tails) - np.floor(values[opens] / tails) + 1
        joined = splits.rule[order][at][closes] == JOINED
        room = np.where(
            letter[opens], 26.0, np.where(joined, rows * tails, 10.0 ** widths[closes])
        )
        self.log_chance = _log_chance(n, span, sizes, room)
        good = (n > 1) & (
            (self.log_chance <= np.log(chance))
            | ((n >= _DENSE[0]) & (n / (span + 1) >= _DENSE[1]))
        )
        number_of = np.cumsum(fresh) - 1
        self.run_of = np.empty(len(order), np.int64)
        self.run_of[order] = np.where(good[run[number_of]], run[number_of], -1)


def _spaces(splits: Splits) -> Ints:
    """The number space of each row: its letters and, where noughts stand in front, its width."""
    _, letters = np.unique(splits.space, return_inverse=True)
    letters = letters.astype(np.int64).reshape(-1)
    wide = letters * 32 + splits.width
    # 0099 and 0100 are of one space of four places; 100 beside 99 is of none.
    padded = np.isin(wide, np.unique(wide[splits.padded])) if splits.padded.any() else splits.padded
    _, space = np.unique(np.where(padded, wide, letters * 32), return_inverse=True)
    return space.astype(np.int64).reshape(-1)


def _allowed(gaps: Ints, same: npt.NDArray[np.bool_], widths: Ints) -> Floats:
    """The largest gap allowed at each place, from the gaps beside it."""
    before, after = _median_beside(gaps, same, -1), _median_beside(gaps, same, 1)
    usual = np.sqrt(np.where(before > 0, before, after) * np.where(after > 0, after, before))
    most = np.maximum(NEAR, 10.0 ** np.maximum(widths[1:] - 2, 0))
    allowed: Floats = np.minimum(np.maximum(NEAR, SPREAD * usual), most)
    return allowed


def _median_beside(gaps: Ints, same: npt.NDArray[np.bool_], side: int) -> Floats:
    """The median of up to four gaps before (-1) or after (1); nought where there is none."""
    never = np.iinfo(np.int64).max
    columns = []
    within = same.copy()
    for step in range(1, _AROUND + 1):
        column = np.full(len(gaps), never)
        there = np.zeros(len(gaps), bool)
        here, beside = (slice(step, None), slice(None, -step)) if side < 0 else (
            slice(None, -step), slice(step, None))
        there[here] = within[here] & same[beside]
        column[here] = np.where(there[here], gaps[beside], never)
        within = there
        columns.append(column)
    ranked = np.sort(np.stack(columns), axis=0)
    held = (ranked < never).sum(axis=0)
    middle = np.maximum(held - 1, 0) // 2
    median: Floats = ranked[middle, np.arange(len(gaps))].astype(np.float64)
    median[held == 0] = 0.0
    return median


def _log_chance(n: Ints, span: Ints, sizes: Ints, room: Floats) -> Floats:
    """The logarithm of the expected number of runs as tight, by chance."""
    others = (n - 1).astype(np.float64)
    mean = np.maximum((sizes - 1) * span / room, 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        tail = np.where(others > mean, others - mean + others * np.log(mean / others), 0.0)
    expected: Floats = np.log(sizes.astype(np.float64)) + np.where(n > 1, tail, 0.0)
    return expected


def _chosen(splits: Splits, runs: _Runs) -> Ints:
    """For each text the row that counts: in the run that chance explains least, else none."""
    inside = np.flatnonzero(runs.run_of >= 0)
    score = runs.log_chance[runs.run_of[inside]]
    order = np.lexsort((np.arange(len(inside)), score, splits.text[inside]))
    ranked = inside[order]
    texts = splits.text[ranked]
    first = np.ones(len(ranked), bool)
    first[1:] = texts[1:] != texts[:-1]
    return np.sort(ranked[first])


def _made(texts: Sequence[str], splits: Splits, runs: _Runs) -> list[Series]:
    inside = np.flatnonzero(runs.run_of >= 0)
    order = inside[np.lexsort((splits.text[inside], splits.value[inside], runs.run_of[inside]))]
    run = runs.run_of[order]
    opens = np.flatnonzero(np.concatenate([[True], run[1:] != run[:-1]])) if len(run) else run
    found = []
    for start, stop in zip(opens, [*opens[1:], len(run)], strict=True):
        rows = order[start:stop]
        numbers, times = np.unique(splits.value[rows], return_counts=True)
        lead, tail = int(rows[0]), int(rows[-1])
        bones = skeleton(texts[splits.text[lead]]).replace(" ", "")
        before, width = int(splits.before[lead]), int(splits.width[lead])
        found.append(Series(
            bones[:before], bones[before + width :],
            width if splits.padded[rows].any() else None, _RULES[int(splits.rule[lead])],
            numbers, times, splits.text[rows], texts[splits.text[lead]], texts[splits.text[tail]],
            float(np.exp(np.clip(runs.log_chance[run[start]], -700, 700))),
        ))
    return sorted(found, key=lambda one: (-one.count, one.prefix, one.first))
