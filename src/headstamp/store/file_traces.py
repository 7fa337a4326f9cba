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
from typing import IO, Any, Final
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

from headstamp.errors import HeadstampError, Missing
from headstamp.evidence.canonical import canonical
from headstamp.store.case import Case

REFUSED: Final = "imports"
"""The folder of a case in which rows lie that an import refused."""
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "cp1252", "cp1256")
_BLOCK = 4 << 20
_MOST_UNPACKED = 512 << 20
_MOST_MEMBERS = 20_000
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


def file_traces(case: Case, words: Collection[str], pictures: Collection[str]) -> FileTraces:
    """Where these words stand in files; ``pictures`` are digests of photographs, which are not read."""
    wanted = _forms(words)
    if not wanted:
        return FileTraces()
    vault, working = case.vault, case.working
    return FileTraces(
        tuple(digest for digest in sorted(vault.digests())
              if digest not in pictures and _says(partial(vault.stream, digest), wanted)),
        tuple(name for name in working.names(REFUSED)
              if _says(partial(working.stream, REFUSED, name), wanted)),
        () if working.sealed else tuple(
            path.relative_to(case.folder).as_posix() for path in _others(case.folder)
            if _says(partial(path.open, "rb"), wanted)),
    )


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
            if not head.startswith(b"PK\x03\x04"):
                return False
            stream.seek(0)
            return _in_archive(stream, wanted)
    except (FileNotFoundError, Missing):
        return False  # it was there a moment ago
    except (OSError, HeadstampError):
        return True


def _in_archive(stream: IO[Any], wanted: Collection[bytes]) -> bool:
    left = _MOST_UNPACKED
    try:
        with ZipFile(stream) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                return True
            for member in members:
                with archive.open(member) as unpacked:
                    says, read = _in_stream(unpacked, wanted, left)
                left -= read
                if says or left <= 0:
                    return True
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return True  # it only looks like one, or is locked: somebody has to look
    return False


def _in_stream(stream: IO[Any], wanted: Collection[bytes], most: int | None = None) -> tuple[bool, int]:
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
