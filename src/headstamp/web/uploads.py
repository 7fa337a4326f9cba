"""Files that were sent here and wait to be looked at and imported.

They lie in the case's folder, beside its originals, on the same disk and under
the same protection: what investigators upload does not belong into a machine's
common folder for temporary files. What is imported is kept as an original; the
waiting copy is then removed, and so are those nobody came back to. In an encrypted case
they lie there encrypted, under names that tell nothing.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from headstamp.errors import Invalid, Missing, Problem, Unavailable
from headstamp.intake.photo import HEAD_BYTES, is_photo_head
from headstamp.store.case import Case

MOST_BYTES = 4 << 30
MOST_IN_MEMORY = 1 << 30
"""So much is sent to an encrypted case at once: it goes through memory, never to the disk."""
_STALE_SECONDS = 7 * 24 * 3600
_PICTURES = "photographs"
_WAITING = "imports/waiting"
_ID = re.compile("[0-9a-f]{16}")
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\:]")


def most_bytes(case: Case) -> int:
    """How many bytes may be sent at once."""
    return MOST_IN_MEMORY if case.working.sealed else MOST_BYTES


@dataclass(frozen=True)
class Waiting:
    """Some files sent together: the tables each for itself, the photographs as one lot.

    In an encrypted case the paths are in memory, for as long as this is held.
    """

    id: str
    tables: tuple[Path, ...]
    photographs: tuple[Path, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What is imported, in order."""
        return (*(path.name for path in self.tables), *([_PICTURES] if self.photographs else []))


def _place(case: Case) -> Path:
    return case.folder / _WAITING


def keep(case: Case, files: Iterable[tuple[str, BinaryIO]]) -> Waiting:
    """Puts files that were sent beside the case. Raises Invalid where there is none."""
    id_ = secrets.token_hex(8)
    folder = _place(case) / id_
    kept = 0
    try:
        _sweep(case)
        folder.mkdir(parents=True, mode=0o700)
        for name, stream in files:
            if not name:
                continue
            picture = is_photo_head(stream.read(HEAD_BYTES))
            stream.seek(0)
            place = f"{_PICTURES}/{safe_name(name)}" if picture else safe_name(name)
            case.working.take_in(f"{_WAITING}/{id_}", _free(case, id_, place), stream)
            kept += 1
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Unavailable(f"the files cannot be kept: {error.strerror}") from error
    if not kept:
        shutil.rmtree(folder, ignore_errors=True)
        raise Invalid("no file was sent", [Problem("choose at least one file", field="files")])
    return waiting(case, id_)


def waiting(case: Case, id_: str) -> Waiting:
    """The files under that id. Raises Missing."""
    folder = _place(case) / id_
    if not _ID.fullmatch(id_) or not folder.is_dir():
        raise Missing("these files are no longer waiting; they were imported or let go")
    where = f"{_WAITING}/{id_}"
    paths = {name: case.working.open(where, name) for name in case.working.names(where)}
    there = {name: path for name, path in paths.items() if path is not None}
    return Waiting(
        id_, tuple(path for name, path in there.items() if "/" not in name),
        tuple(path for name, path in there.items() if name.startswith(f"{_PICTURES}/")),
    )


def let_go(case: Case, id_: str) -> None:
    """Removes the waiting copies."""
    if not _ID.fullmatch(id_):
        raise Missing("there are no such files")
    shutil.rmtree(_place(case) / id_, ignore_errors=True)


def safe_name(name: str) -> str:
    """A file's name as it came, without what could lead out of its folder.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\\\finds\\\\list 1.xlsx"), safe_name("..")
    ('passwd', 'list 1.xlsx', 'file')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = _UNFIT.sub("", last).strip().lstrip(".")
    # A file system counts bytes; the ending tells people what it is, so it stays.
    while len(kept.encode("utf-8", "replace")) > 200:
        kept = kept[1:]
    return kept or "file"


def _free(case: Case, id_: str, name: str) -> str:
    path = PurePosixPath(name)
    number, free = 2, name
    while case.working.place(f"{_WAITING}/{id_}", free).exists():
        free = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        number += 1
    return free


def _sweep(case: Case) -> None:
    place, now = _place(case), time.time()
    for folder in place.iterdir() if place.is_dir() else ():
        if now - folder.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
