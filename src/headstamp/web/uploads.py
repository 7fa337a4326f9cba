"""Files that were sent here and wait to be looked at and imported.

They lie in the case's folder, beside its originals, on the same disk and under
the same protection: what investigators upload does not belong into a machine's
common folder for temporary files. What is imported is kept as an original; the
waiting copy is then removed, and so are those nobody came back to.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from headstamp.errors import Invalid, Missing, Problem, Unavailable
from headstamp.intake.photo import is_photo
from headstamp.store.case import Case

MOST_BYTES = 4 << 30
_BLOCK = 1 << 20
_STALE_SECONDS = 7 * 24 * 3600
_PICTURES = "photographs"
_UNFIT = re.compile(r"[\x00-\x1f\x7f/\\:]")


@dataclass(frozen=True)
class Waiting:
    """Some files sent together: the tables each for itself, the photographs as one folder."""

    id: str
    folder: Path
    tables: tuple[Path, ...]
    photographs: Path | None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All that is imported, in order."""
        return self.tables if self.photographs is None else (*self.tables, self.photographs)


def _place(case: Case) -> Path:
    return case.folder / "imports" / "waiting"


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
            path = _free(folder / safe_name(name))
            with path.open("wb") as target:
                shutil.copyfileobj(stream, target, _BLOCK)
            if is_photo(path):
                (folder / _PICTURES).mkdir(exist_ok=True)
                path.rename(_free(folder / _PICTURES / path.name))
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
    if not re.fullmatch("[0-9a-f]{16}", id_) or not folder.is_dir():
        raise Missing("these files are no longer waiting; they were imported or let go")
    pictures = folder / _PICTURES
    tables = tuple(sorted(path for path in folder.iterdir() if path.is_file()))
    return Waiting(id_, folder, tables, pictures if pictures.is_dir() else None)


def let_go(case: Case, id_: str) -> None:
    """Removes the waiting copies."""
    shutil.rmtree(waiting(case, id_).folder, ignore_errors=True)


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


def _free(path: Path) -> Path:
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return free


def _sweep(case: Case) -> None:
    place, now = _place(case), time.time()
    for folder in place.iterdir() if place.is_dir() else ():
        if now - folder.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
