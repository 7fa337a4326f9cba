"""When an acknowledgement, an answer, a reminder and the taking up elsewhere fall due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.tracing.request_due import (
    TERMS,
    Terms,
    acknowledgement_due,
    answer_due,
    due_date,
    dues,
    escalation_due,
    latest,
    reminder_due,
)
from headstamp.vocab import vocabulary

SENT: dict[str, Any] = {"status": "sent", "sent_on": "2026-03-02", "addressee_role": "maker"}


def test_every_role_has_its_term() -> None:
    assert set(TERMS.answer) == {term.code for term in vocabulary("addressee_role").terms}
    assert TERMS.days(None) == TERMS.days("other") == 42
    assert TERMS.days("national_authority") > TERMS.days("carrier")


def test_terms_are_settable_and_checked_all_at_once() -> None:
    own = Terms.build({"answer": {"maker": 20}, "reminders": 0})
    assert (own.days("maker"), own.days("carrier"), own.reminders) == (20, 30, 0)
    assert TERMS.days("maker") == 42
    with pytest.raises(Invalid) as error:
        Terms.build({"answer": {"makr": 3, "maker": 0}, "remind": "soon", "patience": 3,
                     "reminders": True}, "terms.toml")
    assert [p.field for p in error.value.problems] == [
        "answer.makr", "answer.maker", "remind", "reminders", "patience"]
    assert {p.file for p in error.value.problems} == {"terms.toml"}
    with pytest.raises(Invalid):
        Terms.build({"answer": 42})


def test_the_answer_is_due_after_the_term_of_who_is_asked() -> None:
    assert due_date("2026-03-02", "maker") == "2026-04-13"
    assert due_date("2026-03-02", "national_authority") == "2026-05-01"
    assert due_date(None, "maker") is None
    assert answer_due(SENT) == date(2026, 4, 13)
    assert answer_due({**SENT, "due_on": "2026-06-30"}) == date(2026, 6, 30)
    assert answer_due({"status": "draft"}) is None


def test_a_day_known_to_the_month_counts_from_its_end() -> None:
    assert latest("2026-02") == date(2026, 2, 28)
    assert latest("2026-02~") == date(2026, 2, 28)
    assert latest("2026/..") is None
    assert answer_due({**SENT, "sent_on": "2026-03"}) == date(2026, 5, 12)


def test_a_reply_that_puts_it_off_begins_the_wait_anew() -> None:
    put_off = [{"reply_code": "deferred", "received_on": "2026-04-10"}]
    assert answer_due(SENT, put_off) == date(2026, 5, 22)
    assert answer_due({**SENT, "due_on": "2026-12-31"}, put_off) == date(2026, 12, 31)
    assert answer_due(SENT, [{"reply_code": "no_record", "received_on": "2026-04-10"}]) == date(2026, 4, 13)


def test_an_acknowledgement_is_waited_for_until_anything_comes() -> None:
    assert acknowledgement_due(SENT) == date(2026, 3, 16)
    assert acknowledgement_due({**SENT, "acknowledged_on": "2026-03-05"}) is None
    assert acknowledgement_due({**SENT, "status": "acknowledged"}) is None
    assert acknowledgement_due(SENT, [{"reply_code": "forwarded"}]) is None
    assert acknowledgement_due(SENT, [{"reply_code": "undeliverable"}]) == date(2026, 3, 16)


def test_two_reminders_then_it_is_taken_up() -> None:
    assert reminder_due(SENT) == date(2026, 4, 27)
    assert escalation_due(SENT) is None
    once = {**SENT, "reminded_on": ["2026-05-04"]}
    assert reminder_due(once) == date(2026, 5, 18)
    twice = {**SENT, "reminded_on": ["2026-05-04", "2026-05-20"]}
    assert reminder_due(twice) is None
    assert escalation_due(twice) == date(2026, 6, 3)
    assert escalation_due({**twice, "escalated_on": "2026-06-03"}) is None
    # A partial answer since then: what is missing of it is reminded of anew.
    part = [{"reply_code": "confirmed_partial", "received_on": "2026-05-25"}]
    again = {**twice, "status": "answered_in_part"}
    assert answer_due(again, part) == date(2026, 7, 6)
    assert reminder_due(again, part) == date(2026, 7, 20)
    assert escalation_due(again, part) is None


def test_what_came_back_undelivered_is_taken_up_at_once() -> None:
    back = [{"reply_code": "undeliverable", "received_on": "2026-03-20"}]
    assert reminder_due(SENT, back) is None
    assert escalation_due(SENT, back) == date(2026, 3, 20)


@pytest.mark.parametrize("status", ["draft", "checked", "answered", "refused", "no_record", "closed"])
def test_nobody_is_chased_who_owes_nothing(status: str) -> None:
    request = {**SENT, "status": status}
    assert reminder_due(request) is None
    assert escalation_due(request) is None
    assert dues(request, (), date(2030, 1, 1)) == ()


def test_all_that_is_due_in_order() -> None:
    told = dues(SENT, (), date(2026, 4, 20))
    assert [(one.what, one.late) for one in told] == [
        ("acknowledgement", 35), ("answer", 7), ("reminder", -7)]
    assert told[0].as_dict() == {"what": "acknowledgement", "on": "2026-03-16", "late": 35}
    silent = dues({**SENT, "status": "no_reply"}, (), date(2026, 6, 1))
    assert [one.what for one in silent] == ["escalation"]


_DAY = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(sent=_DAY, reminded=st.lists(_DAY, max_size=4), day=_DAY, answer=st.integers(1, 400))
def test_nothing_falls_due_before_the_answer_was(
    sent: date, reminded: list[date], day: date, answer: int
) -> None:
    terms = Terms.build({"answer": {"maker": answer}})
    request = {**SENT, "sent_on": sent.isoformat(), "reminded_on": [one.isoformat() for one in reminded]}
    due = answer_due(request, (), terms)
    assert due == sent + timedelta(days=answer)
    reminder, escalation = reminder_due(request, (), terms), escalation_due(request, (), terms)
    assert (reminder is None) != (escalation is None)
    for one in (reminder, escalation):
        assert one is None or one > due
    assert dues(request, (), day, terms) == dues(request, (), day, terms)
