"""Files beside the records that are no originals: caches, uploads that wait, refused rows.

In a plain case each lies under its own name. In an encrypted one each is sealed
(``cipher_file``) under a name that tells nothing, and is read into memory: nothing
readable ever lies on the disk. Whoever uses them sees no difference.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from headstamp.errors import Tampered
from headstamp.store.cipher import Keys
from headstamp.store.cipher_file import SealedReader, SealedWriter
from headstamp.store.memory import MemoryPath, memory_handle

_BLOCK = 1 << 20


class Working:
    """The working files of one case. A name is a path within a folder of the case.

    Failures of the disk come as OSError, for whoever knows what the file was for.
    """

    def __init__(self, folder: Path, keys: Keys | None) -> None:
        self.folder = folder
        self._keys = keys

    @property
    def sealed(self) -> bool:
        """Whether nothing may lie here in the open."""
        return self._keys is not None

    def place(self, folder: str, name: str) -> Path:
        """Where the bytes lie, sealed or not."""
        if self._keys is None:
            return self.folder / folder / name
        return self.folder / folder / self._keys.name(folder, name)

    def open(self, folder: str, name: str) -> Path | None:
        """A path that can be read as the file; None where there is none."""
        place = self.place(folder, name)
        if not place.is_file():
            return None
        if self._keys is None:
            return place
        return MemoryPath.filled(Path(name).name, lambda target: self._unseal(place, folder, target))

    def read(self, folder: str, name: str) -> bytes | None:
        """A small file whole; None where there is none, or what is there is not what was sealed."""
        try:
            with self.stream(folder, name) as stream:
                return stream.read()
        except (FileNotFoundError, Tampered):
            return None

    def stream(self, folder: str, name: str) -> BinaryIO:
        """A file open for reading. Raises FileNotFoundError, Tampered."""
        source = self.place(folder, name).open("rb")
        if self._keys is None:
            return source
        return BufferedReader(SealedReader(source, self._keys, folder, _stored(source)), _BLOCK)

    def cached(self, folder: str, name: str, make: Callable[[], bytes]) -> Path:
        """A path that reads as a small file, which is made and kept where it is not there."""
        if self._keys is None:
            place = self.place(folder, name)
            if not place.is_file():
                self.write(folder, name, make(), durable=False)
            return place
        data = self.read(folder, name)
        if data is None:
            data = make()
            self.write(folder, name, data, durable=False)
        return MemoryPath.of(Path(name).name, data)

    @contextmanager
    def making(self, folder: str, name: str, *, durable: bool = True) -> Iterator[BinaryIO]:
        """A file to be written; it takes its name when it is whole and (``durable``) on the disk."""
        place = self.place(folder, name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as target:
                if self._keys is None:
                    yield target
                else:
                    # In memory first: its maker may want to seek, and to tell where it is.
                    with os.fdopen(memory_handle(), "w+b") as plain:
                        yield plain
                        plain.seek(0)
                        sealing = SealedWriter(target, self._keys)
                        shutil.copyfileobj(plain, sealing, _BLOCK)
                        sealing.finish(folder, place.name, name)
                if durable:
                    target.flush()
                    os.fsync(target.fileno())
            # Two may make the same one at once: the later simply replaces the earlier.
            Path(beside).replace(place)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    def write(self, folder: str, name: str, data: bytes, *, durable: bool = True) -> None:
        """Writes a small file, whole or not at all; one that is there is replaced."""
        with self.making(folder, name, durable=durable) as target:
            target.write(data)

    def take_in(self, folder: str, name: str, source: BinaryIO) -> None:
        """Copies a stream, of any size. Cut off, it is no file in a sealed case, half of one else."""
        place = self.place(folder, name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with place.open("wb") as target:
            if self._keys is None:
                shutil.copyfileobj(source, target, _BLOCK)
                return
            sealing = SealedWriter(target, self._keys)
            shutil.copyfileobj(source, sealing, _BLOCK)
            sealing.finish(folder, place.name, name)

    def names(self, folder: str) -> list[str]:
        """The names of the whole files in a folder, sorted; in a plain case also of those below."""
        place = self.folder / folder
        if not place.is_dir():
            return []
        if self._keys is None:
            return sorted(one.relative_to(place).as_posix() for one in place.rglob("*")
                          if one.is_file() and not one.name.startswith("."))
        found = []
        for one in place.iterdir():
            if len(one.name) == 64 and one.is_file():
                try:
                    with SealedReader(one.open("rb"), self._keys, folder, one.name) as reader:
                        found.append(reader.label)
                except Tampered:
                    continue  # cut off while it was written, or damaged: it is no file any more
        return sorted(found)

    def remove(self, folder: str, name: str) -> None:
        """Takes a file away, if it is there."""
        self.place(folder, name).unlink(missing_ok=True)

    def _unseal(self, place: Path, folder: str, target: BinaryIO) -> None:
        assert self._keys is not None
        with SealedReader(place.open("rb"), self._keys, folder, place.name) as reader:
            shutil.copyfileobj(reader, target, _BLOCK)


def _stored(source: BinaryIO) -> str:
    return Path(source.name).name
