"""Which ranges cover a reading: against looking at every range, and what is said of it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.markings.range_index import RangeIndex
from headstamp.markings.serial_range import SerialRange, parse_ranges

INDEX = RangeIndex(
    (raw, one)
    for raw in ("TA 412001 - 413200", "0100-0200", "AB 110-50", "K 5000 ff", "up to 90", "70000-71000")
    for one in parse_ranges(raw)
)


@pytest.mark.parametrize(("asked", "key"), [
    ("TA 412207", "TA 412001 - 413200"), ("ta-413200", "TA 412001 - 413200"),
    ("0150", "0100-0200"), ("AB 120", "AB 110-50"), ("K 9999999", "K 5000 ff"), ("12", "up to 90"),
])
def test_exactly(asked: str, key: str) -> None:
    cover = INDEX.covering(asked)[0]
    assert (cover.key, cover.sure, cover.share) == (key, "exactly", 1.0)


@pytest.mark.parametrize(("asked", "share", "why"), [
    ("TA 41?207", 0.1, "1 of 10 ways to read it falls inside"),
    ("TA 4122??", 1.0, "whatever the unread characters are"),
    ("TA 412*", 0.999, "999 of 1,000"),
    ("TA 41[23]207", 0.5, "1 of 2"),
    ("TA 4I2207", 1.0, "I read as 1"),
    ("?A 412207", 1.0, "letters are not read in full"),
    ("150", 1.0, "another number of digits"),
    ("TA 0412207", 1.0, "written with noughts in front"),
    ("XY 70500", 1.0, "the range names no letters"),
    ("4B 120", None, ""),
    ("A8 120", 1.0, "its letters look like AB"),
])
def test_probably(asked: str, share: float | None, why: str) -> None:
    covers = INDEX.covering(asked)
    if share is None:
        assert all(cover.key != "AB 110-50" for cover in covers)
        return
    cover = next(one for one in covers if why in one.words())
    assert cover.sure == "probably"
    assert cover.share == pytest.approx(share)


@pytest.mark.parametrize("asked", ["", "TA", "TA 413201", "TA ?????9", "XY 70?", "x" * 5000])
def test_none(asked: str) -> None:
    assert INDEX.covering(asked) == []


def test_several_readings_with_weights() -> None:
    (cover,) = INDEX.covering([("TA 412207", 0.5), ("TA 412208", 0.25), ("TA 812207", 0.25)])
    assert cover.share == pytest.approx(0.75)
    assert cover.sure == "probably" and "75%" in cover.words()


RANGES = st.lists(
    st.tuples(st.sampled_from(["", "A"]), st.integers(0, 120), st.integers(0, 90)), max_size=12)
NUMBER = st.lists(st.sampled_from(["?", "1", "5", "0", "[24]"]), min_size=1, max_size=3)


@given(RANGES, st.sampled_from(["", "A "]), NUMBER)
@settings(max_examples=200, deadline=None)
def test_the_same_as_looking_at_every_range(
    ranges: list[tuple[str, int, int]], letters: str, number: list[str]
) -> None:
    kept = [(str(n), SerialRange("", prefix, "", low, low + more, None))
            for n, (prefix, low, more) in enumerate(ranges)]
    places = [list("0123456789") if p == "?" else list(p.strip("[]")) for p in number]
    values = [int("".join(one)) for one in product(*places)]
    expected = {
        key: sum(one.holds(value) for value in values) / len(values)
        for key, one in kept if one.prefix == letters.strip()
    }
    if not any(p.isdigit() or p[0] == "[" for p in number):
        return  # nothing of the number is known
    covers = RangeIndex(kept).covering(letters + "".join(number), limit=1000)
    got = {c.key: c.share for c in covers if c.range.prefix == letters.strip()}
    assert got == pytest.approx({key: share for key, share in expected.items() if share >= 0.01})
