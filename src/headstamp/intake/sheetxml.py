"""What a sheet's own XML says that its cell values do not: formulas without result, errors.

Cheap where there is nothing to find: the sheet is searched as bytes first and
parsed only when it has formulas or errors. Office Open XML: ECMA-376 part 1,
18.3.1 (c, f, v). OpenDocument: part 3, 19.642 (table:formula).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from headstamp.errors import Unreadable
from headstamp.intake.container import Container

_MOST = 1_000_000
"""Oddities kept of one sheet; a sheet with more is refused whole."""

_ROWS = 2**20
"""Rows a sheet can have in the programs that write it."""

Attributes = dict[str, str]


@dataclass(slots=True)
class Oddities:
    """Cells by row (from 0): formulas ``unstored``, ``errors`` with their text; and counts."""

    unstored: dict[int, set[int]] = field(default_factory=dict)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    formulas: int = 0

    def notes(self) -> list[str]:
        """What a person should know of it."""
        notes = []
        if self.formulas:
            notes.append(f"formula cells, read with the results last stored: {self.formulas:,}")
        if self.errors:
            count = sum(map(len, self.errors.values()))
            notes.append(f"cells that show an error such as #N/A, read as shown: {count:,}")
        return notes


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _parse(
    container: Container,
    member: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk one XML member; raises Unreadable where it is not well formed."""

    def refuse(*_: object) -> None:
        raise Unreadable(f"{container.file.name} was not read: {member} declares XML entities.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.StartDoctypeDeclHandler = refuse
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for chunk in container.chunks(member):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable(f"{container.file.name} has a damaged part {member}: {error}.") from error


def _mentions(container: Container, member: str, pattern: re.Pattern[bytes]) -> bool:
    tail = b""
    for chunk in container.chunks(member):
        if pattern.search(tail + chunk):
            return True
        tail = chunk[-200:]
    return False


def _elements(container: Container, member: str, wanted: str) -> Iterator[Attributes]:
    found: list[Attributes] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == wanted:
            found.append(attributes)

    if member in container:
        _parse(container, member, start, lambda name: None)
    return iter(found)


def sheet_member(container: Container, sheet: str) -> str | None:
    """The member of an XLSX that holds ``sheet``, None where its links lead nowhere."""
    target = None
    for attributes in _elements(container, "xl/workbook.xml", "sheet"):
        if attributes.get("name") == sheet:
            target = next((v for k, v in attributes.items() if k.endswith(":id")), None)
    for attributes in _elements(container, "xl/_rels/workbook.xml.rels", "Relationship"):
        if target is not None and attributes.get("Id") == target:
            path = attributes.get("Target", "")
            member = path[1:] if path.startswith("/") else posixpath.normpath(f"xl/{path}")
            return member if member in container else None
    return None


_XLSX_ODD = re.compile(rb"<(?:\w+:)?f[\s/>]|\st=[\"']e[\"']")
_ODS_ODD = re.compile(rb"formula=")


def xlsx_oddities(container: Container, sheet: str) -> Oddities:
    """Formulas and errors of one sheet of an XLSX."""
    odd = Oddities()
    member = sheet_member(container, sheet)
    if member is None or not _mentions(container, member, _XLSX_ODD):
        return odd
    walk = _XlsxWalk(odd, container.file.name)
    _parse(container, member, walk.start, walk.end, walk.text)
    return odd


class _XlsxWalk:
    """Follows rows and cells; a reference (r="B2") may be left out, then places count on."""

    def __init__(self, odd: Oddities, file: str) -> None:
        self._odd = odd
        self._file = file
        self._row = self._column = -1
        self._formula = self._in_value = False
        self._kind: str | None = None
        self._value = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._row = _number(attributes.get("r"), self._row + 2) - 1
            self._column = -1
        elif name == "c":
            reference = attributes.get("r")
            self._column = column_number(reference) if reference else self._column + 1
            self._formula, self._kind = False, attributes.get("t")
            self._value = ""
        elif name == "f":
            self._formula = True
            self._odd.formulas += 1
        elif name in ("v", "t"):
            self._in_value = True

    def text(self, data: str) -> None:
        if self._in_value and len(self._value) < 100:
            self._value += data

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._in_value = False
        elif name == "c":
            if self._kind == "e" and self._value:
                _keep_errors(self._odd, self._file)
                self._odd.errors.setdefault(self._row, {})[self._column] = self._value
            elif self._formula and not self._value and self._kind != "str":  # str: stored as ""
                _keep_unstored(self._odd, self._file, self._row)
                self._odd.unstored.setdefault(self._row, set()).add(self._column)


def ods_oddities(container: Container, sheet: str) -> Oddities:
    """Formulas without result of one sheet of an ODS."""
    odd = Oddities()
    if not _mentions(container, "content.xml", _ODS_ODD):
        return odd
    walk = _OdsWalk(odd, container.file.name, sheet)
    _parse(container, "content.xml", walk.start, walk.end)
    return odd


class _OdsWalk:
    """Follows rows and cells with their repeat counts inside the one table wanted."""

    def __init__(self, odd: Oddities, file: str, sheet: str) -> None:
        self._odd = odd
        self._file = file
        self._sheet = sheet
        self._inside = False
        self._row = self._column = 0
        self._repeat = 1

    def start(self, name: str, attributes: Attributes) -> None:
        given = {_local(key): value for key, value in attributes.items()}
        if name == "table":
            self._inside = given.get("name") == self._sheet
            self._row = 0
        elif not self._inside:
            return
        elif name == "table-row":
            self._column = 0
            self._repeat = _number(given.get("number-rows-repeated"), 1)
        elif name in ("table-cell", "covered-table-cell"):
            if "formula" in given:
                self._odd.formulas += 1
                if "value-type" not in given:
                    _keep_unstored(self._odd, self._file, self._row)
                    self._odd.unstored.setdefault(self._row, set()).add(self._column)
            self._column += _number(given.get("number-columns-repeated"), 1)

    def end(self, name: str) -> None:
        if name == "table":
            self._inside = False
        elif name == "table-row" and self._inside:
            self._row += self._repeat


def column_number(reference: str) -> int:
    """The column (from 0) of a cell reference.

    >>> column_number("AB12")
    27
    """
    number = 0
    for letter in reference[:3]:
        if not letter.isalpha() or not letter.isascii():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _keep_errors(odd: Oddities, file: str) -> None:
    if len(odd.errors) >= _MOST:
        raise Unreadable(f"{file} was not read: over {_MOST:,} rows show errors instead of values.")


def _keep_unstored(odd: Oddities, file: str, row: int) -> None:
    if row >= _ROWS:
        raise Unreadable(
            f"{file} was not read: it has a cell in row {row + 1:,}, which no sheet has."
        )
    if len(odd.unstored) >= _MOST:
        raise Unreadable(
            f"{file} was not read: over {_MOST:,} rows hold formulas whose results are not stored."
        )
