"""Originals, kept untouched under the SHA-256 of their bytes.

A file is written beside its place, synced, renamed into it, and its folder is
synced, before the record that names it is acknowledged (rule 2). Nothing here
ever opens an original for writing.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from headstamp.errors import Missing, Tampered, Unavailable, Unreadable

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """An original in the vault: its SHA-256 (hexadecimal), its size in bytes, and if it is new."""

    digest: str
    size: int
    new: bool


class Vault:
    """The folder of originals of one case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the original of that digest lies (whether or not it is there)."""
        return self.folder / digest[:2] / digest[2:4] / digest

    def keep(self, source: Path | bytes) -> Kept:
        """Copies a file (or bytes) into the vault and returns its digest.

        Durable when it returns. Raises Unreadable if the source cannot be read,
        Unavailable if the vault cannot be written, Tampered if the one that is there
        already is damaged; then nothing has changed.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".incoming-", dir=self.folder)
        except OSError as error:
            raise Unavailable(f"the vault cannot be written: {error.strerror}") from error
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                digest, size = self._copy(source, target)
                target.flush()
                os.fsync(target.fileno())
            place = self.path(digest)
            new = not place.exists()
            if new:
                temporary.chmod(0o444)
                _make_durable(place.parent, self.folder)
                temporary.rename(place)
            else:
                temporary.unlink()
                if place.stat().st_size != size:
                    raise Tampered(
                        f"the original {digest} in the vault is damaged; keep it as it is, "
                        "and look at what `headstamp verify` says"
                    )
            # Also where it was there: its writer may not have come to this yet.
            _sync_folder(place.parent)
            return Kept(digest, size, new)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise Unavailable(f"the vault cannot be written: {error.strerror}") from error
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    @staticmethod
    def _copy(source: Path | bytes, target: BinaryIO) -> tuple[str, int]:
        if isinstance(source, bytes):
            target.write(source)
            return hashlib.sha256(source).hexdigest(), len(source)
        total, size = hashlib.sha256(), 0
        for block in _blocks(source):
            total.update(block)
            target.write(block)
            size += len(block)
        return total.hexdigest(), size

    def open(self, digest: str) -> Path:
        """The path of an original that is there. Raises Missing."""
        path = self.path(digest)
        if not path.is_file():
            raise Missing(f"the original {digest} is not in the vault")
        return path

    def recompute(self, digest: str) -> str | None:
        """The SHA-256 of what now lies at a digest's place; None if nothing can be read there."""
        try:
            with self.path(digest).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            return None

    def digests(self) -> Iterator[str]:
        """The digests of all files in the vault (unfinished ones left out)."""
        if self.folder.is_dir():
            for path in self.folder.glob("??/??/*"):
                yield path.name


def _blocks(source: Path) -> Iterator[bytes]:
    """A file's bytes; its errors are told apart from those of writing the copy."""
    try:
        with source.open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block
    except OSError as error:
        raise Unreadable(f"{source.name}: cannot be read: {error.strerror}") from error


def _make_durable(folder: Path, upto: Path) -> None:
    missing = []
    while folder != upto and not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for new in reversed(missing):
        new.mkdir(exist_ok=True)
        _sync_folder(new.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
