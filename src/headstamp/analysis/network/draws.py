"""How the betweenness in a network would be if some of what it rests on were wrong or had not been found.

Three things are tried. Sources err, each with a stated chance and without regard to another, and every
link falls that rests on none that holds: the spread of the results is the interval. Each source, each
day's find and each node is left out in turn. And growing shares of the sources are left out by lot, to
see up to which share the order stays: the stability coefficient of Epskamp, Borsboom and Fried 2018
(Behavior Research Methods 50:195), there with cases, here with sources; it should not be below 0.25.
What was never found cannot be tried (Costenbader and Valente 2003, Social Networks 25:283; Borgatti, Carley
and Krackhardt 2006, ibid. 28:124).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from headstamp.analysis.network.graph import Graph
from headstamp.analysis.network.graph_between import (
    Betweenness,
    Floats,
    betweenness,
    betweenness_of_many,
    half_width,
)
from headstamp.analysis.network.links import Bools, Network

WORK: Final = 60_000_000
"""Nodes times arcs times draws; fewer draws are made of larger networks, not below ``LEAST_DRAWS``."""
LARGE: Final = 800_000
"""Nodes times arcs from which a draw is reckoned from some nodes only: three hundred and fifty with nine hundred links."""
LEAST_DRAWS: Final = 100
_FEW_DRAWS, _FEW_PIVOTS = 20, 32
ALIKE, SURE = 0.7, 0.95
"""The order counts as kept where its rank correlation is at least 0.7 in 95 of a hundred draws."""
SHARES: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What came of the draws: for each node the ends of its interval, the median, and in which share of
    the draws it was the most between; ``draws`` how many there were."""

    low: Floats
    middle: Floats
    high: Floats
    first: Floats
    draws: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What came of leaving out one after the other: the ends of the first node's betweenness, in which
    share of the tries it stayed first, what moved it most, and how many were tried."""

    low: float
    high: float
    stays: float
    worst: str
    tried: int


class Trials:
    """The tries on one network. ``told`` is its betweenness as found, ``first`` the node looked at."""

    def __init__(self, network: Network, told: Betweenness, first: int, draws: int, seed: int) -> None:
        self.network, self.told, self.first = network, told, first
        self.graph: Graph = network.graph()
        self.link_of_arc = network.link_of_arc(self.graph)
        self.random = np.random.default_rng(seed)
        work = self.graph.count * (self.graph.count + len(self.graph.heads))
        self.exact = told.exact and work <= LARGE
        each = work if self.exact else _FEW_PIVOTS * (self.graph.count + len(self.graph.heads))
        self.draws = min(draws, max(LEAST_DRAWS if self.exact else _FEW_DRAWS, WORK // max(1, each)))

    def erring(self, chances: Floats, level: float, draws: int) -> Spread:
        """Sources err with these chances; ``level`` is that of the interval."""
        held = self.random.random((draws, len(chances))) >= chances
        kept = self.network.standing(held)
        if not self.exact:
            return self._few(kept, level)
        found = self._betweenness(kept)
        ordered = np.sort(found, axis=0)
        # What is true is one draw more: it lies beyond the k-th of n with a chance of k in n + 1.
        end = max(1, int((draws + 1) * (1 - level) / 2)) - 1
        return Spread(ordered[end], ordered[draws // 2], ordered[-1 - end], _firsts(found), draws)

    def _few(self, kept: Bools, level: float) -> Spread:
        """Large networks: the change seen from the same drawn nodes, and the error of the share beside it."""
        seed = int(self.random.integers(1 << 31))
        whole = betweenness(self.graph, seed=seed, pivots=_FEW_PIVOTS, work=0).shares
        change = np.array([
            betweenness(self.network.graph(row), seed=seed, pivots=_FEW_PIVOTS, work=0).shares - whole for row in kept])
        found = np.clip(self.told.shares + change, 0.0, 1.0)
        middle = found.mean(axis=0)
        reach = half_width(1.0, level) * np.sqrt(found.var(axis=0, ddof=1) + np.square(self.told.errors))
        return Spread(np.clip(middle - reach, 0.0, 1.0), middle, np.clip(middle + reach, 0.0, 1.0),
                      _firsts(found), len(kept))

    def each_source(self) -> LeftOut | None:
        """Each source left out in turn: those first without which most links fall."""
        alone = self.network.known_from()[self.network.rest_link] == 1
        falls = np.bincount(self.network.rest_source[alone], minlength=len(self.network.sources))
        order = np.lexsort((np.arange(len(falls)), -falls))[: self.draws]
        held = np.ones((len(order), len(falls)), bool)
        held[np.arange(len(order)), order] = False
        return self._left_out(held, [self.network.sources[n] for n in order])

    def each_day(self) -> LeftOut | None:
        """All sources of one day left out, day by day. None where fewer than two days are known."""
        days = sorted({day for day in self.network.days if day})
        if len(days) < 2:
            return None
        of = np.array([*self.network.days])
        return self._left_out(np.array([of != day for day in days[: self.draws]]), days[: self.draws])

    def each_node(self) -> LeftOut | None:
        """Each other node left out with its links, as if it had not been found."""
        if not self.exact or self.graph.count < 4:
            return None
        order = [int(n) for n in np.argsort(-self.graph.degrees, kind="stable") if n != self.first][: self.draws]
        tails, heads = self.graph.tails, self.graph.heads
        kept = np.array([(tails != n) & (heads != n) for n in order])
        found = betweenness_of_many(self.graph, kept, among=self.graph.count - 1)
        return self._told(found, [self.network.nodes[n].name for n in order])

    def stability(self) -> tuple[float | None, list[tuple[float, float, float]]]:
        """The largest share of the sources that may be left out with the order kept; and for each share
        in how many of the draws the order was kept, and the first stayed first."""
        if not self.exact or len(self.network.sources) < 3:
            return None, []
        many, count = max(20, self.draws // 10), len(self.network.sources)
        kept_up_to, told = 0.0, []
        unbroken = True
        wanted = _ranks(self.told.shares)
        for share in SHARES:
            held = self.random.random((many, count)).argsort(axis=1) >= round(share * count)
            found = self._betweenness(self.network.standing(held))
            alike = float(np.mean([_correlation(wanted, _ranks(row)) >= ALIKE for row in found]))
            told.append((share, alike, float(_firsts(found)[self.first])))
            unbroken = unbroken and alike >= SURE
            kept_up_to = share if unbroken else kept_up_to
        return kept_up_to, told

    def _left_out(self, held: Bools, names: Sequence[str]) -> LeftOut | None:
        if not self.exact or not len(held):
            return None
        return self._told(self._betweenness(self.network.standing(held)), names)

    def _told(self, found: Floats, names: Sequence[str]) -> LeftOut:
        mine = found[:, self.first]
        worst = int(np.argmax(np.abs(mine - self.told.shares[self.first])))
        stays = float(np.mean(mine >= found.max(axis=1) - 1e-12))
        return LeftOut(float(mine.min()), float(mine.max()), stays, names[worst], len(names))

    def _betweenness(self, kept: Bools) -> Floats:
        return betweenness_of_many(self.graph, kept[:, self.link_of_arc])


def _firsts(found: Floats) -> Floats:
    """In which share of the rows each node is the most between; those level with each other share it."""
    most = found.max(axis=1, keepdims=True)
    at_top = (found >= most - 1e-12) & (most > 0)
    return np.asarray((at_top / np.maximum(at_top.sum(axis=1, keepdims=True), 1)).mean(axis=0))


def _ranks(values: Floats) -> Floats:
    """Ranks, those level with each other having the mean of theirs."""
    _, which, counts = np.unique(values.round(12), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(((ends - counts + ends - 1) / 2)[which.ravel()])


def _correlation(a: Floats, b: Floats) -> float:
    """The correlation of two lists; 0 where one of them does not vary."""
    x, y = a - a.mean(), b - b.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else 0.0


def chances(network: Network, wrong: float, wrong_other: float) -> Floats:
    """The chance that each source errs: one for evidence, one for words and inference."""
    return np.where(network.is_evidence, wrong, wrong_other)
