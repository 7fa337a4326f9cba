"""The report's map: country outlines, a circle for each place, a legend, one SVG.

Circles are sized so that their *areas* are as their counts, which is how
circles are read. The largest lie undermost. Places that are told coarsened are
drawn where they are told: the caller hands over only what may be shown.

The same values give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headstamp.places import svg
from headstamp.places.box import Box, box_of
from headstamp.places.outline import Outline, area, outlines, within
from headstamp.places.point import KM_PER_DEGREE, point
from headstamp.places.projection import View, region, world

DISCLAIMER = "Borders after Natural Earth 4.1; they imply no opinion."
_TITLE_HIGH, _FOOT_HIGH, _SIDE = 30.0, 40.0, 8.0
_MOST_LABELS = 12
_MOST_DRAWN = 16  # The lands of so many views are kept: the world is drawn on many pages.
_SMALLEST_RADIUS, _LARGEST_RADIUS = 2.5, 17.0  # The foot holds the largest, for the legend.
_LABEL_SIZE, _COUNTRY_SIZE, _FOOT_SIZE = 11.0, 10.0, 10.0

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to be drawn: where, how many, what to call it; ``room`` around it is kept free of names."""

    lat: float
    lon: float
    count: float
    label: str
    room: float = 0.0


def map_svg(
    topology: Mapping[str, Any],
    points: Sequence[Spot],
    *,
    width: float = 720,
    height: float = 440,
    title: str,
    bounds: Box | None = None,
    unit: str = "items",
    over: Callable[[View], Iterable[str]] | None = None,
) -> str:
    """A map of the spots as one SVG element.

    ``topology`` is a parsed world-atlas file (``countries-110m.json`` for the
    world, ``countries-50m.json`` looks better for a region). Without ``bounds``
    the map is fitted to the spots with room around, or shows the world where
    there are none or they lie all over it. ``unit`` names what is counted. ``over`` draws what
    lies over the land and circles, such as lines between them, in the view that it is given.

    Raises :class:`~headstamp.errors.Invalid` for a spot off the earth and
    :class:`~headstamp.errors.Unreadable` for another kind of file.
    """
    for spot in points:
        point(spot.lat, spot.lon)
    frame = (_SIDE, _TITLE_HIGH, width - 2 * _SIDE, height - _TITLE_HIGH - _FOOT_HIGH)
    view = _view(points, bounds, frame)
    shown = sorted(
        (spot for spot in points if view.holds(spot.lat, spot.lon)),
        key=lambda spot: (-spot.count, spot.label, spot.lat, spot.lon),
    )
    largest = max((spot.count for spot in shown), default=1.0) or 1.0
    most = _largest_radius(shown, width)
    circles = [
        (spot, *view.xy(view.lon_here(spot.lon), spot.lat), _radius(spot.count, largest, most))
        for spot in shown
    ]
    kept = [(spot, x, y, max(r, spot.room)) for spot, x, y, r in circles]
    taken: list[Rect] = [(x - r, y - r, x + r, y + r) for _, x, y, r in kept]
    labels = "".join(_spot_labels(kept, taken, view))
    land, names = _land(_base(topology), view, taken)
    described = _description(shown, len(points) - len(shown), unit)
    return "".join(
        (
            svg.opening("headstamp-map", width, height, title, described),
            _heading(title, width),
            _sea(view),
            land,
            _frame(view),
            names,
            *(_circle(*circle, unit) for circle in circles),
            *(over(view) if over is not None else ()),
            labels,
            _scale_bar(view),
            _foot(width, height, largest, most, unit, bool(shown)),
            "</svg>",
        )
    )


def _view(
    points: Sequence[Spot], bounds: Box | None, frame: tuple[float, float, float, float]
) -> View:
    if bounds is not None:
        return region(bounds, *frame, least_degrees=0.05)
    box = box_of((spot.lat, spot.lon) for spot in points)
    if box is None:
        return world(*frame)
    reach = max(box.north - box.south, box.width * math.cos(math.radians(box.centre.lat)), 1.0)
    return region(box.padded(0.18 * reach * KM_PER_DEGREE), *frame)


