"""One direction of the graph of supply, laid out row by row for walking and for a file.

``offsets``  u32, one more than there are rows: where the edges of each node begin
``other``    u32, the node at the other end of each edge
``low``      u16, the edge's code, or its lower 16 bits
``high``     u8, the code's bits above; empty where 16 suffice
``table``    i32, for each code its first and its last day
``limits``   u32, for each level how many codes it sees
``numbers``  u32, what the maker calls each edge; asked for only to name an answer

A code stands for level, first and last day together, numbered in that order: real
transfers share few dates, so two bytes hold what nine would. Within a row edges are in
order of their codes. So what a level may see of a row is its beginning, and of that the
edges that begin early come first; a walk stops there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.errors import Invalid, Unreadable
from headstamp.tracing.graph_edges import EARLIEST, LATEST, MOST, U32, Edges

_MOST_CODES: Final = 1 << 24
_DAYS: Final = 23
_OPEN: Final = (1 << _DAYS) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Rows of receivers naming senders (upstream), or of senders naming receivers."""

    offsets: U32
    other: U32
    low: npt.NDArray[np.uint16]
    high: npt.NDArray[np.uint8]
    table: npt.NDArray[np.int32]
    limits: U32

    @property
    def rows(self) -> int:
        return len(self.offsets) - 1

    def __len__(self) -> int:
        return len(self.other)

    @property
    def codes(self) -> U32:
        """The code of each edge."""
        low = self.low.astype(np.uint32)
        return low | self.high.astype(np.uint32) << np.uint32(16) if len(self.high) else low

    def of_rows(self) -> U32:
        """For each edge the node whose row it stands in."""
        counts = self.offsets[1:].astype(np.int64) - self.offsets[:-1]
        return np.repeat(np.arange(self.rows, dtype=np.uint32), counts)

    def check(self) -> None:
        """Whether the arrays go together, as a file's need not. Raises Unreadable."""
        offsets = self.offsets.astype(np.int64)
        right = (
            len(offsets) > 0 and len(self.low) == len(self) and len(self.high) in (0, len(self))
            and offsets[0] == 0 and offsets[-1] == len(self) and (offsets[1:] >= offsets[:-1]).all()
            and len(self.limits) > 0 and len(self.table) % 2 == 0
        )
        if right and len(self):
            right = bool(self.other.max() < self.rows and self.codes.max() < len(self.table) // 2)
        if not right:
            raise Unreadable("the arrays of a supply graph do not fit")

    def edges(self, numbers: U32) -> Edges:
        """The edges as they were before they were laid out (this side being upstream)."""
        self.check()
        if len(numbers) != len(self):
            raise Unreadable("the arrays of a supply graph do not fit: numbers")
        codes = self.codes
        days = self.table.reshape(-1, 2)[codes]
        level = np.searchsorted(self.limits, codes, side="right").astype(np.uint8)
        return Edges(np.asarray(numbers), np.asarray(self.other), self.of_rows(),
                     days[:, 0].copy(), days[:, 1].copy(), level)


def lay_out(edges: Edges, nodes: int) -> tuple[Side, U32]:
    """The upstream side of these edges, and the number of each edge in its order.

    Raises Invalid where there are too many to be told apart.
    """
    if nodes > MOST or len(edges) > MOST:
        raise Invalid(f"a graph of supply has at most {MOST:,} parties and transfers")
    codes, table, limits = _coded(edges)
    return _arranged(edges.receiver, edges.sender, codes, edges.number, table, limits, nodes)


def turned(up: Side, numbers: U32) -> tuple[Side, U32]:
    """The downstream side of an upstream one, with the numbers in its own order."""
    up.check()
    if len(numbers) != len(up):
        raise Unreadable("the arrays of a supply graph do not fit: numbers")
    return _arranged(up.other, up.of_rows(), up.codes, numbers, up.table, up.limits, up.rows)


def _coded(edges: Edges) -> tuple[U32, npt.NDArray[np.int32], U32]:
    """For each edge its code; for each code its days; for each level how many codes it sees."""
    # Level and days in one number that sorts like them: a day has at most 22 bits.
    first = np.where(edges.first == EARLIEST, 0, edges.first).astype(np.int64)
    last = np.where(edges.last == LATEST, _OPEN, edges.last).astype(np.int64)
    if len(edges) and (min(first.min(), last.min()) < 0
                       or first.max() >= _OPEN or last.max() > _OPEN):
        raise Invalid("a day lies outside the years 1 to 9999")
    packed = edges.level.astype(np.int64) << 2 * _DAYS | first << _DAYS | last
    known, codes = np.unique(packed, return_inverse=True)
    if len(known) > _MOST_CODES:
        raise Invalid(f"the transfers have more than {_MOST_CODES:,} different pairs of days")
    begins, ends = known >> _DAYS & _OPEN, known & _OPEN
    table = np.empty((len(known), 2), np.int32)
    table[:, 0] = np.where(begins == 0, EARLIEST, begins)
    table[:, 1] = np.where(ends == _OPEN, LATEST, ends)
    levels = known >> 2 * _DAYS
    highest = int(levels[-1]) if len(known) else 0
    limits = np.searchsorted(levels, np.arange(highest + 1), side="right")
    return codes.astype(np.uint32), table.reshape(-1), limits.astype(np.uint32)


def _arranged(
    row: U32, other: U32, codes: U32, numbers: U32, table: npt.NDArray[np.int32], limits: U32,
    nodes: int,
) -> tuple[Side, U32]:
    if len(row) and max(int(row.max()), int(other.max())) >= nodes:
        raise Invalid("a transfer names a party that is not in the graph")
    key = row.astype(np.int64) << 24 | codes
    order = np.argsort(key, kind="stable")
    del key
    counts = np.bincount(row, minlength=nodes)
    offsets = np.zeros(nodes + 1, np.uint32)
    np.cumsum(counts, out=offsets[1:], dtype=np.uint32)
    codes = codes[order]
    wide = len(table) // 2 > 1 << 16
    high = (codes >> np.uint32(16)).astype(np.uint8) if wide else np.empty(0, np.uint8)
    side = Side(offsets, other[order], codes.astype(np.uint16), high, np.asarray(table),
                np.asarray(limits))
    return side, numbers[order]
