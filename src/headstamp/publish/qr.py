"""QR codes as drawings: the same text gives the same bytes, drawn as squares and not as a picture.

Written by zxing-cpp (its encoder is Zint's), with error correction M: a fold or a stamp
across 15 % of it does no harm. A text of up to 2,331 bytes fits (ISO/IEC 18004, table 7).
"""

from __future__ import annotations

from io import BytesIO
from itertools import groupby
from typing import Any

from headstamp.errors import Invalid
from headstamp.places import svg

MOST_BYTES = 2_331
_QUIET = 4


def qr_svg(text: str, title: str, description: str, *, side: float = 260) -> str:
    """The QR code of a text as SVG, ``side`` pixels at 96 to the inch, quiet zone included.

    Raises Invalid for more than 2,331 bytes, or none.
    """
    rows = _rows(text)
    modules = len(rows) + 2 * _QUIET
    path = []
    for y, row in enumerate(rows, _QUIET):
        x = _QUIET
        for dark, run in groupby(row):
            long = len(list(run))
            if dark:
                path.append(f"M{x} {y}h{long}v1h-{long}z")
            x += long
    head = svg.opening("headstamp-qr", side, side, title, description)
    box = f'viewBox="0 0 {svg.number(side)} {svg.number(side)}"'
    return (
        head.replace(box, f'viewBox="0 0 {modules} {modules}" shape-rendering="crispEdges"')
        + f'<path d="M0 0h{modules}v{modules}h-{modules}z" fill="#ffffff"/>'
        + f'<path d="{"".join(path)}" fill="#000000"/></svg>'
    )


def qr_lines(text: str) -> str:
    """The QR code of a text in half blocks, two rows to a line, for a terminal of any colours.

    Light is drawn and dark left out in the order of colours that most terminals have (light on
    dark); phones read it either way round. Raises as ``qr_svg``.
    """
    rows = _rows(text)
    blank = [False] * (len(rows) + 2 * _QUIET)
    side = [False] * _QUIET
    framed = [*[blank] * _QUIET, *([*side, *row, *side] for row in rows), *[blank] * _QUIET]
    if len(framed) % 2:
        framed.append(blank)
    drawn = {(False, False): "\u2588", (False, True): "\u2580", (True, False): "\u2584", (True, True): " "}
    return "\n".join(
        "".join(drawn[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(framed[::2], framed[1::2], strict=True)
    )


def qr_png(text: str, *, scale: int = 8) -> bytes:
    """The QR code of a text as PNG, ``scale`` pixels to a module. Raises as ``qr_svg``."""
    from PIL import Image

    rows = _rows(text)
    side = len(rows) + 2 * _QUIET
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows, _QUIET):
        for x, dark in enumerate(row, _QUIET):
            if dark:
                picture.putpixel((x, y), 0)
    written = BytesIO()
    picture.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(written, "PNG")
    return written.getvalue()


def _rows(text: str) -> list[list[bool]]:
    """The modules of the code, row by row, true for dark; without the quiet zone."""
    import zxingcpp  # only who prints needs it

    size = len(text.encode("utf-8"))
    if not 0 < size <= MOST_BYTES:
        raise Invalid(f"a QR code holds 1 to {MOST_BYTES:,} bytes, this text has {size:,}")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture: Any = code.to_image(scale=1, add_quiet_zones=False)
    pixels: Any = memoryview(picture).tolist()
    return [[value < 128 for value in row] for row in pixels]
