"""The place of a case's backups: that it is this case's own, on the right disk, and has room.

What is wrong with it is told before anything is copied.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import orjson

from headstamp.errors import Conflicting, Invalid, Unavailable, Unreadable
from headstamp.store.backup_set import ORIGINALS, SET, STATES, original_in
from headstamp.store.case import Case
from headstamp.store.disk import sync_folder, write_file
from headstamp.store.sqlite import Sqlite

LAST = "backup.json"
_SEALED_README = """This folder holds backups of one encrypted case of headstamp. It is encrypted as the case
is: keys/lock.json in each state is opened by the passphrase that the case had then, or by
one of its recovery keys. Without either it is of no use to anybody.

originals/   photographs and documents, encrypted
states/      the case at different times; each has a manifest of all its files

To put it back:  headstamp restore THIS_FOLDER NEW_FOLDER
To check by hand, within a state:  sha256sum -c manifest.sha256
"""
_README = """This folder holds backups of one case of headstamp (evidence of recovered weapons).
It is confidential, and not encrypted: whoever has it can read the case.

originals/   photographs and documents, untouched, each named by its SHA-256
states/      the case at different times; each has a manifest of all its files

To put it back:  headstamp restore THIS_FOLDER NEW_FOLDER
To check by hand, within a state:  sha256sum -c manifest.sha256
"""


def claim_place(case: Case, place: Path) -> None:
    """Makes a place this case's own, or sees that it is. Raises Conflicting, Unavailable, Unreadable."""
    _refuse_the_wrong_disk(case, place)
    _claim(case, place)
    _refuse_without_room(case, place)


def last_backup(folder: Path) -> dict[str, str] | None:
    """When, where and at how many entries a case was backed up last; None where never.

    Raises Unreadable where the note of it is damaged.
    """
    try:
        told_last = orjson.loads((folder / LAST).read_bytes())
        return {key: str(told_last[key]) for key in ("at", "place", "state", "entries", "root")}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{folder / LAST} cannot be read: {error}") from error


def refuse_nesting(folder: Path, place: Path) -> None:
    """Raises Invalid where a backup would lie within its case, or the case within it."""
    inside, outside = place.resolve(), folder.resolve()
    if inside.is_relative_to(outside) or outside.is_relative_to(inside):
        raise Invalid(f"a backup of {folder} cannot be within it, nor it within the backup: name "
                      "a folder elsewhere, best on another disk")


def _refuse_the_wrong_disk(case: Case, place: Path) -> None:
    """Where a stick is not plugged in, its folder is an empty one on this machine's own disk."""
    try:
        last = last_backup(case.folder)
    except Unreadable:
        return  # the doctor says so
    if (last is not None and last["place"] == str(place.absolute()) and not (place / SET).exists()
            and same_disk(place, case.folder)):
        raise Unavailable(
            f"the backups that were made in {place} on {last['at'][:10]} are not there, and it is on the "
            "disk of the case itself: is the backup disk plugged in? If those backups are gone for good, "
            "name another folder"
        )


def same_disk(place: Path, other: Path) -> bool:
    """Whether both, or the next folder above that is there, lie on one disk: lost with it, both are."""
    devices = []
    for path in (place, other):
        here = path.absolute()
        while not here.exists():
            here = here.parent
        devices.append(here.stat().st_dev)
    return devices[0] == devices[1]


def _refuse_without_room(case: Case, place: Path) -> None:
    """Tells at once what would come out after an hour of copying; a place that holds most needs little."""
    needed = case.backend.path.stat().st_size if isinstance(case.backend, Sqlite) else 0
    for name in case.vault.names():
        if not original_in(place / ORIGINALS, name).is_file():
            with suppress(FileNotFoundError):  # erased just now
                needed += case.vault.placed(name).stat().st_size
    disk = shutil.disk_usage(place)
    free = disk.free
    if disk.total and needed > free:  # some disks on a network do not say how large they are
        raise Unavailable(
            f"the disk of {place} is too full: this backup needs {needed / 1e6:,.1f} MB more, and "
            f"{free / 1e6:,.1f} MB are free. Nothing was replaced; make room there, or name a place on a larger disk"
        )


def _claim(case: Case, place: Path) -> None:
    """Makes the place this case's own, or sees that it is."""
    mine = {"format": 1, "origin": case.origin, "key": case.meta["key"]}
    if (place / SET).exists():
        try:
            owner = orjson.loads((place / SET).read_bytes())
            # The key may have been replaced since: any that ever signed the log will do.
            ours = {key.text() for key in case.key_line}
            same = owner["origin"] == mine["origin"] and owner["key"] in ours
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"{place / SET} is damaged; name another folder") from error
        if not same:
            raise Conflicting(f"{place} holds backups of another case; name another folder")
    else:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        strange = [one.name for one in place.iterdir() if not one.name.startswith(".")]
        # A backup that was killed at once has left the text and nothing else.
        if set(strange) - {"README.txt"}:
            raise Conflicting(f"{place} is not empty and no backup; name a new or empty folder")
        write_file(place / "README.txt", (_SEALED_README if case.keys else _README).encode())
        write_file(place / SET, orjson.dumps(mine) + b"\n")
        sync_folder(place.parent)
    for name in (STATES, ORIGINALS):
        (place / name).mkdir(mode=0o700, exist_ok=True)
    for left in (place / STATES).glob(".gone-*"):
        shutil.rmtree(left)
    sync_folder(place)
