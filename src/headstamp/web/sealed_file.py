"""An original of an encrypted case, sent in pieces: never as a whole in memory, also where a part is asked for."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from anyio.to_thread import run_sync
from starlette.responses import FileResponse

from headstamp.store.vault import Vault


class SealedFile(FileResponse):
    """As ``FileResponse``, with ranges; the bytes come from the vault's stream.

    ``path`` reads as the same file, where a version of starlette opens it in another way.
    """

    def __init__(
        self, vault: Vault, digest: str, path: Path, *, media_type: str, filename: str,
        headers: Mapping[str, str],
    ) -> None:
        told = vault.place(digest).stat()
        size = vault.size(digest)
        super().__init__(
            path, media_type=media_type, filename=filename, headers=headers,
            stat_result=os.stat_result((*told[:6], size, *told[7:10])),
        )
        self._vault = vault
        self._digest = digest

    @asynccontextmanager
    async def _open_file(self) -> AsyncIterator[anyio.AsyncFile[bytes]]:
        stream = anyio.wrap_file(await run_sync(self._vault.stream, self._digest))
        try:
            yield stream
        finally:
            with anyio.CancelScope(shield=True):
                await stream.aclose()
