"""Coarsened places: one answer a cell, valid everywhere, never farther than told."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.places import coarsen as module
from headstamp.places.coarsen import FARTHEST, coarsen
from headstamp.places.point import EARTH_KM, distance_km

LATS = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0, 89.95, -89.9])
LONS = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 0.0])
SIZES = st.floats(0.5, 500) | st.sampled_from([1.0, 5.0, 10.0, 25.0, 100.0])


def test_doctests() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@settings(max_examples=400, deadline=None)
@given(LATS, LONS, SIZES)
def test_near_enough_on_the_earth_and_at_rest(lat: float, lon: float, km: float) -> None:
    told = coarsen(lat, lon, km)
    assert -90 <= told.lat <= 90 and -180 <= told.lon <= 180
    assert distance_km((lat, lon), told) <= FARTHEST * km
    assert coarsen(*told, km) == told


@settings(max_examples=400, deadline=None)
@given(LATS, LONS, SIZES, st.floats(-0.49, 0.49), st.floats(-0.49, 0.49))
def test_all_points_of_a_cell_tell_the_same(
    lat: float, lon: float, km: float, up: float, right: float
) -> None:
    """The cell is rebuilt here from its answer alone, by the rule the docstring gives."""
    told = coarsen(lat, lon, km)
    height = 180 / int(math.pi * EARTH_KM / km)
    if abs(told.lat) == 90:
        inside = math.copysign(90 - abs(up) * height, told.lat), right * 360
    else:
        edge = abs(told.lat) + height / 2
        around = 2 * math.pi * EARTH_KM * math.cos(math.radians(edge))
        width = 360 / max(1, int(around / km + 1e-6))
        assert width / 360 * around >= km * 0.9999
        inside = told.lat + up * height, (told.lon + right * width + 180) % 360 - 180
    assert coarsen(*inside, km) == told


def test_the_date_line_and_the_poles() -> None:
    assert coarsen(10, 180) == coarsen(10, -180)
    assert coarsen(90, -77) == coarsen(89.99, 100) == (90, 0)
    assert coarsen(-90, -77) == (-90, 0)


def test_a_neighbour_cell_tells_another() -> None:
    assert coarsen(36.34, 43.18) != coarsen(36.34, 43.30)


@pytest.mark.parametrize("km", [0, -1, 0.01, 501, math.nan, math.inf])
def test_sizes_out_of_reach(km: float) -> None:
    with pytest.raises(Invalid):
        coarsen(0, 0, km)


def test_points_off_the_earth() -> None:
    with pytest.raises(Invalid):
        coarsen(91, 0)
