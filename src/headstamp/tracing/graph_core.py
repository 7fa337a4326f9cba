"""Which walks run over the graph of supply: the compiled ones where there are any, else Python's.

``HEADSTAMP_GRAPH=python`` asks for the latter. Both give the same answers.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.errors import Unavailable, Unreadable
from headstamp.tracing import graph_fallback
from headstamp.tracing.graph_edges import NO_EDGES, U32, Edges
from headstamp.tracing.graph_side import Side

_compiled: Any
try:
    _compiled = import_module("headstamp.tracing._graph")
except ImportError:  # No compiler when it was installed, or another platform's files.
    _compiled = None

_DAMAGED: Final = "the arrays of a supply graph"


def kernels() -> tuple[str, ...]:
    """All that can run here, the fastest first."""
    return ("compiled", "python") if _compiled is not None else ("python",)


def kernel() -> str:
    """The one in use."""
    return _named(os.environ.get("HEADSTAMP_GRAPH", ""))[1]


def _named(name: str) -> tuple[Any, str]:
    if name == "python" or (not name and _compiled is None):
        return graph_fallback, "python"
    if name in ("", "compiled") and _compiled is not None:
        return _compiled, "compiled"
    raise Unavailable(
        f"HEADSTAMP_GRAPH asks for {name!r}; here there are: {', '.join(kernels())}"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Extras:
    """Edges added to a side since it was laid out, by row; positions count from 0.

    ``order`` names each by its place in the edges they were made from.
    """

    mark: npt.NDArray[np.uint8]
    at: U32
    offsets: U32
    other: U32
    days: npt.NDArray[np.int32]
    level: npt.NDArray[np.uint8]
    order: npt.NDArray[np.int64]

    @classmethod
    def of(cls, edges: Edges, nodes: int, *, forward: bool) -> Extras:
        """Laid out by receiver, or by sender for the side that leads ``forward``."""
        row, other = (edges.sender, edges.receiver) if forward else (edges.receiver, edges.sender)
        order = np.lexsort((edges.number, edges.last, edges.first, edges.level, row))
        at, counts = np.unique(row, return_counts=True)
        offsets = np.zeros(len(at) + 1, np.uint32)
        np.cumsum(counts, out=offsets[1:])
        mark = np.zeros((nodes + 7) // 8 if len(at) else 0, np.uint8)
        np.bitwise_or.at(mark, at >> 3, np.left_shift(1, at & 7).astype(np.uint8))
        days = np.stack([edges.first, edges.last], axis=1)[order].reshape(-1)
        return cls(mark, at, offsets, other[order], np.ascontiguousarray(days),
                   edges.level[order], order)


NO_EXTRAS: Final = Extras.of(NO_EDGES, 0, forward=False)
NONE_GONE: Final = np.empty(0, np.int64)


class Core:
    """A side held by the walks, with the edges added to it and those that are gone.

    What is damaged in its arrays comes as Unreadable.
    """

    def __init__(
        self, side: Side, nodes: int, extras: Extras = NO_EXTRAS,
        gone: npt.NDArray[np.int64] = NONE_GONE, name: str | None = None,
    ) -> None:
        self._module, self.kernel = _named(
            name if name is not None else os.environ.get("HEADSTAMP_GRAPH", "")
        )
        dead = np.zeros((len(side) + 7) // 8 if len(gone) else 0, np.uint8)
        np.bitwise_or.at(dead, gone >> 3, np.left_shift(1, gone & 7).astype(np.uint8))
        try:
            self._held = self._module.Side(
                nodes, offsets=side.offsets, other=side.other, low=side.low, high=side.high,
                table=side.table, limits=side.limits, dead=dead, mark=extras.mark, at=extras.at,
                x_offsets=extras.offsets, x_other=extras.other, x_days=extras.days,
                x_level=extras.level,
            )
        except ValueError as error:
            raise Unreadable(str(error)) from error

    def _ask(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self._module, name)(self._held, *arguments)
        except ValueError as error:
            if str(error).startswith(_DAMAGED):
                raise Unreadable(str(error)) from error
            raise

    def reach(
        self, starts: U32, level: int, steps: int, most: int, effort: int
    ) -> tuple[U32, U32, bool]:
        """The nodes reached, nearest first; how many in 1, 2, ... steps; whether there may be more."""
        nodes, ends, more = self._ask("reach", starts, level, steps, most, effort)
        return np.frombuffer(nodes, np.uint32), np.frombuffer(ends, np.uint32), more

    def paths(
        self, starts: U32, level: int, steps: int, most: int, effort: int, *, dated: bool,
        forward: bool,
    ) -> tuple[U32, U32, U32, bool]:
        """For each path its last edge, the path it goes on from, its last node."""
        *told, more = self._ask(
            "paths", starts, level, steps, most, effort, dated, forward
        )
        edges, parents, nodes = (np.frombuffer(one, np.uint32) for one in told)
        return edges, parents, nodes, more

    def chains(
        self, start: int, goal: int, level: int, length: int, near: npt.NDArray[np.uint8],
        most: int, effort: int, *, dated: bool, forward: bool,
    ) -> tuple[U32, bool]:
        """The edges of each chain of this length, in a row each."""
        found, more = self._ask(
            "chains", start, goal, level, length, near, most, effort, dated, forward
        )
        return np.frombuffer(found, np.uint32).reshape(-1, length), more
