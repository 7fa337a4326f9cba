"""A table of finds with their features: a row for each feature of each find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headstamp.analysis.column_names import known
from headstamp.analysis.spread.signature import Feature, Shown, feature
from headstamp.errors import Invalid, Problem

Rows = Sequence[Mapping[str, str]]
_COLUMNS = ("find", "kind", "value")
_MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Finds:
    """Finds in the order of the table: names, what each shows, and the group (crate, recovery) of each.

    ``grouped`` tells whether groups were given; otherwise each find is a group of its own.
    """

    names: tuple[str, ...]
    shown: tuple[Shown, ...]
    groups: tuple[str, ...]
    grouped: bool


def read(rows: Rows) -> Finds:
    """The finds of a table with the columns find, kind, value and, if wished, group.

    A row without a value is a find of which nothing more was noted. Raises Invalid for missing
    columns, rows that name no find or no kind, and a find of two groups.
    """
    rows = known(rows, (*_COLUMNS, "group"))
    problems = _missing(rows)
    shown: dict[str, set[Feature]] = {}
    groups: dict[str, str] = {}
    for at, row in enumerate(rows if not problems else (), 1):
        name, kind, value = ((row.get(column) or "").strip() for column in _COLUMNS)
        group = (row.get("group") or "").strip()
        if not name:
            problems.append(Problem("the find is not named", "Give its tag or id.", "find", row=at))
            continue
        if groups.setdefault(name, group) != group:
            problems.append(Problem(f"{name} is of two groups, {groups[name] or 'none'} and {group or 'none'}",
                                    "A find comes from one recovery.", "group", group, at))
        if value and not kind:
            problems.append(Problem("the kind of the feature is not named", "Such as paint, or lot.", "kind", row=at))
        found = shown.setdefault(name, set())
        if value and kind:
            found.add(feature(kind, value))
    if problems:
        raise Invalid("the finds cannot be compared", problems[:_MOST_TOLD])
    grouped = any(groups.values())
    return Finds(tuple(shown), tuple(frozenset(one) for one in shown.values()),
                 tuple(groups[name] or f"find {name}" for name in shown), grouped)


def _missing(rows: Rows) -> list[Problem]:
    if not rows:
        return [Problem("it has no rows", "Give a row for each feature of each find.", "catalogue")]
    return [Problem("there is no such column", "It has: " + ", ".join(rows[0]), name)
            for name in _COLUMNS if name not in rows[0]]
