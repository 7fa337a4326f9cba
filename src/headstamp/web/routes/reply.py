"""``/trace-requests/{id}/reply`` and ``/trace-replies/{id}/read``: a reply put on file, then read."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.desk.moves import take_up
from headstamp.actions.desk.replies import claims_of_reply, record_reply
from headstamp.errors import Conflicting, Invalid, Refused
from headstamp.web.act import Act
from headstamp.web.answer import desk_of, html, params_of
from headstamp.web.contexts.reply_reading import (
    NewReplyContext,
    ReplyReadingContext,
    new_reply,
    new_reply_context,
    reply_reading,
    reply_reading_context,
)
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.working import limited
from headstamp.web.uploads import most_bytes, safe_name

_BY_PERSON = "a form for people; programs use the command line (headstamp desk answers)"
_ID = Parameter("id", "The record's id")
_MOST_BYTES = 100 << 20


def _typed(form: FormData) -> dict[str, str]:
    # A browser sends every line end as two characters.
    return {name: value.replace("\r\n", "\n") for name, value in form.items()
            if isinstance(value, str) and name not in ("token", "items", "use_limits")}


def _many(form: FormData, name: str) -> list[str]:
    return [one for one in form.getlist(name) if isinstance(one, str) and one]


def _apart(text: str) -> list[str]:
    return [one.strip() for one in text.replace("\n", ",").split(",") if one.strip()]


async def _checked(request: Request) -> tuple[FormData, Refused | None]:
    """The form and why it is refused, if it is: what was typed is shown again either way."""
    try:
        return await checked_form(request), None
    except Refused as error:
        return await request.form(), error


async def put_reply(request: Request) -> Response:
    """A reply, with the file that came, is put on file."""
    desk, request_id = desk_of(request), str(request.path_params["id"])
    form, stale = await _checked(limited(request, min(_MOST_BYTES, most_bytes(desk.case))))
    typed, items, limits = _typed(form), _many(form, "items"), _many(form, "use_limits")
    sent = form.get("file")
    try:
        content = await sent.read() if isinstance(sent, UploadFile) and sent.filename else None
        name = safe_name(sent.filename or "") if isinstance(sent, UploadFile) else ""
    finally:
        await form.close()

    def work() -> Response:
        try:
            if stale is not None:
                raise stale
            values = {key: typed.get(key, "").strip() for key in (
                "reply_code", "received_on", "their_reference", "text", "serials", "restrictions")}
            done = record_reply(
                desk.case, request_id,
                {**values, "items": [*items, *_apart(typed.get("more_items", ""))], "use_limits": limits},
                clearance=desk.settings.clearance, actor=desk.settings.actor,
                letter=content or None, letter_name=name)
            return RedirectResponse(f"/trace-replies/{done.id}/read", 303)
        except (Invalid, Conflicting, Refused) as error:
            with desk.reader().snapshot() as reader:
                this = new_reply(reader, request_id, typed=typed, chosen=items, limits=limits,
                                 error=error)
                around = desk.around_of(reader, this)
            return html(request, "reply_new.html", this.title, this, around, error.http_status)

    return await run_in_threadpool(work)


async def put_claim(request: Request) -> Response:
    """A claim that somebody reads in a reply is recorded, or looked at first."""
    desk, reply_id = desk_of(request), str(request.path_params["id"])
    form, stale = await _checked(request)
    typed, items, params = _typed(form), _many(form, "items"), params_of(request)
    only_look = typed.pop("do", "") == "look"

    def work() -> Response:
        error: Invalid | Conflicting | Refused | None = stale
        if error is None and not only_look:
            try:
                claims_of_reply(desk.case, reply_id, [_claim(typed, items)],
                                clearance=desk.settings.clearance, actor=desk.settings.actor)
                return RedirectResponse(f"/trace-replies/{reply_id}/read", 303)
            except (Invalid, Conflicting, Refused) as refused:
                error = refused
        with desk.reader().snapshot() as reader:
            this = reply_reading(reader, params, typed=typed, chosen=items, error=error)
            around = desk.around_of(reader, this)
        status = error.http_status if error is not None else 200
        return html(request, "reply_read.html", this.title, this, around, status)

    return await run_in_threadpool(work)


def _claim(typed: dict[str, str], items: list[str]) -> dict[str, Any]:
    given = {name: value.strip() for name, value in typed.items() if value.strip()}
    what = given.get("what", "transfer")
    found: dict[str, Any] = {
        "what": what, "items": [*items, *_apart(given.get("more_items", ""))],
        **{name: given.get(name) for name in ("from_party", "to_party", "lawful_status", "grade",
                                              "basis")},
    }
    if given.get("quantity") or given.get("unit"):
        found["quantity"] = {name: given[key] for name, key in (("value", "quantity"), ("unit", "unit"))
                             if given.get(key)}
    if what == "custody":
        return {**found, "custody_kind": given.get("kind"), "held_on": given.get("when")}
    return {**found, "transfer_kind": given.get("kind"), "happened_on": given.get("when"),
            **{name: given.get(name) for name in (
                "serials", "goods", "lot", "licence", "end_user_certificate")}}


async def put_state(request: Request) -> Response:
    """The request is moved to the state its replies speak for."""
    desk: Desk = desk_of(request)
    request_id = str(request.path_params["id"])
    await checked_form(request)
    await run_in_threadpool(lambda: take_up(
        desk.case, request_id, clearance=desk.settings.clearance, actor=desk.settings.actor))
    return RedirectResponse(f"/trace-requests/{request_id}", 303)


PAGES: tuple[Page, ...] = (
    Page("new_reply", "/trace-requests/{id}/reply", "A reply that came", new_reply_context,
         NewReplyContext, "reply_new.html", no_api=_BY_PERSON, parameters=(_ID,)),
    Page("reply_read", "/trace-replies/{id}/read", "Read a reply", reply_reading_context,
         ReplyReadingContext, "reply_read.html", api="/api/trace-replies/{id}/read",
         tag="trace desk", parameters=(_ID, Parameter("page", "A photograph of the letter"),
                                         Parameter("from", "The first page shown of a letter that is a PDF"))),
)
ACTS: tuple[Act, ...] = (
    Act("put_reply", "/trace-requests/{id}/reply", put_reply, ("POST",), _BY_PERSON),
    Act("put_claim", "/trace-replies/{id}/read", put_claim, ("POST",), _BY_PERSON),
    Act("take_up", "/trace-requests/{id}/take-up", put_state, ("POST",), _BY_PERSON),
)
