"""QR codes: read back as written, drawn alike, and refused where they would not hold the text."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from headstamp.errors import Invalid
from headstamp.publish.qr import MOST_BYTES, qr_lines, qr_png, qr_svg

NS = "{http://www.w3.org/2000/svg}"


def squares(drawn: str) -> np.ndarray:
    """The drawing as pixels, eight to a module, without any drawing library."""
    tree = ElementTree.fromstring(drawn)
    side = int(tree.get("viewBox", "").split()[2])
    picture = np.full((side, side), 255, np.uint8)
    dark = tree.findall(f"{NS}path")[1].get("d", "")
    for run in dark.split("M")[1:]:
        place, long = run.split("h")[0], run.split("h")[1].split("v")[0]
        x, y = map(int, place.split())
        picture[y, x : x + int(long)] = 0
    return np.kron(picture, np.ones((8, 8), np.uint8))


@pytest.mark.parametrize("text", ["x", "headstamp.local/1\n12\nAAA=\n\n— n s\n", "07-85 ٠٧ ПАРТИЯ",
                                  "A" * MOST_BYTES])
def test_what_is_drawn_is_read_back(text: str) -> None:
    (read,) = zxingcpp.read_barcodes(squares(qr_svg(text, "t", "d")))
    assert read.text == text


def test_the_same_text_gives_the_same_bytes() -> None:
    assert qr_svg("same", "t", "d") == qr_svg("same", "t", "d")


@pytest.mark.parametrize("text", ["", "A" * (MOST_BYTES + 1)])
def test_what_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="QR code holds"):
        qr_svg(text, "t", "d")


@pytest.mark.parametrize("text", ["x", "headstamp device/1\nkey a+b+c\n", "A" * 400])
def test_a_picture_and_a_terminal_show_the_same_code(text: str) -> None:
    picture = np.array(Image.open(BytesIO(qr_png(text))))
    lines = qr_lines(text).split("\n")
    light = {"\u2588": (1, 1), "\u2580": (1, 0), "\u2584": (0, 1), " ": (0, 0)}
    rows = [[light[one][half] * 255 for one in line] for line in lines for half in (0, 1)]
    shown = np.kron(np.array(rows, np.uint8), np.ones((8, 8), np.uint8))
    for one in (picture, shown):
        (read,) = zxingcpp.read_barcodes(one)
        assert read.text == text
