"""Counts by group, from rows or from columns; and which column of counts is a sum of others.

Published tables of counts stand beside their own totals. Whoever adds all columns up counts everything twice, and
nothing in the file says so; so it is looked for. An empty cell is not counted, never nought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from headstamp.analysis.measure import Diagnostic
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

_MOST_TOLD: Final = 20
_LEAST_ROWS: Final = 5
_LEAST_COVERED: Final = 20
_NEARLY: Final = 0.99


@dataclass(frozen=True)
class Counted:
    """A group and a size for each row that was counted; ``sums`` says which columns are sums of others."""

    table: Sequence[Mapping[str, str]]
    groups: list[str]
    sizes: list[int]
    empty: int = 0
    told: tuple[Diagnostic, ...] = ()
    sums: tuple[str, ...] = ()


def in_rows(table: Sequence[Mapping[str, str]], column: str, count: str) -> Counted:
    """A row for each thing, or for so many as its count says. Raises Invalid naming every cell that is no count."""
    if not count:
        return Counted(table, [(row.get(column) or "").strip() for row in table], [1] * len(table))
    kept: list[Mapping[str, str]] = []
    sizes: list[int] = []
    problems: list[Problem] = []
    for number, row in enumerate(table, 1):
        size = _size(row.get(count) or "", count, number, problems)
        if size is not None:
            kept.append(row)
            sizes.append(size)
    _raise(problems)
    empty = len(table) - len(kept)
    return Counted(kept, [(row.get(column) or "").strip() for row in kept], sizes, empty, _empty(empty, len(table)))


def in_columns(table: Sequence[Mapping[str, str]], columns: Sequence[str]) -> Counted:
    """Columns that each hold the counts of one group; their sum over all rows is the group's count."""
    names = list(dict.fromkeys(name.strip() for name in columns))
    sums = dict.fromkeys(names, 0)
    missing = dict.fromkeys(names, 0)
    lines: list[list[int | None]] = []
    problems: list[Problem] = []
    for number, row in enumerate(table, 1):
        line = [_size(row.get(name) or "", name, number, problems) for name in names]
        lines.append(line)
        for name, size in zip(names, line, strict=True):
            sums[name] += size or 0
            missing[name] += size is None
    _raise(problems)
    empty = sum(missing.values())
    told = [*_empty(empty, len(table) * len(names))]
    some = {name: number for name, number in missing.items() if number}
    if some:
        told.append(Diagnostic("not counted by column", len(some), None, "Rows not counted: " + ", ".join(
            f"{name} {number:,}" for name, number in some.items())))
    exact = _sums(names, lines)
    if not exact:
        told += _covering(names, lines)
    rows = [{"group": name} for name in names]
    return Counted(rows, names, [sums[name] for name in names], empty, tuple(told), tuple(exact))


def _sums(names: Sequence[str], lines: Sequence[Sequence[int | None]]) -> list[str]:
    """Columns that hold the sum of all others, or of all others that begin as they do."""
    told = []
    there, sizes = _matrix(names, lines)
    for at, name in enumerate(names):
        stem = name.rsplit("_", 1)[0].rsplit(":", 1)[0].rsplit(",", 1)[0]
        beginning = [n for n, other in enumerate(names) if n != at and other.startswith(stem)]
        for others in ([n for n in range(len(names)) if n != at], beginning):
            if len(others) < 2:
                continue
            full = there[:, at] & there[:, others].any(axis=1)
            parts = sizes[full][:, others]
            alike = int((parts.sum(axis=1) == sizes[full, at]).sum())
            # Rows of noughts, or of one kind alone, would make any column a sum of others.
            several = int(((parts > 0).sum(axis=1) > 1).sum())
            if several >= _LEAST_ROWS and alike >= _NEARLY * int(full.sum()):
                told.append(f"{name!r} is the sum of {plural(len(others), 'other column')} in {alike:,} of {plural(int(full.sum()), 'row')}")
                break
    return told


def _covering(names: Sequence[str], lines: Sequence[Sequence[int | None]]) -> list[Diagnostic]:
    """Columns that hold all others and more in every row: most likely a total, of which some parts were not given.

    A group may be so frequent by itself; in many rows of several groups that is no chance, so it is told and not refused.
    """
    told = []
    there, sizes = _matrix(names, lines)
    for at, name in enumerate(names):
        others = [n for n in range(len(names)) if n != at]
        rows = there[:, at] & ((sizes[:, others] > 0).sum(axis=1) > 1)
        number = int(rows.sum())
        if number >= _LEAST_COVERED and bool((sizes[rows, at] >= sizes[rows][:, others].sum(axis=1)).all()):
            told.append(Diagnostic("total", number, False, (
                f"{name!r} is no smaller than all other columns together in each of {plural(number, 'row')} that count several of "
                "them. If it is a total that has them in it, they are counted twice: leave it out.")))
    return told


def _matrix(names: Sequence[str], lines: Sequence[Sequence[int | None]]) -> tuple[Any, Any]:
    """Where a number stands, and the numbers, nought where none does: rows by columns."""
    there = np.array([[size is not None for size in line] for line in lines], dtype=bool).reshape(len(lines), len(names))
    return there, np.array([[size or 0 for size in line] for line in lines], dtype=np.int64).reshape(there.shape)


def _empty(number: int, of: int) -> tuple[Diagnostic, ...]:
    if not number:
        return ()
    return (Diagnostic("not counted", number / of, None, f"{number:,} of {plural(of, 'number is', 'numbers are')} empty: not counted, never nought."),)


def _size(cell: str, name: str, row: int, problems: list[Problem]) -> int | None:
    text = cell.strip()
    if not text:
        return None
    if not text.isdigit() or len(text) > 12:
        problems.append(Problem("not a whole number from 0 on", "", name, text[:80], row))
        return None
    return int(text)


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise Invalid("the table has faulty cells", problems[:_MOST_TOLD])
