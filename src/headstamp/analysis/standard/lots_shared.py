"""Lots that two sites have in common: how many, out of how many, and how many chance would leave.

Jaccard (1901): shared over all of either; overlap (Simpson 1943): shared over those of the smaller.
Three questions of chance, of which each keeps something else as it was found:

- Lots dealt out anew so that each site keeps its number of lots and each lot the number of sites it
  stands at: the curveball of Strona et al. (2014, Nat. Commun. 5:4114), uniform over all such tables
  (Carstens 2015, Phys. Rev. E 91:042812). It needs three sites: of two, the number shared is fixed.
- Of so many lots to be had, each site has its number: the hypergeometric (Veech 2013, Glob. Ecol.
  Biogeogr. 22:252). It needs to be known how many there were.
- Finds dealt out anew between two sites, each keeping its number of finds and each lot its size: how many
  they would share, had both drawn from one stock.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.source.two_level import Ints

Has = npt.NDArray[np.bool_]
_SMALL: Final = 1e-9
_TRADES: Final = 6
_AT_ONCE: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Chance:
    """What dealing out anew leaves: mean shared, and how likely as many or more, and as few or fewer."""

    mean: float
    more: float
    fewer: float


def shared_lots(has: Has) -> Ints:
    """Lots in common (..., sites, sites), of what each site has (..., sites, lots)."""
    table = has.astype(np.float32)
    return np.asarray(np.rint(table @ np.swapaxes(table, -1, -2)), dtype=np.int64)


def dealt_anew(has: Has, draws: int, random: np.random.Generator) -> Ints:
    """Lots in common (draws, sites, sites) of tables with the margins of ``has``, dealt by trades (curveball).

    Each table is dealt by itself from the one found, each site trading about a dozen times.
    """
    step = max(1, _AT_ONCE // has.size)
    return np.concatenate([
        shared_lots(_traded(has, min(step, draws - at), random)) for at in range(0, draws, step)])


def _traded(has: Has, draws: int, random: np.random.Generator) -> Has:
    sites = len(has)
    tables = np.tile(has, (draws, 1, 1))
    each = np.arange(draws)
    for _ in range(_TRADES * sites):
        one = random.integers(0, sites, draws)
        other = (one + random.integers(1, sites, draws)) % sites
        mine, theirs = tables[each, one], tables[each, other]
        apart = mine != theirs
        # What either has alone goes by lot: the first so many places to the one, as many as it had.
        places = np.where(apart, random.random(apart.shape, dtype=np.float32), np.float32(2))
        kept = (mine & apart).sum(axis=1)
        last = np.sort(places, axis=1)[each, np.maximum(kept, 1) - 1]
        taken = apart & (places <= last[:, None]) & (kept > 0)[:, None]
        both = mine & theirs
        tables[each, one], tables[each, other] = both | taken, both | (apart & ~taken)
    return tables


def can_be_dealt(has: Has) -> bool:
    """Whether any two sites can trade lots without changing what is kept: else there is one table only."""
    only = (has[:, None, :] & ~has[None, :, :]).any(axis=2)
    return len(has) > 2 and bool((only & only.T).any())


def hypergeometric(shared: int, one: int, other: int, lots: int) -> Chance:
    """The chance of so many in common where each site has its number of ``lots`` to be had."""
    if lots < max(one, other):
        raise ValueError("fewer lots to be had than a site has")
    counts = np.arange(max(0, one + other - lots), min(one, other) + 1)
    whole = _log_choose(lots, other)
    chances = np.exp([
        _log_choose(one, k) + _log_choose(lots - one, other - k) - whole for k in counts.tolist()])
    return Chance(one * other / lots, float(min(1.0, chances[counts >= shared].sum())),
                  float(min(1.0, chances[counts <= shared].sum())))


def _log_choose(n: float, k: float) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def one_stock(one: Ints, other: Ints, draws: int, random: np.random.Generator) -> Chance:
    """The finds of two sites (lots,) dealt out anew between them: how many lots both would have."""
    held = (one + other) > 0
    sizes = (one + other)[held]
    shared = int(((one > 0) & (other > 0)).sum())
    taken = random.multivariate_hypergeometric(sizes, int(one.sum()), size=draws, method="marginals")
    found = ((taken > 0) & (taken < sizes[None])).sum(axis=1)
    return Chance(_one_stock_mean(sizes, int(one.sum())), float((1 + (found >= shared).sum()) / (1 + draws)),
                  float((1 + (found <= shared).sum()) / (1 + draws)))


def _one_stock_mean(sizes: Ints, first: int) -> float:
    """Exactly: a lot is at both sites unless all of it is at the one or at the other."""
    total = int(sizes.sum())
    mean = 0.0
    for size in sizes.tolist():
        mean += 1.0
        for left in (first, total - first):
            if size <= left:
                mean -= float(np.exp(_log_choose(left, size) - _log_choose(total, size)))
    return mean


def chao_jaccard(one: Ints, other: Ints) -> float:
    """Chao et al. (2005, Ecol. Lett. 8:148): Jaccard by finds, allowing for shared lots not met at a site."""
    u, v = _shared_share(one, other), _shared_share(other, one)
    return 0.0 if u * v <= _SMALL**2 else u * v / (u + v - u * v)


def _shared_share(one: Ints, other: Ints) -> float:
    """The share of finds of the one site whose lots the other has, met there or not (their equation 9)."""
    n, m = float(one.sum()), float(other.sum())
    both = (one > 0) & (other > 0)
    once, twice = int((both & (other == 1)).sum()), max(1, int((both & (other == 2)).sum()))
    seen = float(one[both].sum()) / n
    unseen = (m - 1) / m * once / (2 * twice) * float(one[both & (other == 1)].sum()) / n
    return min(1.0, seen + unseen)
