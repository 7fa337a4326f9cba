"""The way in: strangers' pictures in a confined process, parts of them, and parts not installed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from headstamp.errors import Invalid, Missing, Unreadable
from headstamp.intake.machine import parts, read
from headstamp.intake.machine.proposal import MachineReading
from headstamp.intake.machine.read import LIMITS, read_image, read_picture
from tests.intake.machine.drawing import code, lettered


@pytest.fixture
def two_codes(tmp_path: Path) -> Path:
    page = Image.new("L", (900, 700), 255)
    page.paste(code("EAN13", "9520000000004"), (20, 30))
    page.paste(code("QRCode", "AB805089"), (500, 400))
    page.save(tmp_path / "two.png")
    return tmp_path / "two.png"


def test_a_file_is_read_in_its_own_process(two_codes: Path) -> None:
    found = read_picture(two_codes, methods=("barcode",))
    assert (found.width, found.height, found.region) == (900, 700, None)
    assert {one.text for one in found.proposals} == {"9520000000004", "AB805089"}
    assert found.looked_for == ("barcode",) and found.readers[0].startswith("zxing-cpp")
    assert MachineReading.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_a_part_of_the_picture_and_its_place_in_the_whole(two_codes: Path) -> None:
    found = read_picture(two_codes, methods=("barcode",), region=(450, 350, 450, 350))
    [one] = found.proposals
    assert one.text == "AB805089" and found.region == (450, 350, 450, 350)
    assert one.region[0] >= 500 and one.region[1] >= 400
    assert read_picture(two_codes, methods=("barcode",), region=(0, 0, 9, 9)).proposals == ()


def test_regions_are_of_the_picture_held_upright(tmp_path: Path) -> None:
    upright = Image.new("RGB", (900, 500), "white")
    upright.paste(code("QRCode", "AB805089"), (600, 50))
    exif = Image.Exif()
    exif[274] = 6  # stored lying on its side
    upright.rotate(90, expand=True).save(tmp_path / "lying.jpg", exif=exif, quality=95)
    found = read_picture(tmp_path / "lying.jpg", methods=("barcode",))
    assert (found.width, found.height) == (900, 500)
    assert found.proposals[0].region[0] >= 600 and found.proposals[0].region[1] >= 50


@pytest.mark.parametrize("region", [(900, 0, 50, 50), (0, 0, 3, 50), (5000, 5000, 10, 10)])
def test_a_part_outside_is_refused(two_codes: Path, region: tuple[int, int, int, int]) -> None:
    with pytest.raises(Invalid) as refused:
        read_picture(two_codes, methods=("barcode",), region=region)
    assert refused.value.problems[0].field == "region"


def test_what_is_no_picture_is_unreadable(tmp_path: Path) -> None:
    for name, data in {"a.txt": b"not a picture", "b.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
                       "c.jpg": b"\xff\xd8\xff" + b"\xab" * 200, "d.png": b""}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Unreadable):
            read_picture(tmp_path / name, methods=("barcode",))
    with pytest.raises(Missing):
        read_picture(tmp_path / "none.png")
    with pytest.raises(Invalid):
        read_picture(tmp_path / "a.txt", methods=("smell",))  # type: ignore[arg-type]


def test_limits_are_named(two_codes: Path) -> None:
    with pytest.raises(Unreadable, match="image_pixels"):
        read_picture(two_codes, limits=replace(LIMITS, image_pixels=1000))
    with pytest.raises(Unreadable, match="parser_silent_seconds"):
        read_picture(two_codes, limits=replace(LIMITS, parser_silent_seconds=0))


def test_a_picture_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    page = Image.new("L", (600, 900), 255)
    page.paste(code("QRCode", "AB805089"), (20, 20))
    page.save(tmp_path / "whole.jpg", quality=95)
    whole = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: int(len(whole) * 0.8)])
    found = read_picture(tmp_path / "cut.jpg", methods=("barcode",))
    assert [one.text for one in found.proposals] == ["AB805089"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_picture(tmp_path: Path, mode: str) -> None:
    drawn = code("QRCode", "AB805089")
    if mode == "I;16":
        drawn.convert("I").point(lambda v: v * 257).convert("I;16").save(tmp_path / "a.tif")
    else:
        drawn.convert(mode).save(tmp_path / "a.tif")
    [one] = read_picture(tmp_path / "a.tif", methods=("barcode",)).proposals
    assert one.text == "AB805089"


def test_without_readers_of_text_codes_are_read_and_the_way_to_add_them_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"rapid_version": "", "tesseract": "", "tesseract_version": "",
                        "tesseract_languages": frozenset()}.items():
        monkeypatch.setattr(parts, name, lambda value=value: value)
    found = read_image(code("QRCode", "AB805089"), ("barcode", "ocr"))
    assert [one.text for one in found.proposals] == ["AB805089"]
    assert [one.add for one in found.absent] == [
        'pip install "headstamp[ocr]"',
        "apt-get install tesseract-ocr tesseract-ocr-rus tesseract-ocr-ara tesseract-ocr-fas "
        "tesseract-ocr-chi-sim",
    ]
    assert read_image(lettered("AB805089"), ("ocr",)).proposals == ()


def test_a_language_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "rapid_version", lambda: "3")
    monkeypatch.setattr(parts, "tesseract", lambda: "/usr/bin/tesseract")
    monkeypatch.setattr(parts, "tesseract_languages", lambda: frozenset({"eng", "ara", "fas"}))
    assert [one.add for one in parts.absent()] == [
        "apt-get install tesseract-ocr-rus", "apt-get install tesseract-ocr-chi-sim",
    ]


def test_nothing_large_is_loaded_before_it_is_needed() -> None:
    import subprocess
    import sys

    told = subprocess.run(
        [sys.executable, "-c", "import sys, headstamp.cli.machine, "
         "headstamp.actions.markings.read_photograph; print(sorted({'rapidocr', 'onnxruntime', 'cv2', "
         "'zxingcpp'} & set(sys.modules)))"], capture_output=True, text=True, check=True,
    )
    assert told.stdout.strip() == "[]"
    assert read.METHODS == ("barcode", "ocr")
