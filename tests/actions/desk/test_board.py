"""The desk of a case: what one clearance sees of it, and what its calendar does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.desk.board import conflicts_of, desk_calendar, trace_desk
from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from tests.conftest import STORES, new_case

DAY = date(2026, 6, 30)


def make(kind: str, **values: Any) -> Record:
    return kind_named(kind).cls.build(values)


def sample() -> list[Record]:
    return [
        make("party", id="party-make", name="Northern Works", country="FR"),
        make("trace_request", id="trace-late", title="SECRETWORD one", addressee="party-make",
             addressee_role="maker", status="sent", sent_on="2026-04-01", our_reference="T-1"),
        make("trace_request", id="trace-seal", title="SECRETWORD two", tier="sealed",
             status="sent", sent_on="2026-06-20", our_reference="T-SEALED"),
        make("trace_request", id="trace-done", title="Three", addressee="party-make",
             addressee_role="maker", status="answered", sent_on="2026-04-01"),
        make("trace_request", id="trace-drft", title="Four"),
        make("trace_reply", id="reply-aaaa", request="trace-done", reply_code="confirmed_full",
             received_on="2026-04-21"),
        make("trace_reply", id="reply-bbbb", request="trace-done", reply_code="no_record",
             received_on="2026-05-01"),
        make("trace_reply", id="reply-cccc", request="trace-done", reply_code="confirmed_full",
             received_on="2026-05-02"),
        make("transfer", id="tran-cccc", reply="reply-cccc", goods="rifles"),
    ]


@pytest.fixture(params=STORES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    with new_case(request.param, tmp_path) as made:
        with made.change(actor="tester", reason="sample") as change:
            change.put_many(sample())
        yield made


def test_the_desk_shows_what_may_be_seen(case: Case) -> None:
    desk = trace_desk(case, case.read("restricted"), DAY)
    cards = {one.id: one for one in desk.cards}
    assert set(cards) == {"trace-late", "trace-done", "trace-drft"}
    assert (cards["trace-late"].party, cards["trace-late"].country) == ("Northern Works", "FR")
    assert cards["trace-late"].to_do and not cards["trace-drft"].to_do
    # Of three replies two confirm, and of one of these a claim was made.
    assert (cards["trace-done"].replies, cards["trace-done"].unread) == (3, 1)
    assert len(trace_desk(case, case.read("sealed"), DAY).cards) == 4


def test_the_figures_are_those_of_what_was_sent(case: Case) -> None:
    told = trace_desk(case, case.read("restricted"), DAY).statistics()
    assert (told.all.sent, told.all.answered, told.all.time.days) == (2, 1, 20)
    assert [one.label for one in told.by_addressee] == ["Northern Works"]


def test_the_calendar_tells_references_and_of_sealed_requests_nothing(case: Case) -> None:
    desk = trace_desk(case, case.read("sealed"), DAY)
    text = desk_calendar(desk, case, "http://127.0.0.1:8765").decode().replace("\r\n ", "")
    assert "SUMMARY:Send a reminder: trace request T-1" in text
    assert "URL:http://127.0.0.1:8765/trace-requests/trace-late" in text
    for secret in ("SECRETWORD", "T-SEALED", "trace-seal", "Northern"):
        assert secret not in text
    uids = [line for line in text.splitlines() if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == text.count("BEGIN:VEVENT") > 3
    again = desk_calendar(trace_desk(case, case.read("sealed"), DAY), case).decode()
    assert [line for line in again.splitlines() if line.startswith("UID:")] == uids


def test_contradicting_replies_are_told(case: Case) -> None:
    reader = case.read("restricted")
    replies = reader.referring("trace-done", kind="trace_reply", field="request")
    found = conflicts_of(reader, replies)
    assert {(one.first, one.second) for one in found} == {
        ("reply-aaaa", "reply-bbbb"), ("reply-bbbb", "reply-cccc")}
    assert conflicts_of(reader, replies[:1]) == ()


def test_what_must_not_be_published_is_no_public_figure(case: Case) -> None:
    assert trace_desk(case, case.read("public"), DAY).cards == ()
