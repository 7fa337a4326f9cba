"""A graph as arrays: who is joined to whom, its parts, and what would fall apart without one link or node.

Nodes are numbers from 0. Several links between the same two nodes are one, and a link from a node to itself is
none. Parts, bridges and cut nodes are those of the undirected reading: whether goods went there or back does not
change what hangs together. Bridges and cut nodes: Hopcroft and Tarjan 1973, Communications of the ACM 16:372;
strong parts: Tarjan 1972, SIAM Journal on Computing 1:146. Both without recursion, so that a chain of a hundred
thousand links is as good as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """``count`` nodes; the ends of the arcs out of node v are ``heads[starts[v]:starts[v + 1]]``, ascending.

    An undirected link is two arcs. ``links`` is how many links there are (directed: arcs).
    """

    count: int
    starts: Ints
    heads: Ints
    directed: bool

    @classmethod
    def of(cls, count: int, tails: Sequence[int] | Ints, heads: Sequence[int] | Ints, directed: bool = False) -> Graph:
        """The graph with a link from each tail to its head. Raises ValueError for a node that is none."""
        a, b = np.asarray(tails, dtype=np.int64), np.asarray(heads, dtype=np.int64)
        if len(a) and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= count):
            raise ValueError("a link names a node that is not there")
        a, b = a[a != b], b[a != b]
        if not directed:
            a, b = np.concatenate((a, b)), np.concatenate((b, a))
        arcs = np.unique(a * max(count, 1) + b)
        a, b = arcs // max(count, 1), arcs % max(count, 1)
        starts = np.zeros(count + 1, np.int64)
        np.cumsum(np.bincount(a, minlength=count), out=starts[1:])
        return cls(count, starts, b, directed)

    @property
    def links(self) -> int:
        """How many links there are."""
        return len(self.heads) if self.directed else len(self.heads) // 2

    @property
    def tails(self) -> Ints:
        """The node that each arc leaves."""
        return np.repeat(np.arange(self.count, dtype=np.int64), np.diff(self.starts))

    @property
    def degrees(self) -> Ints:
        """How many others each node has a link to (directed: arcs out of it)."""
        return np.diff(self.starts)

    @property
    def degrees_in(self) -> Ints:
        """How many others have a link to each node."""
        return np.bincount(self.heads, minlength=self.count).astype(np.int64)

    def undirected(self) -> Graph:
        """The same links, whichever way they go."""
        return Graph.of(self.count, self.tails, self.heads) if self.directed else self

    def reversed(self) -> Graph:
        """Every arc the other way."""
        return Graph.of(self.count, self.heads, self.tails, True) if self.directed else self


def components(graph: Graph) -> Ints:
    """The part of each node, nodes of one part being joined somehow; parts are numbered by size, largest first.

    Parts of one size are in the order of their first nodes.
    """
    stands = np.arange(graph.count, dtype=np.int64)
    tails, heads = graph.tails, graph.heads
    while True:
        # Each root takes the least root that a link leads to; then all look through to their root.
        least = np.minimum(stands[tails], stands[heads])
        before = stands.copy()
        np.minimum.at(stands, before[tails], least)
        np.minimum.at(stands, before[heads], least)
        while not np.array_equal(further := stands[stands], stands):
            stands = further
        if np.array_equal(before, stands):
            return _by_size(stands)


def strong_components(graph: Graph) -> Ints:
    """As ``components``, nodes of one part being joined there and back along the arcs."""
    starts, heads = graph.starts.tolist(), graph.heads.tolist()
    index, low = [-1] * graph.count, [0] * graph.count
    stands, waiting = [-1] * graph.count, []
    at = list(starts[:-1])
    clock = 0
    for root in range(graph.count):
        if index[root] >= 0:
            continue
        path = [root]
        while path:
            node = path[-1]
            if index[node] < 0:
                index[node] = low[node] = clock
                clock += 1
                waiting.append(node)
            if at[node] < starts[node + 1]:
                other = heads[at[node]]
                at[node] += 1
                if index[other] < 0:
                    path.append(other)
                elif stands[other] < 0:
                    low[node] = min(low[node], index[other])
                continue
            path.pop()
            if path:
                low[path[-1]] = min(low[path[-1]], low[node])
            if low[node] == index[node]:
                members = [waiting.pop()]
                while members[-1] != node:
                    members.append(waiting.pop())
                least = min(members)
                for one in members:
                    stands[one] = least
    return _by_size(np.array(stands, dtype=np.int64))


def cuts(graph: Graph) -> tuple[list[tuple[int, int]], list[int]]:
    """The bridges, as pairs of nodes (lesser first), and the cut nodes, both ascending.

    A bridge is a link, a cut node a node, without which the part it stands in falls into more.
    """
    whole = graph.undirected()
    starts, heads = whole.starts.tolist(), whole.heads.tolist()
    index, low = [-1] * whole.count, [0] * whole.count
    at = list(starts[:-1])
    bridges, cut = [], set()
    clock = 0
    for root in range(whole.count):
        if index[root] >= 0:
            continue
        path, children = [root], 0
        index[root] = low[root] = clock
        clock += 1
        while path:
            node = path[-1]
            if at[node] < starts[node + 1]:
                other = heads[at[node]]
                at[node] += 1
                if index[other] < 0:
                    index[other] = low[other] = clock
                    clock += 1
                    path.append(other)
                elif len(path) < 2 or other != path[-2]:  # there are no two links of one pair
                    low[node] = min(low[node], index[other])
                continue
            path.pop()
            if not path:
                break
            above = path[-1]
            low[above] = min(low[above], low[node])
            if low[node] > index[above]:
                bridges.append((min(above, node), max(above, node)))
            if above == root:
                children += 1
            elif low[node] >= index[above]:
                cut.add(above)
        if children > 1:
            cut.add(root)
    return sorted(bridges), sorted(cut)


def _by_size(stands: Ints) -> Ints:
    """Parts numbered by size, given the least node of each node's part."""
    if not len(stands):
        return stands
    roots, part, sizes = np.unique(stands, return_inverse=True, return_counts=True)
    order = np.lexsort((roots, -sizes))
    rank = np.empty(len(roots), np.int64)
    rank[order] = np.arange(len(roots))
    return rank[part.ravel()]
