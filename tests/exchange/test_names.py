"""Names of files: which may be written, and which clash."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.exchange.names import Taken, fault, folded

GOOD = [
    "data/a", "bagit.txt", "data/log/tile/entries/x001/234.p/12", "data/.hidden", "a b/c", "%7Ea",
    "data/~a", "é", "data/\N{CYRILLIC SMALL LETTER ZHE}", "a" * 255, "contents", "nullify.txt", "x/..a",
]
BAD = {
    "": "empty", "/a": "absolute", "//host/a": "another machine", "a//b": "empty part",
    "../a": "(..)", "a/..": "(..)", "a/../../b": "(..)", "./a": "empty part", "a/.": "empty part",
    "a/": "empty part", "C:": "drive", "c:/a": "drive", "c:a": "drive", "ab:c": "colon",
    "a\\b": "backslash", "..\\a": "backslash", "\\\\host\\a": "backslash", "~": "home",
    "~root/a": "home", "a\0b": "NUL", "a\nb": "seen", "a\x7f": "seen", "a\N{RIGHT-TO-LEFT OVERRIDE}b": "seen",
    "a\N{ZERO WIDTH JOINER}": "seen", "a\N{LINE SEPARATOR}b": "seen", "\ud800": "seen", "a/ b": "space",
    "a /b": "space", "a.": "dot", "a./b": "dot", "...": "dot", "con": "device", "data/AUX.txt": "device",
    "LPT1": "device", "com\N{SUPERSCRIPT ONE}.x": "device", "a" * 256: "255 bytes",
    "é" * 128: "255 bytes", "a/" * 16 + "a": "folders",
}


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str) -> None:
    assert fault(name) == ""


@pytest.mark.parametrize("name", BAD)
def test_bad(name: str) -> None:
    assert BAD[name] in fault(name)


@given(st.text(max_size=40))
def test_whatever_is_good_stays_in_its_folder(name: str) -> None:
    if fault(name) == "":
        parts = name.split("/")
        assert parts
        assert not any(part in ("", ".", "..") for part in parts)
        assert not set(name) & set("\\:\0")


@given(st.text(max_size=20))
def test_a_name_folds_to_the_same_however_it_is_written(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    for form in ("NFC", "NFD"):
        assert folded(unicodedata.normalize(form, name)) == folded(name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second"),
    [("a", "a"), ("a", "A"), ("é", "e\u0301"), ("É", "e\u0301"), ("ß", "SS"), ("a", "a/b"),
     ("a/b", "a"), ("a/b", "A/c"), ("a/b/c", "a/B/d"), ("a/b", "A"), ("A", "a/b")],
)
def test_clashes(first: str, second: str) -> None:
    taken = Taken()
    assert taken.clash(first) == ""
    assert taken.clash(second)
    assert len(taken) == 1


def test_no_clash() -> None:
    taken = Taken()
    assert [taken.clash(name) for name in ("a/b", "a/c", "a/d/e", "a/d/f", "ab", "b")] == [""] * 6
    assert len(taken) == 6
