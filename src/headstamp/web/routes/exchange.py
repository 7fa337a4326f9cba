"""``/exchange`` and ``/conflicts``: bundles to and from other devices, and what contradicts itself."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from headstamp.actions.exchange.aside import leave
from headstamp.actions.exchange.devices import peer_named
from headstamp.actions.exchange.pack import SEALED_SUFFIX
from headstamp.actions.exchange.settling import chosen_values, rivals, settle
from headstamp.errors import Conflicting, Invalid, Missing, Problem, Unreadable
from headstamp.exchange.keys import SealKey, read_keys
from headstamp.web.act import Act
from headstamp.web.answer import desk_of
from headstamp.web.contexts.conflicts import (
    ConflictContext,
    ConflictsContext,
    conflict_context,
    conflicts_context,
)
from headstamp.web.contexts.exchange import ExchangeContext, exchange_context, packed_file
from headstamp.web.contexts.facts import record_path
from headstamp.web.exchanging import packing, refuse_unless_carried, releasing, taking
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.working import limited
from headstamp.web.uploads import keep, most_bytes

_BY_PERSON = "a form for people; programs use the command line"
_CHOICE = "choice-"
_KEY_BYTES_MAX = 1 << 16


async def begin_packing(request: Request) -> Response:
    """What is new for a device is packed."""
    desk = desk_of(request)
    form = await checked_form(request)
    device = str(form.get("device", ""))

    def work() -> str:
        title = desk.reader().get(device).label  # who may not see it packs nothing for it
        refuse_unless_carried(desk.settings.clearance, bool(peer_named(desk.case, device).seal_to))
        return title

    title = await run_in_threadpool(work)
    job = desk.jobs.start("packing", f"Bundle for {title}", packing(
        desk.case, device, actor=desk.settings.actor, everything=form.get("everything") == "1"))
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def begin_taking(request: Request) -> Response:
    """Bundles and receipts come in and are taken at once."""
    desk = desk_of(request)
    form = await checked_form(limited(request, most_bytes(desk.case)))
    try:
        keys = await _keys(form)
        files = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
        kept = await run_in_threadpool(
            keep, desk.case, [(one.filename or "", one.file) for one in files])
    finally:
        await form.close()
    job = desk.jobs.start("taking", "Taking in of " + ", ".join(kept.names[:3]),
                          taking(desk.case, kept, keys, actor=desk.settings.actor))
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def _keys(form: FormData) -> list[SealKey]:
    """The secret keys that were sent: read in memory, kept nowhere."""
    sent = form.get("key")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return []
    try:
        return read_keys((await sent.read(_KEY_BYTES_MAX)).decode("utf-8"))
    except UnicodeDecodeError:
        raise Unreadable("this is no file of secret keys") from None


async def decide(request: Request) -> Response:
    """A bundle that was put aside is taken in after all, or left."""
    desk, bundle = desk_of(request), str(request.path_params["id"])
    form = await checked_form(request)
    keys = await _keys(form)
    await form.close()
    reason, actor = str(form.get("reason", "")), desk.settings.actor
    await run_in_threadpool(desk.reader().get, bundle)
    if form.get("do") == "leave":
        await run_in_threadpool(lambda: leave(desk.case, bundle, actor=actor, reason=reason))
        return RedirectResponse("/exchange", 303)
    if form.get("do") != "release":
        raise Invalid("it is not said what to do with the bundle")
    job = desk.jobs.start("taking", "Taking in of a bundle that was put aside",
                          releasing(desk.case, bundle, keys, actor=actor, reason=reason))
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def bundle_file(request: Request) -> Response:
    """A bundle that a page packed, while it lies here."""
    desk = desk_of(request)
    shown = await run_in_threadpool(desk.reader().get, str(request.path_params["id"]))
    path = packed_file(desk.case, shown.get("file_name") or "") if shown.kind == "bundle" else None
    if path is None:
        raise Missing("this bundle is not here any more; pack again")
    refuse_unless_carried(desk.settings.clearance, path.name.endswith(SEALED_SUFFIX))
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


async def receipt_file(request: Request) -> Response:
    """Our receipt of a bundle that was taken in here, to go back to the sender."""
    desk, id_ = desk_of(request), str(request.path_params["id"])
    shown = await run_in_threadpool(desk.reader().get, id_)
    receipt = shown.get("receipt") if shown.kind == "bundle" else None
    if not receipt:
        raise Missing("there is no receipt of that")
    return Response(receipt, media_type="text/plain; charset=utf-8", headers={
        "content-disposition": f'attachment; filename="{id_}.receipt"'})


async def settle_conflict(request: Request) -> Response:
    """A person says for each field which version holds."""
    desk, record_id = desk_of(request), str(request.path_params["id"])
    form = await checked_form(request)
    reason = str(form.get("reason", "")).strip()
    if not reason:
        raise Invalid("why is not said", [Problem("a reason is needed", field="reason")])
    version, names = _count(form, "version"), [str(one) for one in form.getlist("names")]
    chosen = {key.removeprefix(_CHOICE): _count(form, key) for key in form if key.startswith(_CHOICE)}

    def work() -> None:
        clearance = desk.settings.clearance
        current, some = rivals(desk.case, record_id, clearance)
        if [one.name for one in some] != names or not names or current.version != version:
            raise Conflicting(f"{record_id} is not as you saw it any more. Look again, then decide.")
        settle(desk.case, record_id, chosen_values(current, some, chosen), names=names, expected=version,
               clearance=clearance, actor=desk.settings.actor, reason=reason)

    await run_in_threadpool(work)
    return RedirectResponse(record_path(record_id), 303)


def _count(form: FormData, name: str) -> int:
    text = str(form.get(name, ""))
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid(f"{name} cannot be used", [Problem("not a whole number", field=name, value=text)])
    return int(text)


PAGES: tuple[Page, ...] = (
    Page("exchange", "/exchange", "Exchange with other devices", exchange_context, ExchangeContext,
         "exchange.html", api="/api/exchange"),
    Page("conflicts", "/conflicts", "Contradictions", conflicts_context, ConflictsContext,
         "conflicts.html", api="/api/conflicts"),
    Page("conflict", "/conflicts/{id}", "Contradiction", conflict_context, ConflictContext,
         "conflict.html", api="/api/conflicts/{id}", parameters=(Parameter("id", "A record's id"),)),
)
ACTS: tuple[Act, ...] = (
    Act("begin-packing", "/exchange/pack", begin_packing, ("POST",), _BY_PERSON),
    Act("begin-taking", "/exchange/take", begin_taking, ("POST",), _BY_PERSON),
    Act("decide-aside", "/exchange/aside/{id}", decide, ("POST",), _BY_PERSON),
    Act("bundle-file", "/exchange/bundles/{id}", bundle_file, ("GET",), "it is the file itself"),
    Act("receipt-file", "/exchange/bundles/{id}/receipt", receipt_file, ("GET",), "it is the file itself"),
    Act("settle-conflict", "/conflicts/{id}", settle_conflict, ("POST",), _BY_PERSON),
)
