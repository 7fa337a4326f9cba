"""Any file that holds a table, opened by what it contains and read row by row.

``open_table`` looks at the bytes, never at the name: lists of finds arrive as
CSV called .xls, as workbooks called .csv, with headers on the third line. It
changes no cell: what is printed in the file is what comes out, and what was
found out on the way (encoding, delimiter, blank rows, other sheets) stands in
``notes`` for a person to check. A row that cannot be read is a Problem in its
place and the reading goes on; a file that cannot be read is Unreadable.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from headstamp.errors import Invalid, Problem, Unreadable
from headstamp.intake.formats import open_source
from headstamp.intake.limits import LIMITS, Limits, over_limit
from headstamp.intake.source import Record, Source
from headstamp.store.memory import as_path


@dataclass(frozen=True, slots=True)
class Row:
    """One row as printed; None for an empty cell.

    ``number`` is the place in the file: 1 is the first row after the header, and
    blank or skipped rows count, so that header row + number is the row a
    spreadsheet program shows. ``cells`` has one cell for each of the table's columns.
    """

    number: int
    cells: tuple[str | None, ...]


class Table:
    """One table, open for reading. Made by ``open_table``."""

    def __init__(
        self, source: Source, *, skip_rows: int, header_row: int | None, skip_after_header: int
    ) -> None:
        self._source = source
        self._before = skip_rows
        self._header_row = header_row
        self._after = skip_after_header
        self._header: Record = []
        self._waiting: Iterator[Record | Problem] | None = self._start()
        self._open = self._waiting
        self.columns = _unique(self._header)
        source.width = len(self.columns)

    @property
    def path(self) -> Path:
        """The file."""
        return self._source.path

    @property
    def format(self) -> str:
        """csv, tsv, xlsx, xls, ods, jsonl, json or parquet: what the file was found to be."""
        return self._source.format

    @property
    def encoding(self) -> str | None:
        """The encoding read with; None where the format has none to choose."""
        return self._source.encoding

    @property
    def delimiter(self) -> str | None:
        """The mark between cells of a text table, else None."""
        return self._source.delimiter

    @property
    def sheet(self) -> str | None:
        """The sheet read, of a workbook, else None."""
        return self._source.sheet

    @property
    def size_hint(self) -> int | None:
        """Rows, where that is known without reading them; blank ones may be among them."""
        return self._source.size_hint

    @property
    def notes(self) -> list[str]:
        """What was found out and a person may want to check; complete once all rows are read."""
        return list(self._source.notes)

    def progress(self) -> float:
        """How far the latest ``rows`` has come, 0 to 1."""
        return self._source.progress()

    def close(self) -> None:
        """Let go of the file (done anyway at the end of the rows)."""
        waiting, self._waiting = self._waiting, None
        for records in (waiting, self._open):
            close = getattr(records, "close", None)
            if close is not None:
                close()

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> Iterator[Record | Problem]:
        """Records from the first row after the header on; finds the header."""
        records = self._source.records()
        if self._source.columns is not None:
            self._header = list(self._source.columns)
            _check_header(self._source, self._header)
            return records
        wanted = self._header_row - 1 if self._header_row is not None else None
        for place, record in enumerate(records):
            if place < (self._before if wanted is None else wanted):
                continue
            if isinstance(record, Problem):
                problem = dataclasses.replace(record, file=self.path.name)
                message = f"The header of {self.path.name} cannot be read."
                raise Unreadable(message, [problem])
            if not any(record):
                if wanted is not None:
                    raise Unreadable(f"Row {wanted + 1} of {self.path.name}, the header, is blank.")
                continue
            self._header = record
            _check_header(self._source, record)
            return records
        raise Unreadable(f"{self.path.name} holds no header: there is no row with anything in it.")

    def rows(self) -> Iterator[Row | Problem]:
        """Every row in order, a Problem in place of one that cannot be read.

        Reads from the beginning each time it is called. Memory does not grow with the
        file. Raises Unreadable where the rest of the file cannot be read at all.
        """
        records, self._waiting = self._waiting or self._start(), None
        self._open = records
        return self._rows(records)

    def _rows(self, records: Iterator[Record | Problem]) -> Iterator[Row | Problem]:
        # The branches are in the order of how often they are met; this loop sets the speed.
        width = len(self.columns)
        most = self._source.limits.rows
        after = self._after
        number = blank = short = 0
        for record in records:
            number += 1
            if number <= after:
                continue
            if number > most:
                raise over_limit(self.path.name, "rows", most, "it has more rows")
            if isinstance(record, Problem):
                yield self._placed(record, number)
                continue
            if len(record) == width:
                if "" not in record:
                    yield Row(number, tuple(record))
                    continue
                cells = tuple([cell or None for cell in record])
                if any(cells):
                    yield Row(number, cells)
                else:
                    blank += 1
                continue
            if not any(record):
                blank += 1
                continue
            fitted = self._fitted(record, width)
            if fitted is None:
                yield self._ragged(record, number, width)
                continue
            short += len(record) < width
            yield Row(number, fitted)
        if blank:
            self._source.note(f"blank rows skipped: {blank:,}")
        if short:
            told = f"rows with fewer cells than the header, missing ones taken as empty: {short:,}"
            self._source.note(told)

    def _fitted(self, record: Record, width: int) -> tuple[str | None, ...] | None:
        """``record`` padded to ``width``, or cut where all beyond it is empty; None if ragged."""
        if any(record[width:]):
            return None
        cells = [cell or None for cell in record[:width]]
        return tuple(cells + [None] * (width - len(cells)))

    def _ragged(self, record: Record, number: int, width: int) -> Problem:
        return Problem(
            f"the row has {len(record)} cells, the header {width}",
            "Look for a delimiter inside a cell that is not in quotes",
            value=(self.delimiter or " | ").join(record)[:200],
            row=number,
            file=self.path.name,
        )

    def _placed(self, problem: Problem, number: int) -> Problem:
        """``problem`` with its row and, for the "column 3" a format knows, the column's name."""
        field = problem.field
        place = field.removeprefix("column ")
        if place != field and place.isdecimal() and 0 < int(place) <= len(self.columns):
            field = self.columns[int(place) - 1]
        return dataclasses.replace(problem, row=number, file=self.path.name, field=field)


