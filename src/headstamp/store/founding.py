"""Making a case whole or not at all.

Making one takes several steps (key, lock, tables, settings, first checkpoint). While it goes
on, the folder holds a locked mark: no case is there yet. Whoever is cut off leaves the mark,
and the next one to make a case there takes away what lies beside it. The mark goes when all
of it is on the disk, names of files and folders included: a key whose name is lost in a
power cut would leave a case that nobody can ever change.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headstamp.errors import Conflicting
from headstamp.store.cipher_lock import LOCK
from headstamp.store.disk import sync_folder, sync_tree, told
from headstamp.store.signing_key import KEY, PUBLIC

_MARK = ".being-made"
_MADE = ("case.sqlite", "case.sqlite-wal", "case.sqlite-shm", "case.sqlite-journal",
         f"keys/{KEY}", f"keys/{PUBLIC}", LOCK, "database", _MARK)


def is_unfinished(place: Path) -> bool:
    """Whether the making of the case in this folder was cut off, or goes on."""
    return (place / _MARK).exists()


@contextmanager
def founding(place: Path) -> Iterator[None]:
    """While a case is made in ``place``; on an error nothing of it stays.

    Raises Conflicting where another process is about it, Unavailable where the disk refuses.
    """
    with told(place):
        missing = [one for one in (place, *place.parents) if not one.exists()]
        before = is_unfinished(place)
        place.mkdir(parents=True, exist_ok=True)
        if not before and any((place / name).exists() for name in _MADE):
            yield  # there is something already: its owner's, and the maker refuses it
            return
        handle = os.open(place / _MARK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflicting(f"a case is being made in {place} already") from error
        with told(place):
            _take_away(place, _MADE[:-1])
            sync_folder(place)
        try:
            yield
            with told(place):
                sync_tree(place)
                for one in missing:
                    sync_folder(one.parent)
        except BaseException:
            _take_away(place, _MADE[:-1])
            raise
        finally:
            with told(place):
                (place / _MARK).unlink()
                sync_folder(place)
    finally:
        os.close(handle)


def _take_away(place: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (place / name).unlink(missing_ok=True)
