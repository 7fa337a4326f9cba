"""Files and folders that must be on disk before something may name them.

To sync a file is to wait for the disk, and a disk joins what several wait for. So a few threads
wait while the next files are written, and each folder is synced once, however many names came
into it. Threads do nothing else: all that is written or renamed is done by the one who asks, in
the order that it asks.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from headstamp.store.disk import sync_file, sync_folder

_AT_ONCE = 8
_WAITING = 64
"""Files that are written and not yet known to be on disk: so few are lost to a kill."""


class Syncing:
    """What was written and is not yet durable. All of it is when ``finish`` returns.

    An error of the disk comes from ``file`` or ``finish``, as OSError; then nothing may be acknowledged.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_AT_ONCE, "syncing")
        self._files: deque[tuple[Future[None], Path, Path | None]] = deque()
        self._folders: set[Path] = set()

    def file(self, path: Path, name: Path | None = None) -> None:
        """Has a file synced; with ``name``, it takes that name when its bytes are on disk."""
        self._files.append((self._pool.submit(sync_file, path), path, name))
        if len(self._files) > _WAITING:
            self._settle()

    def folders(self, folder: Path, upto: Path) -> None:
        """Has a folder synced at the end, and those above it up to ``upto``."""
        while folder not in self._folders:
            self._folders.add(folder)
            if folder == upto:
                return
            folder = folder.parent

    def finish(self) -> None:
        """Waits until every file has its name and every name is on disk."""
        while self._files:
            self._settle()
        for done in [self._pool.submit(sync_folder, folder) for folder in sorted(self._folders)]:
            done.result()
        self._folders.clear()

    def _settle(self) -> None:
        done, path, name = self._files.popleft()
        done.result()
        if name is not None:
            path.replace(name)

    def __enter__(self) -> Syncing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Whoever goes on to work in these folders, or takes them away, is not to meet a thread in them.
        self._pool.shutdown(wait=True, cancel_futures=True)


def sync_names(folder: Path) -> None:
    """Makes all names in a large tree durable."""
    with Syncing() as syncing:
        for here, _, _ in os.walk(folder):
            syncing.folders(Path(here), folder)
        syncing.finish()
