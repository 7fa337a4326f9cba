"""QR codes as drawings: the same text gives the same bytes, drawn as squares and not as a picture.

Written by zxing-cpp (its encoder is Zint's), with error correction M: a fold or a stamp
across 15 % of it does no harm. A text of up to 2,331 bytes fits (ISO/IEC 18004, table 7).
"""

from __future__ import annotations

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
    import zxingcpp  # only who prints needs it

    size = len(text.encode("utf-8"))
    if not 0 < size <= MOST_BYTES:
        raise Invalid(f"a QR code holds 1 to {MOST_BYTES:,} bytes, this text has {size:,}")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture: Any = code.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(picture).tolist()
    modules = len(rows) + 2 * _QUIET
    path = []
    for y, row in enumerate(rows, _QUIET):
        x = _QUIET
        for dark, run in groupby(row, lambda value: value < 128):
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
