"""A file that is in memory only, under a path that any library can open.

Libraries for pictures, workbooks and indexes want a path. In an encrypted case what they
read may not lie on a disk, so it is put into an anonymous memory file (memfd, Linux): it has
a path under /proc while somebody holds it, no name in any folder, and is gone with the
last who holds it, also when the process is killed.

The path tells the file's own name (``path.name``), for people and for endings, and opens
as the memory file; it is filled when it is first opened.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PosixPath
from threading import Lock
from typing import Any, BinaryIO

from headstamp.errors import Unavailable

Fill = Callable[[BinaryIO], object]


class _Held:
    """The memory file behind a path, made when it is asked for; closed with the path."""

    def __init__(self, fill: Fill) -> None:
        self._fill = fill
        self._handle = -1
        self._lock = Lock()

    def place(self) -> str:
        with self._lock:
            if self._handle < 0:
                handle = memory_handle()
                try:
                    with os.fdopen(os.dup(handle), "wb") as target:
                        self._fill(target)
                except BaseException:
                    os.close(handle)
                    raise
                self._handle = handle
            # By the process's number, not "self": readers in a child process open it too.
            return f"/proc/{os.getpid()}/fd/{self._handle}"

    def __del__(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)


class MemoryPath(PosixPath):
    """A path with the name it was given, whose bytes are in memory while the path is held.

    ``os.fspath``, ``open`` and ``stat`` reach the bytes; ``name``, ``suffix`` and ``str`` are
    those of the name. A path made from it (``with_suffix``, ``parent``) is a plain one.
    """

    _held: _Held | None = None

    @classmethod
    def filled(cls, name: str, fill: Fill) -> MemoryPath:
        """A file of this name; ``fill`` writes its bytes, when they are first asked for."""
        made = cls(name)
        made._held = _Held(fill)
        return made

    @classmethod
    def of(cls, name: str, data: bytes) -> MemoryPath:
        """A file of this name with these bytes."""
        return cls.filled(name, lambda target: target.write(data))

    def __fspath__(self) -> str:
        return str(self) if self._held is None else self._held.place()

    def __eq__(self, other: object) -> bool:
        return self is other if self._held is not None else super().__eq__(other)

    def __hash__(self) -> int:
        return id(self) if self._held is not None else super().__hash__()

    def __reduce__(self) -> Any:
        raise TypeError("a file in memory cannot be handed over like this")


def as_path(given: str | Path) -> Path:
    """``Path(given)``, but for one that is a path already: a copy of a MemoryPath would be empty."""
    return given if isinstance(given, Path) else Path(given)


def memory_handle() -> int:
    """A new anonymous memory file. Raises Unavailable where this system has none."""
    if not hasattr(os, "memfd_create"):
        raise Unavailable("an encrypted case needs files in memory, which this system does not "
                          "have: use it on Linux")
    try:
        return os.memfd_create("headstamp", os.MFD_CLOEXEC)
    except OSError as error:
        raise Unavailable(f"there is no memory for a decrypted file: {error.strerror}") from error
