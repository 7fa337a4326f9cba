"""What a hit says of itself: which places differ, how, by which rules, weighed against what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings import Hit, MarkingIndex
from headstamp.markings.normalise import RULES
from tests.effort import examples

SERIES = [f"AB {number}" for number in range(123400, 123500)]


def only(texts: list[str], query: str) -> Hit:
    return MarkingIndex.build(texts).search(query)[0]


def words(stored: str, query: str) -> str:
    return str(only([stored], query).explain())


@pytest.mark.parametrize(
    ("query", "stored", "told"),
    [
        ("AB 123456", "AB 123456", "as written"),
        ("ab123456", "AB 123456", "the same but for separators, capitals or script"),
        ("АВ ١٢٣٤٥٦", "AB 123456", "the same but for separators, capitals or script"),
        ("A8 123456", "AB 123456", "8 is read for B (place 2)"),
        ("AB 12X456", "AB 123456", "X stands for 3 (place 5)"),
        ("AB 12456", "AB 123456", "3 is missing after place 4"),
        ("AB 12X3456", "AB 123456", "X is one too many (place 5)"),
        ("AB 132456", "AB 123456", "23 is read as 32 (places 4 and 5)"),
        ("AB 1324X6", "AB 123456", "X stands for 5 (place 7)"),
        ("AB 12?456", "AB 123456", "1 character was not read"),
        ("AB 1??456", "AB 123456", "2 characters were not read"),
        ("AB 123456", "AB 12?456", "1 of the stored text was not read"),
        ("AB 1[27]3456", "AB 123456", "[27] may be 2 (place 4)"),
        ("B 123456", "AB 123456", "A is missing at the beginning"),
        ("AB 1234", "AB 123456", "56 is missing at the end"),
        ("AB 123456789", "AB 123456", "789 is read beyond the end"),
        ("AB*456", "AB 123456", "123 stands where the reading has *"),
        ("AB 123456", "AB 12*456", "3 is read where the stored text has *"),
    ],
)
def test_each_difference_is_told_with_its_place(query: str, stored: str, told: str) -> None:
    assert told in words(stored, query).split("; ")


def test_places_are_counted_in_the_reading_also_past_a_swap() -> None:
    assert words("AB 1234567", "BA 123X567").startswith(
        "AB is read as BA (places 1 and 2); X stands for 4 (place 6)"
    )
    # A swap of several alternatives is two places, not as many as it has letters.
    told = words("AB 1723456", "AB 71234X6")
    assert "X stands for 5 (place 8)" in told


def test_a_marking_with_many_differences_tells_the_first_of_them() -> None:
    told = words("AB 1234567890", "88 I234S67B9O").split("; ")
    assert len(told) == 6 and told[0] == "8 stands for A (place 1)"


@pytest.mark.parametrize("query", ["369257", "369M257", "369-257"])
def test_the_ncic_key_is_told_where_it_fired(query: str) -> None:
    hit = only(["369J257", *SERIES], query)
    why = hit.explain()
    assert hit.text == "369J257", "the text stays as it was given"
    assert (
        "the same under the NCIC key, 369257 (O as zero, letters between digits left out)"
        in why.words
    )
    assert "embedded_letters_out" in why.rules
    assert "embedded_letters_out" not in only(SERIES, "AB 123450").explain().rules


def test_o_for_zero_is_told_too() -> None:
    why = only(["10O4567"], "1004567").explain()
    assert "O is read for" not in str(why) and "0 is read for O (place 3)" in why.words
    assert any("NCIC" in told for told in why.words)


def test_rules_are_those_that_changed_a_text_on_the_way_to_being_compared() -> None:
    why = only(["ab-123456"], "AB　１２３４５６").explain()
    assert why.rules == ("nfkc", "separators_out", "case")
    assert only(["AB123456"], "AB123456").explain().rules == ()
    assert only(["QO 80151"], "Q0 80151").explain().rules == ("separators_out", "o_to_zero")
    assert {*why.rules} <= {rule.name for rule in RULES}


def test_it_says_how_many_are_as_near_and_how_full_the_series_is() -> None:
    index = MarkingIndex.build(SERIES)
    first, second = index.search("AB 12345?", limit=2)
    assert first.probability == second.probability
    for hit in (first, second):
        assert "9 other markings are as near or nearer" in str(hit.explain())
        assert "so full that about" in str(hit.explain())
    told = str(index.search("AB 123450")[1].explain())
    assert "other marking is as near or nearer" in told or "markings are as near" in told


def test_a_word_of_a_longer_text_is_told() -> None:
    hit = only(["MADE IN NOWHERE SN 7734521 LOT 9"], "7734521")
    assert (hit.part, "7734521 is a word of a longer text" in str(hit.explain())) == ("7734521", True)


def test_a_hit_shows_what_a_person_needs_and_no_more() -> None:
    hit = only(["AB 123456"], "AB 123456")
    assert repr(hit).startswith("Hit(position=0, text='AB 123456', probability=0.99")
    assert "Asked" not in repr(hit)
    assert hit == only(["AB 123456"], "AB 123456")


@examples(80)
@given(st.text("AB08?*[]Ж -", max_size=14), st.text("AB08?*[]Ж -", max_size=14))
def test_any_hit_explains_itself(query: str, stored: str) -> None:
    for hit in MarkingIndex.build([stored]).search(query):
        why = hit.explain()
        assert str(why) and "; ".join(why.words) == str(why)
        for told in why.words:
            assert "  " not in told and told == told.strip()
