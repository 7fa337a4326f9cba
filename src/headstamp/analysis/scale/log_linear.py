"""Hierarchical log-linear models of how lists overlap, and what each says of those on no list.

Fienberg 1972 (Biometrika 59:591): the counts of the 2^t - 1 cells that can be seen are Poisson, the
logarithm of their means a sum of terms, one for each set of lists that depend on each other; the
constant is the logarithm of those unseen. A model is hierarchical: with a set it has every part of
it. The set of all lists is never in a model, for nothing seen tells of it.

Lists that hardly overlap leave some terms without a finite estimate. The cells then expected to be
empty are set aside, and the constant is believed only if the rest determine it (the extended
maximum likelihood estimate; Fienberg and Rinaldo 2012, Annals of Statistics 40:996; Chan, Silverman
and Vincent 2021, JASA 116:1297). A model of which they do not is told without an estimate.

Figures are those of R's ``glm`` and of Rcapture: the deviance, AIC and BIC of Poisson counts
(BIC by how many were seen, not by how many cells there are), and the variance of the total,
``f0 + f0^2 var(constant)``, for a total that is fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import exp, inf, lgamma, log, sqrt
from operator import attrgetter
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.scale.chao import log_wald
from headstamp.kinds.counted import plural

Floats = npt.NDArray[np.float64]
Terms = frozenset[int]
"""The interactions of a model, of two lists and more, each as a set of bits."""

_STEPS: Final = 100
_GAINED: Final = 1e-7
_EMPTY: Final = 1e-5
"""An empty cell of which a model expects less than this is one that the estimate sends to none."""
_ENDLESS: Final = 1e9
"""So many times those seen is an estimate on its way to no bound at all."""
MOST_FITTED: Final = 3_000
_BEAM: Final = 20


@dataclass(frozen=True, slots=True)
class Fit:
    """A model fitted: ``unseen`` is None where the cells seen do not determine it."""

    terms: Terms
    lists: int
    seen: int
    unseen: float | None
    constant_variance: float
    deviance: float
    freedom: int
    aic: float
    bic: float
    bic_cells: float

    @property
    def total(self) -> float | None:
        """Those seen and those unseen."""
        return None if self.unseen is None else self.seen + self.unseen

    @property
    def deviation(self) -> float | None:
        """The standard error of the total."""
        if self.unseen is None:
            return None
        return sqrt(self.unseen + self.unseen**2 * self.constant_variance)

    def interval(self, level: float) -> tuple[float | None, float | None]:
        """Log-Wald: normal in the logarithm of the unseen, the total taken for fixed."""
        if self.unseen is None or self.unseen <= 0:
            return None, None
        low, high = log_wald(self.unseen, self.constant_variance, level)
        return self.seen + low, self.seen + high

    @property
    def tops(self) -> tuple[int, ...]:
        """The sets of lists that name the model: its terms that are part of no other."""
        every = self.terms | {1 << one for one in range(self.lists)}
        tops = [one for one in every if not any(one != other and one & other == one for other in every)]
        return tuple(sorted(tops, key=lambda one: (-one.bit_count(), _members(one))))

    def name(self, names: Sequence[str]) -> str:
        """As in ``[A*B, C]``: which lists depend on each other, and which stand alone."""
        return "[" + ", ".join("*".join(names[at] for at in _members(one)) for one in self.tops) + "]"


def fit(cells: Sequence[int], lists: int, models: Iterable[Terms]) -> list[Fit]:
    """Each model fitted to ``cells`` (2^lists counts; cell 0 is not read), those of one size together."""
    counts = np.asarray(cells, dtype=np.float64)[1:]
    given = list(models)
    found: dict[Terms, Fit] = {}
    sizes: dict[int, list[Terms]] = {}
    for terms in given:
        sizes.setdefault(len(terms), []).append(terms)
    full = _columns(lists)
    for size in sorted(sizes):
        for start in range(0, len(sizes[size]), 500):
            part = sizes[size][start : start + 500]
            rows = [[0, *(1 << one for one in range(lists)), *sorted(terms)] for terms in part]
            design = np.stack([full[:, row] for row in rows])
            found.update((one.terms, one) for one in _told(part, lists, counts, design, _means(design, counts)))
    return [found[terms] for terms in given]


def search(cells: Sequence[int], lists: int) -> tuple[list[Fit], str]:
    """The models worth looking at, fitted, and in words which those are.

    Up to five lists all hierarchical models (8, 113 and 6,893 of three, four and five). Of six there
    are too many: by steps from independence, a term in or out, following the best few by AIC and by
    BIC until none is better.
    """
    if lists <= 5:
        every = fit(cells, lists, hierarchical(lists))
        return every, f"all {plural(len(every), 'hierarchical model')}"
    found = {one.terms: one for one in fit(cells, lists, [frozenset()])}
    stepped: set[Terms] = set()
    while len(found) < MOST_FITTED:
        best = {one.terms for rule in ("aic", "bic") for one in ranked(found.values(), rule)[:_BEAM]}
        fresh = {near for terms in best - stepped for near in _beside(terms, lists)} - found.keys()
        stepped |= best
        if not fresh:
            break
        found.update((one.terms, one) for one in fit(cells, lists, sorted(fresh, key=sorted)))
    return sorted(found.values(), key=lambda one: (len(one.terms), sorted(one.terms))), (
        f"{plural(len(found), 'model')}, by steps from independence, following the best by AIC and by BIC")


def lower_bound(cells: Sequence[int], lists: int) -> tuple[float, float] | None:
    """Chao's bound with each list's own chance (Mth; Rivest and Baillargeon 2007, Biometrics 63:999).

    The unseen, and the variance of their logarithm's mean, from independence fitted to those on one
    list and on two. None where these do not determine it.
    """
    sizes = np.array([cell.bit_count() for cell in range(1, 1 << lists)])
    few = sizes <= 2
    counts = np.asarray(cells, dtype=np.float64)[1:][few]
    design = _columns(lists)[few][:, [0, *(1 << one for one in range(lists))]]
    found = _told([frozenset()], lists, counts, design[None], _means(design[None], counts))[0]
    return None if found.unseen is None else (found.unseen, found.constant_variance)


def ranked(fits: Iterable[Fit], rule: str) -> list[Fit]:
    """Those that determine the unseen, best first by ``aic``, ``bic`` or ``bic_cells``; ties to the smaller."""
    return sorted((one for one in fits if one.unseen is not None), key=_by(rule))


def first(fits: Iterable[Fit], rule: str) -> Fit | None:
    """The first of ``ranked``, without ranking the rest."""
    return min((one for one in fits if one.unseen is not None), key=_by(rule), default=None)


def _by(rule: str) -> Callable[[Fit], tuple[float, int]]:
    """Ties to the smaller model; among those of one size the order given stands."""
    value = attrgetter(rule)
    return lambda one: (round(value(one), 9), len(one.terms))


@lru_cache(maxsize=8)
def hierarchical(lists: int) -> tuple[Terms, ...]:
    """Every hierarchical model without the set of all lists; 8 of three lists, 113 of four, 6,893 of five."""
    found: list[Terms] = [frozenset()]
    for size in range(2, lists):
        sets = [sum(1 << at for at in chosen) for chosen in combinations(range(lists), size)]
        grown = []
        for terms in found:
            allowed = [one for one in sets if _parts_in(one, terms)]
            grown += [terms | frozenset(chosen) for count in range(len(allowed) + 1)
                      for chosen in combinations(allowed, count)]
        found = grown
    return tuple(sorted(set(found), key=lambda terms: (len(terms), sorted(terms))))


def _parts_in(one: int, terms: Terms) -> bool:
    """Whether all parts of a set that are one list smaller are in the model (pairs always are)."""
    return one.bit_count() == 2 or all(one & ~(1 << at) in terms for at in _members(one))


def _beside(terms: Terms, lists: int) -> list[Terms]:
    """The hierarchical models one term larger or smaller."""
    larger = [terms | {one} for one in range(3, (1 << lists) - 1)
              if one.bit_count() > 1 and one not in terms and _parts_in(one, terms)]
    smaller = [terms - {one} for one in terms
               if not any(one != other and one & other == one for other in terms)]
    return [frozenset(one) for one in (*larger, *smaller)]


def _members(one: int) -> tuple[int, ...]:
    return tuple(at for at in range(one.bit_length()) if one >> at & 1)


@lru_cache(maxsize=8)
def _columns(lists: int) -> Floats:
    """Cells by sets of lists: 1 where the cell's lists hold all of the set. The empty set: the constant."""
    cells = np.arange(1, 1 << lists)[:, None]
    sets = np.arange(1 << lists)[None, :]
    found: Floats = ((cells & sets) == sets).astype(np.float64)
    return found


