"""Tables of counts in two ways at once: pieces and records, with their totals each way.

A table is made by adding each item to one cell. Its totals are added from the items anew, never from the cells, and
a table whose cells do not add up to them is never written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from headstamp.publish.iafq_items import Counted
from headstamp.publish.sheets import Cell, Sheet

NONE = "–"
"""What stands where no item is recorded: that is no count of nought."""


@dataclass(frozen=True)
class Cross:
    """Items by row and column: ``pieces`` and ``records`` of each cell that has any."""

    name: str
    head: str
    rows: Mapping[str, str]
    columns: Mapping[str, str]
    pieces: Mapping[tuple[str, str], float]
    records: Mapping[tuple[str, str], int]
    by_eye: Mapping[str, float]
    total: float
    items: int

    @property
    def adds_up(self) -> bool:
        """Whether every item is in a cell that the table shows, and the cells give the totals."""
        shown = {(row, column) for row in self.rows for column in self.columns}
        return (set(self.records) <= shown and sum(self.records.values()) == self.items
                and abs(fsum(self.pieces.values()) - self.total) < 1e-6 * max(1.0, self.total))

    def row(self, code: str) -> tuple[float, int]:
        """Pieces and records of a row."""
        return (fsum(n for (row, _), n in self.pieces.items() if row == code),
                sum(n for (row, _), n in self.records.items() if row == code))

    def sheet(self) -> Sheet:
        """The table as a sheet: pieces by column, all pieces, those not counted one by one, records."""
        lines: list[list[Cell]] = []
        for code, label in self.rows.items():
            pieces, records = self.row(code)
            lines.append([label, *(self._cell(code, column) for column in self.columns),
                          plain(pieces) if records else NONE, plain(self.by_eye.get(code, 0)) if records else NONE,
                          records or NONE])
        ends = [fsum(n for (_, column), n in self.pieces.items() if column == code) for code in self.columns]
        held = [any(column == code for _, column in self.records) for code in self.columns]
        lines.append(["In all", *(plain(n) if some else NONE for n, some in zip(ends, held, strict=True)),
                      plain(self.total) if self.items else NONE,
                      plain(fsum(self.by_eye.values())) if self.items else NONE, self.items or NONE])
        return Sheet(self.name, [self.head, *self.columns.values(), "In all", "Of these not counted one by one", "Records"],
                     lines)

    def _cell(self, row: str, column: str) -> Cell:
        return plain(self.pieces[row, column]) if (row, column) in self.records else NONE


def cross(
    name: str, head: str, items: Sequence[Counted], rows: Mapping[str, str], columns: Mapping[str, str],
    row: Callable[[Counted], str], column: Callable[[Counted], str],
) -> Cross:
    """The items by two of their classes."""
    pieces: dict[tuple[str, str], float] = {}
    records: dict[tuple[str, str], int] = {}
    by_eye: dict[str, float] = {}
    for one in items:
        at = (row(one), column(one))
        pieces[at] = pieces.get(at, 0) + one.pieces
        records[at] = records.get(at, 0) + 1
        if one.by_eye:
            by_eye[at[0]] = by_eye.get(at[0], 0) + one.pieces
    return Cross(name, head, rows, columns, pieces, records, by_eye, fsum(one.pieces for one in items), len(items))


def plain(number: float) -> float | int:
    """A whole number without a point."""
    return int(number) if float(number).is_integer() else number
