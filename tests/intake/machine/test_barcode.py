"""Codes: read where they can be, and never a wrong value."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from headstamp.intake.machine.barcode import bar_angle, overlap, read_codes
from headstamp.intake.machine.canvas import grounds
from tests.intake.machine.drawing import blurred, code, fence, lettered, noisy, squares, turned
from tests.shared import shared


def _photographs() -> Iterator[tuple[Path, str]]:
    for told in sorted(shared("data/barcode_photos").rglob("*.txt")):
        picture = told.with_suffix(".png")
        if picture.exists():
            yield picture, told.read_bytes().decode("utf-8")


def test_published_photographs_of_codes() -> None:
    right, wrong, count = 0, [], 0
    for path, truth in _photographs():
        count += 1
        with Image.open(path) as picture:
            found, _ = read_codes(grounds(picture))
        right += truth in [one.text for one in found]
        wrong += [(path.name, one.text) for one in found if one.text != truth]
    assert (count, right, wrong) == (83, 83, [])


@pytest.mark.parametrize("seed", range(3))
def test_damaged_photographs_of_codes_give_no_wrong_value(seed: int) -> None:
    rng = random.Random(seed)
    damages = [
        lambda g: blurred(g, rng.uniform(0.8, 2.5)),
        lambda g: noisy(g, rng.uniform(20, 90), rng.randint(0, 9999)),
        lambda g: turned(g, rng.uniform(-44, 44)),
        lambda g: g.resize((max(1, g.width // 2), max(1, g.height // 2))),
        lambda g: g.crop((int(g.width * rng.uniform(0, 0.25)), 0,
                          int(g.width * rng.uniform(0.75, 1)), g.height)),
    ]
    right = 0
    for path, truth in [one for n, one in enumerate(_photographs()) if n % 6 == seed]:
        with Image.open(path) as picture:
            grey = rng.choice(damages)(grounds(picture)[0])
        found, _ = read_codes([grey])
        right += bool(found)
        assert [one.text for one in found if one.text != truth] == [], path
    assert right > 4  # it does read damaged codes


CODES = [
    ("Code39", "AB-12345"), ("Codabar", "A40156B"), ("ITF", "05012345678900"), ("ITF", "123456"),
    ("EAN8", "73513537"), ("EAN13", "9520000000004"), ("Code128", "LOT 07-85"),
    ("Code93", "AB 12345"), ("DataMatrix", "0109520000000004"), ("QRCode", "356938035643809"),
    ("PDF417", "crate 12 of 40"), ("Aztec", "AB805089"),
]


@pytest.mark.parametrize(("form", "text"), CODES)
def test_every_kind_of_code_as_drawn_upside_down_and_inverted(form: str, text: str) -> None:
    drawn = code(form, text)
    for picture in (drawn, drawn.rotate(180), drawn.rotate(90, expand=True),
                    drawn.point(lambda v: 255 - v)):
        found, _ = read_codes([picture])
        assert [one.text for one in found] == [text]
        one = found[0]
        assert one.method == "barcode" and one.reader.startswith("zxing-cpp ")
        assert 0.9 <= one.score < 1 and "agree" in one.basis


@pytest.mark.parametrize("degrees", [-41, -23, -8, 8, 17, 33, 44])
def test_a_slanted_itf_is_read_whole_or_not_at_all(degrees: float) -> None:
    """A line that leaves its bars halfway reads a shorter number, in every look alike."""
    found, _ = read_codes([turned(code("ITF", "30501234567895"), degrees)])
    assert {one.text for one in found} <= {"30501234567895"}


@settings(max_examples=15, deadline=None)
@given(digits=st.text("0123456789", min_size=6, max_size=18), degrees=st.integers(-45, 45),
       radius=st.floats(0, 1.5))
def test_no_digit_of_an_itf_is_ever_lost(digits: str, degrees: int, radius: float) -> None:
    number = digits if len(digits) % 2 == 0 else digits + "0"
    found, _ = read_codes([blurred(turned(code("ITF", number, 2), degrees), radius)])
    assert {one.text for one in found} <= {number}


@pytest.mark.parametrize("seed", range(5))
def test_what_is_no_code_is_not_read(seed: int) -> None:
    assert read_codes([fence(seed)])[0] == []
    assert read_codes([squares(seed)])[0] == []
    assert read_codes([noisy(Image.new("L", (300, 200), 128), 60, seed)])[0] == []


def test_two_codes_each_at_its_place() -> None:
    page = Image.new("L", (900, 700), 255)
    first, second = code("EAN13", "9520000000004"), code("QRCode", "AB805089")
    page.paste(first, (20, 30))
    page.paste(second, (500, 400))
    found, unread = read_codes([page])
    where = {one.text: one.region for one in found}
    assert overlap(where["9520000000004"], (20, 30, *first.size))
    assert overlap(where["AB805089"], (500, 400, *second.size))
    assert not overlap(where["AB805089"], where["9520000000004"]) and unread == []


def test_a_2d_code_too_damaged_is_said_to_be_there_without_a_value() -> None:
    drawn = code("DataMatrix", "a crate of forty, one of nine", 6)
    draw = ImageDraw.Draw(drawn)
    for n in range(4):
        draw.rectangle((60 + 22 * n, 60, 70 + 22 * n, drawn.height - 60), fill=255)
    found, unread = read_codes([drawn])
    assert found == []
    assert all("damaged" in one.what or "agree" in one.what for one in unread)


def test_a_code_on_a_transparent_ground_is_read_in_either_ink() -> None:
    bars = code("Code128", "LOT 07-85")
    for ink in (0, 255):
        layer = Image.new("LA", bars.size, (ink, 0))
        layer.putalpha(bars.point(lambda v: 255 - v))
        assert [one.text for one in read_codes(grounds(layer))[0]] == ["LOT 07-85"]


@pytest.mark.parametrize("degrees", [-40, -12, 0, 7, 30, 44])
def test_bars_are_turned_upright(degrees: float) -> None:
    whole = turned(code("ITF", "05012345678900", 4), -degrees)
    x, y = whole.width // 2, whole.height // 2
    slanted = whole.crop((x - 80, y - 60, x + 80, y + 60))
    angle = bar_angle(slanted)
    assert angle is not None
    assert min(abs(angle - degrees), 90 - abs(angle - degrees)) < 3


def test_plain_pictures_have_no_bars() -> None:
    assert bar_angle(Image.new("L", (50, 50), 90)) is None
    assert bar_angle(Image.new("L", (2, 2))) is None
    assert read_codes([lettered("AB805089")]) == ([], [])
    assert read_codes([Image.new("L", (1, 1))]) == ([], [])
