"""``/items``, ``/sites`` and so on: the list of each kind, and the same as a table to download."""

from __future__ import annotations

from headstamp.records import TYPES, RecordType
from headstamp.store.tables import facet_columns
from headstamp.web.contexts.listing import ListContext, facet_title, list_context
from headstamp.web.page import Page, Parameter

_WHOLE = {"type": "integer", "minimum": 1}


def _page(kind: RecordType) -> Page:
    return Page(
        name=f"list:{kind.slug}", path=f"/{kind.slug}", api=f"/api/{kind.slug}",
        title=kind.plural.replace("_", " ").capitalize(), context=list_context,
        returns=ListContext, template="listing.html", fixed={"kind": kind.name}, tag=kind.slug,
        parameters=(
            *(Parameter(name, f"Only those whose {facet_title(kind, name).lower()} is this "
                              "(empty: not recorded)") for name in facet_columns(kind)),
            Parameter("order", "A field to sort by; with - before it the other way round"),
            Parameter("page", "Which page", _WHOLE),
            Parameter("limit", "Records a page", {**_WHOLE, "maximum": 200}),
        ),
    )


PAGES: tuple[Page, ...] = tuple(_page(kind) for kind in TYPES)
