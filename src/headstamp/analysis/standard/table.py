"""A table of finds by site: the rows of a comparison of how alike things are made, with their faults named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite

import numpy as np

from headstamp.analysis.column_names import known
from headstamp.analysis.measure import Diagnostic
from headstamp.analysis.source.two_level import Floats, Ints
from headstamp.errors import Invalid, Problem

Rows = Sequence[Mapping[str, str]]
ONLY = "A comparison between finds only: "
"""With this begins what every comparison says of its limits."""

_MOST_TOLD = 50
_DEALT = 199
ALARM = 0.01


def level_problems(level: float) -> list[Problem]:
    """What is wrong with a level."""
    return [] if 0.5 <= level < 1 else [
        Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level))]


def by_site(table: Rows, column: str, level: float) -> tuple[dict[str, list[str]], int]:
    """What each site has in that column, in the order of the table, and how many rows have nothing.

    Raises Invalid for columns that are not there and sites that are not named.
    """
    problems = level_problems(level)
    table = known(table, ("site", column))
    if not table:
        problems.append(Problem("it has no rows", "Give two or more sites.", "table"))
    else:
        problems += [Problem("there is no such column", "It has: " + ", ".join(table[0]), "table", name)
                     for name in ("site", column) if name not in table[0]]
    if problems:
        raise Invalid("the sites cannot be compared", problems)
    found: dict[str, list[str]] = {}
    empty = 0
    for at, row in enumerate(table, 1):
        site, value = row.get("site", "").strip(), row.get(column, "").strip()
        if not site:
            problems.append(Problem("the site is not named", "Name it, or leave the row out.", "site", row=at))
        elif not value:
            empty += 1
        else:
            found.setdefault(site, []).append(value)
    if problems:
        raise Invalid("the sites cannot be compared", problems[:_MOST_TOLD])
    return found, empty


def parted(table: Rows, by: str, columns: tuple[str, ...], level: float) -> dict[str, list[Mapping[str, str]]]:
    """The rows by what stands in one column, in the order of the table.

    Raises Invalid for columns that are not there and every row that has nothing in that column.
    """
    problems = level_problems(level)
    problems += [Problem("there is no such column", "It has: " + ", ".join(table[0]), "table", name)
                 for name in (by, *columns) if name not in table[0]]
    found: dict[str, list[Mapping[str, str]]] = {}
    for at, row in enumerate(table, 1):
        name = row.get(by, "").strip()
        if not name and by in row:
            problems.append(Problem("nothing stands here", "Fill it in, or leave the row out.", by, row=at))
        if not row.get("site", "").strip() and "site" in columns:
            problems.append(Problem("the site is not named", "Name it, or leave the row out.", "site", row=at))
        found.setdefault(name, []).append(row)
    if problems:
        raise Invalid("the sites cannot be compared", problems[:_MOST_TOLD])
    return found


def values_by_site(table: Rows, level: float) -> tuple[dict[str, Floats], int]:
    """The same as numbers. Raises Invalid naming every row that is none."""
    problems: list[Problem] = []
    table = known(table, ("site", "value"))
    for at, row in enumerate(table, 1):
        text = row.get("value", "").strip()
        if text and not _is_number(text):
            problems.append(Problem("not a number", "", "value", text, at))
    found, empty = by_site(table, "value", level)
    if problems:
        raise Invalid("the sites cannot be compared", problems[:_MOST_TOLD])
    return {site: np.array([float(one) for one in values]) for site, values in found.items()}, empty


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def neighbours(sites: Sequence[Floats | Ints], seed: int = 1) -> Diagnostic:
    """Whether rows that follow each other are more alike than rows dealt out at random within a site.

    Then they may have been taken from one crate after another, and count for less than their number.
    A site whose rows are sorted tells nothing of it.
    """
    told = [one for one in sites if len(one) > 2 and not _sorted(one)]
    if not told:
        return Diagnostic("neighbouring rows", None, None, "The order of the rows tells nothing.")
    random = np.random.default_rng(seed)
    ranks = [np.unique(one, return_inverse=True)[1].astype(np.float64) for one in told]
    # Of words only whether they are the same; of numbers how far apart their ranks are.
    words = [one.dtype.kind == "i" for one in told]

    def unlike(rows: Sequence[Floats]) -> float:
        total = 0.0
        for one, word in zip(rows, words, strict=True):
            step = np.abs(np.diff(one))
            total += float((step > 0).sum() if word else step.sum() / len(one))
        return total

    found = unlike(ranks)
    as_near = sum(unlike([random.permutation(one) for one in ranks]) <= found for _ in range(_DEALT))
    chance = (1 + as_near) / (1 + _DEALT)
    return Diagnostic("neighbouring rows", chance, chance >= ALARM, (
        "Rows that follow each other are no more alike than others." if chance >= ALARM else
        "Rows that follow each other are alike: if they come from one crate or delivery after another, "
        "they count for fewer than they are. Give one row for each."))


def _sorted(values: Floats | Ints) -> bool:
    steps = [later - earlier for earlier, later in pairwise(values.tolist())]
    return all(step >= 0 for step in steps) or all(step <= 0 for step in steps)
