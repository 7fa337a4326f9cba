"""Ranges as people write them: what is read, with which doubt, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.markings.serial_range import parse_ranges, read_ranges

PLAIN = [
    ("1000-1500", ["1000 to 1500"]),
    ("1000 to 1500", ["1000 to 1500"]),
    ("AB 1000 - AB 1500", ["AB 1000 to AB 1500"]),
    ("AB1000-1500", ["AB 1000 to AB 1500"]),
    ("AB-1000-AB-1500", ["AB 1000 to AB 1500"]),
    ("AB-1000-1500", ["AB 1000 to AB 1500"]),
    ("1000A - 1500A", ["1000 A to 1500 A"]),
    ("s/n 110023 and 110024", ["110023", "110024"]),
    ("№ 110023, № 110024", ["110023", "110024"]),
    ("110023 110024", ["110023", "110024"]),
    ("110023/110024", ["110023", "110024"]),
    ("110023, -24, -25", ["110023", "110024", "110025"]),
    ("TA 412048, -49, -50", ["TA 412048", "TA 412049", "TA 412050"]),
    ("TA 412044, TA 412051", ["TA 412044", "TA 412051"]),
    ("TNH 11 A 207 - 230", ["TNH11A 207 to TNH11A 230"]),
    ("L3-0718835", ["L3 0718835"]),
    ("1005-97-041-2207", ["100597041 2207"]),
    ("0001-0500", ["0001 to 0500"]),
    ("A 1000 - A 1500; B 1 to B 50", ["A 1000 to A 1500", "B 1 to B 50"]),
    ("serials 1000 to 1500 delivered to X in 2011", ["1000 to 1500"]),
    ("Nos. 1000 to 1500 went to A in 2011, nos. 1501 to 1600 to B.",
     ["1000 to 1500", "1501 to 1600"]),
    ("rifles TA 412001 - 413200", ["TA 412001 to TA 413200"]),
    ("TA-7 (serials 412001 to 413200)", ["412001 to 413200"]),
    ("20 rifles, s/n 1000 through 1019", ["1000 to 1019"]),
    ("2011: 5000 to 5100", ["5000 to 5100"]),
    ("between 100 and 200", ["100 to 200"]),
    ("from 1000 through 1500 inclusive", ["1000 to 1500"]),
    ("de 1000 à 1500", ["1000 to 1500"]),
    ("du n° 1000 au n° 1500 inclus", ["1000 to 1500"]),
    ("numéros de série 1000 à 1500 et 2000 à 2500", ["1000 to 1500", "2000 to 2500"]),
    ("del 1000 al 1500", ["1000 to 1500"]),
    ("desde el 1000 hasta el 1500", ["1000 to 1500"]),
    ("entre 1000 y 1500", ["1000 to 1500"]),
    ("с 1000 по 1500", ["1000 to 1500"]),
    ("номера от 1000 до 1500 включительно", ["1000 to 1500"]),
    ("В К 441790 - В К 441803", ["BK 441790 to BK 441803"]),
    ("من ١٠٠٠ إلى ١٥٠٠ و١٧٠٠", ["1000 to 1500", "1700"]),
    ("الأرقام التسلسلية من 1000 إلى 1500", ["1000 to 1500"]),
    ("1000…1500", ["1000 to 1500"]),
    ("1000\u20131500", ["1000 to 1500"]),
]


@pytest.mark.parametrize(("text", "told"), PLAIN)
def test_what_people_write(text: str, told: list[str]) -> None:
    found = parse_ranges(text)
    assert [str(one) for one in found] == told
    assert not any(one.doubts for one in found)


@pytest.mark.parametrize(("text", "told", "doubt"), [
    ("AB 110-50", ["AB 110 to AB 150", "AB110 50"], "50 taken as 150"),
    ("07-85", ["07 to 85", "07 85"], "may be one number, 07-85"),
    ("412001 - 50", ["412001 to 412050"], "50 taken as 412050"),
    ("110023, 24", ["110023", "110024"], "24 taken as 110024"),
    ("110023/24", ["110023", "110024", "110023 24"], "24 taken as 110024"),
    ("from 5000", ["from 5000"], "where it ends is not said"),
    ("up to 900", ["up to 900"], "where it begins is not said"),
    ("jusqu'à 900", ["up to 900"], "where it begins is not said"),
    ("AB 5000 ff.", ["from AB 5000"], "where it ends is not said"),
    ("AB 5000 et seq.", ["from AB 5000"], "where it ends is not said"),
    ("AB 5000 and above", ["from AB 5000"], "where it ends is not said"),
    ("1,000 to 1,500", ["1000 to 1500"], "a comma is taken as parting thousands"),
    ("110,023", ["110", "023"], "taken as parting two numbers"),
    ("412 001 - 412 300", ["412001 to 412300"], "a space taken as one number"),
    ("1000 - AB 1500", ["AB 1000 to AB 1500"], "stand at one end only"),
    ("serials 2011", ["2011"], "may be a year"),
])
def test_what_can_be_meant_in_two_ways_says_so(text: str, told: list[str], doubt: str) -> None:
    found = parse_ranges(text)
    assert [str(one) for one in found] == told
    assert any(doubt in said for one in found for said in one.doubts)


@pytest.mark.parametrize(("text", "rule"), [
    ("AB 900 to AC 950", "the two ends have different letters: AB and AC"),
    ("1500 to 1000", "the range ends before it begins"),
    ("41220? to 412300", "an end of a range has characters that were not read"),
    ("1000 to 1500 except 1200", "an exception is not read"),
    ("", "no serial number was recognised"),
    ("All nine were made in 2011 under contract 7/2011.", "no serial number was recognised"),
    ("1" * 30, "a number has more than 18 digits"),
])
def test_what_is_refused(text: str, rule: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_ranges(text)
    assert any(rule in problem.rule for problem in caught.value.problems)


def test_all_problems_are_told_at_once_and_the_rest_is_still_read() -> None:
    text = "AB 900 to AC 950; 1500 to 1000; s/n 77001"
    assert len(read_ranges(text).problems) == 2
    assert [str(one) for one in read_ranges(text).ranges] == ["77001"]
    with pytest.raises(Invalid) as caught:
        parse_ranges(text)
    assert len(caught.value.problems) == 2


def test_numbers_that_were_left_out_are_told() -> None:
    read = read_ranges("serials 1000 to 1500 delivered to X in 2011 (two crates, 40 kg)")
    assert read.left_out == ("2011", "(two crates, 40 kg)")


def test_the_raw_text_is_as_written() -> None:
    assert read_ranges("с ٠٠١٠ по ٠٠٢٠, TA 7700").ranges[0].raw == "с ٠٠١٠ по ٠٠٢٠"


def test_bounds() -> None:
    one = parse_ranges("0100-0200")[0]
    assert (one.low, one.high, one.width, one.size) == (100, 200, 4, 101)
    assert one.holds(100) and one.holds(200) and not one.holds(201)
    assert parse_ranges("up to 900")[0].holds(0)
    assert parse_ranges("from 900")[0].size is None


LETTERS = st.sampled_from(["", "AB", "TA", "K", "BK"])


@given(LETTERS, st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from([0, 10]))
def test_what_is_told_is_read_again(letters: str, low: int, more: int, width: int) -> None:
    ends = [str(low).zfill(width), str(low + more).zfill(width)]
    text = " to ".join(f"{letters} {end}".strip() for end in ends)
    (one,) = read_ranges(text).ranges
    assert (one.prefix, one.low, one.high) == (letters, low, low + more)
    assert read_ranges(str(one)).ranges[0].low == low


@given(st.lists(st.sampled_from([
    "AB", "1000", "1500", "-", " - ", " to ", ",", " ", "from ", "?", "(", ")", "/", ".", "ff", "و",
    "с ", "24", "\n", "serials ", "[12]", "…", "1,000", "except ",
]), max_size=14).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_mixture_is_read_without_an_error(text: str) -> None:
    read = read_ranges(text)
    for one in read.ranges:
        assert one.low is None or one.high is None or one.low <= one.high
        assert one.raw in text and str(one)
        assert one.low is not None or one.high is not None


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_ranges(text)


@pytest.mark.parametrize("text", ["(" * 20_000, "1-" * 10_000, "?" * 20_000, "from " * 5_000])
def test_long_nonsense_ends(text: str) -> None:
    read_ranges(text)
