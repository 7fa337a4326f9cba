"""Bars that a reader can read: checked by decoding them again from the standard's tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.demo.barcode import _LEFT, _PARITY, _WIDTHS, code128, ean13, gtin_check
from headstamp.errors import Invalid


def decode_ean13(bits: str) -> str:
    assert (bits[:3], bits[45:50], bits[-3:]) == ("101", "01010", "101")
    flipped = str.maketrans("01", "10")
    left, parity = "", ""
    for place in range(6):
        part = bits[3 + place * 7 : 10 + place * 7]
        if part in _LEFT:
            left, parity = left + str(_LEFT.index(part)), parity + "L"
        else:
            left, parity = left + str(_LEFT.index(part[::-1].translate(flipped))), parity + "G"
    right = "".join(
        str(_LEFT.index(bits[50 + p * 7 : 57 + p * 7].translate(flipped))) for p in range(6)
    )
    return str(_PARITY.index(parity)) + left + right


@given(st.text("0123456789", min_size=12, max_size=12))
def test_an_ean_reads_back(digits: str) -> None:
    number = digits + gtin_check(digits)
    assert decode_ean13(ean13(number)) == number


def test_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(Invalid):
        ean13("9520000000005")


def decode_code128(bits: str) -> str:
    widths, values = [], []
    for bit, before in zip(bits, " " + bits, strict=False):
        if bit == before:
            widths[-1] += 1
        else:
            widths.append(1)
    assert widths[-7:] == [2, 3, 3, 1, 1, 1, 2]
    for place in range(0, len(widths) - 7, 6):
        values.append(_WIDTHS.index("".join(map(str, widths[place : place + 6]))))
    start, *data, check = values
    assert start == 104
    assert check == (start + sum(p * v for p, v in enumerate(data, 1))) % 103
    return "".join(chr(v + 32) for v in data)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_a_code_128_reads_back(text: str) -> None:
    assert decode_code128(code128(text)) == text


@pytest.mark.parametrize("text", ["", "Ж", "a\n"])
def test_code_128_b_holds_plain_text_only(text: str) -> None:
    with pytest.raises(Invalid):
        code128(text)


def test_the_table_is_whole() -> None:
    assert len(_WIDTHS) == 106 == len(set(_WIDTHS))
    assert all(sum(map(int, widths)) == 11 for widths in _WIDTHS)
