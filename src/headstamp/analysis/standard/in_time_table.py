"""A table of dated finds: which feature each site had in which period, with its faults named.

Dates are a day, a month or a year (2021-03-09, 2021-03, 2021). Periods are years, quarters or months; a
period with few finds at a site is joined with the next one there. Within periods finds stand in bins of
neighbouring dates, as fine as all dates of the table are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

import numpy as np

from headstamp.analysis.source.two_level import Floats, Ints
from headstamp.analysis.standard.table import Rows, level_problems
from headstamp.errors import Invalid, Problem

UNITS: Final = ("year", "quarter", "month")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_NEEDED: Final = {"year": 4, "quarter": 7, "month": 7}
_BINS: Final = 40
_MOST_TOLD: Final = 50


@dataclass(frozen=True, slots=True)
class Find:
    """A dated find: the date as written, and the number of its feature."""

    when: str
    feature: int


@dataclass(frozen=True, slots=True)
class Site:
    """The finds of a site by period: ``bins`` (bins, features), in time; the period of each bin; its first date.

    ``last`` is the last date of each bin. ``codes`` are the features of the finds of each period, in the
    order of the table.
    """

    name: str
    periods: tuple[str, ...]
    bins: Floats
    period_of: Ints
    first: tuple[str, ...]
    last: tuple[str, ...]
    codes: tuple[Ints, ...]

    @property
    def cells(self) -> Floats:
        """Finds (periods, features), of the features this site has."""
        whole = np.stack([self.bins[self.period_of == at].sum(axis=0) for at in range(len(self.periods))])
        return np.asarray(whole[:, whole.any(axis=0)], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Dated:
    """All sites that can be asked; ``few`` names those with finds in fewer than two periods.

    ``coarse`` counts finds dated more coarsely than the periods; ``empty`` rows without feature or date.
    """

    sites: tuple[Site, ...]
    few: tuple[str, ...]
    features: tuple[str, ...]
    unit: str
    coarse: int
    empty: int


def dated(table: Rows, unit: str | None, level: float, least: int) -> Dated:
    """The table read; ``unit`` None takes the longest of year, quarter and month that parts some site.

    Periods have at least ``least`` finds. Raises Invalid naming every faulty row.
    """
    finds, features, empty = _finds(table, unit, level)
    tried = [unit] if unit else list(UNITS)
    found: Dated | None = None
    for one in tried:
        found = _parted(finds, features, one, least, empty)
        if found.sites:
            break
    assert found is not None
    return found


def _finds(table: Rows, unit: str | None, level: float) -> tuple[dict[str, list[Find]], tuple[str, ...], int]:
    problems = level_problems(level)
    if unit is not None and unit not in UNITS:
        problems.append(Problem("not one of the words it knows", "One of: " + ", ".join(UNITS), "period", unit))
    if not table:
        problems.append(Problem("it has no rows", "Give finds of two or more periods.", "table"))
    else:
        problems += [Problem("there is no such column", "It has: " + ", ".join(table[0]), "table", name)
                     for name in ("date", "feature") if name not in table[0]]
    if problems:
        raise Invalid("conventions cannot be followed in time", problems)
    by_site = "site" in table[0]
    number: dict[str, int] = {}
    finds: dict[str, list[Find]] = {}
    empty = 0
    for at, row in enumerate(table, 1):
        site, when, feature = (row.get(name, "").strip() for name in ("site", "date", "feature"))
        if by_site and not site:
            problems.append(Problem("the site is not named", "Name it, or leave the row out.", "site", row=at))
        elif when and not _is_date(when):
            problems.append(Problem("not a date", "Write 2021-03-09, 2021-03 or 2021.", "date", when, at))
        elif not when or not feature:
            empty += 1
        else:
            code = number.setdefault(feature, len(number))
            finds.setdefault(site or "all finds", []).append(Find(when, code))
    if problems:
        raise Invalid("conventions cannot be followed in time", problems[:_MOST_TOLD])
    return finds, tuple(number), empty


def _is_date(text: str) -> bool:
    parts = _DATE.fullmatch(text)
    if parts is None:
        return False
    try:
        date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        return False
    return True


def _period(when: str, unit: str) -> str:
    if unit == "quarter":
        return f"{when[:4]} Q{(int(when[5:7]) + 2) // 3}"
    return when[:_NEEDED[unit]]


def _parted(
    finds: dict[str, list[Find]], features: tuple[str, ...], unit: str, least: int, empty: int
) -> Dated:
    kept = {site: [one for one in all_of if len(one.when) >= _NEEDED[unit]] for site, all_of in finds.items()}
    fine = min((len(one.when) for all_of in kept.values() for one in all_of), default=4)
    sites = [_site(name, all_of, len(features), lambda when: _period(when, unit), fine, least)
             for name, all_of in kept.items()]
    return Dated(
        tuple(one for one in sites if len(one.periods) > 1),
        tuple(one.name for one in sites if len(one.periods) < 2), features, unit,
        sum(len(all_of) for all_of in finds.values()) - sum(map(len, kept.values())), empty)


def _site(
    name: str, finds: Sequence[Find], features: int, period: Callable[[str], str], fine: int, least: int
) -> Site:
    ordered = sorted(finds, key=lambda one: one.when[:fine])
    groups = [(key, list(group)) for key, group in groupby(ordered, lambda one: period(one.when))]
    joined: list[tuple[str, str, list[Find]]] = []
    for key, group in groups:
        if joined and len(joined[-1][2]) < least:
            first, _, before = joined.pop()
            joined.append((first, key, before + group))
        else:
            joined.append((key, key, group))
    if len(joined) > 1 and len(joined[-1][2]) < least:
        _, key, group = joined.pop()
        first, _, before = joined.pop()
        joined.append((first, key, before + group))
    in_table = {id(one): at for at, one in enumerate(finds)}
    size = max(1, -(-len(ordered) // _BINS))
    bins: list[tuple[int, list[Find]]] = []
    for at, (_, _, group) in enumerate(joined):
        for _, same in groupby(group, lambda one: one.when[:fine]):
            if bins and bins[-1][0] == at and len(bins[-1][1]) < size:
                bins[-1][1].extend(same)
            else:
                bins.append((at, list(same)))
    return Site(
        name, tuple(first if first == last else f"{first} to {last}" for first, last, _ in joined),
        np.array([np.bincount([one.feature for one in group], minlength=features) for _, group in bins],
                 dtype=np.float64).reshape(len(bins), features),
        np.array([at for at, _ in bins], dtype=np.int64),
        tuple(group[0].when[:fine] for _, group in bins), tuple(group[-1].when[:fine] for _, group in bins),
        tuple(np.array([one.feature for one in sorted(group, key=lambda one: in_table[id(one)])], dtype=np.int64)
              for _, _, group in joined))
