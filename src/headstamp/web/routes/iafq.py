"""``/iafq``: the yearly tables on illicit arms, and their workbook as a file."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from headstamp.actions.measures.iafq import iafq_bytes, read_iafq
from headstamp.web.act import Act
from headstamp.web.answer import desk_of, params_of
from headstamp.web.contexts.iafq import IafqContext, iafq_context
from headstamp.web.page import Page, Parameter

_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def workbook(request: Request) -> Response:
    """The tables of a year as XLSX."""
    desk, params = desk_of(request), params_of(request)

    def work() -> Response:
        year = params.whole("year", 0, 1900, 2200)
        told = read_iafq(desk.case, year, clearance=desk.settings.clearance, country=params.text("country"))
        return Response(iafq_bytes(told), media_type=_MEDIA, headers={
            "content-disposition": f'attachment; filename="illicit-arms-{year}.xlsx"'})

    return await run_in_threadpool(work)


PAGES: tuple[Page, ...] = (
    Page(
        name="iafq", path="/iafq", api="/api/iafq", title="Yearly tables on illicit arms", context=iafq_context,
        returns=IafqContext, template="iafq.html", tag="search", parameters=(
            Parameter("year", "Of what was recovered in it; the latest there is without one", {"type": "integer"}),
            Parameter("country", "Only what was recovered there: a code of two letters")),
    ),
)
ACTS: tuple[Act, ...] = (
    Act("iafq_workbook", "/iafq.xlsx", workbook, ("GET",), "it is the file itself"),
)
