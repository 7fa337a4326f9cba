"""Files of a case in which words stand that are to be erased: told before, for nothing can know it after.

Looked through are originals that are no photographs (tables, letters, bundles that were put
aside), rows that an import refused, uploads that wait, and whatever else lies in the case's
folder and is not made anew from the records. They are read as they are and, where they are
zip archives (office files are), member by member: as UTF-8, as UTF-16, and in the code pages
in which old tables of names are written. What a page of a PDF draws and what a photograph
shows is not read: docs/erasure.md says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import IO, Any, Final, Protocol
from zlib import MAX_WBITS, decompressobj
from zlib import error as ZlibError

from headstamp.errors import HeadstampError, Missing
from headstamp.evidence.canonical import canonical
from headstamp.store.case import Case

REFUSED: Final = "imports"
"""The folder of a case in which rows lie that an import refused."""
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "cp1252", "cp1256")
_BLOCK = 4 << 20
_MOST_UNPACKED = 512 << 20
_MOST_READ = 128 << 20
_PIECE = 1 << 16
_MEMBER, _HEAD, _STORED, _DEFLATED = b"PK\x03\x04", 30, 0, 8
_SEALED = b"age-encryption.org/"
# Originals are looked through by their records; the others go with every erasure, or say nothing.
_NOT_HERE = frozenset({"originals", "derived", "snapshots", "keys", "timestamps", "case.sqlite",
                       "case.sqlite-wal", "case.sqlite-shm", "case.sqlite-journal"})


@dataclass(frozen=True, slots=True)
class FileTraces:
    """By digest the originals that say it; files in the folder ``imports`` by their names there;
    other files by their paths in the case's folder. With those that could not be looked through."""

    originals: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def file_traces(
    case: Case, words: Collection[str], own: Collection[str], pictures: Collection[str]
) -> FileTraces:
    """Where these words stand in files; ``own`` are those of them that are of no other record by their nature.

    ``pictures`` are digests of photographs, which are not read. Files of refused rows are told as
    such where they say one of ``own``, else as any other file.
    """
    wanted = _forms(words)
    if not wanted:
        return FileTraces()
    vault, working = case.vault, case.working
    named, refused = refused_saying(case, words), refused_saying(case, own)
    return FileTraces(
        tuple(digest for digest in sorted(vault.digests())
              if digest not in pictures and _says(partial(vault.stream, digest), wanted)),
        refused,
        (*(f"{REFUSED}/{name}" for name in named if name not in refused), *(() if working.sealed else (
            path.relative_to(case.folder).as_posix() for path in _others(case.folder)
            if _says(partial(path.open, "rb"), wanted)))),
    )


def refused_saying(case: Case, words: Collection[str]) -> tuple[str, ...]:
    """The files of refused rows that say one of these words."""
    wanted, working = _forms(words), case.working
    return tuple(name for name in working.names(REFUSED) if wanted
                 and _says(partial(working.stream, REFUSED, name), wanted))


def _others(folder: Path) -> Iterator[Path]:
    """What else lies in a plain case, also what was cut off and begins with a dot."""
    for here, folders, names in os.walk(folder):
        base = Path(here)
        top = base == folder
        folders[:] = sorted(one for one in folders if not (base / one).is_symlink()
                            and not (top and one in {*_NOT_HERE, REFUSED}))
        for name in sorted(names):
            if not (top and name in _NOT_HERE) and not (base / name).is_symlink():
                yield base / name


def _forms(words: Collection[str]) -> frozenset[bytes]:
    """The bytes by which these words are known; of a text of several lines its longest."""
    found: set[bytes] = set()
    for word in words:
        line = max((one.strip() for one in word.splitlines()), key=len, default="")
        # Capitals of other alphabets are not folded where the bytes are compared.
        cases = {line} if line.isascii() else {line, line.lower(), line.upper()}
        for told in {form for one in cases for form in (
            one, escape(one), escape(one, quote=False), one.replace('"', '""'), canonical(one)[1:-1].decode()
        )}:
            for encoding in _ENCODINGS:
                try:
                    found.add(told.encode(encoding).lower())
                except UnicodeEncodeError:
                    continue  # a code page that does not have its letters
    return frozenset(found - {b""})


def _says(opened: Callable[[], IO[Any]], wanted: Collection[bytes]) -> bool:
    """Whether a file says one of these, or cannot be looked through to the end."""
    try:
        with opened() as stream:
            head = stream.read(32)
            if head.startswith(_SEALED):
                return True
            stream.seek(0)
            if _in_stream(stream, wanted)[0]:
                return True
            if not head.startswith(_MEMBER):
                return False
            stream.seek(0)
            return _in_archive(stream, wanted)
    except (FileNotFoundError, Missing):
        return False  # it was there a moment ago
    except (OSError, HeadstampError):
        return True


def _in_archive(stream: IO[Any], wanted: Collection[bytes]) -> bool:
    """Whether a packed member of a zip archive says one of these; its list of members is not believed.

    Whatever is strange in it (a lock, another way of packing, a bomb) is for a person to look at.
    """
    data = stream.read(_MOST_READ + 1)
    if len(data) > _MOST_READ:
        return True
    at, left = 0, _MOST_UNPACKED
    while (at := data.find(_MEMBER, at)) >= 0:
        flags, method, name, extra = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (6, 8, 26, 28))
        if flags & 1 or method not in (_STORED, _DEFLATED):
            return True
        at += _HEAD + name + extra
        if method == _STORED:
            continue  # looked through as it stands
        packed = _Packed(data, at)
        says, read = _in_stream(packed, wanted, left)
        left -= read
        if says or packed.broken:
            return True
        at = packed.end
    return False


class _Packed:
    """The plain bytes of one member of an archive, read in pieces."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at, self.broken = data, at, False
        self._unpacking = decompressobj(-MAX_WBITS)

    def read(self, size: int) -> bytes:
        """Up to so many bytes more; none at the end, or where it is broken."""
        found = b""
        while not found and not self._unpacking.eof and not self.broken:
            given = self._unpacking.unconsumed_tail
            if not given:
                given = self._data[self._at : self._at + _PIECE]
                self._at += len(given)
            try:
                self.broken = not given
                found = self._unpacking.decompress(given, size)
            except ZlibError:
                self.broken = True
        return found

    @property
    def end(self) -> int:
        """Where the member ends."""
        return self._at - len(self._unpacking.unused_data)


def _in_stream(stream: _Readable, wanted: Collection[bytes], most: int | None = None) -> tuple[bool, int]:
    """Whether one of these stands in a stream, and how many bytes were read of it."""
    before, total, overlap = b"", 0, max(map(len, wanted)) - 1
    while block := stream.read(_BLOCK):
        total += len(block)
        data = before + block.lower()
        if any(one in data for one in wanted):
            return True, total
        if most is not None and total >= most:
            return True, total
        before = data[-overlap:] if overlap else b""
    return False, total
