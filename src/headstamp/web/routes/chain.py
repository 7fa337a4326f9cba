"""``/items/{id}/chain`` and ``/supply``, their pictures as files, and putting a diversion down."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.tracing.diversion import record_diversion
from headstamp.errors import Invalid
from headstamp.publish.picture import FORMS, MEDIA, Form, Picture
from headstamp.store.reader import Reader
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, params_of
from headstamp.web.contexts.chain import ChainContext, chain_context, chain_picture_of
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.supply import SupplyContext, supply_context, supply_picture_of
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter, Params


def picture_file(which: str, form: Form, made_of: Callable[[Reader, Params, str], Picture]) -> Endpoint:
    """A picture as a file to keep."""

    async def endpoint(request: Request) -> Response:
        def work() -> Response:
            with desk_of(request).reader().snapshot() as reader:
                made = made_of(reader, params_of(request), which)
            about = request.path_params.get("id", "case")
            return Response(made.content(form), media_type=MEDIA[form], headers={
                "content-disposition": f'attachment; filename="{which}-{about}.{form}"'})

        return await run_in_threadpool(work)

    return endpoint


async def put_down(request: Request) -> Response:
    """The point of diversion, or one hypothesis of it, is put down as the draft of a finding."""
    desk, item = desk_of(request), str(request.path_params["id"])
    form = await checked_form(request)
    rank = str(form.get("hypothesis", ""))
    if rank and not (rank.isascii() and rank.isdigit() and len(rank) < 4):
        raise Invalid("there is no such hypothesis")

    def work() -> str:
        settings = desk.settings
        return record_diversion(desk.case, item, actor=settings.actor, clearance=settings.clearance,
                                hypothesis=int(rank) if rank else None).id

    return RedirectResponse(record_path(await run_in_threadpool(work)), 303)


_YEAR = {"type": "integer", "minimum": 0, "maximum": 9999}

PAGES: tuple[Page, ...] = (
    Page("chain", "/items/{id}/chain", "Chain of supply", chain_context, ChainContext, "chain.html",
         api="/api/items/{id}/chain", tag="items", parameters=(Parameter("id", "The item's id"),)),
    Page("supply", "/supply", "Supply", supply_context, SupplyContext, "supply.html",
         api="/api/supply", parameters=(
             Parameter("family", "Only items of this family"),
             Parameter("unit", "Count quantities of this unit instead of items"),
             Parameter("party", "Only claims that name this party, by its id"),
             Parameter("from", "Only claims from this year on", _YEAR),
             Parameter("to", "Only claims up to this year", _YEAR),
         )),
)
ACTS: tuple[Act, ...] = (
    *(Act(f"chain:{which}:{form}", f"/items/{{id}}/chain/{which}.{form}",
          picture_file(which, form, chain_picture_of), ("GET",), "it is the file itself")
      for which in ("chain", "map") for form in FORMS),
    *(Act(f"supply:{which}:{form}", f"/supply/{which}.{form}",
          picture_file(which, form, supply_picture_of), ("GET",), "it is the file itself")
      for which in ("sankey", "network") for form in FORMS),
    Act("diversion", "/items/{id}/chain/finding", put_down, ("POST",),
        "a form for people; programs use the command line (headstamp diversion)"),
)
