"""Canonical bytes: the peer package, and whatever hypothesis finds (vectors: ``test_vectors``)."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid, Unreadable
from headstamp.evidence.canonical import DEPTH, INTEGER_MAX, canonical, number, parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-180, 180)
    | TEXT
)
FLAT = st.dictionaries(TEXT, SCALARS, max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES | FLAT)
def test_equals_the_peer_package(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES | FLAT)
def test_reading_back_gives_the_same_bytes(value: object) -> None:
    written = canonical(value)
    assert canonical(parse(written)) == written
    assert canonical(parse(written.decode())) == written


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back_exactly(value: float) -> None:
    assert float(number(value)) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (1e15, "1000000000000000"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (0.1 + 0.2, "0.30000000000000004"),
        (-48.4647, "-48.4647"),
    ],
)
def test_numbers_as_ecmascript_prints_them(value: float, written: str) -> None:
    assert canonical(value) == written.encode()
    assert canonical({"lat": value}) == b'{"lat":' + written.encode() + b"}"
    assert canonical([{"lat": value}]) == b'[{"lat":' + written.encode() + b"}]"


def test_keys_sort_by_utf_16_code_units() -> None:
    # U+1F600 is a surrogate pair that begins with D83D: before U+FB33, though higher.
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        INTEGER_MAX + 1,
        -INTEGER_MAX - 1,
        2**70,
        "\ud800",
        b"bytes",
        {1, 2},
        pytest.param(object(), id="object"),
    ],
    ids=repr,
)
def test_refuses_what_has_no_canonical_form(value: object) -> None:
    for wrapped in (value, {"a": value}, [value], {"a": {"b": [1.5, value]}}):
        with pytest.raises(Invalid):
            canonical(wrapped)


@pytest.mark.parametrize("key", [1, None, True, 1.5, b"a", "\udfff", ("a",)], ids=repr)
def test_refuses_keys_that_are_no_text(key: object) -> None:
    for value in ({key: 1}, {"a": {key: 1}}, {"é": 1, key: 2.5}):
        with pytest.raises(Invalid):
            canonical(value)


def test_nesting_has_a_limit_and_does_not_crash() -> None:
    value: object = 1
    for _ in range(DEPTH):
        value = [value]
    assert canonical(value) == b"[" * DEPTH + b"1" + b"]" * DEPTH
    with pytest.raises(Invalid):
        canonical([value])
    for _ in range(100_000):
        value = [value]
    with pytest.raises(Invalid):
        canonical(value)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"NaN", Unreadable),
        (b"[Infinity]", Unreadable),
        (b'{"a":-Infinity}', Unreadable),
        (b'{"a":1,"a":1}', Invalid),
        (b'{"b":{"a":1,"\\u0061":2}}', Invalid),
        (b"1e400", Invalid),
        (b"9007199254740993", Invalid),
        (b"1" * 5000, Invalid),
        (b'"\\ud800"', Invalid),
        (b"1 2", Unreadable),
        (b"", Unreadable),
        (b"\xef\xbb\xbf1", Unreadable),
        (b"\xff", Unreadable),
        ("\ud800", Unreadable),
        (b"[" * 100_000, Unreadable),
        (b"[" * 100_000 + b"]" * 100_000, Unreadable),
        (b'{"a":' * 100_000, Unreadable),
    ],
    ids=lambda data: repr(data)[:24],
)
def test_parse_refuses(data: bytes | str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(data)
