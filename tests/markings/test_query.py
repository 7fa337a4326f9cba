"""A query is read, bounded and turned into patterns that nothing typed can break out of."""

from __future__ import annotations

import doctest
import re
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.markings import query as module
from headstamp.markings.normalise import keys
from headstamp.markings.query import MOST_CHARACTERS, parse

QUERY = st.text("AB01O8?*[]%_\\.+(){}^$|-\"' бх", min_size=1, max_size=12)
MARKING = st.text("AB01O8%_\\.+(){}^$|- б\n", max_size=16)


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


@pytest.mark.parametrize(
    ("typed", "yes", "no"),
    [
        ("ab-12", "XAB12Y", "A8121"),
        ("1.*2", "12", "21"),
        ("1(2)+", "1(2)+", "122"),
        ("A?C", "ABC", "AC"),
        ("A*C", "AC", "CA"),
        ("A[8B]C", "A8C", "A7C"),
        ("*^12", "3^12", "12"),
    ],
)
def test_regex_on_plain_key(typed: str, yes: str, no: str) -> None:
    expression = parse(typed).regex("plain")
    assert expression.match(yes) and not expression.match(no)


def test_exact_keeps_case_and_separators() -> None:
    expression = parse('"aB-1.?"').regex()
    assert expression.match("x aB-1.? y")
    assert not expression.match("AB-1.?") and not expression.match("aB-1x?")


@settings(max_examples=300, deadline=None)
@given(QUERY, MARKING, st.sampled_from(["plain", "folded"]), st.booleans())
def test_like_keeps_whatever_the_regex_keeps(
    typed: str, marking: str, name: str, whole: bool
) -> None:
    try:
        read = parse(typed)
    except Invalid:
        return
    made = keys(marking)
    key = made.plain if name == "plain" else made.folded
    subject = marking if read.kind == "exact" else key
    if read.regex(name, whole=whole).match(subject):  # type: ignore[arg-type]
        pattern = read.like(name, whole=whole)  # type: ignore[arg-type]
        with sqlite3.connect(":memory:") as db:
            (kept,) = db.execute("SELECT ? LIKE ? ESCAPE '\\'", (key, pattern)).fetchone()
        assert kept


@settings(max_examples=200, deadline=None)
@given(st.text("AB1?*", min_size=1, max_size=10), st.text("AB1", max_size=10))
def test_whole_regex_agrees_with_the_naive_one(typed: str, key: str) -> None:
    try:
        read = parse(typed)
    except Invalid:
        return
    naive = re.compile("".join({"?": ".", "*": ".*"}.get(c, c) for c in typed) + r"\Z", re.DOTALL)
    assert bool(read.regex("plain", whole=True).match(key)) == bool(naive.match(key))


def test_many_runs_do_not_run_away() -> None:
    read = parse("*".join("A" * 99) + "B")
    for whole in (False, True):
        assert not read.regex("plain", whole=whole).match("A" * 20_000)


def test_like_escapes_what_sql_would_read() -> None:
    assert parse("1%2").like("plain") == r"%1\%2%"
    assert parse("1\\2").like("plain") == "%12%"  # a slash is a separator
    assert parse('"1%2"').like("plain", whole=True) == r"1\%2"


def test_a_percent_sign_that_is_asked_for_stays_one() -> None:
    assert parse("100%").like() == r"%100\%%"
    assert parse("1**0%").like() == r"%1%0\%%"
