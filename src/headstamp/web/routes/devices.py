"""``/exchange/devices``: another device put on file by its card; marked as lost, retired or trusted again."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.exchange.devices import add_device, mark_lost, peers, retire, trust
from headstamp.errors import Conflicting, Invalid, Problem, Refused, Unreadable
from headstamp.exchange.card import Card
from headstamp.kinds.tier import RANK
from headstamp.web.act import Act
from headstamp.web.answer import desk_of, html
from headstamp.web.contexts.exchange import exchange_context
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.page import Params

_BY_PERSON = "a form for people; programs use the command line (headstamp device)"
_CARD_BYTES_MAX = 8192
_TRUSTED: Final = RANK["restricted"]
"""Devices are records of this tier. What a device of headquarters says erases records here."""


async def add(request: Request) -> Response:
    """The card of another device, typed or sent as a file, is put on file."""
    desk = desk_of(request)
    form = await checked_form(request)
    given = {name: str(form.get(name, "")).strip() for name in ("card", "title", "role", "holder")}
    sent = form.get("file")
    file = await sent.read(_CARD_BYTES_MAX) if isinstance(sent, UploadFile) and sent.filename else b""
    await form.close()

    def work() -> Response:
        try:
            _add(desk, {**given, "card": given["card"] or _text(file)})
        except (Invalid, Conflicting, Unreadable) as error:
            # Back on the form, with what was typed: only the card was wrong.
            with desk.reader().snapshot() as reader:
                this = exchange_context(reader, Params(desk.case))
                around = desk.around_of(reader, this)
            return html(request, "exchange.html", "Not put on file", this, around, error.http_status,
                        given=given, refused=error)
        return RedirectResponse("/exchange#devices", 303)

    return await run_in_threadpool(work)


def _add(desk: Desk, given: dict[str, str]) -> None:
    if RANK[desk.settings.clearance] < _TRUSTED:
        raise Refused("whom to trust is not decided by who is not shown the devices: it takes the clearance restricted")
    missing = [Problem(rule, field=name) for name, rule in (
        ("card", "its card is needed: paste its text, or choose the file"),
        ("title", "say what people call it")) if not given[name]]
    if missing:
        raise Invalid("this device cannot be put on file", missing)
    card = Card.parse(given["card"])
    _refuse_other_seals(desk, card)
    add_device(desk.case, key=card.key, title=given["title"], role=given["role"] or "field",
               holder=given["holder"], seal_to=card.seal_to, actor=desk.settings.actor,
               reason="its card was handed over")


def _refuse_other_seals(desk: Desk, card: Card) -> None:
    """All records go into what is packed: who may not see them does not choose who opens it."""
    known = {key for peer in peers(desk.case) if peer.verifier.text() == card.key for key in peer.seal_to}
    if RANK[desk.settings.clearance] < RANK["sealed"] and known != set(card.seal_to):
        raise Refused(
            "by this card, bundles would be sealed to other keys than before: whoever has one of them reads all that "
            "is packed. Put it on file where all may be seen: on the command line of this machine (headstamp device "
            "add), or on pages at the clearance sealed")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Unreadable("this file is not the card of a device") from None


async def restate(request: Request) -> Response:
    """A device is marked as lost, as no longer used, or as trusted again."""
    desk, device = desk_of(request), str(request.path_params["id"])
    form = await checked_form(request)
    do, reason = str(form.get("do", "")), str(form.get("reason", "")).strip()
    acts = {"lost": mark_lost, "retire": retire, "trust": trust}
    if do not in acts:
        raise Invalid("it is not said what the device is to be marked as")

    def work() -> None:
        desk.reader().get(device)  # who may not see it decides nothing about it
        acts[do](desk.case, device, actor=desk.settings.actor, reason=reason)

    await run_in_threadpool(work)
    return RedirectResponse("/exchange#devices", 303)


ACTS: tuple[Act, ...] = (
    Act("add-device", "/exchange/devices", add, ("POST",), _BY_PERSON),
    Act("restate-device", "/exchange/devices/{id}", restate, ("POST",), _BY_PERSON),
)
