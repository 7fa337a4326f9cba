"""``/hands``: through whose hands goods can have come, or gone on."""

from __future__ import annotations

from headstamp.web.contexts.hands import HandsContext, hands_context
from headstamp.web.page import Page, Parameter

PAGES: tuple[Page, ...] = (
    Page(
        name="hands", path="/hands", api="/api/hands", title="Through whose hands",
        context=hands_context, returns=HandsContext, template="hands.html", tag="search",
        parameters=(
            Parameter("of", "A party or an item, by its id"),
            Parameter("direction", "Before it, or after",
                      {"type": "string", "enum": ["before", "after"]}),
        ),
    ),
)
