"""The report as PDF, printed from the same page; tagged for screen readers (PDF/UA-1).

WeasyPrint is loaded only when a PDF is asked for: it needs the Pango libraries
of the system, which a machine without a desktop may lack.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from headstamp.errors import Unavailable
from headstamp.publish.lettering import for_print

_ADVICE = (
    "a PDF cannot be made here: the printing library WeasyPrint or the system's Pango is missing "
    "({reason}). Install Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0), or write the report as .html and print it from a browser"
)

_VARIANT = "pdf/ua-1"


def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise Unavailable(_ADVICE.format(reason=str(error).splitlines()[0][:120])) from error
    return weasyprint


def print_pdf(page: str) -> bytes:
    """The bytes of the PDF. Raises Unavailable, with what to install, where it cannot be made."""
    return _bytes(_set(page))


def print_on_one_page(pages: Iterable[str]) -> bytes:
    """The first of these pages (the roomiest first) that fits on one sheet; the last if none does.

    Raises Unavailable as ``print_pdf`` does.
    """
    laid: Any = None
    for page in pages:
        laid = _set(page)
        if len(laid.pages) == 1:
            break
    return _bytes(laid)


def _bytes(laid: Any) -> bytes:
    printed: bytes = laid.write_pdf(pdf_variant=_VARIANT)
    return printed


def _set(page: str) -> Any:
    weasyprint = _weasyprint()
    # Remarks on styles only browsers know are of no use to who wants a report.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)

    class Nothing(weasyprint.urls.URLFetcher):  # type: ignore[misc,name-defined]
        """A report is whole in itself: whatever it may name is never fetched."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):  # the plates, carried in the page
                return super().fetch(url, headers)
            raise ValueError(f"a report fetches nothing, not even {url[:80]}")

    document = weasyprint.HTML(string=for_print(page), url_fetcher=Nothing())
    return document.render(pdf_variant=_VARIANT)
