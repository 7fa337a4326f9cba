"""Where a signature was met, on a map: its sightings, the hull of the earlier ones, where else people looked.

Places where finds were documented without it are drawn too, as small crosses: what is empty because nobody
looked is another thing than what is empty because nothing was there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from headstamp.places import svg
from headstamp.places.drawing import DISCLAIMER, Spot, map_svg
from headstamp.places.projection import View
from headstamp.publish.geography import topology
from headstamp.publish.picture import Picture
from headstamp.publish.wording import plural

_MOST: Final = 2_000
_RING: Final = 13.0
"""How far from its middle the newest is ringed."""
_HEADS: Final = ("find", "label", "first possible day", "last possible day", "country", "area", "latitude", "longitude")

Position = tuple[float, float]


def spread_map(
    title: str, sightings: Sequence[Mapping[str, Any]], *, labels: Mapping[str, str], looked: Sequence[Position] = (),
    hull: Sequence[Position] = (), newest: str = "", width: float = 960, height: float = 520,
) -> Picture:
    """The picture of the sightings (dictionaries as ``Sighting.as_dict`` gives them), with its table.

    ``looked`` are the positions of finds without it, ``hull`` the ring around the earlier sightings, ``newest``
    the item that is marked.
    """
    placed = [one for one in sightings if one["latitude"] is not None and one["longitude"] is not None]
    at: dict[Position, list[str]] = defaultdict(list)
    for one in placed:
        at[one["latitude"], one["longitude"]].append(one["item"])
    spots = [Spot(*place, len(items), _name(items, labels, newest), _RING + 2 if newest in items else 0.0)
             for place, items in list(at.items())[:_MOST]]
    base = topology("countries-50m.json") or topology("countries-110m.json")
    mark = next(((one["latitude"], one["longitude"]) for one in placed if one["item"] == newest), None)
    drawing = ""
    if base is not None and spots:
        others = list(Counter(looked))[:_MOST]
        drawing = map_svg(base, spots, width=width, height=height, title=title, unit="sightings",
                          over=lambda view: _over(view, others, hull, mark))
    said = [f"{plural(len(placed), 'sighting')} at {plural(len(at), 'place')}; the area of a circle is as their number."]
    if mark is not None:
        said.append("The ring marks the newest.")
    if hull:
        said.append("The broken line goes round the earlier sightings.")
    if looked:
        said.append(f"Crosses: {plural(len(set(looked)), 'place')} where finds were documented without it.")
    if len(placed) < len(sightings):
        said.append(f"{plural(len(sightings) - len(placed), 'without a position is', 'without a position are')} not drawn.")
    if base is None:
        said.append("The map cannot be drawn: this installation lacks its base map.")
    return Picture(
        "map", title, drawing, (*said, DISCLAIMER), _HEADS,
        tuple((one["item"], labels.get(one["item"], ""), one["first"] or "", one["last"] or "", one["country"], one["area"],
               one["latitude"], one["longitude"]) for one in sightings),
        {"sightings": [dict(one) for one in sightings], "hull": [list(one) for one in hull],
         "looked": [list(one) for one in dict.fromkeys(looked)], "disclaimer": DISCLAIMER})


def _name(items: Sequence[str], labels: Mapping[str, str], newest: str) -> str:
    one = newest if newest in items else items[0]
    return labels.get(one, one) + (f" and {len(items) - 1} more" if len(items) > 1 else "")


def _over(
    view: View, looked: Sequence[Position], hull: Sequence[Position], mark: Position | None
) -> Iterator[str]:
    def at(place: Position) -> tuple[float, float]:
        return view.xy(view.lon_here(place[1]), place[0])

    crosses = "".join(
        f"M{svg.number(x - 3)} {svg.number(y - 3)}l6 6m-6 0l6 -6" for place in looked if view.holds(*place)
        for x, y in [at(place)])
    if crosses:
        yield f'<path class="map-looked" d="{crosses}" fill="none" stroke="#5a646c" stroke-width="1.2"/>'
    if hull:
        ring = " ".join(f"{svg.number(x)},{svg.number(y)}" for x, y in map(at, hull))
        yield (f'<polygon class="map-hull" points="{ring}" fill="#1b5a70" fill-opacity="0.08" stroke="#1b5a70" '
               'stroke-width="1.2" stroke-dasharray="5 4"/>')
    if mark is not None and view.holds(*mark):
        x, y = at(mark)
        yield (f'<circle class="map-newest" cx="{svg.number(x)}" cy="{svg.number(y)}" r="{svg.number(_RING)}" fill="none" '
               'stroke="#b3500f" stroke-width="2.2"/>')
