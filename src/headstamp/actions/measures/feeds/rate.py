"""Packages of a case for ``scale.rate``: when made, how many in each, its running number, what it was found with.

Packages count, and items that bear a lot, where their date of making is on record. What lies in a package that
counts itself is not counted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.actions.measures.feeds.serials import (
    SELECTED,
    TOGETHER,
    by_series,
    found_together,
    read_serials,
    series_named,
)
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions import packages, serials
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural


def rate(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each package or lot that is dated. Raises Invalid where there is none, or no such series of numbers."""
    asked = {name: given.get(name) for name in SELECTED}
    every = packages.ask(engine, **asked)
    dated = [row for row in every if row["made_from"] and row["made_to"]]
    if not dated:
        raise Invalid("no package or lot that can be seen has a date of making", [Problem(
            f"{plural(len(every), 'package or lot', 'packages and lots')}, none dated to two ends", "Record when they were made, as on their labels.", "make")])
    counting = {row["item"] for row in dated if row["pieces"] is not None and row["family"] == "package"}
    rows = [row for row in dated if row["package"] not in counting]
    told = [f"{plural(len(rows), 'package or lot', 'packages and lots')} with a date of making."]
    if len(every) > len(dated):
        told.append(f"{len(every) - len(dated):,} left out: their date of making is not on record, or open at one end.")
    if len(dated) > len(rows):
        told.append(f"{len(dated) - len(rows):,} left out: in a package that is counted itself.")
    numbers = _numbers(engine, asked, {row["item"] for row in rows}, given.get("series"), told)
    groups = found_together(rows, given.get("together") or "package", told)
    other = sum(row["pieces"] is not None and row["unit"] not in (None, "piece") for row in rows)
    if other:
        told.append(f"{plural(other, 'is', 'are')} not counted in pieces; the date counts, and not how many are in it.")
    table = [{
        "date": f"{row['made_from']}/{row['made_to']}",
        "count": _count(row["pieces"]) if row["unit"] in (None, "piece") else "",
        "number": str(numbers[row["item"]]) if row["item"] in numbers else "",
        "lot": groups.get(row["item"], ""),
    } for row in rows]
    return fed({"table": table}, told, [row["item"] for row in rows],
               tuple(dict.fromkeys(row["site"] for row in rows if row["site"])))


def _numbers(
    engine: Engine, asked: Mapping[str, Any], items: set[str], wanted: str | None, told: list[str]
) -> dict[str, int]:
    """Running numbers of these items: of the series asked for, or of the only one there is."""
    texts, left = read_serials([row for row in serials.ask(engine, **asked) if row["item"] in items])
    series = by_series(texts, left)
    if not series:
        if wanted is not None:
            series_named(series, wanted)
        return {}
    if wanted is None and len(series) > 1:
        named = sorted(series, key=lambda one: (-len(series[one]), one))
        told.append("Their numbers are of several series and are not used; --series chooses one: " + ", ".join(
            f"{one} ({len(series[one]):,})" for one in named[:10]) + ".")
        return {}
    name = series_named(series, wanted)
    told.append(f"{plural(len(series[name]), 'of them bears', 'of them bear')} a number of the series {name}.")
    return series[name]


def _count(value: float | None) -> str:
    return "" if not value else str(int(value)) if float(value).is_integer() else str(value)


FEED: Final = Feed(
    "scale.rate",
    "The packages and lots chosen that have a date of making: pieces in each, running number, what they were found in.",
    (*SELECTION, Parameter("series", "word", "Running numbers of which series, as AB#: # stands for the number"), TOGETHER),
    rate)
