"""What every table format gives before it is a table: bare records in file order.

A format module knows how to get cells out of its bytes and nothing else.
Which record is the header, which rows are blank and what to do with too few
or too many cells is the same for all and is decided once, in ``table``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from headstamp.errors import Problem
from headstamp.intake.limits import Limits

Record = list[str]
"""The cells of one row as printed; the empty string for an empty cell."""


class Source(ABC):
    """One file opened by one format. ``records`` may be asked for more than once."""

    format: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    columns: list[str] | None = None
    """Column names where the format itself has them; else the header is a record."""
    size_hint: int | None = None
    """Rows, where the format says so without reading them all."""
    width: int = 0
    """Columns of the header, told by the table once it knows."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.notes: list[str] = []

    @abstractmethod
    def records(self) -> Iterator[Record | Problem]:
        """Every record of the file, in order, blank ones too; a Problem in place of a bad one.

        Raises Unreadable where nothing sensible can follow.
        """

    @abstractmethod
    def progress(self) -> float:
        """How far the latest ``records`` has come, 0 to 1."""

    def note(self, text: str) -> None:
        """Keep ``text`` among the notes, once."""
        if text not in self.notes:
            self.notes.append(text)
