"""A backup of a case while it is in use: one state of its tables, and every original.

The tables are read in one unchanging state (SQLite: its online backup within one
read transaction; PostgreSQL: one REPEATABLE READ transaction), so writers go on
beside. Every original that state names was on disk before its record was
acknowledged: copying the originals afterwards misses none. Those that the place
holds already are read again and compared, not copied; a damaged one is mended.

Each backup is also a witness: a case whose log is shorter than, or another than,
the one backed up last is refused, and the earlier states stay as they are.
"""

from __future__ import annotations

import os
import shutil
import uuid
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import Connection, inspect, select

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.kinds.tier import TIERS
from headstamp.records import TYPES
from headstamp.store.backend import Backend
from headstamp.store.backup_place import LAST, claim_place, refuse_nesting, same_disk
from headstamp.store.backup_set import (
    DATABASE,
    FILES,
    MANIFEST,
    ORIGINALS,
    STATES,
    SUM,
    Manifest,
    Part,
    original_in,
    read_manifest,
    states,
    sum_line,
)
from headstamp.store.case import Case
from headstamp.store.cipher_lock import LOCK
from headstamp.store.disk import (
    copy_bytes,
    copy_file,
    digest_of,
    sync_file,
    sync_folder,
    sync_tree,
    told,
    workplace,
    write_file,
)
from headstamp.store.layout import fingerprint, stated_layout
from headstamp.store.progress import Told, silent
from headstamp.store.sqlite import Sqlite, make_plain
from headstamp.store.syncing import Syncing
from headstamp.store.tables import CHECKPOINT
from headstamp.store.transfer import copy_kept, copy_tables
from headstamp.store.vault import Vault

# Follows from the rest, belongs to this machine, or has not been taken in yet.
_LEFT_OUT = ("originals", "keys", "derived", "imports/waiting", "database", LAST,
             "case.sqlite", "case.sqlite-wal", "case.sqlite-shm", "case.sqlite-journal")
