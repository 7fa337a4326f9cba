"""Which pairs of texts a case confirms, and what becomes of what they teach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.markings.learn import (
    LEAST_DIFFERING,
    LEAST_PAIRS,
    Grounds,
    channel_of,
    costs_path,
    grounds,
    learn_markings,
    write_costs,
)
from headstamp.errors import Invalid, Unavailable
from headstamp.markings.alphabet import code_of
from headstamp.markings.channel import Channel
from headstamp.markings.learn import Confirmed
from headstamp.records import Item, Marking, Reading
from headstamp.store.case import Case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        yield made


class Work:
    """Somebody at work in a case: markings, readings, corrections."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.item = Item.build({"make": "Altera"})
        self.put("Clerk", self.item)

    def put(self, actor: str, record: Any) -> None:
        with self.case.change(actor=actor, reason="test") as change:
            change.put(record)

    def marking(self, text: str, actor: str = "Clerk", **values: Any) -> Marking:
        made = Marking.build({"item": self.item.id, "text": text, **values})
        self.put(actor, made)
        return made

    def reading(self, of: Marking, text: str, reader: str = "", **values: Any) -> Reading:
        given = {"marking": of.id, "text": text, "reader": reader or None, **values}
        made = Reading.build({name: value for name, value in given.items() if value is not None})
        self.put(reader or "Clerk", made)
        return made

    def again(self, record: Any, actor: str = "Clerk", **values: Any) -> Any:
        newer = record.model_copy(update=values)
        self.put(actor, newer)
        return newer

    def grounds(self, clearance: str = "restricted") -> Grounds:
        return grounds(self.case.read(clearance))


@pytest.fixture
def work(case: Case) -> Work:
    return Work(case)


def test_a_certain_reading_judges_the_recorded_text_and_the_others(work: Work) -> None:
    marking = work.marking("A8B23", technique="stamped")
    work.reading(marking, "A8823", "Ana", certainty=100)
    work.reading(marking, "A8823", "Ben", certainty=60)
    work.reading(marking, "A88Z3", method="ocr")
    work.reading(marking, "{\"made\":1}", method="scheme")
    assert sorted(work.grounds().pairs, key=lambda one: one.seen) == [
        Confirmed("A8823", "A8823", "stamped"), Confirmed("A88Z3", "A8823", "stamped", "ocr"),
        Confirmed("A8B23", "A8823", "stamped"),
    ]


def test_certain_readings_that_differ_confirm_nothing(work: Work) -> None:
    marking = work.marking("A8B23")
    work.reading(marking, "A8823", "Ana", certainty=100)
    work.reading(marking, "A8B23", "Ben", certainty=100)
    found = work.grounds()
    assert (found.pairs, found.contradicting) == ([], 1)


def test_two_people_who_agree_confirm_what_each_gave_first(work: Work) -> None:
    marking = work.marking("A8823", "Ana")
    work.reading(marking, "A8823", "Ana")
    first = work.reading(marking, "A8B23", "Ben", method="second_person")
    assert work.grounds().open == 1
    work.again(first, "Ben", text="A8823")
    found = work.grounds()
    # Ana recorded the marking herself: her text counts once.
    assert sorted(one.seen for one in found.pairs) == ["A8823", "A8B23"]
    assert {(one.true, one.only_wrong, one.weight) for one in found.pairs} == {("A8823", False, 1)}
    assert (found.settled, found.open, found.by_ground) == (1, 0, {"agreed": 2})


def test_most_people_decide_a_tie_does_not(work: Work) -> None:
    marking = work.marking("X", "Ana", state="partial")
    for name, text in (("Ana", "A8823"), ("Ben", "A8B23"), ("Cem", "A8823")):
        work.reading(marking, text, name)
    assert [one.true for one in work.grounds().pairs] == ["A8823"] * 3
    work.reading(marking, "A8B23", "Dua")
    assert work.grounds().pairs == []