def _largest_radius(shown: Sequence[Spot], width: float) -> float:
    """Fewer places, larger circles; all alike where the counts are all alike."""
    if len({spot.count for spot in shown}) <= 1:
        return 4.5
    return min(_LARGEST_RADIUS, width / 40) if len(shown) <= 60 else min(12.0, width / 60)


def _radius(count: float, largest: float, most: float) -> float:
    return max(_SMALLEST_RADIUS, most * math.sqrt(max(count, 0.0) / largest))


def _heading(title: str, width: float) -> str:
    said = svg.shortened(title, width - 2 * _SIDE, 14)
    return (
        f'<text class="map-title" x="{svg.number(_SIDE)}" y="19" font-size="14" '
        f'font-weight="600">{svg.isolated(said)}</text>'
    )


def _sea(view: View) -> str:
    if not view.is_world:
        box = (
            f'x="{svg.number(view.left)}" y="{svg.number(view.top)}" '
            f'width="{svg.number(view.width)}" height="{svg.number(view.height)}"'
        )
        return f'<rect class="map-sea" {box} fill="#dfe9f0"/>'
    return f'<path class="map-sea" d="{_globe(view)}" fill="#dfe9f0"/>'


def _globe(view: View) -> str:
    lats = [view.south + (view.north - view.south) * i / 40 for i in range(41)]
    edge = [view.xy(view.east, lat) for lat in lats]
    edge += [view.xy(view.west, lat) for lat in reversed(lats)]
    return svg.rings_path([edge])


def _frame(view: View) -> str:
    """The frame over the land, hiding where outlines were cut at it."""
    line = 'fill="none" stroke="#9fb0bd" stroke-width="1"'
    if view.is_world:
        return f'<path class="map-frame" d="{_globe(view)}" {line}/>'
    return (
        f'<rect class="map-frame" x="{svg.number(view.left)}" y="{svg.number(view.top)}" '
        f'width="{svg.number(view.width)}" height="{svg.number(view.height)}" {line}/>'
    )


@dataclass(frozen=True)
class _Base:
    """A base map's outlines, read once, and the lands of the views in which they were drawn last."""

    topology: Mapping[str, Any]
    countries: tuple[Outline, ...]
    drawn: dict[View, tuple[str, tuple[tuple[float, str, float, float], ...]]] = field(
        default_factory=dict)


_BASES: list[_Base] = []


def _base(topology: Mapping[str, Any]) -> _Base:
    """The outlines of a base map; those of the two used last are kept."""
    for held in tuple(_BASES):
        if held.topology is topology:
            return held
    made = _Base(topology, outlines(topology))
    _BASES.append(made)
    del _BASES[:-2]
    return made


def _drawn(base: _Base, view: View) -> tuple[str, tuple[tuple[float, str, float, float], ...]]:
    """The paths of the lands in view, and (in a region) where there is room for a name."""
    held = base.drawn.get(view)
    if held is not None:
        return held
    paths: list[str] = []
    rooms: list[tuple[float, str, float, float]] = []
    for country in base.countries:
        rings: list[list[tuple[float, float]]] = []
        for polygon in country.polygons:
            inside = within(polygon, view.west, view.south, view.east, view.north)
            rings.extend([view.xy(lon, lat) for lon, lat in ring] for ring in inside)
        path = svg.rings_path(rings)
        if not path:
            continue
        paths.append(f'<path d="{path}"/>')
        if not view.is_world:
            largest = max(rings, key=lambda ring: abs(area(ring)))
            rooms.extend(_room_for(country.name, largest))
    found = "".join(paths), tuple(rooms)
    if len(base.drawn) >= _MOST_DRAWN:
        base.drawn.clear()
    base.drawn[view] = found
    return found


