"""Coordinates as written: every known form read alike, every doubtful one refused by rule."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.places import written
from headstamp.places.written import parse_point


def test_doctests() -> None:
    result = doctest.testmod(written)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    "text",
    [
        "33.5138, 36.2765",
        "33.5138 36.2765",
        "33.5138,36.2765",
        "33,5138 36,2765",
        "33,5138; 36,2765",
        "33,5138, 36,2765",
        "+33.5138/+36.2765",
        "33.5138N 36.2765E",
        "36.2765 E, 33.5138 N",
        "N33.5138 E36.2765",
        "33.5138° N, 36.2765° E",
        "33°30'49.68\"N 36°16'35.4\"E",
        "33°30′49.68″ N, 36°16′35.4″ E",
        "33º 30’ 49,68” N 36º 16’ 35,4” E",
        "33°30''49.68''".replace("30''", "30'") + " 36°16'35.4''",
        "33 30 49.68 N 36 16 35.4 E",
        "33 30 49.68, 36 16 35.4",
        "33 30.828 36 16.59",
        "33° 30.828' 36° 16.59'",
        "٣٣٫٥١٣٨، ٣٦٫٢٧٦٥",
        "٣٣٫٥١٣٨ شمال ٣٦٫٢٧٦٥ شرق",
        "33.5138 с.ш. 36.2765 в.д.",
        "\u206733.5138\u2069, \u206736.2765\u2069",
        "geo:33.5138,36.2765",
        "lat: 33.5138 lon: 36.2765",
        "Longitude = 36.2765, Latitude = 33.5138",
        "３３.５１３８ ３６.２７６５",
    ],
)
def test_one_place_written_many_ways(text: str) -> None:
    lat, lon = parse_point(text)
    assert (lat, lon) == (pytest.approx(33.5138, abs=1e-9), pytest.approx(36.2765, abs=1e-9))


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("-0.5, -0.25", -0.5, -0.25),
        ("\u22120.5 \u22120.25", -0.5, -0.25),
        ("0°30'S 0°15'W", -0.5, -0.25),
        ("-0 30 0, -0 15 0", -0.5, -0.25),
        ("33, 36", 33, 36),
        ("33,36", 33, 36),
        ("90, -180", 90, -180),
    ],
)
def test_signs_and_edges(text: str, lat: float, lon: float) -> None:
    assert parse_point(text) == (lat, lon)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "two coordinates are needed"),
        ("33.5", "two coordinates are needed"),
        ("91, 36", "latitude lies between"),
        ("33, 181", "longitude lies between"),
        ("133, 36", "latitude lies between"),
        ("33°60'N 36°0'E", "minutes are less than 60"),
        ("33 30 60 N 36 0 0 E", "seconds are less than 60"),
        ("33.5N 36.2", "either both coordinates carry a letter"),
        ("33.5N 36.2S", "one coordinate is N or S"),
        ("33.5E 36.2E", "one coordinate is N or S"),
        ("-33.5S 36.2E", "a sign or a letter"),
        ("33.5N 36.2O", "O is east in German"),
        ("33.5N 36 -16 3E", "only the degrees carry a sign"),
        ("33.5 30 N 36.2 E", "only the last number"),
        ("33'30° 36'30°", "the signs are"),
        ("33.5, 36.2, 12.1", "a comma is either"),
        ("about 33.5 36.2", "has no meaning"),
        ("33.5 36.2 metres", "has no meaning"),
        ("1 2 3 4 N 5 E", "a coordinate is degrees"),
        ("3" * 101, "at most 100 characters"),
    ],
)
def test_refused_by_rule(text: str, rule: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_point(text)
    assert any(rule in problem.rule for problem in caught.value.problems), caught.value


def test_exchanged_coordinates_are_pointed_out() -> None:
    with pytest.raises(Invalid, match="exchanged"):
        parse_point("143.1, 36.3")


def test_all_problems_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        parse_point("33°61'N 36°75'E")
    assert len(caught.value.problems) == 2


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30) | st.text("0123456789.,;-°'\"NSEWO ٣ /", max_size=24))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        lat, lon = parse_point(text)
    except Invalid as refused:
        assert refused.problems
    else:
        assert -90 <= lat <= 90 and -180 <= lon <= 180


@settings(max_examples=200, deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_what_we_write_we_read(lat: float, lon: float) -> None:
    assert parse_point(f"{lat:.6f}, {lon:.6f}") == (round(lat, 6), round(lon, 6))
