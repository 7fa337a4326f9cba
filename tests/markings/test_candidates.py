"""Which markings are weighed one by one, what several readings of one cost, which come first."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings import candidates
from headstamp.markings.asked import ask
from headstamp.markings.candidates import Candidates, Reading, reach, together, weigh
from headstamp.markings.channel import Channel
from headstamp.markings.core import Core
from headstamp.markings.normalise import keys
from headstamp.markings.segment import WHOLE, Segment, build_segment
from headstamp.markings.weighing import TEMPER
from tests.effort import examples

SEEDS = st.integers(0, 1 << 48)


def reading(text: str, weight: float = 1.0) -> Reading:
    made = keys(text)
    return Reading(weight, made, ask(made.plain, Channel.default()))


def found(texts: list[str], *readings: Reading, edits: int = 3) -> tuple[Segment, Candidates]:
    segment = build_segment(texts)
    core = Core(segment)
    return segment, weigh(core, segment, list(readings), reach(core, segment, list(readings), edits, None))


def test_a_frequent_marking_pays_less() -> None:
    _, made = found(["AB 1234"] * 10 + ["AB 1235"], reading("AB 1234"))
    assert made.number == 2
    assert (made.paid - made.costs).tolist() == pytest.approx([-100 * math.log(10), 0.0])
    assert made.sum == pytest.approx(sum(math.exp(-TEMPER * paid / 100) for paid in made.paid))
    assert made.within(int(made.costs.min())) == 1


def test_a_word_of_a_text_pays_for_being_one() -> None:
    segment, made = found(["GREEN CRATE NO 7734521"], reading("7734521"))
    paid = {int(segment.weight[slot]): cost for slot, cost in zip(made.slots, made.paid - made.costs, strict=True)}
    assert paid[1] == pytest.approx(100 * math.log(WHOLE))


@examples(50)
@given(SEEDS)
def test_the_cheapest_are_the_cheapest_with_ties_by_slot_and_runs_last(seed: int) -> None:
    rng = Random(seed)
    slots = rng.sample(range(-30, 1000), rng.randint(1, 200))
    paid = [float(rng.choice((1, 2, 3, 50))) for _ in slots]
    made = Candidates(np.array(slots), np.array(paid, np.int32), np.array(paid), 1.0)
    number = rng.randint(1, 40)
    wanted = sorted(
        range(len(slots)), key=lambda at: (paid[at], slots[at] < 0, abs(slots[at]))
    )[:number]  # fmt: skip
    assert made.cheapest(number).tolist() == wanted


def test_of_two_readings_the_chances_are_weighed() -> None:
    one, two = reading("AB1", 0.75), reading("AB2", 0.25)
    costs = [np.array([0, 100, 1 << 28], np.int32), np.array([100, 0, 1 << 28], np.int32)]
    wanted = [0.75 + 0.25 / math.e, 0.75 / math.e + 0.25]
    got = together([one, two], costs)
    assert got.tolist()[:2] == [round(-100 * math.log(chance)) for chance in wanted]
    assert got[2] == 1 << 28, "impossible stays so"
    assert together([one], costs[:1]) is costs[0]


def test_each_reading_brings_its_own_candidates() -> None:
    segment, made = found(["AB 123456", "XY 777777", "QR 000000"], reading("AB 123456", 0.5), reading("XY 777777", 0.5))
    texts = [segment.text_of(segment.entries_of(slot)[0][0]) for slot in made.slots.tolist()]
    assert sorted(texts) == ["AB 123456", "XY 777777"]


def test_more_than_are_kept_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "KEEP", 100)
    texts = [f"AB {number}" for number in range(1000, 2000)]
    _, made = found(texts, reading("AB 1???"), edits=0)
    assert (len(made.slots), made.number, made.more) == (100, 1000, 10.0)
    assert made.within(1 << 20) == 1000
    monkeypatch.setattr(candidates, "KEEP", 10_000)
    _, every = found(texts, reading("AB 1???"), edits=0)
    assert made.sum == pytest.approx(every.sum)


def test_where_there_are_plenty_no_further_edit_is_tried() -> None:
    segment = build_segment([f"AB {number}" for number in range(1000, 9000)])
    core = Core(segment)
    asked = [reading("AB ????")]
    first = reach(core, segment, asked, 0, None)
    assert len(first.slots) == 8000
    assert reach(core, segment, asked, 1, first) is first


def test_what_is_far_longer_is_reached_from_both_of_its_ends() -> None:
    texts = ["AB123456 CRATE OF TWENTY", "CRATE OF TWENTY AB123456", "CRATE AB123456 TWENTY"]
    segment, made = found(texts, reading("AB123456"))
    whole = [slot for slot in made.slots.tolist() if segment.weight[slot] >= WHOLE]
    assert [segment.text_of(int(segment.members[segment.members_at[slot]])) for slot in whole] == texts[:2]
    segment, made = found(texts, reading("AB1"))
    assert len(made.slots) == 0, "so little at an end says nothing"


def test_nothing_found_is_nothing_and_hides_no_text_with_a_run() -> None:
    _, made = found(["QQ 999999"], reading("AB 123456"))
    assert (made.number, made.sum, made.within(1 << 20)) == (0, 0.0, 0)
    _, made = found(["AB 12*456"], reading("AB 123456"))
    assert (made.slots.tolist(), made.number) == ([-1], 1) and made.sum > 0


def test_texts_with_runs_are_near_or_left_out() -> None:
    texts = ["AB*9", "AB*", "CD*44", "*", "*456", "AB 1*3456"]
    segment, made = found(texts, reading("AB 123456"))
    near = {segment.text_of(int(segment.open_of[-1 - slot])) for slot in made.slots if slot < 0}
    assert near == {"AB*", "*456", "AB 1*3456", "AB*9"}


def test_what_was_taken_out_is_no_candidate() -> None:
    segment = build_segment(["AB 123456", "AB*56", "AB 123456 CRATE OF TWENTY"])
    for position in range(3):
        segment.remove(position)
    core = Core(segment)
    asked: list[Any] = [reading("AB 123456")]
    assert len(weigh(core, segment, asked, reach(core, segment, asked, 3, None)).slots) == 0
