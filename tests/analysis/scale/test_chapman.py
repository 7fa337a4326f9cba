"""Two lists: the textbook's turtles, and what holds of any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.scale.chapman import TwoLists

COUNT = st.integers(0, 5_000)


def test_the_turtles() -> None:
    # Ten marked, fifteen caught, five of them marked (Wikipedia, "Mark and recapture"): 30 by Lincoln
    # and Petersen, 28.3 by Chapman, 22 to 65 by Sadinle's interval.
    found = TwoLists(5, 10, 5)
    assert found.petersen == 30
    assert found.chapman == pytest.approx(28.33, abs=0.005)
    assert found.chapman_variance == pytest.approx(11 * 16 * 5 * 10 / (36 * 7))
    low, high = found.sadinle_interval(0.95)
    assert (round(low), round(high)) == (22, 65)


def test_without_overlap() -> None:
    found = TwoLists(5, 10, 0)
    assert found.petersen is found.petersen_variance is found.petersen_interval(0.95) is None
    assert found.chapman == 65


@given(COUNT, COUNT, COUNT, st.floats(0.5, 0.99))
def test_the_order_of_lists_says_nothing(one: int, other: int, both: int, level: float) -> None:
    found, turned = TwoLists(one, other, both), TwoLists(other, one, both)
    assert found.chapman == turned.chapman and found.petersen == turned.petersen
    assert found.sadinle_interval(level) == pytest.approx(turned.sadinle_interval(level))
    assert found.chapman >= found.seen - 1e-6 or not both
    for low, high in (found.sadinle_interval(level), found.chapman_interval(level)):
        assert low <= high
