"""Log-linear models against published fits, and what must hold of sparse tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.analysis.scale.log_linear import Fit, fit, hierarchical, lower_bound, ranked, search
from tests.analysis.scale.lists_data import (
    CORMACK_A,
    CORMACK_B,
    DARROCH,
    DIABETES,
    KOSOVO,
    drawn,
    histories,
    interactions,
)


def one(cells: tuple[int, ...], *sets: str) -> Fit:
    return fit(cells, len(cells).bit_length() - 1, [interactions(*sets)])[0]


@pytest.mark.parametrize(("cells", "sets", "total", "error", "deviance", "freedom"), [
    # Rivest 2011, by Rcapture's tests.
    (DARROCH, ("12", "13", "23"), 1240, 451, 0.0, 0),
    (DARROCH, ("12", "23"), 850, 186, 3.8, 1),
    (DIABETES, ("12", "13", "23", "24", "34"), 2771, 145, 7.62, 5),
    (DIABETES, ("13", "24", "34"), 2472, 53, 21.97, 7),
    # Cormack, Chang and Smith 2000, tables 3a and 3b.
    (CORMACK_A, (), 215, None, 87.1, 10),
    (CORMACK_A, ("12", "13", "34"), 218, None, 2.6, 7),
    (CORMACK_B, (), 209, None, 75.1, 3),
    (CORMACK_B, ("23",), None, None, 1.2, 2),
    (CORMACK_B, ("13", "23"), 233, None, None, 1),
])
def test_published_fits(
    cells: tuple[int, ...], sets: tuple[str, ...], total: float | None, error: float | None,
    deviance: float | None, freedom: int,
) -> None:
    found = one(cells, *sets)
    assert found.freedom == freedom
    if deviance is not None:
        assert found.deviance == pytest.approx(deviance, abs=0.051)
    if total is not None:
        assert found.total is not None and round(found.total) == total
    if error is not None:
        assert found.deviation is not None and round(found.deviation) == error


def test_kosovo() -> None:
    # Ball et al. 2002: 10,356 killed, 9,002 to 12,122.
    fits, words = search(KOSOVO, 4)
    assert sum(KOSOVO) == 4_400 and len(fits) == 113 and "113" in words
    best = ranked(fits, "bic")[0]
    assert best.name(("EXH", "ABA", "OSCE", "HRW")) == "[ABA*OSCE*HRW, EXH*ABA, EXH*HRW]"
    low, high = best.interval(0.95)
    assert best.total == pytest.approx(10_356, abs=1)
    assert (low, high) == (pytest.approx(9_002, rel=0.002), pytest.approx(12_122, rel=0.002))


def test_two_lists_are_lincoln_and_petersen() -> None:
    found = one((0, 5, 10, 5))
    assert found.total == pytest.approx(30) and found.freedom == 0
    assert found.deviation == pytest.approx((10 * 15 * 5 * 10 / 125) ** 0.5)


@pytest.mark.parametrize(("lists", "count"), [(2, 1), (3, 8), (4, 113), (5, 6_893)])
def test_all_hierarchical_models(lists: int, count: int) -> None:
    # Without the set of all lists; as Rcapture counts them (113 of four).
    assert len(hierarchical(lists)) == count


def test_what_does_not_overlap_is_not_estimated() -> None:
    # None is on A and B: their term has no finite estimate, and with all pairs nothing tells of the unseen.
    cells = (0, 20, 30, 0, 25, 6, 7, 0)
    assert one(cells, "12", "13", "23").unseen is None
    # With A*B, only the empty cells go; the rest determine the unseen: C apart from A, and from B.
    found = one(cells, "12")
    # A and B as one list beside C: Lincoln and Petersen.
    assert found.total == pytest.approx(63 * 38 / 13)
    # Cormack, Chang and Smith's a2 and a6, "more than a million".
    assert one(CORMACK_A, "12", "13", "14", "23", "24", "34").unseen is None
    assert one(CORMACK_A, "12", "13", "14", "34").unseen is None


def test_six_lists_are_searched_by_steps() -> None:
    cells = drawn(np.random.default_rng(4), 2_000, (0.2, 0.25, 0.3, 0.15, 0.2, 0.3), copied=0.4)
    fits, words = search(cells, 6)
    best = ranked(fits, "bic")[0]
    assert 0b11 in best.terms and "steps" in words and len(fits) <= 3_600
    assert best.total == pytest.approx(2_000, rel=0.1)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 300), min_size=15, max_size=15))
def test_a_larger_model_fits_no_worse(counts: list[int]) -> None:
    cells = histories(*counts)
    for found in fit(cells, 4, [interactions(), interactions("12"), interactions("12", "13", "23", "123")]):
        assert found.unseen is not None and found.unseen > 0 and found.deviance >= 0
        low, high = found.interval(0.9)
        assert low is not None and high is not None and sum(cells) <= low <= found.seen + found.unseen <= high
    independence, more, most = fit(cells, 4, [interactions(), interactions("12"), interactions("12", "34")])
    assert independence.deviance >= more.deviance >= most.deviance
    assert independence.aic - 2 * 5 - independence.deviance == pytest.approx(
        most.aic - 2 * 7 - most.deviance, abs=1e-6)


def test_the_lower_bound_with_each_lists_own_chance() -> None:
    # All lists alike: f1^2 (t - 1) / (2 t f2).
    found = lower_bound((0, 30, 30, 10, 30, 10, 10, 4), 3)
    assert found is not None and found[0] == pytest.approx(90**2 * 2 / (2 * 3 * 30))
