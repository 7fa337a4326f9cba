"""Drawings: the same each time, of the size said, plainly drawings, with the claims they are given."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from headstamp.demo import lettering
from headstamp.demo.draw import FOOT, SIZE, SURFACES, Claims, Scene, draw
from headstamp.demo.lettering import Line, mask
from headstamp.demo.teaching import drawn, load

LINES = (
    Line("TA 41?207", "serial", "stamped", "partial"), Line(None, "serial", "stamped", "removed"),
    Line("9520000000004", "barcode", "printed"), Line("٠٧-٨٥", "stencil", "stencil"),
    Line("(mark)", "logo", "stencil"), Line("ПАРТИЯ 7", "lot", "ink", "defaced"),
)  # fmt: skip


@pytest.mark.parametrize("surface", sorted(SURFACES))
def test_a_scene_gives_the_same_bytes_twice(surface: str) -> None:
    scene = Scene("one", surface, LINES, ("plan", "box one", "box two"), "QM-X-01")
    first = draw(scene)
    assert first == draw(scene)
    with Image.open(io.BytesIO(first)) as picture:
        assert picture.size == SIZE and picture.format == "JPEG"
        assert picture.getexif()[270] == FOOT


def test_another_name_gives_another_picture() -> None:
    assert draw(Scene("one", "plate", LINES)) != draw(Scene("two", "plate", LINES))


def test_what_is_claimed_is_read_as_a_claim() -> None:
    teaching = load()
    claiming = next(p for p in teaching.of("photograph") if teaching.scenes[p.id].claims.latitude)
    scene = teaching.scenes[claiming.id]
    record, data = drawn(claiming, scene)
    assert record.generation == "drawing" and record.size == len(data)  # type: ignore[attr-defined]
    assert record.taken_on == scene.claims.taken.replace(":", "-", 2).replace(" ", "T")  # type: ignore[attr-defined]
    assert abs(record.place.latitude - scene.claims.latitude) < 1e-4  # type: ignore[attr-defined]
    assert record.link is None  # type: ignore[attr-defined]


def test_no_claims_are_made_where_none_are_given() -> None:
    with Image.open(io.BytesIO(draw(Scene("one", "plate", LINES, claims=Claims())))) as picture:
        assert 306 not in picture.getexif() and not picture.getexif().get_ifd(34853)


def test_without_a_font_for_the_script_strokes_stand_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lettering, "_FONTS", {})
    lettering.font.cache_clear()
    try:
        assert mask("هيئة", 40).getbbox() is not None
        assert draw(Scene("one", "paper", (), ("Дата 1\nهيئة",)))
    finally:
        lettering.font.cache_clear()


def test_every_scene_has_a_surface_that_can_be_drawn() -> None:
    assert {scene.surface for scene in load().scenes.values()} <= SURFACES
