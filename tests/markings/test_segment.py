"""A segment keeps every text as it was given, and each marking where the core looks for it."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headstamp.markings.alphabet import PLACES, UNREAD_CODE, encode
from headstamp.markings.normalise import keys
from headstamp.markings.segment import (
    FAN,
    HEAD,
    LANES,
    NO_SLOT,
    RUN_CODE,
    WHOLE,
    Segment,
    build_segment,
)
from headstamp.markings.unread import RUN, tokens
from tests.effort import examples
from tests.markings import chance

TEXTS = st.lists(
    st.one_of(
        st.text("AB01?[]8- ", max_size=14),
        st.text("AB01*", max_size=8),
        st.lists(st.text("AB0123456789", min_size=5, max_size=9), max_size=11).map(" ".join),
        st.text(st.characters(exclude_categories=()), max_size=70),
    ),
    max_size=40,
)


def head(text: str) -> bytes:
    """The codes under which a text is looked for; none if it has a run in it."""
    plain = keys(text).plain
    return b"" if RUN in tokens(plain) else encode(plain)[:PLACES]


@examples(120)
@given(TEXTS)
@example(["\x00", "A\x00B", "\ud800", "\udc00\ud800", "", "\U0010ffff"])
def test_texts_come_back_exactly(texts: list[str]) -> None:
    made = build_segment(texts)
    assert len(made) == len(texts)
    assert [made.text_of(position) for position in range(len(made))] == texts


@examples(120)
@given(TEXTS)
def test_every_text_is_at_the_slot_of_its_head(texts: list[str]) -> None:
    made = build_segment(texts)
    for position, text in enumerate(texts):
        slot, wanted = int(made.slot_of[position]), head(text)
        if not wanted:
            assert slot == NO_SLOT
            continue
        assert made.codes_of(slot) == wanted
        assert (position, False) in made.entries_of(slot)
    heads = [made.codes_of(slot) for slot in range(made.slots)]
    assert heads == sorted(set(heads), key=lambda codes: (len(codes), codes))


@examples(80)
@given(TEXTS)
def test_texts_with_a_run_stand_apart(texts: list[str]) -> None:
    made = build_segment(texts)
    wanted = {
        position: bytes(
            RUN_CODE if t == RUN else encode(t)[0] if len(t) == 1 else UNREAD_CODE for t in seen
        )[:PLACES]
        for position, text in enumerate(texts)
        if RUN in (seen := tokens(keys(text).plain))
    }
    assert wanted == {
        int(position): row[:length].tobytes()
        for position, row, length in zip(
            made.open_of, made.open_rows, made.open_lengths, strict=True
        )
    }


def test_a_long_text_is_found_by_its_words_with_digits() -> None:
    text = "stamped AB12345 on the left, lot 7-1999-22 beside AB12345"
    made = build_segment(["short 12", text])
    parts = {made.codes_of(slot) for slot in range(made.slots)
             if (1, True) in made.entries_of(slot)}  # fmt: skip
    assert parts == {encode("AB12345"), encode("7199922")}
    assert [slot for slot in range(made.slots) if (0, True) in made.entries_of(slot)] == []


@examples(80)
@given(TEXTS, st.integers(0, 1 << 32))
def test_weights_count_the_living(texts: list[str], seed: int) -> None:
    made = build_segment(texts)
    gone = {p for p in range(len(texts)) if Random(seed + p).random() < 0.4}
    assert all(made.remove(position) for position in gone)
    assert not any(made.remove(position) for position in gone), "out already"
    for slot in range(made.slots):
        entries = made.entries_of(slot)
        assert sum(1 if part else WHOLE for _, part in entries) == made.weight[slot]
        assert {position for position, _ in entries}.isdisjoint(gone)


@examples(25)
@given(st.integers(0, 1 << 48))
def test_blocks_and_heads_are_what_the_core_takes_them_for(seed: int) -> None:
    made = chance.segment(Random(seed))
    for length, first, count, blocks, *heads, unused in made.buckets.tolist():
        assert unused == 0
        rows = [made.codes_of(slot) for slot in range(first, first + count)]
        assert all(len(row) == length for row in rows) and rows == sorted(set(rows))
        padding = made.blocks[blocks : blocks + -(-count // LANES) * LANES * length]
        assert (padding != 0).sum() == count * length, "nothing but markings and no character"
        order = made.reversed_slots[first : first + count].tolist()
        back = [made.codes_of(slot)[::-1] for slot in order]
        assert sorted(order) == list(range(first, first + count)) and back == sorted(back)
        for directed, table in ((rows, made.heads), (back, made.reversed_heads)):
            span = LANES
            for at in heads:
                for start in range(0, count, span):
                    told = table[at + start // span * HEAD :][:HEAD].tobytes()
                    group = directed[start : start + span]
                    assert 0 <= told[0] <= min(length, HEAD - 1)
                    assert {row[: told[0]] for row in group} == {told[1 : 1 + told[0]]}
                span *= FAN


def test_a_segment_of_many_chunks_is_that_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"AB {n:05d}" for n in range(500)] + ["long AB12345 words 9876543", "A*1"] * 3
    from headstamp.markings.segment import _Builder

    chunks = _Builder()
    for start in range(0, len(texts), 7):
        chunks.add_chunk(texts[start : start + 7])
    one, other = build_segment(texts).arrays(), chunks.finish().arrays()
    for name, array in one.items():
        assert array.dtype == other[name].dtype and np.array_equal(array, other[name]), name


def test_no_texts_make_a_segment() -> None:
    made: Segment = build_segment([])
    assert (len(made), made.slots, made.buckets.shape) == (0, 0, (0, 8))
    assert build_segment(["", "---", "\u200b"]).slots == 0