def _check_header(source: Source, header: Record) -> None:
    limits = source.limits
    if len(header) > limits.columns:
        what = f"its header has {len(header):,} columns"
        raise over_limit(source.path.name, "columns", limits.columns, what)
    if not header:
        raise Unreadable(f"{source.path.name} has no columns.")


def _unique(header: Record) -> list[str]:
    """Column names as printed; an empty one is named by its place, a repeated one gets a number.

    >>> _unique(["a", "", "a"])
    ['a', 'column 2', 'a (2)']
    """
    printed = set(header)
    names: list[str] = []
    used: set[str] = set()
    repeats: dict[str, int] = {}
    for place, cell in enumerate(header, 1):
        base = cell if cell.strip() else f"column {place}"
        name = base
        while name in used or (name != cell and name in printed):
            repeats[base] = repeats.get(base, 1) + 1
            name = f"{base} ({repeats[base]})"
        used.add(name)
        names.append(name)
    return names


def open_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    skip_rows: int = 0,
    header_row: int | None = None,
    skip_after_header: int = 0,
    limits: Limits = LIMITS,
) -> Table:
    """Open the table in ``path``, found out by content: text, workbook, JSON or Parquet.

    ``sheet``, ``encoding`` and ``delimiter`` overrule what would be found out.
    The header is the first row that is not blank after ``skip_rows`` rows, or exactly
    row ``header_row`` (from 1); ``skip_after_header`` rows of descriptions below it are
    passed over but keep their numbers.

    Raises Missing where there is no such file, Unreadable where it is no table we can
    read or meets a limit, Invalid where a parameter makes no sense.
    """
    if skip_rows < 0 or skip_after_header < 0 or (header_row is not None and header_row < 1):
        raise Invalid("Rows to skip cannot be negative, and the header row counts from 1.")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n" '):
        raise Invalid(f"A delimiter is one character, not {delimiter!r}.")
    source = open_source(as_path(path), limits, sheet=sheet, encoding=encoding, delimiter=delimiter)
    return Table(
        source,
        skip_rows=skip_rows,
        header_row=header_row,
        skip_after_header=skip_after_header,
    )
