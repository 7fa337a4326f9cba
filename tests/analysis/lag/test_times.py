"""Lag: windows stay windows, nothing is left out unsaid, and the bins add up."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.analysis.lag.times import BINS, LEAST, WARNINGS, Span, Times, lag, lags, span

DAY = date(2016, 2, 9)


def times(item: str, low: int, wide: int = 0, **more: object) -> Times:
    supplied = (DAY - timedelta(low + wide), DAY - timedelta(low))
    return Times(item, supplied, (DAY, DAY), **more)  # type: ignore[arg-type]


def test_the_published_59_days() -> None:
    # An export of 12 December 2015, found on 9 February 2016.
    assert span(times("item-1", 59)) == Span("item-1", 59, 59, "supply")


def test_windows_are_subtracted_end_from_end() -> None:
    one = Times("item-1", (date(2012, 2, 1), date(2012, 4, 30)), (date(2016, 10, 30), date(2016, 10, 31)))
    found = span(one)
    assert isinstance(found, Span)
    assert (found.low, found.high) == ((date(2016, 10, 30) - date(2012, 4, 30)).days,
                                       (date(2016, 10, 31) - date(2012, 2, 1)).days)


def test_without_a_supply_the_making_bounds_it() -> None:
    one = Times("item-1", recovered=(DAY, DAY), made=(date(2011, 1, 1), date(2011, 12, 31)))
    assert span(one) == Span("item-1", 0, (DAY - date(2011, 1, 1)).days, "making")
    assert span(Times("item-1", recovered=(DAY, DAY))) == "neither supply nor making is dated"
    assert span(times("item-1", 5)).low == 5  # type: ignore[union-attr]


@pytest.mark.parametrize(("one", "why"), [
    (Times("i", (DAY, DAY)), "no date of recovery"),
    (Times("i", (DAY, DAY), (None, DAY)), "no date of recovery"),
    (Times("i", (DAY + timedelta(1), DAY + timedelta(9)), (DAY, DAY)),
     "supplied after it was recovered: a contradiction"),
])
def test_what_has_no_lag_says_why(one: Times, why: str) -> None:
    assert span(one) == why
    assert lag("", [one]).left_out == ((why, 1),)


def test_a_supply_window_past_the_recovery_is_cut_there() -> None:
    one = Times("i", (DAY - timedelta(10), DAY + timedelta(10)), (DAY, DAY))
    assert span(one) == Span("i", 0, 10, "supply")
    assert span(Times("i", (DAY - timedelta(10), None), (DAY, DAY))) == Span("i", 0, 10, "supply")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 800)), max_size=25))
def test_the_bins_hold_every_item(some: list[tuple[int, int]]) -> None:
    found = lag("", [times(f"item-{n:03}", low, wide) for n, (low, wide) in enumerate(some)], draws=0)
    assert found.count == len(some)
    assert sum(one.surely for one in found.bins) <= len(some)
    assert sum(one.surely + one.perhaps for one in found.bins) >= len(some)
    if some:
        assert sum(one.least for one in found.bins) <= 1 + 1e-6 <= sum(
            one.most for one in found.bins) + 2e-6
        for one in found.bins:
            assert one.least <= one.most + 1e-9
            assert one.surely / len(some) <= one.most + 1e-6 or one.perhaps


def test_the_bins_leave_no_day_out() -> None:
    assert BINS[0][1] == 0 and BINS[-1][2] is None
    assert all(before[2] == after[1] for before, after in pairwise(BINS))


def test_what_is_not_traced_does_not_take_the_shape_of_what_is() -> None:
    known = [times(f"item-{n}", 30) for n in range(6)]
    open_ = [Times(f"made-{n}", recovered=(DAY, DAY), made=(date(2010, 1, 1), date(2010, 1, 1)))
             for n in range(94)]
    found = lag("", [*known, *open_])
    assert (found.count, found.from_making) == (6, 94)
    first = found.bins[0]
    assert (first.surely, first.perhaps) == (6, 94) and first.least == first.most == pytest.approx(1)


def test_few_items_have_no_quartiles_and_all_have_the_warning() -> None:
    some = [times(f"item-{n}", 100 * n) for n in range(LEAST)]
    assert lag("", some[1:]).quartiles is None
    found = lag("", some)
    assert found.quartiles is not None
    assert (found.quartiles[1].first, found.quartiles[1].last) == (200, 200)
    assert found.warnings == WARNINGS and any("random sample" in said for said in WARNINGS)


def test_groups_are_told_apart_and_the_order_does_not_matter() -> None:
    some = [times(f"item-{n}", 10 * n, n, groups=("arm" if n % 2 else "ammunition",)) for n in range(9)]
    found = lags(some)
    assert [(one.group, one.count) for one in found] == [("", 9), ("ammunition", 5), ("arm", 4)]
    assert lags(reversed(some)) == found
