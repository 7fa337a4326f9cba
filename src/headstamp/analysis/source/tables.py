"""The three tables of a comparison: a background of items, and the two things that are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np

from headstamp.analysis.column_names import known
from headstamp.analysis.source.two_level import Floats, Ints
from headstamp.errors import Invalid, Problem

ITEM_NAMES: Final = ("item", "source", "group")
COUNTING: Final = frozenset((
    "", "id", "index", "no", "nr", "number", "row", "run", "rep", "replicate", "fragment", "piece"))
"""Columns that count and do not measure, though they hold numbers; ``--columns`` takes them all the same."""

LOGS: Final = {"": None, "no": None, "yes": np.log10, "log10": np.log10, "ln": np.log}
_MOST_TOLD: Final = 50

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Tables:
    """What is compared: rows (N, p) of the background with the number of their item, and the two things.

    ``single`` counts items with one row only, which say nothing of the spread within and are left
    out; ``unused`` are columns of numbers in the background that the two things do not have.
    """

    columns: tuple[str, ...]
    values: Floats
    codes: Ints
    names: tuple[str, ...]
    control: Floats
    recovered: Floats
    single: int
    unused: tuple[str, ...]


def tables(
    background: Rows, control: Rows, recovered: Rows, columns: Sequence[str] | None = None,
    item: str | None = None, log: str = "no",
) -> Tables:
    """The tables as numbers. Raises Invalid naming every faulty column and row.

    Without ``columns``, all columns of numbers that the three have in common are measured, but for those
    that count (by name, or as they hold 1, 2, 3 ...: row names of other software). ``log``
    takes the logarithm of every measurement first, to base 10 ("yes", "log10") or natural ("ln").
    """
    given = {"background": background, "control": control, "recovered": recovered}
    empty = [Problem("it has no rows", "Give one or more.", name) for name, rows in given.items() if not rows]
    if empty:
        raise Invalid("there is nothing to compare", empty)
    # Only what was asked for by name: of itself Co is not taken for CO, which measures something else.
    asked = (*([item] if item else ()), *(one.strip() for one in columns or ()))
    background, control, recovered = (known(rows, asked) for rows in (background, control, recovered))
    given = {"background": background, "control": control, "recovered": recovered}
    named = _item_column(background, item)
    measured, unused = _columns(given, named, columns)
    problems: list[Problem] = []
    read = {name: _numbers(name, rows, measured, log, problems) for name, rows in given.items()}
    labels = [row.get(named, "").strip() for row in background]
    problems += [Problem("the item is not named", f"Fill in {named}.", named, row=at, file="background")
                 for at, label in enumerate(labels, 1) if not label]
    if problems:
        raise Invalid("the measurements cannot be read", problems[:_MOST_TOLD])
    rows_of = Counter(labels)
    kept = [at for at, label in enumerate(labels) if rows_of[label] > 1]
    names = tuple(dict.fromkeys(labels[at] for at in kept))
    number = {name: code for code, name in enumerate(names)}
    return Tables(
        measured, read["background"][kept], np.array([number[labels[at]] for at in kept], dtype=np.int64),
        names, read["control"], read["recovered"],
        sum(1 for count in rows_of.values() if count == 1), unused)


def _item_column(background: Rows, item: str | None) -> str:
    has = list(background[0])
    if item is not None:
        if item not in has:
            raise Invalid("the items are not named", [Problem(
                "the background has no such column", "It has: " + ", ".join(has), "item", item)])
        return item
    named = (one for one in has if one.strip().lower() in ITEM_NAMES)
    return next(named, next((one for one in has if not _counts(background, one)), has[0]))


def _columns(
    given: Mapping[str, Rows], named: str, columns: Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    has = {name: list(rows[0]) for name, rows in given.items()}
    if columns:
        wanted = list(dict.fromkeys(one.strip() for one in columns))
        wrong = [Problem(f"the {name} has no such column", "It has: " + ", ".join(there), "columns", one)
                 for name, there in has.items() for one in wanted if one not in there]
        wrong += [Problem("this column names the items", "Leave it out.", "columns", named)
                  for one in wanted if one == named]
        if wrong:
            raise Invalid("not every column is there", wrong)
        return tuple(wanted), ()
    numeric = [one for one in has["background"] if one != named and _measures(given["background"], one)]
    common = [one for one in numeric if one in has["control"] and one in has["recovered"]]
    wrong = []
    for name, other in (("control", "recovered"), ("recovered", "control")):
        for one in has[name]:
            lacking = [where for where in ("background", other) if one not in has[where]]
            # A column that names things may stand in one table only; one of numbers may not.
            if lacking and one != named and _measures(given[name], one):
                wrong.append(Problem(f"the {' and the '.join(lacking)} has no such column",
                                     "Give it everywhere, or choose with --columns.", name, one))
    if wrong or not common:
        raise Invalid("the three tables do not measure the same", wrong or [Problem(
            "no column of numbers is common to the three", "Name the columns alike.", "columns")])
    return tuple(common), tuple(one for one in numeric if one not in common)


def _measures(rows: Rows, column: str) -> bool:
    return column.strip().lower() not in COUNTING and _all_numbers(rows, column) and not _counts(rows, column)


def _counts(rows: Rows, column: str) -> bool:
    """Whether the column counts the rows of a table: whole numbers, each one more than the last."""
    if len(rows) < 3:
        return False
    values = [_number(row.get(column, "")) for row in rows]
    return all(value is not None and value == int(value) and value == (values[0] or 0) + at
               for at, value in enumerate(values))


def _all_numbers(rows: Rows, column: str) -> bool:
    """Whether what is filled in is numbers throughout, most of it at least (faults are told later)."""
    filled = [row[column] for row in rows if row.get(column, "").strip()]
    return bool(filled) and 2 * sum(_number(text) is not None for text in filled) > len(filled)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _numbers(
    name: str, rows: Rows, columns: tuple[str, ...], log: str, problems: list[Problem]
) -> Floats:
    values = np.zeros((len(rows), len(columns)))
    taken = LOGS[log]
    for at, row in enumerate(rows):
        for column, label in enumerate(columns):
            text = row.get(label, "").strip()
            value = _number(text)
            if value is None:
                problems.append(Problem("not a number", "Give one in every row, or leave the row out.",
                                        label, text, at + 1, name))
            elif taken is not None and value <= 0:
                problems.append(Problem("a number that is not above 0 has no logarithm",
                                        "Leave --log out.", label, text, at + 1, name))
            else:
                values[at, column] = value if taken is None else taken(value)
    return values
