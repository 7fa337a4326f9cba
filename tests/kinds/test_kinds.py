"""Kinds of value: what they take, what they make of it, what they refuse and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from headstamp.kinds.coarsen import cell_centre, coarsened
from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import COUNTRY
from headstamp.kinds.date import PARTIAL_DATE, bounds
from headstamp.kinds.grade import CREDIBILITY, GRADE, RELIABILITY
from headstamp.kinds.identity import DIGEST, LINK, RECORD_ID, RefKind, derived_id, new_id
from headstamp.kinds.instant import INSTANT
from headstamp.kinds.kind import Kind, Unfit
from headstamp.kinds.money import Money
from headstamp.kinds.number import COUNT, EXACT, LATITUDE, NUMBER, PERCENT, TRUTH, number
from headstamp.kinds.place import Place
from headstamp.kinds.quantity import Quantity
from headstamp.kinds.tags import LANGUAGE, SCRIPT
from headstamp.kinds.text import LINE, PROSE, VERBATIM
from headstamp.kinds.tier import TIER, TIERS
from headstamp.records import TYPES
from headstamp.records.spec import Fact, struct_facts
from headstamp.vocab import names, vocabulary


def _kinds() -> Iterator[Kind]:
    def of(facts: tuple[Fact, ...]) -> Iterator[Kind]:
        for fact in facts:
            if fact.kind is not None:
                yield fact.kind
            elif fact.struct is not None:
                yield from of(fact.parts or struct_facts(fact.struct))

    found = {kind.name: kind for t in TYPES for kind in of(t.facts)}
    yield from [RECORD_ID, *found.values()]


KINDS = list(_kinds())
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
ANYTHING = st.one_of(
    st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.none(),
    st.binary(max_size=4), st.lists(st.integers(), max_size=2), st.dictionaries(
        st.text(max_size=2), st.integers(), max_size=2),
    st.text(st.characters(categories=["Cs", "Nd", "Zs", "Cc", "Mn"]), max_size=8),
)


@each_kind
def test_an_example_is_valid_and_shown(kind: Kind) -> None:
    assert kind.title and kind.name and kind.widget
    value = kind.clean(kind.example)
    assert kind.clean(value) == value
    assert kind.show(value)


@each_kind
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(value=ANYTHING)
def test_anything_is_cleaned_once_for_all_or_refused_with_a_rule(kind: Kind, value: Any) -> None:
    try:
        once = kind.clean(value)
    except Unfit as refused:
        assert refused.rule and refused.advice
        return
    assert type(once) in (str, int, float, bool)
    assert kind.clean(once) == once
    assert type(kind.clean(once)) is type(once)
    assert kind.show(once) or once == ""
    if type(once) is str:
        once.encode("utf-8")
        assert "\x00" not in once
    for _, sql, function in kind.extra_columns():
        derived = function(once)
        assert derived is None or type(derived) is {"text": str, "int": int}[sql]


@each_kind
@pytest.mark.parametrize("bad", ["\x00", "a\x00b", "\ud800", "a\udfffb", "😀\ud83d"])
def test_what_no_store_can_keep_is_refused_with_a_rule(kind: Kind, bad: str) -> None:
    with pytest.raises(Unfit) as refused:
        kind.clean(bad)
    assert refused.value.rule.encode("utf-8")


# -- dates


@pytest.mark.parametrize(("text", "first", "last"), [
    ("1986", "1986-01-01", "1986-12-31"),
    ("1986-02", "1986-02-01", "1986-02-28"),
    ("2016-02", "2016-02-01", "2016-02-29"),
    ("2016-02-29", "2016-02-29", "2016-02-29"),
    ("2016~", "2016-01-01", "2016-12-31"),
    ("2016-03?", "2016-03-01", "2016-03-31"),
    ("2016-03-05%", "2016-03-05", "2016-03-05"),
    ("201X", "2010-01-01", "2019-12-31"),
    ("20XX", "2000-01-01", "2099-12-31"),
    ("2016-XX", "2016-01-01", "2016-12-31"),
    ("2016-XX-XX", "2016-01-01", "2016-12-31"),
    ("2016-02-XX", "2016-02-01", "2016-02-29"),
    ("2016-02-2X", "2016-02-20", "2016-02-29"),
    ("2015-02-2X", "2015-02-20", "2015-02-28"),
    ("2016-01-0X", "2016-01-01", "2016-01-09"),
    ("2016-21", "2016-03-01", "2016-05-31"),
    ("2016-24", "2016-12-01", "2016-12-31"),
    ("2014/2016", "2014-01-01", "2016-12-31"),
    ("2014-05/2016~", "2014-05-01", "2016-12-31"),
    ("2014/..", "2014-01-01", None),
    ("2014/", "2014-01-01", None),
    ("../2016", None, "2016-12-31"),
    ("/2016", None, "2016-12-31"),
    ("2020-01-01T10:30:00Z", "2020-01-01", "2020-01-01"),
    ("2020-01-01 10:30", "2020-01-01", "2020-01-01"),
    ("2020-01-01T10:30:00.5+03:00", "2020-01-01", "2020-01-01"),
    ("٢٠١٦-٠٢-٢٩", "2016-02-29", "2016-02-29"),
    ("२०१६", "2016-01-01", "2016-12-31"),
    ("2016–02", "2016-02-01", "2016-02-29"),
    (" 2016 ", "2016-01-01", "2016-12-31"),
])
def test_a_date_is_as_exact_as_it_was_said(text: str, first: str | None, last: str | None) -> None:
    clean = PARTIAL_DATE.clean(text)
    assert clean.isascii()
    assert bounds(clean) == (first, last)
    assert PARTIAL_DATE.show(clean)


@pytest.mark.parametrize("text", [
    "", "2016-13", "2016-00", "2016-02-30", "2015-02-29", "1900-02-29", "2016-04-31", "2016-02-32",
    "2016-04-3X-", "2016-02-3X", "0000", "16", "20160228", "28.02.2016", "02/28/2016", "2016-2",
    "2016/2014", "2016-05/2016-04", "..", "/", "../..", "2014/2015/2016", "201X-05", "2016-25",
    "2016-21-01", "2016-XX-05", "yesterday", "2016-02-28T25:00", "2016-02-28T10:61", "2016??",
    "2016-02-28T10:30/2017", "-2016", "20165", "2016-02-28T10:30:00+99:00", "X016",
])
def test_an_impossible_date_is_refused_with_a_rule(text: str) -> None:
    with pytest.raises(Unfit) as refused:
        PARTIAL_DATE.clean(text)
    assert refused.value.rule and refused.value.advice


@given(st.dates(date(1, 1, 1)), st.integers(0, 10_000))
def test_every_day_and_every_span_of_days_is_a_date(day: date, days: int) -> None:
    assume(day.toordinal() + days <= date.max.toordinal())
    text = day.isoformat()
    assert bounds(PARTIAL_DATE.clean(text)) == (text, text)
    end = (day + timedelta(days)).isoformat()
    assert bounds(PARTIAL_DATE.clean(f"{text}/{end}")) == (text, end)
    for shorter in (text[:7], text[:4]):
        first, last = bounds(PARTIAL_DATE.clean(shorter))
        assert first is not None and last is not None and first <= text <= last
    if days:
        with pytest.raises(Unfit):
            PARTIAL_DATE.clean(f"{end}/{text}")


def test_a_date_is_shown_in_words() -> None:
    assert PARTIAL_DATE.show("2016-03~") == "2016-03 (about)"
    assert PARTIAL_DATE.show("2014/..") == "from 2014"
    assert PARTIAL_DATE.show("/2016?") == "until 2016 (uncertain)"
    assert PARTIAL_DATE.show("2014/2016") == "2014 to 2016"


# -- countries and other lists


@pytest.mark.parametrize(("said", "code"), [
    ("UA", "UA"), ("UKR", "UA"), ("Ukraine", "UA"), ("Україна", "UA"), ("Украина", "UA"),
    ("Germany", "DE"), ("Deutschland", "DE"), ("Allemagne", "DE"), ("ألمانيا", "DE"),
    ("Switzerland", "CH"), ("china", "CN"), ("中国", "CN"), ("Côte d’Ivoire", "CI"),
    ("cote d'ivoire", "CI"), ("SUHH", "SUHH"), ("YUCS", "YUCS"), ("Türkiye", "TR"), ("Turkey", "TR"),
])
def test_a_country_is_known_in_several_languages(said: str, code: str) -> None:
    assert COUNTRY.clean(said) == code


def test_a_country_that_is_not_known_is_kept_as_seen() -> None:
    assert COUNTRY.clean("  Ruritania ") == "Ruritania" == COUNTRY.show("Ruritania")


@pytest.mark.parametrize("name", names())
def test_every_word_of_every_list_is_its_own_code(name: str) -> None:
    kind, words = CodeKind(name), vocabulary(name)
    for term in list(words)[:300]:
        assert kind.clean(term.code) == term.code
        assert kind.show(term.code) == term.label
    if not words.open:
        with pytest.raises(Unfit, match="is not a word of the list"):
            kind.clean("no such word anywhere")
    for sign in ("—", "?", "...", "-"):
        try:
            assert kind.clean(sign) == sign  # kept as seen: no sign stands for a word
        except Unfit:
            assert not words.open


def test_a_list_remembers_what_it_was_asked() -> None:
    assert [TIER.clean(tier) for tier in TIERS] == list(TIERS)
    assert TIER.clean("PUBLIC") == "public" == TIER.clean(" public ")


# -- numbers


@pytest.mark.parametrize(("given_", "want"), [
    ("12", 12), (" 12 ", 12), ("12.0", 12), (12.0, 12), (-0.0, 0), ("-3", -3), ("−3", -3),
    ("1e3", 1000), (7.25, 7.25), ("٢", 2), (EXACT, EXACT), ("1\u00a0000", 1000),
])
def test_a_number_is_kept_as_it_is(given_: Any, want: float) -> None:
    assert number(given_) == want and type(number(given_)) is type(want)


@pytest.mark.parametrize("bad", [
    "", "a dozen", "1,000", "1 000", "1_000", "nan", "inf", "-inf", float("nan"), float("inf"),
    EXACT + 1, 2.0**53, 1e300, "9" * 5000, None, True, [], "0x10", "1e999", "--1",
])
def test_what_is_no_exact_number_is_refused(bad: Any) -> None:
    with pytest.raises(Unfit):
        NUMBER.clean(bad)


def test_numbers_have_bounds() -> None:
    for kind, good, bad in ((LATITUDE, (-90, 90, 0.5), (90.1, -91)), (PERCENT, (0, 100), (-1, 101)),
                            (COUNT, (0, 5), (-1, 1.5, "2.5"))):
        for value in good:
            assert kind.clean(value) == value
        for value in bad:
            with pytest.raises(Unfit):
                kind.clean(value)


@pytest.mark.parametrize(("said", "want"), [
    ("yes", True), ("TRUE", True), (1, True), ("да", True), ("no", False), ("0", False),
    (False, False), ("نعم", True),
])
def test_yes_and_no(said: Any, want: bool) -> None:
    assert TRUTH.clean(said) is want
    with pytest.raises(Unfit):
        TRUTH.clean("maybe")


# -- text, ids, links, moments


def test_a_line_is_tidied_and_nothing_else() -> None:
    assert LINE.clean("  a \t b\n\nc ") == "a b c"
    assert LINE.clean("e\u0301") == "é"
    assert LINE.clean(12.0) == "12" and LINE.clean(0.1) == "0.1"
    for bad in ("", " \n ", "x" * 2001, float("nan"), b"a", None, True):
        with pytest.raises(Unfit):
            LINE.clean(bad)


def test_what_is_seen_is_not_changed_by_one_character() -> None:
    for text in (" AB  12?4 ", "e\u0301", "a\r\nb", "\u202e07-85"):
        assert VERBATIM.clean(text) == text
    assert PROSE.clean("\na\r\nb\r \n") == "a\nb\n "


def test_ids_links_and_digests() -> None:
    assert RefKind("item").clean(new_id("item")).startswith("item-")
    assert derived_id("item", "a", "b") != derived_id("item", "ab")
    for bad in ("item", "item-", "ITEM-abcd", "item-abc!", 5, "item-" + "a" * 41):
        with pytest.raises(Unfit):
            RECORD_ID.clean(bad)
    with pytest.raises(Unfit, match="not a reference to item"):
        RefKind("item").clean(new_id("site"))
    assert RefKind().clean(new_id("site"))
    assert DIGEST.clean("AB" * 32) == "ab" * 32
    assert LINK.clean("https://example.org/ü?a=1#b")
    for bad in ("javascript:alert(1)", "ftp://a", "https://", "https://a b", "http://a\"b", "//a"):
        with pytest.raises(Unfit):
            LINK.clean(bad)


def test_a_moment_has_a_zone() -> None:
    assert INSTANT.clean("2026-11-21 20:42:36Z") == "2026-11-21T20:42:36Z"
    for bad in ("2026-11-21T20:42:36", "2026-11-21", "2026-11-21\ud80020:42:36Z", "2026-02-30T00:00Z",
                "2026-11-21\x0020:42:36Z", "now"):
        with pytest.raises(Unfit):
            INSTANT.clean(bad)


def test_tags_and_grades() -> None:
    assert LANGUAGE.clean("zh-Hans") and SCRIPT.clean("Arab")
    assert GRADE.clean(" b2 ") == "B2"
    for letter in RELIABILITY:
        for digit in CREDIBILITY:
            assert GRADE.show(GRADE.clean(letter + digit))
    for kind, bad in ((LANGUAGE, "English"), (SCRIPT, "arabic"), (GRADE, "G1"), (GRADE, "B7")):
        with pytest.raises(Unfit):
            kind.clean(bad)


# -- values of several parts


def test_a_quantity_says_how_it_was_counted() -> None:
    text = Quantity(value=1200, unit="piece", method="every_item").show()
    assert text.startswith("1,200") and "," in text[5:]
    assert "10 to ?" in Quantity(value=12, low=10).show()
    with pytest.raises(ValidationError):
        Quantity(value=-1)
    assert Money(amount=1500, currency="EUR").show() == "1,500 EUR"


def test_a_place_is_shown_by_what_is_known_of_it() -> None:
    assert Place(country="UA").show() == "Ukraine"
    assert Place(latitude=36.5, longitude=43.25, locality="a").show() == "a: 36.50000, 43.25000"
    assert Place(latitude=0).show() == "0"
    assert Place(verbatim="by the river").show() == "by the river"
    with pytest.raises(ValidationError, match="empty"):
        Place()
    with pytest.raises(ValidationError):
        Place(latitude=91, longitude=0)


@given(st.floats(-90, 90), st.floats(-180, 180), st.sampled_from([1.0, 10.0, 100.0]))
def test_a_cell_is_the_same_for_all_its_points(latitude: float, longitude: float, km: float) -> None:
    centre = cell_centre(latitude, longitude, km)
    assert -90 <= centre[0] <= 90 and -180 <= centre[1] <= 180
    assert cell_centre(*centre, km) == centre


def test_a_coarsened_place_tells_no_more_than_the_cell() -> None:
    place = {"latitude": 36.34, "longitude": 43.12, "locality": "a street", "verbatim": "behind it",
             "district": "d", "country": "IQ", "precision": "exact", "datum": "WGS 84"}
    shown = coarsened(place)
    assert shown.keys() == {"latitude", "longitude", "district", "country", "precision"}
    assert shown["precision"] == "coarsened" and shown["latitude"] != 36.34
    assert coarsened({"locality": "a street"}) == {}
    assert coarsened({"latitude": 36.34}) == {}


@pytest.mark.parametrize("prefix", ["party", "site", "item"])
def test_the_example_of_a_reference_is_an_id_of_the_kind_it_points_to(prefix: str) -> None:
    assert RefKind(prefix).example.startswith(f"{prefix}-")
    with pytest.raises(Unfit) as told:
        RefKind(prefix).clean("Bob")
    assert f"An id looks like {prefix}-" in told.value.advice
