"""Workbooks (XLSX, ODS, old XLS) as tables: runs in the child process.

Cells are read with calamine, which gives the values the office program last
stored and none of the formulas. What calamine cannot tell is looked up in the
sheet itself (``sheetxml``): a formula whose result was never stored would
come out as an empty cell, an error as nothing at all. Both would be silent
losses, so the first is a Problem and the second is given as printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import python_calamine

from headstamp.errors import Missing, Problem, Unreadable
from headstamp.intake.container import Container
from headstamp.intake.handed import Handed
from headstamp.intake.limits import Limits, over_limit
from headstamp.intake.sheetxml import Oddities, ods_oddities, xlsx_oddities
from headstamp.intake.source import Record
from headstamp.intake.typed import EXACT, cell_text

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def _format(file: Handed, limits: Limits) -> str:
    """xlsx, ods or xls; raises Unreadable for other containers and for unsafe ones."""
    with file.path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return "xls"
    with Container(file, limits) as container:
        if "xl/workbook.xml" in container or "xl/Workbook.xml" in container:
            return "xlsx"
        if "content.xml" in container:
            kind = b"".join(container.chunks("mimetype")) if "mimetype" in container else _ODS
            if kind.strip().startswith(_ODS):
                return "ods"
            raise Unreadable(f"{file.name} is an OpenDocument file but not a spreadsheet.")
        if "xl/workbook.bin" in container:
            raise Unreadable(f"{file.name} is a binary workbook (XLSB); save it as XLSX.")
    raise Unreadable(
        f"{file.name} is a zip archive but no workbook; unpack it and read the files in it."
    )


def _choose(
    file: Handed, book: python_calamine.CalamineWorkbook, wanted: str | None, limits: Limits
) -> tuple[str, python_calamine.CalamineSheet, list[str]]:
    """(name, sheet, notes): the sheet asked for, else the first visible one with anything in it."""
    about = book.sheets_metadata
    if len(about) > limits.sheets:
        what = f"it has {len(about):,} sheets"
        raise over_limit(file.name, "sheets", limits.sheets, what)
    names = [sheet.name for sheet in about]
    if wanted is not None:
        if wanted not in names:
            told = ", ".join(repr(name) for name in names[:20])
            raise Missing(f"{file.name} has no sheet {wanted!r}. It has: {told}.")
        return wanted, book.get_sheet_by_name(wanted), []
    hidden = {
        sheet.name for sheet in about if sheet.visible != python_calamine.SheetVisibleEnum.Visible
    }
    chosen: tuple[str, python_calamine.CalamineSheet] | None = None
    for name in sorted(names, key=lambda name: name in hidden):
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            chosen = (name, sheet)
            break
    if chosen is None:
        raise Unreadable(f"{file.name} holds no sheet with anything in it.")
    notes = []
    others = [
        f"{name!r}{' (hidden)' if name in hidden else ''}" for name in names if name != chosen[0]
    ]
    if others:
        more = f" and {len(others) - 20} more" if len(others) > 20 else ""
        notes.append(f"sheet {chosen[0]!r} read; not read: {', '.join(others[:20])}{more}")
    if chosen[0] in hidden:
        notes.append(f"sheet {chosen[0]!r} is hidden in the workbook")
    return *chosen, notes


def read_workbook(
    file: Handed, limits: Limits, wanted: str | None
) -> tuple[dict[str, Any], Iterator[Record | Problem]]:
    """(about the file, its records) of one sheet. Raises Unreadable, Missing for the sheet."""
    form = _format(file, limits)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(file.path))
        name, sheet, notes = _choose(file, book, wanted, limits)
    except python_calamine.PasswordError as error:
        raise Unreadable(f"{file.name} is locked with a password; save it without one.") from error
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise Unreadable(f"{file.name} cannot be read as {form}: {str(error)[:300]}.") from error
    start, end = sheet.start, sheet.end
    if start is None or end is None:
        raise Unreadable(f"The sheet {name!r} of {file.name} is empty.")
    width = end[1] - start[1] + 1
    if width > limits.columns:
        what = f"its sheet is {width:,} columns wide"
        raise over_limit(file.name, "columns", limits.columns, what)
    odd = Oddities()
    if form == "xls":
        notes.append("old format: formulas without a stored result cannot be told from empty cells")
    else:
        with Container(file, limits) as container:
            found = xlsx_oddities if form == "xlsx" else ods_oddities
            odd = found(container, name)
    notes += odd.notes()
    about = {"format": form, "sheet": name, "notes": notes, "size": end[0]}
    return about, _records(sheet, start, odd, notes)


def _records(
    sheet: python_calamine.CalamineSheet, start: tuple[int, int], odd: Oddities, notes: list[str]
) -> Iterator[Record | Problem]:
    """Every row from the sheet's first, so that numbers agree with what the program shows."""
    left = start[1]
    long_numbers = 0
    place = -1
    for place, values in enumerate(sheet.iter_rows()):  # from the sheet's first row on
        if place in odd.unstored:
            yield _unknown(place, odd.unstored[place], left)
            continue
        cells = [cell_text(value) for value in values]
        for column, printed in odd.errors.get(place, {}).items():
            if 0 <= column - left < len(cells):
                cells[column - left] = printed
        for value in values:
            if isinstance(value, float) and abs(value) >= EXACT:
                long_numbers += 1
        yield cells
    for further in sorted(row for row in odd.unstored if row > place):
        for _ in range(place + 1, further):
            yield []
        yield _unknown(further, odd.unstored[further], left)
        place = further
    if long_numbers:
        notes.append(
            f"numbers of more than 15 digits: {long_numbers:,}; a spreadsheet program keeps 15, "
            "so serial numbers kept as numbers may have lost their last digits"
        )


def _unknown(row: int, columns: set[int], left: int) -> Problem:
    """A row with formulas of which nobody stored what they give."""
    where = ", ".join(_letters(column) + str(row + 1) for column in sorted(columns)[:5])
    return Problem(
        f"a formula whose result is not stored in the file ({where})",
        "Open the workbook in a spreadsheet program, save it, and read it again",
        field=f"column {max(1, min(columns) - left + 1)}",
    )


def _letters(column: int) -> str:
    """A column's letters from its number (from 0).

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
