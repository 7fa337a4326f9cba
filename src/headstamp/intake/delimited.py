"""Tables as text: cells between commas, semicolons, tabs or bars, in quotes where needed.

The rules are RFC 4180's, read strictly: after a closing quote only a
delimiter or the end of the row may come. Anything else means that what the
row says is not known, so the row is a Problem and reading goes on with the
next line. A quote that is never closed costs one row, not the rest of the
file: the lines after it are read again.

Python's ``csv.Sniffer`` is not used: it looks at characters, not at rows, and
takes letters for delimiters. A delimiter is right when it gives the rows of
the sample the same number of cells.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from headstamp.errors import Problem
from headstamp.intake.archive import CutShort, Stream
from headstamp.intake.encoding import undecodable, visible
from headstamp.intake.limits import Limits, advice_to_raise
from headstamp.intake.lines import Lines, Overlong, Swallowed, split_lines
from headstamp.intake.source import Record, Source

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

_SAMPLE_ROWS = 200

# Python's own limit for a cell is one number for the whole process; ours are per file
# and looked at below, so the process-wide one is moved out of the way, once.
csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of one file are told apart."""

    delimiter: str
    quoted: bool = True
    skip_space: bool = False
    notes: tuple[str, ...] = ()

    def reader(self, lines: Iterator[str]) -> csv._reader:  # type: ignore[name-defined]
        """A strict reader of ``lines``; raises csv.Error at a row whose quotes are wrong."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            skipinitialspace=self.skip_space,
            strict=True,
        )


def named_delimiter(lines: list[str]) -> str | None:
    r"""The delimiter of Excel's own first line ``sep=;``, else None.

    >>> named_delimiter(["sep=;\r\n", "a;b\r\n"])
    ';'
    """
    first = lines[0].rstrip("\r\n") if lines else ""
    first = first.strip('"')
    return first[4] if first[:4].lower() == "sep=" and len(first) == 5 else None


def _widths(lines: list[str], dialect: Dialect) -> tuple[list[int], int]:
    """(cells of each non-blank row, rows that break the rules) of the sample."""
    widths: list[int] = []
    broken = 0
    reader = dialect.reader(iter(lines))
    while len(widths) < _SAMPLE_ROWS:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            broken += 1
            if broken > _SAMPLE_ROWS:
                break
            continue
        if any(cells):
            widths.append(len(cells))
    return widths, broken


def _agreement(widths: list[int], broken: int) -> tuple[float, int]:
    """(share of rows that have the commonest width, that width); no width below 2 counts."""
    counts: dict[int, int] = {}
    for width in widths:
        if width > 1:
            counts[width] = counts.get(width, 0) + 1
    if not counts:
        return 0.0, 1
    width = max(counts, key=lambda w: (counts[w], w))
    share = counts[width] / (len(widths) + broken)
    return share * (1.0 if widths[0] == width else 0.7), width


def _stray_quotes(lines: list[str], delimiter: str) -> bool:
    """Whether quotes are used as plain characters: several cells begin with one, none is enclosed.

    With fewer it may as well be one cell whose closing quote was forgotten.
    """
    begun = 0
    for line in lines:
        for cell in line.rstrip("\r\n").split(delimiter):
            if cell.startswith('"'):
                if len(cell) > 1 and cell.endswith('"'):
                    return False
                begun += 1
    return begun >= 3


def find_dialect(lines: list[str], delimiter: str | None = None) -> Dialect:
    """The delimiter and the use of quotes that give the sample's rows the same width.

    ``lines`` keep their ends. With ``delimiter`` given only the quotes are found out.
    """
    scores: list[tuple[float, int, Dialect]] = []
    for mark in [delimiter] if delimiter else DELIMITERS:
        strict = Dialect(mark)
        share, width = _agreement(*_widths(lines, strict))
        best = (share, width, strict)
        if share < 1.0 and any('"' in line for line in lines):
            for other, reason in (
                (Dialect(mark, skip_space=True), "blanks before a quote are not part of the cell"),
                (Dialect(mark, quoted=False), "quotes are ordinary characters in this file"),
            ):
                if not other.quoted and not _stray_quotes(lines, mark):
                    continue
                share, width = _agreement(*_widths(lines, other))
                if share >= 0.999 and share > best[0]:
                    told = Dialect(mark, other.quoted, other.skip_space, (reason,))
                    best = (share, width, told)
        scores.append(best)
    # Agreement first; among equals the one that finds more cells; then the usual order.
    scores.sort(key=lambda score: (-round(score[0], 2), -score[1]))
    share, width, chosen = scores[0]
    if delimiter is not None or width > 1:
        notes = chosen.notes
        if delimiter is None:
            found = f"delimiter found: {DELIMITERS[chosen.delimiter]}"
            if share < 0.8:
                found += (
                    f" (doubtful: only {share:.0%} of the rows looked at agree on {width} cells)"
                )
            notes = (*notes, found)
        return Dialect(chosen.delimiter, chosen.quoted, chosen.skip_space, notes)
    return Dialect(",", notes=("no delimiter found: read as one column",))


class Delimited(Source):
    """A text table. ``sample`` is its decoded beginning, ``whole`` whether that is all of it."""

    format = "csv"

    def __init__(
        self,
        path: Path,
        limits: Limits,
        *,
        encoding: str,
        sample: str,
        whole: bool,
        delimiter: str | None = None,
    ) -> None:
        super().__init__(path, limits)
        lines = split_lines(sample)
        if not whole and len(lines) > 1:
            lines.pop()
        self._named = named_delimiter(lines)
        if self._named is not None:
            lines = lines[1:]
            self.note(f"delimiter named by the file's first line: {self._named!r}")
        self._dialect = find_dialect(lines[:2_000], delimiter or self._named)
        for note in self._dialect.notes:
            self.note(note)
        self.encoding = encoding
        self.delimiter = self._dialect.delimiter
        self.format = "tsv" if self.delimiter == "\t" else "csv"
        self._stream: Stream | None = None

    def progress(self) -> float:
        return self._stream.progress() if self._stream is not None else 0.0

    def records(self) -> Iterator[Record | Problem]:
        with Stream(self.path, self.limits) as stream:
            self._stream = stream
            lines = Lines(stream, self.encoding or "utf-8", self.limits)
            records = self._rows(lines)
            if self._named is not None:
                next(records, None)
            yield from records

    def _rows(self, lines: Lines) -> Iterator[Record | Problem]:
        while True:
            reader = self._dialect.reader(chain.from_iterable(lines))
            try:
                for cells in reader:
                    if lines.watch:
                        yield self._looked_at(cells, lines, reader.line_num) or cells
                    else:
                        yield cells
                    lines.row_line = reader.line_num
                return
            except csv.Error as error:
                opening = lines.opening()
                lines.again(reader.line_num)
                yield self._misquoted(str(error), opening)
            except Swallowed:
                opening = lines.opening()
                lines.again(reader.line_num)
                yield self._misquoted("too long", opening)
            except Overlong:
                if reader.line_num > lines.row_line:
                    opening = lines.opening()
                    lines.again(reader.line_num, overlong=True)
                    yield self._misquoted("too long", opening)
                else:
                    lines.restart()
                    yield self._too_long("row_characters", self.limits.row_characters, "")
            except CutShort as error:
                yield from error.problems or [Problem(error.message, file=self.path.name)]
                return

    def _looked_at(self, cells: Record, lines: Lines, line: int) -> Problem | None:
        """What is wrong with a row of a block that holds something suspicious."""
        for number, cell in enumerate(cells, 1):
            field = f"column {number}"
            if len(cell) > self.limits.cell_characters:
                return self._too_long("cell_characters", self.limits.cell_characters, field)
            if "\x00" in cell:
                rule = "the cell holds a NUL, which no text may"
                advice = "Look at the original; save the table anew from the program it came from"
                return Problem(rule, advice, field, visible(cell[:200]))
            if undecodable(cell):
                rule = f"the cell holds bytes that are not {self.encoding}"
                advice = "Give the file's true encoding by name, or mend the cell"
                return Problem(rule, advice, field, visible(cell[:200]))
        if lines.suspect_line:
            if line > lines.suspect_line:
                lines.suspect_line = 0
            elif cells and self.width and len(cells) != self.width:
                rule = "part of a row broken by a quote further up"
                advice = "Mend the quotes of the row before it"
                return Problem(
                    rule, advice, value=visible(self._dialect.delimiter.join(cells)[:200])
                )
        return None

    def _too_long(self, limit: str, allowed: int, field: str) -> Problem:
        rule = f"longer than the limit `{limit}` of {allowed:,} characters"
        return Problem(rule, advice_to_raise(limit), field)

    def _misquoted(self, error: str, opening: str) -> Problem:
        if "expected after" in error:
            rule = "a quoted cell goes on after its closing quote"
        else:
            rule = "a quote opened in this row is never closed"
        advice = "Write quotes inside a quoted cell twice, or take the quotes away"
        return Problem(rule, advice, value=opening)