_GONE = ".gone-"
SNAPSHOTS = "snapshots"
KEPT = "kept-"
"""So begins the name of a snapshot that a finding was drawn from. The others follow from the records; of it,
the state that it shows is over, and nothing else gives the finding's number again."""
Faults = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup: where, what it holds, how its originals came to be there; whether the case is lost with it."""

    state: Path
    manifest: Manifest
    copied: int
    checked: int
    mended: int
    same_disk: bool


def back_up(
    case: Case, place: Path, *, made_by: str, at: datetime, with_key: bool = False,
    progress: Told | None = None,
) -> Backup:
    """Makes a new state in a backup place. Raises Conflicting, Invalid, Tampered, Unavailable.

    After an error or a kill the place holds what it held before, and perhaps some
    originals more, which the next backup uses.
    """
    progress = progress or silent
    refuse_nesting(case.folder, place)
    with told(place):
        claim_place(case, place)
        with workplace(place / ".unfinished", "a backup") as work:
            state = work / "state"
            state.mkdir(mode=0o700)
            records = _copy_database(case, state / DATABASE)
            copy = Sqlite(state / DATABASE, case.keys)
            try:
                with copy.reading() as conn:
                    note, size, root = _checkpoint(conn, case)
                    before = _last_state(conn, case, place)
                    named = named_originals(copy, conn)
            finally:
                copy.close()
            make_plain(state / DATABASE, case.keys)
            sync_file(state / DATABASE)
            files = [_part(state, DATABASE)]
            originals, faults, tally = _copy_originals(
                case, place, work, named, before, progress)
            files += _copy_keys(case, state, with_key)
            files += _copy_files(case.folder, state)
            manifest = Manifest(
                made_at=at.isoformat(timespec="seconds"), made_by=made_by, origin=case.origin,
                key=case.meta["key"], engine=case.backend.name, checkpoint=note, entries=size,
                # The manifest lies in the open.
                root=b64encode(root).decode(), records={} if case.keys else records,
                encrypted=case.keys is not None,
                signing_key=any(part.path == "keys/device.key" for part in files),
                files=tuple(sorted(files, key=lambda part: part.path)),
                originals=tuple(originals), faults=tuple(faults),
            )
            write_file(state / MANIFEST, manifest.bytes())
            write_file(state / SUM, sum_line(manifest.bytes()))
            sync_tree(state)
            final = _free_name(place / STATES, at, size)
            state.rename(final)
            sync_folder(place / STATES)
    done = Backup(final, manifest, *tally, same_disk(place, case.folder))
    _note_last(case, place, done)
    return done


def forget_states(place: Path, keep: int) -> int:
    """Takes away all states but the latest ``keep``, and originals that none of these names.

    Returns how many states went. What is erased from the case is so erased here too. Raises
    Unreadable, before anything goes, where the list of a state that stays is damaged.
    """
    if keep < 1:
        raise Invalid("at least one backup is kept")
    originals = place / ORIGINALS
    with told(place), workplace(place / ".unfinished", "a backup"):
        found = states(place)
        gone = found[:-keep]
        kept = [read_manifest(one) for one in found[-keep:]]
        named = {original_in(originals, part.path) for one in kept for part in one.originals}
        # Damaged here and in the case: what is left of it may be all that there is.
        named |= {original_in(originals, fault["digest"]) for one in kept for fault in one.faults}
        for one in gone:
            # By one rename first: half a state is never seen.
            one.rename(one.with_name(f"{_GONE}{one.name}"))
            sync_folder(one.parent)
        for away in (place / STATES).glob(f"{_GONE}*"):
            shutil.rmtree(away)
        for path in originals.rglob("*"):
            if path.is_file() and path not in named:
                path.unlink()
                sync_folder(path.parent)
    return len(gone)


def _copy_database(case: Case, target: Path) -> dict[str, dict[str, int]]:
    """Copies one state of the tables; current records by kind and tier in it."""
    with case.backend.reading() as conn:
        if isinstance(case.backend, Sqlite):
            case.backend.copy_to(conn, target)
        else:
            # Tables of another layout do not fit ours: what follows is made again when it is restored.
            fits = stated_layout(conn) == fingerprint()
            copy = Sqlite(target)
            try:
                with copy.filling() as into:
                    (copy_tables if fits else copy_kept)(case.backend, conn, copy, into)
            finally:
                copy.close()
        target.chmod(0o600)
        return _counts(case.backend, conn)


def _checkpoint(conn: Connection, case: Case) -> tuple[str, int, bytes]:
    note = conn.execute(
        select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1)
    ).scalar()
    if note is None:
        raise Tampered("the case has no checkpoint")
    latest = open_checkpoint(str(note), case.key_line)
    return str(note), latest.size, latest.root


def _last_state(conn: Connection, case: Case, place: Path) -> Manifest | None:
    """What the place holds last. Raises Tampered where the log does not contain what that saw of it."""
    for state in reversed(states(place)):
        try:
            before = read_manifest(state)
        except Unreadable:
            continue  # a damaged state vouches for nothing; the one before it may
        there = conn.execute(
            select(CHECKPOINT.c.note).where(CHECKPOINT.c.size == before.entries)
        ).scalar()
        same = there is not None and (
            open_checkpoint(str(there), case.key_line).root == before.opened().root
        )
        if not same:
            raise Tampered(
                f"the log of this case is not the one that was backed up on {before.made_at} "
                f"({before.entries} entries): it was cut, put back or written anew. The backups "
                f"in {place} are left as they are. Keep everything, show a custodian; to back up "
                "this state as well, name another folder"
            )
        return before
    return None


def _counts(backend: Backend, conn: Connection) -> dict[str, dict[str, int]]:
    """Current records by kind and tier, counted from the tables of today's and older layouts."""
    held = set(inspect(conn).get_table_names())
    found = {}
    for kind in TYPES:
        if kind.name not in held:
            continue
        rows = backend.tuples(
            conn, f'SELECT visible_rank, count(*) FROM "{kind.name}" GROUP BY visible_rank')
        if rows:
            found[kind.name] = {
                TIERS[rank] if type(rank) is int and 0 <= rank < len(TIERS) else str(rank): n
                for rank, n in sorted(rows, key=repr)
            }
    return found


def named_originals(backend: Backend, conn: Connection) -> dict[str, str]:
    """Every digest that some version names, with the record that names it first."""
    found: dict[str, str] = {}
    for kind in TYPES:
        if kind.fact("digest") is None:
            continue
        for id_, body in backend.stream(
            conn, f"SELECT id, body FROM version WHERE kind = '{kind.name}' ORDER BY seq"
        ):
            try:
                digest = orjson.loads(body or b"{}").get("digest")
            except (ValueError, AttributeError):
                continue  # a damaged version: verify tells of it, the backup keeps it as it is
            if type(digest) is str and len(digest) == 64:
                found.setdefault(digest, str(id_))
    return found


