"""``/photographs/{id}/machine``: have a photograph read by machine, and accept a proposal."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.markings.read_photograph import (
    accept,
    known_reading,
    proposal_of,
    read_photograph,
)
from headstamp.errors import Conflicting, Invalid, Problem
from headstamp.web.act import Act
from headstamp.web.answer import desk_of
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.machine import asked_part
from headstamp.web.guard import checked_form

_BY_PERSON = "an act of a person; programs use the command `headstamp read`"

# One at a time: each takes whole processors and gigabytes for some seconds.
_TURN = Lock()


async def begin(request: Request) -> Response:
    """The machines look at the photograph, or at a part of it."""
    desk, photograph = desk_of(request), str(request.path_params["id"])
    form = await checked_form(request)
    part = str(form.get("part", "")).strip()
    region = asked_part(part)

    def work() -> Response:
        with _TURN:
            read_photograph(desk.case, photograph, clearance=desk.settings.clearance, region=region)
        return RedirectResponse(_page(photograph, part), 303)

    return await run_in_threadpool(work)


async def take(request: Request) -> Response:
    """A person takes a proposal for right: only now something is recorded."""
    desk, photograph = desk_of(request), str(request.path_params["id"])
    form = await checked_form(request)
    typed = {name: str(value).replace("\r\n", "\n") for name, value in form.items()
             if isinstance(value, str)}

    def work() -> Response:
        settings = desk.settings
        looked_at = asked_part(typed.get("part", ""))
        reading = known_reading(desk.case, photograph, clearance=settings.clearance,
                                region=looked_at)
        if reading is None:
            raise Conflicting("what the machine said is no longer kept; have it read again")
        target = (typed.get("of", "") or typed.get("item", "")).strip()
        if not target:
            raise Invalid("this proposal cannot be accepted", [Problem(
                "say of which item it is a marking", "Choose or name one.", "item")])
        of = {"marking": target} if target.startswith("mark-") else {"item": target}
        done = accept(
            desk.case, photograph,
            proposal_of(reading, typed.get("text", ""), asked_part(typed.get("region", ""))),
            **of, seen=typed.get("seen", ""), read_on=datetime.now(UTC).date().isoformat(),
            clearance=settings.clearance, actor=settings.actor,
        )
        return RedirectResponse(record_path(done.marking), 303)

    return await run_in_threadpool(work)


def _page(photograph: str, part: str) -> str:
    asked = f"?{urlencode({'part': part})}" if part else ""
    return f"{record_path(photograph)}{asked}#machine"


ACTS: tuple[Act, ...] = (
    Act("read-by-machine", "/photographs/{id}/machine", begin, ("POST",), _BY_PERSON),
    Act("accept-proposal", "/photographs/{id}/accept", take, ("POST",), _BY_PERSON),
)
