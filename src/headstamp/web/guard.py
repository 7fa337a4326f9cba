"""What every answer and every request must satisfy, whatever the page.

- The host asked for is this machine by name or by number: a foreign name that
  somebody pointed at 127.0.0.1 (DNS rebinding) is refused.
- What changes the case comes from our own pages: same origin, and a token that
  only a page we served knows.
- Nothing is loaded from anywhere else, nothing runs that is not in our files.
"""

from __future__ import annotations

import hmac
import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headstamp.errors import Refused
from headstamp.web.answer import SESSION, desk_of

POLICY = "; ".join((
    "default-src 'self'", "img-src 'self' data:", "worker-src 'self' blob:", "object-src 'none'",
    "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
))
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # Not "no-referrer": browsers then send our own forms with the origin "null".
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OF_A_FILE = frozenset({200, 206, 304})


_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::[0-9]{1,5})?")


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets; empty where it is malformed.

    >>> host_name("[::1]:8765"), host_name("LocalHost:1"), host_name("a b")
    ('::1', 'localhost', '')
    """
    found = _HOST.fullmatch(header.lower())
    return (found[1] or found[2].rstrip(".")) if found else ""


def is_own(name: str, hosts: frozenset[str]) -> bool:
    """Whether a host name is this program's. A number cannot be rebound, so any number is."""
    if name == "localhost" or name in hosts:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
                if not scope["path"].startswith("/static/") or message["status"] not in _OF_A_FILE:
                    # Evidence does not stay behind in a browser's cache; a page that says that there
                    # is no such file has the case's cautions on it as well.
                    out.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope["method"], headers)
        if refusal:
            await PlainTextResponse(refusal + "\n", 403)(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers) -> str:
        host = headers.get("host", "")
        if not is_own(host_name(host), self.hosts):
            return "This program does not answer to that host name."
        if method in _SAFE:
            return ""
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return "This came from another site's page and is not done."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return "This came from another origin and is not done."
        return ""


async def checked_form(request: Request) -> FormData:
    """The form sent, its token checked. Raises Refused where we did not serve that form."""
    form = await request.form(max_files=20, max_fields=5000, max_part_size=2**22)
    session = request.cookies.get(SESSION, "")
    given = form.get("token")
    wanted = desk_of(request).token(session)
    if not session or not isinstance(given, str) or not hmac.compare_digest(given, wanted):
        raise Refused(
            "this form was not served by this program as it now runs, or its cookie is gone; "
            "go back, reload the form and send it again"
        )
    return form
