"""The problems file: every refused row as it was, with what is wrong and what to do.

A CSV with the table's own columns and five more. A person mends the cells in
that very file and imports it again; the five columns are recognised by their
place and left out, and the rows get the ids they would have had.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Sequence
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import TracebackType

from headstamp.errors import Problem, Unavailable
from headstamp.intake.value import Cells

EXTRA = ("row", "field", "value", "rule", "advice")
ENDING = "-problems.csv"
Keep = Callable[[str, bytes], Path]
"""Keeps a file's bytes under a name and gives a path that reads as it."""
# An older problems file that was moved aside has a number before its last ending.
_ENDING = re.compile(r"-problems(\.\d+)?\.csv$")
# A spreadsheet program runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def mended_name(file_name: str, columns: Sequence[str]) -> str | None:
    """The name of the file whose problems file this is; None where it is no problems file.

    >>> mended_name("finds.csv-problems.csv", ["tag", "row", "field", "value", "rule", "advice"])
    'finds.csv'
    >>> mended_name("finds.csv-problems.2.csv", ["tag", "row", "field", "value", "rule", "advice"])
    'finds.csv'
    """
    last = [name.partition(" (")[0] for name in columns[-len(EXTRA):]]
    if len(columns) <= len(EXTRA) or last != list(EXTRA):
        return None
    return _ENDING.sub("", file_name)


class ProblemsFile:
    """Writes refused rows beside their place; put in it only on a clean end, if there were any."""

    def __init__(
        self, folder: Path | None, name: str, columns: Sequence[str], keep: Keep | None = None
    ) -> None:
        """``folder`` None: a new one of this user alone, as of a trial that leaves no trace elsewhere.

        With ``keep`` nothing is written here at all: the rows are gathered in memory, and the
        whole file is handed to it at the end.
        """
        self._keep = keep
        self._apart = folder is None
        self.path = (folder or Path()) / f"{name}{ENDING}"
        self.rows = 0
        self._columns = columns
        self._part = self._beside()
        self._stream: TextIOWrapper | None = None

    def add(self, number: int, cells: Cells | None, problems: Sequence[Problem]) -> None:
        """One refused row. ``cells`` None: the row could not be read at all."""
        if self._stream is None:
            self._open()
        assert self._stream is not None
        told = [
            str(number),
            " | ".join(p.field for p in problems),
            " | ".join(_safe(p.value) for p in problems),
            " | ".join(p.rule for p in problems),
            " | ".join(dict.fromkeys(p.advice for p in problems if p.advice)),
        ]
        own = [""] * len(self._columns) if cells is None else [c or "" for c in cells]
        csv.writer(self._stream).writerow([*own, *told])
        self.rows += 1

    def _beside(self) -> Path:
        return self.path.with_name(self.path.name + ".part")

    def _open(self) -> None:
        try:
            if self._keep is not None:
                self._stream = TextIOWrapper(BytesIO(), encoding="utf-8-sig", newline="")
                csv.writer(self._stream).writerow([*self._columns, *EXTRA])
                return
            if self._apart:
                self.path = Path(tempfile.mkdtemp(prefix="headstamp-")) / self.path.name
                self._part = self._beside()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._part.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise Unavailable(f"the folder {self.path.parent} cannot be written: {error.strerror}"
                              ) from error
        csv.writer(self._stream).writerow([*self._columns, *EXTRA])

    def finish(self, reading: Path | None = None) -> Path | None:
        """Puts the file in its place and returns it; None where no row was refused.

        An older file there is moved aside unless it is the one just read: somebody may have
        begun to mend it.
        """
        if self._stream is None:
            return None
        if self._keep is not None:
            self._stream.flush()
            self._stream.seek(0)
            return self._keep(self.path.name, bytes(self._stream.buffer.read()))
        self._stream.close()
        self._stream = None
        if self.path.exists() and not (reading is not None and self.path.samefile(reading)):
            if self.path.read_bytes() == self._part.read_bytes():
                self._part.unlink()
                return self.path
            number = 1
            while (aside := self.path.with_suffix(f".{number}.csv")).exists():
                number += 1
            self.path.replace(aside)
        self._part.replace(self.path)
        return self.path

    def __enter__(self) -> ProblemsFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            self._stream.close()


def _safe(value: str) -> str:
    """The value so that no spreadsheet runs it; the row's own cells are kept as they were."""
    return f"'{value}" if value.startswith(_FORMULA) else value
