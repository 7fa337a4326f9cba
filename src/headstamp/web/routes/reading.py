"""Reading pages: ``/reading``, ``/markings/{id}/read``, ``/photographs/{id}/mark``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.markings.agreement import STATES
from headstamp.actions.markings.reading import (
    give_reading,
    mark_on_photograph,
    set_region,
    settle,
)
from headstamp.errors import Conflicting, HeadstampError, Invalid, Refused
from headstamp.store.reader import Reader
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, html
from headstamp.web.contexts.queue import QueueContext, queue_context
from headstamp.web.contexts.reading import ReadContext, read_context, reading_page
from headstamp.web.contexts.region import RegionContext, region_context, region_page
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.page import Context, Page, Parameter
from headstamp.web.routes.record import ID

Typed = Mapping[str, str]
Done = Callable[[Desk, str, Typed], str]
Again = Callable[[Reader, str, str, Typed, HeadstampError], Context]

_NO_API = "a form for people; programs record through the command line or an import"
_READER = Parameter("reader", "Who reads, where it is not the actor of the program")
_OFFSET = Parameter("offset", "Leave out so many first", {"type": "integer", "minimum": 0})


def _post(template: str, done: Done, again: Again) -> Endpoint:
    """An act that leads to a page, or shows the form again with all that is wrong."""

    async def endpoint(request: Request) -> Response:
        desk, record_id = desk_of(request), str(request.path_params["id"])
        stale: Refused | None = None
        try:
            data = await checked_form(request)
        except Refused as error:
            # Shown with the form, so that nothing typed is lost.
            data, stale = await request.form(), error
        # A browser sends every line end as two characters.
        typed = {name: value.replace("\r\n", "\n") for name, value in data.items()
                 if isinstance(value, str)}

        def work() -> Response:
            try:
                if stale is not None:
                    raise stale
                return RedirectResponse(done(desk, record_id, typed), 303)
            except (Invalid, Conflicting, Refused) as error:
                viewer = typed.get("reader", "").strip() or desk.settings.actor
                with desk.reader().snapshot() as reader:
                    this = again(reader, record_id, viewer, typed, error)
                    around = desk.around_of(reader, this)
                return html(request, template, "Not recorded", this, around, error.http_status)

        return await run_in_threadpool(work)

    return endpoint


def _read(desk: Desk, marking: str, typed: Typed) -> str:
    reader = typed.get("reader", "")
    give_reading(
        desk.case, marking, typed.get("text", ""), reader=reader, read_on=_today(),
        clearance=desk.settings.clearance, actor=desk.settings.actor,
        from_item=bool(typed.get("from_item")), certainty=typed.get("certainty", "").strip(),
        remark=typed.get("remark", ""),
    )
    return _page(desk, marking, reader)


def _settle(desk: Desk, marking: str, typed: Typed) -> str:
    raw = typed.get("expected", "")
    settle(
        desk.case, marking, typed.get("text", ""), state=typed.get("state", ""),
        expected=int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0,
        reason=typed.get("reason", ""), clearance=desk.settings.clearance,
        actor=desk.settings.actor,
    )
    return _page(desk, marking, typed.get("reader", ""))


def _mark(desk: Desk, photograph: str, typed: Typed) -> str:
    settings, reader = desk.settings, typed.get("reader", "")
    region = ", ".join(typed.get(name, "").strip() for name in ("x", "y", "width", "height"))
    known = typed.get("marking", "")
    if known:
        raw = typed.get("expected", "")
        set_region(
            desk.case, known, photograph, region,
            expected=int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0,
            clearance=settings.clearance, actor=settings.actor,
        )
        return _page(desk, known, reader)
    values = {name: typed[name] for name in ("item", "state", "marking_kind", "technique",
                                             "position", "text")
              if typed.get(name, "").strip()}
    made = mark_on_photograph(
        desk.case, photograph, {**values, "region": region}, reader=reader, read_on=_today(),
        clearance=settings.clearance, actor=settings.actor,
        certainty=typed.get("certainty", "").strip(),
    )
    return _page(desk, made.id, reader)


def _read_again(
    reader: Reader, marking: str, viewer: str, typed: Typed, error: HeadstampError
) -> Context:
    return reading_page(reader, marking, viewer, photograph=typed.get("photograph", ""),
                        typed=typed, error=error)


def _mark_again(
    reader: Reader, photograph: str, viewer: str, typed: Typed, error: HeadstampError
) -> Context:
    return region_page(reader, photograph, viewer, marking_id=typed.get("marking", ""),
                       typed=typed, error=error)


def _page(desk: Desk, marking: str, reader: str) -> str:
    """The reading page as this person sees it."""
    named = " ".join(reader.split())
    other = {"reader": named} if named and named != desk.settings.actor else {}
    return f"/markings/{marking}/read" + (f"?{urlencode(other)}" if other else "")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


PAGES: tuple[Page, ...] = (
    Page("queue", "/reading", "Reading", queue_context, QueueContext, "queue.html",
         api="/api/reading", tag="reading",
         parameters=(Parameter("state", "Read by one person, by two or more, by nobody",
                               {"enum": list(STATES)}), _READER, _OFFSET)),
    Page("read", "/markings/{id}/read", "Read a marking", read_context, ReadContext, "read.html",
         api="/api/markings/{id}/read", tag="reading",
         parameters=(ID, _READER, Parameter("photograph", "Which photograph to read from"))),
    Page("mark", "/photographs/{id}/mark", "Mark a part of the photograph", region_context,
         RegionContext, "mark.html", no_api=_NO_API,
         parameters=(ID, _READER, Parameter("marking", "The marking that is shown there"))),
)
ACTS: tuple[Act, ...] = (
    Act("give-reading", "/markings/{id}/read", _post("read.html", _read, _read_again), ("POST",),
        _NO_API),
    Act("settle", "/markings/{id}/settle", _post("read.html", _settle, _read_again), ("POST",),
        _NO_API),
    Act("mark-region", "/photographs/{id}/mark", _post("mark.html", _mark, _mark_again), ("POST",),
        _NO_API),
)
