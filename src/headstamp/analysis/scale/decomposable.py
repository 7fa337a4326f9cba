"""How many there are, averaged over every way the lists may depend on each other that a graph can say.

Madigan and York 1997 (Biometrika 84:19): lists are the points of a graph, a line between two lets
them depend on each other; of the graphs that fall apart into cliques (decomposable, or chordal)
the chance of the table follows in closed form under a hyper-Dirichlet prior. Each graph gives a
posterior of the total, and its own probability: the answer averages over all of them. There are 2
such graphs of two lists, 8 of three, 61 of four, 822 of five, 18,154 of six. One of them, with every
line, says nothing of the unseen beyond the prior; where the data choose it, they carry no number.

The zero cell of a table counts those that no list has; the total is what was seen plus that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import lgamma, log, log1p
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Prior = Literal["log", "flat", "gamma-poisson"]

_POINTS: Final = 2_500
"""A range of so many totals is gone through one by one; a wider one is first searched for its mass."""
_FAR: Final = 35.0
"""What is so far below the most likely total, on the log scale, cannot be felt."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A decomposable graph of lists: its cliques and the separators between them, as sets of bits."""

    edges: tuple[tuple[int, int], ...]
    cliques: tuple[int, ...]
    separators: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Posterior:
    """A posterior of the total: the totals looked at and the probability that each stands for."""

    totals: Floats
    mass: Floats
    density: Floats

    @property
    def mean(self) -> float:
        """The posterior mean: the estimate of least squared error."""
        return float(self.totals @ self.mass)

    @property
    def estimate(self) -> float:
        """Madigan's and York's Bayes estimate: of least squared error relative to the total."""
        return float((self.mass / self.totals).sum() / (self.mass / self.totals**2).sum())

    @property
    def mode(self) -> float:
        """The most likely total."""
        return float(self.totals[int(self.density.argmax())])

    def quantile(self, share: float) -> float:
        """The least total of which P(N <= total) reaches the share."""
        reached = np.cumsum(self.mass)
        at = int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)))
        return float(self.totals[min(at, len(self.totals) - 1)])


@dataclass(frozen=True, slots=True)
class Average:
    """The posterior averaged over the graphs, each graph's probability, and the likeliest graphs' own.

    ``edge`` is the probability that the two graphs' lists depend on each other, by pair. ``cut`` is
    how much of the probability lies on the last hundredth of the range of totals: where it is felt
    the range, not the data, ends the posterior.
    """

    posterior: Posterior
    weights: Floats
    graphs: tuple[Graph, ...]
    own: tuple[tuple[int, Posterior], ...]
    edges: dict[tuple[int, int], float]
    cut: float

    @property
    def complete(self) -> float:
        """The probability of the graph with every line: of it the unseen follow from the prior alone."""
        return float(self.weights[-1])


@lru_cache(maxsize=8)
def graphs(lists: int) -> tuple[Graph, ...]:
    """Every decomposable graph of so many lists, from none of the lines to all of them."""
    pairs = list(combinations(range(lists), 2))
    found = []
    for chosen in range(1 << len(pairs)):
        near = [0] * lists
        for at, (one, other) in enumerate(pairs):
            if chosen >> at & 1:
                near[one] |= 1 << other
                near[other] |= 1 << one
        parts = _parts(near)
        if parts is not None:
            edges = tuple(pair for at, pair in enumerate(pairs) if chosen >> at & 1)
            found.append(Graph(edges, *parts))
    return tuple(sorted(found, key=lambda graph: (len(graph.edges), graph.edges)))


