"""One byte a character: many texts at once are encoded as each is alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from headstamp.markings import alphabet
from headstamp.markings.alphabet import (
    CODES,
    CYRILLIC_CODES,
    DIGIT_CODES,
    LATIN_CODES,
    NONE,
    PLACES,
    SHARED_CODES,
    UNREAD_CODE,
    char_of,
    code_of,
    encode,
    encode_texts,
    is_shared,
)
from headstamp.markings.normalise import keys
from headstamp.markings.segment import RUN_CODE
from headstamp.markings.unread import RUN, tokens
from tests.effort import examples

# Text that people write, and every character there is, lone surrogates too.
WRITTEN = st.text("AB08-/ .?*[]9zжЖ٣۴αß№ﬁ½é가각ﾡ한\u0301\u200d\u00ad\ud800\udc00𝟘", max_size=75)
ANY = st.text(st.characters(exclude_categories=()), max_size=12)


def encoded(texts: list[str]) -> list[bytes]:
    """The codes of each text, as :func:`encode_texts` lays them out."""
    found = encode_texts(texts)
    ends = np.cumsum(found.lengths, dtype=np.int64)
    return [part.tobytes() for part in np.split(found.codes, ends)[: len(texts)]]


@examples(400)
@given(st.lists(st.one_of(WRITTEN, ANY), max_size=8))
@example(["e\u0301", "\u0301", "[8", "B]", "\ud83d", "\ude00", "ab\u200dc"])
@example(["A" * 59 + "[8B]", "B" * 61, "[8B]" * 61, "", "*" * 70])
@example(["\u1112\u1161\u11ab", "\uffbe\uffc2", "\u0958", "\u0130ı", "ŉ"])
@example(["H¨", "A´", "ｶﾞ", "゜", "C¸"])
def test_many_texts_are_encoded_as_each_alone(texts: list[str]) -> None:
    assert encoded(texts) == [encode(keys(text).plain)[:PLACES] for text in texts]


@examples(150)
@given(st.lists(st.one_of(WRITTEN, ANY), max_size=8))
def test_the_raw_texts_are_kept_byte_for_byte(texts: list[str]) -> None:
    found = encode_texts(texts)
    at = np.cumsum(found.sizes) - found.sizes
    assert [
        found.text[start : start + size].decode("utf-8", "surrogatepass")
        for start, size in zip(at.tolist(), found.sizes.tolist(), strict=True)
    ] == texts
    assert list(found.runs) == [i for i, t in enumerate(texts) if RUN in tokens(keys(t).plain)]


def test_every_character_alone_is_encoded_as_its_key() -> None:
    texts = [chr(point) for point in range(0x3400)] + [chr(p) for p in range(0xD7FF, 0x10000)]
    assert encoded(texts) == [encode(keys(text).plain)[:PLACES] for text in texts]


def test_the_order_of_texts_does_not_matter() -> None:
    one, other = ["AB12", "é", "e\u0301"], ["e\u0301", "AB12", "é"]
    assert sorted(encoded(one)) == sorted(encoded(other))
    assert len(set(encoded(["é", "e\u0301"]))) == 1


def test_codes_are_what_the_table_says() -> None:
    assert [code_of(c) for c in "0123456789"] == list(DIGIT_CODES)
    assert [code_of(c) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"] == list(LATIN_CODES)
    assert code_of("Ж") in CYRILLIC_CODES and code_of("?") == UNREAD_CODE
    for code in range(CODES):
        char = char_of(code)
        assert char is None or code_of(char) == code
    assert {code & 63 for code in SHARED_CODES}.isdisjoint({NONE, UNREAD_CODE, RUN_CODE})


@given(st.characters(exclude_categories=()))
def test_no_character_has_a_code_with_a_meaning_of_its_own(char: str) -> None:
    code = code_of(char)
    assert code & 63 not in (NONE, RUN_CODE)
    assert (code == UNREAD_CODE) == (char == "?")
    assert is_shared(code) or char_of(code) == char


def test_no_texts_and_empty_texts_are_encoded() -> None:
    assert encoded([]) == []
    assert encoded(["", " ", ""]) == [b"", b"", b""]


def test_what_was_not_asked_before_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encode_texts(["Ѭ"])

    def never(point: int) -> int:
        raise AssertionError(chr(point))

    monkeypatch.setattr(alphabet, "_entry", never)
    assert encoded(["Ѭ"]) == [bytes([code_of("Ѭ")])]
