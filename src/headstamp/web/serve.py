"""Serving the pages of a case, on this machine only unless told otherwise.

An encrypted case locks when nobody has been there for a while. Then this process is put away
and a new one takes its place on the same port, which holds no key and no page of the case:
that is the only way in which Python can be sure of it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Callable
from socket import gethostname

import uvicorn

from headstamp.actions.cases import open_case
from headstamp.actions.keeping.locking import locked_folder
from headstamp.actions.settings import Settings
from headstamp.errors import Unavailable
from headstamp.web.app import create_app
from headstamp.web.locking import Latch

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
LOCK_AFTER = 15.0
"""Minutes without anybody after which an encrypted case is locked."""
# Names the listening socket to the process that takes this one's place, locked.
_SOCKET = "HEADSTAMP_SERVE_SOCKET"
_GRACE_SECONDS = 3
# A connection that was taken on sends its request within so long; nobody waits longer for it.
_ASKED_SECONDS = 0.25


class _Server(uvicorn.Server):
    """Tells when it listens, and at which address (port 0 means any free one)."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[str], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._announce(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes on nobody more, answers who is there already, and only then closes.

        Who knocks from now on waits at the listening socket for whoever listens next. Without
        the pause, a connection taken on at this very moment would be reset unanswered.
        """
        loop = asyncio.get_running_loop()
        for listening in sockets or []:
            loop.remove_reader(listening.fileno())
        if sockets and not self.force_exit:
            await asyncio.sleep(_ASKED_SECONDS)
        await super().shutdown(sockets)


def serve(
    settings: Settings, host: str = "127.0.0.1", port: int = 8765,
    announce: Callable[[str], None] = print, lock_after: float = LOCK_AFTER,
) -> None:
    """Serves until stopped. ``announce`` is given the address once it answers.

    ``lock_after`` is in minutes, for an encrypted case; 0 means never. Raises Missing where
    there is no case, Unavailable where the port is taken.
    """
    # Other machines may call this one by its name.
    hosts = [host] if host in _LOOPBACK else [host, gethostname()]
    if locked_folder(settings.needed_case(), settings.folder) is not None:
        _serve_encrypted(settings, host, port, hosts, announce, lock_after)
        return
    app = create_app(settings, hosts=hosts)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
        proxy_headers=False,
    )
    try:
        _Server(config, announce).run()
    except SystemExit as stopped:
        raise _port_taken(host, port) from stopped


def _serve_encrypted(
    settings: Settings, host: str, port: int, hosts: list[str], announce: Callable[[str], None],
    lock_after: float,
) -> None:
    inherited = os.environ.pop(_SOCKET, "")
    case = None if inherited else open_case(settings.needed_case(), folder=settings.folder)
    if inherited:
        listening = socket.socket(fileno=int(inherited))
    else:
        try:
            listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host
                                             else socket.AF_INET, backlog=2048)
        except OSError as error:
            raise _port_taken(host, port) from error
    latch = Latch(settings, lock_after)
    app = create_app(settings, case=case, hosts=hosts, latch=latch, locked=case is None)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False,
                            proxy_headers=False, timeout_graceful_shutdown=_GRACE_SECONDS)
    server = _Server(config, (lambda address: None) if inherited else announce)
    # What the server tells of a fault may go into a file, and the words of a fault may be of the case.
    logging.getLogger("uvicorn.error").addFilter(_without_words)
    again = False

    def replace() -> None:
        nonlocal again
        again, server.should_exit = True, True

    latch.on_lock = replace
    kept = os.dup(listening.fileno())  # the server closes its own
    server.run(sockets=[listening])
    if again:
        os.set_inheritable(kept, True)
        os.environ[_SOCKET] = str(kept)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very program
    os.close(kept)


def _without_words(record: logging.LogRecord) -> bool:
    """Lets a line pass without the story of the fault; ``on_unforeseen`` says where it was."""
    record.exc_info = record.exc_text = None
    return True


def _port_taken(host: str, port: int) -> Unavailable:
    return Unavailable(
        f"nothing can be served at {host}:{port}; is the port taken? Give another with --port")
