"""A score ranks by trust, explains itself, and is never fooled by short keys."""

from __future__ import annotations

import csv
import doctest
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.markings import edits as edits_module
from headstamp.markings import score as module
from headstamp.markings.edits import single_edit
from headstamp.markings.normalise import keys
from headstamp.markings.query import parse
from headstamp.markings.score import FEWEST_KNOWN, SHORT, score
from headstamp.markings.unread import can_agree, tokens
from tests.shared import shared


@pytest.mark.parametrize("tested", [module, edits_module])
def test_doctests(tested: object) -> None:
    result = doctest.testmod(tested)  # type: ignore[arg-type]
    assert result.attempted and not result.failed


LADDER = [  # for the query 369J2578, from the most to the least trusted
    ("369J2578", "as written"),
    ("369-j-2578", "the same but for separators, capitals or script"),
    ("369J257B", "the same if 8 is read for B (place 8)"),
    ("3692578", "the same when letters between digits are left out and O is zero"),
    ("369?2578", "agrees where it was read: 7 characters known, 1 not"),
    ("36??2578", "agrees where it was read: 6 characters known, 2 not"),
    ("lot 369J2578 x", "stands as a word of its own in the marking"),
    ("369J2578-TT", "the marking begins with it"),
    ("TT-369J2578", "the marking ends with it"),
    ("TT369J2578TT", "stands inside the marking"),
    ("369J2570", "one character differs: 0 stands for 8 (place 8)"),
    ("999999", "nothing agrees"),
]


def test_ladder_of_trust() -> None:
    found = [score("369J2578", keys(raw)) for raw, _ in LADDER]
    assert [match.why for match in found] == [why for _, why in LADDER]
    values = [match.score for match in found]
    assert values == sorted(values, reverse=True)
    assert values[0] == 1.0 and values[-1] == 0.0
    assert len({v for v, m in zip(values, found, strict=True) if "marking " not in m.why}) >= 9


@pytest.mark.parametrize(
    ("typed", "raw", "why"),
    [
        ("AB12345", "AB1345", "one character differs: 2 is missing (place 4)"),
        ("AB12345", "AB123745", "one character differs: 7 is added (place 6)"),
        ("AB12345", "A812354", "one character differs: 45 stands as 54 (place 6)"),
        ("AB12345", "АВ-12345", "the same but for separators, capitals or script"),
        ("AB12345", "٢-٣", "nothing agrees"),
        ("0785", "\u206707-85\u2069", "the same but for separators, capitals or script"),
        ('"07-85"', "0785", "nothing agrees"),
        ('"07-85"', "lot 07-85", "stands in the marking as written"),
        ("12345", "A8O12E45", "nothing agrees"),
        ("12345*", "1234567", "agrees where it was read: 5 characters known, 2 not"),
    ],
)
def test_reasons(typed: str, raw: str, why: str) -> None:
    assert score(typed, keys(raw)).why == why


def test_ncic_a_query_returns_the_three_of_the_manual() -> None:
    for raw in ("369257", "369M257", "369J257"):
        assert score("369J257", keys(raw)).score >= 0.8
    for raw in ("A369257", "369257A"):
        assert score("369257", keys(raw)).score < 0.7


@pytest.mark.parametrize(
    ("typed", "raw"),
    [("1?2*", "1923333"), ("12", "91234567"), ("7*", "7123456"), ("12", "1?"), ("1234", "????")],
)
def test_a_short_key_scores_low(typed: str, raw: str) -> None:
    assert score(typed, keys(raw)).score <= SHORT


def test_a_short_marking_still_answers_its_own_name() -> None:
    match = score("a-1", keys("A1"))
    assert 0 < match.score < 0.3 and "links nothing by itself" in match.why


def test_look_alikes_are_named_each() -> None:
    match = score("OI234S", keys("012345"))
    assert [(e.place, e.asked, e.seen) for e in match.edits] == [
        (1, "O", "0"),
        (2, "I", "1"),
        (6, "S", "5"),
    ]
    assert match.score < score("O12345", keys("012345")).score


def test_unread_places_are_named_each() -> None:
    match = score("36?2[5S]7", keys("3692?7"))
    assert [(e.kind, e.place) for e in match.edits] == [("unread", 3), ("unread", 5)]


@settings(max_examples=300, deadline=None)
@given(st.text("AB18O?*[]- b", max_size=10), st.text("AB18O?*[]- b\n", max_size=14))
def test_any_two_texts_score_within_bounds_and_alike_each_time(typed: str, raw: str) -> None:
    try:
        query = parse(typed)
    except Invalid:
        return
    match = score(query, keys(raw))
    assert 0.0 <= match.score <= 1.0 and match.why
    assert match == score(query, keys(raw))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_no_marking_raises(raw: str) -> None:
    made = keys(raw)
    for typed in ("AB123", "A?12*", '"x"'):
        assert 0.0 <= score(typed, made).score <= 1.0


@settings(max_examples=200, deadline=None)
@given(st.text("AC379", min_size=4, max_size=10), st.data())
def test_an_unread_place_still_finds_the_marking(raw: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(raw) - 1))
    worn = raw[:place] + "?" + raw[place + 1 :]
    assert score(worn, keys(raw)).score > SHORT
    assert score(raw, keys(worn)).score > SHORT
    assert len(raw) - 1 >= FEWEST_KNOWN


@settings(max_examples=300, deadline=None)
@given(st.text("AB?*", max_size=7), st.text("AB?*", max_size=7))
def test_can_agree_against_trying_all(one: str, other: str) -> None:
    assert can_agree(tokens(one), tokens(other)) == _try_all(one, other)


def _try_all(one: str, other: str) -> bool:
    if not one and not other:
        return True
    if one[:1] == "*":
        return _try_all(one[1:], other) or (bool(other) and _try_all(one, other[1:]))
    if other[:1] == "*":
        return _try_all(one, other[1:]) or (bool(one) and _try_all(one[1:], other))
    if not one or not other:
        return False
    return (one[0] == other[0] or "?" in (one[0], other[0])) and _try_all(one[1:], other[1:])


@settings(max_examples=300, deadline=None)
@given(st.text("ABC", max_size=7), st.text("ABC", max_size=7))
def test_single_edit_against_the_full_table(one: str, other: str) -> None:
    assert (single_edit(tuple(one), tuple(other)) is not None) == (_distance(one, other) == 1)


def _distance(a: str, b: str) -> int:
    """Optimal string alignment by its full table, as in any textbook."""
    table = [[i + j if 0 in (i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
            )
            if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def test_real_markings_find_themselves() -> None:
    path = shared("data/gur_components/components.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        names = sorted({row["name_marking"] for row in csv.DictReader(file)})
    made = [keys(name) for name in names[::25]]
    for name in (n for n in names[::25] if len(n) <= 200):
        assert score(f'"{name}"', keys(name)).score == 1.0
    chip = [match for match in (score("VQG1O0EGQ1429", k) for k in made) if match.score > 0.9]
    assert len(chip) == sum(k.plain == "VQG100EGQ1429" for k in made)


def test_real_serial_shapes() -> None:
    path = shared("data/rj_police_vocabulary/serial_masks_by_make.csv")
    with path.open(encoding="utf-8", newline="") as file:
        masks = [row["serial_mask"] for row in csv.DictReader(file)]
    for mask in masks:
        serial = mask.replace("A", "K").replace("9", "4")
        spaced = "-".join(serial).lower()
        if keys(serial).plain:
            assert score(serial, keys(spaced)).why.startswith(("as written", "the same", "agrees"))
