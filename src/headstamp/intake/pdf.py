"""A PDF document as pictures of its pages: how many there are, and one of them as a JPEG.

A browser could show a PDF itself, with scripts, forms and links to elsewhere. Here a page is
drawn in the limited child (``pdf_page``), and nothing of the file reaches a page of ours but
the pixels that the child answers with.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from headstamp.errors import Invalid, Unreadable
from headstamp.intake.handed import Given, Opened, opened
from headstamp.intake.limits import LIMITS, Limits, over_limit
from headstamp.intake.process import only_answer, without_sense

MIME = "application/pdf"
MOST_SIDE = 10_000
_HEAD_BYTES = 1_024
"""Within so many bytes the mark of a PDF has to stand (PDF Reference 1.7, appendix H, note 13)."""
_MOST = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFacts:
    """``pages``: how many it has. ``sizes``: width and height of each page that may be shown.

    Sizes are in points (1/72 inch), as the page is shown; 0, 0 where the file does not say.
    There are fewer sizes than pages where it has more than the limit ``pdf_pages``.
    """

    pages: int
    sizes: tuple[tuple[float, float], ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def told(cls, said: Any) -> PdfFacts:
        """From plain JSON values. Raises ValueError where they are something else."""
        pages = said.get("pages") if isinstance(said, dict) else None
        if not (type(pages) is int and 0 < pages < _MOST):
            raise ValueError("no number of pages")
        sizes = said.get("sizes")
        if not isinstance(sizes, (list, tuple)) or len(sizes) > pages:
            raise ValueError("no sizes of pages")
        return cls(pages=pages, sizes=tuple(_size(one) for one in sizes))


def _size(said: Any) -> tuple[float, float]:
    if not isinstance(said, (list, tuple)) or len(said) != 2:
        raise ValueError("no size of a page")
    width, height = said
    for one in (width, height):
        if type(one) not in (int, float) or not isfinite(one) or one < 0:
            raise ValueError("no size of a page")
    return float(width), float(height)


def read_pdf(given: Given, *, name: str | None = None, limits: Limits = LIMITS) -> PdfFacts:
    """How many pages a PDF has, and how large they are.

    Raises Missing where there is no such file, Unreadable where it is no PDF, is damaged, is
    protected by a password, or meets a limit.
    """
    with opened(given, limits, name) as file:
        _sniffed(file)
        try:
            facts = PdfFacts.told(only_answer("pdf", file, limits))
        except ValueError as error:
            raise without_sense(file.name) from error
        if len(facts.sizes) != min(facts.pages, limits.pdf_pages):
            raise without_sense(file.name)
        return facts


def page_picture(
    given: Given, page: int, side: int, *, name: str | None = None, limits: Limits = LIMITS
) -> bytes:
    """One page (from 1) as a JPEG whose longer side has ``side`` pixels.

    The same file gives the same bytes with the same PDFium, Pillow and fonts. Raises as
    ``read_pdf``, and Missing where it has no such page.
    """
    if not 1 <= side <= MOST_SIDE:
        raise Invalid(f"A picture of a page has 1 to {MOST_SIDE:,} pixels a side, not {side}.")
    with opened(given, limits, name) as file:
        if page > limits.pdf_pages:
            what = f"page {page:,} was asked for"
            raise over_limit(file.name, "pdf_pages", limits.pdf_pages, what)
        _sniffed(file)
        answer = only_answer("pdf", file, limits, page=page, side=side)
        try:
            made = base64.b64decode(answer["jpeg"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise without_sense(file.name) from error
        if not made.startswith(b"\xff\xd8\xff"):
            raise without_sense(file.name)
        return made


def _sniffed(file: Opened) -> None:
    if b"%PDF-" not in file.head(_HEAD_BYTES):
        raise Unreadable(f"{file.name} is no PDF. Its pages cannot be shown.")
