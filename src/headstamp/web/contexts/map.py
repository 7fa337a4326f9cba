"""The map: what has a point, as GeoJSON, and as a list for those who cannot see a map.

Points come from the read filter as exact as this reader may see them. How sure
a point is stands with it as a radius in metres; a coarsened point lies somewhere
in its cell, so its circle holds the whole cell.

Source of the format: RFC 7946 (GeoJSON); further members are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from headstamp.kinds.coarsen import PUBLIC_KM
from headstamp.kinds.date import bounds
from headstamp.places.coarsen import FARTHEST
from headstamp.places.drawing import DISCLAIMER
from headstamp.publish.geography import country_centres
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import record_path
from headstamp.web.page import ON_PAGE, Context, Params

MOST = 10_000
LISTED = 300
# How far from its point a place may truly lie, in metres; None: nobody can say.
RADIUS: Mapping[str, int | None] = {
    "exact": 0, "100m": 100, "1km": 1_000, "10km": 10_000,
    "coarsened": int(PUBLIC_KM * FARTHEST * 1000),
}

Layer = Literal["sites", "recoveries", "transfers", "tallies", "countries"]
LAYERS: tuple[tuple[Layer, str], ...] = (
    ("sites", "Sites"), ("recoveries", "Recoveries"), ("transfers", "Transfers, both ends"),
    ("tallies", "Published counts"), ("countries", "Items by country of make"),
)


@dataclass(frozen=True)
class Spot:
    """One thing on the map. ``first`` and ``last`` are years, None where that end is open.

    ``dated`` is False where nothing is known of its time. ``radius`` is in metres,
    None where nobody can say how sure the point is.
    """

    layer: Layer
    id: str
    label: str
    to: str
    latitude: float
    longitude: float
    what: str = ""
    when: str = ""
    items: int = 0
    radius: int | None = None
    coarse: bool = False
    dated: bool = False
    first: int | None = None
    last: int | None = None
    line: tuple[float, float] | None = None

    def feature(self) -> dict[str, Any]:
        """The spot as a GeoJSON feature; a transfer between two points also as their line."""
        return {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [self.longitude, self.latitude]},
            "properties": {
                "layer": self.layer, "id": self.id, "label": self.label, "to": self.to,
                "what": self.what, "when": self.when, "items": self.items, "radius": self.radius,
                "coarse": self.coarse, "dated": self.dated, "first": self.first, "last": self.last,
                "line": None if self.line is None else [self.line[1], self.line[0]],
            },
        }


@dataclass(frozen=True)
class LayerState:
    """One layer: how many spots it has, and how many records were left out beyond the most."""

    name: Layer
    title: str
    count: int
    left_out: int
    shown: bool


@dataclass(frozen=True)
class MapContext(Context):
    """Everything on the map. As JSON it is a GeoJSON feature collection."""

    spots: tuple[Spot, ...]
    layers: tuple[LayerState, ...]
    first: int
    last: int
    without: tuple[tuple[str, int, str], ...] = field(default=(), metadata=ON_PAGE)
    listed: tuple[Spot, ...] = field(default=(), metadata=ON_PAGE)
    coarse: bool = False
    disclaimer: str = DISCLAIMER
    points: bool = field(default=False, metadata=ON_PAGE)
    unsure: bool = field(default=False, metadata=ON_PAGE)
    made: bool = field(default=False, metadata=ON_PAGE)

    def as_dict(self) -> dict[str, Any]:
        return {
            "type": "FeatureCollection",
            "features": [spot.feature() for spot in self.spots],
            "layers": [
                {"name": one.name, "title": one.title, "count": one.count,
                 "left_out": one.left_out} for one in self.layers
            ],
            "first": self.first, "last": self.last, "coarse": self.coarse,
            "disclaimer": self.disclaimer,
        }


def map_context(reader: Reader, params: Params) -> MapContext:
    """All spots of the case, at most ``MOST`` a layer."""
    items = {value: n for value, n in reader.count("item", "site")[1] if value}
    site_total, sites = reader.placed("site", "place", MOST)
    at_sites = {shown.id: shown for shown in sites}
    spots: dict[Layer, list[Spot]] = {
        "sites": [site_spot(shown, items.get(shown.id, 0)) for shown in sites],
        "recoveries": list(_recoveries(reader, at_sites)),
        "transfers": list(_transfers(reader)),
        "tallies": [
            spot_of("tallies", shown, shown.get("place"), shown.get("period"),
                    shown.get("area") or shown.get("what", ""))
            for shown in reader.placed("tally", "place", MOST)[1]
        ],
    }
    points = any(spots.values())
    spots["countries"] = list(_countries(reader))
    left_out = {"sites": site_total - len(sites)}
    every = [spot for some in spots.values() for spot in some]
    years = [year for spot in every for year in (spot.first, spot.last) if year is not None]
    layers = tuple(
        LayerState(name, title, len(spots[name]), left_out.get(name, 0),
                   name != "countries" or not points)
        for name, title in LAYERS if spots[name]
    )
    return MapContext(
        tuple(every), layers, min(years, default=0), max(years, default=0),
        without=_without(reader, at_sites), listed=tuple(every[:LISTED]),
        coarse=any(spot.coarse for spot in every), points=points,
        unsure=any(spot.radius for spot in every), made=bool(spots["countries"]),
    )


def site_spot(shown: Shown, items: int = 0) -> Spot:
    """A site with its point."""
    words = [BY_NAME["site"].by_name["site_kind"].show(shown.get("site_kind"))]
    if items:
        words.append(f"{items:,} item{'s' if items != 1 else ''}")
    spot = spot_of("sites", shown, shown.get("place"), shown.get("active_on"),
                   ", ".join(word for word in words if word))
    return replace(spot, items=items)


def spot_of(
    layer: Layer, shown: Shown, place: Mapping[str, Any], when: str | None, what: str
) -> Spot:
    """A record at a place that has a point."""
    precision = place.get("precision", "")
    earliest, latest = bounds(when) if when else (None, None)
    told = BY_NAME["recovery"].by_name["recovered_on"].show(when) if when else ""
    return Spot(
        layer, shown.id, shown.label, record_path(shown.id), place["latitude"],
        place["longitude"], what, told, radius=RADIUS.get(precision),
        coarse=precision == "coarsened", dated=bool(when),
        first=int(earliest[:4]) if earliest else None, last=int(latest[:4]) if latest else None,
    )


def _recoveries(reader: Reader, sites: Mapping[str, Shown]) -> Iterable[Spot]:
    rows = reader.list("recovery", limit=MOST).rows
    counts = reader.times_named([row.id for row in rows], "item", "recovery")
    for row in rows:
        place = row.get("place") or {}
        site = sites.get(row.get("site", ""))
        if place.get("latitude") is None and site is not None:
            place = site.get("place")
        if place.get("latitude") is None or place.get("longitude") is None:
            continue
        manner = BY_NAME["recovery"].by_name["manner"].show(row.get("manner"))
        n = counts.get(row.id, 0)
        what = f"{manner}, {n:,} item{'s' if n != 1 else ''}" if n else manner
        yield replace(spot_of("recoveries", row, place, row.get("recovered_on"), what), items=n)


def _transfers(reader: Reader) -> Iterable[Spot]:
    done: set[str] = set()
    for name, other in (("from_place", "to_place"), ("to_place", "from_place")):
        for row in reader.placed("transfer", name, MOST)[1]:
            spot = spot_of("transfers", row, row.get(name), row.get("happened_on"),
                           "from here" if name == "from_place" else "to here")
            far = row.get(other) or {}
            if row.id not in done and far.get("latitude") is not None:
                spot = replace(spot, line=(far["latitude"], far.get("longitude", 0.0)))
            done.add(row.id)
            yield spot


def _countries(reader: Reader) -> Iterable[Spot]:
    centres = country_centres()
    names = vocabulary("countries")
    for code, n in reader.count("item", "country")[1]:
        if code in centres:
            latitude, longitude = centres[code]
            yield Spot("countries", str(code), names.label(str(code)), f"/items?country={code}",
                       latitude, longitude, f"{n:,} item{'s' if n != 1 else ''} made there",
                       items=n)


def _without(
    reader: Reader, sites: Mapping[str, Shown]
) -> tuple[tuple[str, int, str], ...]:
    """Kinds of which some have no point: what, how many, and where they are listed."""
    totals = reader.totals()
    missing = totals["site"] - len(sites)
    return ((f"site{'s' if missing != 1 else ''} without a point", missing, "/sites"),) if (
        missing > 0) else ()
