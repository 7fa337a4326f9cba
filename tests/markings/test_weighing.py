"""Probabilities say what they should: sure where it is, equal where it is, low where nothing fits."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings import MarkingIndex
from headstamp.markings.alphabet import encode
from headstamp.markings.asked import ask
from headstamp.markings.background import Background
from headstamp.markings.channel import Channel
from headstamp.markings.question import Question
from headstamp.markings.weighing import TEMPER, _between, absent_weight, odds
from tests.effort import examples

SEEDS = st.integers(0, 1 << 48)


def scattered(number: int = 2000) -> list[str]:
    """Seven digits drawn over a wide space: neighbours are rare."""
    rng = Random(3)
    return [f"{rng.choice('ABC')}{rng.choice('KLM')} {rng.randrange(10**7):07d}" for _ in range(number)]


@pytest.fixture(scope="module")
def sparse() -> MarkingIndex:
    return MarkingIndex.build([*scattered(), "AB 7654321"])


@pytest.fixture(scope="module")
def full() -> MarkingIndex:
    """Nine of ten numbers of the series are there."""
    return MarkingIndex.build(f"AB {number:05d}" for number in range(20_000) if number % 10 < 9)


def best(index: MarkingIndex, query: Any, **named: Any) -> float:
    return max((hit.probability for hit in index.search(query, **named)), default=0.0)


@pytest.mark.parametrize("query", ["AB 7654321", "ab-7654321", "A8 7654321", "AB 765432", "AB 76543?1"])
def test_where_there_is_one_it_is_all_but_sure(sparse: MarkingIndex, query: str) -> None:
    first = sparse.search(query)[0]
    assert first.text == "AB 7654321" and first.probability > 0.99


def test_two_equally_likely_neighbours_show_as_such(sparse: MarkingIndex) -> None:
    index = MarkingIndex.build([*scattered(), "AB 7654321", "AB 7654322"])
    one, two, *_ = index.search("AB 765432?")
    assert {one.text, two.text} == {"AB 7654321", "AB 7654322"}
    assert one.probability == two.probability and 0.45 < one.probability <= 0.5


def test_a_reading_like_nothing_has_low_probabilities_only(
    sparse: MarkingIndex, full: MarkingIndex
) -> None:
    rng = Random(8)
    for index, query in (
        *((sparse, f"{rng.choice('ABC')}{rng.choice('KLM')} {rng.randrange(10**7):07d}") for _ in range(40)),
        *((full, f"AB {rng.randrange(2000)}9") for _ in range(20)),
    ):
        if index.search(f'"{query}"'):
            continue
        hits = index.search(query)
        assert sum(hit.probability > 0.75 for hit in hits) == 0, query


def test_a_reading_of_another_make_up_has_no_likely_hit(sparse: MarkingIndex) -> None:
    """No marking of the index has its length: the least unlike one is not the one for that."""
    rng = Random(8)
    queries = [f"ZZ-{rng.randrange(10**4)}-QQ{rng.randrange(10**3)}" for _ in range(300)]
    assert max(best(sparse, query) for query in [*queries, "7654321AB99", "12-QQ-7"]) < 0.5


def test_the_marking_next_to_one_that_is_not_there_is_no_answer(full: MarkingIndex) -> None:
    """AB 12349 is not in the series: its neighbours are near, many, and none is it."""
    hits = full.search("AB 12349")
    assert hits[0].probability < 0.2
    assert hits[0].surroundings is not None and hits[0].surroundings.none > 0.1


def test_the_likelier_it_is_absent_the_lower_all_hits(
    sparse: MarkingIndex, full: MarkingIndex
) -> None:
    for index, query in ((sparse, "AB 7654327"), (full, "AB 12349"), (full, "AB 12345")):
        falling = [best(index, query, absent=absent) for absent in (0.0, 0.1, 0.2, 0.5, 0.9, 0.99)]
        assert falling == sorted(falling, reverse=True) and falling[0] > falling[-1]
        assert best(index, query) == best(index, query, absent=0.2)
    assert best(full, "AB 12345", absent=0.9) < best(full, "AB 12345", absent=0.2) - 0.2


def test_the_fuller_the_number_space_the_less_a_near_one_says() -> None:
    """One wrong digit: in an empty space it is the marking meant, in a full one anybody's."""
    falling = []
    for step in (1000, 100, 10, 2):
        texts = {*(f"AB {number:05d}" for number in range(7, 100_000, step)), "AB 12345"}
        index = MarkingIndex.build(sorted(texts))
        falling.append(
            next(hit.probability for hit in index.search("AB 12385", 100) if hit.text == "AB 12345")
        )
    assert falling == sorted(falling, reverse=True)
    assert falling[0] > 0.95 and falling[-1] < 0.2


def test_what_is_there_more_often_is_likelier() -> None:
    index = MarkingIndex.build(["AB 123451"] * 20 + ["AB 123452"])
    hits = {hit.text: hit.probability for hit in index.search("AB 12345?", limit=21)}
    assert hits["AB 123451"] / hits["AB 123452"] == pytest.approx(20**TEMPER)


def test_the_whole_marking_is_likelier_than_a_word_of_a_longer_text() -> None:
    index = MarkingIndex.build(["CRATE 12 SERIAL 7734521 GREEN", "7734521"])
    whole, word = index.search("7734521")
    assert (whole.text, word.part) == ("7734521", "7734521")
    assert whole.probability > 20 * word.probability


