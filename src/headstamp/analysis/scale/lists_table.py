"""The table of overlaps that ``scale.lists`` reads: which lists, and how many are on exactly which.

A row is a combination of lists, one column per list, and a column of how many are on just those;
combinations that are not there have none. A table without such a column has a row per piece
instead, and is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

MOST_LISTS: Final = 6
_COUNTS: Final = frozenset({"count", "counts", "n", "freq", "frequency", "number", "total", "y", "cases", "items"})
_ON: Final = frozenset({"1", "1.0", "yes", "y", "true", "x"})
_OFF: Final = frozenset({"0", "0.0", "no", "n", "false", ""})
_NOT_COUNTED: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?", "."})
"""What stands beside those on no list where a table has a row for them: nobody knows how many."""

_ROW_NAMES: Final = frozenset({"", "column 1", "unnamed: 0", "row", "row_names", "rownames", "no", "nr", "id", "index"})
_MOST: Final = 10**12
_MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Names of the lists, and 2^lists counts: cell i of those on exactly the lists whose bits i has."""

    names: tuple[str, ...]
    cells: tuple[int, ...]

    @property
    def seen(self) -> int:
        """How many are on at least one list."""
        return sum(self.cells)

    def on(self, lists: int) -> int:
        """How many are on all of these lists (bits) and perhaps on more."""
        return sum(count for cell, count in enumerate(self.cells) if cell & lists == lists)

    @property
    def by_number(self) -> tuple[int, ...]:
        """How many are on no, one, two and more lists (on none: 0, for they were not seen)."""
        found = [0] * (len(self.names) + 1)
        for cell, count in enumerate(self.cells):
            found[cell.bit_count()] += count
        return tuple(found)


def overlaps(rows: Sequence[Mapping[str, str]]) -> Overlaps:
    """The table read. Raises Invalid naming every row and column that cannot stand."""
    if not rows:
        raise Invalid("no overlaps can be read", [Problem(
            "the table has no rows", "A row per combination of lists, with its count.", "cells")])
    columns = list(rows[0])
    counting = _counting(columns, rows)
    lists = [name for name in columns if name != counting and not _row_names(name, columns, rows)]
    if all(name.split(" (")[0].strip().replace(".", "", 1).isdigit() for name in columns):
        raise Invalid("no overlaps can be read", [Problem(
            "the first row holds numbers where the names of the lists should stand",
            "Begin with a row of names: one for each list, and count.", "cells", ", ".join(columns)[:200])])
    if len(lists) > MOST_LISTS:
        raise Invalid("no overlaps can be read", [Problem(
            f"{plural(len(lists), 'list')}, and at most {MOST_LISTS} can be weighed against each other",
            "Put together lists of one origin, or leave out those that hardly overlap.", "cells")])
    if not lists:
        raise Invalid("no overlaps can be read", [Problem(
            "there is no list among the columns", "One column per list, holding 0 or 1.", "cells")])
    problems: list[Problem] = []
    cells = [0] * (1 << len(lists))
    first: dict[int, int] = {}
    for at, row in enumerate(rows, start=1):
        cell = _cell(row, lists, at, problems)
        unknown = cell == 0 and counting is not None and _word(row, counting) in _NOT_COUNTED
        count = 1 if counting is None else 0 if unknown else _count(row.get(counting, ""), counting, at, problems)
        if cell is None or count is None:
            continue
        if cell == 0 and count:
            problems.append(Problem(
                "on no list, and counted all the same", "Leave the row out: those on no list are what is "
                "asked for.", counting or "", str(count), row=at))
        elif counting is not None and cell in first:
            problems.append(Problem(f"the same combination of lists as row {first[cell]}",
                                    "Give each combination once.", row=at))
        elif cell:
            first[cell] = at
            cells[cell] += count
    if problems:
        raise Invalid("no overlaps can be read", problems[:_MOST_TOLD])
    return Overlaps(tuple(name.strip() for name in lists), tuple(cells))


def _row_names(name: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether a column only numbers the rows, as other software writes it before the first."""
    return (name == columns[0] and name.strip().casefold() in _ROW_NAMES and len(rows) > 2
            and all(_word(row, name) == str(at) for at, row in enumerate(rows, 1)))


def _counting(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str | None:
    """The column of counts: by its name, or the only one that holds anything but 0 and 1."""
    named = [name for name in columns if name.strip().casefold() in _COUNTS]
    if "count" in (name.strip().casefold() for name in named):
        return next(name for name in named if name.strip().casefold() == "count")
    # A list may be called n or y: it then holds nothing but 0 and 1, and something else counts.
    other = [name for name in columns if any(_word(row, name) not in _ON | _OFF for row in rows)
             and not _row_names(name, columns, rows)]
    if len(other) == 1 and (other[0] in named or _whole(rows, other[0])):
        return other[0]
    return named[0] if len(named) == 1 else None


def _whole(rows: Sequence[Mapping[str, str]], name: str) -> bool:
    words = {_word(row, name) for row in rows} - _NOT_COUNTED
    return bool(words) and all(word.replace(".", "", 1).isdigit() for word in words)


def _word(row: Mapping[str, str], name: str) -> str:
    return row.get(name, "").strip().casefold()


def _cell(row: Mapping[str, str], lists: Sequence[str], at: int, problems: list[Problem]) -> int | None:
    cell, sound = 0, True
    for bit, name in enumerate(lists):
        word = _word(row, name)
        if word in _ON:
            cell |= 1 << bit
        elif word not in _OFF or not word:
            problems.append(Problem("neither 0 nor 1", "1: on this list; 0: not on it.", name,
                                    row.get(name, ""), row=at))
            sound = False
    return cell if sound else None


def _count(text: str, name: str, at: int, problems: list[Problem]) -> int | None:
    word = text.strip()
    if not word:
        return 0
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not (0 <= value <= _MOST and value == int(value)):
        problems.append(Problem("not a count", "A whole number from 0 on, without signs between its digits.",
                                name, text, row=at))
        return None
    return int(value)
