"""From a request to a page or its JSON twin: the one place where contexts are asked for."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from headstamp.web import limited
from headstamp.web.desk import Around, Desk
from headstamp.web.page import LIMITS, Context, Page, Params
from headstamp.web.templating import render

Endpoint = Callable[[Request], Awaitable[Response]]
SESSION = "headstamp"


class JSON(Response):
    """A JSON answer."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)


def desk_of(request: Request) -> Desk:
    """What the program holds."""
    desk: Desk = request.app.state.desk
    return desk


def params_of(request: Request, page: Page | None = None) -> Params:
    """What was asked, as plain values."""
    fixed = dict(page.fixed) if page is not None else {}
    path = {name: str(value) for name, value in request.path_params.items()}
    query = tuple(request.query_params.multi_items())
    desk = desk_of(request)
    return Params(desk.case, {**fixed, **path}, query, desk.jobs, desk.settings.actor)


def ask(desk: Desk, page: Page, params: Params) -> tuple[Context, Around]:
    """The context of a page over one unchanging state of the case."""
    with desk.reader().snapshot() as reader:
        context = page.context(reader, params)
        return context, desk.around_of(reader, context)


def session_of(request: Request) -> tuple[str, bool]:
    """The browser's session for form tokens, and whether it is new."""
    known = request.cookies.get(SESSION, "")
    if len(known) == 32 and known.isalnum():
        return known, False
    return secrets.token_hex(16), True


def html(
    request: Request, template: str, title: str, this: Any, around: Around, status: int = 200,
    **more: Any,
) -> Response:
    """A page made of a template and a context, with the session for its forms."""
    session, new = session_of(request)
    making = limited.on_this_page(around.limits)
    try:
        text = render(
            template, title=title, tab=_tab(request, title, around), this=this, around=around, token=desk_of(request).token(session),
            path=request.url.path, asked=request.query_params.get("q", ""), **more,
        )
    finally:
        limited.done(making)
    response = HTMLResponse(text, status)
    if new:
        response.set_cookie(SESSION, session, httponly=True, samesite="strict")
    return response


def _tab(request: Request, title: str, around: Around) -> str:
    """What the browser's tab says, and its history keeps on the disk.

    Of an encrypted case the sort of page, never the name of a record; the page's own heading has that.
    """
    path = str(getattr(request.scope.get("route"), "path", ""))
    if not around.lockable or not path:
        return title
    words = [word.replace("-", " ") for word in path.split("/") if word and "{" not in word]
    return ": ".join(words).capitalize() or "Overview"


def page_endpoint(page: Page) -> Endpoint:
    """Answers with the HTML page."""

    async def endpoint(request: Request) -> Response:
        def work() -> Response:
            this, around = ask(desk_of(request), page, params_of(request, page))
            title = getattr(this, "title", "") or page.title
            return html(request, page.template, title, this, around)

        return await run_in_threadpool(work)

    return endpoint


def api_endpoint(page: Page) -> Endpoint:
    """Answers with the same context as JSON."""

    async def endpoint(request: Request) -> Response:
        def work() -> Response:
            this, around = ask(desk_of(request), page, params_of(request, page))
            told = this.as_dict()
            if around.limits.by_id:  # they follow what they bind, into every answer
                told[LIMITS] = {id_: [limit.as_dict() for limit in some]
                                for id_, some in sorted(around.limits.by_id.items())}
            return JSON(told)

        return await run_in_threadpool(work)

    return endpoint
