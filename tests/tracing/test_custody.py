"""Custody as a timeline: what is told, and that nothing is smoothed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from headstamp.tracing.custody import Act, Past, act_of, timeline
from headstamp.tracing.interval import interval

NAMES = {f"party-{c}": c.upper() for c in "abcd"}


def acts(*told: tuple[Any, ...]) -> list[Act]:
    """(act, when, giver, receiver, more) as acts, in the order of recording."""
    found = []
    for number, (kind, when, giver, receiver, *more) in enumerate(told):
        values = {"act": kind, "held_on": when, "from_party": giver and f"party-{giver}",
                  "to_party": receiver and f"party-{receiver}", **(more[0] if more else {})}
        made = act_of(f"cust-{number:04d}", values, number)
        assert made is not None
        found.append(made)
    return found


def whats(*told: tuple[Any, ...]) -> list[str]:
    return [fault.what for fault in timeline(acts(*told), NAMES).faults]


WHOLE = (
    ("collected", "2016-11-04T09:30+03:00", None, "a"),
    ("handed_over", "2016-11-05T17:00+03:00", "a", "b"),
    ("stored", "2016-11-06T08:00Z", "b", "c"),
    ("returned", "2017-02-01", "c", "d"),
)


def test_an_unbroken_custody_has_no_fault_and_an_end() -> None:
    told = timeline(acts(*WHOLE), NAMES)
    assert told.faults == () and told.ended and told.holders == ()
    assert [(h.party, h.begin is not None, h.end is not None) for h in told.holdings] == [
        ("party-a", True, True), ("party-b", True, True), ("party-c", True, True),
        ("party-d", True, False),
    ]


def test_an_open_end_stays_open() -> None:
    told = timeline(acts(*WHOLE[:3]), NAMES)
    assert told.holders == ("party-c",) and not told.ended


def test_a_missing_hand_over_is_a_gap_with_both_sides_named() -> None:
    told = timeline(acts(WHOLE[0], WHOLE[2]), NAMES)
    (gap,) = told.faults
    assert gap.what == "gap" and "A is the last known" in gap.words and "B gives it away" in gap.words
    assert gap.start == datetime(2016, 11, 4, 6, 30, tzinfo=UTC)
    assert gap.end == datetime(2016, 11, 6, 8, 0, tzinfo=UTC)
    lapsed = told.holdings[0]
    assert lapsed.end is None and lapsed.lapsed is not None and not lapsed.is_open


def test_two_holders_at_once_are_an_overlap() -> None:
    told = timeline(acts(
        ("collected", "2016-11-04T09:00Z", None, "a"),
        ("collected", "2016-11-05T09:00Z", None, "b"),
        ("handed_over", "2016-11-07T09:00Z", "a", "c"),
    ), NAMES)
    overlap = next(f for f in told.faults if f.what == "overlap")
    assert overlap.certain and "A holds it until 2016-11-07T09:00Z, while B holds it" in overlap.words
    assert (overlap.start, overlap.end) == (
        datetime(2016, 11, 5, 9, tzinfo=UTC), datetime(2016, 11, 7, 9, tzinfo=UTC))


def test_who_does_not_hold_it_cannot_give_it() -> None:
    assert "not_holder" in whats(
        ("collected", "2016-11-04", None, "a"), ("handed_over", "2016-11-08", "b", "c"),
        ("handed_over", "2016-11-12", "a", "b"))
    assert whats(("collected", "2016-11-04", None, "a"), ("examined", "2016-11-09", None, "b")) == [
        "not_holder"]


def test_a_beginning_that_nobody_wrote_down_is_named() -> None:
    assert whats(("handed_over", "2016-11-04", "a", "b")) == ["no_beginning"]


def test_what_was_missing_and_is_back_has_a_gap() -> None:
    assert whats(
        ("collected", "2016-11-04", None, "a"), ("missing", "2016-12-04", "a", None),
        ("collected", "2017-01-04", None, "b")) == ["missing", "gap"]


def test_dates_without_a_time_leave_the_order_open_and_this_is_said() -> None:
    told = timeline(acts(
        ("handed_over", "2016-11-04", "a", "b"), ("collected", "2016-11-04", None, "a")), NAMES)
    # Of two orders that the dates allow, the one in which the giver has it.
    assert [a.act for a in told.acts] == ["collected", "handed_over"]
    assert [(f.what, f.certain) for f in told.faults] == [("order", False)]


def test_two_days_without_a_clock_are_in_the_order_of_the_calendar() -> None:
    assert whats(("collected", "2016-11-04", None, "a"),
                 ("handed_over", "2016-11-05", "a", "b")) == []


def test_a_month_is_an_interval_and_no_day() -> None:
    told = timeline(acts(
        ("collected", "2016-11", None, "a"), ("handed_over", "2016-11-20T10:00Z", "a", "b")), NAMES)
    assert [f.what for f in told.faults] == ["order"]


def test_the_seal_put_on_is_not_the_seal_found() -> None:
    told = timeline(acts(
        ("collected", "2016-11-04T09:00Z", None, "a", {"seals_set": ["ZP 0041"]}),
        ("handed_over", "2016-11-05T09:00Z", "a", "b", {"seals_found": ["ZP 0047"]}),
    ), NAMES)
    (fault,) = told.faults
    assert fault.what == "seal_mismatch" and fault.acts == ("cust-0000", "cust-0001")
    assert "“ZP 0047” was found" in fault.words and "“ZP 0041” was on it" in fault.words


def test_a_seal_opened_and_renewed_on_the_record_is_no_fault() -> None:
    assert whats(
        ("collected", "2016-11-04T09:00Z", None, "a", {"seals_set": ["1"]}),
        ("seal_opened", "2016-11-05T09:00Z", None, "a",
         {"seals_found": ["1"], "seal_reason": "examination"}),
        ("sealed", "2016-11-05T11:00Z", None, "a", {"seals_set": ["2"]}),
        ("handed_over", "2016-11-06T09:00Z", "a", "b", {"seals_found": ["2"]}),
    ) == []


def test_broken_and_unchecked_seals_are_named() -> None:
    assert whats(
        ("collected", "2016-11-04T09:00Z", None, "a", {"seals_set": ["1"]}),
        ("handed_over", "2016-11-05T09:00Z", "a", "b"),
        ("stored", "2016-11-06T09:00Z", "b", "c",
         {"seals_found": ["1"], "seal_state": "broken", "seal_reason": "carton crushed"}),
    ) == ["seal_unchecked", "seal_broken"]


def test_what_was_not_said_is_listed() -> None:
    (one,) = acts(("handed_over", "2016-11-04", "a", "b", {"purpose": "laboratory"}))
    assert one.unsaid == ("place", "authority", "condition")


def test_an_event_of_the_past_is_no_act() -> None:
    assert act_of("cust-0001", {"custody_kind": "captured", "held_on": "2014"}) is None


@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_a_whole_chain_is_whole_however_it_was_recorded(length: int, chance: Any) -> None:
    start = datetime(2016, 11, 4, tzinfo=UTC)
    told: list[tuple[Any, ...]] = [("collected", start.isoformat(), None, "p0")]
    for number in range(1, length):
        when = (start + timedelta(hours=7 * number)).isoformat()
        told.append(("handed_over", when, f"p{number - 1}", f"p{number}"))
    chance.shuffle(told)
    line = timeline(acts(*told), {})
    assert line.faults == () and line.holders == (f"party-p{length - 1}",)
    for before, after in pairwise(line.holdings):
        assert before.end is after.begin


@given(st.integers(3, 10), st.data())
def test_leaving_out_any_hand_over_is_always_a_gap(length: int, data: st.DataObject) -> None:
    start = datetime(2016, 11, 4, tzinfo=UTC)
    told = [("collected", start.isoformat(), None, "p0")] + [
        ("handed_over", (start + timedelta(days=n)).isoformat(), f"p{n - 1}", f"p{n}")
        for n in range(1, length)
    ]
    del told[data.draw(st.integers(1, length - 2))]
    assert [f.what for f in timeline(acts(*told), {}).faults] == ["gap"]


@given(st.dates(), st.integers(-12, 14), st.integers(0, 23))
def test_a_moment_of_a_day_lies_within_that_day_in_any_zone(day: Any, zone: int, hour: int) -> None:
    sign = "+" if zone >= 0 else "-"
    if not 2 <= day.year <= 9998:
        return
    exact = interval(f"{day.isoformat()}T{hour:02d}:00{sign}{abs(zone):02d}:00")
    whole = interval(day.isoformat())
    assert whole.earliest <= exact.earliest <= whole.latest  # type: ignore[operator]


def test_nothing_is_done_with_what_was_disposed_of() -> None:
    told = timeline(acts(
        *WHOLE[:3], ("disposed", "2017-02-01", "c", None), ("checked", "2017-02-05", None, "c"),
        ("handed_over", "2017-02-06", "c", "a"),
    ), NAMES)
    assert [(one.what, one.certain) for one in told.faults] == [("after_end", True), ("after_end", True)]
    assert "“checked” of 2017-02-05 is recorded, though it was no longer there: “disposed”" in (
        told.faults[0].words.replace("“C", "“c"))
    # On the same day nobody can say so for sure, and on the day before it is right.
    same = timeline(acts(*WHOLE[:3], ("checked", "2017-02-01", None, "c"), ("disposed", "2017-02-01", "c", None)))
    assert {one.certain for one in same.faults} <= {False}
    assert timeline(acts(*WHOLE[:3], ("checked", "2017-01-31", None, "c"),
                         ("disposed", "2017-02-01", "c", None))).faults == ()


def test_what_was_given_back_may_come_again() -> None:
    assert whats(*WHOLE, ("collected", "2018-01-01", "d", "a")) == []


def test_a_past_that_lies_within_our_custody_contradicts_it() -> None:
    def against(when: str, *told: tuple[Any, ...]) -> list[str]:
        past = [Past("tran-1", "That it was sold", interval(when))]
        return [one.what for one in timeline(acts(*(told or WHOLE)), NAMES, past).faults]

    assert against("2016-12-24") == ["past"]
    assert against("2016-11-04") == against("2016-11-04~") == against("2014") == against("2016") == []
    assert against("2016-11-10~") == []  # "about" the 10th may be the 4th
    assert against("2018") == []  # it was given back by then
    assert against("2018", *WHOLE[:3]) == ["past"]
    assert against("2018", WHOLE[0], ("disposed", "2016-12-01", "a", None)) == ["past"]
    assert timeline([], NAMES, [Past("tran-1", "x", interval("2018"))]).faults == ()


def test_about_and_uncertain_dates_accuse_nobody() -> None:
    assert not interval("2016-11-04~").surely_before(interval("2016-11-06"))
    assert interval("2016-11-04").surely_before(interval("2016-11-06"))


def test_a_seal_found_where_none_was_on_it() -> None:
    sealed = {"seals_set": ["A 1"]}
    opened = {"seals_found": ["A 1"], "seal_reason": "to look"}
    assert whats(
        ("collected", "2016-11-04", None, "a", sealed), ("seal_opened", "2016-11-05", None, "a", opened),
        ("stored", "2016-11-06", "a", "b", {"seal_state": "intact"}),
    ) == ["seal_mismatch"]
    assert whats(
        ("collected", "2016-11-04", None, "a", sealed),
        ("stored", "2016-11-06", "a", "b", {"seal_state": "intact"}),
    ) == []
