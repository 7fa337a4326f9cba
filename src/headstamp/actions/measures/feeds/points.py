"""Recoveries of a case as points of space and time, with the visits beside them.

A point needs a day and a place exact enough: what is dated to a month, or placed somewhere in a
district, would be near to everything of that month and district. Such recoveries stay in the table
without a place or day, so that the measure knows how many it does not see, and refuses where they are too many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.actions.measures.found import found_by_engine
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions import recoveries
from headstamp.engine.selection import SELECTION
from headstamp.kinds.counted import plural

PRECISIONS: Final = ("exact", "100m", "1km", "10km", "locality", "district")
"""From fine to coarse; any other (province, country, coarsened, not known) is never enough."""
_SELECTED: Final = tuple(one.name for one in SELECTION if one.name != "parts")


def points(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each recovery, and for each find without one, its place and day left empty where too coarse."""
    enough = PRECISIONS[: PRECISIONS.index(given["precision"]) + 1]
    wanted = {name: given.get(name) for name in (*_SELECTED, "parts")}
    selected = any(wanted[name] for name in _SELECTED)
    found = found_by_engine(engine, wanted if selected else None)
    made = {one.group: one for one in found}
    rows: list[dict[str, str]] = []
    left: Counter[tuple[str, str]] = Counter()
    sites: dict[str, None] = {}
    records: list[str] = []
    for row in recoveries.ask(engine):
        if not selected or row["recovery"] in made:
            records.append(row["recovery"])
            rows.append(_point(row["found_from"], row["found_to"], row, enough, left))
            sites.update({row["site"]: None} if row["site"] else {})
    alone = [one for group, one in made.items() if one.recovery is None]
    for one in alone:
        records.append(one.item)
        place = {"latitude": one.latitude, "longitude": one.longitude, "place_precision": one.precision}
        rows.append(_point(one.first, one.last, place, enough, left))
        sites.update({one.site: None} if one.site else {})
    told = [f"{plural(len(rows) - len(alone), 'recovery', 'recoveries')}" + (" with such items" if selected else "")
            + f" and {plural(len(alone), 'find that belongs', 'finds that belong')} to none, one point each."]
    told += [f"{plural(count, *why)}: without a point." for why, count in sorted(left.items())]
    inputs: dict[str, Any] = {"points": rows}
    looked, fit = _visits(engine, enough)
    if looked:
        inputs["visits"] = looked
        told.append(f"{fit:,} of {plural(len(looked), 'visit has', 'visits have')} a day and a place: held beside the finds.")
    else:
        told.append("No visit is on record: whether it is only the visits that cluster cannot be asked.")
    told.append("What clusters is the recording too: recoveries are made where and when people look.")
    return fed(inputs, told, records, tuple(sites))


def _visits(engine: Engine, enough: tuple[str, ...]) -> tuple[list[dict[str, str]], int]:
    rows = [_point(row["held_from"], row["held_to"], row, enough, Counter()) for row in recoveries.visited(engine)]
    return rows, sum(bool(one["latitude"] and one["date"]) for one in rows)


def _point(
    first: str | None, last: str | None, place: Mapping[str, Any], enough: tuple[str, ...],
    left: Counter[tuple[str, str]],
) -> dict[str, str]:
    day = first if first is not None and first == last else None
    latitude, longitude, precision = place["latitude"], place["longitude"], place["place_precision"]
    placed = latitude is not None and longitude is not None
    if placed and precision is not None and precision not in enough:
        placed = False
        left[_of_them("has", "have", f"a place that is not exact enough ({precision})")] += 1
    elif not placed:
        left[_of_them("has", "have", "no place")] += 1
    if day is None:
        left[_of_them("is", "are", "not dated to a day")] += 1
    return {"latitude": repr(latitude) if placed else "", "longitude": repr(longitude) if placed else "",
            "date": day or ""}


def _of_them(one: str, many: str, what: str) -> tuple[str, str]:
    """What is said of one of them, and of many."""
    return f"of them {one} {what}", f"of them {many} {what}"


_PARAMETERS: Final = (*SELECTION, Parameter(
    "precision", "word", "The coarsest place that still counts as a point; places that say nothing of it count",
    default="1km", choices=PRECISIONS))
_WORDS: Final = ("Each recovery, and each find without one, as a point: those dated to a day and placed exactly enough; "
                 "the visits beside them.")
FEEDS: Final = tuple(Feed(f"space_time.{name}", _WORDS, _PARAMETERS, points) for name in ("knox", "modified_knox", "jacquez"))
