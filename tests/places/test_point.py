"""Distances on the sphere."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.places import point as module
from headstamp.places.point import EARTH_KM, distance_km, point, wrap_lon

LATS, LONS = st.floats(-90, 90), st.floats(-180, 180)


def test_doctests() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((0, 0), (0, 180), math.pi * EARTH_KM),
        ((90, 0), (-90, 77), math.pi * EARTH_KM),
        ((90, 0), (90, 120), 0),
        ((52.2297, 21.0122), (52.4064, 16.9252), 278.46),  # Warsaw to Poznan
        ((36.34, 43.13), (36.34, 43.13), 0),
    ],
)
def test_distance(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert distance_km(one, other) == pytest.approx(km, abs=0.05)


@settings(deadline=None)
@given(LATS, LONS, LATS, LONS)
def test_distance_is_even_handed_and_bounded(a: float, b: float, c: float, d: float) -> None:
    there, back = distance_km((a, b), (c, d)), distance_km((c, d), (a, b))
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= math.pi * EARTH_KM + 1e-6


@pytest.mark.parametrize(
    ("lat", "lon", "count"), [(math.nan, 0, 1), (91, 181, 2), (0, math.inf, 1), (-90.1, 0, 1)]
)
def test_off_the_earth(lat: float, lon: float, count: int) -> None:
    with pytest.raises(Invalid) as caught:
        point(lat, lon)
    assert len(caught.value.problems) == count


@settings(deadline=None)
@given(st.floats(-1e6, 1e6))
def test_wrapped_longitudes(lon: float) -> None:
    assert -180 <= wrap_lon(lon) < 180
