"""``/desk``: the board of trace requests, its calendar and its figures."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from headstamp.actions.desk.board import TraceDesk, desk_calendar, trace_desk
from headstamp.tracing.desk import chosen
from headstamp.web.act import Act
from headstamp.web.answer import desk_of, params_of
from headstamp.web.contexts.trace_desk import (
    FILTERS,
    DeskContext,
    StatisticsContext,
    desk_context,
    statistics_context,
)
from headstamp.web.page import Page, Parameter

_HELP = {"addressee": "Only requests to this party (its id)", "role": "Only those asked as this",
         "country": "Only those asked in this country", "officer": "Only those checked by this person"}


async def calendar_file(request: Request) -> Response:
    """What is due, as a calendar file."""
    desk, params = desk_of(request), params_of(request)

    def work() -> bytes:
        with desk.reader().snapshot() as reader:
            all_ = trace_desk(desk.case, reader)
        cards = chosen(all_.cards, **{name: params.text(name) for name in FILTERS})
        link = f"{request.url.scheme}://{request.url.netloc}"
        return desk_calendar(TraceDesk(all_.day, tuple(cards), ()), desk.case, link)

    content = await run_in_threadpool(work)
    return Response(content, media_type="text/calendar; charset=utf-8", headers={
        "content-disposition": 'attachment; filename="trace-desk.ics"'})


PAGES: tuple[Page, ...] = (
    Page("desk", "/desk", "Trace desk", desk_context, DeskContext, "trace_desk.html",
         api="/api/desk", tag="trace desk",
         parameters=tuple(Parameter(name, help_) for name, help_ in _HELP.items())),
    Page("desk_statistics", "/desk/statistics", "How the asked have answered", statistics_context,
         StatisticsContext, "desk_statistics.html", api="/api/desk/statistics", tag="trace desk"),
)
ACTS: tuple[Act, ...] = (
    Act("desk_calendar", "/desk.ics", calendar_file, ("GET",), "it is the file itself"),
)
