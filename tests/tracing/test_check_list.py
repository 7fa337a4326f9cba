"""Which entry of which version of a list speaks for a transfer, and how surely."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.tracing.check_list import Entry, Lists, held, span


def entry(id_: str, version: str = "1", dated: str = "2020-01-01", **more: object) -> Entry:
    given = {"countries": ("SY",), "kind": "arms_embargo", "code": "R1", "title": "a regime", **more}
    return Entry(id=id_, list_name="EU", version=version, dated=dated, **given)  # type: ignore[arg-type]


def found(lists: Lists, first: str | None, last: str | None = None) -> list[tuple[str, str]]:
    return [(one.id, sure) for one, sure in lists.about_country("SY", first, last or first)]


@pytest.mark.parametrize(("first", "last", "sure"), [
    ("2012-01-01", "2012-01-01", "in force"),
    ("2011-05-09", "2013-06-01", "in force"),
    ("2011-05-08", "2011-05-09", "possibly in force"),
    ("2013-06-01", "2013-06-02", "possibly in force"),
    ("2011-05-08", "2011-05-08", ""),
    ("2013-06-02", "2014-01-01", ""),
    (None, "2012-01-01", "possibly in force"),
    ("2012-01-01", None, "possibly in force"),
    (None, "2011-05-08", ""),
    ("2013-06-02", None, ""),
    (None, None, "dates not known"),
])
def test_in_force_surely_possibly_or_not(first: str | None, last: str | None, sure: str) -> None:
    assert held(span("2011-05-09/2013-06-01", "2020-01-01"), first, last) == sure


def test_a_year_says_no_more_than_a_year() -> None:
    over = span("2011/2013", "2020-01-01")
    assert held(over, "2011-06-01", "2011-06-01") == "possibly in force"
    assert held(over, "2012-06-01", "2012-06-01") == "in force"
    assert held(over, "2013-06-01", "2013-06-01") == "possibly in force"
    assert held(span("2011~/2013", "2020-01-01"), "2012-06-01", "2012-06-01") == "possibly in force"


def test_an_open_end_is_vouched_for_up_to_the_day_of_the_list() -> None:
    lists = Lists.build([entry("a", in_force="2011-05-09/..")])
    assert found(lists, "2019-12-31") == [("a", "in force")]
    assert found(lists, "2020-01-02") == [("a", "possibly in force")]
    assert found(lists, "2011-05-08") == []


def test_a_newer_version_takes_the_place_of_the_older_and_says_when_it_ended() -> None:
    lists = Lists.build([entry("old", in_force="2011-05-09/.."),
                         entry("new", "2", "2023-01-01", in_force="2011-05-09/2021-12-31")])
    assert found(lists, "2021-06-01") == [("new", "in force")]
    assert found(lists, "2022-06-01") == []


def test_an_entry_that_a_newer_version_dropped_may_have_held_until_then() -> None:
    lists = Lists.build([entry("old", in_force="2011-05-09/.."),
                         entry("other", "2", "2023-01-01", code="R2", countries=("LY",),
                               in_force="2011/..")])
    assert found(lists, "2015-01-01") == [("old", "in force")]
    assert found(lists, "2022-01-01") == [("old", "possibly in force")]
    assert found(lists, "2023-06-01") == []


def test_a_list_without_dates_speaks_for_its_own_day() -> None:
    lists = Lists.build([entry("then", "1", "2015-01-01"), entry("now", "2", "2024-01-01"),
                         entry("only-now", "2", "2024-01-01", code="R2")])
    # Before all versions the oldest is asked, between them the last one before.
    assert found(lists, "2010-01-01") == [("then", "dates not known")]
    assert found(lists, "2016-01-01") == [("then", "dates not known")]
    assert found(lists, "2024-05-01") == [("now", "dates not known"), ("only-now", "dates not known")]
    assert found(lists, None) == [("now", "dates not known"), ("only-now", "dates not known")]


def test_names_and_numbers_are_compared_as_written_and_no_further() -> None:
    lists = Lists.build([entry("a", countries=(), names=("Chip and Dip JSC", "ЧИП И ДИП"),
                               identifiers=(("INN", "7701-234"),), kind="listed_party")])
    assert [e.id for e, _ in lists.about_name("JSC CHIP AND DIP", None, None)] == ["a"]
    assert [e.id for e, _ in lists.about_name("чип и дип, ЗАО", None, None)] == ["a"]
    assert not lists.about_name("Chip", None, None) and not lists.about_name("  ", None, None)
    assert [e.id for e, _ in lists.about_identifier("inn", "7701 234", None, None)] == ["a"]
    assert not lists.about_identifier("ogrn", "7701234", None, None)


DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


@given(st.lists(st.tuples(DAYS, DAYS | st.none()), min_size=1, max_size=4), DAYS, st.integers(0, 400))
def test_surely_means_on_every_day_and_never_on_none(
    times: list[tuple[date, date | None]], first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    for start, end in times:
        if end is not None and end < start:
            start, end = end, start
        over = span(f"{start}/{end or '..'}", "2025-01-01")
        sure = held(over, first.isoformat(), last.isoformat())
        end_ = end or date.max
        overlaps = first <= end_ and last >= start
        assert bool(sure) == overlaps
        inside = start <= first and last <= min(end_, date(2025, 1, 1) if end is None else end_)
        assert (sure == "in force") == (overlaps and inside)


@given(st.permutations([("a", "1", "2015-01-01", "2011/.."), ("b", "2", "2018-01-01", "2011/2017"),
                        ("c", "3", "2021-01-01", ""), ("d", "1", "2015-01-01", "")]))
def test_the_order_of_entries_changes_nothing(some: list[tuple[str, str, str, str]]) -> None:
    lists = Lists.build([entry(i, v, d, in_force=f, code=f or i) for i, v, d, f in some])
    again = Lists.build([entry(i, v, d, in_force=f, code=f or i) for i, v, d, f in sorted(some)])
    assert found(lists, "2016-05-01") == found(again, "2016-05-01")
