"""What waits is counted as the reader sees it, leads to its page, and is not counted where it would take long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions import waits as module
from headstamp.actions.desk.right_of_reply import ask
from headstamp.actions.waits import waits
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="Ana", reason="test") as change:
            change.put_many([
                make("party", "north", name="Northern Works", country="FR", tier="public"),
                make("party", "again", name="Northern Works Ltd", country="FR", tier="public"),
                make("item", "a", tag="A-1"),
                make("trace_request", "draft", title="Draft", status="draft"),
                make("trace_request", "old", title="Old", addressee="party-north0000", status="sent",
                     sent_on="2015-01-05", items=["item-a0000"], tier="partner"),
                make("trace_request", "came", title="Came", addressee="party-north0000",
                     status="answered", sent_on="2015-01-05", items=["item-a0000"]),
                make("trace_reply", "came", request="trace-came0000", reply_code="confirmed_full",
                     received_on="2015-02-01", items=["item-a0000"], tier="sealed"),
                make("finding", "one", sentence="It came from the north.", status="in_review",
                     named=["party-north0000"]),
                make("finding", "two", sentence="It is a rifle.", status="in_review"),
                make("alert", "one", title="Olive crates"),
                make("alert", "two", title="Grey crates", tier="sealed"),
            ])
        yield made


def counts(case: Case, clearance: str) -> dict[str, int | None]:
    return {one.name: one.count for one in waits(case, case.read(clearance))}


def test_each_thing_that_waits_is_counted(case: Case) -> None:
    assert counts(case, "sealed") == {
        "requests-to-chase": 1, "replies-unread": 1, "requests-unsent": 1,
        "findings-asking": 1, "findings-review": 1, "parties": 1,
        "alerts-draft": 2,
    }


def test_who_may_not_see_a_reply_is_not_told_that_one_waits(case: Case) -> None:
    assert "replies-unread" not in counts(case, "restricted")
    assert counts(case, "public") == {"parties": 1}
    assert counts(case, "partner")["alerts-draft"] == 1


def test_a_question_that_is_put_is_still_waited_for(case: Case) -> None:
    ask(case, "find-one0000", "party-north0000", asked_on="2015-03-01", clearance="sealed", actor="B")
    assert counts(case, "sealed")["findings-asking"] == 1


def test_an_empty_case_has_nothing_that_waits(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as empty:
        assert waits(empty, empty.read("sealed")) == ()


def test_a_large_case_is_not_kept_waiting(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_REQUESTS", "MOST_FINDINGS", "MOST_PARTIES"):
        monkeypatch.setattr(module, name, 1)
    assert counts(case, "sealed") == {
        "requests": None, "findings": None, "parties": None, "alerts-draft": 2}
