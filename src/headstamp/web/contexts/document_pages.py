"""The pages of a PDF document as its pictures stand on a page, or why they do not."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.actions.intake.document_pages import LARGE, SMALL, is_paged, pages_of
from headstamp.errors import Missing, Unavailable, Unreadable
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.page import ON_PAGE, Params


@dataclass(frozen=True)
class PaperPage:
    """One page: its number from 1, and its size as a share (height of width; 0: not known)."""

    number: int
    width: int = field(default=0, metadata=ON_PAGE)
    height: int = field(default=0, metadata=ON_PAGE)
    small: str = field(default="", metadata=ON_PAGE)
    picture: str = field(default="", metadata=ON_PAGE)
    large: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class PaperPages:
    """A PDF's pages: how many it has, those shown here, where others are; or why none is."""

    count: int = 0
    shown: tuple[PaperPage, ...] = ()
    why_not: str = ""
    can_be_shown: int = 0
    before: str = field(default="", metadata=ON_PAGE)
    after: str = field(default="", metadata=ON_PAGE)
    name: str = field(default="", metadata=ON_PAGE)


def paper_pages(
    reader: Reader, params: Params, document: Shown | None, path: str, most: int
) -> PaperPages | None:
    """Up to ``most`` pages from the one that ``from`` names; None where the document is no PDF.

    ``path`` is the address of the page that shows them. Raises Invalid.
    """
    if document is None or not is_paged(document):
        return None
    first = params.whole("from", 1, low=1, high=9_999_999)
    try:
        facts = pages_of(params.case, reader, document)
    except (Missing, Unreadable, Unavailable) as error:
        return PaperPages(why_not=error.message, name=document.label)
    can = len(facts.sizes)
    first = min(first, can)
    last = min(can, first + most - 1)
    return PaperPages(
        count=facts.pages, can_be_shown=can, name=document.label,
        shown=tuple(_page(document.id, number, *facts.sizes[number - 1])
                    for number in range(first, last + 1)),
        before=f"{path}?from={max(1, first - most)}" if first > 1 else "",
        after=f"{path}?from={last + 1}" if last < can else "",
    )


def _page(document: str, number: int, width: float, height: float) -> PaperPage:
    address = f"/documents/{document}/pages/{number}.jpg"
    # Whole numbers for the picture's place on the page; a page like a thread gets one it can have.
    longer = max(width, height)
    share = (max(1, round(1_000 * width / longer)), max(1, round(1_000 * height / longer))) \
        if longer else (0, 0)
    return PaperPage(number, *share, small=f"{address}?side={SMALL}", picture=address,
                     large=f"{address}?side={LARGE}")
