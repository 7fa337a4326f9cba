"""Errors, mapped once: each of ours to its status and a page (or JSON) with all its problems.

What we did not foresee becomes a plain 500 without a trace of the program;
the trace goes to the program's own log.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from traceback import extract_tb
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from headstamp.errors import HeadstampError
from headstamp.web.answer import JSON, desk_of, html
from headstamp.web.guard import HEADERS

_TITLES = {422: "Not accepted"}  # else the words of HTTP, which are plain enough

logger = logging.getLogger("headstamp.web")


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _told(request: Request, status: int, error: HeadstampError) -> Response:
    if request.app.state.desk is None:
        # Locked, perhaps while this was asked: what there is to tell may be of the case.
        return PlainTextResponse("The case is locked.\n" if status >= 500 else f"{status}\n", status)
    if _wants_json(request):
        return JSON(error.as_dict(), status)
    # Only the class's own first paragraph is advice; the base class has none for readers.
    doc = (type(error).__doc__ or "").strip() if type(error) is not HeadstampError else ""
    return html(
        request, "error.html", _TITLES.get(status) or HTTPStatus(status).phrase, error,
        desk_of(request).last_around(), status, advice=doc, back=_back(request),
    )


def _back(request: Request) -> str:
    """The page of ours that led here, as the browser says; empty where there is none."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.url.netloc or came.path == request.url.path:
        return ""
    path = came.path if came.path.startswith("/") and not came.path.startswith("//") else ""
    return f"{path}?{came.query}" if path and came.query else path


async def on_headstamp_error(request: Request, error: Exception) -> Response:
    """One of our errors."""
    assert isinstance(error, HeadstampError)
    desk = request.app.state.desk
    if error.http_status >= 500 and desk is not None and not desk.case.working.sealed:
        logger.error("%s %s: %s", request.method, request.url.path, error)
    return _told(request, error.http_status, error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """There is no such address, or it does not take that method."""
    assert isinstance(error, HTTPException)
    words = {404: "there is no page at this address",
             405: "this address does not take that kind of request"}
    said = HeadstampError(words.get(error.status_code, HTTPStatus(error.status_code).phrase.lower()))
    said.code = {404: "missing"}.get(error.status_code, "refused")
    response = _told(request, error.status_code, said)
    response.headers.update(error.headers or {})
    return response


async def on_unforeseen(request: Request, error: Exception) -> Response:
    """A fault of this program."""
    if request.app.state.desk is None:
        return PlainTextResponse("The program met a fault of its own.\n", 500, HEADERS)
    if desk_of(request).case.working.sealed:
        # Where the program tells its faults may be a file: what a fault says may be of the case.
        where = "; ".join(f"{one.name} {one.lineno}" for one in extract_tb(error.__traceback__)[-6:])
        logger.error("fault %s in %s", type(error).__name__, where)
    else:
        logger.error("fault at %s %s", request.method, request.url.path, exc_info=error)
    said = HeadstampError(
        "the program met a fault of its own; nothing was written. "
        "The details stand in the window where it runs"
    )
    response = _told(request, 500, said)
    response.headers.update({**HEADERS, "cache-control": "no-store"})  # made outside the guard
    return response
