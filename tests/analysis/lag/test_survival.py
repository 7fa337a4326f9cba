"""Kaplan-Meier and Turnbull, against published answers and against each other."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.analysis.lag.survival import (
    between,
    kaplan_meier,
    quantile,
    reached,
    resampled,
    turnbull,
)

# Remission in weeks under 6-mercaptopurine: Freireich et al. 1963, Blood 21:699; the estimate
# with its standard errors as Kleinbaum and Klein, Survival Analysis, print it.
EVENTS = (6, 6, 6, 7, 10, 13, 16, 22, 23)
CUT_OFF = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
REMISSION = [*((day, True) for day in EVENTS), *((day, False) for day in CUT_OFF)]

# Months to cosmetic deterioration after radiotherapy alone, each in (left, right], 100 for never
# seen: Finkelstein and Wolfe 1985, Biometrics 41:933, table 1.
COSMESIS = [tuple(map(int, pair.split("-"))) for pair in (  # noqa: SIM905 - a table is easier to compare
    """
45-100 6-10 0-7 46-100 46-100 7-16 17-100 7-14 37-44 0-8 4-11 15-100 11-15 22-100 46-100 46-100
25-37 46-100 26-40 46-100 27-34 36-44 46-100 36-48 37-100 40-100 17-25 46-100 11-18 38-100 5-12
37-100 0-5 18-100 24-100 36-100 5-11 19-35 17-25 24-100 32-100 33-100 19-26 37-100 34-100 36-100
""").split()]
# The maximum as the R package interval prints it for these women (icfit).
COSMESIS_SHARES = [0.0463, 0.0334, 0.0887, 0.0708, 0.0926, 0.0818, 0.1209, 0.4656]


def test_the_curve_is_the_published_one() -> None:
    points = {p.day: p for p in kaplan_meier(REMISSION)}
    printed = {6: (0.8571, 0.0764), 7: (0.8067, 0.0869), 10: (0.7529, 0.0963), 13: (0.6902, 0.1068),
               16: (0.6275, 0.1141), 22: (0.5378, 0.1282), 23: (0.4482, 0.1346)}
    assert {day: (round(p.share, 4), round(p.error, 4)) for day, p in points.items()} == printed
    assert quantile(tuple(points.values())).value == 23
    assert quantile(tuple(points.values()), 0.9).value is None
    assert all(p.low < p.share < p.high for p in points.values())


def test_times_within_bounds_give_the_published_maximum() -> None:
    masses = turnbull([(left + 1, None if right == 100 else right) for left, right in COSMESIS])
    assert [round(m.share, 4) for m in masses] == pytest.approx(COSMESIS_SHARES, abs=2e-4)
    assert [(m.first, m.last) for m in masses][:3] == [(5, 5), (7, 7), (8, 8)]
    assert sum(m.share for m in masses) == pytest.approx(1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30))
def test_with_times_known_or_cut_off_both_say_the_same(times: list[tuple[int, bool]]) -> None:
    # Cut off on a day means: not by that day, so from the next day on.
    masses = turnbull([(day, day) if event else (day + 1, None) for day, event in times])
    points = kaplan_meier(times)
    for point in points:
        later = sum(m.share for m in masses if m.first > point.day)
        assert later == pytest.approx(point.share, abs=1e-4)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6)), min_size=1, max_size=8))
def test_no_distribution_fits_better(spans: list[tuple[int, int]]) -> None:
    bounds = [(low, low + long) for low, long in spans]

    def likelihood(masses: list[tuple[int, float]]) -> float:
        return prod(sum(share for day, share in masses if low <= day <= high) for low, high in bounds)

    best = likelihood([(m.first, m.share) for m in turnbull(bounds)])
    days = range(16)
    for day in days:
        for other in days:
            assert likelihood([(day, 0.5), (other, 0.5)]) <= best + 1e-6
    assert likelihood([(day, 1 / 16) for day in days]) <= best + 1e-6


def test_what_is_not_known_widens_the_share() -> None:
    masses = turnbull([(0, 400), (10, 10), (500, None), (500, 500)])
    low, high = between(masses, 0, 91)
    assert (low, high) == (pytest.approx(0.5), pytest.approx(0.5))  # the wide one goes with the sure one
    assert between(turnbull([(0, 400)]), 0, 91) == (0.0, pytest.approx(1))
    assert reached(turnbull([(500, None)]), 0.5) == (500, None)


def test_the_same_data_give_the_same_interval() -> None:
    spans = [(n * 10, n * 10 + 5) for n in range(40)]
    once = resampled(spans, (0.25, 0.5))
    assert once == resampled(reversed(spans), (0.25, 0.5))
    half = once[1]
    assert (half.first, half.last) == (190, 195)
    assert half.low is not None and half.high is not None
    assert half.low < 190 and half.high > 195
    never = resampled([(5, None)] * 4, (0.5,))[0]
    assert (never.first, never.last, never.high) == (5, None, None)


def test_a_span_runs_forwards() -> None:
    with pytest.raises(ValueError, match="ends before"):
        turnbull([(5, 4)])
    assert turnbull([]) == () and kaplan_meier([]) == ()


def test_the_upper_end_is_open_where_the_share_falls_to_nought() -> None:
    # Leukaemia without maintained chemotherapy (Miller 1981; R's aml): 23 [5, 33]; of five seen there is no upper end.
    unkept = [(5, True), (5, True), (8, True), (8, True), (12, True), (16, False), (23, True), (27, True), (30, True),
              (33, True), (43, True), (45, True)]
    half = quantile(kaplan_meier(unkept))
    assert (half.value, half.low, half.high) == (23, 5, 33)
    half = quantile(kaplan_meier([(day, True) for day in range(1, 6)]))
    assert (half.value, half.low, half.high) == (3, 1, None)
