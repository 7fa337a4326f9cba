"""``/custody/{id}``: the timeline of a thing; the receipt of an act; files made from others."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.evidence.derive import derive
from headstamp.actions.evidence.receipt import receipt_of, receipt_pdf
from headstamp.errors import Missing
from headstamp.publish.receipt import LANGUAGES
from headstamp.records import BY_NAME, RecordType
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, params_of
from headstamp.web.contexts.custody import (
    CustodyContext,
    CustodyRecordContext,
    custody_context,
    custody_record_context,
)
from headstamp.web.contexts.facts import record_path
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.record import record_page
from headstamp.web.routes.working import limited
from headstamp.web.uploads import keep, let_go, most_bytes


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


def derived(kind: RecordType) -> Endpoint:
    """A working copy, or a file made from the original, is recorded from the page of its parent."""

    async def endpoint(request: Request) -> Response:
        desk, parent = desk_of(request), str(request.path_params["id"])
        if not parent.startswith(kind.prefix + "-"):
            raise Missing(f"there is no {kind.title} {parent}")
        form = await checked_form(limited(request, most_bytes(desk.case)))
        sent = form.get("file")
        file = sent if isinstance(sent, UploadFile) and sent.filename else None
        what, tool = (str(form.get(name, "")).strip() for name in ("what", "tool"))

        def work() -> str:
            settings = desk.settings
            kept = keep(desk.case, [(file.filename or "", file.file)]) if file else None
            try:
                path = next(iter((*kept.photographs, *kept.tables))) if kept else None
                return derive(desk.case, parent, path, what=what, tool=tool, actor=settings.actor,
                              clearance=settings.clearance).id
            finally:
                if kept is not None:
                    let_go(desk.case, kept.id)

        try:
            made = await run_in_threadpool(work)
        finally:
            await form.close()
        return RedirectResponse(record_path(made), 303)

    return endpoint


PAGES: tuple[Page, ...] = (
    Page("custody", "/custody/{id}", "Custody", custody_context, CustodyContext, "custody.html",
         api="/api/custody/{id}", parameters=(Parameter("id", "An item's or document's id"),)),
    record_page(BY_NAME["custody"], custody_record_context, CustodyRecordContext,
                "custody_record.html"),
)
ACTS: tuple[Act, ...] = (
    Act("receipt", "/custodies/{id}/receipt.pdf", receipt, ("GET",), "it is the file itself"),
    *(Act(f"derive:{kind.slug}", f"/{kind.slug}/{{id}}/derive", derived(kind), ("POST",),
          "a form for people; programs use the command line (headstamp derive)")
      for kind in (BY_NAME["photograph"], BY_NAME["document"])),
)