def _means(design: Floats, counts: Floats) -> Floats:
    """Fitted means, models by cells: Newton's steps for all the models at once, halved where they overshoot."""
    models, _, size = design.shape
    start = counts + 0.5
    weighted = design.transpose(0, 2, 1) * start
    beta = np.linalg.solve(weighted @ design + 1e-12 * start.sum() * np.eye(size),
                           weighted @ np.log(start)[:, None])[..., 0]
    near = 1e-9 * max(1.0, float(counts.sum()))
    active, used = np.arange(models), design
    for _ in range(_STEPS):
        turned = used.transpose(0, 2, 1)
        eta = (used @ beta[active][..., None])[..., 0]
        mean = np.exp(np.clip(eta, -700, 60))
        slope = (turned @ (counts - mean)[..., None])[..., 0]
        curve = (turned * mean[:, None, :]) @ used
        ridge = 1e-13 * np.trace(curve, axis1=1, axis2=2)
        step = np.linalg.solve(curve + ridge[:, None, None] * np.eye(size), slope[..., None])[..., 0]
        along = (used @ step[..., None])[..., 0]
        worth = (counts * eta - mean).sum(axis=1)
        least = worth - 1e-9 * (1 + np.abs(worth))
        share = np.ones(len(active))
        for _ in range(30):
            tried = eta + share[:, None] * along
            worse = (counts * tried - np.exp(np.clip(tried, -700, 60))).sum(axis=1) < least
            if not worse.any():
                break
            share[worse] /= 2
        beta[active] += share[:, None] * step
        # Newton's decrement is what this step had still to gain: after one so small nothing is left.
        left = (np.abs(slope).max(axis=1) > near) & ((share < 1) | ((slope * step).sum(axis=1) >= _GAINED))
        if not left.any():
            break
        if left.sum() < 0.75 * len(left):  # copying the designs costs more than steps too many
            active, used = active[left], used[left]
    found: Floats = np.exp(np.clip((design @ beta[..., None])[..., 0], -700, 60))
    return found


