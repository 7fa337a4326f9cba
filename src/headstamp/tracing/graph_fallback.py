"""The walks over the graph of supply without the compiled part: the same answers, more slowly.

Function by function what ``_graph.c`` does, with the same arguments and, to the last
number, the same answer. Levels of the breadth-first walk are taken whole in numpy; paths
go edge by edge in Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.tracing.graph_edges import EARLIEST, LATEST

NONE: Final = 2**32 - 1
MOST_STEPS: Final = 64
source: Final = ""

_KINDS: Final[dict[str, Any]] = {
    "offsets": np.uint32, "other": np.uint32, "low": np.uint16, "high": np.uint8,
    "table": np.int32, "limits": np.uint32, "dead": np.uint8, "mark": np.uint8, "at": np.uint32,
    "x_offsets": np.uint32, "x_other": np.uint32, "x_days": np.int32, "x_level": np.uint8,
}


def _wrong(what: str) -> ValueError:
    return ValueError(f"the arrays of a supply graph do not fit: {what}")


def _damaged() -> ValueError:
    return _wrong("an edge leads out of the graph")


class Side:
    """The arrays of a graph in one direction, their sizes checked once, and held."""

    def __init__(self, nodes: int, **arrays: Any) -> None:
        self.nodes = nodes
        for name, kind in _KINDS.items():
            try:
                setattr(self, name, np.frombuffer(memoryview(arrays[name]).cast("B"), kind))
            except ValueError as error:
                raise _wrong("alignment") from error
        n = {name: len(getattr(self, name)) for name in _KINDS}
        if n["offsets"] < 1 or n["offsets"] - 1 > nodes:
            raise _wrong("rows and nodes")
        if n["low"] != n["other"] or n["high"] not in (0, n["other"]):
            raise _wrong("codes and edges")
        if n["table"] % 2 or not 1 <= n["limits"] <= 256:
            raise _wrong("days and levels")
        if n["dead"] and n["dead"] < (n["other"] + 7) // 8:
            raise _wrong("edges that are gone")
        if (n["x_offsets"], n["x_days"], n["x_level"]) != (
            n["at"] + 1, 2 * n["x_other"], n["x_other"]
        ):
            raise _wrong("edges added")
        if (n["at"] or n["dead"]) and n["mark"] < (nodes + 7) // 8:
            raise _wrong("rows that changed")
        self.rows, self.edges = n["offsets"] - 1, n["other"]
        limits = self.limits.astype(np.int64)
        if (np.diff(limits) < 0).any() or limits[-1] > n["table"] // 2:
            raise _wrong("levels")

    offsets: npt.NDArray[np.uint32]
    other: npt.NDArray[np.uint32]
    low: npt.NDArray[np.uint16]
    high: npt.NDArray[np.uint8]
    table: npt.NDArray[np.int32]
    limits: npt.NDArray[np.uint32]
    dead: npt.NDArray[np.uint8]
    mark: npt.NDArray[np.uint8]
    at: npt.NDArray[np.uint32]
    x_offsets: npt.NDArray[np.uint32]
    x_other: npt.NDArray[np.uint32]
    x_days: npt.NDArray[np.int32]
    x_level: npt.NDArray[np.uint8]

    def limit(self, level: int) -> int:
        return int(self.limits[min(level, len(self.limits) - 1)])

    def top(self, level: int) -> int:
        if not level:
            return 0
        return int(self.limits[level - 1]) if level < len(self.limits) else self.limit(level)

    def row(self, node: int, level: int) -> npt.NDArray[np.int64]:
        """The visible edges of a node, those added last; edge numbers."""
        found = np.empty(0, np.int64)
        if node < self.rows:
            start, end = int(self.offsets[node]), int(self.offsets[node + 1])
            if start > end or end > self.edges:
                raise _damaged()
            found = np.arange(start, end)
            hidden = np.flatnonzero(self.code(found) >= self.limit(level))
            found = found[: hidden[0]] if len(hidden) else found
            if len(self.dead) and len(found):
                found = found[(self.dead[found >> 3] >> (found & 7) & 1) == 0]
        if len(self.at) and self.mark[node >> 3] >> (node & 7) & 1:
            k = int(np.searchsorted(self.at, node))
            if k < len(self.at) and self.at[k] == node:
                start, end = int(self.x_offsets[k]), int(self.x_offsets[k + 1])
                if start > end or end > len(self.x_other):
                    raise _damaged()
                more = np.arange(start, end)
                more = more[self.x_level[more] <= level]
                found = np.concatenate([found, more + self.edges])
        return found

    def code(self, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        codes = self.low[edges].astype(np.int64)
        return codes | self.high[edges].astype(np.int64) << 16 if len(self.high) else codes

    def ends(self, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The node each edge leads to."""
        base = edges < self.edges
        to = np.empty(len(edges), np.int64)
        to[base] = self.other[edges[base]]
        to[~base] = self.x_other[edges[~base] - self.edges]
        return to


def _starts(side: Side, starts: Any) -> list[int]:
    data = memoryview(starts).cast("B")
    if len(data) % 4:
        raise ValueError("nodes are whole numbers of 32 bits")
    nodes: list[int] = np.frombuffer(data, np.uint32).tolist()
    if nodes and max(nodes) >= side.nodes:
        raise ValueError("there is no such node")
    return nodes


def _packed(numbers: Any) -> bytes:
    return np.asarray(numbers, np.int64).astype(np.uint32).tobytes()


