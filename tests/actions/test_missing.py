"""What is missing: every count is right, leads to its records, and is visible ones only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from headstamp.actions.missing import QUESTIONS, gap, gaps, question_named
from headstamp.errors import Missing
from tests.web.small import id_of, make, small_case

TODAY = date(2017, 6, 1)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory):
    return small_case(Path(tmp_path_factory.mktemp("missing") / "case"), items=10)


def test_each_gap_is_counted(case) -> None:
    found = {g.question.name: (g.count, g.of) for g in gaps(case.read("restricted"), TODAY)}
    assert found == {
        "items-without-marking": (2, 10),
        "items-without-photograph": (9, 10),
        "items-without-grade": (5, 10),
        "items-without-date": (0, 10),
        "items-without-site": (4, 10),
        "markings-partial": (3, 8),
        "markings-not-recorded": (0, 8),
        "recoveries-without-date": (1, 2),
        "requests-overdue": (1, 2),
        "requests-without-reply": (1, 2),
    }


def test_the_records_behind_a_gap_are_those_counted(case) -> None:
    reader = case.read("restricted")
    for question in QUESTIONS:
        found = gap(reader, question, TODAY, limit=100)
        assert len(found.some) == found.count, question.name
        assert all(one.kind == question.kind for one in found.some)


def test_slow_gaps_are_left_open_when_told_so(case) -> None:
    slow = {g.question.name for g in gaps(case.read("restricted"), TODAY, slow=False)
            if g.count is None}
    assert slow == {q.name for q in QUESTIONS if q.slow}


def test_a_request_is_overdue_only_after_its_whole_last_day(case) -> None:
    question = question_named("requests-overdue")
    reader = case.read("restricted")
    assert gap(reader, question, date(2017, 4, 1)).count == 0
    assert gap(reader, question, date(2017, 4, 2)).count == 1


def test_a_reply_that_may_not_be_seen_is_no_reply(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case", items=6)
    with case.change(actor="a", reason="r") as change:
        change.put(make("trace_reply", "hidden", request=id_of("trace_request", "q1"),
                        reply_code="refused", tier="sealed"))
    question = question_named("requests-without-reply")
    assert gap(case.read("restricted"), question, TODAY).count == 1
    assert gap(case.read("sealed"), question, TODAY).count == 0


def test_an_unknown_gap_is_missing() -> None:
    with pytest.raises(Missing):
        question_named("nothing")
