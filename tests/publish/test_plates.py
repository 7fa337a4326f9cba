"""Plates: pictures in the page, no camera data, and no report that fails for a bad file."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from headstamp.errors import Unreadable
from headstamp.publish import plates
from headstamp.records import Photograph
from headstamp.store.case import Case


def _small(path: Path, side: int) -> bytes:
    """Stands for the careful one: makes a JPEG of what Pillow can open."""
    try:
        with Image.open(path) as picture:
            picture.thumbnail((side, side))
            out = io.BytesIO()
            picture.convert("RGB").save(out, "JPEG")
    except OSError as error:
        raise Unreadable("no picture") from error
    return out.getvalue()


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case")
    with made.change(actor="a", reason="r") as change:
        for at in range(plates.LISTED + 3):
            picture = io.BytesIO()
            Image.new("RGB", (900, 300), (at, 0, 0)).save(picture, "PNG")
            kept = change.file(picture.getvalue() if at != 1 else b"broken")
            change.put(Photograph.build(digest=kept.digest, size=kept.size, caption=f"view {at}"))
        change.put(Photograph.build(link="https://example.org/1.jpg"))
    return made


def test_pictures_from_all_over_are_shown_and_the_rest_is_said(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        found = plates.gather(reader, _small)
    assert [p.caption for p in found.plates[:2]] == [("view 0",), ("view 2",)]
    assert found.plates[-1].caption == ("view 25",), "taken from all over the case"
    assert len(found.plates) == plates.LISTED - 1 and found.undrawn == 1
    assert found.total == plates.LISTED + 3 and "23 of 27 photographs" in found.note
    with Image.open(io.BytesIO(base64.b64decode(found.plates[0].picture))) as picture:
        assert max(picture.size) == plates.SIDE


def test_no_picture_below_the_clearance_of_its_file(case: Case) -> None:
    with case.read("public").snapshot() as reader:
        assert plates.gather(reader, _small).plates == ()


def test_without_a_way_to_make_them_small_there_are_none(case: Case) -> None:
    with case.read("restricted").snapshot() as reader:
        assert plates.gather(reader, None) == plates.Plates((), 0, 0)
