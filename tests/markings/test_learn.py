"""Learning: what was simulated comes out again, little evidence moves little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.markings.alphabet import UNREAD_CODE, char_of, code_of
from headstamp.markings.channel import Chances, Channel
from headstamp.markings.learn import Confirmed, interval, learn
from headstamp.markings.learned import Change, Learned

DEFAULT = Channel.default()
CHARACTERS = "0123456789ABEKMOSX"


def seen_through(true: str, chances: Chances, rng: np.random.Generator) -> str:
    """A text as this channel gives it: written apart from the code under test."""
    out: list[str] = []
    place = 0
    while place < len(true):
        if rng.random() < chances.added.sum():
            out.append(drawn(chances.added, rng))
        t = code_of(true[place])
        chance = [chances.unread, chances.dropped[t], chances.swapped]
        what = rng.choice(4, p=[*chance, 1 - sum(chance)])
        if what == 2 and place + 1 < len(true):
            out += [true[place + 1], true[place]]
            place += 1
        elif what >= 2:
            out.append(drawn(chances.substitute[t], rng))
        elif what == 0:
            out.append("?")
        place += 1
    text = "".join(out)
    for side in (0, 1):
        if rng.random() < chances.cut:
            number = int(rng.geometric(1 - chances.cut_more))
            text = text[number:] if side else text[:-number]
    return text


def drawn(weights: np.ndarray[tuple[int], np.dtype[np.float64]], rng: np.random.Generator) -> str:
    return char_of(int(rng.choice(len(weights), p=weights / weights.sum()))) or ""


def simulated(channel: Channel, number: int, seed: int) -> list[Confirmed]:
    rng = np.random.default_rng(seed)
    made = ["".join(rng.choice(list(CHARACTERS), size=9)) for _ in range(number)]
    return [Confirmed(seen_through(true, channel.chances, rng), true) for true in made]


def inflated(true: str, seen: str, chance: float) -> Channel:
    before = float(DEFAULT.chances.substitute[code_of(true), code_of(seen)])
    change = Change("", true, seen, before, chance, 0.0, 1.0, 1.0, 1.0)
    return Channel.of(Learned(1, (change,)))


def chance(channel: Channel, true: str, seen: str) -> float:
    return float(channel.chances.substitute[code_of(true), code_of(seen)])


@pytest.mark.parametrize(("true", "seen", "seed"), [("8", "B", 1), ("7", "X", 2)])
def test_an_inflated_pair_is_found_again(true: str, seen: str, seed: int) -> None:
    lesson = learn(simulated(inflated(true, seen, 0.12), 2500, seed))
    learned = lesson.channel()
    assert chance(learned, true, seen) == pytest.approx(0.12, rel=0.25)
    (told,) = [one for one in lesson.learned.changes if (one.true, one.seen) == (true, seen)]
    assert told.low < 0.12 < told.high
    # What was as the defaults say stays about there.
    assert learned.chances.unread == pytest.approx(DEFAULT.chances.unread, rel=0.2)
    for event in ("swapped", "cut"):
        assert getattr(learned.chances, event) == pytest.approx(
            getattr(DEFAULT.chances, event), rel=0.5)
    assert chance(learned, "0", "O") == pytest.approx(chance(DEFAULT, "0", "O"), rel=0.6)


def test_a_few_texts_move_little() -> None:
    lesson = learn(simulated(DEFAULT, 20, 3))
    learned = lesson.channel()
    moved = np.abs(learned.chances.substitute - DEFAULT.chances.substitute)
    assert moved.max() < 0.02
    assert learned.chances.unread == pytest.approx(DEFAULT.chances.unread, rel=0.6)
    assert learn([]).channel().chances.unread == DEFAULT.chances.unread


def test_a_misreading_never_seen_is_not_made_impossible() -> None:
    lesson = learn([Confirmed("0123456789", "0123456789")] * 400)
    learned = lesson.channel()
    assert chance(learned, "0", "O") == pytest.approx(3 / 401, rel=0.01)
    assert chance(learned, "0", "W") == chance(DEFAULT, "0", "W")
    assert lesson.differing == 0


def test_corrections_say_which_and_not_how_often() -> None:
    """Every corrected text is wrong; that does not make every text wrong."""
    made = [Confirmed("A8812345", "A8B12345", only_wrong=True)] * 60
    blind = learn([Confirmed(one.seen, one.true) for one in made]).channel()
    learned = learn(made).channel()
    assert chance(DEFAULT, "B", "8") < chance(learned, "B", "8") < chance(blind, "B", "8")
    assert chance(learned, "A", "A") > chance(DEFAULT, "A", "A") - 0.01


def test_a_pair_counts_as_much_as_it_weighs() -> None:
    half = learn([Confirmed("A8B12345", "A8812345", weight=0.5)] * 40)
    whole = learn([Confirmed("A8B12345", "A8812345")] * 20)
    for one, other in zip(half.learned.changes, whole.learned.changes, strict=True):
        assert (one.words, one.after) == (other.words, pytest.approx(other.after))


def test_each_technique_is_measured_against_its_own_default() -> None:
    stamped = Channel.default("stamped")
    rng = np.random.default_rng(4)
    made = ["".join(rng.choice(list(CHARACTERS), size=9)) for _ in range(1500)]
    lesson = learn(Confirmed(seen_through(t, stamped.chances, rng), t, "stamped") for t in made)
    (unread,) = [one for one in lesson.learned.changes if one.event == "unread"]
    assert unread.before == pytest.approx(stamped.chances.unread)
    assert unread.times == pytest.approx(1.0, abs=0.15)


def test_what_cannot_be_used_is_told() -> None:
    lesson = learn([
        Confirmed("A81234", "A81234"), Confirmed("", "A8"), Confirmed("A*4", "A81234"),
        Confirmed("A[8B]1234", "A81234"), Confirmed("A81234", "A?1234"),
        Confirmed("ZZ-TOP", "A81234"), Confirmed("A8 1234", "A81234", only_wrong=True),
        Confirmed("1" * 61, "1" * 61), Confirmed("北方1985", "北方1985"),
    ])
    assert lesson.used == 1
    assert sum(lesson.left_out.values()) == 8
    assert len(lesson.left_out) == 7


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8), st.booleans()), max_size=4))
def test_any_texts_give_proper_chances(pairs: list[tuple[str, str, bool]]) -> None:
    lesson = learn((Confirmed(a, b, only_wrong=c) for a, b, c in pairs), rounds=2)
    assert lesson.used + sum(lesson.left_out.values()) == len(pairs)
    exact = lesson.channel().chances
    sums = exact.substitute.sum(axis=1) + exact.unread + exact.dropped + exact.swapped
    assert np.allclose(sums[1:37], 1.0)
    assert UNREAD_CODE not in {code_of(c.seen) for c in lesson.learned.changes if c.seen}


def test_interval_holds_the_rate() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(0, 100)
    assert low == 0.0
    assert 0.03 < high < 0.05
