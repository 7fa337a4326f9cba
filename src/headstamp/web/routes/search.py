"""``/search``: the one box."""

from __future__ import annotations

from headstamp.records import BY_NAME
from headstamp.web.contexts.search import SearchContext, search_context
from headstamp.web.page import Page, Parameter

PAGES: tuple[Page, ...] = (
    Page(
        name="search", path="/search", api="/api/search", title="Search", context=search_context,
        returns=SearchContext, template="search.html", tag="search",
        parameters=(
            Parameter("q", "A marking, a part of one (? for an unread character, * for several), "
                           "\"in quotes\" for exactly that, or words"),
            Parameter("kind", "Only hits of this kind", {"type": "string", "enum": list(BY_NAME)}),
        ),
    ),
)
