"""The graph of supply: who held goods before, who after, by which dated chains.

Parties are nodes, transfers are edges with a first and a last possible day. A graph is
made from arrays (:meth:`Graph.made`) or mapped from a file (``graph_file``), never
changes, and gives the next one when transfers come or go (:meth:`Graph.changed`): the
arrays stay, what is new lies over them until somebody lays all of it out again.

Every question names a level and is answered as if there were no edges above it. Limits
are told: an answer that reached one says that there may be more. Nothing here recurses,
so cycles and transfers to oneself cost no more than others. Rows of edges and the order
in which a walk meets them are part of the answer, so that compiled and Python walks can
be held to each other; docs/supply-graph.md tells what is promised.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from headstamp.errors import Invalid, Unreadable
from headstamp.tracing.graph_answer import Chains, Holders, Path, Paths
from headstamp.tracing.graph_core import NO_EXTRAS, NONE_GONE, Core, Extras
from headstamp.tracing.graph_edges import NO_EDGES, U32, Edges
from headstamp.tracing.graph_side import Side, lay_out, turned

MOST_HOLDERS: Final = 1_000_000
MOST_PATHS: Final = 100_000
MOST_CHAINS: Final = 1_000
STEPS: Final = 6
MOST_STEPS: Final = 64
FARTHEST: Final = 24
"""So many transfers a shortest chain has at most, unless more are asked for."""
EFFORT: Final = 200_000_000
"""So many edges one question looks at: about a second of one processor."""
_ALL: Final = 2**32 - 1

Numbers = Callable[[], U32]
Laid = tuple[Side, U32]


class Graph:
    """Transfers between parties 0 to ``nodes`` - 1, as a state that does not change.

    ``numbers()`` gives what the maker calls the edges of ``up``, in their order; ``down`` gives the other
    side with its numbers, and where it is not given that is made when first asked for.
    """

    def __init__(
        self, up: Side, numbers: Numbers, *, nodes: int | None = None, added: Edges = NO_EDGES,
        gone: U32 | None = None, down: Callable[[], Laid] | None = None,
        kernel: str | None = None,
    ) -> None:
        self.up = up
        self.nodes = up.rows if nodes is None else nodes
        self.added = added
        self.gone = np.empty(0, np.uint32) if gone is None else gone
        self.numbers = numbers
        self._down = _Once(down or (lambda: turned(self.up, self.numbers())))
        self._kernel = kernel
        self._cores: dict[bool, tuple[Core, Extras]] = {}
        # For each side: numbers gone, and where their edges stand. What a state found, the next
        # one need not look for.
        self._at: dict[bool, tuple[U32, npt.NDArray[np.int64]]] = {}
        self._lock = Lock()

    @classmethod
    def made(cls, edges: Edges, nodes: int, *, kernel: str | None = None) -> Self:
        """The graph of these edges. Raises Invalid where one names a node that there is not."""
        up, numbers = lay_out(edges, nodes)
        return cls(up, lambda: numbers, kernel=kernel)

    def changed(self, added: Edges, gone: npt.ArrayLike = (), nodes: int | None = None) -> Graph:
        """The next graph: without the edges of these numbers, then with those added.

        ``nodes`` is how many parties there are now, never fewer than before. A number that
        is not here may be named as gone.
        """
        away = np.unique(np.asarray(gone, np.uint32))
        nodes = self.nodes if nodes is None else nodes
        if nodes < self.nodes:
            raise Invalid("parties are not taken out of a graph of supply")
        if len(added) and max(int(added.sender.max()), int(added.receiver.max())) >= nodes:
            raise Invalid("a transfer names a party that is not in the graph")
        kept = self.added
        if len(away) and len(kept):
            kept = kept.some(~np.isin(kept.number, away))
        after = Graph(
            self.up, self.numbers, nodes=nodes, added=Edges.joined([kept, added]),
            gone=np.union1d(self.gone, away), kernel=self._kernel,
        )
        after._down, after._at = self._down, dict(self._at)
        return after

    def edges(self) -> Edges:
        """All edges there are now, to be laid out again."""
        there = self.up.edges(self.numbers())
        if len(self.gone):
            there = there.some(~np.isin(there.number, self.gone))
        return Edges.joined([there, self.added])

    def down(self) -> Laid:
        """The other side, with its numbers."""
        laid: Laid = self._down()
        return laid

    @property
    def unlaid(self) -> int:
        """How much lies over the arrays: edges added, and numbers gone."""
        return len(self.added) + len(self.gone)

    # -- questions

    def upstream(
        self, starts: Sequence[int], *, level: int = 255, steps: int | None = None,
        most: int = MOST_HOLDERS, effort: int = EFFORT,
    ) -> Holders:
        """All who held before these, within so many transfers; they themselves are not among them."""
        return self._reach(starts, level, steps, most, effort, forward=False)

    def downstream(
        self, starts: Sequence[int], *, level: int = 255, steps: int | None = None,
        most: int = MOST_HOLDERS, effort: int = EFFORT,
    ) -> Holders:
        """All who held after these, within so many transfers."""
        return self._reach(starts, level, steps, most, effort, forward=True)

    def paths_to(
        self, starts: Sequence[int], *, level: int = 255, steps: int = STEPS,
        most: int = MOST_PATHS, effort: int = EFFORT, dated: bool = True,
    ) -> Paths:
        """Every path of up to ``steps`` transfers that ends with one of these parties.

        ``dated``: a path is left out only where a later transfer's last possible day is
        before an earlier one's first. No party stands twice on a path.
        """
        return self._paths(starts, level, steps, most, effort, dated, forward=False)

    def paths_from(
        self, starts: Sequence[int], *, level: int = 255, steps: int = STEPS,
        most: int = MOST_PATHS, effort: int = EFFORT, dated: bool = True,
    ) -> Paths:
        """Every path of up to ``steps`` transfers that begins with one of these parties."""
        return self._paths(starts, level, steps, most, effort, dated, forward=True)

    def shortest(
        self, giver: int, taker: int, *, level: int = 255, steps: int = FARTHEST,
        most: int = MOST_CHAINS, effort: int = EFFORT, dated: bool = True,
    ) -> Chains:
        """The shortest chains from one party to another that can have happened in their order."""
        _bounded(steps)
        core, _ = self._core(False)
        self._nodes([taker])
        after = self.downstream([giver], level=level, steps=steps, most=_ALL, effort=effort)
        cut = after.more
        near = np.zeros(self.nodes, np.uint8)
        near[giver] = 1
        near[after.nodes] = after.steps + 1
        away = int(near[taker]) - 1
        if away < 1:
            return Chains((), 0, 0, cut)
        for length in range(away, steps + 1):
            rows, more = core.chains(
                taker, giver, level, length, near, most, effort, dated=dated, forward=False
            )
            if len(rows):
                return Chains(tuple(map(self._chain, rows)), length, away, more)
            if more:
                return Chains((), 0, away, True)
        return Chains((), 0, away, cut)

    # -- how

    def _chain(self, row: U32) -> Path:
        """Edges from the taker back, as a path."""
        edges = row[::-1]
        senders = self._senders(edges)
        last = self._receiver(int(row[0]))
        return Path(tuple(self._named(edges, False).tolist()), (*senders, last))

    def _senders(self, edges: U32) -> list[int]:
        _, extras = self._core(False)
        base = len(self.up)
        return [
            int(self.up.other[e] if e < base else extras.other[e - base]) for e in edges.tolist()
        ]

    def _receiver(self, edge: int) -> int:
        if edge >= len(self.up):
            _, extras = self._core(False)
            return int(self.added.receiver[extras.order[edge - len(self.up)]])
        return int(np.searchsorted(self.up.offsets, edge, side="right")) - 1

    def _reach(
        self, starts: Sequence[int], level: int, steps: int | None, most: int, effort: int, *,
        forward: bool,
    ) -> Holders:
        core = self._core(forward)[0]
        return Holders(*core.reach(
            self._nodes(starts), level, _ALL if steps is None else steps, most, effort
        ))

    def _paths(
        self, starts: Sequence[int], level: int, steps: int, most: int, effort: int,
        dated: bool, *, forward: bool,
    ) -> Paths:
        _bounded(steps)
        told = self._core(forward)[0].paths(
            self._nodes(starts), level, steps, most, effort, dated, forward
        )
        return Paths(len(starts), told, forward, self._named)

    def _nodes(self, starts: Sequence[int]) -> array[int]:
        for one in starts:
            if not 0 <= one < self.nodes:
                raise Invalid(f"there is no party {one} in the graph")
        return array("I", starts)  # quicker made than an array of numpy

    def _named(self, edges: U32, forward: bool) -> U32:
        """What the maker calls these edges."""
        base, numbers = self._side(forward)
        found = np.empty(len(edges), np.uint32)
        old = edges < len(base)
        if old.any():
            known = numbers()
            if len(known) != len(base):
                raise Unreadable("the arrays of a supply graph do not fit: numbers")
            found[old] = known[edges[old]]
        if not old.all():
            _, extras = self._core(forward)
            found[~old] = self.added.number[extras.order[edges[~old] - len(base)]]
        return found

    def _side(self, forward: bool) -> tuple[Side, Numbers]:
        if not forward:
            return self.up, self.numbers
        side, numbers = self._down()
        return side, lambda: numbers

    def _core(self, forward: bool) -> tuple[Core, Extras]:
        found = self._cores.get(forward)
        if found is None:
            with self._lock:
                found = self._cores.get(forward)
                if found is None:
                    found = self._cores[forward] = self._core_made(forward)
        return found

    def _core_made(self, forward: bool) -> tuple[Core, Extras]:
        side, numbers = self._side(forward)
        extras = NO_EXTRAS
        if len(self.added):
            extras = Extras.of(self.added, forward=forward)
        gone = NONE_GONE
        if len(self.gone):
            known, places = self._at.get(forward, (self.gone[:0], NONE_GONE))
            new = np.setdiff1d(self.gone, known, assume_unique=True)
            if len(new):
                found = np.flatnonzero(np.isin(numbers(), new))
                places = np.concatenate([places, found])
            self._at[forward] = self.gone, places
            gone = places
        return Core(side, self.nodes, extras, gone, self._kernel), extras


class _Once:
    """Something made when it is first asked for, by whoever asks first; others wait."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None
        self._lock = Lock()

    def __call__(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made


def _bounded(steps: int) -> None:
    if not 1 <= steps <= MOST_STEPS:
        raise Invalid(f"a path has from 1 to {MOST_STEPS} transfers, not {steps}")
