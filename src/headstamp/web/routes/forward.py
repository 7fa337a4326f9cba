"""``/forward``: what else came the same way as a record, a lot, a range or a package."""

from __future__ import annotations

from headstamp.actions.tracing.forward import BY_TEXT
from headstamp.web.contexts.forward import ForwardContext, forward_context
from headstamp.web.page import Page, Parameter

PAGES: tuple[Page, ...] = (
    Page(
        name="forward", path="/forward", api="/api/forward", title="What else came this way",
        context=forward_context, returns=ForwardContext, template="forward.html", tag="search",
        parameters=(
            Parameter("from", "A transfer, party, document, item or custody event, by its id"),
            Parameter("since", "From a party: leave out what surely happened before this date"),
            Parameter("by", "Or by what", {"type": "string", "enum": list(BY_TEXT)}),
            Parameter("text", "The lot, the serial numbers or ranges, or the package's number"),
        ),
    ),
)