def test_a_worse_reading_is_never_likelier_than_a_better_one() -> None:
    index = MarkingIndex.build([*scattered(), "AB 7654321"])
    for queries in (
        ("AB 7654321", "A8 7654321", "A8 765432I", "A8 765X32I"),
        ("AB 7654321", "AB 765432?", "AB 76543??", "AB 765????", "AB ???????"),
        ("AB 7654321", "AB 765432", "AB 76543", "AB 765"),
    ):
        told = [
            next((h.probability for h in index.search(q, 500) if h.text == "AB 7654321"), 0.0)
            for q in queries
        ]
        assert all(one >= other - 1e-3 for one, other in pairwise(told)), told


def test_several_readings_are_weighed_and_an_absent_one_for_each(sparse: MarkingIndex) -> None:
    alone = best(sparse, "AB 7654321")
    assert best(sparse, [("AB 7654321", 1), ("AB 7654327", 1)]) == pytest.approx(alone, abs=0.01)
    # A reading of which nothing is there leaves less sure what the other says, by a little:
    # that the doubtful one stands there to the letter says much.
    unsure = [best(sparse, [("AB 7654321", w), ("CM 0000000", 1 - w)]) for w in (1, 0.5, 0.1, 0.001)]
    assert unsure == sorted(unsure, reverse=True) and 0.99 < unsure[2] < unsure[0]


@examples(40)
@given(SEEDS, st.booleans())
def test_an_exact_duplicate_changes_weights_and_nothing_else(seed: int, again: bool) -> None:
    rng = Random(seed)
    texts = [f"AB {rng.randrange(1000, 1100)}" for _ in range(30)]
    query = f"AB {rng.randrange(1000, 1100)}"
    once = {h.text: h.probability for h in MarkingIndex.build([*dict.fromkeys(texts)]).search(query, 99)}
    twice = {h.text: h.probability for h in MarkingIndex.build([*dict.fromkeys(texts)] * 2).search(query, 99)}
    for text, chance in once.items():
        if chance > 1e-6:
            # Every marking twice: each as likely as before, against what is absent likelier.
            assert twice[text] >= chance * 0.99


# --- the parts of it -------------------------------------------------------------------------


def test_odds() -> None:
    assert odds(0) == 0 and odds(0.5) == 1 and odds(0.2) == pytest.approx(0.25)


def told(index: MarkingIndex, query: str, nearest: list[str]) -> tuple[float, float]:
    """What the series, and no misread marking of another shape, would give."""
    question = Question(index, query, None, None, 0.2)
    asked = ask(query.replace(" ", ""), Channel.default())
    itself = index.background().as_read(asked)
    return absent_weight(
        asked, index.background(), question._begins, [encode(one) for one in nearest],
        any_=itself,
    )  # fmt: skip


def test_more_are_expected_where_the_series_is_fuller(full: MarkingIndex) -> None:
    _, in_it = told(full, "AB12345", ["AB12345"])
    _, beside = told(full, "AB92345", ["AB12345"])
    _, strange = told(full, "XQ12345", ["AB12345"])
    assert 1 > in_it > 10 * beside > 0 and beside > strange


def test_of_places_not_read_as_many_are_expected_as_are_there(full: MarkingIndex) -> None:
    one, two = (told(full, query, [])[1] for query in ("AB1234?", "AB123??"))
    assert 5 < one < 12 and 5 * one < two < 13 * one


def test_the_reading_itself_counts_little_where_the_index_holds_it(full: MarkingIndex) -> None:
    held, expected = told(full, "AB12345", ["AB12345"])
    costs = ask("AB12345", Channel.default()).costs
    right = costs.seen[np.arange(7), np.frombuffer(encode("AB12345"), np.uint8)]
    itself = np.exp(-(right.sum() + 2 * costs.cut[0]) / 100) * expected
    assert held < itself / 4


def test_what_lies_between_a_reading_and_its_hits() -> None:
    def between(reading: str, *nearest: str) -> set[tuple[bytes, tuple[int, ...]]]:
        found = _between(encode(reading), [encode(one) for one in nearest])
        return {(codes, tuple(places.tolist())) for codes, places in found}

    assert between("AB1234", "AB1234") == between("AB1234", "AB1235") == set()
    assert between("AB1234", "XB1235") == {(encode("XB1234"), (0,)), (encode("AB1235"), (5,))}
    assert (encode("XY1234"), (0, 1)) in between("AB1234", "XY1239")
    assert between("AB?234", "XB1235") == {(encode("XB?234"), (0,)), (encode("AB?235"), (5,))}
    assert between("AB1234", *(f"C{digit}789{digit}" for digit in range(9))) <= {
        *between("AB1234", *(f"C{digit}789{digit}" for digit in range(5)))
    }, "a few are enough"


def test_the_background_of_an_empty_index_expects_nothing() -> None:
    asked = ask("AB1234", Channel.default())
    background = Background([])
    assert (background.reading(asked), background.markings) == (0.0, 0)
    weight, expected = absent_weight(asked, background, lambda codes, _: [0] * (len(codes) + 1), [])
    assert weight == expected == 0
