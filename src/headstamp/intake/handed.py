"""A stranger's file on its way to the process that parses it: an open descriptor and a name.

What is handed over is never a place in the file system but the opened file
itself. So the parser needs no right to open anything, it reads the very bytes
that were looked at before, and an original that lies encrypted can be handed
over from memory, without a readable copy on any disk.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from headstamp.errors import Missing, Unreadable
from headstamp.intake.limits import Limits, over_limit
from headstamp.store.memory import as_path

Given: TypeAlias = str | Path | bytes | BinaryIO
"""A path, the bytes themselves, or a file open for reading (from its beginning to its end)."""

_BLOCK = 1 << 20
_NAMELESS = "the file"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file open for reading: its descriptor, what to call it, its size in bytes."""

    handle: int
    name: str
    size: int

    def head(self, size: int) -> bytes:
        """Its first bytes. Raises Unreadable."""
        return self._part(size, 0)

    def digest(self) -> str:
        """The SHA-256 of all of it, hexadecimal. Raises Unreadable."""
        total, place = hashlib.sha256(), 0
        while block := self._part(_BLOCK, place):
            total.update(block)
            place += len(block)
        return total.hexdigest()

    def _part(self, size: int, place: int) -> bytes:
        try:
            return os.pread(self.handle, size, place)
        except OSError as error:
            raise Unreadable(f"{self.name} cannot be read: {error.strerror}.") from error


@dataclass(frozen=True, slots=True)
class Handed:
    """The same file within the parsing process: where to open it, and what to call it."""

    path: Path
    name: str

    @classmethod
    def at(cls, handle: int, name: str) -> Handed:
        """What a descriptor of this process stands for; opening it begins at the first byte."""
        place = Path(f"/proc/self/fd/{handle}")
        if not place.exists():
            # Elsewhere (macOS) opening gives the same descriptor once more, with its position.
            os.lseek(handle, 0, os.SEEK_SET)
            place = Path(f"/dev/fd/{handle}")
        return cls(place, name)


@contextmanager
def opened(given: Given, limits: Limits, name: str | None = None) -> Iterator[Opened]:
    """``given`` open for reading, for this while; ``name`` is what messages call it.

    Raises Missing where there is no such file, Unreadable where it cannot be opened, is no
    ordinary file, or is larger than the limits allow.
    """
    if isinstance(given, (str, Path)):
        path = as_path(given)
        handle, told = _open(path), name or path.name
    else:
        told = name or _NAMELESS
        handle = _of_bytes(given) if isinstance(given, bytes) else _of_file(given, told, limits)
    try:
        size = os.fstat(handle).st_size
        if size > limits.file_bytes:
            raise over_limit(told, "file_bytes", limits.file_bytes, f"it has {size:,} bytes")
        yield Opened(handle, told, size)
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    try:
        if not path.exists():
            raise Missing(f"There is no file {path}.")
        if not path.is_file():
            raise Unreadable(f"{path} is not an ordinary file and is not read.")
        # Not waiting: what was a file a moment ago may be a pipe by now.
        return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path itself
        raise Unreadable(f"{path} cannot be opened: {error}.") from error


def _of_bytes(data: bytes) -> int:
    handle = _in_memory()
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
    return handle


def _of_file(file: BinaryIO, name: str, limits: Limits) -> int:
    """A descriptor of an open file; one that has none, or is no plain file, is read into memory."""
    try:
        handle = os.dup(file.fileno())
    except (OSError, AttributeError):
        handle = -1
    if handle >= 0:
        if os.path.isfile(f"/dev/fd/{handle}"):  # noqa: PTH113 - of a descriptor, not of a path
            return handle
        os.close(handle)
    into, total = _in_memory(), 0
    try:
        while block := file.read(_BLOCK):
            total += len(block)
            if total > limits.file_bytes:
                what = f"it has over {limits.file_bytes:,} bytes"
                raise over_limit(name, "file_bytes", limits.file_bytes, what)
            os.write(into, block)
    except OSError as error:
        os.close(into)
        raise Unreadable(f"{name} cannot be read: {error.strerror}.") from error
    except BaseException:
        os.close(into)
        raise
    return into


def _in_memory() -> int:
    """A file that lies on no disk; elsewhere than on Linux, one without a name."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("handed", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
