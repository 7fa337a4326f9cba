"""A trace request from the draft to the closing, done on its page: fill in, check, letter, send, remind, close.

Each is what the command of the same name does (``headstamp request``), with the same
refusals. Nothing is sent by the program: a letter is taken as a file and goes out by hand.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.desk.request_letter import write_form
from headstamp.actions.desk.requests import advance, close, draft_request, remind
from headstamp.errors import Invalid, Missing
from headstamp.tracing.request_state import STATES
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of
from headstamp.web.day import day_typed
from headstamp.web.guard import checked_form

_BY_PERSON = "a form for people; programs use the command line (headstamp request)"
MEDIA = {
    "pdf": "application/pdf", "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_FILLED = ("addressee", "addressee_role", "question")


async def draft(request: Request) -> Response:
    """A request about the items named, filled from the case as ``headstamp request draft`` does."""
    desk, asked = desk_of(request), request.query_params
    await checked_form(request)
    given = {name: asked.get(name, "") for name in _FILLED}

    def work() -> str:
        return draft_request(
            desk.case, [one for one in asked.getlist("items") if one],
            addressee=given["addressee"] or None, role=given["addressee_role"] or None,
            values={"question": given["question"]} if given["question"] else None,
            clearance=desk.settings.clearance, actor=desk.settings.actor).id

    return RedirectResponse(f"/trace-requests/{await run_in_threadpool(work)}", 303)


async def go(request: Request) -> Response:
    """One move: to another state (``to``), or a reminder."""
    desk, id_ = desk_of(request), str(request.path_params["id"])
    form = {name: value.strip() for name, value in (await checked_form(request)).items()
            if isinstance(value, str)}
    to, words = form.get("to", ""), form.get("words", "").replace("\r\n", "\n")
    if to not in (*STATES, "remind"):
        raise Invalid("there is no such state of a trace request")
    day = day_typed(form.get("on", ""), "on")

    def work() -> None:
        case, clearance, actor = desk.case, desk.settings.clearance, desk.settings.actor
        if to == "remind":
            remind(case, id_, on=day, clearance=clearance, actor=actor)
        elif to == "closed":
            close(case, id_, words, clearance=clearance, actor=actor)
        else:
            notes = {"check_notes": words} if to == "checked" and words else {}
            advance(case, id_, to, values=notes, on=day, clearance=clearance, actor=actor)

    await run_in_threadpool(work)
    return RedirectResponse(f"/trace-requests/{id_}", 303)


def _letter(form: str) -> Endpoint:
    """The letter or its annex as a file, as it would go out now."""

    async def endpoint(request: Request) -> Response:
        desk, id_ = desk_of(request), str(request.path_params["id"])

        def work() -> Response:
            shown = desk.reader().get(id_)
            if shown.kind != "trace_request":
                raise Missing(f"{id_} is no trace request")
            content = write_form(desk.case, {**shown.values, "id": id_}, f".{form}",
                                 clearance=desk.settings.clearance, officer=desk.settings.actor)
            return Response(content, media_type=MEDIA[form], headers={
                "content-disposition": f'attachment; filename="{id_}.{form}"'})

        return await run_in_threadpool(work)

    return endpoint


ACTS: tuple[Act, ...] = (
    Act("request_draft", "/trace-requests/draft", draft, ("POST",), _BY_PERSON),
    Act("request_go", "/trace-requests/{id}/go", go, ("POST",), _BY_PERSON),
    *(Act(f"request_letter:{form}", f"/trace-requests/{{id}}/letter.{form}", _letter(form), ("GET",),
          "it is the file itself") for form in MEDIA),
)
