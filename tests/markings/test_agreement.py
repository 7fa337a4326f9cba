"""Two readings lined up: what agrees, what differs, what one joint text makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.markings.agreement import MOST_CELLS, compare, joint_of, kind_of
from headstamp.markings.unread import MOST_ALTERNATIVES, can_agree, tokens

READINGS = st.one_of(
    st.text("AB8 013-?*[]бГ٣a", max_size=14),
    st.lists(st.sampled_from(["A", "8", "?", "*", "[8B]", "[0OQ]", "-", " ", "7"]), max_size=10)
    .map("".join),
    st.text(max_size=12),
)


@pytest.mark.parametrize(("first", "second", "kinds", "joint"), [
    ("A812", "A812", "agreed agreed agreed agreed", "A812"),
    ("A812", "AB12", "agreed differing agreed agreed", "A[8B]12"),
    ("A?12", "AB12", "agreed unread agreed agreed", "AB12"),
    ("A?12", "A?12", "agreed both_unread agreed agreed", "A?12"),
    ("A[8B]1", "A81", "agreed narrowed agreed", "A81"),
    ("A[8B]1", "A31", "agreed differing agreed", "A[8B3]1"),
    ("AB12", "AB2", "agreed agreed only_first agreed", "AB*2"),
    ("B12", "AB12", "only_second agreed agreed agreed", "*B12"),
    ("ab-12", "AB 12", "written written separator agreed agreed", "ab-12"),
    ("AB12", "AB 12", "agreed agreed separator agreed agreed", "AB12"),
    ("A*9", "A1239", "agreed unread unread unread agreed", "A1239"),
    ("A1239", "A*9", "agreed unread unread unread agreed", "A1239"),
    ("A*", "A", "agreed unread", "A*"),
    ("٣7", "37", "written agreed", "٣7"),
    ("", "", "", ""),
    ("", "A", "only_second", "*"),
    ("*", "*", "both_unread", "*"),
])
def test_each_place_is_what_it_is(first: str, second: str, kinds: str, joint: str) -> None:
    found = compare(first, second)
    assert [place.kind for place in found.places] == kinds.split()
    assert found.joint == joint


def test_a_missed_character_does_not_shift_all_that_follows() -> None:
    found = compare("VQG100EGQ1429", "VQG10EGQ1429")
    assert found.agreed == 12 and found.against == 1
    assert found.joint == "VQG10*EGQ1429" or found.joint == "VQG1*0EGQ1429"


def test_the_share_counts_only_what_both_read() -> None:
    found = compare("A8 12?456", "AB 123456")
    assert (found.agreed, found.against, found.compared, found.open) == (6, 1, 7, 1)
    assert found.share == pytest.approx(6 / 7)
    assert compare("??", "A?").share is None
    assert compare("07-85", "07 85").same and compare("ab", "AB").same
    assert not compare("07?", "078").same


def test_it_is_said_in_words() -> None:
    told = compare("A8 12?456x-9", "AB 12345679").words("Ada", "Ben")
    assert told == ("place 2: Ada reads 8, Ben reads B",
                    "place 6: Ben reads 3, Ada could not read it",
                    "place 10: Ada reads x, Ben reads 7",
                    "place 11: only the sign between characters: Ada has -, Ben has nothing")
    assert compare("A", "AB").words() == (
        "place 2: the second reads B, the first sees no character there",)
    assert compare("?", "?").summary() == "there is no character that both read"
    assert compare("-", " ").summary() == "neither reading holds a character"
    assert compare("A1", "A1").summary() == "all 2 characters agree"


def test_a_third_reader_settles_what_two_left_open() -> None:
    assert joint_of([]) == "" and joint_of(["A?"]) == "A?"
    assert joint_of(["8?1", "B?1", "871"]) == "871"


def test_very_long_texts_are_paired_in_order() -> None:
    side = int(MOST_CELLS ** 0.5) + 2
    found = compare("1" + "A" * side + "2", "3" + "B" * side + "4")
    assert len(found.places) == side + 2 and found.agreed == 0


@settings(max_examples=300, deadline=None)
@given(READINGS)
def test_a_reading_agrees_with_itself(text: str) -> None:
    found = compare(text, text)
    assert found.against == 0
    assert not found.count("unread", "only_first", "only_second")
    assert tokens(found.joint) == tokens(text) or "?" in found.joint


@settings(max_examples=300, deadline=None)
@given(READINGS, READINGS)
def test_each_reading_can_be_walked_back_from_the_places(first: str, second: str) -> None:
    found = compare(first, second)
    for side, text in ((0, first), (1, second)):
        walked: list[str] = []
        for place in found.places:
            token = (place.first, place.second)[side]
            # A run stands beside each of the characters that it may be.
            if token and not (token == "*" and walked and walked[-1] == "*"):
                walked.append(token)
        assert tuple(walked) == tokens(text)
    assert all(len(token) <= MOST_ALTERNATIVES for token in tokens(found.joint))


# Characters that have one form only: no two of these are the same otherwise written.
STRICT = st.lists(
    st.sampled_from(["A", "B", "8", "7", "?", "*", "[8B]", "[07]"]), max_size=10
).map("".join)


@settings(max_examples=300, deadline=None)
@given(STRICT, STRICT)
def test_the_joint_text_can_still_be_what_either_of_them_read(first: str, second: str) -> None:
    joint = tokens(compare(first, second).joint)
    assert can_agree(tokens(first), joint)
    assert can_agree(tokens(second), joint)


@settings(max_examples=200, deadline=None)
@given(READINGS, READINGS)
def test_who_is_first_does_not_decide_whether_they_agree(first: str, second: str) -> None:
    assert compare(first, second).same == compare(second, first).same


@given(st.text("[8B?-", max_size=3), st.text("[8B?-", max_size=3))
def test_what_two_places_are_to_each_other_has_one_mirror(one: str, other: str) -> None:
    turned = {"only_first": "only_second", "only_second": "only_first"}
    there, back = kind_of(one, other), kind_of(other, one)
    assert turned.get(there, there) == back
