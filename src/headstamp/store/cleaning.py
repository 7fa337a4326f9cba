"""After an erasure: that nothing of the value stays in the case's own files either.

Originals that nobody names any more, whatever was made from records (thumbnails, indexes,
reports, snapshots), pages of the database that are no longer used. Done after the
transaction; cut off, it is done by the next ``headstamp erase --finish``.

What no program can promise: a disk, above all one of flash memory, may keep old blocks
where nobody but its maker reads them; and whatever was copied out of the case before
(backups, bundles, exports) is as it was. docs/erasure.md says so.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from headstamp.errors import HeadstampError, Unavailable
from headstamp.store.backup import named_originals
from headstamp.store.case import Case
from headstamp.store.disk import sync_folder
from headstamp.store.erasing import forget_left, noted, unfinished

MADE = ("derived", "snapshots")
"""Folders of a case that hold nothing but what was made from its records."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What was done: originals taken away; and what could not be done, in words."""

    originals: int
    left: tuple[str, ...]


def is_unclean(case: Case) -> bool:
    """Whether an erasure is not finished: values still there, or traces of them."""
    with case.backend.reading() as conn:
        return bool(unfinished(conn)) or noted(case.working) is not None


def clean(case: Case) -> Cleaned:
    """Cleans up after all erasures that are carried out. Raises Unavailable where that fails."""
    digests = noted(case.working) or set()
    try:
        with case.backend.reading() as conn:
            named = named_originals(case.backend, conn)
        gone = [digest for digest in sorted(digests) if digest not in named]
        originals = sum(_remove(case.vault.place(digest)) for digest in gone)
        for name in MADE:
            _empty(case.folder / name)
    except OSError as error:
        raise Unavailable(f"not all could be erased: {error.filename}: {error.strerror}. Run headstamp "
                          "erase --finish") from error
    try:
        left = case.backend.scrub()
    except HeadstampError as error:
        left = [error.message]
    if not left or case.backend.name != "sqlite":
        # A server's tables are its keeper's affair: told once, and not for ever.
        forget_left(case.working)
    return Cleaned(originals, tuple(left))


def _remove(place: Path) -> bool:
    if not place.is_file():
        return False
    place.unlink()
    sync_folder(place.parent)
    return True


def _empty(folder: Path) -> None:
    if folder.is_symlink() or not folder.is_dir():
        return
    for one in sorted(folder.iterdir()):
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink(missing_ok=True)

