"""Betweenness: on how many of the shortest ways between two others a node stands.

Freeman 1977, Sociometry 40:35; reckoned after Brandes 2001, Journal of Mathematical Sociology 25:163, from many
nodes at once, level by level, in arrays. Shares are of all pairs of other nodes (directed: of ordered pairs), joined or not, as
networkx normalises. Large graphs are reckoned from some nodes drawn by lot (Brandes and Pich 2007, International Journal of
Bifurcation and Chaos 17:2303), with the error this makes told.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.network.graph import Graph, Ints

Floats = npt.NDArray[np.float64]

EXACT_WORK: Final = 120_000_000
"""Nodes times links up to which every node is asked: five thousand nodes with twelve thousand links."""
PIVOTS: Final = 256
"""From how many nodes a larger graph is reckoned."""
_BATCH: Final = 3_000_000
_LEAST_TO_DIVIDE: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Betweenness:
    """The share of each node, and the standard error of it: nought where all nodes were asked.

    ``asked`` is from how many nodes the ways were followed.
    """

    shares: Floats
    errors: Floats
    asked: int
    exact: bool


def betweenness(
    graph: Graph, *, seed: int = 1, pivots: int = PIVOTS, work: int = EXACT_WORK, among: int | None = None
) -> Betweenness:
    """The betweenness of every node as a share of pairs.

    ``among`` is the number of nodes whose pairs are counted, where some of them have no link here. Beyond
    ``work`` (nodes times links) the ways from ``pivots`` nodes, drawn with ``seed``, stand for all.
    """
    n = graph.count
    whole = n if among is None else among
    exact = n * max(len(graph.heads), n) <= work or pivots >= n
    if exact:
        sources = np.arange(n, dtype=np.int64)
    else:
        sources = np.sort(np.random.default_rng(seed).choice(n, pivots, replace=False)).astype(np.int64)
    total, squares = np.zeros(n), np.zeros(n)
    step = max(1, _BATCH // max(1, n + len(graph.heads)))
    for at in range(0, len(sources), step):
        some = dependencies(graph, sources[at : at + step])
        total += some.sum(axis=0)
        squares += np.square(some).sum(axis=0)
    if whole < _LEAST_TO_DIVIDE:
        return Betweenness(np.zeros(n), np.zeros(n), len(sources), True)
    pairs = (whole - 1) * (whole - 2)
    if exact:
        return Betweenness(total / pairs, np.zeros(n), n, True)
    k = len(sources)
    mean = total / k
    # Drawn without putting back: the error shrinks as all are asked.
    spread = np.maximum(squares / k - np.square(mean), 0.0) * k / (k - 1) * (1 - k / n) / k
    return Betweenness(mean * n / pairs, np.sqrt(spread) * n / pairs, k, False)


def dependencies(graph: Graph, sources: Ints) -> Floats:
    """For each source (rows) how much of its ways to all others leads over each node (columns)."""
    return _carried(graph.count, graph.starts, graph.heads, np.zeros(len(sources), np.int64), sources)


def betweenness_of_many(graph: Graph, kept: npt.NDArray[np.bool_], among: int | None = None) -> Floats:
    """The exact betweenness in parts of a small graph: shape (parts, nodes).

    ``kept[p, a]`` says that part p has arc a of the graph (both arcs of an undirected link alike). Shares as
    in ``betweenness``.
    """
    n, many = graph.count, len(kept)
    whole = n if among is None else among
    found = np.zeros((many, n))
    if whole < _LEAST_TO_DIVIDE or not n:
        return found
    sources = np.arange(n, dtype=np.int64)
    step = max(1, _BATCH // (n * max(1, n + len(graph.heads))))
    tails = graph.tails
    for at in range(0, many, step):
        some = kept[at : at + step]
        # The parts side by side, as if they were one graph: node v of part p is p * n + v.
        part, arc = np.nonzero(some)
        starts = np.zeros(len(some) * n + 1, np.int64)
        np.cumsum(np.bincount(part * n + tails[arc], minlength=len(some) * n), out=starts[1:])
        rows = np.repeat(np.arange(len(some), dtype=np.int64), n)
        carried = _carried(n, starts, graph.heads[arc], rows, np.tile(sources, len(some)))
        found[at : at + step] = carried.reshape(len(some), n, n).sum(axis=1)
    return found / ((whole - 1) * (whole - 2))


def _carried(n: int, starts: Ints, heads: Ints, parts: Ints, sources: Ints) -> Floats:
    """What leads over each node (columns) from each source (rows); ``parts`` says in which graph a row walks.

    ``starts`` runs over the nodes of all graphs, side by side; ``heads`` are nodes within their graph.
    """
    many = len(sources)
    size = n * many
    level = np.arange(many, dtype=np.int64) * n + sources
    seen = np.zeros(size, bool)
    ways = np.zeros(size)
    stamp = np.zeros(size, np.int64)
    seen[level], ways[level] = True, 1.0
    steps: list[tuple[Ints, Ints]] = []
    while len(level):
        row = level // n
        base = row * n
        node = level - base + parts[row] * n
        first = starts[node]
        reach = starts[node + 1] - first
        before = np.cumsum(reach) - reach
        arcs = np.repeat(first - before, reach) + np.arange(int(reach.sum()), dtype=np.int64)
        whence = np.repeat(level, reach)
        whither = np.repeat(base, reach) + heads[arcs]
        new = ~seen[whither]
        whence, whither = whence[new], whither[new]
        np.add.at(ways, whither, ways[whence])
        # Each once, without sorting: the last to write its number stands for the node.
        numbers = np.arange(len(whither), dtype=np.int64)
        stamp[whither] = numbers
        level = whither[stamp[whither] == numbers]
        seen[level] = True
        if len(level):
            steps.append((whence, whither))
    carried = np.zeros(size)
    for whence, whither in reversed(steps):
        np.add.at(carried, whence, ways[whence] / ways[whither] * (1.0 + carried[whither]))
    found = carried.reshape(many, n)
    found[np.arange(many), sources] = 0.0
    return found


def half_width(error: float, level: float) -> float:
    """How far to either side an interval of that level reaches: the normal quantile times the error.

    >>> round(half_width(1.0, 0.95), 4)
    1.96
    """
    return _quantile((1 + level) / 2) * error


def _quantile(share: float) -> float:
    """The quantile of the normal distribution, by halving: the tail from ``erfc`` is exact enough."""
    from math import erfc

    low, high = 0.0, 12.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - erfc(middle / sqrt(2)) / 2 < share else (low, middle)
    return (low + high) / 2
