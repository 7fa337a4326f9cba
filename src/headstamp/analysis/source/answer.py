"""What a model says of a pair, with its interval, and how it does on the background itself.

Every item of the background is parted in two as the two things are, left out, and asked about: pairs
of one item and pairs of two, whose truth is known. The interval comes from drawing items anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from headstamp.analysis.resampling import corrected
from headstamp.analysis.source import calibration as calibrating
from headstamp.analysis.source.calibration import Calibration
from headstamp.analysis.source.kernel_level import Width, kernel_log10
from headstamp.analysis.source.two_level import (
    Floats,
    Items,
    Levels,
    Pairs,
    levels,
    normal_log10,
    without,
)

_DRAWN, _DRAWN_LARGE, _LARGE = 999, 399, 6_000
_MOST_PAIRS: Final = 4_000
_MOST_LEFT_OUT: Final = 400
_SEED: Final = 20_261_122

Name = Literal["normal", "kernel"]
Asked = Callable[[Pairs, Levels, Floats | None], Floats]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one model says: its ratio with interval, and how it did on the background (all log10)."""

    name: Name
    found: float
    low: float
    high: float
    tried: Calibration
    same: Floats
    different: Floats

    @property
    def bounded(self) -> float:
        """What is reported: no more than so small a background carries."""
        return min(max(self.found, self.tried.low), self.tried.high)


def answer(
    name: Name, items: Items, pair: Pairs, halves: Pairs, level: float, rule: Width = "aitken-lucy",
) -> Answer | None:
    """What a model says; None where too many resampled backgrounds cannot tell sources apart."""
    n = items.number

    def ask(pairs: Pairs, of: Levels, weights: Floats | None) -> Floats:
        if name == "normal":
            return normal_log10(pairs, of)
        return kernel_log10(pairs, items, of, weights, rule)

    found = float(ask(pair, levels(items), None)[0])
    random = np.random.default_rng(_SEED)
    drawn = _DRAWN if n * items.columns <= _LARGE else _DRAWN_LARGE
    resampled = _asked(ask, pair, items, random.multinomial(n, np.full(n, 1 / n), drawn).astype(np.float64))
    if len(resampled) < 0.95 * drawn:
        return None
    left_out = _asked(ask, pair, items, _in_turn(n, random))
    low, high = corrected(resampled, found, left_out, n, level)
    each = np.arange(n)
    same = _asked(ask, halves, items, without(n, [each]))
    one, other = _different(n, random)
    apart = Pairs(halves.control[one], halves.control_rows[one], halves.recovered[other],
                  halves.recovered_rows[other])
    different = _asked(ask, apart, items, without(n, [one, other]))
    if not len(same) or not len(different):
        return None
    return Answer(name, found, low, high, calibrating.calibration(same, different, n), same, different)


def _asked(ask: Asked, pairs: Pairs, items: Items, weights: Floats) -> Floats:
    """The ratio of each pair on its own background (or of one pair on all), where one can be had."""
    of = levels(items, weights)
    usable = of.usable
    mine = pairs if len(pairs.control) == 1 else pairs.of(usable)
    return ask(mine, of.of(usable), weights[usable])


def _in_turn(n: int, random: np.random.Generator) -> Floats:
    """Backgrounds with one item left out in turn, or of many items a few at once."""
    groups = min(n, _MOST_LEFT_OUT)
    part = random.permutation(n) % groups
    return np.asarray(np.arange(groups)[:, None] != part[None, :], dtype=np.float64)


def _different(n: int, random: np.random.Generator) -> tuple[Any, Any]:
    if n * (n - 1) // 2 <= _MOST_PAIRS:
        return np.triu_indices(n, 1)
    one = random.integers(0, n, _MOST_PAIRS)
    return one, (one + random.integers(1, n, _MOST_PAIRS)) % n
