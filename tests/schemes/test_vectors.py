"""Published and computed test vectors of every scheme: what must be read, and how."""

from __future__ import annotations

import pytest

from headstamp.errors import Missing
from headstamp.schemes import SCHEMES, describe, recognise, scheme
from headstamp.schemes.reading import SchemeReading


def read(name: str, text: str) -> SchemeReading:
    found = scheme(name).read(text)
    assert found is not None, f"{name} does not know {text!r}"
    assert found.text == text
    assert found.scheme == name
    return found


@pytest.mark.parametrize(
    ("name", "text", "valid"),
    [
        ("cas", "7732-18-5", True), ("cas", "7732-18-4", False),
        ("cas", "87-86-5", True), ("cas", "87-86-6", False),
        ("imo", "9319466", True), ("imo", "8814275", True), ("imo", "8814274", False),
        ("iso6346", "CSQU3054383", True), ("iso6346", "CSQU3054384", False),
        ("gtin", "73513537", True), ("gtin", "98412345678908", True),
        ("gtin", "8412345678905", True), ("gtin", "8412345678904", False),
        ("gs1", "(01)38425876095074 (17)181119 (37)1", True),
        ("gs1", "(01)38425876095073 (17)181119 (37)1", False),
        ("vin", "1M8GDM9AXKP042788", True), ("vin", "1" * 17, True),
        ("vin", "1M8GDM9A0KP042788", False),
        ("imei", "35-417803-685978-9", True), ("imei", "35-417803-685978-1", False),
        ("lei", "213800KUD8LAJWSQ9D15", True), ("lei", "213800KUD8LAJWSQ9D51", False),
        ("mac", "d0:50:99:84:a2:a0", None), ("meid", "AF0123450ABCDE", None),
        ("lot_us", "LW-06-01A", None), ("nsn", "1005-01-231-0973", None),
    ],
)
def test_vector(name: str, text: str, valid: bool | None) -> None:
    assert read(name, text).valid is valid


REGULATED = [
    "7697-37-2", "7722-84-1", "7664-93-9", "75-52-5", "6484-52-2", "3811-04-9",
    "7778-74-7", "7775-09-9", "7601-89-0", "100-97-0", "67-64-1", "7757-79-1",
    "7631-99-4", "10124-37-5", "15245-12-2", "7439-95-4", "13446-18-9", "7429-90-5",
]


@pytest.mark.parametrize("number", REGULATED)
def test_a_regulated_substance_is_named_with_its_list(number: str) -> None:
    reading = read("cas", number)
    assert reading.valid is True
    assert reading.part("substance") and reading.part("list").startswith("EU 2019/1148")


def test_a_misread_number_names_no_substance() -> None:
    assert read("cas", "7697-37-3").part("substance") == ""


def test_vin_gives_maker_region_and_both_years() -> None:
    reading = read("vin", "1HGCM82633A004352")
    assert reading.part("maker") == "Honda"
    assert reading.part("region") == "North America"
    assert reading.part("model year") == "2003 or 2033"


@pytest.mark.parametrize("text", ["WBA3A5C50CF256651", "JTEBU5JR0A5000001", "WVWZZZ1JZXW000001"])
def test_a_vin_made_elsewhere_is_never_called_invalid(text: str) -> None:
    assert read("vin", text).valid is not False


def test_a_vin_with_a_letter_o_is_a_misreading() -> None:
    reading = read("vin", "1M8GDM9AXKPO42788")
    assert reading.valid is False and "look for 1 or 0" in reading.explanation


@pytest.mark.parametrize("letter", "ABCDEFGHJKLM")
def test_lot_months_run_from_a_to_m_without_i(letter: str) -> None:
    months = "January February March April May June July August September October November December"
    reading = read("lot_us", f"XYZ07{letter}006-004")
    assert reading.part("month") == months.split()["ABCDEFGHJKLM".index(letter)]


def test_lot_newer_form_with_suffix_and_identifier() -> None:
    reading = read("lot_us", "LOT LC92H012A345B")
    assert reading.part("maker symbol") == "LC"
    assert reading.part("year") == "1992"
    assert (reading.part("lot identifier"), reading.part("suffix")) == ("A", "B")


def test_lot_older_form() -> None:
    reading = read("lot_us", "LW-06-01A")
    assert reading.parts == (
        ("form", "older"), ("maker symbol", "LW"), ("interfix", "06"), ("sequence", "01"),
        ("suffix", "A"),
    )


