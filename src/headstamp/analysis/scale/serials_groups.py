"""Whether numbers that were found together (in one crate, at one find) lie together in the series too.

Ten rifles of one crate have ten numbers that follow each other: they are one drawing from the series and
not ten. What is asked is whether ranks within groups are more alike than chance makes them (analysis of
variance on ranks, its chance by dealing the groups out anew), and by how much fewer the numbers
then count (the design effect of Kish 1965).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.measure import Diagnostic
from headstamp.analysis.scale.serials_checks import ALARM, Ints
from headstamp.analysis.tails import f_above
from headstamp.kinds.counted import plural

LEAST: Final = 3
LARGE: Final = 1.5
_UNKNOWN: Final = frozenset({"", "-", "?"})
_DEALT_MOST: Final = 5_000
_DEALINGS: Final = 999


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of different numbers: of each number its group, and one number to stand for each group."""

    of: npt.NDArray[np.int64]
    number: int
    largest: int
    chance: float | None
    effect: float
    standing: Ints

    @property
    def clustered(self) -> bool:
        """Whether numbers of one group lie together more than chance has it, and so as to be felt."""
        return self.chance is not None and self.chance < ALARM and self.effect >= LARGE

    def diagnostic(self) -> Diagnostic:
        """In words."""
        told = f"{plural(self.number, 'group')}; {plural(self.largest, 'different number')} in the largest"
        if self.number < 2:
            return Diagnostic("groups", 1, False, "All numbers are of one group: one crate or find tells of itself only.")
        if self.chance is None:
            return Diagnostic("groups", self.number, None, told + ": no two numbers are of one group.")
        return Diagnostic("groups", self.effect, not self.clustered, told + (
            f". Numbers of one group lie together in the series: they count as if there were {self.effect:.1f} times fewer "
            "(design effect), and each group is taken for one number." if self.clustered else
            ". Numbers of one group lie no closer in the series than others."))


def grouped(values: Sequence[int], groups: Sequence[str], distinct: Ints) -> Groups:
    """The groups of the different numbers; a number met in two groups is of the first.

    A group that is not known ("", "-", "?") is one of its own.
    """
    names: dict[str, int] = {}
    first: dict[int, int] = {}
    fresh = len(values)
    for value, word in zip(values, groups, strict=True):
        if value in first:
            continue
        name = word.strip().casefold()
        if name in _UNKNOWN:
            first[value] = fresh
            fresh += 1
        else:
            first[value] = names.setdefault(name, len(names))
    _, of = np.unique(np.array([first[int(one)] for one in distinct]), return_inverse=True)
    sizes = np.bincount(of)
    number, n = len(sizes), len(distinct)
    # One of each group by lot stands for it: the middle ones of crates that start at round numbers end alike.
    chosen = (np.random.default_rng(n).random(number) * sizes).astype(np.int64)
    standing = np.sort(distinct[np.argsort(of, kind="stable")][np.cumsum(sizes) - sizes + chosen])
    if number < 2 or number == n:
        return Groups(of, number, int(sizes.max()), None, float(n if number < 2 else 1), standing)
    ranks = np.arange(n, dtype=np.float64) - (n - 1) / 2
    whole = float((ranks**2).sum())

    def between(order: npt.NDArray[np.int64]) -> float:
        return float((np.bincount(order, weights=ranks) ** 2 / sizes).sum())

    found = between(of)
    within = max(whole - found, 1e-9)
    ratio = (found / (number - 1)) / (within / (n - number))
    if n <= _DEALT_MOST:
        random = np.random.default_rng(n)
        above = sum(between(random.permutation(of)) >= found * (1 - 1e-12) for _ in range(_DEALINGS))
        chance = (1 + above) / (1 + _DEALINGS)
    else:
        chance = f_above(ratio, number - 1, n - number)
    usual = (n - float((sizes**2).sum()) / n) / (number - 1)
    alike = (ratio - 1) / (ratio - 1 + usual) if ratio > 1 else 0.0
    return Groups(of, number, int(sizes.max()), chance, 1 + (float((sizes**2).sum()) / n - 1) * alike, standing)
