"""What markings look like is counted right, and sums over all possible ones are the sums they claim."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings import MarkingIndex, background
from headstamp.markings.alphabet import CODES, UNREAD_CODE, encode
from headstamp.markings.asked import Asked, ask
from headstamp.markings.background import (
    MOST_SHAPES,
    Background,
    count_shapes,
    in_common,
    in_series,
)
from headstamp.markings.channel import Channel
from tests.effort import examples

SEEDS = st.integers(0, 1 << 48)


def rows(texts: list[str]) -> np.ndarray:
    return np.array([list(encode(text)) for text in texts], dtype=np.uint8)


def look(texts: list[str]) -> tuple[int, np.ndarray, np.ndarray]:
    return (len(texts[0]), *count_shapes(rows(texts)))


def asked(plain: str) -> Asked:
    return ask(plain, Channel.default())


def shape(text: str) -> str:
    return "".join("9" if c.isdigit() else "A" if c.isascii() else "Я" for c in text)


@examples(60)
@given(SEEDS)
def test_shapes_are_counted_as_one_by_one(seed: int) -> None:
    rng = Random(seed)
    length = rng.randint(1, 6)
    texts = ["".join(rng.choices("A1Ж", k=length)) for _ in range(rng.randint(1, 200))]
    counts, tables = count_shapes(rows(texts))
    wanted = Counter(map(shape, texts)).most_common()
    common = [number for _, number in wanted[:MOST_SHAPES]]
    rare = sum(number for _, number in wanted[MOST_SHAPES:])
    assert counts[:, 0].tolist() == counts[:, 1].tolist() == common + [rare] * bool(rare)
    assert tables.shape == (len(counts), length, CODES)
    assert (tables.sum(axis=2) == counts[:, 1:]).all()
    for place in range(length):
        seen = Counter(encode(text)[place] for text in texts)
        assert tables[:, place].sum(axis=0).tolist() == [seen[code] for code in range(CODES)]


def test_of_very_many_a_sample_is_counted_and_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_SAMPLED", 100)
    texts = [f"A{number:04d}" for number in range(1000)] + [f"{number:05d}" for number in range(1000)]
    counts, _ = count_shapes(rows(sorted(texts)))
    assert counts[:, 0].sum() == 2000 and counts[:, 1].sum() == 100
    assert abs(counts[0, 0] - 1000) <= 20


def test_segments_together_look_as_one_does() -> None:
    texts = [f"AB{number:04d}" for number in range(300)]
    one = Background([look(texts)])
    several = Background([look(texts[:100]), look(texts[100:])])
    assert one.markings == several.markings == 300
    for query in ("AB0123", "A80123", "AB123", "AB01234", "ABX123"):
        # Each part is smoothed by itself: near, not equal.
        assert several.reading(asked(query)) == pytest.approx(one.reading(asked(query)), rel=0.25)


def brute(texts: list[str], reading: Asked) -> float:
    """Over every possible marking of these characters, each way of reading it as this."""
    made = Background([look([t for t in texts if len(t) == n]) for n in sorted({*map(len, texts)})])
    costs = reading.costs
    m = costs.places

    def seen(place: int, code: int) -> float:
        return float(np.exp(costs.seen[place, code] / -100))

    total = made._foreign(reading)
    for length, held in made._by_length.items():
        for codes in product(range(len(held.used)), repeat=length):
            often = float(
                held.markings @ np.prod([held.chances[:, at, code] for at, code in enumerate(codes)], axis=0)
            )
            true = [int(held.used[code]) for code in codes]
            if length == m:
                ways = [np.prod([seen(at, code) for at, code in enumerate(true)])]
            elif length == m + 1:
                drop = float(np.exp(costs.drop[1] / -100))
                ways = [
                    drop * np.prod([seen(at, code) for at, code in enumerate(true[:gone] + true[gone + 1 :])])
                    for gone in range(length)
                ]
            elif length == m - 1:
                ways = [
                    np.exp(costs.add[more] / -100)
                    * np.prod([seen(at + (at >= more), code) for at, code in enumerate(true)])
                    for more in range(m)
                ]
            else:
                continue
            total += often * float(sum(ways))
    return total


@pytest.mark.parametrize("plain", ["A7", "7?", "[8B]1", "Ж1"])
def test_a_reading_is_expected_as_often_as_all_markings_together_give_it(plain: str) -> None:
    """The sums are done place by place; here they are done marking by marking."""
    texts = ["A1", "A2", "B7", "77", "5", "A", "7"]
    made = Background([look(["A1", "A2", "B7", "77"]), look(["5", "A", "7"])])
    assert made.reading(asked(plain)) == pytest.approx(brute(texts, asked(plain)), rel=1e-6)


def test_the_sum_over_markings_longer_than_the_reading() -> None:
    texts = ["A1", "A2", "B7", "77"]
    assert Background([look(texts)]).reading(asked("7")) == pytest.approx(brute(texts, asked("7")), rel=1e-6)


def test_a_plausible_number_is_expected_more_than_a_strange_one() -> None:
    made = MarkingIndex.build(f"AB {number:05d}" for number in range(0, 100_000, 37)).background()
    falling = [made.reading(asked(text)) for text in ("AB12345", "A812345", "XQ12345", "12345XQ")]
    assert falling == sorted(falling, reverse=True)
    assert made.reading(asked("AB1234567890")) < made.reading(asked("AB12345")) / 1e6
    assert made.reading(asked("QQQQQQQQQQQQQ")) > 0, "something of another make-up there may be"


def test_twice_as_many_markings_twice_as_often() -> None:
    rng = Random(4)
    texts = [f"AB{rng.randrange(10**5):05d}" for _ in range(4000)]
    half, all_ = (Background([look(some)]) for some in (texts[:2000], texts))
    assert all_.reading(asked("AB55555")) == pytest.approx(2 * half.reading(asked("AB55555")), rel=0.1)


def test_how_often_a_character_stands_at_its_place() -> None:
    made = Background([look([f"AB{number:03d}" for number in range(1000)])])
    a, b, *digits, last = made.places(encode("AB12X"))
    assert a > 0.95 and b > 0.95
    assert all(0.08 < share < 0.12 for share in digits) and last < 0.01
    assert made.places(encode("A?123"))[1] == 1.0
    assert made.places(encode("ABCDEFG?")) == [1e-4] * 7 + [1.0]
    assert made.places(b"") == []


# --- series ----------------------------------------------------------------------------------


def test_a_full_series_expects_what_it_holds() -> None:
    """All of 00-99 are there, one of them the likeliest hit: nearly one at each number."""
    places = [0.1, 0.1]
    assert in_series(places, [100, 10, 1], [100], -1, -1) == pytest.approx(100 * 10.1 / 101 * 1.1 / 11)
    # The hit itself does not vouch for itself.
    assert in_series(places, [100, 10, 1], [100], 2, -1) == pytest.approx(100 * 9.1 / 100 * 0.1 / 10)


def test_an_empty_beginning_falls_back_to_the_places() -> None:
    assert in_series([0.5, 0.1], [100, 0, 0], [100], -1, -1) == pytest.approx(100 * 0.5 / 101 * 0.1)
    assert in_series([0.5, 0.1], [0, 0, 0], [0], -1, -1) == 0


def test_what_is_not_read_is_gone_round_from_both_ends() -> None:
    """``1?3``: those that begin with 1, of these the share that ends with 3."""
    places = [0.1, 1.0, 0.1]
    value = in_series(places, [1000, 100], [1000, 100], -1, -1)
    assert value == pytest.approx(1000 * (100.1 / 1001) ** 2)


def test_in_common() -> None:
    assert [in_common(b"abc", other) for other in (b"abc", b"abd", b"xbc", b"ab", b"")] == [3, 2, 0, -1, -1]
    assert UNREAD_CODE == 62
