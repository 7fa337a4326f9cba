"""Rates and times of answer against published figures, and what must hold of any numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.tracing.answer_times import Wait, answers, curve, median, wilson

# Remission of leukaemia under 6-MP (Freireich and others 1963), the usual example of Kaplan-Meier:
# the curve stands in Collett and in Kalbfleisch and Prentice.
ANSWERED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
WAITING = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
KNOWN = [Wait(day, True) for day in ANSWERED] + [Wait(day, False) for day in WAITING]


def test_the_curve_is_the_published_one() -> None:
    assert [(step.day, step.waiting, round(step.left, 3)) for step in curve(KNOWN)] == [
        (6, 21, 0.857), (7, 17, 0.807), (10, 15, 0.753), (13, 12, 0.690), (16, 11, 0.627),
        (22, 7, 0.538), (23, 6, 0.448)]
    # Greenwood's error at day 10 is published as 0.0963.
    step = curve(KNOWN)[2]
    error = (math.log(-math.log(step.low)) - math.log(-math.log(step.left))) / 1.959964
    assert abs(error * step.left * math.log(step.left)) == pytest.approx(0.0963, abs=1e-4)


def test_the_median_is_the_published_one_and_its_later_end_is_open() -> None:
    found = median(KNOWN)
    assert (found.days, found.low, found.high) == (23, 13, None)


@pytest.mark.parametrize(("hits", "of", "low", "high"), [
    (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (1, 1, 0.2065, 1.0),
    (15, 148, 0.0624, 0.1605),  # Newcombe 1998, Stat. Med. 17:857-872, table I
])
def test_wilson_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    rate = wilson(hits, of)
    assert rate is not None
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


def test_nothing_says_nothing() -> None:
    none = answers("", "all", 0, 0, [])
    assert none.rate is None and none.time.days is None and none.few
    assert none.as_dict()["days"] == {"days": None, "low": None, "high": None}
    assert median([Wait(10, False)] * 3).days is None


waits = st.lists(st.builds(Wait, st.integers(0, 400), st.booleans()), max_size=40)


@given(waits)
def test_the_share_left_only_falls_and_lies_in_its_interval(some: list[Wait]) -> None:
    steps = curve(some)
    assert all(0 <= one.low <= one.left + 1e-9 and one.left <= one.high + 1e-9 <= 1 + 2e-9
               for one in steps)
    assert [one.left for one in steps] == sorted((one.left for one in steps), reverse=True)
    found = median(some)
    if found.days is not None:
        assert found.low is not None and found.low <= found.days
        assert found.high is None or found.high >= found.days


@given(waits, st.integers(0, 400))
def test_one_that_still_waits_never_makes_the_others_quicker(some: list[Wait], day: int) -> None:
    before, after = median(some).days, median([*some, Wait(day, False)]).days
    assert (before is None and after is None) or (before is not None and (after is None or after >= before))


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_rate_lies_in_its_interval(hits: int, of: int) -> None:
    rate = wilson(min(hits, of), of)
    assert rate is not None and 0 <= rate.low <= rate.share <= rate.high <= 1
