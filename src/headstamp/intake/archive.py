"""Bytes of a file, packed or plain, with a meter on them.

A gz file of a few kilobytes can unpack to terabytes, so nobody in this room
unpacks without counting: bytes out, and bytes out per byte in.
"""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from types import TracebackType

from headstamp.errors import Missing, Problem, Unreadable
from headstamp.intake.limits import Limits, over_limit

GZIP_MAGIC = b"\x1f\x8b"


class CutShort(Unreadable):
    """A packed file ends or breaks in the middle; what came before it is good."""


def open_raw(path: Path, limits: Limits) -> io.FileIO:
    """The file itself, opened for reading bytes, once its size is known to be allowed."""
    try:
        if not path.exists():
            raise Missing(f"There is no file {path}.")
        if not path.is_file():
            raise Unreadable(f"{path} is not an ordinary file and is not read as a table.")
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise over_limit(path.name, "file_bytes", limits.file_bytes, f"it has {size:,} bytes")
        return io.FileIO(path, "rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path itself
        raise Unreadable(f"{path} cannot be opened: {error}.") from error


class Stream:
    """A file read from its beginning, unpacked on the way if it is a gz, and counted.

    ``taken`` is how many bytes of the file on disk were used, ``given`` how many came out.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self._raw = open_raw(path, limits)
        try:
            self.size = path.stat().st_size
            self.packed = self._raw.read(2) == GZIP_MAGIC
            self._raw.seek(0)
        except OSError as error:
            raise Unreadable(f"{path.name} cannot be read: {error}.") from error
        self.given = 0
        self._gzip = gzip.GzipFile(fileobj=self._raw, mode="rb") if self.packed else None

    @property
    def taken(self) -> int:
        """Bytes of the file on disk used so far."""
        return min(self._raw.tell(), self.size) if not self._raw.closed else self.size

    def progress(self) -> float:
        """How far into the file we are, 0 to 1."""
        return self.taken / self.size if self.size else 1.0

    def read(self, size: int) -> bytes:
        """Up to ``size`` further bytes, none at the end.

        Raises CutShort where a packed file breaks off, Unreadable where it unpacks to
        more than the limits allow.
        """
        if self._gzip is None:
            try:
                block = self._raw.read(size) or b""
            except OSError as error:
                raise CutShort(f"{self.path.name} cannot be read further: {error}.") from error
            self.given += len(block)
            return block
        try:
            block = self._gzip.read1(size)  # read() would lose what came before a break
        except (OSError, EOFError, zlib.error) as error:
            raise self._cut(error) from error
        self.given += len(block)
        self._guard()
        return block

    def _cut(self, error: Exception) -> CutShort:
        if "CRC" in str(error) or "length" in str(error):
            rule = "the packed file is damaged: its checksum is wrong, so any row may be wrong"
        else:
            rule = "the packed file breaks off or is damaged here; nothing after it can be read"
        advice = "Get the file again, or unpack it with a repair tool and read what is left"
        return CutShort(
            f"{self.path.name} cannot be unpacked: {error}.",
            [Problem(rule, advice, file=self.path.name)],
        )

    def _guard(self) -> None:
        limits = self.limits
        if self.given > limits.unpacked_bytes:
            what = f"it unpacks to over {limits.unpacked_bytes:,} bytes"
            raise over_limit(self.path.name, "unpacked_bytes", limits.unpacked_bytes, what)
        if (
            self.given > limits.ratio_free_bytes
            and self.given > max(1, self._raw.tell()) * limits.unpacked_ratio
        ):
            what = f"it unpacks to over {limits.unpacked_ratio} times its size"
            raise over_limit(self.path.name, "unpacked_ratio", limits.unpacked_ratio, what)

    def close(self) -> None:
        """Let go of the file."""
        if self._gzip is not None:
            self._gzip.close()
        self._raw.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
