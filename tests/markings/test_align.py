"""Lining up: every way is weighed, and what must have happened is counted."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.markings.align import Counts, expected
from headstamp.markings.alphabet import UNREAD_CODE, code_of, encode
from headstamp.markings.channel import Chances, Channel

CHANCES = Channel.default().chances
NO_ENDS = replace(CHANCES, cut=0.0, extra=0.0, swapped=0.0)
TEXTS = st.text("018BOAЖ", min_size=1, max_size=7)


def counts(true: str, seen: str, chances: Chances = CHANCES) -> Counts:
    found = expected(encode(true), encode(seen), chances)
    assert found is not None
    return found


def test_one_look_alike() -> None:
    found = counts("AB8123", "ABB123")
    assert found.pairs[code_of("8"), code_of("B")] == pytest.approx(1, abs=0.02)
    assert found.wrong == pytest.approx(1, abs=0.05)


def test_unread_dropped_added_swapped() -> None:
    assert counts("AB8123", "AB?123").unread == pytest.approx(1, abs=0.02)
    assert counts("AB8123", "AB?123").wrong < 0.05
    assert counts("AB8123", "AB823").dropped == pytest.approx(1, abs=0.05)
    assert counts("AB8123", "AB81723").added == pytest.approx(1, abs=0.05)
    assert counts("AB8123", "AB1823").swapped == pytest.approx(1, abs=0.05)


def test_ends() -> None:
    found = counts("AB8123", "8123")
    assert found.cut == pytest.approx(1, abs=0.05)
    assert found.lost == pytest.approx(2, abs=0.1)
    found = counts("AB8123", "AB8123X7")
    assert found.extra == pytest.approx(1, abs=0.05)
    assert found.more == pytest.approx(2, abs=0.1)


def test_the_same_text_is_right() -> None:
    assert counts("AB8123", "AB8123").wrong < 0.01


def test_no_way_at_all() -> None:
    assert expected(encode("A"), [0], NO_ENDS) is None


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_numbers_agree_with_the_lengths(true: str, seen: str) -> None:
    found = counts(true, seen)
    grown = found.added + found.more - found.dropped - found.lost
    assert grown == pytest.approx(len(seen) - len(true), abs=1e-6)
    assert all(number >= 0 for number in vars(found).values() if isinstance(number, float))


def test_it_is_the_sum_over_all_ways() -> None:
    """Against every way written out, for two characters without ends or swaps."""
    true, seen = encode("8A"), encode("BA")
    ways: dict[str, float] = {}
    sub = CHANCES.substitute

    def walk(i: int, j: int, chance: float, told: str) -> None:
        if i == j == 2:
            ways[told] = chance
        if i < 2 and j < 2:
            walk(i + 1, j + 1, chance * float(sub[true[i], seen[j]]), told + f"r{i}{j}")
        if i < 2:
            walk(i + 1, j, chance * float(CHANCES.dropped[true[i]]), told + "d")
        if j < 2:
            walk(i, j + 1, chance * float(CHANCES.added[seen[j]]), told + "a")

    walk(0, 0, 1.0, "")
    found = counts("8A", "BA", NO_ENDS)
    total = sum(ways.values())
    dropped = sum(chance * told.count("d") for told, chance in ways.items()) / total
    first = sum(chance for told, chance in ways.items() if "r00" in told) / total
    assert found.dropped == pytest.approx(dropped)
    assert found.pairs[true[0], seen[0]] == pytest.approx(first)


@pytest.mark.parametrize(("m", "n"), list(product((1, 60), repeat=2)))
def test_any_length_and_unread(m: int, n: int) -> None:
    found = expected([11] * m, [UNREAD_CODE] * n, CHANCES)
    assert found is not None
    assert found.unread <= min(m, n) + 1e-6
