"""The report's map: sites where they lie, or else countries where things were made.

Where a country is drawn is the middle of its largest part, for want of a better
place. Countries that no outline is known for are named in the caption.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from headstamp.places.drawing import Spot, map_svg
from headstamp.places.outline import Outline, area, outlines
from headstamp.publish.counts import Count, CountTable
from headstamp.publish.wording import number, plural
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary

_MOST_SITES = 2_000
_FOLDER = "web/static/vendor"
# Natural Earth shortens some names beyond what the list of countries knows.
_SHORTENED = {
    "Bosnia and Herz.": "BA", "Central African Rep.": "CF", "Congo": "CG", "Dem. Rep. Congo": "CD",
    "Dominican Rep.": "DO", "Eq. Guinea": "GQ", "Falkland Is.": "FK", "S. Sudan": "SS",
    "Solomon Is.": "SB", "W. Sahara": "EH",
}


@dataclass(frozen=True, slots=True)
class MapFigure:
    """The drawing (empty where it cannot be made) and what stands below it."""

    svg: str
    caption: str


@cache
def topology(name: str) -> Mapping[str, Any] | None:
    """A packaged base map (``countries-110m.json``), read once; None where the built files are absent."""
    place = files("headstamp").joinpath(f"{_FOLDER}/{name}")
    if not place.is_file():
        return None
    found: Mapping[str, Any] = json.loads(place.read_bytes())
    return found


def site_map(reader: Reader) -> MapFigure | None:
    """The sites that have a position, sized by their items; None where none has one."""
    _, counted = reader.count("item", "site")
    items = {str(value): n for value, n in counted if value}
    spots: list[Spot] = []
    without = left_out = coarse = 0
    for shown in reader.stream("site"):
        place = shown.get("place") or {}
        latitude, longitude = place.get("latitude"), place.get("longitude")
        if latitude is None or longitude is None:
            without += 1
        elif len(spots) == _MOST_SITES:
            left_out += 1
        else:
            coarse += place.get("precision") == "coarsened"
            spots.append(Spot(latitude, longitude, items.get(shown.id, 0), shown.label))
    if not spots:
        return None
    told = [f"{plural(len(spots), 'site')} by position; the area of a circle is as the items "
            "recorded there."]
    if coarse:
        told.append(f"{plural(coarse, 'of them is', 'of them are')} told coarsely, to the middle of a cell of 10 km.")
    if without:
        told.append(f"{plural(without, 'site without a position is', 'sites without a position are')} not drawn.")
    if left_out:
        told.append(f"{plural(left_out, 'further site is', 'further sites are')} not drawn.")
    return _drawn("Sites and their items", spots, " ".join(told), "countries-50m.json")


def country_map(table: CountTable) -> MapFigure | None:
    """The countries where items were made; None where none is known."""
    if not table.every:
        return None
    centres = country_centres()
    drawn = [row for row in table.every if str(row.value) in centres]
    missing = [row for row in table.every if str(row.value) not in centres]
    spots = [Spot(*centres[str(row.value)], row.count, row.label) for row in drawn]
    told = (
        f"{plural(len(drawn), 'country', 'countries')} of make; the area of a circle is as the "
        "items, its place the middle of the country. A country of make says where a part was "
        "made, not who supplied it."
    )
    if table.unknown:
        told += f" For {plural(table.unknown, 'item')} no country is known."
    if missing:
        told += f" Not drawn: {_named(missing)}."
    return _drawn("Items by country of make", spots, told, "countries-110m.json")


def _named(rows: Sequence[Count]) -> str:
    named = ", ".join(f"{row.label} ({number(row.count)})" for row in rows[:8])
    return named + (f" and {len(rows) - 8} more" if len(rows) > 8 else "")


def _drawn(title: str, spots: Sequence[Spot], caption: str, base: str) -> MapFigure:
    found = topology(base) or topology("countries-110m.json")
    if found is None:
        return MapFigure("", "The map cannot be drawn: this installation lacks its base map "
                             "(built by `make setup`). The figures stand in the tables.")
    return MapFigure(map_svg(found, spots, title=title), caption)


@cache
def country_centres() -> dict[str, tuple[float, float]]:
    """ISO 3166-1 alpha-2 code to (latitude, longitude) of the middle of the largest part."""
    # The finer file knows the small countries, such as Singapore.
    found = topology("countries-50m.json") or topology("countries-110m.json")
    countries = vocabulary("countries")
    centres: dict[str, tuple[float, float]] = {}
    for outline in outlines(found) if found is not None else ():
        term = countries.find(outline.name)
        code = term.code if term else _SHORTENED.get(outline.name)
        if code is not None and outline.polygons:
            centres.setdefault(code, _middle(outline))
    return centres


def _middle(outline: Outline) -> tuple[float, float]:
    """The centroid of the largest ring."""
    ring = max((polygon[0] for polygon in outline.polygons), key=lambda r: abs(area(r)))
    twice = lon = lat = 0.0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        cross = x1 * y2 - x2 * y1
        twice, lon, lat = twice + cross, lon + (x1 + x2) * cross, lat + (y1 + y2) * cross
    if not twice:
        return ring[0][1], ring[0][0]
    return lat / (3 * twice), (lon / (3 * twice) + 180.0) % 360.0 - 180.0
