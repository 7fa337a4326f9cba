"""``/findings/{id}``: who was asked, what they answered, and the next step of a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.desk.request_named import party_named
from headstamp.actions.desk.right_of_reply import answer, ask, leave_unasked, move
from headstamp.errors import Invalid, Problem
from headstamp.records import BY_NAME
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.finding import FindingContext, finding_context
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.page import Page
from headstamp.web.routes.record import record_page

_KIND = BY_NAME["finding"]
_NO_API = "a form for people; programs use the command line (headstamp finding)"

Form = Mapping[str, str]


def _asked(desk: Desk, finding: str, form: Form) -> None:
    settings = desk.settings
    if bool(form["why"]) == bool(form["on"]):
        raise Invalid("this cannot be recorded", [Problem(
            "give either the day on which it was asked, or why it is not asked", field="on")])
    party = party_named(desk.case.read(settings.clearance), form["party"])
    if form["why"]:
        leave_unasked(desk.case, finding, party, form["why"], clearance=settings.clearance,
                      actor=settings.actor)
    else:
        ask(desk.case, finding, party, asked_on=form["on"], due_on=form["by"],
            channel=form["channel"], clearance=settings.clearance, actor=settings.actor)


def _answered(desk: Desk, finding: str, form: Form) -> None:
    answer(desk.case, form["right"], form["state"], on=form["on"], words=form["words"],
           clearance=desk.settings.clearance, actor=desk.settings.actor)


def _moved(desk: Desk, finding: str, form: Form) -> None:
    move(desk.case, finding, form["to"], reason=form["why"], clearance=desk.settings.clearance,
         actor=desk.settings.actor)


def _endpoint(act: Callable[[Desk, str, Form], None], *names: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        desk, finding = desk_of(request), str(request.path_params["id"])
        sent = await checked_form(request)
        form = {name: str(sent.get(name, "")).strip() for name in names}
        await run_in_threadpool(act, desk, finding, form)
        return RedirectResponse(record_path(finding), 303)

    return endpoint


PAGES: tuple[Page, ...] = (
    record_page(_KIND, finding_context, FindingContext, "finding.html"),
)
ACTS: tuple[Act, ...] = tuple(
    Act(f"finding-{name}", f"/{_KIND.slug}/{{id}}/{name}", _endpoint(act, *fields), ("POST",), _NO_API)
    for name, act, fields in (
        ("ask", _asked, ("party", "on", "by", "channel", "why")),
        ("answer", _answered, ("right", "state", "on", "words")),
        ("move", _moved, ("to", "why")),
    )
)
