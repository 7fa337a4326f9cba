"""The chain of one item on a map: an arc for each way from place to place, with its steps.

Places stand as exact as this reader may see them; where only a country is known, its middle
stands for it, and that is said. An arc joins two ends and is not the way the goods took.
Steps between the same two places share one arc, whose mark bears their numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headstamp.kinds.counted import plural
from headstamp.places import svg
from headstamp.places.drawing import DISCLAIMER, Spot, map_svg
from headstamp.places.projection import View
from headstamp.publish.geography import topology
from headstamp.publish.lettered import isolated, plain
from headstamp.publish.picture import Picture
from headstamp.publish.status_marks import look, mark
from headstamp.vocab import vocabulary

_MOST_ARCS = 150
_MARKED = 40
_DASHES = {"exactly": "", "probably": "7 4", "perhaps": "2 4"}
_RANK = ("unauthorised", "contested", "unknown", "authorised")
HOW = {
    "place": "a point as recorded", "coarse": "told coarsely, within a cell of 10 km",
    "country": "only the country is known: its middle",
    "party": "the country of the party: its middle",
}


@dataclass(frozen=True, slots=True)
class End:
    """One end of a leg: where, what to call it, and how it is known (a key of ``HOW``)."""

    latitude: float
    longitude: float
    label: str
    how: str

    def as_dict(self) -> dict[str, Any]:
        return {"latitude": self.latitude, "longitude": self.longitude, "label": self.label,
                "known_by": self.how}


@dataclass(frozen=True, slots=True)
class Leg:
    """One step as a way between two ends; either may not be known. ``number`` is the step's."""

    number: int
    start: End | None
    end: End | None
    lawful: str
    sure: str
    told: str
    through: tuple[str, ...] = ()


def chain_map(
    title: str, legs: Sequence[Leg], *, more: Sequence[str] = (), width: float = 960,
    height: float = 560,
) -> Picture:
    """The picture of a chain on a map; ``legs`` in the order of the chain."""
    ends: dict[tuple[float, float], list[End]] = defaultdict(list)
    for leg in legs:
        for end in (leg.start, leg.end):
            if end is not None:
                ends[end.latitude, end.longitude].append(end)
    spots = [Spot(lat, lon, len(some), _label(some)) for (lat, lon), some in ends.items()]
    arcs = _arcs(legs)
    base = topology("countries-110m.json")
    if base is None or not spots:
        drawing = ""
    else:
        drawing = map_svg(
            base, spots, width=width, height=height if arcs else min(height, 320), title=plain(title), unit="ends of steps",
            over=lambda view: _drawn(arcs[:_MOST_ARCS], view))
    return Picture(
        "map", title, drawing, (*_caption(legs, ends.values(), arcs, base is not None), *more),
        ("no", "what happened", "from", "known by", "latitude", "longitude", "to", "known by ",
         "latitude ", "longitude ", "through", "lawful status"),
        tuple(_row(leg) for leg in legs),
        {"legs": [_leg(leg) for leg in legs], "disclaimer": DISCLAIMER},
    )


def _label(ends: Sequence[End]) -> str:
    """What to call a place: what most of its ends call it."""
    names = [end.label for end in ends]
    return max(sorted(set(names)), key=names.count)


@dataclass(frozen=True, slots=True)
class _Arc:
    start: End
    end: End
    legs: tuple[Leg, ...]

    @property
    def lawful(self) -> str:
        """The gravest that is said of its steps, so that none hides behind another."""
        found = {leg.lawful for leg in self.legs}
        return next((status for status in _RANK if status in found), "unknown")


def _arcs(legs: Iterable[Leg]) -> list[_Arc]:
    found: dict[tuple[float, float, float, float], list[Leg]] = defaultdict(list)
    for leg in legs:
        if leg.start and leg.end:
            at = (leg.start.latitude, leg.start.longitude, leg.end.latitude, leg.end.longitude)
            if at[:2] != at[2:]:
                found[at].append(leg)
    arcs = [_Arc(some[0].start, some[0].end, tuple(some)) for some in found.values()
            if some[0].start and some[0].end]
    return sorted(arcs, key=lambda arc: (-len(arc.legs), arc.legs[0].number))


def _numbers(arc: _Arc) -> str:
    numbers = [leg.number for leg in arc.legs]
    return ", ".join(map(str, numbers)) if len(numbers) <= 3 else f"{numbers[0]} and {len(numbers) - 1} more"