@pytest.mark.parametrize(
    ("text", "year", "week"),
    [
        ("VQG100EGQ1429", "2014", "29"),
        ("XILINX SPARTAN XC3S50 VQG100EGQ1429 D5017430A.41", "2014", "29"),
        ("XC6SLX16 CSG225DIV1649 D5326423A 2I TAIWAN", "2016", "49"),
        ("Small module NV08CD-R6 1339", "2013", "39"),
        ("D/C 9852", "1998", "52"),
        ("1429", "2014", "29"),
    ],
)
def test_date_codes(text: str, year: str, week: str) -> None:
    reading = read("date_code", text)
    assert (reading.part("year"), reading.part("week")) == (year, week)
    assert reading.valid is None


def test_four_digits_alone_are_doubtful() -> None:
    assert "more often something else" in read("date_code", "1429").doubt
    assert "the year 1945" in read("date_code", "1945").doubt


@pytest.mark.parametrize("text", ["1454", "1400", "AK 4352", "КА 1234", "MAX2769", "ADM3202"])
def test_no_date_is_read_into_other_numbers(text: str) -> None:
    assert scheme("date_code").read(text) is None


@pytest.mark.parametrize(
    ("text", "canonical", "tier"),
    [
        ("8542.31", "8542.31", "tier 1"), ("85423100", "8542.31.00", "tier 1"),
        ("8471.50.0000", "8471.50.00.00", "tier 3.A"), ("9306.30", "9306.30", ""), ("930200", "9302.00", ""),
        ("HS code 9303", "9303", ""), ("8482 10", "8482.10", "tier 3.B"),
    ],
)
def test_customs_codes(text: str, canonical: str, tier: str) -> None:
    reading = read("hs_code", text)
    assert reading.canonical == canonical
    assert reading.part("high priority") == tier


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("ML1", "ML1"), ("ML22", "ML22"), ("ML4a", "ML4.a"), ("ml 4.a.1", "ML4.a.1"),
     ("ML11A", "ML11.a"), ("ML10.c", "ML10.c"), ("ML1b.", "ML1.b"), ("ML6.", "ML6")],
)
def test_munitions_list(text: str, canonical: str) -> None:
    reading = read("munitions_list", text)
    assert reading.canonical == canonical and reading.valid is None


@pytest.mark.parametrize("text", ["ML0", "ML23", "ML99a"])
def test_there_is_no_such_category(text: str) -> None:
    assert read("munitions_list", text).valid is False


@pytest.mark.parametrize(
    ("text", "canonical", "regime"),
    [
        ("3A001g2", "3A001.g.2", "Wassenaar Arrangement"),
        ("3A001.a.2.c", "3A001.a.2.c", "Wassenaar Arrangement"),
        ("9A101", "9A101", "Missile Technology Control Regime"),
        ("1C350", "1C350", "Australia Group"),
        ("ECCN 5A992.c", "5A992.c", "United States only"),
    ],
)
def test_dual_use(text: str, canonical: str, regime: str) -> None:
    reading = read("dual_use", text)
    assert (reading.canonical, reading.part("regime")) == (canonical, regime)


def test_stock_number_in_three_spellings() -> None:
    forms = ["1005-01-231-0973", "NSN 1005 01 231 0973", "1005012310973"]
    assert {read("nsn", form).canonical for form in forms} == {"1005-01-231-0973"}
    assert read("nsn", "5905-12-A12-3456").part("bureau") == "12 Germany"


def test_headstamp_never_asserts() -> None:
    reading = read("headstamp", "188 03")
    assert reading.valid is None and reading.doubt
    assert reading.parts[1] == ("element 2", "03: factory code, or year 1903 or 2003")
    assert "year 1954" in read("headstamp", "17 Е").parts[1][1]


def test_gs1_with_separators_and_serial_shipping_code() -> None:
    scanned = read("gs1", "]C10138425876095074\x1d10AB-12\x1d21998877")
    assert scanned.canonical == "(01)38425876095074(10)AB-12(21)998877"
    assert read("gs1", "00123456789012345675").valid is True


def test_barcode_prefix_names_the_office_that_gave_the_number() -> None:
    assert read("gtin", "5901234123457").part("prefix of") == "Poland"
    assert read("gtin", "036000291452").part("prefix of").startswith("United States")


def test_every_scheme_reads_its_own_example_and_recognises_it() -> None:
    for name, title, source, example in describe():
        reading = read(name, example)
        assert title and source and reading.explanation.endswith(".")
        assert reading.valid is not False
        assert name in [found.scheme for found in recognise(example)]


def test_names_are_unique_and_an_unknown_name_is_missing() -> None:
    names = [module.NAME for module in SCHEMES]
    assert len(set(names)) == len(names)
    with pytest.raises(Missing, match="no_such"):
        scheme("no_such")
