"""A case put back from a backup, into a folder or a PostgreSQL database.

In this order, each step only if the one before it succeeded:

1. every file of the backup is read and held against its manifest;
2. the case is put together beside the place it is meant for, under a name with a dot;
3. all of it is verified there: log, signatures, tables, originals;
4. it takes its name (a folder: one rename; PostgreSQL: one transaction).

So whatever goes wrong, and whenever the power does, the place is as it was or whole.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from headstamp.errors import Conflicting, Invalid, Tampered, Unreadable
from headstamp.store.address import CASE_FILE, backend_of, without_password
from headstamp.store.backend import Backend
from headstamp.store.backup_set import (
    DATABASE,
    FILES,
    Manifest,
    check_state,
    find_state,
    original_in,
    read_manifest,
)
from headstamp.store.case import Case
from headstamp.store.cipher import Keys
from headstamp.store.disk import (
    copy_bytes,
    sync_file,
    sync_folder,
    told,
    workplace,
    write_file,
)
from headstamp.store.passphrase import unlocked
from headstamp.store.progress import Told, silent
from headstamp.store.search import Keyer
from headstamp.store.signing_key import read_key, write_key
from headstamp.store.sqlite import Sqlite
from headstamp.store.syncing import Syncing, sync_names
from headstamp.store.tables import LOG
from headstamp.store.transfer import copy_tables
from headstamp.store.upgrade import upgrade
from headstamp.store.verify import Finding, verify

FILLING = ".filling"
_MISSING = {"original_missing", "original_changed"}
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Restored:
    """A case put back: its address, what the backup held, and what was wrong with it even then."""

    where: str
    folder: Path
    state: Path
    manifest: Manifest
    upgraded: bool
    findings: tuple[Finding, ...]
    can_be_changed: bool


def restore(
    place: Path, where: str, *, keys: Keyer, folder: Path | None = None, key_file: Path | None = None,
    against: Iterable[str] = (), as_it_is: bool = False, progress: Told | None = None,
) -> Restored:
    """Puts the case of a backup place (its latest state), or of one state, into a new place.

    ``key_file`` is the signing key where it was kept apart; ``against`` are checkpoints
    kept elsewhere. ``as_it_is`` takes also a case in which something was wrong already
    when it was backed up. Raises Unreadable for a damaged backup, Conflicting for a
    place that is not empty, Tampered where the case does not verify; then nothing changed.
    """
    progress = progress or silent
    with told(place):
        state, originals = find_state(place)
    manifest = read_manifest(state)
    wrong = check_state(state, originals, manifest, progress)
    if wrong:
        raise Unreadable(
            f"the backup {state} is not whole; nothing was restored. Earlier backups are in "
            f"{state.parent}", wrong[:20],
        )
    opened = unlocked(state) if manifest.encrypted else None
    target, backend = backend_of(where, folder, opened)
    try:
        refuse_unless_empty(target, backend, where)
        with told(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
        with told(target.parent), workplace(
            target.parent / f".{target.name}.restoring", "restoring"
        ) as work:
            made = work / "case"
            _put_together(state, originals, manifest, made, key_file, opened, progress)
            upgraded, findings = _proven(
                made, manifest, keys, opened, list(against), as_it_is, progress)
            can = (made / "keys" / "device.key").exists()
            publish(made, target, backend, where)
    finally:
        backend.close()
    return Restored(without_password(where), target, state, manifest, upgraded, tuple(findings), can)


def refuse_unless_empty(target: Path, backend: Backend, where: str) -> None:
    """Raises Conflicting unless a new case can take this place."""
    with told(target):
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise Conflicting(f"{target} is no folder; name a new or empty one")
        there = [one.name for one in target.iterdir()] if target.is_dir() else []
    # What a restore into a database left that was killed before its transaction ended.
    if there and (isinstance(backend, Sqlite) or not _left_by_a_kill(target, where)):
        raise Conflicting(f"{target} is not empty; a case is put into a new or empty folder, "
                          "so that nothing is written over")
    if not isinstance(backend, Sqlite) and backend.exists():
        raise Conflicting(f"there is a case at {without_password(where)} already")


def _put_together(
    state: Path, originals: Path, manifest: Manifest, made: Path, key_file: Path | None,
    opened: Keys | None, progress: Told,
) -> None:
    made.mkdir(mode=0o700)
    (made / "keys").mkdir(mode=0o700)
    (made / "originals").mkdir()
    with Syncing() as syncing:
        for part in manifest.files:
            source = state / part.path
            name = CASE_FILE if part.path == DATABASE else part.path.removeprefix(f"{FILES}/")
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy_checked(source, target, part.sha256, 0o600, syncing)
        for number, part in enumerate(manifest.originals, 1):
            target = original_in(made / "originals", part.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy_checked(original_in(originals, part.path), target, part.sha256, 0o444, syncing)
            progress("originals", number, len(manifest.originals))
        syncing.finish()
    if key_file is not None:
        signer = read_key(key_file, opened)
        if signer is None or signer.verifier_key != manifest.key:
            raise Invalid(f"{key_file} is not the signing key of this case")
        (made / "keys" / "device.key").unlink(missing_ok=True)
        write_key(made / "keys" / "device.key", signer, opened)


def _copy_checked(source: Path, target: Path, digest: str, mode: int, syncing: Syncing) -> None:
    if copy_bytes(source, target, mode)[0] != digest:
        raise Unreadable(f"{source} changed while it was being restored; nothing was restored")
    syncing.file(target)


def _proven(
    made: Path, manifest: Manifest, keys: Keyer, opened: Keys | None, against: list[str],
    as_it_is: bool, progress: Told,
) -> tuple[bool, list[Finding]]:
    """Upgrades where needed, verifies all of it, and compares with the manifest."""
    with Case.open(made, outdated=True, keys=opened) as case:
        upgraded = upgrade(case, told=progress)
    with Case.open(made, keys=opened) as case:
        latest = case.checkpoint()
        if (case.origin, case.meta["key"], latest.size, b64encode(latest.root).decode()) != (
            manifest.origin, manifest.key, manifest.entries, manifest.root
        ):
            raise Tampered("the backup's case is not the one of its manifest; nothing was restored")
        with case.backend.reading() as conn:
            entries = conn.execute(select(func.count()).select_from(LOG)).scalar_one()
        findings = verify(case, keys=keys, against=against, told=progress)
        known = {fault["digest"] for fault in manifest.faults if "digest" in fault}
        new = [
            one for one in findings
            if not (one.what in _MISSING and any(
                case.vault.name(digest) in known for digest in _DIGEST.findall(one.detail)))
        ]
    outside = [one for one in new if one.what in ("fork", "log_shorter_than_checkpoint",
                                                  "signature_invalid")]
    if entries != manifest.entries or outside or (new and not as_it_is):
        told_first = "; ".join(f"{one.what} {one.id}: {one.detail}" for one in new[:5])
        raise Tampered(
            f"the case in this backup does not verify; nothing was restored. {told_first}. "
            "If it was damaged already when it was backed up, look for an earlier backup; "
            "--as-it-is takes it nevertheless and tells all that is wrong"
        )
    return upgraded, findings


def publish(made: Path, target: Path, backend: Backend, where: str) -> None:
    """Gives a finished case in SQLite its name, or puts it into the database with its folder."""
    if isinstance(backend, Sqlite):
        sync_file(made / CASE_FILE)
        sync_names(made)
        # A rename onto an empty folder takes its place; onto any other it is refused.
        made.rename(target)
        sync_folder(target.parent)
        return
    source = Sqlite(made / CASE_FILE)
    try:
        with backend.filling() as into:
            with source.reading() as conn:
                copy_tables(source, conn, backend, into)
            source.close()
            for name in ("", "-wal", "-shm"):
                Path(f"{made / CASE_FILE}{name}").unlink(missing_ok=True)
            write_file(made / "database", f"{without_password(where)}\n".encode())
            write_file(made / FILLING, f"{without_password(where)}\n".encode())
            sync_names(made)
            if target.is_dir():
                _make_room(target)
            made.rename(target)
            sync_folder(target.parent)
        # Only now is the transaction through.
    except BaseException:
        source.close()
        raise
    (target / FILLING).unlink()
    sync_folder(target)


def _left_by_a_kill(target: Path, where: str) -> bool:
    """Whether a folder is what a restore into this very database left unfinished."""
    try:
        return (target / FILLING).read_text("utf-8").strip() == without_password(where)
    except OSError:
        return False


def _make_room(target: Path) -> None:
    """Takes away the folder of a restore that was killed before its transaction ended."""
    for here, folders, names in os.walk(target, topdown=False):
        for name in names:
            (Path(here) / name).unlink()
        for name in folders:
            (Path(here) / name).rmdir()
