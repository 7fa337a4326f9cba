"""Regions of photographs: four numbers in the picture, or a clear refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.markings.region import Region, region_in, wanted_region


@pytest.mark.parametrize("text", [
    "", None, "left", "1,2,3", "1,2,3,4,5", "-1,2,3,4", "1,2,0,9", "1.5,2,3,4", "٣,1,9,9",
    "9999999,0,9,9",
])
def test_what_is_no_region_hides_no_picture(text: str | None) -> None:
    assert region_in(text) is None
    with pytest.raises(Invalid, match="four whole numbers"):
        wanted_region(text or "")


def test_a_region_outside_the_picture_is_refused_when_it_is_given() -> None:
    assert wanted_region("10 20; 30,40", 100, 100) == Region(10, 20, 30, 40)
    with pytest.raises(Invalid, match="100 by 50 pixels"):
        wanted_region("10, 20, 30, 40", 100, 50)


@given(st.tuples(*[st.integers(0, 5000)] * 4), st.integers(1, 4000), st.integers(1, 4000))
def test_a_region_that_is_shown_lies_in_the_picture(
    numbers: tuple[int, ...], width: int, height: int
) -> None:
    found = region_in(", ".join(map(str, numbers)), width, height)
    if found is not None:
        for one in (found, found.around(0.3, width, height)):
            assert 0 <= one.x < one.x + one.width <= width
            assert 0 <= one.y < one.y + one.height <= height
        assert region_in(str(found), width, height) == found
