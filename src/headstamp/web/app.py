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
from headstamp.web.routes import ACTS, pages

STATIC = Path(__file__).parent / "static"


def create_app(
    settings: Settings, *, case: Case | None = None, hosts: Iterable[str] = ()
) -> Starlette:
    """The application over one case, opened here and closed when the server stops.

    ``hosts`` are further host names it answers to (loopback names and plain
    addresses are always answered). Raises Missing where there is no case.
    """
    desk = Desk(settings, case)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # Beside the first answers: everything works before it is done, only slower.
        warming = asyncio.create_task(run_in_threadpool(desk.warm))
        yield
        await warming
        desk.close()

    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Guard, hosts=frozenset(h.lower() for h in hosts))],
        exception_handlers={
            HeadstampError: on_headstamp_error,
            HTTPException: on_http_exception,
            Exception: on_unforeseen,
        },
        lifespan=lifespan,
    )
    app.state.desk = desk
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
