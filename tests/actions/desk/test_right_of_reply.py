"""The right of reply: no finding is ready before those it names were asked, whatever way it comes in."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import pytest

from headstamp.actions.desk.right_of_reply import (
    BY_ANOTHER,
    MOVES,
    answer,
    ask,
    leave_unasked,
    move,
    standing,
)
from headstamp.errors import Conflicting, Invalid, Missing, Refused
from headstamp.records import Finding, Party, RightOfReply
from headstamp.store.case import Case
from headstamp.vocab import vocabulary

SENTENCE = "The cable reached the group through Dealer Beta."


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case")
    with made.change(actor="A. Writer", reason="what was drawn from the papers") as change:
        change.put_many([
            Party.build(id="party-aaaa", name="Dealer Beta"),
            Party.build(id="party-bbbb", name="Red Column"),
            Party.build(id="party-cccc", name="Гамма", names=[{"text": "Gamma Trading"}]),
            Finding.build(id="find-aaaa", sentence=SENTENCE, named=["party-aaaa"],
                          status="in_review", author="A. Writer"),
        ])
    return made


def put(case: Case, **values: object) -> None:
    shown = case.read("sealed").get("find-aaaa")
    with case.change(actor="A. Writer", reason="by hand") as change:
        change.put(Finding.build({**shown.values, "id": "find-aaaa", **values}))


def asked(case: Case, **more: str) -> str:
    return ask(case, "find-aaaa", "party-aaaa", asked_on="2017-03-20", clearance="sealed",
               actor="A. Writer", **more).id


def moved(case: Case, to: str, actor: str = "B. Reviewer") -> None:
    move(case, "find-aaaa", to, clearance="sealed", actor=actor)


def state(case: Case) -> str:
    return str(case.read("sealed").get("find-aaaa").get("status"))


@pytest.mark.parametrize("status", ["ready", "approved"])
def test_the_write_path_refuses_what_was_not_asked(case: Case, status: str) -> None:
    with pytest.raises(Invalid) as refused:
        put(case, status=status)
    assert "party-aaaa" in str(refused.value) and "was not asked" in str(refused.value)
    assert state(case) == "in_review"


def test_a_question_still_open_is_not_enough(case: Case) -> None:
    asked(case)
    with pytest.raises(Invalid, match="its answer is still awaited"):
        put(case, status="ready")


def test_an_answer_makes_it_ready_by_another_hand(case: Case) -> None:
    right = asked(case, due_on="2017-04-10")
    answer(case, right, "answered", on="2017-04-02", words="We sold it lawfully.",
           clearance="sealed", actor="A. Writer")
    with pytest.raises(Refused, match=r"A\. Writer wrote this finding"):
        moved(case, "ready", actor="a  WRITER")
    moved(case, "ready")
    assert case.read("sealed").get("find-aaaa").get("reviewer") == "B. Reviewer"
    moved(case, "approved")
    told = standing(case.read("sealed"), "find-aaaa")
    assert told.may_be_ready and told.rights[0].record.get("answer") == "We sold it lawfully."


def test_an_answer_belongs_to_its_sentence(case: Case) -> None:
    right = asked(case)
    answer(case, right, "declined", clearance="sealed", actor="A. Writer")
    with pytest.raises(Invalid, match="another wording"):
        put(case, sentence="Dealer Beta sold the cable to the group.", status="ready")
    put(case, sentence="Dealer Beta sold the cable to the group.")
    told = standing(case.read("sealed"), "find-aaaa")
    assert not told.may_be_ready and not told.rights[0].same_sentence


def test_silence_counts_after_its_day_only(case: Case) -> None:
    right = asked(case, due_on="2017-04-10")
    for day in (date(2017, 4, 1), date(2017, 4, 10)):
        with pytest.raises(Invalid, match="too early"):
            answer(case, right, "no_answer", clearance="sealed", actor="x", today=day)
    answer(case, right, "no_answer", clearance="sealed", actor="x", today=date(2017, 4, 11))
    # It may still answer later.
    answer(case, right, "answered", words="Late, but here.", clearance="sealed", actor="x")
    moved(case, "ready")


def test_silence_without_a_day_never_counts(case: Case) -> None:
    right = asked(case)
    with pytest.raises(Invalid, match="no day was given"):
        answer(case, right, "no_answer", clearance="sealed", actor="x", today=date(2030, 1, 1))


def test_not_to_ask_needs_a_reason(case: Case) -> None:
    with pytest.raises(Invalid, match="why_not"):
        leave_unasked(case, "find-aaaa", "party-aaaa", "", clearance="sealed", actor="x")
    leave_unasked(case, "find-aaaa", "party-aaaa", "It would betray a witness.", clearance="sealed",
                  actor="A. Writer")
    moved(case, "ready")


def test_who_is_mentioned_must_be_named(case: Case) -> None:
    put(case, named=[], sentence="It came from gamma   TRADING and went on.")
    assert [p for p, _ in standing(case.read("sealed"), "find-aaaa").mentioned] == ["party-cccc"]
    with pytest.raises(Invalid, match="Gamma Trading"):
        moved(case, "ready")


def test_asking_somebody_puts_it_among_the_named(case: Case) -> None:
    ask(case, "find-aaaa", "party-bbbb", asked_on="2017-03-20", clearance="sealed", actor="x")
    assert case.read("sealed").get("find-aaaa").get("named") == ["party-aaaa", "party-bbbb"]
    with pytest.raises(Conflicting, match="already"):
        ask(case, "find-aaaa", "party-bbbb", asked_on="2017-03-21", clearance="sealed", actor="x")


def test_a_ready_finding_names_nobody_new_unasked(case: Case) -> None:
    leave_unasked(case, "find-aaaa", "party-aaaa", "closed", clearance="sealed", actor="x")
    moved(case, "ready")
    with pytest.raises(Invalid, match="party-bbbb"):
        put(case, named=["party-aaaa", "party-bbbb"])
    with pytest.raises(Invalid, match="still awaited"):
        ask(case, "find-aaaa", "party-bbbb", asked_on="2017-03-20", clearance="sealed", actor="x")
    assert case.read("sealed").get("find-aaaa").get("named") == ["party-aaaa"]


@pytest.mark.parametrize("taken", [
    {"right_state": "asked"}, {"right_state": "to_ask"}, {"sentence": "Another wording."},
    {"party": "party-bbbb"}, {"finding": "find-bbbb"}])
def test_nothing_is_taken_from_a_ready_finding(case: Case, taken: dict[str, str]) -> None:
    right = leave_unasked(case, "find-aaaa", "party-aaaa", "closed", clearance="sealed", actor="x").id
    moved(case, "ready")
    with case.change(actor="x", reason="another") as change:
        change.put(Finding.build(id="find-bbbb", sentence="Another one."))
    shown = case.read("sealed").get(right)
    other = RightOfReply.build({**shown.values, "id": right, "asked_on": "2017", **taken})
    with pytest.raises(Invalid, match="find-aaaa is ready: party-aaaa is named"), \
            case.change(actor="x", reason="by hand") as change:
        change.put(other)
    moved(case, "in_review")
    with case.change(actor="x", reason="by hand") as change:
        change.put(other)
        with pytest.raises(Invalid, match="party-aaaa"):
            change.put(Finding.build({**case.read("sealed").get("find-aaaa").values, "id": "find-aaaa",
                                      "status": "ready"}))


def test_a_right_that_moves_away_does_not_count_in_the_same_moment(case: Case) -> None:
    right = leave_unasked(case, "find-aaaa", "party-aaaa", "closed", clearance="sealed", actor="x").id
    values = {**case.read("sealed").get(right).values, "id": right, "sentence": "Another one."}
    ready = {**case.read("sealed").get("find-aaaa").values, "id": "find-aaaa", "status": "ready"}
    with pytest.raises(Invalid, match="party-aaaa"), case.change(actor="x", reason="at once") as change:
        change.put_many([Finding.build(id="find-bbbb", sentence="Another one."),
                         RightOfReply.build({**values, "finding": "find-bbbb"}), Finding.build(ready)])


def test_a_finding_and_its_rights_come_in_together(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "other")
    with case.change(actor="import", reason="from another case") as change:
        change.put_many([
            Party.build(id="party-aaaa", name="Dealer Beta"),
            Finding.build(id="find-aaaa", sentence=SENTENCE, named=["party-aaaa"], status="ready"),
            RightOfReply.build(finding="find-aaaa", party="party-aaaa", sentence=SENTENCE,
                               right_state="declined", asked_on="2017"),
        ])
    assert state(case) == "ready"


def test_every_move_is_allowed_or_refused(case: Case) -> None:
    states = [term.code for term in vocabulary("finding_status")]
    assert set(MOVES) == set(states) and set(states) >= BY_ANOTHER
    leave_unasked(case, "find-aaaa", "party-aaaa", "closed", clearance="sealed", actor="x")
    for start, to in product(states, states):
        put(case, status=start)
        if to in MOVES[start]:
            moved(case, to)
            assert state(case) == to
        else:
            with pytest.raises(Conflicting, match="does not become"):
                moved(case, to)
            assert state(case) == start


def test_what_cannot_be_seen_is_not_there(case: Case) -> None:
    put(case, tier="sealed")
    with pytest.raises(Missing):
        move(case, "find-aaaa", "draft", clearance="partner", actor="B. Reviewer")
    with pytest.raises(Missing):
        ask(case, "find-aaaa", "party-bbbb", asked_on="2017", clearance="partner", actor="x")
    with pytest.raises(Missing):
        standing(case.read("partner"), "find-aaaa")


@pytest.mark.parametrize("named", [["party-aaaa", "party-bbbb"], ["party-aaaa"]])
def test_who_is_hidden_keeps_it_back_and_is_not_told(case: Case, named: list[str]) -> None:
    """Neither a party it names nor one whose name stands in it is given away by the refusal."""
    with case.change(actor="x", reason="hidden") as change:
        change.put(Party.build(id="party-bbbb", name="Red Column", tier="sealed",
                               names=[{"text": "Known As Otherwise"}]))
    put(case, named=named, sentence="Dealer Beta sold it to Red Column.")
    leave_unasked(case, "find-aaaa", "party-aaaa", "closed", clearance="sealed", actor="x")
    with pytest.raises(Invalid) as refused:
        move(case, "find-aaaa", "ready", clearance="restricted", actor="B. Reviewer")
    told = str(refused.value)
    assert "cannot be seen with this clearance" in told
    assert "party-bbbb" not in told and "Red Column" not in told
    with pytest.raises(Invalid, match="party-bbbb"):
        moved(case, "ready")
