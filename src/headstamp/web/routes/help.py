"""The keys, counts as JSON, and the OpenAPI document."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from headstamp.records import TYPES
from headstamp.store.tables import facet_columns
from headstamp.web.act import Act
from headstamp.web.answer import JSON
from headstamp.web.contexts.count import CountContext, count_context
from headstamp.web.contexts.help import KeysContext, keys_context
from headstamp.web.openapi import ADDRESS, document
from headstamp.web.page import Page, Parameter


async def openapi(request: Request) -> Response:
    """The OpenAPI document, made once from the table of pages that the application holds."""
    state = request.app.state
    if not hasattr(state, "openapi"):
        state.openapi = document(state.pages)
    return JSON(state.openapi)


PAGES: tuple[Page, ...] = (
    Page(
        name="keys", path="/keys", title="Keys", context=keys_context, returns=KeysContext,
        template="keys.html", no_api="it explains the pages themselves",
    ),
    *(
        Page(
            name=f"count:{kind.slug}", path="", api=f"/api/count/{kind.slug}",
            title=f"Counts of {kind.plural.replace('_', ' ')}", context=count_context,
            returns=CountContext, template="", fixed={"kind": kind.name}, tag=kind.slug,
            parameters=(
                Parameter("by", "The column to count by; any column may also be given as a filter"),
                *(Parameter(name, "Only those with this value") for name in facet_columns(kind)),
            ),
        )
        for kind in TYPES
    ),
)
ACTS: tuple[Act, ...] = (
    Act("openapi", ADDRESS, openapi, ("GET",), "it describes the API"),
)