def _parts(near: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Cliques and separators by maximum cardinality search (Tarjan and Yannakakis 1984); None if not chordal."""
    lists = len(near)
    visited = before = 0
    cliques: list[int] = []
    separators: list[int] = []
    for step in range(lists):
        point = max((v for v in range(lists) if not visited >> v & 1),
                    key=lambda v: ((near[v] & visited).bit_count(), -v))
        earlier = near[point] & visited
        for v in range(lists):
            if earlier >> v & 1 and earlier & ~near[v] != 1 << v:
                return None
        if step and earlier.bit_count() == before + 1:
            cliques[-1] |= 1 << point
        else:
            if step:
                separators.append(earlier)
            cliques.append(earlier | 1 << point)
        before = earlier.bit_count()
        visited |= 1 << point
    return tuple(cliques), tuple(separators)


@lru_cache(maxsize=8)
def _signs(lists: int) -> Floats:
    """For each graph how often each set of lists counts: once per clique, less once per separator."""
    every = graphs(lists)
    signs = np.zeros((len(every), 1 << lists))
    for row, graph in enumerate(every):
        for clique in graph.cliques:
            signs[row, clique] += 1
        for separator in graph.separators:
            signs[row, separator] -= 1
        signs[row, 0] -= 1  # the whole table's own norm
    return signs


def average(
    cells: Sequence[int], lists: int, delta: float, prior: Prior = "log",
    shape: float = 1.0, scale: float = 1.0, least: int = 0, most: int | None = None,
    own: int = 12,
) -> Average:
    """The average over all decomposable graphs.

    ``cells`` has 2^lists counts, cell i holding those on exactly the lists whose bits i has (cell 0
    is not read). ``delta`` is the prior count of each cell. The prior of the total N is 1/N
    ("log"), the same for all ("flat"), or gamma-Poisson: Poisson with a mean drawn from a gamma of
    that shape and scale. ``least`` and ``most`` bound the unseen. ``own`` is of how many of
    the likeliest graphs the own posterior is kept.
    """
    seen = int(sum(cells[1:]))
    if most is None:
        most = least + 100 * seen + 1_000
    fixed, zeros = _margins(cells, lists, delta)
    table = _Table(lists, delta, prior, shape, scale, seen, fixed, zeros)
    unseen, width = _grid(table, least, most)
    scores = table.scores(unseen)
    top = float(scores.max())
    shares = np.exp(scores - top) * width
    weights = shares.sum(axis=1)
    whole = float(weights.sum())
    totals = unseen + seen
    every = graphs(lists)
    density = np.exp(scores - top).sum(axis=0)
    mass = shares.sum(axis=0) / whole
    best = [row for row in np.argsort(-weights, kind="stable")[:own] if weights[row] > 0]
    edges = {
        pair: float(sum(weights[row] for row, graph in enumerate(every) if pair in graph.edges) / whole)
        for pair in combinations(range(lists), 2)
    }
    end = least + 0.99 * (most - least)
    return Average(
        Posterior(totals, mass, density), weights / whole, every,
        tuple((int(row), Posterior(totals, shares[row] / weights[row], np.exp(scores[row] - top)))
              for row in best),
        edges, float(mass[unseen >= end].sum()),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """What a table says of each graph at each number of unseen, but for a constant of all."""

    lists: int
    delta: float
    prior: Prior
    shape: float
    scale: float
    seen: int
    fixed: Floats
    zeros: Floats

    def scores(self, unseen: Floats) -> Floats:
        """Log posterior, graphs by unseen."""
        totals = unseen + self.seen
        sets = np.arange(1 << self.lists)
        size = np.array([int(s).bit_count() for s in sets])
        alpha = self.delta * 2.0 ** (self.lists - size)
        # In each margin only the cell of those on none of its lists grows with the unseen.
        parts = self.fixed[:, None] + log_gamma(self.zeros[:, None] + alpha[:, None] + unseen[None, :])
        table = log_gamma(totals + 1) - log_gamma(unseen + 1)
        if self.prior == "log":
            table = table - np.log(np.maximum(totals, 1))
        elif self.prior == "gamma-poisson":
            table = table + (
                totals * log(self.scale) - (totals + self.shape) * log1p(self.scale)
                + log_gamma(totals + self.shape) - log_gamma(totals + 1) - lgamma(self.shape))
        found: Floats = _signs(self.lists) @ parts + table
        return found


def _margins(cells: Sequence[int], lists: int, delta: float) -> tuple[Floats, Floats]:
    """Of each set of lists: what does not change with the unseen, and its zero cell as far as seen."""
    fixed = np.zeros(1 << lists)
    zeros = np.zeros(1 << lists)
    for chosen in range(1 << lists):
        margin: dict[int, int] = {}
        for cell in range(1, 1 << lists):
            margin[cell & chosen] = margin.get(cell & chosen, 0) + int(cells[cell])
        alpha = delta * 2.0 ** (lists - chosen.bit_count())
        zeros[chosen] = margin.pop(0, 0)
        fixed[chosen] = sum(lgamma(count + alpha) - lgamma(alpha) for count in margin.values())
        fixed[chosen] -= lgamma(alpha)
    return fixed, zeros


def _grid(table: _Table, least: int, most: int) -> tuple[Floats, Floats]:
    """The numbers of unseen to look at, and how many each stands for.

    A narrow range is gone through whole. In a wide one the part that holds the mass is sought by
    finer and finer grids, until it is whole or so fine that a trapezium follows it.
    """
    low, high = float(least), float(most)
    most_points = _POINTS if table.lists <= 5 else _POINTS // 4  # six lists have many graphs: memory
    points = _spaced(low, high, 400)
    while high - low > most_points:
        scores = table.scores(points).max(axis=0)
        felt = np.flatnonzero(scores > scores.max() - _FAR)
        first, last = max(int(felt[0]) - 1, 0), min(int(felt[-1]) + 1, len(points) - 1)
        low, high = float(points[first]), float(points[last])
        if last - first >= len(points) // 2:
            break
        points = _spaced(low, high, 400)
    if high - low <= most_points:
        points = np.arange(low, high + 1)
        return points, np.ones_like(points)
    points = _spaced(low, high, most_points)
    for _ in range(2):  # and closely where most of the mass is
        scores = table.scores(points)
        density = np.exp(scores - scores.max()).sum(axis=0)
        at = int((density * _widths(points)).argmax())
        faint = np.flatnonzero(density < density[at] * 1e-10)
        first = int(faint[faint < at].max(initial=0))
        last = int(faint[faint > at].min(initial=len(points) - 1))
        close = np.round(np.linspace(points[first], points[last], most_points // 2))
        points = np.unique(np.concatenate((points, close)))
    return points, _widths(points)


def _spaced(low: float, high: float, count: int) -> Floats:
    """Whole numbers from low to high, half of them close to low and ever farther apart, half even."""
    return np.unique(np.round(np.concatenate((
        low + np.expm1(np.linspace(0, log1p(high - low), count)), np.linspace(low, high, count)))))


def _widths(points: Floats) -> Floats:
    """How many whole numbers each point stands for, by the trapezium rule."""
    gaps = np.diff(points)
    return np.concatenate(([(gaps[0] + 1) / 2], (gaps[1:] + gaps[:-1]) / 2, [(gaps[-1] + 1) / 2]))


def log_gamma(values: Floats) -> Floats:
    """The logarithm of the gamma function of each value above zero.

    Stirling's series from 12 on, where it has every digit; below, the values are moved up by
    Gamma(x) = Gamma(x + 12) / (x (x + 1) ... (x + 11)).
    """
    x = np.asarray(values, dtype=np.float64)
    small = x < 12
    shifted = np.where(small, x + 12, x)
    back = 1 / (shifted * shifted)
    series = (1 / 12 - back * (1 / 360 - back * (1 / 1260 - back * (1 / 1680 - back / 1188)))) / shifted
    found: Floats = (shifted - 0.5) * np.log(shifted) - shifted + 0.9189385332046727 + series
    if small.any():
        low = x[small]
        product = np.ones_like(low)
        for step in range(12):
            product *= low + step
        found[small] -= np.log(product)
    return found
