"""Runs of markings: what is one, what is none, where it ends, which split was taken."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.markings.place import SeriesIndex
from headstamp.markings.series import find_series

RUN = [f"AB {n}" for n in range(123456, 123500) if n % 7]


def test_a_run_tells_its_ends_its_gaps_and_how_full_it_is() -> None:
    (run,) = find_series(["K 5", *RUN, "AB 123457", "AB 999999"])
    assert (run.first_text, run.last_text, run.prefix, run.suffix) == (
        "AB 123456", "AB 123499", "AB", "")
    assert run.count == len(RUN) and run.span == 44
    assert run.density == pytest.approx(len(RUN) / 44)
    assert run.missing(2) == [(123459, 123459), (123466, 123466)]
    assert run.duplicates() == [(123457, 2)]
    assert len(run.positions) == len(RUN) + 1
    assert run.largest_gap == 1


def test_writing_does_not_matter_and_leading_noughts_do() -> None:
    assert find_series(["ab-0099", "AB 0100", "AB.0101"])[0].width == 4
    assert find_series(["ab-0099", "AB 0100", "AB.0101"])[0].written(99) == "AB 0099"
    # 0999 and 1000 are of one space of four places; 999 beside 1000 is of the free one.
    assert find_series(["A 0999", "A 1000"])[0].count == 2
    assert find_series(["A 999", "A 1000", "A 1001"])[0].count == 3
    assert find_series(["A 00999", "A 1000"]) == []


def test_two_letters_are_two_spaces() -> None:
    runs = find_series(["AB 123456", "AB 123457", "AC 123458", "AC 123459"])
    assert sorted((run.prefix, run.count) for run in runs) == [("AB", 2), ("AC", 2)]


def test_the_split_is_chosen_by_the_run_it_makes() -> None:
    serial = find_series(["1987 K-4471", "1987 K-4472", "1987 K-4475"])
    assert [(run.prefix, run.count, run.rule) for run in serial] == [("1987K", 3, "number")]
    year = find_series([f"{year} K-4471" for year in range(1951, 1990)])
    assert [(run.suffix, run.count) for run in year] == [("K4471", 39)]
    thousands = find_series(["412 998", "412 999", "413 000", "413 001"])
    assert [(run.rule, run.count) for run in thousands] == [("joined", 4)]


def test_letters_that_count_up() -> None:
    (run,) = find_series([f"K 4471{letter}" for letter in "ABCDF"])
    assert (run.rule, run.count, run.missing()) == ("letter", 5, [(5, 5)])
    assert "missing E" in run.words()


def test_chance_neighbours_are_no_run() -> None:
    rng = random.Random(5)
    scattered = [f"AB {rng.randrange(10**7):07d}" for _ in range(400)]
    assert find_series(scattered) == []
    # The same pair says something where nothing else is near, and nothing in a full space.
    assert len(find_series(["AB 5000000", "AB 5000003"])) == 1
    crowd = [f"AB {rng.randrange(10**6):06d}" for _ in range(3000)]
    assert find_series(crowd) == []


def test_a_dense_run_does_not_reach_into_the_thin_numbers_around_it() -> None:
    rng = random.Random(6)
    around = [f"AB {rng.randrange(10**7):07d}" for _ in range(300)]
    run = [f"AB {n:07d}" for n in range(5_000_000, 5_000_060, 2)]
    (found,) = find_series(around + run)
    assert found.first == 5_000_000 and found.last == 5_000_058


def test_the_largest_gap_can_be_given() -> None:
    texts = ["AB 123456", "AB 123457", "AB 123460", "AB 123461"]
    assert len(find_series(texts)) == 1
    assert len(find_series(texts, largest_gap=2)) == 2


def test_short_numbers_name_types() -> None:
    assert find_series(["AK-46", "AK-47", "AK-48"]) == []


@pytest.mark.parametrize("texts", [[], [""], ["AB"], ["1"], ["AB 1?3", "AB 124"], ["x" * 10_000]])
def test_nothing_makes_no_run(texts: list[str]) -> None:
    assert find_series(texts) == []


@given(st.lists(st.text("0123456789AB -?", max_size=9), max_size=60), st.randoms())
@settings(max_examples=80, deadline=None)
def test_runs_are_the_same_in_any_order_and_share_no_text(texts: list[str], rng: random.Random
                                                          ) -> None:
    def told(some: list[str]) -> set[tuple[object, ...]]:
        return {(r.prefix, r.suffix, r.rule, tuple(r.numbers.tolist()), tuple(r.times.tolist()))
                for r in find_series(some)}

    runs = find_series(texts)
    positions = [p for run in runs for p in run.positions.tolist()]
    assert len(positions) == len(set(positions))
    for run in runs:
        missing = sum(high - low + 1 for low, high in run.missing(10**6))
        assert run.count + missing == run.span
        assert run.count >= 2
    shuffled = list(texts)
    rng.shuffle(shuffled)
    assert told(shuffled) == told(texts)


# -- the place of a reading


INDEX = SeriesIndex(find_series([*RUN, "CD 0999", "CD 1000", "CD 1003"]))


@pytest.mark.parametrize(("asked", "where", "distance"), [
    ("AB 123456", "inside", 0), ("ab123459", "gap", 0), ("AB 123450", "before", 6),
    ("AB 123501", "after", 2), ("CD 1001", "gap", 0), ("CD 0998", "before", 1),
])
def test_the_place_of_a_number(asked: str, where: str, distance: int) -> None:
    place = INDEX.place(asked)[0]
    assert (place.where, place.distance) == (where, distance)
    assert str(place.series) in place.words


@pytest.mark.parametrize("asked", ["", "AB", "AB 200000", "AB 0123456", "XY 123456", "CD 998", "?"])
def test_no_place_where_there_is_none(asked: str) -> None:
    assert INDEX.place(asked) == []


@pytest.mark.parametrize(("asked", "share"), [
    ("AB 1234?6", 0.5), ("AB 12345?", 0.4), ("AB 12346?", 1.0), ("AB 123*", 0.044),
    ("A? 123460", 1.0), ("AB 12346[89]", 1.0), ("AB 1234S8", 1.0),
])
def test_an_unread_number_is_only_probably_inside(asked: str, share: float) -> None:
    (place,) = INDEX.place(asked)
    assert place.where == "probably"
    assert place.share == pytest.approx(share)
    assert "perhaps" in place.words or "probably" in place.words


@given(st.integers(123_400, 123_560))
def test_the_place_is_what_counting_by_hand_gives(number: int) -> None:
    numbers = sorted(int(text.split()[1]) for text in RUN)
    places = INDEX.place(f"AB {number}")
    if numbers[0] <= number <= numbers[-1]:
        assert places[0].where == ("inside" if number in numbers else "gap")
    else:
        away = max(numbers[0] - number, number - numbers[-1])
        assert [p.distance for p in places] == ([away] if away <= 10 else [])


ODD = [
    "\ud800 123", "\udfff124", "AB\x00123", "AB\x00 124", "\u202eAB 126", "1" * 10_000, "?" * 10_000,
    "[", "]", "[[1]", "*" * 500, "9" * 18, "9" * 19, "0" * 30, "A" + "0" * 18 + "1", "ﬁ 123", "ﬁ 124",
    "ß1001", "SS1002", "e\u0301 1001", "𝟙𝟚𝟛", "AB 999999999999999999", "AB 999999999999999998",
]


def test_odd_texts_are_taken_for_what_they_are() -> None:
    runs = find_series(ODD)
    assert {str(run) for run in runs} >= {
        "ß1001 to SS1002", "AB 999999999999999998 to AB 999999999999999999"}
    index = SeriesIndex(runs)
    for text in ODD:
        index.place(text)