def reach(
    side: Side, starts: Any, level: int, steps: int, most: int, effort: int
) -> tuple[bytes, bytes, bool]:
    """See ``_graph.c``."""
    front = np.array(list(dict.fromkeys(_starts(side, starts))), np.int64)
    known = np.zeros(side.nodes, np.bool_)
    known[front] = True
    found: list[npt.NDArray[np.int64]] = []
    ends: list[int] = []
    count = 0
    for _ in range(min(steps, side.nodes + 1)):
        if not len(front):
            break
        parts, taken, cut, broken = [], 0, False, None
        for node in front.tolist():
            try:
                row = side.row(node, level)
            except ValueError as error:
                broken = error
                break
            if taken + len(row) > effort:
                row, cut = row[: effort - taken], True
            parts.append(row)
            taken += len(row)
            if cut:
                break
        effort -= taken
        to = side.ends(np.concatenate(parts)) if parts else np.empty(0, np.int64)
        outside = np.flatnonzero(to >= side.nodes)
        if len(outside):
            to, broken = to[: outside[0]], _damaged()
        to = to[~known[to]]
        new = to[np.sort(np.unique(to, return_index=True)[1])]
        if count + len(new) > most:
            new, cut, broken = new[: most - count], True, None
        if broken is not None:
            raise broken
        known[new] = True
        count += len(new)
        if len(new):
            found.append(new)
            ends.append(count)
        if cut:
            return _packed(np.concatenate(found) if found else []), _packed(ends), True
        front = new
    return _packed(np.concatenate(found) if found else []), _packed(ends), False


class _Stop(Exception):
    """The walk ends here, for a limit was reached."""


class _Rule:
    def __init__(self, side: Side, level: int, effort: int, dated: bool, forward: bool) -> None:
        self.side, self.level, self.effort = side, level, effort
        self.dated, self.forward = dated, forward
        self.top = side.top(level)
        self.begin = EARLIEST if forward else LATEST

    def edges(self, node: int, bound: int) -> Iterator[tuple[int, int, int]]:
        """(edge, node, new bound) of each edge that may go on from a bound."""
        side, passed = self.side, False
        for edge in side.row(node, self.level).tolist():
            base = edge < side.edges
            if passed and base:
                continue
            if not self.effort:
                raise _Stop
            self.effort -= 1
            if base:
                code = int(side.code(np.array([edge]))[0])
                first, last = side.table[2 * code : 2 * code + 2].tolist()
                to = int(side.other[edge])
            else:
                x = edge - side.edges
                first, last = side.x_days[2 * x : 2 * x + 2].tolist()
                to = int(side.x_other[x])
            after = bound
            if self.dated and self.forward:
                if last < bound:
                    continue
                after = max(bound, first)
            elif self.dated:
                if first > bound:
                    passed = base and code >= self.top
                    continue
                after = min(bound, last)
            if to >= side.nodes:
                raise _damaged()
            yield edge, to, after


def paths(
    side: Side, starts: Any, level: int, steps: int, most: int, effort: int, dated: bool,
    forward: bool,
) -> tuple[bytes, bytes, bytes, bool]:
    """See ``_graph.c``."""
    nodes = _starts(side, starts)
    if steps > MOST_STEPS:
        raise ValueError("a path has at most 64 edges")
    rule = _Rule(side, level, effort, dated, forward)
    told, parents = [NONE] * len(nodes), [NONE] * len(nodes)
    bounds, most, head, more = [rule.begin] * len(nodes), most + len(nodes), 0, False
    try:
        for _ in range(steps):
            end = len(nodes)
            while head < end:
                for edge, to, after in rule.edges(nodes[head], bounds[head]):
                    on = head
                    while on != NONE and nodes[on] != to:
                        on = parents[on]
                    if on != NONE:
                        continue
                    if len(nodes) == most:
                        raise _Stop
                    told.append(edge)
                    parents.append(head)
                    nodes.append(to)
                    bounds.append(after)
                head += 1
    except _Stop:
        more = True
    return _packed(told), _packed(parents), _packed(nodes), more


def chains(
    side: Side, start: int, goal: int, level: int, length: int, near: Any, most: int,
    effort: int, dated: bool, forward: bool,
) -> tuple[bytes, bool]:
    """See ``_graph.c``."""
    if not 1 <= length <= MOST_STEPS or max(start, goal) >= side.nodes or len(near) != side.nodes:
        raise ValueError("start, goal, length or distances out of bounds")
    rule = _Rule(side, level, effort, dated, forward)
    away = memoryview(near).cast("B")
    found: list[int] = []
    if start == goal:
        return b"", False
    on = [start]
    taken: list[int] = []
    rows = [rule.edges(start, rule.begin)]
    try:
        while rows:
            edge, to, after = next(rows[-1], (NONE, 0, 0))
            if edge == NONE:
                rows.pop()
                on.pop()
                taken = taken[: len(rows) - 1] if rows else []
                continue
            depth = len(rows) - 1
            if not away[to] or away[to] - 1 > length - depth - 1 or (
                to == goal and depth + 1 < length
            ) or to in on:
                continue
            if depth + 1 < length:
                taken = [*taken[:depth], edge]
                on.append(to)
                rows.append(rule.edges(to, after))
            elif to == goal:
                if len(found) == most * length:
                    raise _Stop
                found += [*taken[:depth], edge]
    except _Stop:
        return _packed(found), True
    return _packed(found), False
