"""``/lag``: how long from the last lawful supply to the recovery."""

from __future__ import annotations

from headstamp.actions.tracing.lag import GROUPINGS
from headstamp.web.contexts.lag import LagContext, lag_context
from headstamp.web.page import Page, Parameter

PAGES: tuple[Page, ...] = (
    Page(
        name="lag", path="/lag", api="/api/lag", title="Lag", context=lag_context,
        returns=LagContext, template="lag.html", tag="search",
        parameters=(Parameter("by", "Told apart by what",
                              {"type": "string", "enum": list(GROUPINGS)}),),
    ),
)
