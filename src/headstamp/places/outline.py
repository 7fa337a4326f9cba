"""Country outlines from TopoJSON, ready to be drawn on any map without lines across it.

The packaged file is world-atlas (Natural Earth 4.1, public domain). Its format
is TopoJSON: borders are cut into arcs, each stored once, as whole-number steps
on a grid; a ring names its arcs, ``~i`` (negative) meaning arc ``i`` backwards.
Source: TopoJSON Format Specification 1.0.

In that file rings run across the date line without a cut (Russia, Fiji) and
around the pole (Antarctica). Drawn as they are, they leave lines across the
whole map. So a ring is first made continuous (its longitudes may leave
-180..180), closed over the pole where it goes round it, and then cut where the
map at hand has its edge.

Borders are what Natural Earth draws; they imply no opinion.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headstamp.errors import Problem, Unreadable

Position = tuple[float, float]
"""Longitude and latitude in degrees, in this order, as in GeoJSON."""

Ring = tuple[Position, ...]
"""A closed line; the first position is not repeated at the end. Longitudes are continuous."""

Polygon = tuple[Ring, ...]
"""An outer ring and its holes (drawn even-odd)."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One country: its ISO 3166-1 numeric code (may be empty), its name in English, its polygons."""

    code: str
    name: str
    polygons: tuple[Polygon, ...]


def outlines(topology: Mapping[str, Any], layer: str = "countries") -> tuple[Outline, ...]:
    """All outlines of a layer of a parsed TopoJSON file, in the file's order.

    Raises :class:`~headstamp.errors.Unreadable` when it is not such a file.
    """
    try:
        if topology["type"] != "Topology":
            raise _unreadable(f"its type is {topology['type']!r}, not 'Topology'")
        arcs = _arcs(topology)
        return tuple(
            Outline(
                str(shape.get("id", "")),
                str(shape.get("properties", {}).get("name", "")),
                tuple(_polygons(shape, arcs)),
            )
            for shape in topology["objects"][layer]["geometries"]
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as wrong:
        raise _unreadable(f"{type(wrong).__name__}: {wrong}") from wrong


def cut(polygon: Polygon, west: float) -> Polygon:
    """The polygon's rings within the map from ``west`` to ``west + 360``, cut at its edge.

    >>> square = ((170.0, 0.0), (190.0, 0.0), (190.0, 10.0), (170.0, 10.0))
    >>> [sorted({lon for lon, _ in ring}) for ring in cut((square,), -180.0)]
    [[170.0, 180.0], [-180.0, -170.0]]
    >>> len(cut((square,), 0.0))
    1
    """
    found: list[Ring] = []
    for ring in polygon:
        lons = [lon for lon, _ in ring]
        first = math.floor((min(lons) - west) / 360.0)
        last = math.floor((max(lons) - west) / 360.0)
        for turn in range(first, last + 1):
            edge = west + 360.0 * turn
            piece = clip(clip(ring, 0, edge, above=True), 0, edge + 360.0, above=False)
            if len(piece) >= 3:
                found.append(tuple((lon - 360.0 * turn, lat) for lon, lat in piece))
    return tuple(found)


def within(polygon: Polygon, west: float, south: float, east: float, north: float) -> Polygon:
    """The part of the polygon inside a box; ``east`` may be beyond 180, rings are cut at the box.

    >>> square = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    >>> within((square,), 5.0, 5.0, 20.0, 20.0)
    (((5.0, 5.0), (10.0, 5.0), (10.0, 10.0), (5.0, 10.0)),)
    """
    found: list[Ring] = []
    for ring in cut(polygon, west):
        piece = clip(ring, 0, east, above=False)
        piece = clip(clip(piece, 1, south, above=True), 1, north, above=False)
        if len(piece) >= 3:
            found.append(piece)
    return tuple(found)


def clip(ring: Ring, axis: int, limit: float, *, above: bool) -> Ring:
    """The part of a ring on one side of a line (Sutherland and Hodgman, 1974).

    ``axis`` 0 is longitude, 1 latitude. Parts that fall asunder stay joined
    along the line, which is right for filling and hidden by the map's frame.
    """
    keep: Callable[[Position], bool] = (
        (lambda at: at[axis] >= limit) if above else (lambda at: at[axis] <= limit)
    )
    if all(map(keep, ring)):
        return ring
    kept: list[Position] = []
    for before, at in zip((ring[-1], *ring[:-1]), ring, strict=True):
        if keep(at) != keep(before):
            share = (limit - before[axis]) / (at[axis] - before[axis])
            other = before[1 - axis] + share * (at[1 - axis] - before[1 - axis])
            kept.append((limit, other) if axis == 0 else (other, limit))
        if keep(at):
            kept.append(at)
    return tuple(kept)


def area(ring: Sequence[tuple[float, float]]) -> float:
    """The signed area of a ring in its own square units (shoelace formula).

    >>> area([(0, 0), (4, 0), (4, 2), (0, 2)])
    8.0
    """
    return (
        sum(
            x1 * y2 - x2 * y1
            for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], *ring[:1]), strict=True)
        )
        / 2
    )


def _arcs(topology: Mapping[str, Any]) -> list[tuple[Position, ...]]:
    """Every arc in degrees: running sums of the steps, then the grid's scale and origin."""
    transform = topology.get("transform")
    if transform is None:
        return [tuple((float(x), float(y)) for x, y, *_ in arc) for arc in topology["arcs"]]
    (scale_x, scale_y), (from_x, from_y) = transform["scale"], transform["translate"]
    decoded: list[tuple[Position, ...]] = []
    for arc in topology["arcs"]:
        x = y = 0
        line: list[Position] = []
        for step_x, step_y, *_ in arc:
            x, y = x + step_x, y + step_y
            line.append((x * scale_x + from_x, y * scale_y + from_y))
        decoded.append(tuple(line))
    return decoded


def _polygons(shape: Mapping[str, Any], arcs: Sequence[Sequence[Position]]) -> Iterator[Polygon]:
    kind = shape.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        return  # A country without an outline in this layer, or a line or point: nothing to fill.
    for rings in [shape["arcs"]] if kind == "Polygon" else shape["arcs"]:
        joined = [_continuous(_joined(ring, arcs)) for ring in rings]
        polygon = tuple(ring for ring in joined if len(ring) >= 3)
        if polygon:
            yield polygon


def _joined(ring: Sequence[int], arcs: Sequence[Sequence[Position]]) -> list[Position]:
    """The ring's arcs end to end; each begins where the one before ended, said once."""
    line: list[Position] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        line.extend(arc if not line else arc[1:])
    return line


def _continuous(line: Sequence[Position]) -> Ring:
    """The ring with no jump of a whole turn; one that goes round a pole is closed over it."""
    if len(line) < 2:
        return ()
    found = [line[0]]
    turned = 0.0
    for (lon_before, _), (lon, lat) in itertools.pairwise(line):
        if lon - lon_before > 180.0:
            turned -= 360.0
        elif lon - lon_before < -180.0:
            turned += 360.0
        found.append((lon + turned, lat))
    if abs(found[-1][0] - found[0][0]) < 180.0:
        return tuple(found[:-1])
    pole = math.copysign(90.0, sum(lat for _, lat in found))
    return (*found, (found[-1][0], pole), (found[0][0], pole))


def _unreadable(detail: str) -> Unreadable:
    return Unreadable(
        "The country outlines cannot be read.",
        [Problem("a TopoJSON file with a layer of countries is needed", detail)],
    )
