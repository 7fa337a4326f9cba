"""Views: what is in the box is in the frame, upright and in proportion."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.places.box import Box, box_of
from headstamp.places.projection import region, world

FRAME = (8.0, 30.0, 700.0, 400.0)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=6),
)
def test_a_region_shows_its_points_inside_the_frame(points: list[tuple[float, float]]) -> None:
    box = box_of(points)
    assert box is not None
    view = region(box, *FRAME)
    for lat, lon in points:
        if view.is_world and not view.south <= lat <= view.north:
            continue  # the world map leaves out the ice
        x, y = view.xy(view.lon_here(lon), lat)
        if view.holds(lat, lon):
            assert FRAME[0] - 1e-6 <= x <= FRAME[0] + FRAME[2] + 1e-6
            assert FRAME[1] - 1e-6 <= y <= FRAME[1] + FRAME[3] + 1e-6
        else:  # only a point on the box's own edge may fall out, by rounding
            edges = (lon - box.west, lon - box.east, lat - box.north, lat - box.south)
            assert min(map(abs, edges)) < 1e-6


def test_a_region_is_true_to_scale_at_its_middle() -> None:
    view = region(Box(30, 35, 40, 50), *FRAME)
    x0, y0 = view.xy(42.0, 35.0)
    x1, _ = view.xy(43.0, 35.0)
    _, y1 = view.xy(42.0, 36.0)
    assert (x1 - x0) / (y0 - y1) == pytest.approx(0.819, abs=0.001)  # cos 35 degrees


def test_a_region_over_the_date_line() -> None:
    view = region(Box(-20, 176, -15, -176), *FRAME)
    assert view.xy(view.lon_here(-179), -17)[0] > view.xy(view.lon_here(179), -17)[0]


def test_a_box_as_wide_as_the_world_gives_the_world() -> None:
    assert region(Box(-50, -170, 70, 170), *FRAME).is_world


def test_the_world_is_centred_and_upright() -> None:
    view = world(*FRAME)
    x, _ = view.xy(11.0, 0.0)
    assert x == pytest.approx(FRAME[0] + FRAME[2] / 2)
    assert view.xy(11.0, 60.0)[1] < view.xy(11.0, 0.0)[1]
    assert view.xy(-169.0, 0.0)[0] >= FRAME[0] - 1e-6
