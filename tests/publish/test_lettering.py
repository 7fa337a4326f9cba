"""Right-to-left lettering: joined and ordered as on paper, everything else left alone."""

from __future__ import annotations

import doctest
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.publish import lettering
from headstamp.publish.lettering import for_print, joined, visual


def test_doctests() -> None:
    result = doctest.testmod(lettering)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("text", "direction", "seen"),
    [
        ("abc 12-34", "auto", "abc 12-34"),
        ("אבג", "auto", "גבא"),
        ("אבג 07-85", "auto", "07-85 גבא"),
        ("אבג AB-12 דה", "auto", "הד AB-12 גבא"),
        ("AB אבג 12", "auto", "AB 12 גבא"),
        ("AB (אבג) CD", "auto", "AB (גבא) CD"),
        ("אב (גד)", "auto", "(דג) בא"),
        ("אב: 3", "ltr", "3 :בא"),
        ("ا ٠٧", "auto", "٠٧ \ufe8d"),
        ("", "auto", ""),
    ],
)
def test_order_on_paper(text: str, direction: str, seen: str) -> None:
    assert visual(text, direction) == seen


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("ب", ["ISOLATED"]),
        ("بب", ["INITIAL", "FINAL"]),
        ("ببب", ["INITIAL", "MEDIAL", "FINAL"]),
        ("دب", ["ISOLATED", "ISOLATED"]),
        ("بد", ["INITIAL", "FINAL"]),
        ("لا", ["ISOLATED"]),
        ("بلا", ["INITIAL", "FINAL"]),
        ("پگ", ["INITIAL", "FINAL"]),
        ("ب ب", ["ISOLATED", "ISOLATED"]),
    ],
)
def test_shapes(text: str, shapes: list[str]) -> None:
    names = [unicodedata.name(char) for char in joined(text) if char != " "]
    assert [name.split(" FORM")[0].split()[-1] for name in names] == shapes


def test_marks_stay_on_their_letter_and_do_not_part_two() -> None:
    text = "ب\u064eب"
    assert joined(text) == "\ufe91\u064e\ufe90"
    assert visual(text) == "\ufe90\ufe91\u064e"


def test_only_drawn_right_to_left_text_changes() -> None:
    page = '<title>عين</title><text x="1">AB &amp; 12</text><td>عين</td>'
    assert for_print(page) == page


def test_escapes_survive_and_isolates_go() -> None:
    assert for_print("<text>\u2068א&amp;ב\u2069</text>") == "<text>ב&amp;א</text>"


def test_a_marking_is_set_left_to_right() -> None:
    assert for_print("<text>\u2066א 12\u2069</text>") == "<text>12 א</text>"
    assert for_print("<text>\u2066AB א\u2069</text>") == "<text>AB א</text>"


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=20) | st.text("אבب ال12-(.) AB"))
def test_no_letter_is_lost(text: str) -> None:
    shown = unicodedata.normalize("NFKD", visual(text))
    mirrored = str.maketrans(")]}>»›", "([{<«‹")
    assert sorted(shown.translate(mirrored)) == sorted(
        unicodedata.normalize("NFKD", text).translate(mirrored)
    )