def _land(base: _Base, view: View, taken: list[Rect]) -> tuple[str, str]:
    """The lands in view, and (in a region) the names of those with room for one."""
    paths, rooms = _drawn(base, view)
    land = (
        '<g class="map-land" fill="#f3efe6" stroke="#b9b2a3" stroke-width="0.7" '
        f'stroke-linejoin="round" fill-rule="evenodd">{paths}</g>'
    )
    names: list[str] = []
    for _, name, x, y in sorted(rooms, reverse=True):
        half = svg.text_width(name, _COUNTRY_SIZE) / 2
        rect = (x - half, y - _COUNTRY_SIZE, x + half, y + 3)
        if any(_overlap(rect, other) for other in taken):
            continue
        taken.append(rect)
        names.append(f'<text x="{svg.number(x)}" y="{svg.number(y)}">{svg.isolated(name)}</text>')
    if not names:
        return land, ""
    return land, (
        f'<g class="map-names" font-size="{svg.number(_COUNTRY_SIZE)}" fill="#6d675b" '
        f'text-anchor="middle" letter-spacing="0.3">{"".join(names)}</g>'
    )


def _room_for(
    name: str, ring: Sequence[tuple[float, float]]
) -> list[tuple[float, str, float, float]]:
    """Where the name fits inside the ring: on the widest of some lines across it, or nowhere."""
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    wanted = svg.text_width(name, _COUNTRY_SIZE) + 8
    best: tuple[float, float, float] | None = None
    for step in range(1, 10):
        y = top + (bottom - top) * step / 10
        if y - top < _COUNTRY_SIZE or bottom - y < _COUNTRY_SIZE / 2:
            continue
        crossings = sorted(
            x1 + (y - y1) / (y2 - y1) * (x2 - x1)
            for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True)
            if (y1 > y) != (y2 > y)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            # Near the middle is better than a little wider at the rim.
            worth = (right - left) * (1 - abs(step - 5) / 12)
            if right - left >= wanted and (best is None or worth > best[0]):
                best = (worth, (left + right) / 2, y)
    if best is None:
        return []
    return [(abs(area(ring)), name, best[1], best[2] + 3)]


def _circle(spot: Spot, x: float, y: float, radius: float, unit: str) -> str:
    told = f"{svg.isolated(spot.label)}: {svg.count(spot.count)} {svg.text(unit)}"
    return (
        f'<g class="map-spot"><title>{told}</title><circle cx="{svg.number(x)}" '
        f'cy="{svg.number(y)}" r="{svg.number(radius)}" fill="#b3402a" fill-opacity="0.6" '
        'stroke="#7a2413" stroke-width="1"/></g>'
    )


def _spot_labels(
    circles: Sequence[tuple[Spot, float, float, float]], taken: list[Rect], view: View
) -> Iterable[str]:
    """Names for the largest spots, each where it covers nothing; the rest have tooltips only."""
    written = 0
    for at, (spot, x, y, radius) in enumerate(circles):
        if written == _MOST_LABELS:
            return
        said = svg.shortened(spot.label, 150, _LABEL_SIZE)
        if not said.strip():
            continue
        wide = svg.text_width(said, _LABEL_SIZE)
        others = taken[:at] + taken[at + 1 :]
        for left, base in (
            (x + radius + 4, y + 4),
            (x - radius - 4 - wide, y + 4),
            (x - wide / 2, y - radius - 5),
            (x - wide / 2, y + radius + 13),
        ):
            rect = (left - 2, base - _LABEL_SIZE, left + wide + 2, base + 4)
            if not _inside(rect, view) or any(_overlap(rect, other) for other in others):
                continue
            taken.append(rect)
            written += 1
            yield (
                f'<g class="map-label"><rect x="{svg.number(rect[0])}" y="{svg.number(rect[1])}" '
                f'width="{svg.number(wide + 4)}" height="15" rx="2" fill="#ffffff" '
                f'fill-opacity="0.6"/><text x="{svg.number(left + wide / 2)}" '
                f'y="{svg.number(base)}" font-size="{svg.number(_LABEL_SIZE)}" fill="#1d1b18" '
                f'text-anchor="middle">{svg.isolated(said)}</text></g>'
            )
            break


