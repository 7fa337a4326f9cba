"""Serving the pages of a case, on this machine only unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from socket import gethostname

import uvicorn

from headstamp.actions.settings import Settings
from headstamp.errors import Unavailable
from headstamp.web.app import create_app

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


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


def serve(
    settings: Settings, host: str = "127.0.0.1", port: int = 8765,
    announce: Callable[[str], None] = print,
) -> None:
    """Serves until stopped. ``announce`` is given the address once it answers.

    Raises Missing where there is no case, Unavailable where the port is taken.
    """
    # Other machines may call this one by its name.
    app = create_app(settings, hosts=[host] if host in _LOOPBACK else [host, gethostname()])
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
        proxy_headers=False,
    )
    try:
        _Server(config, announce).run()
    except SystemExit as stopped:
        raise Unavailable(
            f"nothing can be served at {host}:{port}; is the port taken? Give another with --port"
        ) from stopped
