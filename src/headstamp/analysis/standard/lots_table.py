"""A table of lots by site: how often each was met, with its faults named and its spellings joined."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from headstamp.analysis.source.two_level import Ints
from headstamp.analysis.standard.table import Rows
from headstamp.errors import Invalid, Problem

_MOST_TOLD: Final = 50
_DROPPED: Final = str.maketrans("", "", " \t-_\u2010\u2011\u2012\u2013")
_ALIKE: Final = str.maketrans("OQILSBZG", "00115826")


@dataclass(frozen=True, slots=True)
class Lots:
    """How often each lot was met at each site: ``counts`` (sites, lots).

    ``counted``: whether the table tells more than that a lot was there. ``alike``: lots that differ only
    in signs easily taken for each other, and stand at different sites. ``joined``: lots written in
    several ways. ``empty``: rows without a lot.
    """

    sites: tuple[str, ...]
    lots: tuple[str, ...]
    counts: Ints
    counted: bool
    alike: tuple[tuple[str, ...], ...]
    joined: int
    empty: int


def lots_by_site(table: Rows, problems: list[Problem]) -> Lots:
    """The table read. Raises Invalid with ``problems`` and every faulty row."""
    problems = list(problems)
    if not table:
        problems.append(Problem("it has no rows", "Give two or more sites.", "table"))
    else:
        problems += [Problem("there is no such column", "It has: " + ", ".join(table[0]), "table", name)
                     for name in ("lot", "site") if name not in table[0]]
    if problems:
        raise Invalid("the lots cannot be compared", problems)
    met: dict[tuple[str, str], int] = defaultdict(int)
    written: dict[str, dict[str, None]] = defaultdict(dict)
    sites: dict[str, None] = {}
    empty = 0
    for at, row in enumerate(table, 1):
        site, lot, count = (row.get(name, "").strip() for name in ("site", "lot", "count"))
        if not site:
            problems.append(Problem("the site is not named", "Name it, or leave the row out.", "site", row=at))
        elif count and not (count.isascii() and count.isdigit() and int(count) > 0):
            problems.append(Problem("not a whole number above 0", "", "count", count, at))
        elif not lot:
            empty += 1
        else:
            key = lot.upper().translate(_DROPPED) or lot
            sites[site] = None
            written[key][lot] = None
            met[site, key] += int(count or 1)
    if problems:
        raise Invalid("the lots cannot be compared", problems[:_MOST_TOLD])
    place = {name: at for at, name in enumerate(sites)}
    number = {key: at for at, key in enumerate(written)}
    counts = np.zeros((len(place), len(number)), dtype=np.int64)
    for (site, key), times in met.items():
        counts[place[site], number[key]] = times
    names = tuple(next(iter(one)) for one in written.values())
    return Lots(tuple(sites), names, counts, "count" in table[0] or bool((counts > 1).any()),
                _alike(list(written), names, counts), sum(len(one) > 1 for one in written.values()), empty)


def _alike(keys: list[str], names: tuple[str, ...], counts: Ints) -> tuple[tuple[str, ...], ...]:
    folded: dict[str, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        folded[key.translate(_ALIKE)].append(at)
    found = []
    for group in folded.values():
        where = [frozenset(np.flatnonzero(counts[:, at]).tolist()) for at in group]
        if len(group) > 1 and any(one != where[0] for one in where[1:]):
            found.append(tuple(names[at] for at in group))
    return tuple(found)
