"""``/items/{id}`` and so on: one record of each kind."""

from __future__ import annotations

from headstamp.records import BY_NAME, TYPES, RecordType
from headstamp.web.contexts.item import ItemContext, item_context
from headstamp.web.contexts.record import RecordContext, record_context
from headstamp.web.contexts.seen import (
    MarkingContext,
    PhotographContext,
    marking_context,
    photograph_context,
)
from headstamp.web.page import ContextOf, Page, Parameter

ID = Parameter("id", "The record's id")


def record_page(
    kind: RecordType, context: ContextOf, returns: type[RecordContext], template: str
) -> Page:
    """The page of one record of a kind; a particular page is declared with this too."""
    return Page(
        name=f"record:{kind.slug}", path=f"/{kind.slug}/{{id}}", api=f"/api/{kind.slug}/{{id}}",
        title=kind.title.capitalize(), context=context, returns=returns, template=template,
        fixed={"kind": kind.name}, tag=kind.slug, parameters=(ID,),
    )


PAGES: tuple[Page, ...] = (
    record_page(BY_NAME["item"], item_context, ItemContext, "item.html"),
    record_page(BY_NAME["marking"], marking_context, MarkingContext, "marking.html"),
    record_page(BY_NAME["photograph"], photograph_context, PhotographContext, "photograph.html"),
    *(record_page(kind, record_context, RecordContext, "record.html")
      for kind in TYPES if kind.name not in ("item", "marking", "photograph")),
)
