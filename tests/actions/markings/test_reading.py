"""Two people read a marking: what is held back, what is recorded, what their agreement says."""

from __future__ import annotations

from typing import Any

import pytest

from headstamp.actions.markings.agreement import queue
from headstamp.actions.markings.reading import (
    give_reading,
    mark_on_photograph,
    set_region,
    settle,
    two_readings,
)
from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.records import kind_named
from headstamp.store.case import Case

DAY = "2026-11-21"


def put(case: Case, *records: Any) -> None:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many(records)


def make(kind: str, **values: Any) -> Any:
    return kind_named(kind).cls.build(values)


def fill(case: Case) -> Case:
    put(
        case,
        make("item", id="item-aaaa", tag="A-1", family="arm"),
        make("photograph", id="photo-aaaa", items=["item-aaaa"], width=400, height=300,
             link="https://example.org/p.jpg", tier="restricted"),
        make("marking", id="mark-aaaa", item="item-aaaa", text="AB 1?3", state="partial",
             photograph="photo-aaaa"),
        make("marking", id="mark-bbbb", item="item-aaaa", text="XY 1"),
    )
    return case


@pytest.fixture
def marked(sqlite_case: Case) -> Case:
    return fill(sqlite_case)


def read(case: Case, reader: str, text: str, marking: str = "mark-aaaa", **more: Any) -> Any:
    return give_reading(case, marking, text, reader=reader, read_on=DAY, clearance="restricted",
                        actor="desk", **more)


def test_nothing_of_others_is_given_before_ones_own(marked: Case) -> None:
    reader = marked.read("restricted")
    before = two_readings(reader, "mark-aaaa", "Ben")
    assert before.blind and before.readers == 0 and before.recorded is None
    read(marked, "Ada", "AB 123")
    put(marked, make("reading", marking="mark-aaaa", text="AB 1Z3", method="ocr"))
    held = two_readings(reader, "mark-aaaa", "Ben")
    assert held.blind and held.held_back == 1
    assert (held.given, held.elsewhere, held.pairs, held.joint, held.own) == ((), (), (), "", None)
    assert held.recorded is None and held.beside_record is None
    own = two_readings(reader, "mark-aaaa", " ada ")
    assert not own.blind and own.own is not None and own.own.text == "AB 123"
    assert own.recorded == "AB 1?3" and own.beside_record is not None
    assert [one.get("method") for one in own.elsewhere] == ["ocr"]


def test_both_are_lined_up_once_both_are_given(marked: Case) -> None:
    read(marked, "Ada", "AB 123", certainty="80")
    read(marked, "Ben", "A8 123", remark="low light")
    seen = two_readings(marked.read("restricted"), "mark-aaaa", "Ben")
    assert [one.method for one in seen.given] == ["photograph", "second_person"]
    assert seen.given[0].certainty == 80 and seen.given[1].remark == "low light"
    ((first, second, agreement),) = seen.pairs
    assert (first.reader, second.reader) == ("Ada", "Ben")
    assert agreement.agreed == 4 and agreement.against == 1
    assert seen.joint == "A[B8] 123"
    assert two_readings(marked.read("restricted"), "mark-aaaa", "Cyd").blind
    assert not two_readings(marked.read("restricted"), "mark-aaaa", "Cyd", all_open=True).blind


def test_one_person_reads_once(marked: Case) -> None:
    read(marked, "Ada", "AB 123")
    with pytest.raises(Conflicting, match="ADA has read this marking already"):
        read(marked, " ADA", "AB 124")
    for reader, text in ((" ", "A"), ("Ben", "")):
        with pytest.raises(Invalid):
            read(marked, reader, text)
    with pytest.raises(Missing):
        read(marked, "Ben", "A", marking="item-aaaa")
    with pytest.raises(Missing):
        read(marked, "Ben", "A", marking="mark-zzzz")
    assert two_readings(marked.read("restricted"), "mark-aaaa", "Ada").readers == 1


def test_only_named_people_count(marked: Case) -> None:
    put(marked, make("reading", marking="mark-aaaa", text="AB 123"),
        make("reading", marking="mark-aaaa", text="AB 123", reader="list", method="copied"),
        make("reading", marking="mark-aaaa", text="AB 123", reader="engine", method="ocr"))
    assert two_readings(marked.read("restricted"), "mark-aaaa", "Ben").readers == 0


def test_a_joint_text_needs_two_readers_a_reason_and_a_fitting_state(marked: Case) -> None:
    def join(text: str, state: str = "clear", reason: str = "joint", expected: int = 1) -> Any:
        return settle(marked, "mark-aaaa", text, state=state, expected=expected, reason=reason,
                      clearance="restricted", actor="desk")

    read(marked, "Ada", "AB 123")
    with pytest.raises(Invalid, match="two people"):
        join("AB 123")
    read(marked, "Ben", "AB 123")
    with pytest.raises(Invalid) as refused:
        join("AB 12?", reason=" ")
    assert {problem.field for problem in refused.value.problems} == {"reason", "state"}
    with pytest.raises(Conflicting):
        join("AB 123", expected=7)
    done = join("AB 123")
    reader = marked.read("restricted")
    marking = reader.get("mark-aaaa")
    assert done.version == 2 and marking.get("text") == "AB 123" and marking.get("state") == "clear"
    assert marking.get("photograph") == "photo-aaaa"
    assert [event.reason for event in reader.history("mark-aaaa")] == ["sample", "joint"]
    assert len(reader.referring("mark-aaaa", kind="reading")) == 2


