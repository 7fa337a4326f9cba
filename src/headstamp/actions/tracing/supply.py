"""What one clearance may ask of the graph of supply: in ids of parties and log entries of transfers.

``supply(case, clearance)`` of :mod:`headstamp.actions.tracing.supply_graph` gives one. A party that
the graph does not know, or that this clearance may not see, has nobody before or after it.
The transfers of an answer are shown with ``reader.standing(path.transfers)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from headstamp.tracing.graph import (
    FARTHEST,
    MOST_CHAINS,
    MOST_HOLDERS,
    MOST_PATHS,
    STEPS,
    Graph,
)
from headstamp.tracing.graph_answer import Holders, Path, Paths
from headstamp.tracing.graph_names import Names

Parties = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class SupplyPath:
    """A chain: log entries of its transfers in the order they happened; the parties they link."""

    transfers: tuple[int, ...]
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """Parties with how many transfers they are away, nearest first; ``more``: there may be others."""

    holders: Holders
    names: Names

    @property
    def more(self) -> bool:
        return self.holders.more

    def __len__(self) -> int:
        return len(self.holders)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        steps = self.holders.steps.tolist()
        for node, away in zip(self.holders.nodes.tolist(), steps, strict=True):
            yield self.names.id(node), away


@dataclass(frozen=True, slots=True, eq=False)
class SupplyPaths:
    """Paths, shorter ones first; ``more``: a limit was reached, there may be others."""

    paths: Paths
    names: Names

    @property
    def more(self) -> bool:
        return self.paths.more

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, place: int) -> SupplyPath:
        return _named(self.paths[place], self.names)

    def __iter__(self) -> Iterator[SupplyPath]:
        return (self[place] for place in range(len(self)))

    def whole(self) -> Iterator[SupplyPath]:
        """Those that no other goes on from; the rest are parts of these."""
        return (self[place] for place in self.paths.whole.tolist())


@dataclass(frozen=True, slots=True)
class ShortestChains:
    """The shortest possible chains; ``length`` and ``undated`` as in ``graph_answer.Chains``."""

    chains: tuple[SupplyPath, ...]
    length: int
    undated: int
    more: bool


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """The graph at one size of the log, as one clearance sees it."""

    size: int
    graph: Graph
    names: Names
    level: int

    def upstream(
        self, parties: Parties, *, steps: int | None = None, most: int = MOST_HOLDERS
    ) -> Reached:
        """All who held goods before these parties, within so many transfers."""
        held = self.graph.upstream(self._nodes(parties), level=self.level, steps=steps, most=most)
        return Reached(held, self.names)

    def downstream(
        self, parties: Parties, *, steps: int | None = None, most: int = MOST_HOLDERS
    ) -> Reached:
        """All who held goods after these parties, within so many transfers."""
        held = self.graph.downstream(
            self._nodes(parties), level=self.level, steps=steps, most=most
        )
        return Reached(held, self.names)

    def paths_to(
        self, parties: Parties, *, steps: int = STEPS, most: int = MOST_PATHS, dated: bool = True
    ) -> SupplyPaths:
        """Every path of up to ``steps`` transfers to one of these, dates not running backwards."""
        found = self.graph.paths_to(
            self._nodes(parties), level=self.level, steps=steps, most=most, dated=dated
        )
        return SupplyPaths(found, self.names)

    def paths_from(
        self, parties: Parties, *, steps: int = STEPS, most: int = MOST_PATHS, dated: bool = True
    ) -> SupplyPaths:
        """Every path of up to ``steps`` transfers from one of these, dates not running backwards."""
        found = self.graph.paths_from(
            self._nodes(parties), level=self.level, steps=steps, most=most, dated=dated
        )
        return SupplyPaths(found, self.names)

    def shortest(
        self, giver: str, taker: str, *, steps: int = FARTHEST, most: int = MOST_CHAINS,
        dated: bool = True,
    ) -> ShortestChains:
        """The shortest chains from one party to another that can have happened in their order."""
        ends = self.names.node(giver), self.names.node(taker)
        if ends[0] is None or ends[1] is None:
            return ShortestChains((), 0, 0, False)
        found = self.graph.shortest(
            ends[0], ends[1], level=self.level, steps=steps, most=most, dated=dated
        )
        chains = tuple(_named(one, self.names) for one in found.chains)
        return ShortestChains(chains, found.length, found.undated, found.more)

    def _nodes(self, parties: Parties) -> list[int]:
        some = [parties] if isinstance(parties, str) else parties
        nodes = (self.names.node(one) for one in dict.fromkeys(some))
        return [node for node in nodes if node is not None and node < self.graph.nodes]


def _named(path: Path, names: Names) -> SupplyPath:
    return SupplyPath(path.transfers, tuple(names.id(node) for node in path.parties))
