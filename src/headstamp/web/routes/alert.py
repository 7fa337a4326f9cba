"""``/alerts``: the board, the page of an alert with its extract and its moves, the extract as a file."""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.alerts.alerts import draft_alerts, find_alerts, move
from headstamp.actions.alerts.extract import TIER, extract_of, in_form
from headstamp.actions.desk.request_named import party_named
from headstamp.publish.alert_extract import LANGUAGES
from headstamp.records import BY_NAME
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, params_of
from headstamp.web.contexts.alert import AlertContext, alert_context
from headstamp.web.day import day_typed
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.listing import PAGES as LISTS
from headstamp.web.routes.record import record_page

_KIND = BY_NAME["alert"]
_NO_API = "a form for people; programs use the command line (headstamp alert)"
_MEDIA = {"pdf": "application/pdf", "txt": "text/plain; charset=utf-8"}


async def go(request: Request) -> Response:
    """One move: to another state (``to``)."""
    desk, id_ = desk_of(request), str(request.path_params["id"])
    form = {name: value.strip() for name, value in (await checked_form(request)).items()
            if isinstance(value, str)}
    to = form.get("to", "")

    def work() -> None:
        values = {"channel": form.get("channel", ""), "why_withdrawn": form.get("why", ""),
                  "recipient_role": form.get("role", "")}
        if form.get("recipient"):
            values["recipient"] = party_named(desk.reader(), form["recipient"])
        move(desk.case, id_, to, values=values, on=day_typed(form.get("on", ""), "on"), tier=form.get("tier") or TIER,
             language=form.get("language") or "en", clearance=desk.settings.clearance,
             actor=desk.settings.actor)

    await run_in_threadpool(work)
    return RedirectResponse(f"/alerts/{id_}", 303)


async def look(request: Request) -> Response:
    """Looks for what the finds speak for, and puts it down as drafts."""
    desk = desk_of(request)
    await checked_form(request)

    def work() -> None:
        found = find_alerts(desk.case, desk.reader())
        draft_alerts(desk.case, found.new, actor=desk.settings.actor)

    await run_in_threadpool(work)
    return RedirectResponse("/alerts?alert_state=draft", 303)


def _file(form: str) -> Endpoint:
    """The extract as a file, as it would go out now."""

    async def endpoint(request: Request) -> Response:
        desk, params = desk_of(request), params_of(request)
        id_ = params.path["id"]

        def work() -> Response:
            extract = extract_of(
                desk.case, id_, clearance=desk.settings.clearance,
                language=params.choice("language", LANGUAGES), tier=params.text("tier") or TIER)
            return Response(in_form(extract, f".{form}"), media_type=_MEDIA[form], headers={
                "content-disposition": f'attachment; filename="{extract.number}.{form}"'})

        return await run_in_threadpool(work)

    return endpoint


_PAGE = record_page(_KIND, alert_context, AlertContext, "alert.html")

PAGES: tuple[Page, ...] = (
    replace(next(page for page in LISTS if page.fixed.get("kind") == "alert"), template="alerts.html"),
    replace(_PAGE, parameters=(
        *_PAGE.parameters, Parameter("language", "The language of the extract"),
        Parameter("tier", "The tier of the recipient"))),
)
ACTS: tuple[Act, ...] = (
    Act("alert_look", "/alerts/look", look, ("POST",), _NO_API),
    Act("alert_go", "/alerts/{id}/go", go, ("POST",), _NO_API),
    *(Act(f"alert_extract:{form}", f"/alerts/{{id}}/extract.{form}", _file(form), ("GET",),
          "it is the file itself") for form in _MEDIA),
)
