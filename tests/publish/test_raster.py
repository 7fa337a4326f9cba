"""PNG: every script has its letters, joined and in order; large drawings shrink, nothing is cut."""

from __future__ import annotations

import io
import subprocess

import pytest
from PIL import Image

from headstamp.errors import Invalid, Unavailable
from headstamp.places import svg
from headstamp.publish import raster


def _drawn(text: str, wide: float = 200, high: float = 30) -> str:
    return (svg.opening("t", wide, high, "t", "d")
            + f'<text x="10" y="20" font-size="14">{svg.isolated(text)}</text></svg>')


def _picture(text: str, **how: float) -> Image.Image:
    return Image.open(io.BytesIO(raster.png(_drawn(text), **how))).convert("L")


def _has_fonts() -> bool:
    told = subprocess.run(["fc-list", ":lang=ar"], capture_output=True, text=True, check=False)
    more = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(told.stdout.strip() and more.stdout.strip())


def test_letters_of_every_script_are_their_own() -> None:
    if not _has_fonts():
        pytest.skip("needs fonts for Arabic and Chinese")
    # A letter without a font is drawn as the same empty box as any other.
    seen = [_picture(text).tobytes() for text in ("م", "ص", "Ж", "Щ", "天", "廠", "A", "ñ", "٧")]
    assert len(set(seen)) == len(seen)


def test_arabic_letters_are_joined_and_run_to_the_left() -> None:
    if not _has_fonts():
        pytest.skip("needs fonts for Arabic")
    apart = _picture("م\u200cص\u200cن\u200cع")
    joined = _picture("مصنع")
    assert joined.tobytes() != apart.tobytes()
    # The upright letter (alif) comes first in writing, so it stands at the right.
    made = _picture("ابب")
    ink = [[y for y in range(60) if made.getpixel((x, y)) < 128] for x in range(400)]
    inked = [column for column in ink if column]
    assert len(set(inked[-3])) > 2 * len(set(inked[2]))


def test_size_and_ground() -> None:
    made = _picture("A")
    assert made.size == (400, 60) and made.getpixel((0, 0)) == 255
    assert _picture("A", scale=1).size == (200, 30)
    assert raster.png(_drawn("A")) == raster.png(_drawn("A"))


def test_a_huge_drawing_is_made_smaller() -> None:
    with Image.open(io.BytesIO(raster.png(_drawn("A", 9_000, 9_000)))) as made:
        assert made.width == made.height
        assert made.width * made.height <= raster.MOST_PIXELS * 1.01


def test_what_is_no_drawing_is_refused() -> None:
    for wrong in ("", "<p>", '<svg width="10" height="10"><g>', "\0"):
        with pytest.raises(Invalid):
            raster.png(wrong)


def test_missing_means_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    with pytest.raises(Unavailable, match="resvg-py"):
        raster.png(_drawn("A"))
