"""The board puts first what is in need, and the figures count what was sent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from headstamp.actions.desk.statistics import sent, statistics
from headstamp.tracing.desk import Card, board, card, chosen, next_step
from headstamp.tracing.request_due import TERMS
from headstamp.tracing.request_state import STATES

DAY = date(2026, 6, 30)


def made(id_: str, status: str = "sent", replies: tuple[dict[str, Any], ...] = (), **values: Any) -> Card:
    whole = {"status": status, "addressee_role": "maker", **values}
    return card(id_, whole, replies, DAY, TERMS, label=id_, party={"country": "XA"},
                party_label="Works", unread=values.pop("unread", 0))


def test_every_state_has_its_column_and_what_is_late_stands_first() -> None:
    cards = [made("a", sent_on="2026-06-20"), made("b", sent_on="2026-01-05"),
             made("c", sent_on="2026-04-01"), made("d", "draft"), made("e", "closed")]
    columns = {one.state: [one.id for one in one.cards] for one in board(cards)}
    assert tuple(columns) == STATES
    assert columns["sent"] == ["b", "c", "a"]
    assert columns["draft"] == ["d"] and columns["closed"] == ["e"]


def test_the_next_step_is_ours_before_it_is_theirs() -> None:
    assert made("a", "draft").next_step == "check it"
    assert made("a", "checked").next_step == "send the letter"
    assert made("a", sent_on="2026-06-25").next_step == "wait for an answer"
    assert made("a", sent_on="2026-06-10").next_step == "no acknowledgement yet"
    assert made("a", sent_on="2026-04-01").next_step == "send a reminder"
    assert made("a", sent_on="2026-01-05",
                reminded_on=["2026-03-10", "2026-04-10"]).next_step == "take it up with somebody else"
    assert made("a", "answered", sent_on="2026-04-01").next_step.startswith("read it into claims")
    assert next_step("sent", (), 2, "answered") == "read 2 replies into claims"
    assert next_step("sent", (), 0, "no_record") == "its replies speak for: no record"


def test_a_card_says_what_its_replies_speak_for() -> None:
    one = made("a", replies=({"reply_code": "no_record"},), sent_on="2026-06-01")
    assert (one.suggested, one.replies) == ("no_record", 1)
    assert one.as_dict()["suggested"] == "no_record"


def test_filters_are_joined() -> None:
    cards = [made("a", checked_by="N."), made("b", checked_by="M."), made("c", addressee="party-x")]
    assert [one.id for one in chosen(cards, officer="N.")] == ["a"]
    assert [one.id for one in chosen(cards, addressee="party-x", country="XA", role="maker")] == ["c"]
    assert chosen(cards, country="XB") == []
    assert len(chosen(cards)) == 3


def _sent(id_: str, replies: tuple[dict[str, Any], ...] = (), **values: Any) -> Any:
    one = made(id_, replies=replies, **{"sent_on": "2026-06-01", **values})
    return sent(one, replies, DAY)


@pytest.mark.parametrize(("replies", "answered", "days"), [
    ((), False, 29),
    (({"reply_code": "deferred", "received_on": "2026-06-05"},), False, 29),
    (({"reply_code": "no_record", "received_on": "2026-06-11"},), True, 10),
    (({"reply_code": "refused", "received_on": "2026-06-21"},
      {"reply_code": "confirmed_full", "received_on": "2026-06-11"}), True, 10),
    (({"reply_code": "confirmed_full", "received_on": "2026-06"},), True, None),
    (({"reply_code": "confirmed_full", "received_on": "2026-05-01"},), True, None),
])
def test_how_a_request_fared(replies: Any, answered: bool, days: int | None) -> None:
    one = _sent("a", replies)
    assert one is not None and one.answered is answered
    assert (one.wait[0] if one.wait else None) == days


def test_what_was_not_sent_is_no_request_yet() -> None:
    assert _sent("a", status="draft") is None
    assert _sent("a", sent_on="") is None


def test_the_figures_of_groups_add_up_and_small_ones_say_so() -> None:
    some = [_sent(f"r{n}", ({"reply_code": "no_record", "received_on": "2026-06-11"},) if n < 3 else (),
                  addressee=f"party-{n % 2}") for n in range(6)]
    told = statistics([one for one in some if one], DAY)
    assert (told.all.sent, told.all.answered, told.all.few) == (6, 3, False)
    for group in (told.by_addressee, told.by_role, told.by_country):
        assert sum(one.sent for one in group) == 6
        assert sum(one.answered for one in group) == 3
    assert all(one.few for one in told.by_addressee)
    assert told.by_role[0].label == "maker" and told.by_addressee[0].label == "Works"
    assert told.all.time.days == 10
    assert told.as_dict()["by_country"][0]["label"] == "XA"
