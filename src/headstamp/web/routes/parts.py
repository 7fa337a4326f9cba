"""``/parts`` and ``/parts/same``; and the act that reads the texts of components."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.web.act import Act
from headstamp.web.answer import desk_of
from headstamp.web.contexts.parts import (
    PartsContext,
    SamePartContext,
    parts_context,
    same_part_context,
)
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter
from headstamp.web.work import reading_parts


async def read(request: Request) -> Response:
    """The texts of all components are read by rules."""
    desk = desk_of(request)
    await checked_form(request)
    job = desk.jobs.start("parts", "Reading the texts of components", reading_parts(
        desk.case, actor=desk.settings.actor, clearance=desk.settings.clearance))
    return RedirectResponse(f"/jobs/{job.id}", 303)


PAGES: tuple[Page, ...] = (
    Page("parts", "/parts", "Parts in weapons", parts_context, PartsContext, "components.html",
         api="/api/parts", parameters=(
             Parameter("maker", "Only parts of this maker, as written"),
             Parameter("all", "`same`: every part found in several weapons, not the first alone"),
         )),
    Page("same-part", "/parts/same", "One part number", same_part_context, SamePartContext,
         "same_part.html", api="/api/parts/same",
         parameters=(Parameter("number", "The part number, however it is written"),)),
)
ACTS: tuple[Act, ...] = (
    Act("read-parts", "/parts/read", read, ("POST",),
        "a form for people; programs use the command line (headstamp parts --record)"),
)
