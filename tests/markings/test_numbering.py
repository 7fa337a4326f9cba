"""Splits of a marking into letters and a number: by hand, and against the bulk form."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.markings.many_splits import split_all
from headstamp.markings.normalise import plain_key
from headstamp.markings.numbering import (
    LONGEST,
    completions,
    completions_upto,
    filled,
    misread_splits,
    skeleton,
    splits,
)

_RULES = {0: "number", 1: "joined", 2: "letter"}
TEXTS = st.lists(st.text("0123456789  -AB.XzИ٣ß½é\u0301", max_size=14), max_size=12)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_many_splits_are_the_single_ones(texts: list[str]) -> None:
    many = split_all(texts)
    got: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    spaces: dict[int, tuple[object, ...]] = {}
    for row in range(len(many)):
        text, before, width = int(many.text[row]), int(many.before[row]), int(many.width[row])
        bones = skeleton(texts[text]).replace(" ", "")
        rule = _RULES[int(many.rule[row])]
        around = (rule == "letter", bones[:before], bones[before + width :])
        got[text].append((rule, *around[1:], int(many.value[row]), width, bool(many.padded[row])))
        # One print for one pair of letters, and the other way round.
        assert spaces.setdefault(int(many.space[row]), around) == around
    assert len(set(spaces.values())) == len(spaces)
    for position, text in enumerate(texts):
        assert got.get(position, []) == [
            (s.rule, s.prefix, s.suffix, s.value, len(s.number), s.padded) for s in splits(text)
        ]


@given(st.text(max_size=30))
def test_any_text_is_split_without_an_error(text: str) -> None:
    splits(text)
    misread_splits(text)
    split_all([text, "AB 12"])


@given(st.text("0123456789AB XY-./", max_size=20))
def test_a_skeleton_is_the_plain_key_with_its_separators(text: str) -> None:
    assert skeleton(text).replace(" ", "") == plain_key(text)


def test_unread_texts_are_named_and_left_out() -> None:
    many = split_all(["AB 12", "AB 1?", "AB [12]3", "", "x" * (LONGEST + 1) + "1"])
    assert many.unread.tolist() == [1, 2]
    assert set(many.text.tolist()) == {0}


def test_a_number_too_long_leaves_its_beginning_with_the_letters() -> None:
    one = splits("A" + "1" * 25)[0]
    assert (one.prefix, len(one.number)) == ("A" + "1" * 7, 18)


@given(
    st.lists(st.sampled_from(["?", "0", "7", "38", "159"]), min_size=1, max_size=4),
    st.integers(-2, 12_000),
)
def test_completions_are_counted_as_if_all_were_written_out(number: list[str], bound: int) -> None:
    places = tuple(number)
    all_of_them = [
        int("".join(one)) for one in product(*("0123456789" if p == "?" else p for p in places))
    ]
    assert completions(places) == len(all_of_them)
    assert completions_upto(places, bound) == sum(one <= bound for one in all_of_them)


def test_a_letter_among_alternatives_counts_as_a_reading_but_as_no_number() -> None:
    assert completions(("4", "8B")) == 2
    assert completions_upto(("4", "8B"), 99) == 1


def test_an_unread_run_is_filled_to_a_width() -> None:
    assert filled(("*", "7"), 3) == ("?", "?", "7")
    assert filled(("1", "2", "3", "*"), 2) is None


def test_letters_are_read_as_digits_only_where_few_stand_among_many() -> None:
    assert misread_splits("AB 41220O")[0].prefix == "AB"
    assert misread_splits("BOIL 1O") == ()
    assert misread_splits("AB 412207") == ()
