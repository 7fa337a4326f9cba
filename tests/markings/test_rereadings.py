"""Words that only say what a marking is, and groups written twice, give another reading beside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.markings import MarkingIndex
from headstamp.markings.rereadings import rereadings

HELD = ["AB 123456", "1987 C-22325", "SN 77", "XK-4471"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("SER NO AB 123456", "AB 123456"),
        ("s/n: AB-123456", "AB 123456"),
        ("№ AB 123456", "AB 123456"),
        ("1987.C.22325.22325", "1987 C-22325"),
        ("SN 77", "SN 77"),
        ("NR. XK-447l", "XK-4471"),
    ],
)
def test_the_marking_is_found_behind_what_was_written_around_it(asked: str, found: str) -> None:
    hits = MarkingIndex.build(HELD).search(asked)
    assert hits[0].text == found
    assert hits[0].probability > 0.5


def test_a_plain_marking_has_no_other_reading() -> None:
    for text in ("AB 123456", "NOR 4471", "SNA12345", "56-2-83", "12 12", ""):
        assert rereadings(text) == [], text


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    for other in rereadings(text):
        assert other.text != text
        assert other.rule in ("label_word", "echo")
