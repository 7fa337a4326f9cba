"""A case moved from one database to another: SQLite to PostgreSQL, and back.

While it lasts, nobody writes. The copy is verified and compared table by table
before the old case's key is set aside (``device.key.moved``): two cases with one key
could each go on by themselves, and the log would be forked. The old case stays, to
be read and verified.
"""

from __future__ import annotations

from pathlib import Path

from headstamp.errors import Invalid, Tampered, Unavailable
from headstamp.store.address import CASE_FILE, backend_of
from headstamp.store.backup import other_files
from headstamp.store.backup_set import original_in
from headstamp.store.case import Case
from headstamp.store.cipher_lock import LOCK
from headstamp.store.disk import copy_bytes, copy_file, sync_folder, told, workplace
from headstamp.store.progress import Told, silent
from headstamp.store.restore import publish, refuse_unless_empty
from headstamp.store.search import Keyer
from headstamp.store.signing_key import MOVED
from headstamp.store.sqlite import Sqlite
from headstamp.store.syncing import Syncing, sync_names
from headstamp.store.transfer import copy_tables
from headstamp.store.verify import verify


def move(
    case: Case, where: str, *, keys: Keyer, folder: Path | None = None, progress: Told | None = None,
) -> Path:
    """Moves a case to another address; returns its new folder.

    Raises Conflicting where that is not empty, Unavailable without the case's key,
    Tampered where the case does not verify. Then the old case is as it was.
    """
    progress = progress or silent
    key = case.folder / "keys" / "device.key"
    if not key.is_file():
        raise Unavailable(f"the key of this case is not in {key.parent}; use backup and restore")
    target, backend = backend_of(where, folder, case.keys)
    if target.resolve() == case.folder.resolve():
        raise Invalid("the new case needs a folder of its own")
    try:
        refuse_unless_empty(target, backend, where)
        with told(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
        with told(target.parent), workplace(
            target.parent / f".{target.name}.restoring", "restoring or moving"
        ) as work, case.backend.writing() as conn:
            made = work / "case"
            made.mkdir(mode=0o700)
            copy = Sqlite(made / CASE_FILE, case.keys)
            try:
                with copy.filling() as into:
                    copy_tables(case.backend, conn, copy, into)
            finally:
                copy.close()
            _copy_folder(case, made, progress)
            with Case.open(made, keys=case.keys) as moved:
                found = verify(moved, keys=keys, told=progress)
            if found:
                first = "; ".join(f"{one.what} {one.id}: {one.detail}" for one in found[:5])
                raise Tampered(f"the case does not verify, and was not moved: {first}")
            key.rename(key.with_name(MOVED))
            try:
                sync_folder(key.parent)
                publish(made, target, backend, where)
            except BaseException:
                # Not moved after all: the old case can be written again.
                key.with_name(MOVED).rename(key)
                raise
    finally:
        backend.close()
    return target


def key_was_moved(folder: Path) -> bool:
    """Whether a case's key was set aside by a move."""
    keys = folder / "keys"
    return (keys / MOVED).is_file() and not (keys / "device.key").exists()


def _copy_folder(case: Case, made: Path, progress: Told) -> None:
    (made / "keys").mkdir(mode=0o700)
    for name, mode in (("device.key", 0o600), ("device.pub", 0o644)):
        copy_file(case.folder / "keys" / name, made / "keys" / name, mode)
    if case.keys is not None:
        copy_file(case.folder / LOCK, made / LOCK, 0o600)
    (made / "originals").mkdir()
    names = sorted(case.vault.names())
    with Syncing() as syncing:
        for number, name in enumerate(names, 1):
            target = original_in(made / "originals", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            copy_bytes(case.vault.placed(name), target, 0o444)
            syncing.file(target)
            progress("originals", number, len(names))
        syncing.finish()
    for path in other_files(case.folder):
        target = made / path.relative_to(case.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_file(path, target, 0o600)
    sync_names(made)
