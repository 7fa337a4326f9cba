"""SVG by hand: well formed whatever the text, stable, isolated."""

from __future__ import annotations

import doctest
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.places import svg


def test_doctests() -> None:
    result = doctest.testmod(svg)
    assert result.attempted and not result.failed


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_any_text_is_well_formed(value: str) -> None:
    made = svg.opening("x", 10, 10, value, value) + f"<text>{svg.isolated(value)}</text></svg>"
    ElementTree.fromstring(made.encode("utf-8"))


def test_direction_controls_cannot_reach_out() -> None:
    assert svg.isolated("\u202eabc\u2067") == "\u2068abc\u2069"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.floats(20, 200))
def test_shortened_text_fits(value: str, width: float) -> None:
    short = svg.shortened(value, width, 10)
    assert short == value or short.endswith("…")
    assert svg.text_width(short, 10) <= width + 10


@pytest.mark.parametrize("most", [0.001, 0.7, 1, 3, 9.99, 10, 5806, 1e9])
def test_steps_are_round_and_few(most: float) -> None:
    step = svg.nice_step(most)
    assert most / step <= 5 + 1e-9
    assert f"{step:e}"[0] in "125"
