"""Asking a time-stamping authority over HTTP (RFC 3161, section 3.4), and nothing but that.

One request is posted, one answer is read: to the address that was named and to no other,
no redirect is followed, no cookie or name of a program is sent, no proxy of the machine is
used. The answer has a largest size and a last moment, however slowly it comes; what it
holds is for ``time_stamp`` to judge.
"""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from headstamp.errors import Unavailable
from headstamp.exchange.time_stamp import MOST_BYTES

LIMIT_SECONDS = 30.0
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


def ask(url: str, request: bytes, *, seconds: float = LIMIT_SECONDS) -> bytes:
    """The bytes that an authority answers. Raises Unavailable, with why, where it does not.

    ``url`` as ``authority.Authority`` takes it.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    made = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = made(host, parts.port, timeout=seconds)
    watch = _Watch(seconds)
    try:
        with watch:
            connection.sock = _line(host, connection.port, parts.scheme == "https", seconds, watch)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, request, {"Content-Type": _QUERY, "Accept": _REPLY})
            answer = connection.getresponse()
            if 300 <= answer.status < 400:
                raise Unavailable(f"{host} sends us elsewhere (to {_shown(answer.getheader('Location'))}); "
                                  "if that is right, name that address instead")
            if answer.status != 200:
                raise Unavailable(f"{host} answers {answer.status} {_shown(answer.reason)}")
            kind = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
            if kind != _REPLY:
                raise Unavailable(f"{host} does not answer with a time stamp but with "
                                  f"{_shown(kind) or 'something unnamed'}: is there a log-in page between?")
            told = answer.length
            data = answer.read(MOST_BYTES + 1)
    except (OSError, HTTPException, ValueError) as error:
        if watch.over:
            raise Unavailable(f"{host} did not answer within {seconds:g} seconds") from error
        raise Unavailable(f"{host} cannot be asked: {_words(error)}") from error
    finally:
        connection.close()
    # A connection that we cut looks like an answer that has ended.
    if watch.over:
        raise Unavailable(f"{host} did not answer within {seconds:g} seconds")
    if told is not None and len(data) < min(told, MOST_BYTES):
        raise Unavailable(f"{host} cannot be asked: its answer was cut off")
    if len(data) > MOST_BYTES:
        raise Unavailable(f"the answer of {host} has more than {MOST_BYTES} bytes: that is no time stamp")
    return data


class _Watch:
    """Cuts the line when its time is over.

    A time limit on each read is none on many: one who sends a byte now and then is cut off.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True
        self.line: socket.socket | None = None
        self.over = False

    def _cut(self) -> None:
        self.over = True
        if self.line is not None:
            try:
                # Below TLS: its state belongs to the thread that reads.
                socket.socket.shutdown(self.line, socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()


def _line(host: str, port: int, secret: bool, seconds: float, watch: _Watch) -> socket.socket:
    """A connection to the host, under watch from its start; with TLS where it is ``secret``."""
    line = socket.create_connection((host, port), timeout=seconds)
    watch.line = line
    if not secret:
        return line
    context = ssl.create_default_context()
    inner = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
    watch.line = inner
    inner.do_handshake()
    return inner


def _words(error: Exception) -> str:
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _shown(told) or type(error).__name__


def _shown(text: str | None) -> str:
    """A stranger's words, short and on one line."""
    return "".join(c if c.isprintable() else " " for c in text or "")[:120]
