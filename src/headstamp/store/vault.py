"""Originals, kept untouched under the SHA-256 of their bytes.

A file is written beside its place, synced, renamed into it, and its folder is
synced, before the record that names it is acknowledged (rule 2). Nothing here
ever opens an original for writing.

In an encrypted case each original is sealed (``cipher_file``) under a name that does not
tell its digest. ``stream`` reads it in the open; ``path`` and ``open`` give a path whose
bytes are in memory only, so that whoever reads originals sees no difference. ``place``
and ``name`` are for those who copy the files as they lie.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from headstamp.errors import Missing, Tampered, Unavailable, Unreadable
from headstamp.store.cipher import Keys
from headstamp.store.cipher_file import SealedReader, SealedWriter
from headstamp.store.disk import sync_disk
from headstamp.store.memory import MemoryPath

_BLOCK = 1 << 20
_PIECE = 1 << 18
_ROOM = "originals"


@dataclass(frozen=True, slots=True)
class Kept:
    """An original in the vault: its SHA-256 (hexadecimal), its size in bytes, and if it is new."""

    digest: str
    size: int
    new: bool


class Vault:
    """The folder of originals of one case; with ``keys`` they are sealed."""

    def __init__(self, folder: Path, keys: Keys | None = None) -> None:
        self.folder = folder
        self._keys = keys

    @property
    def sealed(self) -> bool:
        """Whether the originals are encrypted."""
        return self._keys is not None

    def name(self, digest: str) -> str:
        """The name under which the original of that digest lies: the digest, or what hides it."""
        return digest if self._keys is None else self._keys.name(_ROOM, digest)

    def place(self, digest: str) -> Path:
        """Where the original of that digest lies, sealed or not (whether or not it is there)."""
        return self.placed(self.name(digest))

    def placed(self, name: str) -> Path:
        """Where the file of that name lies."""
        return Path(self._at(name))

    def _at(self, name: str) -> str:
        return f"{self.folder}/{name[:2]}/{name[2:4]}/{name}"

    def path(self, digest: str) -> Path:
        """A path that reads as the original of that digest (whether or not it is there)."""
        place = self.place(digest)
        if self._keys is None:
            return place
        return MemoryPath.filled(digest, lambda target: self._unseal(place, target))

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
            place = self.place(digest)
            new = not place.exists()
            if new:
                temporary.chmod(0o444)
                _make_durable(place.parent, self.folder)
                temporary.rename(place)
            else:
                whole = temporary.stat().st_size
                temporary.unlink()
                self._refuse_damaged(place, whole, digest)
            # Also where it was there: its writer may not have come to this yet.
            _sync_folder(place.parent)
            return Kept(digest, size, new)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise Unavailable(f"the vault cannot be written: {error.strerror}") from error
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def adopt(self, files: Iterable[tuple[str, Path]]) -> int:
        """Takes over many files that were hashed while they were written; how many were new.

        Each is (digest, path); what is new is moved from its place where that is possible.
        Durable when it returns, by two flushes of the whole disk instead of three for each
        file; what that disk could not write is told. Raises as ``keep``; what was moved by then stays, and nothing names it.
        """
        new = 0
        folders: set[str] = set()
        try:
            device = None if self.sealed or sys.platform != "linux" else self._device()
            for digest, path in files:
                # By the system's own calls: there may be a great many.
                told = os.stat(path)  # noqa: PTH116
                if told.st_dev != device:
                    new += self.keep(path).new
                    continue
                if not folders:
                    self.folder.mkdir(parents=True, exist_ok=True)
                    sync_disk(self.folder)  # the bytes before their names
                place = self._at(self.name(digest))
                folder = place.rpartition("/")[0]
                if folder not in folders:
                    Path(folder).mkdir(parents=True, exist_ok=True)
                    folders.add(folder)
                if os.path.exists(place):  # noqa: PTH110
                    self._refuse_damaged(Path(place), told.st_size, digest)
                    continue
                os.chmod(path, 0o444)  # noqa: PTH101
                os.rename(path, place)  # noqa: PTH104
                new += 1
            if folders:
                sync_disk(self.folder)
        except OSError as error:
            raise Unavailable(f"the vault cannot be written: {error.strerror}") from error
        return new

    def _device(self) -> int:
        return self.folder.parent.stat().st_dev

    @staticmethod
    def _refuse_damaged(place: Path, size: int, digest: str) -> None:
        # Sealed, a file is longer by as much as any of its size.
        if place.stat().st_size != size:
            raise Tampered(f"the original {digest} in the vault is damaged; keep it as it is, "
                           "and look at what `headstamp verify` says")

    def _copy(self, source: Path | bytes, target: BinaryIO) -> tuple[str, int]:
        sealing = None if self._keys is None else SealedWriter(target, self._keys)
        into = target if sealing is None else sealing
        total, size = hashlib.sha256(), 0
        for block in [source] if isinstance(source, bytes) else _blocks(source):
            total.update(block)
            into.write(block)
            size += len(block)
        digest = total.hexdigest()
        if sealing is not None:
            sealing.finish(_ROOM, self.name(digest), digest)
        return digest, size

    def open(self, digest: str) -> Path:
        """A path that reads as an original that is there. Raises Missing."""
        if not self.place(digest).is_file():
            raise Missing(f"the original {digest} is not in the vault")
        return self.path(digest)

    def stream(self, digest: str) -> BinaryIO:
        """An original, open for reading at any place. Raises Missing, Tampered, also while reading."""
        try:
            return self._stream(self.placed(self.name(digest)))
        except FileNotFoundError as error:
            raise Missing(f"the original {digest} is not in the vault") from error
        except OSError as error:
            raise Unavailable(f"the original {digest} cannot be read: {error.strerror}") from error

    def size(self, digest: str) -> int:
        """How many bytes an original has. Raises Missing, Tampered."""
        with self.stream(digest) as stream:
            return stream.seek(0, os.SEEK_END)

    def recompute(self, digest: str) -> str | None:
        """The SHA-256 of what now lies at a digest's place; None if nothing can be read there."""
        return self.recompute_at(self.place(digest), self.name(digest))

    def recompute_at(self, place: Path, name: str) -> str | None:
        """The SHA-256 of the original in a file of that name, here or in a backup; None as above."""
        try:
            return self._digest(str(place), name)
        except (OSError, Tampered):
            return None

    def whole(self, place: Path, name: str, sha256: str) -> bool:
        """Whether a file is the original of that name, here or in a backup.

        ``sha256`` is that of the file as it lies.
        """
        if self._keys is None:
            return sha256 == name
        digest = self.recompute_at(place, name)
        return digest is not None and self.name(digest) == name

    def fault(self, digest: str) -> tuple[str, str] | None:
        """What is wrong with an original, as ``verify`` tells it; None where it is whole."""
        try:
            name = self.name(digest)
            now = self._digest(self._at(name), name)
        except OSError:
            return "original_missing", f"the original {digest} is gone"
        except Tampered as error:
            return "original_changed", f"the original {digest} cannot be opened: {error.message}"
        if now != digest:
            return "original_changed", f"the original {digest} now hashes to {now}"
        return None

    def _digest(self, place: str, name: str) -> str:
        if not self.sealed:
            return _digest_of(place)
        total = hashlib.sha256()
        with self._stream(Path(place), name) as stream:
            while piece := stream.read(_PIECE):
                total.update(piece)
        return total.hexdigest()

    def _stream(self, place: Path, name: str = "") -> BufferedReader:
        source = place.open("rb")
        if self._keys is None:
            return source
        reader = SealedReader(source, self._keys, _ROOM, name or place.name)
        if not reader.size:
            reader.check()  # an empty file has a piece too
        return BufferedReader(reader, _BLOCK)

    def _unseal(self, place: Path, target: BinaryIO) -> None:
        with self._stream(place) as stream:
            shutil.copyfileobj(stream, target, _BLOCK)

    def names(self) -> Iterator[str]:
        """The names of all files in the vault (unfinished ones left out)."""
        if self.folder.is_dir():
            for path in self.folder.glob("??/??/*"):
                yield path.name

    def digests(self) -> Iterator[str]:
        """The digests of all files in the vault; of sealed ones, those that can be opened."""
        for name in self.names():
            if self._keys is None:
                yield name
                continue
            try:
                with SealedReader(self.placed(name).open("rb"), self._keys, _ROOM, name) as reader:
                    yield reader.label
            except (OSError, Tampered):
                continue  # named by the record that misses it


def _blocks(source: Path) -> Iterator[bytes]:
    """A file's bytes; its errors are told apart from those of writing the copy."""
    try:
        with source.open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block
    except OSError as error:
        raise Unreadable(f"{source.name}: cannot be read: {error.strerror}") from error


def _digest_of(place: str) -> str:
    # Straight from the system: for a small file, what lies between costs as much as its hash.
    total = hashlib.sha256()
    handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while piece := os.read(handle, _PIECE):
            total.update(piece)
    finally:
        os.close(handle)
    return total.hexdigest()


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
