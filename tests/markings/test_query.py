"""A query is read, bounded, and refused with every rule that it breaks."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.markings import query as module
from headstamp.markings.query import MOST_CHARACTERS, parse

QUERY = st.text("AB01O8?*[]%_\\.+(){}^$|-\"' бх", min_size=1, max_size=12)


def test_doctests() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("AB 12", "plain", "AB 12"),
        ("  AB?2 ", "pattern", "AB?2"),
        ("A*2", "pattern", "A*2"),
        ("A[8B]2", "pattern", "A[8B]2"),
        ("12؟4", "pattern", "12؟4"),
        ('"07-85"', "exact", "07-85"),
        ("\u201c07-85\u201d", "exact", "07-85"),
        ("«07-85»", "exact", "07-85"),
        ('"a?b"', "exact", "a?b"),
        ("A[88]2", "plain", "A[88]2"),
    ],
)
def test_kinds(typed: str, kind: str, text: str) -> None:
    read = parse(typed)
    assert (read.raw, read.kind, read.text) == (typed, kind, text)


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("", "at least one letter or digit"),
        ("  --  ", "at least one letter or digit"),
        ("*", "at least one letter or digit"),
        ("???", "at least one letter or digit"),
        ('""', "nothing between the quotes"),
        ("A[8B", "square brackets"),
        ("A8]B", "square brackets"),
        ("A[]B", "square brackets"),
        ("A[[8]B]", "square brackets"),
        ("A[123456789]", "square brackets"),
        ("A" * (MOST_CHARACTERS + 1), "at most 200 characters"),
    ],
)
def test_refused_with_the_rule(typed: str, rule: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(typed)
    assert any(rule in problem.rule for problem in caught.value.problems)


def test_all_problems_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        parse("[?")
    assert len(caught.value.problems) == 2


def test_longest_query_is_taken() -> None:
    assert parse("A" * MOST_CHARACTERS).keys.plain == "A" * MOST_CHARACTERS


@given(QUERY | st.text(max_size=300))
def test_anything_typed_is_read_or_refused_with_a_rule(typed: str) -> None:
    try:
        read = parse(typed)
    except Invalid as refused:
        assert refused.problems and all(one.rule for one in refused.problems)
    else:
        assert read.raw == typed and read.kind in ("exact", "plain", "pattern")
