"""What the graph of supply answers: holders by distance, and dated paths.

Parties are node numbers here, transfers the numbers their maker gave them. ``more`` says
that a limit was reached: there may be others beyond what is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from headstamp.tracing.graph_edges import U32


class Holders:
    """Who is reached, nearest first; ``ends[k]`` of them in at most k + 1 transfers."""

    __slots__ = ("_ends", "_nodes", "more")

    def __init__(self, nodes: bytes, ends: bytes, more: bool) -> None:
        self._nodes, self._ends, self.more = nodes, ends, more

    def __len__(self) -> int:
        return len(self._nodes) >> 2

    @property
    def nodes(self) -> U32:
        return np.frombuffer(self._nodes, np.uint32)

    @property
    def ends(self) -> U32:
        return np.frombuffer(self._ends, np.uint32)

    @property
    def steps(self) -> U32:
        """For each holder how many transfers away, at the least."""
        counts = self.ends.astype(np.int64)
        counts[1:] -= counts[:-1].copy()
        return np.repeat(np.arange(1, len(counts) + 1, dtype=np.uint32), counts)


@dataclass(frozen=True, slots=True)
class Path:
    """Transfers one after the other in the order they happened, and the parties they link.

    There is one party more than there are transfers; the first one gave.
    """

    transfers: tuple[int, ...]
    parties: tuple[int, ...]


class Paths:
    """Paths that share their beginnings: each is one edge more than the path it goes on from.

    The first ``starts`` entries of the arrays are the parties asked about, as paths without
    a transfer. Paths are counted from 0 after those; shorter ones come first.
    """

    __slots__ = ("_edges", "_forward", "_name", "_nodes", "_parents", "more", "starts")

    def __init__(
        self, starts: int, told: tuple[bytes, bytes, bytes, bool], forward: bool,
        name: Callable[[U32, bool], U32],
    ) -> None:
        self.starts, self._forward, self._name = starts, forward, name
        self._edges, self._parents, self._nodes, self.more = told

    @property
    def edges(self) -> U32:
        return np.frombuffer(self._edges, np.uint32)

    @property
    def parents(self) -> U32:
        return np.frombuffer(self._parents, np.uint32)

    @property
    def nodes(self) -> U32:
        return np.frombuffer(self._nodes, np.uint32)

    def __len__(self) -> int:
        return (len(self._edges) >> 2) - self.starts

    def __getitem__(self, place: int) -> Path:
        if not 0 <= place < len(self):
            raise IndexError(f"there is no path {place}")
        all_edges, parents, all_nodes = (
            memoryview(one).cast("I") for one in (self._edges, self._parents, self._nodes)
        )
        at = place + self.starts
        edges: list[int] = []
        nodes: list[int] = []
        while at >= self.starts:
            edges.append(all_edges[at])
            nodes.append(all_nodes[at])
            at = parents[at]
        nodes.append(all_nodes[at])
        if self._forward:
            edges.reverse()
            nodes.reverse()
        numbers = self._name(np.array(edges, np.uint32), self._forward)
        return Path(tuple(numbers.tolist()), tuple(nodes))

    def __iter__(self) -> Iterator[Path]:
        return (self[place] for place in range(len(self)))

    @property
    def whole(self) -> npt.NDArray[np.int64]:
        """The places of the paths that no other path goes on from: the rest are parts of these."""
        goes_on = np.zeros(len(self.edges), np.bool_)
        goes_on[self.parents[self.starts :]] = True
        return np.flatnonzero(~goes_on[self.starts :])


@dataclass(frozen=True, slots=True)
class Chains:
    """The shortest chains from one party to another that can have happened in their order.

    ``length`` is their number of transfers, 0 where none is found. ``undated`` is the length
    of the shortest one whatever its dates, 0 where there is none.
    """

    chains: tuple[Path, ...]
    length: int
    undated: int
    more: bool
