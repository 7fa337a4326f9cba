"""Recognition is cautious: sure readings first, doubtful ones say so, noise is left out."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import casrn, ean, imo, iso6346, luhn

from headstamp.schemes import SCHEMES, recognise, scheme, vin
from headstamp.schemes.reading import tidy

WEIRD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF),
        st.sampled_from("0123456789ABCXZ-./ ()[]\x1d·٠١٢۳"),
    ),
    max_size=60,
)
NEAR = st.text(alphabet="0123456789ABCDEFGHMLU-.()/ :", max_size=24)


@settings(max_examples=300, deadline=None)
@given(WEIRD | NEAR)
def test_reading_never_raises_and_keeps_the_text(text: str) -> None:
    for module in SCHEMES:
        reading = module.read(text)
        if reading is not None:
            assert reading.text == text
            assert reading.scheme == module.NAME
            assert reading.source and reading.explanation
            assert reading.valid is not False or "re" in reading.explanation


@pytest.mark.parametrize("text", ["", " ", "\x1d", "\ud800", "1" * 10_000, "A" * 10_000,
                                  "(01)" * 2_500, "-" * 10_000, "1-" * 5_000, "\udcff" * 17])
def test_absurd_text_is_no_marking(text: str) -> None:
    assert recognise(text) == []
    assert all(module.read(text) is None for module in SCHEMES)


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[0-9]{13}", fullmatch=True))
def test_a_sound_barcode_number_is_valid_and_any_other_last_digit_is_not(body: str) -> None:
    good = body[:12] + str(ean.calc_check_digit(body[:12]))
    for digit in string.digits:
        reading = scheme("gtin").read(good[:12] + digit)
        assert reading is not None and reading.valid is (digit == good[-1])


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.from_regex(r"[A-Z]{3}U", fullmatch=True))
def test_sound_numbers_of_other_schemes_are_never_called_invalid(six: str, owner: str) -> None:
    samples = {
        "imo": six + str(imo.calc_check_digit(six)),
        "iso6346": owner + six + str(iso6346.calc_check_digit(owner + six)),
        "imei": "35417803" + six + str(luhn.calc_check_digit("35417803" + six)),
    }
    stem = f"9{six[:4]}-{six[4:]}"
    samples["cas"] = f"{stem}-{casrn.calc_check_digit(stem.replace('-', ''))}"
    for name, text in samples.items():
        reading = scheme(name).read(text)
        assert reading is not None and reading.valid is True, (name, text)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=12, max_size=12),
       st.from_regex(r"[0-9]{5}", fullmatch=True), st.integers(0, 16))
def test_a_north_american_vin_detects_one_changed_digit(
    head: str, tail: str, place: int
) -> None:
    draft = "1" + head[1:] + tail
    number = draft[:8] + vin.check_digit(draft) + draft[9:]
    reading = vin.read("VIN " + number)
    assert reading is not None and reading.valid is True
    if number[place].isdigit() and place not in (0, 8):
        other = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        changed = vin.read("VIN " + other)
        assert changed is not None and changed.valid is False


@settings(max_examples=200, deadline=None)
@given(NEAR)
def test_readings_come_surest_first(text: str) -> None:
    order = {True: 0, None: 1, False: 2}
    ranks = [order[reading.valid] for reading in recognise(text)]
    assert ranks == sorted(ranks)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_a_plain_eight_digit_serial_is_no_sure_barcode() -> None:
    assert recognise("12345678") == []
    (found,) = recognise("73513537")
    assert found.doubt == "an 8-digit number passes by chance one time in ten"


@pytest.mark.parametrize(
    "text", ["123456789013", "123456789012345", "8814274", "12345678", "369J257", "AK 4352",
             "serial", "2016-02-14", "+964 770 123 4567", "шт. 20", "LOT 07",
             "Antenna RTK TX02006", "Engine FG-17", "Transistor 2SC3969"]
)
def test_serials_dates_and_telephones_are_left_alone(text: str) -> None:
    assert recognise(text) == []


def test_a_stock_number_is_not_taken_for_a_barcode() -> None:
    # 1005-01-231-0973 with the last digit that a GTIN-13 would call for.
    stem = "100501231097"
    whole = stem + str(ean.calc_check_digit(stem))
    grouped = f"{whole[:4]}-{whole[4:6]}-{whole[6:9]}-{whole[9:]}"
    assert recognise(grouped)[0].scheme == "nsn"
    assert [r.scheme for r in recognise(whole)] == ["gtin", "nsn"]


def test_a_failed_check_is_told_where_the_shape_speaks_for_the_scheme() -> None:
    for text in ("7732-18-4", "CSQU3054384", "IMO 8814274", "35-417803-685978-1",
                 "1M8GDM9A0KP042788"):
        assert [r.valid for r in recognise(text)] == [False], text


def test_digits_of_other_scripts_are_read() -> None:
    assert recognise("IMO ٩٣١٩٤٦٦")[0].canonical == "IMO 9319466"
