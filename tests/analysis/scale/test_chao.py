"""Chao's bounds against EstimateS (as scikit-bio's tests quote it, to two places)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.scale.chao import classical, corrected

# scikit-bio, skbio/diversity/alpha/tests/test_chao1.py: counts 1 1 4 2 5 2 4 1 2 (one of them 0).
# Nine seen in 22 pieces, three once, three twice.


def test_as_estimates_has_it() -> None:
    bent = corrected(9, 3, 3, 0.95, drawn=22)
    assert bent.estimate == 9.75
    assert (bent.low, bent.high) == pytest.approx((9.07, 17.45), abs=0.005)
    plain = classical(9, 3, 3, 0.95)
    assert plain is not None and plain.estimate == 10.5
    assert (plain.low, plain.high) == pytest.approx((9.17, 21.89), abs=0.01)


def test_none_seen_only_once() -> None:
    found = corrected(4, 0, 2, 0.95, drawn=13)
    assert (found.estimate, found.low) == (4, 4) and found.high == pytest.approx(4.95, abs=0.005)


def test_none_seen_twice() -> None:
    found = corrected(4, 2, 0, 0.95, drawn=11)
    assert found.estimate == 5
    assert (found.low, found.high) == pytest.approx((4.08, 17.27), abs=0.005)
    assert classical(4, 2, 0, 0.95) is None


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400), st.floats(0.5, 0.99))
def test_the_bound_lies_in_its_interval_and_above_what_was_seen(
    once: int, twice: int, more: int, level: float
) -> None:
    seen = once + twice + more
    drawn = once + 2 * twice + 3 * more
    for found in (corrected(seen, once, twice, level, drawn=drawn), classical(seen, once, twice, level)):
        if found is not None:
            assert seen <= found.low <= found.estimate <= found.high * (1 + 1e-12)