def _told(
    models: Sequence[Terms], lists: int, counts: Floats, design: Floats, means: Floats
) -> list[Fit]:
    """What the fitted means of models of one size say of the unseen, and how well they fit."""
    seen, parameters = float(counts.sum()), design.shape[2]
    held = (counts > 0) | (means > _EMPTY)
    positive = counts > 0
    log_means = np.log(means)
    fitted = (counts[positive] * log_means[:, positive]).sum(axis=1)
    deviance = 2 * ((counts[positive] * np.log(counts[positive])).sum() - fitted - seen + means.sum(axis=1))
    minus = -2 * (fitted - means.sum(axis=1) - sum(lgamma(y + 1) for y in counts))
    constants: dict[int, tuple[float | None, float]] = {}
    whole = np.flatnonzero(held.all(axis=1))
    if len(whole):
        weighted = design[whole].transpose(0, 2, 1) * means[whole][:, None, :]
        row = np.linalg.inv(weighted @ design[whole])[:, 0, :]
        constant = (row[:, None, :] @ (weighted @ log_means[whole][..., None]))[:, 0, 0]
        constants.update((int(at), (exp(min(float(one), 600)), float(variance)))
                         for at, one, variance in zip(whole, constant, row[:, 0], strict=True))
    part = np.flatnonzero(~held.all(axis=1))
    if len(part):
        constants.update(zip(part.tolist(), _constants(design[part], means[part] * held[part]), strict=True))
    found = []
    for at, terms in enumerate(models):
        unseen, variance = constants[at]
        if unseen is not None and unseen > _ENDLESS * max(seen, 1):
            unseen, variance = None, inf
        fit_of = float(minus[at])
        found.append(Fit(
            terms, lists, int(seen), unseen, variance, max(float(deviance[at]), 0.0), len(counts) - parameters,
            fit_of + 2 * parameters, fit_of + log(max(seen, 1)) * parameters, fit_of + log(len(counts)) * parameters))
    return found


def _constants(design: Floats, means: Floats) -> list[tuple[float | None, float]]:
    """The unseen and the variance of their logarithm, where cells of mean 0 are set aside.

    None where the cells that are left do not determine the constant: where no sum of them is it.
    """
    scaled = design * np.sqrt(means)[..., None]
    first = np.linalg.pinv(scaled, rcond=1e-9)[:, 0, :]
    along = (first[:, None, :] @ scaled)[:, 0, :]
    along[:, 0] -= 1
    sound = np.abs(along).max(axis=1) < 1e-6
    constant = (first * np.sqrt(means) * np.log(np.where(means > 0, means, 1))).sum(axis=1)
    return [(exp(min(float(one), 600)), float(variance)) if known else (None, inf)
            for known, one, variance in zip(sound, constant, (first**2).sum(axis=1), strict=True)]