def _drawn(arcs: Sequence[_Arc], view: View) -> Iterator[str]:
    marks = []
    for arc in arcs:
        (x1, y1), (x2, y2) = (view.xy(view.lon_here(e.longitude), e.latitude) for e in (arc.start, arc.end))
        far = math.hypot(x2 - x1, y2 - y1)
        if far < 2:
            continue
        bend = min(far * 0.22, 70)
        mx, my = (x1 + x2) / 2 + (y2 - y1) / far * bend, (y1 + y2) / 2 - (x2 - x1) / far * bend
        tx, ty = x2 - mx, y2 - my
        long = math.hypot(tx, ty) or 1.0
        ex, ey = x2 - tx / long * 6, y2 - ty / long * 6
        how, n = look(arc.lawful), len(arc.legs)
        sure = "exactly" if any(leg.sure == "exactly" for leg in arc.legs) else arc.legs[0].sure
        broad = min(1.8 + math.log2(n), 6)
        told = "; ".join(f"{leg.number}. {leg.told}" for leg in arc.legs[:6])
        if n > 6:
            told += f"; and {n - 6:,} more"
        dash = f' stroke-dasharray="{_DASHES.get(sure, "")}"' if _DASHES.get(sure) else ""
        wide = 3.5 + broad / 2
        px, py, bx, by = -ty / long, tx / long, ex - tx / long * wide * 1.8, ey - ty / long * wide * 1.8
        yield (f'<g class="map-arc"><title>{isolated(told)}</title>'
               f'<path d="M{svg.number(x1)},{svg.number(y1)}Q{svg.number(mx)},{svg.number(my)},'
               f'{svg.number(ex)},{svg.number(ey)}" fill="none" stroke="{how.colour}" '
               f'stroke-width="{svg.number(broad)}" stroke-opacity="0.85"{dash}/>'
               f'<path d="M{svg.number(ex)},{svg.number(ey)}L{svg.number(bx + px * wide)},'
               f'{svg.number(by + py * wide)},{svg.number(bx - px * wide)},{svg.number(by - py * wide)}z" '
               f'fill="{how.colour}"/></g>')
        marks.append((arc, (x1 + 2 * mx + x2) / 4, (y1 + 2 * my + y2) / 4))
    for arc, x, y in marks[:_MARKED]:
        said = _numbers(arc)
        # Its number stands in the mark, or beside it where it is too long.
        yield mark(arc.lawful, x, y, 8, said if len(said) <= 2 else "")
        if len(said) > 2:
            yield (f'<text class="map-numbers" x="{svg.number(x + 12)}" y="{svg.number(y + 3.5)}" '
                   'font-size="10" fill="#1d1b18" stroke="#ffffff" stroke-width="3" '
                   f'stroke-linejoin="round" paint-order="stroke">{svg.text(said)}</text>')


def _caption(
    legs: Sequence[Leg], ends: Iterable[Sequence[End]], arcs: Sequence[_Arc], base: bool
) -> Iterator[str]:
    if not base:
        yield ("The map cannot be drawn: this installation lacks its base map (built by "
               "`make setup`). The table says the same.")
    every = list(ends)
    if not every:
        yield "No place and no country is known of any step."
        return
    yield ("An arc joins two ends; it is not the way that the goods took. The numbers are those of "
           "the steps.")
    for how, words in (("coarse", "told to the middle of a cell of 10 km"),
                       ("country", "drawn in the middle of the country, for no place in it is known"),
                       ("party", "drawn in the middle of the party's country, for no place is recorded")):
        n = sum(1 for some in every if any(end.how == how for end in some))
        if n:
            yield f"{n:,} place{'s are' if n != 1 else ' is'} {words}."
    without = sum(1 for leg in legs if leg.start is None or leg.end is None)
    if without:
        yield f"Of {without:,} of {plural(len(legs), 'step')} one end or both have no known place."
    if len(arcs) > _MOST_ARCS:
        yield f"The {_MOST_ARCS} most used ways are drawn, {len(arcs) - _MOST_ARCS:,} not."
    yield DISCLAIMER


def _row(leg: Leg) -> tuple[str | int | float, ...]:
    cells: list[str | int | float] = [leg.number, leg.told]
    for end in (leg.start, leg.end):
        cells += [end.label, HOW[end.how], end.latitude, end.longitude] if end else ["not known", "", "", ""]
    return (*cells, ", ".join(leg.through), vocabulary("lawful_status").label(leg.lawful))


def _leg(leg: Leg) -> Mapping[str, Any]:
    return {"step": leg.number, "what": leg.told, "lawful": leg.lawful, "sure": leg.sure,
            "through": list(leg.through), "from": leg.start.as_dict() if leg.start else None,
            "to": leg.end.as_dict() if leg.end else None}
