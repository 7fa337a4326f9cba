"""Lining up shows the cheapest way the core found, whole on both sides, in every kind of pair."""

from __future__ import annotations

from itertools import groupby
from typing import get_args

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headstamp.markings.alphabet import PLACES, UNREAD_CODE, code_of
from headstamp.markings.asked import Asked, ask
from headstamp.markings.channel import Channel
from headstamp.markings.fallback import score_rows
from headstamp.markings.lineup import Pair, PairKind, line_up
from headstamp.markings.normalise import keys
from headstamp.markings.segment import RUN_CODE
from headstamp.markings.unread import RUN, tokens
from tests.effort import examples

CHANNEL = Channel.default()
PLAIN = st.lists(
    st.sampled_from((*"AAB00118ЖJ", "?", "*", "[8B]", "[0Q]")), min_size=1, max_size=12
).map(lambda parts: keys("".join(parts)).plain)


def lined(reading: str, stored: str) -> tuple[Pair, ...]:
    return line_up(ask(keys(reading).plain, CHANNEL), keys(stored).plain, CHANNEL)


def kinds(reading: str, stored: str) -> list[str]:
    return [pair.kind for pair in lined(reading, stored)]


def core_cost(asked: Asked, stored: str) -> int:
    """What the search core says of this stored key."""
    row = np.zeros((1, PLACES), dtype=np.uint8)
    found = [
        RUN_CODE if t == RUN else code_of(t) if len(t) == 1 else UNREAD_CODE for t in tokens(stored)
    ][:PLACES]
    row[0, : len(found)] = found
    lengths = np.array([len(found)], dtype=np.uint8)
    return int(np.frombuffer(score_rows(row, lengths, asked.costs), np.int32)[0])


def cost_of(asked: Asked, pairs: tuple[Pair, ...]) -> int:
    """What the pairs cost, added up one by one."""
    costs = asked.costs
    blocks = [(kind, list(some)) for kind, some in groupby(pairs, key=lambda pair: pair.kind)]
    total, place = 0, 0
    begun = bool(blocks) and blocks[0][0] in ("cut", "extra")
    ended = len(blocks) > begun and blocks[-1][0] in ("cut", "extra")
    total += int(costs.cut[0]) * ((not begun) + (not ended))
    for at, (kind, some) in enumerate(blocks):
        if kind == "cut":
            assert at in (0, len(blocks) - 1)
            total += int(costs.cut[len(some)])
        elif kind == "extra":
            assert at in (0, len(blocks) - 1)
            total += int(costs.extra[len(some)])
            place += len(some)
        else:
            for pair in some:
                if kind == "run":
                    total += costs.stored if pair.asked else 0
                elif kind == "missing":
                    total += int(costs.drop[code(pair.seen)])
                elif kind == "added":
                    total += int(costs.add[place])
                elif kind == "swapped":
                    one, two = (code(t) for t in tokens(pair.seen))
                    total += costs.swap + int(costs.seen[place][two] + costs.seen[place + 1][one])
                    place += 1
                else:
                    total += int(costs.seen[place][code(pair.seen)])
                place += bool(pair.asked)
    return total


def code(seen: str) -> int:
    return code_of(seen) if len(seen) == 1 else UNREAD_CODE


@examples(400)
@given(PLAIN, PLAIN)
@example("AB1239", "AB*9")
@example("A*", "*A")
@example("AB[8B]1", "A[8B]B1")
@example("A1", "Ж" * 20)
def test_the_way_shown_is_the_cheapest_and_both_texts_stand_in_it(reading: str, stored: str) -> None:
    asked = ask(reading, CHANNEL)
    pairs = line_up(asked, stored, CHANNEL)
    assert "".join(pair.seen for pair in pairs) == "".join(
        t if len(t) == 1 else f"[{t}]" for t in tokens(stored)
    )
    assert "".join(pair.asked for pair in pairs) == "".join(
        t if len(t) == 1 else f"[{t}]" for t in asked.places
    )
    assert cost_of(asked, pairs) == core_cost(asked, stored)


def test_only_the_head_of_a_long_text_is_lined_up() -> None:
    pairs = lined("A" * 70, "A" * 80)
    assert len(pairs) == PLACES and {pair.kind for pair in pairs} == {"same"}


EVERY_KIND: list[tuple[str, str, str, list[tuple[str, str]]]] = [
    ("same", "AB-12", "ab 12", [("A", "A"), ("B", "B"), ("1", "1"), ("2", "2")]),
    ("look-alike", "A8 12345", "AB 12345", [("8", "B")]),
    ("unread", "AB 1?345", "AB 12345", [("?", "2")]),
    ("unread", "AB 12345", "AB 1?345", [("2", "?")]),
    ("unread", "AB 1[26]345", "AB 12345", [("[26]", "2")]),
    ("other", "AB 1X345", "AB 12345", [("X", "2")]),
    ("missing", "AB 1345", "AB 12345", [("", "2")]),
    ("added", "AB 12X345", "AB 12345", [("X", "")]),
    ("swapped", "AB 21345", "AB 12345", [("21", "12")]),
    ("cut", "AB 123", "AB 123456", [("", "4"), ("", "5"), ("", "6")]),
    ("extra", "AB 12345678", "AB 12345", [("6", ""), ("7", ""), ("8", "")]),
    ("run", "AB*45", "AB 12345", [("", "1"), ("", "2"), ("", "3")]),
    ("run", "AB 12345", "AB*45", [("", "*"), ("1", ""), ("2", ""), ("3", "")]),
]


@pytest.mark.parametrize(("kind", "reading", "stored", "wanted"), EVERY_KIND)
def test_every_kind_of_pair_is_shown(
    kind: str, reading: str, stored: str, wanted: list[tuple[str, str]]
) -> None:
    mine = [(pair.asked, pair.seen) for pair in lined(reading, stored) if pair.kind == kind]
    assert sorted(mine) == sorted(wanted)
    assert {*kinds(reading, stored)} == {kind, "same"}


def test_no_kind_of_pair_is_left_out_here() -> None:
    assert {kind for kind, *_ in EVERY_KIND} == {*get_args(PairKind)}


def test_characters_that_share_a_code_are_told_apart() -> None:
    first = "型"
    other = next(
        char for char in map(chr, range(0x4E00, 0x9FFF))
        if char != first and code_of(char) == code_of(first)
    )
    assert kinds(f"{first}12345", f"{other}12345")[0] == "other"
    assert kinds(f"{first}12345", f"{first}12345")[0] == "same"
