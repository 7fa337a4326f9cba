"""Rates and times of answer against published figures, and what must hold of any numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.lag.answer_times import Wait, answers, median, rate

# Remission of leukaemia under 6-MP (Freireich and others 1963): the curve itself is held to what is
# published in test_survival.
ANSWERED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
WAITING = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
KNOWN = [(day, True) for day in ANSWERED] + [(day, False) for day in WAITING]


def test_the_median_is_the_published_one_and_its_later_end_is_open() -> None:
    found = median(KNOWN)
    assert (found.days, found.low, found.high) == (23, 13, None)


@pytest.mark.parametrize(("hits", "of", "low", "high"), [
    (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (1, 1, 0.2065, 1.0),
    (15, 148, 0.0624, 0.1605),  # Newcombe 1998, Stat. Med. 17:857-872, table I
])
def test_wilson_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    found = rate(hits, of)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_says_nothing() -> None:
    none = answers("", "all", 0, 0, [])
    assert none.rate is None and none.time.days is None and none.few
    assert none.as_dict()["days"] == {"days": None, "low": None, "high": None}
    assert median([(10, False)] * 3).days is None


waits = st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=40)


@given(waits)
def test_the_median_lies_in_its_interval(some: list[Wait]) -> None:
    found = median(some)
    if found.days is not None:
        assert found.low is not None and found.low <= found.days
        assert found.high is None or found.high >= found.days


@given(waits, st.integers(0, 400))
def test_one_that_still_waits_never_makes_the_others_quicker(some: list[Wait], day: int) -> None:
    before, after = median(some).days, median([*some, (day, False)]).days
    assert (before is None and after is None) or (before is not None and (after is None or after >= before))


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_rate_lies_in_its_interval(hits: int, of: int) -> None:
    found = rate(min(hits, of), of)
    assert found is not None
    assert 0 <= found.low <= found.share + 1e-12 and found.share <= found.high + 1e-12 <= 1 + 2e-12
