"""The lock of a served encrypted case: after a while without anybody, and by hand.

While it is locked there is no open case in the program, and every address answers with one
page that asks for the passphrase. ``Gate`` stands before all pages and files; it is not there
at all for a plain case.

What is in a process's memory cannot be cleared from within Python for certain. So the server,
when it locks, puts a new process in its own place (``serve``), which has never seen a key.
Here, the case is closed and the keys are forgotten first, as far as that goes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from headstamp.actions.keeping.locking import open_locked
from headstamp.errors import HeadstampError, Refused
from headstamp.web.answer import JSON
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.templating import render

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from headstamp.actions.settings import Settings

logger = logging.getLogger("headstamp.web")

UNLOCK, LOCK = "/unlock", "/lock"
_LOOK_SECONDS = 5.0
_WAIT_SECONDS = 1.0


@dataclass
class Latch:
    """When a served case locks, and what happens then."""

    settings: Settings
    minutes: float
    on_lock: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.monotonic
    last: float = field(default=0.0)
    trying: Lock = field(default_factory=Lock)

    def touched(self) -> None:
        """Somebody is here."""
        self.last = self.clock()

    def due(self) -> bool:
        """Whether nobody has been here for so long that the case should be locked."""
        return self.minutes > 0 and self.clock() - self.last >= self.minutes * 60


def lock(app: Starlette, latch: Latch) -> None:
    """Closes the case and forgets its keys."""
    desk: Desk | None = app.state.desk
    app.state.desk = None
    if desk is not None:
        keys = desk.case.keys
        desk.close()
        if keys is not None:
            keys.forget()
    latch.on_lock()


async def watch(app: Starlette, latch: Latch) -> None:
    """Locks when it is due; a job that runs is somebody being here."""
    latch.touched()
    while latch.minutes > 0:
        await asyncio.sleep(min(_LOOK_SECONDS, latch.minutes * 15))
        desk: Desk | None = app.state.desk
        if desk is None:
            continue
        if desk.jobs.running():
            latch.touched()
        elif latch.due():
            await run_in_threadpool(lock, app, latch)


class Gate:
    """Lets nothing through to the pages while the case is locked."""

    def __init__(self, app: ASGIApp, latch: Latch) -> None:
        self.app = app
        self.latch = latch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith("/static/"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        desk: Desk | None = request.app.state.desk
        if path == UNLOCK and request.method == "POST" and desk is None:
            await (await self._unlock(request))(scope, receive, send)
        elif desk is None:
            await _locked(request)(scope, receive, send)
        elif path == LOCK and request.method == "POST":
            await (await self._lock(request))(scope, receive, send)
        elif path == UNLOCK:
            await RedirectResponse("/", 303)(scope, receive, send)
        else:
            self.latch.touched()
            await self.app(scope, receive, send)

    async def _unlock(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5, max_part_size=2**14)
        passphrase, back = str(form.get("passphrase", "")), _own_path(str(form.get("next", "")))
        try:
            desk = await run_in_threadpool(self._opened, passphrase)
        except HeadstampError as error:
            return _page(back, error, error.http_status)
        if request.app.state.desk is None:
            request.app.state.desk = desk
            Thread(target=desk.warm, name="warm", daemon=True).start()
        else:
            desk.close()  # somebody else was faster
        self.latch.touched()
        return RedirectResponse(back, 303)

    def _opened(self, passphrase: str) -> Desk:
        settings = self.latch.settings
        # One guess at a time, and a wrong one costs a second more.
        with self.latch.trying:
            try:
                case = open_locked(settings.needed_case(), passphrase, folder=settings.folder)
            except Refused:
                time.sleep(_WAIT_SECONDS)
                raise
        return Desk(settings, case)

    async def _lock(self, request: Request) -> Response:
        try:
            await checked_form(request)
        except Refused as error:
            return _page("/", error, error.http_status)
        await run_in_threadpool(lock, request.app, self.latch)
        return RedirectResponse("/", 303)


def _locked(request: Request) -> Response:
    if request.url.path.startswith("/api/"):
        return JSON({"error": "locked", "message": "the case is locked", "problems": []}, 423)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return _page(asked if request.method == "GET" else "/", None, 423)


def _page(back: str, error: HeadstampError | None, status: int) -> Response:
    return HTMLResponse(render("locked.html", back=back, error=error), status)


def _own_path(path: str) -> str:
    """A path on this server; anything else becomes the first page.

    >>> _own_path("/items?make=x"), _own_path("//evil.example/"), _own_path("https://evil.example/")
    ('/items?make=x', '/', '/')
    """
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    return quote(parts.path) + (f"?{parts.query}" if parts.query else "")
