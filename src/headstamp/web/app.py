"""The application: routes from the one table, errors mapped once, guarded from outside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from headstamp.actions.settings import Settings
from headstamp.errors import HeadstampError
from headstamp.store.case import Case
from headstamp.web.answer import api_endpoint, page_endpoint
from headstamp.web.desk import Desk
from headstamp.web.faults import on_headstamp_error, on_http_exception, on_unforeseen
from headstamp.web.guard import Guard
from headstamp.web.locking import Gate, Latch, watch
from headstamp.web.routes import ACTS, pages

STATIC = Path(__file__).parent / "static"


def create_app(
    settings: Settings, *, case: Case | None = None, hosts: Iterable[str] = (),
    latch: Latch | None = None, locked: bool = False,
) -> Starlette:
    """The application over one case, opened here and closed when the server stops.

    ``hosts`` are further host names it answers to (loopback names and plain
    addresses are always answered). ``latch`` is that of an encrypted case, which may begin
    ``locked``. Raises Missing where there is no case.
    """
    gates = [] if latch is None else [Middleware(Gate, latch=latch)]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        desk: Desk | None = app.state.desk
        # Beside the first answers: everything works before it is done, only slower.
        warming = None if desk is None else asyncio.create_task(run_in_threadpool(desk.warm))
        watching = None if latch is None else asyncio.create_task(watch(app, latch))
        yield
        if watching is not None:
            watching.cancel()
        if warming is not None:
            await warming
        left: Desk | None = app.state.desk
        if left is not None:
            left.close()

    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Guard, hosts=frozenset(h.lower() for h in hosts)), *gates],
        exception_handlers={
            HeadstampError: on_headstamp_error,
            HTTPException: on_http_exception,
            Exception: on_unforeseen,
        },
        lifespan=lifespan,
    )
    app.state.desk = None if locked else Desk(settings, case)
    app.state.pages = pages()
    return app


def _routes() -> list[BaseRoute]:
    found: list[BaseRoute] = [Mount("/static", StaticFiles(directory=STATIC), name="static")]
    found.extend(Route(act.path, act.endpoint, methods=list(act.methods), name=act.name)
                 for act in ACTS)
    for page in pages():
        if page.path:
            found.append(Route(page.path, page_endpoint(page), methods=["GET"], name=page.name))
        if page.api:
            found.append(Route(page.api, api_endpoint(page), methods=["GET"],
                               name=f"api:{page.name}"))
    return found
