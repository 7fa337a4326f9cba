"""Cleaning a marking: each rule by example, then what must hold for any text."""

from __future__ import annotations

import csv
import doctest
import gzip
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.markings import normalise, unread
from headstamp.markings.normalise import LOOKALIKES, RULES, keys, plain_key, rule
from tests.shared import shared

ANY_TEXT = st.text(max_size=40) | st.text(
    st.characters(exclude_categories=()), max_size=20
)  # the second one draws lone surrogates too
HARD_TEXT = st.text("aA0O?*[]8B-. ٣б\u0301\u200dßﬁΑŉİ\ud800K9J", max_size=16)


@pytest.mark.parametrize("module", [normalise, unread])
def test_doctests(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("AB-123/45.6_7 8\\9", "AB123456789"),
        ("ab\u2013\u2014\u2010\u2212\u00ad1", "AB1"),
        ("\u2067٠٧-٨٥\u2069", "0785"),
        ("۱۲۳", "123"),
        ("१२३", "123"),
        ("ＡＢ１２", "AB12"),
        ("\u202b12\u202c\u200e\u200f\ufeff3", "123"),
        ("ав-12", "AB12"),
        ("АВЕКМНОРСТХУ", "ABEKMHOPCTXY"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        ("Ж-40", "Ж40"),
        ("12؟4\ufffd", "12?4?"),
        ("1[b8]2", "1[8B]2"),
        ("1[88]2", "182"),
        ("1[?8]2", "1?2"),
        ("[LOT 12345 6789] A", "LOT123456789A"),
        ("[[88]8]", "88"),
        ("[12", "12"),
        ("[]", ""),
        ("", ""),
        ("№ 7", "NO7"),
    ],
)
def test_plain_key(raw: str, plain: str) -> None:
    assert plain_key(raw) == plain


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("O0QD", "0000"),
        ("1IL", "111"),
        ("5S8B2Z6G", "55882266"),
        ("[8B]1", "81"),
        ("[8B3]", "[38]"),
        ("12?*", "12?*"),
    ],
)
def test_folded_key(raw: str, folded: str) -> None:
    assert keys(raw).folded == folded


@pytest.mark.parametrize(
    ("raw", "ncic"),
    [
        ("369257", "369257"),
        ("369M257", "369257"),
        ("369-J-257", "369257"),
        ("12AB34C56", "123456"),
        ("A369257", "A369257"),
        ("369257B", "369257B"),
        ("AB12C34D", "AB1234D"),
        ("12O34", "12034"),
        ("O123", "0123"),
        ("36?J257", "36?J257"),
        ("36[8B]57", "36[8B]57"),
        ("36[0O]57", "36057"),
        ("ABC", "ABC"),
    ],
)
def test_ncic_key(raw: str, ncic: str) -> None:
    assert keys(raw).ncic == ncic


def test_prefix_and_suffix_letters_part_the_ncic_keys() -> None:
    assert len({keys(t).ncic for t in ("369257", "A369257", "369257A")}) == 3


def test_steps_tell_the_whole_way() -> None:
    made = keys("ав-1О")
    assert [step.rule for step in made.applied] == [
        "separators_out", "case", "script_twins", "lookalike", "o_to_zero",
    ]  # fmt: skip
    assert made.applied[0].before == made.raw
    assert made.applied[2].after == made.plain == "AB1O"
    assert made.applied[-1] == ("o_to_zero", "AB1O", "AB10")


def test_each_rule_says_why_and_whence() -> None:
    assert len({r.name for r in RULES}) == len(RULES)
    assert all(r.reason and r.source for r in RULES)
    assert rule("lookalike") in RULES
    for digit, letters in LOOKALIKES.items():
        assert {digit} == {keys(letter).folded for letter in letters}


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | HARD_TEXT)
def test_cleaning_is_idempotent_and_never_raises(text: str) -> None:
    made = keys(text)
    assert made.raw == text
    assert keys(made.plain).plain == made.plain
    assert keys(made.folded).folded == made.folded
    assert keys(made.ncic).ncic == made.ncic


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT | HARD_TEXT)
def test_steps_chain_from_raw_to_each_key(text: str) -> None:
    made = keys(text)
    ends = {"plain": made.raw, "folded": made.plain, "ncic": made.plain}
    for step in made.applied:
        key = rule(step.rule).key
        assert step.before == ends[key] and step.before != step.after
        ends[key] = step.after
    assert ends == {"plain": made.plain, "folded": made.folded, "ncic": made.ncic}


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789ABCОбΑ٣", max_size=12), st.text(" -./_\u2067\u2069", max_size=3))
def test_separators_and_case_never_part_two_markings(text: str, separators: str) -> None:
    spread = separators.join(text)
    assert keys(spread.lower()).plain == keys(text).plain
    assert replace(keys(spread), raw="", applied=()) == replace(keys(text), raw="", applied=())


def test_real_strings_from_components() -> None:
    path = shared("data/gur_components/components.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        names = [row["name_marking"] for row in csv.DictReader(file)]
    assert len(names) > 5000
    for name in names:
        made = keys(name)
        assert made.raw == name and keys(made.plain).plain == made.plain
    assert keys("VQG100EGQ1429").plain == "VQG100EGQ1429"


def test_real_words_of_clerks() -> None:
    path = shared("data/rj_police_vocabulary/serial_field_words_without_digits.csv")
    with path.open(encoding="utf-8", newline="") as file:
        words = [row["as_written"] for row in csv.DictReader(file)]
    assert keys("eliminado").plain == keys("ELIMINADO").plain
    for word in words:
        assert keys(keys(word).plain).plain == keys(word).plain