def test_a_marking_is_made_on_a_photograph_with_its_first_reading(marked: Case) -> None:
    done = mark_on_photograph(
        marked, "photo-aaaa", {"item": "item-aaaa", "region": "10,20,30,40", "text": "7?",
                               "state": "partial", "marking_kind": "serial"},
        reader="Ada", read_on=DAY, clearance="restricted", actor="desk", certainty="50",
    )
    seen = two_readings(marked.read("restricted"), done.id, "Ada")
    assert seen.marking.get("region") == "10, 20, 30, 40"
    assert seen.marking.get("tier") == "restricted"
    assert seen.own is not None and seen.own.text == "7?" and seen.own.method == "photograph"
    removed = mark_on_photograph(
        marked, "photo-aaaa", {"item": "item-aaaa", "region": "10,20,30,40", "state": "removed"},
        reader="Ada", read_on=DAY, clearance="restricted", actor="desk",
    )
    assert two_readings(marked.read("restricted"), removed.id, "Ada").readers == 0


@pytest.mark.parametrize(("values", "field"), [
    ({"item": "item-aaaa", "region": "10,20,999,40", "text": "7"}, "region"),
    ({"item": "item-aaaa", "region": "", "text": "7"}, "region"),
    ({"item": "item-zzzz", "region": "10,20,30,40", "text": "7"}, "item"),
    ({"region": "10,20,30,40", "text": "7"}, "item"),
    ({"item": "item-aaaa", "region": "10,20,30,40", "text": "7?"}, "state"),
])
def test_what_is_wrong_with_a_new_marking_is_said(
    marked: Case, values: dict[str, str], field: str
) -> None:
    size = marked.read("sealed").size()
    with pytest.raises(Invalid) as refused:
        mark_on_photograph(marked, "photo-aaaa", values, reader="Ada", read_on=DAY,
                           clearance="restricted", actor="desk")
    assert [problem.field for problem in refused.value.problems] == [field]
    assert marked.read("sealed").size() == size
    with pytest.raises(Missing):
        mark_on_photograph(marked, "photo-aaaa", values, reader="Ada", read_on=DAY,
                           clearance="partner", actor="desk")


def test_a_region_is_a_new_version_of_the_marking(marked: Case) -> None:
    done = set_region(marked, "mark-bbbb", "photo-aaaa", "1 2 30 40", expected=1,
                      clearance="restricted", actor="desk")
    marking = marked.read("restricted").get("mark-bbbb")
    assert done.version == 2 and marking.get("region") == "1, 2, 30, 40"
    assert marking.get("text") == "XY 1" and marking.get("photograph") == "photo-aaaa"


def test_the_queue_and_the_agreement_of_the_case(case: Case) -> None:
    marked = fill(case)
    reader = marked.read("restricted")
    nothing = queue(reader, "Ada")
    assert nothing.total == 0 and nothing.statistics.share is None
    assert queue(reader, "Ada", state="none").total == 2
    read(marked, "Ada", "AB 123")
    read(marked, "Ben", "A8 123")
    read(marked, "Ada", "XY 1", marking="mark-bbbb")
    two, one = queue(reader, "Ada", state="two"), queue(reader, "Ada")
    assert (two.total, one.total, queue(reader, "Ada", state="none").total) == (1, 1, 0)
    assert [(row.marking.id, row.readers, row.mine) for row in one.rows] == [("mark-bbbb", 1, True)]
    stats = one.statistics
    assert (stats.read_once, stats.read_twice, stats.texts_same) == (1, 1, 0)
    assert (stats.compared, stats.agreed, stats.differing) == (5, 4, 1)
    assert stats.share == pytest.approx(0.8)
    assert [(c.one, c.other, c.count) for c in stats.confusions] == [("8", "B", 1)]
    assert two.rows[0].agreement is not None and two.rows[0].agreement.against == 1
    assert not queue(reader, "Ada", looked_at=2).statistics.whole
    with pytest.raises(Invalid, match="one, two, none"):
        queue(reader, "Ada", state="three")


def test_a_reading_changed_afterwards_does_not_raise_the_agreement(marked: Case) -> None:
    read(marked, "Ada", "AB 123")
    second = read(marked, "Ben", "A8 123")
    shown = marked.read("restricted").get(second.id)
    put(marked, kind_named("reading").cls.build({**shown.values, "id": second.id,
                                                 "text": "AB 123"}))
    reader = marked.read("restricted")
    seen = two_readings(reader, "mark-aaaa", "Ben")
    assert seen.own is not None and seen.own.corrected and seen.own.first_text == "A8 123"
    assert seen.joint == "AB 123"
    assert queue(reader, "Ben").statistics.differing == 1


def test_what_is_above_the_clearance_does_not_exist(marked: Case) -> None:
    put(marked, make("marking", id="mark-cccc", item="item-aaaa", text="Q1", tier="sealed"))
    read_sealed = give_reading(marked, "mark-cccc", "Q1", reader="Ada", read_on=DAY,
                               clearance="sealed", actor="desk")
    assert read_sealed.what == "new"
    reader = marked.read("restricted")
    assert queue(reader, "Ben").total == 0 and queue(marked.read("sealed"), "Ben").total == 1
    with pytest.raises(Missing):
        two_readings(reader, "mark-cccc", "Ben")
    with pytest.raises(Missing):
        read(marked, "Ben", "Q1", marking="mark-cccc")
