"""The map: stable bytes, well formed, honest about what it shows."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from headstamp.errors import Invalid, Unreadable
from headstamp.places.box import Box
from headstamp.places.drawing import DISCLAIMER, Spot, map_svg
from tests.shared import shared

IRAQ = [
    Spot(36.34, 43.13, 400, "Mosul"),
    Spot(35.47, 44.39, 100, "Kirkuk"),
    Spot(36.89, 38.36, 25, "عين العرب"),
]
NS = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def atlas() -> dict[str, Any]:
    path = shared("data/reference/world_atlas/countries-110m.json.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def _tree(made: str) -> ElementTree.Element:
    return ElementTree.fromstring(made.encode("utf-8"))


def test_the_same_values_give_the_same_bytes(atlas: dict[str, Any]) -> None:
    made = map_svg(atlas, IRAQ, title="Finds")
    assert made == map_svg(atlas, IRAQ, title="Finds")
    assert made == map_svg(atlas, IRAQ[::-1], title="Finds")
    assert not re.search(r"\d\.\d\d", re.sub(r'(opacity|width|spacing)="[^"]*"', "", made))


def test_named_for_screen_readers(atlas: dict[str, Any]) -> None:
    tree = _tree(map_svg(atlas, IRAQ, title="Finds <2016> & before", unit="arms"))
    title, desc = tree[0], tree[1]
    assert tree.get("role") == "img" and title.text == "Finds <2016> & before"
    assert tree.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert desc.text is not None
    assert desc.text.startswith("A map of 3 places with 525 arms. Most at: Mosul, 400; Kirkuk")
    assert desc.text.endswith(DISCLAIMER)


def test_areas_are_as_the_counts(atlas: dict[str, Any]) -> None:
    tree = _tree(map_svg(atlas, IRAQ, title="Finds"))
    radii = [
        float(circle.get("r", "0"))
        for group in tree.iter(f"{NS}g")
        if group.get("class") == "map-spot"
        for circle in group.iter(f"{NS}circle")
    ]
    assert radii == sorted(radii, reverse=True)
    assert radii[0] / radii[1] == pytest.approx(2, rel=0.02)
    assert radii[0] / radii[2] == pytest.approx(4, rel=0.03)


def test_all_spots_lie_inside_and_carry_their_label(atlas: dict[str, Any]) -> None:
    tree = _tree(map_svg(atlas, IRAQ, title="Finds", width=720, height=440))
    for circle in tree.iter(f"{NS}circle"):
        assert 0 < float(circle.get("cx", "0")) < 720
        assert 0 < float(circle.get("cy", "0")) < 440
    said = "".join(tree.itertext())
    assert all(spot.label in said for spot in IRAQ) and DISCLAIMER in said


def test_over_the_date_line_and_round_the_world(atlas: dict[str, Any]) -> None:
    fiji = [Spot(-17.7, 178, 5, "Suva"), Spot(-14, -171.7, 9, "Apia")]
    tree = _tree(map_svg(atlas, fiji, title="Pacific"))
    at = {
        group[0].text: float(group[1].get("cx", "0"))
        for group in tree.iter(f"{NS}g")
        if group.get("class") == "map-spot"
    }
    suva, apia = (next(x for said, x in at.items() if name in (said or "")) for name in "SA")
    assert suva < apia
    everywhere = [Spot(50, 30, 1, "a"), Spot(-34, 151, 1, "b"), Spot(39, -77, 1, "c")]
    assert "map-scale" not in map_svg(atlas, everywhere, title="World")
    assert "map-scale" in map_svg(atlas, IRAQ, title="Region")


def test_spots_outside_given_bounds_are_told_not_drawn(atlas: dict[str, Any]) -> None:
    made = map_svg(atlas, [*IRAQ, Spot(0, 0, 9, "far")], title="x", bounds=Box(33, 37, 38, 46))
    assert made.count('class="map-spot"') == 3
    assert "1 place outside this map." in made


@pytest.mark.parametrize(
    "spots",
    [
        [],
        [Spot(36, 43, 0, "none")],
        [Spot(36, 43, 1, "")],
        [Spot(36, 43, 1, "a"), Spot(36, 43, 1, "b")],
        [Spot(90, 0, 1, "pole"), Spot(-90, 0, 1, "pole")],
        [Spot(89.99, 12, 3, "north")],
        [Spot(0, 180, 3, "x"), Spot(0, -180, 2, "\ud800<")],
        [Spot(i / 10, i / 5, i, f"place {i}") for i in range(200)],
    ],
)
def test_edges(atlas: dict[str, Any], spots: list[Spot]) -> None:
    _tree(map_svg(atlas, spots, title=""))


def test_refusals(atlas: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        map_svg(atlas, [Spot(91, 0, 1, "x")], title="x")
    with pytest.raises(Unreadable):
        map_svg({"type": "FeatureCollection"}, IRAQ, title="x")
