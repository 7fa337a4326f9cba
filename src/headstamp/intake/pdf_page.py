"""Pictures of the pages of one PDF, with PDFium. All of this runs in the limited child alone.

PDFium comes without a JavaScript engine, and no action of a document is ever called: nothing
that it wants done is done, it is only drawn, its forms as they were filled in. What the document says
of its own size (pages, page boxes) is held against the limits before anything is drawn; what
cannot be told beforehand (a picture within it that unpacks to gigabytes, drawings without end)
meets the limits of the process.

Pages are drawn with the document's own fonts; letters of a font that it does not bring along
are drawn with one of this machine.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Any

import pypdfium2
from pypdfium2 import raw

from headstamp.errors import Missing, Unreadable
from headstamp.intake.handed import Handed
from headstamp.intake.limits import Limits, over_limit

QUALITY = 92
"""Of the JPEG, without taking colours together: letters keep their edges."""
_CALM = "V8" not in pypdfium2.PDFIUM_INFO.flags
"""Whether this PDFium has no engine for scripts, as those of pypdfium2's own packages; one that
has draws no forms."""
_WHY = {
    raw.FPDF_ERR_PASSWORD: "is protected by a password. Ask its sender for one without, or open "
                           "the file itself with the password",
    raw.FPDF_ERR_SECURITY: "is protected in a way that this program does not know. Ask its sender "
                           "for one without",
}  # fmt: skip


def answer(
    file: Handed, limits: Limits, page: int | None = None, side: int = 0
) -> dict[str, Any]:
    """What the child says of a PDF: its pages and their sizes, or one page as a JPEG.

    ``page`` counts from 1; ``side`` is the longer side of the picture, in pixels. Sizes are in
    points, of as many pages as may be shown. Raises Unreadable, Missing.
    """
    with file.path.open("rb") as stream, _opened(file, stream) as document:
        count = len(document)
        if page is None:
            most = min(count, limits.pdf_pages)
            return {"pages": count, "sizes": [_told_size(document, n) for n in range(most)]}
        if not 1 <= page <= count:
            raise Missing(f"{file.name} has {count:,} pages, and no page {page:,}")
        return {"jpeg": base64.b64encode(_drawn(file, document, page, side, limits)).decode("ascii")}


@contextmanager
def _opened(file: Handed, stream: Any) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(stream)
        if _CALM:
            document.init_forms()  # what was filled in is drawn by this part of PDFium alone
    except pypdfium2.PdfiumError as error:
        why = _WHY.get(error.err_code or 0, "is damaged, or no PDF")
        raise Unreadable(f"{file.name} {why}. Its pages cannot be shown.") from error
    with document:
        yield document


def _told_size(document: pypdfium2.PdfDocument, index: int) -> tuple[float, float]:
    """Width and height of a page in points, turned as it is shown; 0, 0 where that is none."""
    try:
        width, height = document.get_page_size(index)
    except pypdfium2.PdfiumError:
        return 0.0, 0.0
    return (round(width, 2), round(height, 2)) if _is_size(width, height) else (0.0, 0.0)


def _is_size(width: float, height: float) -> bool:
    return isfinite(width) and isfinite(height) and width > 0 and height > 0


def _drawn(
    file: Handed, document: pypdfium2.PdfDocument, page: int, side: int, limits: Limits
) -> bytes:
    try:
        sheet = document.get_page(page - 1)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"page {page:,} of {file.name} is damaged and cannot be shown.") from error
    width, height = sheet.get_size()
    if not _is_size(width, height):
        raise Unreadable(f"page {page:,} of {file.name} has no size and cannot be shown.")
    scale = side / max(width, height)
    pixels = (int(width * scale) + 1) * (int(height * scale) + 1)
    if pixels > limits.image_pixels:
        what = f"page {page:,} would have {pixels:,} pixels"
        raise over_limit(file.name, "image_pixels", limits.image_pixels, what)
    drawn = sheet.render(scale=scale, rev_byteorder=True, limit_image_cache=True)
    out = io.BytesIO()
    drawn.to_pil().convert("RGB").save(out, "JPEG", quality=QUALITY, subsampling=0)
    return out.getvalue()
