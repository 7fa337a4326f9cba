"""An alert moves on by another hand, with its words as they were checked; whatever way it comes in."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from headstamp.errors import Invalid
from headstamp.records import Alert, Document, Party
from headstamp.store.alert_state import MOVES, SAID, WRITTEN, authors, wanting
from headstamp.store.case import Case
from headstamp.vocab import vocabulary

ID, BY, CHECKER = "alert-aaaa", "A. Writer", "B. Checker"
OTHER = ("headstamp.local/other 3",)
FULL: dict[str, Any] = {
    "title": "Olive crate met in the south", "looks_like": "Olive crate", "author": BY,
    "recipient_role": "deminer", "channel": "radio", "sent_on": "2017-03-02", "checked_by": CHECKER,
    "documents": ["doc-aaaa"], "acknowledged_on": "2017-03-03", "why_withdrawn": "a mistake",
}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case")
    with made.change(actor=BY, reason="what was met") as change:
        change.put_many([
            Document.build(id="doc-aaaa", title="the extract", link="https://example.org/x"),
            Party.build(id="party-aaaa", name="Border post 4"),
            Alert.build(id=ID, title=FULL["title"], looks_like="Olive crate", author=BY),
        ])
    return made


def put(case: Case, actor: str = BY, **values: Any) -> None:
    shown = case.read("sealed").get(ID)
    with case.change(actor=actor, reason="by hand") as change:
        change.put(Alert.build({k: v for k, v in {**shown.values, "id": ID, **values}.items()
                                if v is not None}))


def on_to(case: Case, *states: str) -> None:
    for state in states:
        put(case, CHECKER if state == "checked" else BY, alert_state=state, **{
            "checked": {"checked_by": CHECKER},
            "sent": {n: FULL[n] for n in ("recipient_role", "channel", "sent_on", "documents")},
            "acknowledged": {"acknowledged_on": "2017-03-03"},
            "withdrawn": {"why_withdrawn": "a mistake"}, "draft": {"checked_by": None},
        }[state])


def state(case: Case) -> str:
    return str(case.read("sealed").get(ID).get("alert_state"))


def test_the_table_has_every_state_of_the_list() -> None:
    assert set(MOVES) == {term.code for term in vocabulary("alert_state")}
    assert {to for some in MOVES.values() for to in some} <= set(MOVES)


@pytest.mark.parametrize(("before", "to"), list(product(MOVES, MOVES)))
def test_only_the_moves_of_the_table_are_made(before: str, to: str) -> None:
    found = wanting({**FULL, "alert_state": before}, to)
    if to in MOVES[before] and (before, to) != ("withdrawn", "draft"):
        assert found == []
    else:
        assert [one.field for one in found] == ["alert_state"]


def test_an_alert_goes_its_way(case: Case) -> None:
    on_to(case, "checked", "sent", "acknowledged", "withdrawn")
    assert state(case) == "withdrawn"


def test_a_withdrawn_draft_may_come_back_and_a_sent_one_not(case: Case) -> None:
    on_to(case, "withdrawn", "draft")
    assert state(case) == "draft"
    on_to(case, "checked", "sent", "withdrawn")
    with pytest.raises(Invalid, match="is no draft any more"):
        on_to(case, "draft")


@pytest.mark.parametrize("new", ["checked", "sent", "acknowledged", "withdrawn"])
def test_a_new_alert_is_a_draft(case: Case, new: str) -> None:
    with pytest.raises(Invalid, match="a new alert is a draft"), \
            case.change(actor=CHECKER, reason="at once") as change:
        change.put(Alert.build({**FULL, "id": "alert-bbbb", "alert_state": new}))


@pytest.mark.parametrize("name", ["A. Writer", "a writer", "A  WRITER."])
def test_nobody_checks_their_own(case: Case, name: str) -> None:
    with pytest.raises(Invalid, match="somebody else has to check it"):
        put(case, name, alert_state="checked", checked_by=name)
    assert state(case) == "draft"


def test_who_wrote_the_last_of_it_does_not_check_it_either(case: Case) -> None:
    put(case, CHECKER, looks_like="Olive crate, white stencil")
    with pytest.raises(Invalid, match=r"B\. Checker wrote this alert"):
        put(case, CHECKER, alert_state="checked", checked_by=CHECKER)
    put(case, "C. Third", recipient_role="deminer")  # says nothing of what it says
    put(case, "C. Third", alert_state="checked", checked_by="C. Third")


def test_nobody_says_that_another_checked_it(case: Case) -> None:
    with pytest.raises(Invalid, match=r"A\. Writer cannot say that B\. Checker checked it"):
        put(case, BY, alert_state="checked", checked_by=CHECKER)


def test_its_words_do_not_change_in_the_step(case: Case) -> None:
    with pytest.raises(Invalid, match="its words change in the same step"):
        put(case, CHECKER, alert_state="checked", checked_by=CHECKER, looks_like="Grey crate")
    on_to(case, "checked")
    with pytest.raises(Invalid, match="its words change in the same step"):
        put(case, BY, alert_state="sent", looks_like="Grey crate",
            **{n: FULL[n] for n in ("recipient_role", "channel", "sent_on", "documents")})


@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_checked_stays(case: Case, name: str) -> None:
    on_to(case, "checked")
    with pytest.raises(Invalid, match="stays as it was checked") as refused:
        put(case, BY, **{name: "Something else"})
    assert [one.field for one in refused.value.problems] == [name]
    put(case, BY, recipient="party-aaaa")  # to whom it goes is settled when it is sent
    on_to(case, "draft")
    put(case, BY, **{name: "Something else"})


@pytest.mark.parametrize(("name", "value"), [
    ("channel", "letter"), ("sent_on", "2017-03-05"), ("documents", None), ("looks_like", "Grey"),
    ("recipient", "party-aaaa"), ("checked_by", "C. Third"), ("author", "Nobody"),
])
def test_what_was_sent_stays(case: Case, name: str, value: Any) -> None:
    on_to(case, "checked", "sent")
    for more in ({}, {"alert_state": "acknowledged", "acknowledged_on": "2017-03-03"}):
        if name == "author" and more:
            continue
        with pytest.raises(Invalid):
            put(case, BY, **{**more, name: value})
    put(case, BY, remark="heard on the radio")


@pytest.mark.parametrize("name", ["recipient_role", "channel", "sent_on", "documents"])
def test_sending_says_to_whom_how_when_and_what(case: Case, name: str) -> None:
    on_to(case, "checked")
    given = {n: FULL[n] for n in ("recipient_role", "channel", "sent_on", "documents") if n != name}
    with pytest.raises(Invalid):
        put(case, BY, alert_state="sent", **given)
    assert state(case) == "checked"


def test_it_is_not_acknowledged_before_it_was_sent(case: Case) -> None:
    on_to(case, "checked", "sent")
    with pytest.raises(Invalid, match="acknowledged before it was sent"):
        put(case, BY, alert_state="acknowledged", acknowledged_on="2017-03-01")


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("words", ["Do not open it", "Не вскрывайте", "لا تلمسه"])
def test_a_word_of_handling_stops_it(case: Case, name: str, words: str) -> None:
    put(case, BY, **{name: words})
    with pytest.raises(Invalid, match="speaks of handling") as refused:
        on_to(case, "checked")
    assert {one.field for one in refused.value.problems} == {name}
    assert all(one.value for one in refused.value.problems)


def test_the_authors_are_told_by_word_and_log() -> None:
    one, two = {"title": "a"}, {"title": "b"}
    assert authors({"author": "W"}, [("X", one), ("Y", two), ("Z", {**two, "channel": "radio"})]) == [
        "W", "Y"]
    assert authors({}, [("X", one)]) == ["X"]
    assert set(WRITTEN) <= set(SAID)


def test_a_contradiction_is_not_settled_into_what_nobody_checked(case: Case) -> None:
    on_to(case, "checked")
    shown = case.read("sealed").get(ID)
    said = {**shown.values, "id": ID}
    with case.change(actor="C. Third", reason="settled") as change:
        change.settle(Alert.build(said), OTHER, case.origin)  # as it was checked
    for wrong in ({"looks_like": "Grey crate"}, {"checked_by": "C. Third"}):
        with pytest.raises(Invalid, match="none of the versions says this"), \
                case.change(actor="C. Third", reason="settled") as change:
            change.settle(Alert.build({**said, **wrong}), OTHER, case.origin)
    with case.change(actor="C. Third", reason="settled") as change:
        change.settle(Alert.build({**said, "looks_like": "Grey", "alert_state": "draft"}), OTHER, case.origin)
    assert state(case) == "draft"
