"""Outlines: decoded, continuous over the date line and the poles, cut without stray lines."""

from __future__ import annotations

import doctest
import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Unreadable
from headstamp.places import outline as module
from headstamp.places.outline import Ring, area, clip, cut, outlines, within
from tests.shared import shared

SQUARE = {
    "type": "Topology",
    "transform": {"scale": [1, 2], "translate": [10, 20]},
    "arcs": [[[0, 0], [4, 0], [0, 3]], [[4, 3], [-4, 0], [0, -3]]],
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "id": "004", "properties": {"name": "A"}},
                {"type": "MultiPolygon", "arcs": [[[~1, ~0]]]},
                {"type": None, "properties": {"name": "None"}},
            ],
        }
    },
}


@pytest.fixture(scope="module")
def atlas() -> dict[str, Any]:
    path = shared("data/reference/world_atlas/countries-110m.json.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def test_doctests() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_arcs_are_summed_scaled_turned_and_joined() -> None:
    one, other, empty = outlines(SQUARE)
    corners = ((10, 20), (14, 20), (14, 26), (10, 26))
    assert (one.code, one.name) == ("004", "A")
    assert one.polygons == ((corners,),)
    assert set(other.polygons[0][0]) == set(corners)
    assert area(other.polygons[0][0]) == -area(one.polygons[0][0])
    assert empty.polygons == ()


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"type": "FeatureCollection"},
        {"type": "Topology", "arcs": [], "objects": {}},
        {**SQUARE, "arcs": []},
        {**SQUARE, "transform": {"scale": 1}},
        {**SQUARE, "arcs": "no"},
    ],
)
def test_another_file_is_refused_with_reason(broken: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as caught:
        outlines(broken)
    assert caught.value.problems[0].advice


def _steps(ring: Ring) -> float:
    return max(abs(a[0] - b[0]) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))


@pytest.mark.parametrize("west", [-180.0, -169.0, 0.0, 11.5])
def test_the_atlas_has_no_lines_across_the_map(atlas: dict[str, Any], west: float) -> None:
    countries = outlines(atlas)
    assert len(countries) == 177
    for country in countries:
        rings = [ring for polygon in country.polygons for ring in cut(polygon, west)]
        assert rings
        for ring in rings:
            assert all(west - 1e-9 <= lon <= west + 360 + 1e-9 for lon, _ in ring)
            if country.name != "Antarctica":  # it does go round the whole earth
                assert _steps(ring) < 40, country.name


def test_cutting_keeps_the_area(atlas: dict[str, Any]) -> None:
    for country in outlines(atlas):
        for polygon in country.polygons:
            whole = abs(sum(area(ring) for ring in polygon))
            pieces = sum(area(ring) for ring in cut(polygon, -100.0))
            assert abs(pieces) == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_antarctica_is_closed_over_the_pole(atlas: dict[str, Any]) -> None:
    south = next(c for c in outlines(atlas) if c.name == "Antarctica")
    rings = [ring for polygon in south.polygons for ring in cut(polygon, -180.0)]
    assert min(lat for ring in rings for _, lat in ring) == -90


RINGS = st.lists(
    st.tuples(st.integers(-500, 500).map(float), st.integers(-90, 90).map(float)),
    min_size=3,
    max_size=8,
    unique=True,
).map(tuple)


@settings(max_examples=200, deadline=None)
@given(RINGS, st.sampled_from([0, 1]), st.integers(-80, 80))
def test_two_sides_make_the_whole(ring: Ring, axis: int, limit: int) -> None:
    above = clip(ring, axis, limit, above=True)
    below = clip(ring, axis, limit, above=False)
    assert area(above) + area(below) == pytest.approx(area(ring), abs=1e-3)


@settings(max_examples=200, deadline=None)
@given(RINGS)
def test_what_is_within_a_box_is(ring: Ring) -> None:
    for piece in within((ring,), -50.0, -30.0, 70.0, 40.0):
        assert all(-50 <= lon <= 70 and -30 <= lat <= 40 for lon, lat in piece)
