"""``/custody/{id}``: the timeline of a thing; and the receipt of one act as a file."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from headstamp.actions.receipt import receipt_of, receipt_pdf
from headstamp.publish.receipt import LANGUAGES
from headstamp.records import BY_NAME
from headstamp.web.act import Act
from headstamp.web.answer import desk_of, params_of
from headstamp.web.contexts.custody import (
    CustodyContext,
    CustodyRecordContext,
    custody_context,
    custody_record_context,
)
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.record import record_page


async def receipt(request: Request) -> Response:
    """The receipt of an act of custody as PDF."""
    desk, record_id = desk_of(request), str(request.path_params["id"])
    language = params_of(request).choice("language", LANGUAGES)

    def work() -> bytes:
        made = receipt_of(desk.case, record_id, clearance=desk.settings.clearance, language=language)
        return receipt_pdf(made)

    content = await run_in_threadpool(work)
    return Response(content, media_type="application/pdf", headers={
        "content-disposition": f'attachment; filename="receipt-{record_id}.pdf"'})


PAGES: tuple[Page, ...] = (
    Page("custody", "/custody/{id}", "Custody", custody_context, CustodyContext, "custody.html",
         api="/api/custody/{id}", parameters=(Parameter("id", "An item's or document's id"),)),
    record_page(BY_NAME["custody"], custody_record_context, CustodyRecordContext,
                "custody_record.html"),
)
ACTS: tuple[Act, ...] = (
    Act("receipt", "/custodies/{id}/receipt.pdf", receipt, ("GET",), "it is the file itself"),
)
