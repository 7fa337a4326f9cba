"""Tables of text as a workbook or as CSV: what is found goes back to whoever sent the list.

Every cell is text or a number, never a formula, whatever a list holds: a
marking may well begin with ``=``. A workbook marks it as text. CSV has no way to do so,
and a cell is written there as it is.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter

from headstamp.errors import Unavailable
from headstamp.store.disk import refuse_protected
from headstamp.store.memory import memory_handle

Cell = str | int | float | None
_LONGEST = 32_767
_WIDEST = 60
_TIME = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")
# Characters that XML 1.0 cannot hold (and halves of surrogate pairs).
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the heads of its columns, its rows."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Writes an XLSX file, whole or not at all. Raises Unavailable."""
    _replace(path, _book(sheets).save)


def workbook(sheets: Sequence[Sheet], at: str) -> bytes:
    """An XLSX file that is the same, byte for byte, for the same sheets; ``at`` (RFC 3339) is its one time."""
    raw = BytesIO()
    _book(sheets).save(raw)
    settled = BytesIO()
    with zipfile.ZipFile(raw) as book, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(book.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = book.read(name)
            if name == "docProps/core.xml":
                content = _TIME.sub(rb"\g<1>" + f"{at[:19]}Z".encode() + rb"\g<2>", content)
            # The archive has a time of its own for each part; it says nothing, so it is always the same.
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(part, content)
    return settled.getvalue()


class _InMemory(WorksheetWriter):  # type: ignore[misc]
    """A sheet as it is being written.

    openpyxl would put it into the machine's folder for temporary files, where everything in it can be read
    and stays after a kill: nothing of an encrypted case may lie there.
    """

    def __init__(self, page: Any) -> None:
        self._held = os.fdopen(memory_handle(), "w+b")
        super().__init__(page, f"/proc/self/fd/{self._held.fileno()}")

    def cleanup(self) -> None:
        self._held.close()


def _book(sheets: Sequence[Sheet]) -> Workbook:
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for at, head in enumerate(sheet.heads, 1):
            page.column_dimensions[get_column_letter(at)].width = min(_WIDEST, max(12, len(head) + 2))
        if hasattr(os, "memfd_create"):  # else this system has no encrypted cases either
            page._writer = _InMemory(page)
            page._writer.write_top()
        page.append([_cell(page, head, bold=True) for head in sheet.heads])
        for row in sheet.rows:
            page.append([_cell(page, value) for value in row])
    return book


def write_csv(path: Path, sheet: Sheet) -> None:
    """Writes a CSV file in UTF-8, whole or not at all. Raises Unavailable."""
    def write(file: IO[bytes]) -> None:
        text = TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="")
        writer = csv.writer(text)
        writer.writerow(sheet.heads)
        writer.writerows(sheet.rows)
        text.flush()
        text.detach()

    _replace(path, write)


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file, whole or not at all. Raises Unavailable."""
    _replace(path, lambda file: file.write(content))


def _cell(page: Any, value: Cell, *, bold: bool = False) -> Any:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(page)
    text = _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", value)[:_LONGEST]
    # Set by hand: a text that begins with = would become a formula.
    cell._value, cell.data_type = text, "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _replace(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    refuse_protected(path)
    name = ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            write(file)
        # As any new file of this person would be, not as private as a temporary one.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise Unavailable(f"{path} cannot be written: {error.strerror}") from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
