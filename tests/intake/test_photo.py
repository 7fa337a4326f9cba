"""Photographs: digest, size, claims; whole, cut short, hostile."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from headstamp.errors import Invalid, Missing, Unreadable
from headstamp.intake.limits import Limits
from headstamp.intake.photo import is_photo, read_photo, thumbnail
from tests.shared import shared

FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}


def picture(width: int = 320, height: int = 200) -> Image.Image:
    """Red on the left, blue on the right, so that turning shows; with some texture."""
    made = Image.effect_mandelbrot((width, height), (-2, -1, 1, 1), 40).convert("RGB")
    made.paste((200, 30, 30), (0, 0, width // 4, height))
    made.paste((30, 30, 200), (width - width // 4, 0, width, height))
    return made


def exif(**tags: object) -> bytes:
    """EXIF of a camera at a known place and time; ``tags`` overrule, None leaves out."""
    made = Image.Exif()
    made[271], made[272], made[305] = "Fabrikam", "F-1", "1.2"
    made[274] = tags.get("orientation", 1)
    inner = made.get_ifd(0x8769)
    if (taken := tags.get("taken", "2016:02:01 12:33:40")) is not None:
        inner[36867] = taken
    if (offset := tags.get("offset")) is not None:
        inner[36881] = offset
    if (place := tags.get("place", ((33.0, 30.0, 18.0), (36.0, 15.0, 0.0)))) is not None:
        gps = made.get_ifd(0x8825)
        gps.update({1: "S", 2: place[0], 3: "E", 4: place[1]})  # type: ignore[index]
        gps.update({5: b"\x01", 6: 12.5, 17: 88.25})
    return made.tobytes()


def saved(path: Path, form: str = "JPEG", data: bytes | None = None, **options: object) -> Path:
    if form == "HEIF":
        heif = pillow_heif.from_pillow(picture())
        heif.save(path, exif=data, **options)
    else:
        picture().save(path, form, exif=data or b"", **options)
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_claims_in_every_format(tmp_path: Path, form: str) -> None:
    path = saved(tmp_path / "photo.bin", form, exif(offset="+03:00"))
    found = read_photo(path)
    assert found.mime == FORMATS[form]
    assert (found.width, found.height) == (320, 200)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.size == path.stat().st_size
    assert found.taken_at == "2016:02:01 12:33:40"
    assert found.taken_at_iso == "2016-02-01T12:33:40+03:00"
    assert (found.latitude, found.longitude) == (-33.505, 36.25)
    assert (found.altitude_m, found.direction_degrees) == (-12.5, 88.25)
    assert (found.make, found.model, found.software) == ("Fabrikam", "F-1", "1.2")
    assert (found.notes, found.problems) == ((), ())


@pytest.mark.parametrize("form", FORMATS)
def test_thumbnails_are_upright_bare_and_the_same_each_time(tmp_path: Path, form: str) -> None:
    path = saved(tmp_path / "photo.bin", form, exif(orientation=6))
    small = thumbnail(path, 100)
    assert small == thumbnail(path, 100)
    with Image.open(io.BytesIO(small)) as image:
        assert image.format == "JPEG"
        assert (image.width, image.height) in ((62, 100), (63, 100))
        assert "exif" not in image.info
        red, blue = image.getpixel((31, 4)), image.getpixel((31, 96))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    if form != "TIFF":
        assert b"Fabrikam" not in small


def test_upright_size(tmp_path: Path) -> None:
    for form in ("JPEG", "TIFF", "HEIF", "AVIF"):
        found = read_photo(saved(tmp_path / form, form, exif(orientation=6)))
        assert (form, found.width, found.height) == (form, 200, 320)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_a_picture_that_breaks_off_is_kept_and_noted(
    tmp_path: Path, form: str, share: float
) -> None:
    whole = saved(tmp_path / "whole", form, exif()).read_bytes()
    path = tmp_path / "cut"
    path.write_bytes(whole[: max(40, int(len(whole) * share))])
    found = read_photo(path)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.mime == FORMATS[form]
    assert len(found.problems) == 1
    assert "breaks off or is damaged" in found.problems[0].rule
    if form in ("JPEG", "PNG") and share > 0.3:
        assert (found.width, found.make) == (320, "Fabrikam")
        assert thumbnail(path, 50)


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"taken": "0000:00:00 00:00:00"}, "no date there ever was"),
        ({"taken": "2016:13:41 25:61:61"}, "no date there ever was"),
        ({"taken": "yesterday"}, "no date there ever was"),
        ({"taken": "1970:01:01 00:00:00"}, "before there were such cameras"),
        ({"place": ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))}, "0, 0"),
        ({"place": ((99.0, 0.0, 0.0), (200.0, 0.0, 0.0))}, "not on Earth"),
        ({"orientation": 77}, "orientation"),
    ],
)
def test_claims_that_cannot_be_are_doubted(
    tmp_path: Path, tags: dict[str, object], words: str
) -> None:
    found = read_photo(saved(tmp_path / "photo.jpg", data=exif(**tags)))
    assert words in " ".join(found.notes)
    if "place" in tags:
        assert (found.latitude, found.longitude) == (None, None)
    if "taken" in tags:
        assert found.taken_at == tags["taken"]
        assert found.taken_at_iso in (None, "1970-01-01T00:00:00")


def test_damaged_exif_is_never_an_error(tmp_path: Path) -> None:
    good = exif(offset="+03:00")
    for at in range(6, len(good)):
        for value in (0x00, 0xFF):
            bad = good[:at] + bytes([value]) + good[at + 1 :]
            out = io.BytesIO()
            Image.new("RGB", (8, 8)).save(out, "JPEG", exif=bad)
            path = tmp_path / "photo.jpg"
            path.write_bytes(out.getvalue())
            found = read_photo(path)
            assert (found.width, found.height) in ((8, 8),)
            "".join(str(part) for part in (found.make, found.taken_at, *found.notes)).encode()
    thumbnail(path)


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1_000_000))
        + chunk(b"IEND", b"")
    )
    for read in (read_photo, thumbnail):
        with pytest.raises(Unreadable, match="`image_pixels`"):
            read(path)
    with pytest.raises(Unreadable, match="`image_pixels`"):
        read_photo(saved(tmp_path / "p.heic", "HEIF"), limits=Limits(image_pixels=100))


def test_what_is_no_photograph(tmp_path: Path) -> None:
    path = tmp_path / "finds.jpg"
    path.write_text("serial,place\n")
    assert not is_photo(path)
    assert not is_photo(tmp_path / "nothing")
    with pytest.raises(Unreadable, match="no photograph"):
        read_photo(path)
    with pytest.raises(Missing):
        read_photo(tmp_path / "nothing.jpg")
    with pytest.raises(Invalid):
        thumbnail(path, 0)


def test_photographs_of_others_are_read() -> None:
    for path in sorted(shared("data/near_duplicate_photos").rglob("*.jpg")):
        found = read_photo(path)
        assert is_photo(path)
        assert found.mime == "image/jpeg"
        assert found.width * found.height > 0
        assert found.problems == ()


def test_a_picture_that_breaks_off_is_told_even_beside_the_pdf_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    path = tmp_path / "cut.jpg"
    Image.effect_noise((200, 200), 80).convert("RGB").save(path, "JPEG")
    path.write_bytes(path.read_bytes()[:-2_000])
    assert any("breaks off" in str(problem) for problem in read_photo(path).problems)