def _copy_originals(
    case: Case, place: Path, work: Path, named: dict[str, str], before: Manifest | None, progress: Told
) -> tuple[list[Part], Faults, tuple[int, int, int]]:
    """Brings every original into the place, on disk; what the case does not have whole is told."""
    parts: list[Part] = []
    faults: Faults = []
    copied = checked = mended = 0
    vault = case.vault
    of_name = {vault.name(digest): digest for digest in named}
    wanted = sorted({*of_name, *vault.names()})
    # What no state names may be there without being on disk: a backup that was cut off left it.
    on_disk = {part.path for part in before.originals} if before else set()
    with Syncing() as syncing:
        for number, name in enumerate(wanted, 1):
            target = original_in(place / ORIGINALS, name)
            there = digest_of(target)
            if there is not None and vault.whole(target, name, there[0]):
                checked += 1
                parts.append(Part(name, there[1], there[0]))
                if name not in on_disk:
                    syncing.folders(target.parent, place / ORIGINALS)
            else:
                one = _copy_original(vault, name, work / name)
                if one is None:
                    # An id may follow from the bytes of a file: it stays out of what lies in the open.
                    id_ = "" if vault.sealed else named.get(name, "")
                    faults.append({"what": "original_not_whole", "id": id_, "digest": name})
                else:
                    mended += there is not None
                    copied += 1
                    parts.append(one)
                    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    syncing.file(work / name, target)
                    syncing.folders(target.parent, place / ORIGINALS)
                    if name in on_disk:
                        syncing.finish()  # mended: if this one is killed, the next takes it to be on disk
            progress("originals", number, len(wanted))
        syncing.finish()
    return parts, faults, (copied, checked, mended)


def _copy_original(vault: Vault, name: str, beside: Path) -> Part | None:
    """Copies one original as it lies; None where the case's own is missing or damaged."""
    source = vault.placed(name)
    if not source.is_file():
        return None
    found, size = copy_bytes(source, beside, 0o400)
    if not vault.whole(beside, name, found):
        beside.unlink()
        return None
    return Part(name, size, found)


def _copy_keys(case: Case, state: Path, with_key: bool) -> list[Part]:
    (state / "keys").mkdir(mode=0o700)
    write_file(state / "keys" / "device.pub", f"{case.meta['key']}\n".encode())
    names = ["device.pub"]
    if case.keys is not None:
        copy_file(case.folder / LOCK, state / LOCK, 0o600)
        names.append(Path(LOCK).name)
    if with_key:
        key = case.folder / "keys" / "device.key"
        if not key.is_file():
            raise Invalid(f"the signing key is not in {key.parent}: leave --with-key out")
        copy_file(key, state / "keys" / "device.key", 0o600)
        names.append("device.key")
    return [_part(state, f"keys/{name}") for name in names]


def other_files(folder: Path) -> Iterator[Path]:
    """What else a person would miss from a case's folder; links are not followed."""
    for here, folders, names in os.walk(folder):
        base = Path(here)
        made_anew = base == folder / SNAPSHOTS
        folders[:] = sorted(
            one for one in folders
            if not one.startswith(".") and not (base / one).is_symlink()
            and (base / one).relative_to(folder).as_posix() not in _LEFT_OUT
            and (not made_anew or one.startswith(KEPT))
        )
        for name in sorted(names):
            path = base / name
            if name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            if path.relative_to(folder).as_posix() not in _LEFT_OUT:
                yield path


def _copy_files(folder: Path, state: Path) -> list[Part]:
    parts = []
    for path in other_files(folder):
        name = f"{FILES}/{path.relative_to(folder).as_posix()}"
        (state / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # gone since it was listed
            copy_file(path, state / name, 0o600)
            parts.append(_part(state, name))
    return parts


def _part(state: Path, name: str) -> Part:
    found = digest_of(state / name)
    assert found is not None, name
    return Part(name, found[1], found[0])


def _free_name(folder: Path, at: datetime, size: int) -> Path:
    name = f"{at:%Y%m%dT%H%M%SZ}-{size}"
    return folder / name if not (folder / name).exists() else folder / f"{name}-{uuid.uuid4().hex[:6]}"


def _note_last(case: Case, place: Path, done: Backup) -> None:
    """Leaves a note in the case's folder, for ``doctor``; a folder one cannot write to has none."""
    note = {"at": done.manifest.made_at, "place": str(place.absolute()), "state": done.state.name,
            "entries": str(done.manifest.entries), "root": done.manifest.root}
    with suppress(OSError):
        write_file(case.folder / LAST, orjson.dumps(note) + b"\n")
