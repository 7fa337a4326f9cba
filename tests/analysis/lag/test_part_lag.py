"""Times from making to a later day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.lag.part_lag import LEAST, times

DAY = date(2020, 7, 1)


def test_nothing_gives_nothing() -> None:
    found = times([])
    assert (found.count, found.median, found.by_year) == (0, None, ())


def test_few_times_have_no_quartiles() -> None:
    found = times([(DAY - timedelta(days=n), DAY) for n in range(LEAST - 1)])
    assert found.count == LEAST - 1 and found.median is None and found.longest == LEAST - 2


def test_made_after_is_left_out_and_counted() -> None:
    found = times([(DAY + timedelta(days=1), DAY), (DAY, DAY)])
    assert (found.count, found.backwards, found.shortest) == (1, 1, 0)


@given(st.lists(st.integers(0, 20_000), min_size=LEAST, max_size=60))
def test_every_time_is_in_one_year_and_quartiles_are_ordered(days: list[int]) -> None:
    found = times([(DAY, DAY + timedelta(days=n)) for n in days])
    assert sum(n for _, n in found.by_year) == found.count == len(days)
    assert [year for year, _ in found.by_year] == list(range(len(found.by_year)))
    assert found.lower is not None and found.median is not None and found.upper is not None
    assert min(days) <= found.lower <= found.median <= found.upper <= max(days)
