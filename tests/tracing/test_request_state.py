"""Who may go where: every pair of states; and what each step still wants."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from headstamp.tracing.request_state import MOVES, STATES, may_go, suggested, wanting
from headstamp.vocab import vocabulary

# Told apart from the module's own table on purpose: row by row, what a desk may do.
ALLOWED = {
    ("draft", "checked"), ("draft", "closed"),
    ("checked", "draft"), ("checked", "sent"), ("checked", "closed"),
    ("sent", "acknowledged"), ("sent", "answered_in_part"), ("sent", "answered"),
    ("sent", "refused"), ("sent", "no_record"), ("sent", "no_reply"), ("sent", "closed"),
    ("acknowledged", "answered_in_part"), ("acknowledged", "answered"),
    ("acknowledged", "refused"), ("acknowledged", "no_record"), ("acknowledged", "no_reply"),
    ("acknowledged", "closed"),
    ("answered_in_part", "answered"), ("answered_in_part", "refused"),
    ("answered_in_part", "no_record"), ("answered_in_part", "no_reply"),
    ("answered_in_part", "closed"),
    ("answered", "answered_in_part"), ("answered", "closed"),
    ("refused", "answered_in_part"), ("refused", "answered"), ("refused", "no_record"),
    ("refused", "closed"),
    ("no_record", "answered_in_part"), ("no_record", "answered"), ("no_record", "refused"),
    ("no_record", "closed"),
    ("no_reply", "acknowledged"), ("no_reply", "answered_in_part"), ("no_reply", "answered"),
    ("no_reply", "refused"), ("no_reply", "no_record"), ("no_reply", "closed"),
    ("closed", "draft"), ("closed", "acknowledged"), ("closed", "answered_in_part"),
    ("closed", "answered"), ("closed", "refused"), ("closed", "no_record"),
}

# Everything that any step can want, so that only the table decides.
FULL: dict[str, Any] = {
    "items": ["item-1"], "addressee": "party-1", "checked_by": "R. Aziz", "checked_on": "2026-03-01",
    "check_notes": "looked at each", "sent_on": "2026-03-02", "acknowledged_on": "2026-03-09",
    "closed_because": "all answered",
}
LATE = date(2027, 1, 1)


def _replies(to: str) -> list[dict[str, Any]]:
    code = {"acknowledged": "forwarded", "answered_in_part": "confirmed_partial",
            "answered": "confirmed_full", "refused": "refused", "no_record": "record_destroyed"}
    return [{"reply_code": code[to], "received_on": "2026-04-01"}] if to in code else []


def test_the_states_are_those_of_the_vocabulary() -> None:
    assert set(STATES) == {term.code for term in vocabulary("request_status").terms} == set(MOVES)
    assert all(set(to) <= set(STATES) for to in MOVES.values())


@pytest.mark.parametrize(("state", "to"), list(product(STATES, STATES)))
def test_every_pair(state: str, to: str) -> None:
    allowed = (state, to) in ALLOWED
    assert may_go(state, to) is allowed
    request = {**FULL, "status": state}
    if to == "draft":
        del request["sent_on"]
    problems = wanting(request, to, replies=_replies(to), on=LATE)
    assert bool(problems) is not allowed, problems
    if not allowed:
        assert [p.field for p in problems] == ["status"]
        assert to.replace("_", " ") in problems[0].rule


def test_a_state_that_is_none() -> None:
    assert "no such state" in wanting({"status": "draft"}, "mislaid")[0].rule
    assert not may_go("mislaid", "draft")


@pytest.mark.parametrize(("state", "to", "without", "says"), [
    ("draft", "checked", "items", "about something"),
    ("draft", "checked", "checked_by", "missing"),
    ("draft", "checked", "checked_on", "missing"),
    ("checked", "sent", "addressee", "missing"),
    ("checked", "sent", "checked_by", "missing"),
    ("checked", "sent", "sent_on", "missing"),
    ("sent", "closed", "closed_because", "missing"),
    ("sent", "answered", "sent_on", "nothing else is answered"),
    ("closed", "acknowledged", "sent_on", "nothing else is answered"),
])
def test_what_a_step_needs(state: str, to: str, without: str, says: str) -> None:
    request = {**FULL, "status": state}
    assert not wanting(request, to, replies=_replies(to), on=LATE)
    told = wanting({k: v for k, v in request.items() if k != without}, to, replies=_replies(to), on=LATE)
    assert any(p.field == without or says in p.rule for p in told)
    assert any(says in p.rule + p.advice for p in told)


def test_warnings_are_answered_and_blockers_mended() -> None:
    request = {**FULL, "status": "draft", "check_notes": None}
    assert not wanting(request, "checked")
    told = wanting(request, "checked", warnings=2)
    assert (told[0].field, told[0].rule) == ("check_notes", "the check has 2 warnings, none of them answered")
    assert not wanting({**request, "check_notes": "the maker was asked before"}, "checked", warnings=2)
    blocked = wanting({**FULL, "status": "draft"}, "checked", blockers=1)
    assert "1 thing in the way" in blocked[0].rule
    # Something may have changed between the check and the sending.
    assert wanting({**FULL, "status": "checked"}, "sent", blockers=1)
    assert wanting({**request, "status": "checked"}, "sent", warnings=1)


@pytest.mark.parametrize("to", ["acknowledged", "answered_in_part", "answered", "refused", "no_record"])
def test_an_answer_stands_on_a_reply(to: str) -> None:
    request = {**FULL, "status": "sent"}
    del request["acknowledged_on"]
    assert wanting(request, to)
    assert wanting(request, to, replies=[{"reply_code": "no_reply"}])
    assert not wanting(request, to, replies=_replies(to))


def test_silence_is_not_said_before_the_answer_was_due() -> None:
    request = {**FULL, "status": "sent", "due_on": "2026-04-13"}
    assert wanting(request, "no_reply", on=date(2026, 4, 13))
    assert not wanting(request, "no_reply", on=date(2026, 4, 14))
    deferred = [{"reply_code": "deferred", "received_on": "2026-04-10"}]
    assert wanting(request, "no_reply", on=date(2026, 4, 14), replies=deferred)


def test_dates_in_an_order_that_cannot_be() -> None:
    request = {**FULL, "status": "checked", "checked_on": "2026-03-05", "sent_on": "2026-03-02"}
    assert [p.rule for p in wanting(request, "sent")] == ["it was sent before it was checked"]
    # A month may hold the day: nothing is refused on a doubt.
    assert not wanting({**request, "sent_on": "2026-03"}, "sent")
    early = {**FULL, "status": "sent", "acknowledged_on": "2026-02-01"}
    assert "acknowledged before it was sent" in wanting(early, "acknowledged")[0].rule
    assert wanting({**FULL, "status": "sent", "due_on": "2026-01-01"}, "closed")


def test_a_sent_letter_is_no_draft_again() -> None:
    assert wanting({**FULL, "status": "closed"}, "draft")
    assert not wanting({**FULL, "status": "closed", "sent_on": None}, "draft")


def test_what_the_replies_speak_for() -> None:
    sent = {"status": "sent", "items": ["item-1", "item-2"]}

    def of(*replies: dict[str, Any], **more: Any) -> str:
        return suggested({**sent, **more}, replies)

    assert of() == "sent"
    assert of({"reply_code": "forwarded"}) == "acknowledged"
    assert of(acknowledged_on="2026-03-02") == "acknowledged"
    assert of({"reply_code": "confirmed_partial"}) == "answered_in_part"
    assert of({"reply_code": "confirmed_full"}) == "answered"
    assert of({"reply_code": "confirmed_partial"}, {"reply_code": "confirmed_full"}) == "answered"
    assert of({"reply_code": "refused"}) == "refused"
    assert of({"reply_code": "record_destroyed"}) == "no_record"
    assert of({"reply_code": "not_our_product"}) == "answered"
    assert of({"reply_code": "no_record", "items": ["item-1"]}) == "answered_in_part"
    assert of({"reply_code": "no_record", "items": ["item-1"]},
              {"reply_code": "no_record", "items": ["item-2"]}) == "no_record"
    assert of({"reply_code": "refused", "items": ["item-1"]},
              {"reply_code": "confirmed_full", "items": ["item-2"]}) == "answered_in_part"
    assert of({"reply_code": "undeliverable"}) == "sent"
    assert of({"reply_code": "confirmed_full"}, status="closed") == "closed"
    assert of({"reply_code": "confirmed_full"}, status="draft") == "draft"
    # A full answer for one item of two is not an answer for both.
    assert of({"reply_code": "confirmed_full", "items": ["item-1"]}) == "answered_in_part"
