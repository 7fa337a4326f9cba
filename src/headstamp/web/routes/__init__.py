"""The one table of addresses. A more particular page replaces the general one at its address."""

from __future__ import annotations

from functools import cache

from headstamp.web.act import Act
from headstamp.web.page import Page
from headstamp.web.routes import listing, overview

# Particular pages first: where two have one address, the earlier is meant.
_PAGES: tuple[tuple[Page, ...], ...] = (overview.PAGES, listing.PAGES)
ACTS: tuple[Act, ...] = (*overview.ACTS, *listing.ACTS)


@cache
def pages() -> tuple[Page, ...]:
    """All pages, each address once."""
    found: dict[str, Page] = {}
    for some in _PAGES:
        for page in some:
            found.setdefault(page.path, page)
    return tuple(found.values())
