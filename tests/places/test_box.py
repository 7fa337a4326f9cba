"""Boxes, above all those over the date line and at the poles."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.places import box as module
from headstamp.places.box import Box, box_around, box_of
from headstamp.places.point import distance_km

LATS, LONS = st.floats(-90, 90), st.floats(-180, 180)
POINTS = st.lists(st.tuples(LATS, LONS), min_size=1, max_size=8)


def test_doctests() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_no_points_no_box() -> None:
    assert box_of([]) is None


@settings(deadline=None)
@given(POINTS)
def test_a_box_holds_its_points_and_its_parts_agree(points: list[tuple[float, float]]) -> None:
    box = box_of(points)
    assert box is not None and 0 <= box.width <= 360
    for lat, lon in points:
        assert box.holds(lat, lon)
        assert any(part.holds(lat, lon) for part in box.parts())


@settings(deadline=None)
@given(POINTS)
def test_no_box_is_wider_than_without_the_date_line(points: list[tuple[float, float]]) -> None:
    box = box_of(points)
    lons = [lon for _, lon in points]
    assert box is not None and box.width <= max(lons) - min(lons) + 1e-9


@settings(max_examples=300, deadline=None)
@given(LATS, LONS, st.floats(0.001, 800), st.floats(-1, 1), st.floats(-1, 1))
def test_box_around_holds_all_within_the_radius(
    lat: float, lon: float, km: float, north: float, east: float
) -> None:
    box = box_around(lat, lon, km)
    other = (
        max(-90.0, min(90.0, lat + north * 8)),
        (lon + east * 180 + 180) % 360 - 180,
    )
    if distance_km((lat, lon), other) < km * 0.999:
        assert box.holds(*other)


def test_box_around_at_the_date_line_and_the_pole() -> None:
    assert box_around(0, 179.9, 50).holds(0, -179.9)
    assert box_around(89.9, 0, 50).holds(89.9, 180)


@pytest.mark.parametrize("lon", [180.0, -180.0])
def test_both_names_of_the_date_line(lon: float) -> None:
    box = box_around(0, lon, 10)
    assert box.holds(0, 179.95) and box.holds(0, -179.95)


def test_centre_over_the_date_line() -> None:
    assert Box(-20, 170, -10, -170).centre == (-15, -180)
