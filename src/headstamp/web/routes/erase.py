"""``/erase/{id}``: asking that values go for good; and a second person's yes or no."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.evidence.erasing import approve, ask, decline
from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing, Problem, Refused
from headstamp.records import BY_NAME
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, html
from headstamp.web.contexts.erase import (
    EraseContext,
    ErasureContext,
    asking,
    erase_context,
    erasure_context,
)
from headstamp.web.contexts.facts import record_path
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.record import record_page

_KIND = BY_NAME["erasure"]
_NO_API = "a form for people; programs use the command line (headstamp erase)"


async def asked(request: Request) -> Response:
    """Somebody asks for an erasure."""
    desk, record_id = desk_of(request), str(request.path_params["id"])
    form = await checked_form(request)
    given = {name: str(form.get(name, "")).strip() for name in ("whole", "ground", "why", "requested_on")}
    fields = [str(one) for one in form.getlist("field")]

    def work() -> Response:
        try:
            if bool(given["whole"]) == bool(fields):
                raise Invalid("this cannot be asked for", [
                    Problem("name either the whole record, or some of its fields", field="field")])
            if not given["ground"]:
                raise Invalid("this cannot be asked for", [
                    Problem("say on what ground", "It stands in the log.", "erasure_ground")])
            made = ask(desk.case, record_id, fields=fields, ground=given["ground"], why=given["why"],
                       requested_on=given["requested_on"] or None, actor=desk.settings.actor,
                       clearance=desk.settings.clearance)
            return RedirectResponse(record_path(made), 303)
        except Missing:
            raise
        except (Invalid, Conflicting, Refused) as error:
            return _again(request, desk, record_id, {**given, "fields": fields}, error)

    return await run_in_threadpool(work)


def _again(
    request: Request, desk: Desk, record_id: str, given: dict[str, object], error: HeadstampError
) -> Response:
    with desk.reader().snapshot() as reader:
        this = asking(reader, desk.case, record_id, given, error)
        around = desk.around_of(reader, this)
    return html(request, "erase.html", this.title, this, around, error.http_status)


def _decided(act: Callable[..., object], *, sure: bool) -> Endpoint:
    """A yes or a no; a yes only from somebody who says that they looked."""

    async def endpoint(request: Request) -> Response:
        desk, erasure = desk_of(request), str(request.path_params["id"])
        form = await checked_form(request)
        if sure and not form.get("sure"):
            raise Invalid("look at the record first, and say that you did", [
                Problem("the box stands above the button", field="sure")])
        await run_in_threadpool(lambda: act(
            desk.case, erasure, actor=desk.settings.actor, clearance=desk.settings.clearance))
        if sure:
            desk.jobs.forget_ended()
        return RedirectResponse(record_path(erasure), 303)

    return endpoint


PAGES: tuple[Page, ...] = (
    Page("erase", "/erase/{id}", "Erase", erase_context, EraseContext, "erase.html",
         api="/api/erase/{id}", parameters=(Parameter("id", "A record's id"),)),
    record_page(_KIND, erasure_context, ErasureContext, "erasure.html"),
)
ACTS: tuple[Act, ...] = (
    Act("erase", "/erase/{id}", asked, ("POST",), _NO_API),
    Act("approve-erasure", f"/{_KIND.slug}/{{id}}/approve", _decided(approve, sure=True), ("POST",), _NO_API),
    Act("decline-erasure", f"/{_KIND.slug}/{{id}}/decline", _decided(decline, sure=False), ("POST",), _NO_API),
)
