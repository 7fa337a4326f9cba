"""Which walks run over the graph of supply: the compiled ones where there are any, else Python's.

``HEADSTAMP_GRAPH=python`` asks for the latter. Both give the same answers.
"""

from __future__ import annotations

import os
from array import array
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


def _as_ours(error: ValueError) -> Exception:
    """Unreadable where the arrays are damaged; a wrong argument is a mistake of ours, and stays."""
    return Unreadable(str(error)) if str(error).startswith(_DAMAGED) else error


@dataclass(frozen=True, slots=True, eq=False)
class Extras:
    """Edges added to a side since it was laid out, by row; positions count from 0.

    ``order`` names each by its place in the edges they were made from.
    """

    at: U32
    offsets: U32
    other: U32
    days: npt.NDArray[np.int32]
    level: npt.NDArray[np.uint8]
    order: npt.NDArray[np.int64]

    @classmethod
    def of(cls, edges: Edges, *, forward: bool) -> Extras:
        """Laid out by receiver, or by sender for the side that leads ``forward``."""
        row, other = (edges.sender, edges.receiver) if forward else (edges.receiver, edges.sender)
        order = np.lexsort((edges.number, edges.last, edges.first, edges.level, row))
        at, counts = np.unique(row, return_counts=True)
        offsets = np.zeros(len(at) + 1, np.uint32)
        np.cumsum(counts, out=offsets[1:])
        days = np.stack([edges.first, edges.last], axis=1)[order].reshape(-1)
        return cls(at, offsets, other[order], np.ascontiguousarray(days),
                   edges.level[order], order)


_NO_BITS: Final = np.empty(0, np.uint8)


def _bits(places: npt.NDArray[np.int64], length: int) -> npt.NDArray[np.uint8]:
    """A bit for each of so many places, set at these."""
    bits = np.zeros((length + 7) // 8, np.uint8)
    np.bitwise_or.at(bits, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))
    return bits


NO_EXTRAS: Final = Extras.of(NO_EDGES, forward=False)
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
        dead = _bits(gone, len(side)) if len(gone) else _NO_BITS
        mark = _NO_BITS
        if len(gone) or len(extras.at):
            rows = np.searchsorted(
                side.offsets, gone.astype(np.uint32), side="right").astype(np.int64) - 1
            mark = _bits(np.concatenate([extras.at.astype(np.int64), rows]), nodes)
        try:
            self._held = self._module.Side(
                nodes, offsets=side.offsets, other=side.other, low=side.low, high=side.high,
                table=side.table, limits=side.limits, dead=dead, mark=mark, at=extras.at,
                x_offsets=extras.offsets, x_other=extras.other, x_days=extras.days,
                x_level=extras.level,
            )
        except ValueError as error:
            raise Unreadable(str(error)) from error

    # The answers are the bytes of 32-bit numbers: most questions are answered in a few
    # microseconds, and an array that nobody looks at would cost as much again.

    def reach(
        self, starts: array[int], level: int, steps: int, most: int, effort: int
    ) -> tuple[bytes, bytes, bool]:
        """The nodes reached, nearest first; how many in 1, 2, ... steps; whether there may be more."""
        try:
            told: tuple[bytes, bytes, bool] = self._module.reach(
                self._held, starts, level, steps, most, effort)
        except ValueError as error:
            raise _as_ours(error) from error
        return told

    def paths(
        self, starts: array[int], level: int, steps: int, most: int, effort: int, dated: bool,
        forward: bool,
    ) -> tuple[bytes, bytes, bytes, bool]:
        """For each path its last edge, the path it goes on from, its last node."""
        try:
            told: tuple[bytes, bytes, bytes, bool] = self._module.paths(
                self._held, starts, level, steps, most, effort, dated, forward)
        except ValueError as error:
            raise _as_ours(error) from error
        return told

    def chains(
        self, start: int, goal: int, level: int, length: int, near: npt.NDArray[np.uint8],
        most: int, effort: int, *, dated: bool, forward: bool,
    ) -> tuple[U32, bool]:
        """The edges of each chain of this length, in a row each."""
        try:
            found, more = self._module.chains(
                self._held, start, goal, level, length, near, most, effort, dated, forward)
        except ValueError as error:
            raise _as_ours(error) from error
        return np.frombuffer(found, np.uint32).reshape(-1, length), more
