"""How unlike all others a find is: what it shows that the nearest other find does not.

Each find is held against the one other that shares most with it. What it shows beyond that, by weight, is
how unlike it is: U / (U + S + c), with S the weight shared. The constant c is a quarter of the greatest weight there is
(that of a feature which nobody else shows): a find of which one thing was noted cannot be as unlike as one of which five
were. Only what a find shows counts, not what the other shows besides: some finds are noted at greater length.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.spread.signature import Feature, Shown, weights

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
STEADY: Final = 0.25
"""The constant c, by the greatest weight: larger hides finds of which little was noted, smaller believes one feature."""
_DIGITS = 10  # Sums of the same weights in another order are the same.


class Likeness:
    """Finds with their groups; finds of one group are not held against each other."""

    def __init__(self, shown: Sequence[Shown], groups: Sequence[str]) -> None:
        names: dict[str, int] = {}
        self.groups: Ints = np.array([names.setdefault(one, len(names)) for one in groups], dtype=np.int64)
        self.count = len(shown)
        self.weight = weights(shown, list(groups))
        self.shown = tuple(sorted(one) for one in shown)
        """The features of each, in one order, so that sums come out the same."""
        self.total: Floats = np.array([sum(self.weight[one] for one in find) for find in self.shown])
        self.steady = STEADY * log(len(names) + 1)
        at: dict[Feature, list[int]] = {}
        for number, find in enumerate(self.shown):
            for one in find:
                at.setdefault(one, []).append(number)
        self._at = {one: np.array(found, dtype=np.int64) for one, found in at.items()}

    def shared(self, number: int) -> Floats:
        """The weight that one find shares with each other (n,); -1 with those of its own group."""
        found = np.zeros(self.count)
        for one in self.shown[number]:
            found[self._at[one]] += self.weight[one]
        found[self.groups == self.groups[number]] = -1.0
        return found

    def unlike(self, most_shared: Floats | float, total: Floats | float) -> Floats:
        """How unlike finds of these total weights are that share so much with their nearest, from 0 to 1."""
        shared = np.minimum(np.maximum(most_shared, 0.0), total)
        return np.asarray(np.round((total - shared) / (total + self.steady), _DIGITS), dtype=np.float64)

    def all_unlike(self) -> Floats:
        """How unlike its nearest each is (n,)."""
        best = np.array([self.shared(number).max(initial=0.0) for number in range(self.count)])
        return self.unlike(best, self.total)


def by_group(at_least: npt.NDArray[np.bool_], groups: Ints) -> tuple[float, int]:
    """(sum over groups of the share of each that is ``at_least``, number of groups)."""
    sizes = np.bincount(groups)
    hits = np.bincount(groups, weights=at_least)
    present = sizes > 0
    return float((hits[present] / sizes[present]).sum()), int(present.sum())