def _inside(rect: Rect, view: View) -> bool:
    return (
        rect[0] >= view.left
        and rect[1] >= view.top
        and rect[2] <= view.left + view.width
        and rect[3] <= view.top + view.height
    )


def _overlap(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scale_bar(view: View) -> str:
    """A round number of kilometres, in a region only: a world map has no one scale."""
    if view.is_world:
        return ""
    km = svg.nice_step(view.km_per_unit * view.width * 0.18, steps=1)
    km = km if km / view.km_per_unit <= view.width * 0.3 else km / 2
    long = km / view.km_per_unit
    right, y = view.left + view.width - 10, view.top + view.height - 10
    line = f"M{svg.number(right - long)},{svg.number(y - 4)}v4h{svg.number(long)}v-4"
    return (
        f'<g class="map-scale"><path d="{line}" fill="none" stroke="#3d3a34" stroke-width="1.2"/>'
        f'<text x="{svg.number(right - long / 2)}" y="{svg.number(y - 5)}" font-size="10" '
        f'fill="#3d3a34" text-anchor="middle">{svg.count(km)} km</text></g>'
    )


def _foot(
    width: float, height: float, largest: float, most: float, unit: str, with_legend: bool
) -> str:
    middle = height - _FOOT_HIGH / 2 + 2
    parts = [
        f'<text class="map-note" x="{svg.number(width - _SIDE)}" y="{svg.number(middle + 3)}" '
        f'font-size="9" fill-opacity="0.75" text-anchor="end">{DISCLAIMER}</text>'
    ]
    if with_legend:
        lead = f"{unit}:"
        parts.append(
            f'<g class="map-legend" font-size="{svg.number(_FOOT_SIZE)}">'
            f'<text x="{svg.number(_SIDE)}" y="{svg.number(middle + 3.5)}">{svg.text(lead)}</text>'
        )
        x = _SIDE + svg.text_width(lead, _FOOT_SIZE) + 8
        for value in _legend_steps(largest):
            radius, said = _radius(value, largest, most), svg.count(value)
            parts.append(
                f'<circle cx="{svg.number(x + radius)}" cy="{svg.number(middle)}" '
                f'r="{svg.number(radius)}" fill="#b3402a" fill-opacity="0.6" stroke="#7a2413" '
                f'stroke-width="1"/><text x="{svg.number(x + 2 * radius + 4)}" '
                f'y="{svg.number(middle + 3.5)}">{said}</text>'
            )
            x += 2 * radius + 4 + svg.text_width(said, _FOOT_SIZE) + 10
        parts.append("</g>")
    return "".join(parts)


def _legend_steps(largest: float) -> tuple[float, ...]:
    """Up to three round values, the smallest first."""
    if largest <= 1:
        return (largest,)
    step = svg.nice_step(largest, steps=3)
    values = {1.0 if largest < 50 else svg.nice_step(largest, steps=25), step, step * 2}
    return tuple(sorted(value for value in values if value <= largest))


def _description(shown: Sequence[Spot], outside: int, unit: str) -> str:
    """What a reader who cannot see the map should know of it."""
    if not shown:
        told = "A map without places."
    else:
        total = sum(spot.count for spot in shown)
        told = (
            f"A map of {len(shown)} place{'s' if len(shown) > 1 else ''} with {svg.count(total)} "
        )
        told += f"{unit}. Most at: "
        told += "; ".join(
            f"{spot.label or 'unnamed'}, {svg.count(spot.count)}" for spot in shown[:5]
        )
        told += "."
    if outside:
        told += f" {outside} place{'s' if outside > 1 else ''} outside this map."
    return f"{told} {DISCLAIMER}"
