"""Is the share of finds that show something rising within each place, whatever the effort in each?

Conditional logistic regression on time (Breslow and Day 1980, IARC Sci. Publ. 32, 7): of each place it is taken as
given when its finds were documented and how many show the signature; only which of them do so is
asked of. More visits, or visits to more places, change nothing in it. The likelihood is penalised by the root of
its information, so that an estimate and an interval exist where all that show it are the latest (Firth 1993,
Biometrika 80:27; Heinze and Puhr 2010, Statistics in Medicine 29:770).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.space_time.chance import gamma_quantile

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
REACH: Final = 12.0
"""The slope is sought up to so many standard deviations' log odds to either side."""
_GRID, _FINER, _PASSES, _CLOSE = 97, 15, 10, 0.005
_PLENTY, _MOST_EXACT, _NORMAL = 60, 3_000, 20
_DEALT_AT_ONCE: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Stratum:
    """The finds of one place: times (n,) and which show the signature (n,)."""

    times: Floats
    shown: Bools

    @property
    def tells(self) -> bool:
        """Whether some show it and some do not, at different times."""
        count = int(self.shown.sum())
        return 0 < count < len(self.shown) and bool((self.times != self.times[0]).any())


@dataclass(frozen=True, slots=True)
class Slope:
    """Log odds by unit of time, with its interval, and the chance of a slope as far from none."""

    estimate: float
    low: float
    high: float
    rising: float
    """The chance that a dealing within places rises as much or more."""
    chance: float
    """The same to either side."""


def slope(strata: Sequence[Stratum], level: float, dealings: int, seed: int) -> Slope:
    """The slope within strata, of which at least one ``tells``."""
    used = [one for one in strata if one.tells]
    centred = [Stratum(one.times - one.times.mean(), one.shown) for one in used]
    scale = float(np.sqrt(sum((one.times**2).sum() for one in centred) / sum(len(one.times) for one in centred)))
    scaled = [Stratum(one.times / scale, one.shown) for one in centred]
    drop = gamma_quantile(0.5, level)  # half a chi-square of one degree of freedom
    best, low, high = _ends(scaled, drop)
    rising, chance = _dealt(scaled, dealings, seed)
    return Slope(best / scale, low / scale, high / scale, rising, chance)


def _ends(strata: Sequence[Stratum], drop: float) -> tuple[float, float, float]:
    """Where the likelihood is highest, and where it has fallen by ``drop`` on either side (it has one top)."""
    grid = np.linspace(-REACH, REACH, _GRID)
    for _ in range(_PASSES):
        values = _likelihood(strata, grid)
        at = int(values.argmax())
        held = np.flatnonzero(values >= values[at] - drop)
        first, last, end = int(held[0]), int(held[-1]), len(grid) - 1
        best, low, high = float(grid[at]), float(grid[first]), float(grid[last])
        around = [(float(grid[max(0, one - 1)]), float(grid[min(end, one + 1)])) for one in (first, at, last)]
        if max(right - left for left, right in around) <= _CLOSE * (high - low):
            break
        grid = np.unique(np.concatenate([np.linspace(left, right, _FINER) for left, right in around]))
    return best, low, high


def _likelihood(strata: Sequence[Stratum], slopes: Floats) -> Floats:
    """The penalised log-likelihood at each slope (b,)."""
    total, information = np.zeros(len(slopes)), np.zeros(len(slopes))
    for one in strata:
        plenty = min(one.shown.sum(), (~one.shown).sum()) > _PLENTY or len(one.times) > _MOST_EXACT
        log_sum, variance = (_many if plenty else _exact)(one, slopes)
        total += slopes * one.times[one.shown].sum() - log_sum
        information += variance
    return np.asarray(total + 0.5 * np.log(np.maximum(information, 1e-300)), dtype=np.float64)


def _exact(one: Stratum, slopes: Floats) -> tuple[Floats, Floats]:
    """log of the sum over all choices of as many finds of exp(slope x their times), and its second derivative."""
    count = int(one.shown.sum())
    turned = 2 * count > len(one.times)  # as many that do not: the same choice, fewer terms
    times = -one.times if turned else one.times
    chosen = len(times) - count if turned else count
    sums = np.zeros((3, chosen + 1, len(slopes)))
    sums[0, 0] = 1.0
    logs = np.zeros(len(slopes))
    for number, time in enumerate(times):
        odds = np.exp(np.clip(slopes * time, -500, 500))
        zero, first, second = sums[:, :-1] * odds
        sums[:, 1:] += np.stack((zero, first + time * zero, second + 2 * time * first + time * time * zero))
        if number % 8 == 7 or number == len(times) - 1:
            largest = sums[0].max(axis=0)
            sums /= largest
            logs += np.log(largest)
        if number % 8 == 7:
            np.clip(sums, -1e280, 1e280, out=sums)
    whole = np.maximum(sums[0, chosen], 1e-300)
    mean = sums[1, chosen] / whole
    log_sum = np.log(whole) + logs
    if turned:  # of all times, those not chosen are left
        log_sum = log_sum + slopes * one.times.sum()
    return log_sum, np.maximum(sums[2, chosen] / whole - mean**2, 0.0)


def _many(one: Stratum, slopes: Floats) -> tuple[Floats, Floats]:
    """The same where both sorts are plenty, or finds very many: the place's own share fitted beside the slope.

    They agree then; where those that show it are few among very many they are one and the same (Poisson).
    """
    count = float(one.shown.sum())
    parts = slopes[:, None] * one.times[None, :]
    level = np.zeros(len(slopes))
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(parts + level[:, None], -500, 500)))
        spread = np.maximum((chance * (1 - chance)).sum(axis=1), 1e-9)
        level += np.clip((count - chance.sum(axis=1)) / spread, -2, 2)
    weight = chance * (1 - chance)
    whole = np.maximum(weight.sum(axis=1), 1e-300)
    middle = (weight * one.times).sum(axis=1) / whole
    variance = (weight * (one.times[None, :] - middle[:, None]) ** 2).sum(axis=1)
    log_sum = np.logaddexp(0.0, parts + level[:, None]).sum(axis=1) - level * count
    return log_sum, variance


def _dealt(strata: Sequence[Stratum], dealings: int, seed: int) -> tuple[float, float]:
    """How often finds dealt out anew within each place are as late, and as far from the middle."""
    random = np.random.default_rng(seed)
    found = sum(float(one.times[one.shown].sum()) - float(one.times.mean()) * int(one.shown.sum()) for one in strata)
    sums = np.zeros(dealings)
    for one in strata:
        n, count = len(one.times), int(one.shown.sum())
        middle = float(one.times.mean()) * count
        if n > _MOST_EXACT and min(count, n - count) >= _NORMAL:  # a sum of many drawn without replacement
            sums += random.normal(0.0, float((count * (n - count) / (n - 1) * one.times.var()) ** 0.5), dealings)
            continue
        block = max(1, _DEALT_AT_ONCE // n)
        for at in range(0, dealings, block):
            some = min(block, dealings - at)
            keys = random.random((some, n))
            chosen = np.argpartition(keys, count - 1, axis=1)[:, :count]
            sums[at:at + some] += one.times[chosen].sum(axis=1) - middle
    tiny = 1e-9 * max(1.0, abs(found))
    rising = (1 + int(np.count_nonzero(sums >= found - tiny))) / (1 + dealings)
    either = (1 + int(np.count_nonzero(np.abs(sums) >= abs(found) - tiny))) / (1 + dealings)
    return rising, either
