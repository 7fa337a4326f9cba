"""The lock of an encrypted case: made, opened by passphrase or recovery key, changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from headstamp.errors import Invalid
from headstamp.store.address import backend_of
from headstamp.store.case import Case
from headstamp.store.cipher import Keys
from headstamp.store.cipher_lock import (
    Lock,
    is_encrypted,
    read_lock,
    refuse_no_recipient,
    write_lock,
)
from headstamp.store.memory import memory_handle
from headstamp.store.passphrase import asked, chosen, recovery_secret, unlocked

Ask = Callable[[str], str]


def folder_of(where: str, folder: Path | None = None) -> Path:
    """The folder of a case, plain or not."""
    place, backend = backend_of(where, folder)
    backend.close()
    return place


def locked_folder(where: str, folder: Path | None = None) -> Path | None:
    """The folder of an encrypted case; None for a plain one."""
    place = folder_of(where, folder)
    return place if is_encrypted(place) else None


def make_encrypted_case(
    where: str, *, folder: Path | None = None, recovery: Sequence[str] = (), ask: Ask = asked
) -> Case:
    """A new, empty, encrypted case. Its passphrase is asked for twice.

    ``recovery`` are public keys of age, either of which opens it as well. Raises Invalid for
    a weak passphrase, a recovery key that is none, or a database server; Unavailable on a
    system without files in memory.
    """
    os.close(memory_handle())

    def lock(keys: Keys) -> Lock:
        for one in recovery:
            refuse_no_recipient(one)
        return Lock.make(keys, chosen(ask), recovery)

    return Case.create(where, folder=folder, lock=lock)


def open_locked(where: str, passphrase: str, *, folder: Path | None = None) -> Case:
    """Opens an encrypted case by a passphrase. Raises Refused for a wrong one."""
    keys = read_lock(folder_of(where, folder)).unlock(passphrase)
    return Case.open(where, folder=folder, keys=keys)


def change_passphrase(
    where: str, *, folder: Path | None = None, recovery_file: Path | None = None,
    recovery: Sequence[str] | None = None, new: str | None = None, ask: Ask = asked,
) -> Lock:
    """Locks the case with a new passphrase, and ``recovery`` keys where some are named.

    Opened by the old passphrase, or by a recovery key's secret half in ``recovery_file``. Only
    the lock is written. Raises Refused, Invalid, as opening does.
    """
    place = locked_folder(where, folder)
    if place is None:
        raise Invalid("this case is not encrypted: it has no passphrase")
    before = read_lock(place)
    keys = unlocked(place, ask) if recovery_file is None else (
        before.recover(recovery_secret(recovery_file)))
    told = chosen(ask, fresh=True) if new is None else new
    lock = before.changed(keys, told) if recovery is None else Lock.make(keys, told, recovery)
    write_lock(place, lock)
    return lock