def test_agreements_weigh_as_much_as_differences_are_settled(work: Work) -> None:
    for text in ("11111", "22222"):
        marking = work.marking(text, "Ana")
        for name in ("Ana", "Ben"):
            work.reading(marking, text, name)
    open_one = work.marking("A8823", "Ana")
    work.reading(open_one, "A8823", "Ana")
    work.reading(open_one, "A8B23", "Ben")
    assert work.grounds().pairs == []  # no difference is settled: agreements alone would flatter
    settled = work.marking("77777", "Ana")
    for name, text in (("Ana", "77777"), ("Ben", "1777?"), ("Cem", "77777")):
        work.reading(settled, text, name)
    found = work.grounds()
    assert found.share_settled == 0.5
    assert sorted(one.weight for one in found.pairs) == [0.5] * 4 + [1.0] * 3


def test_a_correction_confirms_what_it_replaced(work: Work) -> None:
    marking = work.marking("A8B23")
    work.again(marking, position="left side")
    assert work.grounds().pairs == []
    work.again(marking, text="A8823", position="left side")
    assert work.grounds().pairs == [Confirmed("A8B23", "A8823", only_wrong=True)]


@pytest.mark.parametrize("after", ["A8-B23", "A8?23"])
def test_another_way_of_writing_or_a_doubt_is_no_confirmation(work: Work, after: str) -> None:
    work.again(work.marking("A8B23"), text=after, state="partial")
    assert work.grounds().pairs == []


def test_nothing_is_learned_from_what_may_not_be_seen(work: Work) -> None:
    marking = work.marking("A8B23", tier="sealed")
    work.reading(marking, "A8823", "Ana", certainty=100)
    open_marking = work.marking("A8B23")
    work.reading(open_marking, "A8823", "Ana", certainty=100, tier="sealed")
    assert work.grounds().pairs == []
    assert len(work.grounds("sealed").pairs) == 2


def fill(work: Work, wrong: int, right: int) -> None:
    records: list[Any] = []
    for number in range(wrong + right):
        true = f"A8{number:04}"
        marking = Marking.build({
            "item": work.item.id, "text": true if number >= wrong else true.replace("8", "B", 1)})
        records += [marking, Reading.build({
            "marking": marking.id, "text": true, "reader": "Ana", "certainty": 100})]
    with work.case.change(actor="Clerk", reason="test") as change:
        change.put_many(records)


def test_learned_written_and_used(case: Case, work: Work) -> None:
    fill(work, 20, 60)
    assert channel_of(case) is Channel.default()
    taught = learn_markings(case.read("restricted"))
    told = taught.as_dict()
    assert (told["pairs"], told["differing"]) == (80, 20)
    first = next(one for one in told["changes"] if (one.get("true"), one.get("seen")) == ("8", "B"))
    assert first["observed"] == pytest.approx(20, abs=0.5)
    assert first["before"] < first["low"] < 20 / 84 < first["high"]
    write_costs(taught, costs_path(case))
    learned = channel_of(case, "stamped")
    pair = code_of("8"), code_of("B")
    assert learned.substitute[pair] < Channel.default("stamped").substitute[pair] - 100
    assert learned.describe()["learned_from"] == 80
    assert [path.name for path in case.folder.glob(".markings-costs*")] == []
    costs_path(case).unlink()
    assert channel_of(case) is Channel.default()


def test_a_damaged_file_is_told_not_passed_over(case: Case) -> None:
    costs_path(case).write_text("pairs = 'many'", encoding="utf-8")
    with pytest.raises(Invalid, match="do not hold together"):
        channel_of(case)


def test_a_file_that_cannot_be_written(case: Case, work: Work, tmp_path: Path) -> None:
    fill(work, 20, 60)
    with pytest.raises(Unavailable, match="cannot be written"):
        write_costs(learn_markings(case.read("restricted")), tmp_path / "none" / "file.toml")


@pytest.mark.parametrize(("wrong", "right"), [(LEAST_DIFFERING - 1, LEAST_PAIRS), (LEAST_DIFFERING, 5)])
def test_too_little_is_refused_with_what_is_missing(work: Work, wrong: int, right: int) -> None:
    fill(work, wrong, right)
    with pytest.raises(Invalid, match="at least") as told:
        learn_markings(work.case.read("restricted"))
    assert len(told.value.problems) == 1
