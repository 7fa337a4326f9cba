"""After an erasure: that nothing of the value stays in the case's own files either.

Originals that nobody names any more, whatever was made from records (thumbnails, indexes,
reports, snapshots), files of refused rows that say it, what a bundle was unpacked into and a
crash left there, pages of the database that are no longer used. Done after the
transaction; cut off, it is done by the next ``headstamp erase --finish``.

What no program can promise: a disk, above all one of flash memory, may keep old blocks
where nobody but its maker reads them; and whatever was copied out of the case before
(backups, bundles, exports) is as it was. docs/erasure.md says so.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from headstamp.errors import HeadstampError, Unavailable
from headstamp.store.backup import named_originals
from headstamp.store.case import Case
from headstamp.store.disk import sync_folder
from headstamp.store.erased import decisions
from headstamp.store.erasing import GOES_WITH, forget_left, noted, unfinished
from headstamp.store.file_traces import REFUSED

UNPACKED = (".taking-", ".exchange-")
"""So begin the names of folders in which a bundle is unpacked, or an exchange put together."""
_LEFT_OVER_SECONDS = 24 * 3600
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
    told = noted(case.working) or set()
    digests = {one for one in told if GOES_WITH not in one}
    try:
        with case.backend.reading() as conn:
            named = named_originals(case.backend, conn)
            done = {one.id for one in decisions(conn) if one.agreed}
        gone = [digest for digest in sorted(digests) if digest not in named]
        originals = sum(_remove(case.vault.place(digest)) for digest in gone)
        for erasure, name in sorted(one.split(GOES_WITH, 1) for one in told - digests):
            if erasure in done:
                _remove(case.working.place(REFUSED, name))
        for name in MADE:
            _empty(case.folder / name)
        _sweep(case)
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


def _sweep(case: Case) -> None:
    """Takes away what a crash left half done; what may be in use yet stays, and doctor names it."""
    old = time.time() - _LEFT_OVER_SECONDS
    for one in (*(one for begin in UNPACKED for one in case.folder.glob(f"{begin}*")),
                *case.vault.folder.glob(".incoming-*")):
        if one.stat().st_mtime > old:
            continue
        if one.is_dir():
            shutil.rmtree(one)
        else:
            one.unlink(missing_ok=True)


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

