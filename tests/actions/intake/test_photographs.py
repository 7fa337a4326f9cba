"""Photographs: originals untouched, claims beside them, once each, on the right item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from headstamp.actions.cases import check_case
from headstamp.actions.intake.file import import_file
from headstamp.actions.intake.photographs import import_photographs
from headstamp.actions.intake.result import ImportResult
from headstamp.actions.record import record
from headstamp.errors import Invalid, Missing
from headstamp.store.case import Case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as case:
        for tag in ("A-1", "A-12", "B 7"):
            record(case, "item", {"tag": tag}, actor="tester", reason="test")
        yield case


def thumbnails(case: Case, digest: str) -> list[Path]:
    return list((case.folder / "derived" / "thumbs").rglob(f"{digest}*.jpg"))


def drawn(path: Path, shade: int, *, exif: bool = False) -> Path:
    image = Image.new("RGB", (640, 480), (shade * 20, 80, 80))
    tags = image.getexif()
    if exif:
        tags[271], tags[272] = "Maker", "Model 3"
        tags.get_ifd(0x8769)[36867] = "2016:02:28 10:11:12"
        tags.get_ifd(0x8825).update(
            {1: "N", 2: (36.0, 20.0, 30.0), 3: "E", 4: (43.0, 7.0, 0.0), 17: 91.4})
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, exif=tags)
    return path


def put(case: Case, what: Path, **more: object) -> ImportResult:
    result = import_photographs(case, what, actor="tester", **more)  # type: ignore[arg-type]
    assert result.read == result.accepted + result.unchanged + result.refused
    return result


def on(case: Case) -> dict[str, list[str]]:
    """File name -> tags of the items its photograph shows."""
    reader = case.read()
    return {photo.get("original_name"): [reader.get(i).get("tag") for i in photo.get("items") or ()]
            for photo in reader.stream("photograph")}


def test_claims_of_the_camera_beside_the_untouched_original(case: Case, tmp_path: Path) -> None:
    path = drawn(tmp_path / "in" / "A-12_left.jpg", 10, exif=True)
    assert import_file(case, tmp_path / "in", actor="tester").accepted == 1
    [photo] = case.read().list("photograph").rows
    original, _ = case.read().original(photo.get("digest"))
    assert original.read_bytes() == path.read_bytes()
    assert photo.get("taken_on") == "2016-02-28T10:11:12" and photo.get("direction") == 91
    assert photo.get("place")["latitude"] == pytest.approx(36.341667, abs=1e-5)
    assert photo.get("camera") == "Maker Model 3" and photo.get("view") == "whole_left"
    assert "time as the camera printed it: 2016:02:28 10:11:12" in photo.get("claims")
    assert (photo.get("width"), photo.get("height"), photo.get("mime")) == (640, 480, "image/jpeg")
    [small] = thumbnails(case, photo.get("digest"))
    with Image.open(small) as image:
        assert max(image.size) == 400 and not image.getexif()
    assert check_case(case) == []


def test_the_tag_at_the_start_of_the_name_the_longest_that_fits(case: Case, tmp_path: Path) -> None:
    for number, name in enumerate(("A-1_front.jpg", "a-12 right.jpg", "B 7.png", "A-123.jpg", "IMG_1.jpg")):
        drawn(tmp_path / "in" / name, number)
    put(case, tmp_path / "in")
    assert on(case) == {"A-1_front.jpg": ["A-1"], "a-12 right.jpg": ["A-12"], "B 7.png": ["B 7"],
                        "A-123.jpg": [], "IMG_1.jpg": []}


def test_a_pattern_of_the_users_own(case: Case, tmp_path: Path) -> None:
    drawn(tmp_path / "in" / "2016 item=A-1 no 3.jpg", 1)
    put(case, tmp_path / "in", pattern=r"item=(\S+)")
    assert on(case) == {"2016 item=A-1 no 3.jpg": ["A-1"]}
    for wrong in ("(", "item"):
        with pytest.raises(Invalid):
            put(case, tmp_path / "in", pattern=wrong)


def test_a_table_in_the_folder_says_what_they_show(case: Case, tmp_path: Path) -> None:
    drawn(tmp_path / "in" / "IMG_1.jpg", 1)
    drawn(tmp_path / "in" / "sub" / "IMG_2.jpg", 2)
    (tmp_path / "in" / "list.csv").write_text(
        "File name,Tag\nIMG_1.JPG,A-1\nsub\\IMG_2.jpg,A-99\n", encoding="utf-8")
    (tmp_path / "in" / "notes.txt").write_text("not a photograph", encoding="utf-8")
    result = put(case, tmp_path / "in")
    assert on(case) == {"IMG_1.jpg": ["A-1"], "sub/IMG_2.jpg": []}
    told = "\n".join(result.warnings)
    assert "list.csv" in told and "'A-99'" in told and "left out: notes.txt" in told


def test_the_same_file_twice_is_told_and_kept_once(case: Case, tmp_path: Path) -> None:
    path = drawn(tmp_path / "in" / "A-1_a.jpg", 1)
    (tmp_path / "in" / "A-1_b.jpg").write_bytes(path.read_bytes())
    first = put(case, tmp_path / "in")
    assert (first.read, first.accepted, first.unchanged) == (2, 1, 1)
    assert any("same file as A-1_a.jpg" in warning for warning in first.warnings)
    size = case.checkpoint().size
    assert (put(case, tmp_path / "in").unchanged, case.checkpoint().size) == (2, size)


def test_a_photograph_found_on_a_second_item_later(case: Case, tmp_path: Path) -> None:
    path = drawn(tmp_path / "in" / "A-1_a.jpg", 1)
    put(case, path)
    put(case, path.rename(path.with_name("A-12_a.jpg")))
    assert on(case) == {"A-1_a.jpg": ["A-1", "A-12"]}
    [photo] = case.read().list("photograph").rows
    assert photo.version == 2


def test_heic_is_read_and_thumbnailed(case: Case, tmp_path: Path) -> None:
    heif = pillow_heif.from_pillow(Image.new("RGB", (320, 200), "teal"))
    (tmp_path / "in").mkdir()
    heif.save(tmp_path / "in" / "A-1.heic")
    assert put(case, tmp_path / "in").accepted == 1
    [photo] = case.read().list("photograph").rows
    assert photo.get("mime") == "image/heic" and len(thumbnails(case, photo.get("digest"))) == 1


def test_a_picture_that_breaks_off_is_kept_and_told(case: Case, tmp_path: Path) -> None:
    path = drawn(tmp_path / "in" / "A-1.jpg", 1)
    path.write_bytes(path.read_bytes()[:-400])
    result = put(case, tmp_path / "in")
    assert result.accepted == 1 and any("breaks off" in warning for warning in result.warnings)


def test_a_dry_run_writes_nothing(case: Case, tmp_path: Path) -> None:
    size = case.checkpoint().size
    assert put(case, drawn(tmp_path / "in" / "A-1.jpg", 1), dry_run=True).accepted == 1
    assert case.checkpoint().size == size and not list(case.vault.digests())


def test_two_items_with_one_tag_get_none_of_it(case: Case, tmp_path: Path) -> None:
    record(case, "item", {"tag": "A-1"}, actor="tester", reason="test")
    result = put(case, drawn(tmp_path / "in" / "A-1.jpg", 1))
    assert on(case) == {"A-1.jpg": []}
    assert any("2 items have the tag" in warning for warning in result.warnings)


def test_nothing_there(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Missing):
        put(case, tmp_path / "none")
    (tmp_path / "empty").mkdir()
    assert put(case, tmp_path / "empty").read == 0
