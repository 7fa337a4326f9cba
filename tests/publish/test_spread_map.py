"""The map of a signature's sightings: what is drawn, what is said of it, that no name covers the ring of the newest."""

from __future__ import annotations

import re
from typing import Any

from headstamp.publish.spread_map import spread_map


def seen(item: str, at: tuple[float, float] | None) -> dict[str, Any]:
    lat, lon = at or (None, None)
    return {"item": item, "first": "2020-01-01", "last": None, "country": "IQ", "area": "", "latitude": lat, "longitude": lon}


def test_no_name_covers_the_ring_of_the_newest() -> None:
    labels = {"item-a": "the first", "item-b": "the newest"}
    made = spread_map("Where", [seen("item-a", (36.3, 43.1)), seen("item-b", (33.4, 43.3))], labels=labels, newest="item-b")
    ring = re.search(r'class="map-newest" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', made.svg)
    assert ring is not None
    cx, cy, r = (float(part) for part in ring.groups())
    boxes = [tuple(float(part) for part in found) for found in re.findall(
        r'class="map-label"><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', made.svg)]
    assert len(boxes) == 2
    for x, y, wide, high in boxes:
        across, down = max(x - cx, 0.0, cx - x - wide), max(y - cy, 0.0, cy - y - high)
        assert across**2 + down**2 >= r**2


def test_what_has_no_place_is_told_in_the_number_it_has() -> None:
    for more, said in ((1, "1 without a position is not drawn."), (2, "2 without a position are not drawn.")):
        made = spread_map("Where", [seen("item-a", (36.3, 43.1)), *(seen(f"item-{n}", None) for n in range(more))], labels={})
        assert said in made.caption and len(made.rows) == more + 1
