"""A case: one investigation, in a folder with SQLite or in a PostgreSQL database.

In a folder lie ``case.sqlite``, ``originals/`` (untouched, by digest),
``derived/`` (thumbnails and the like, may be deleted) and ``keys/`` (the
device's signing key). A PostgreSQL case has the same folder without the
database file. In an encrypted case all of them are encrypted, and ``keys/lock.json`` holds
what opens them (docs/why/0010).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from headstamp.errors import (
    Conflicting,
    HeadstampError,
    Missing,
    Tampered,
    Unavailable,
)
from headstamp.evidence import entry as entries
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.entry import Stamp, moment
from headstamp.evidence.key_line import KeyLine
from headstamp.evidence.note import Signer, Verifier, open_note, sign
from headstamp.evidence.tile import Tiles
from headstamp.kinds.tier import RANK
from headstamp.records import TYPES
from headstamp.store.address import backend_of, without_password
from headstamp.store.backend import Backend
from headstamp.store.cipher import Keys
from headstamp.store.cipher_lock import Lock, is_encrypted, refuse_lockless, write_lock
from headstamp.store.disk import told, write_file
from headstamp.store.elsewhere import open_aside
from headstamp.store.erasing import ErasingChange, note_left
from headstamp.store.facets import FacetIndex, total
from headstamp.store.founding import founding, is_unfinished
from headstamp.store.layout import FORMAT, fingerprint, state_layout, stated_layout
from headstamp.store.passphrase import unlocked
from headstamp.store.policy import clearance_rank
from headstamp.store.proof import Proof, Prover, prove
from headstamp.store.reader import Reader
from headstamp.store.signing_key import KEY, PUBLIC, settle, signing_key, without_key, write_key
from headstamp.store.sqlite import Sqlite
from headstamp.store.tables import CHECKPOINT, EDGE, KEY_CHANGE, LOG, META
from headstamp.store.vault import Vault
from headstamp.store.working import Working

_META = ("format", "origin", "created_at", "key")

Clock = Callable[[], datetime]


def now() -> datetime:
    """The device's clock, in UTC."""
    return datetime.now(UTC)


class Case:
    """An open case. Everything is written through ``change`` and read through ``read``."""

    def __init__(
        self, where: str, folder: Path, backend: Backend, meta: dict[str, str], signer: Signer | None,
        clock: Clock = now, keys: Keys | None = None,
    ) -> None:
        self.where = where
        self.folder = folder
        self.backend = backend
        self.meta = meta
        self.keys = keys
        self.vault = Vault(folder / "originals", keys)
        self.working = Working(folder, keys)
        self.origin = meta["origin"]
        self.clock = clock
        self._signer = signer
        # The tree's right edge as this process last left it; good only while
        # the log has that size.
        self._tiles: Tiles | None = None
        self._indexes: dict[str, FacetIndex] = {}
        self._line: tuple[int, KeyLine] | None = None

    @classmethod
    def create(
        cls, where: str | Path, *, folder: Path | None = None, clock: Clock = now,
        lock: Callable[[Keys], Lock] | None = None,
    ) -> Case:
        """Makes a new, empty case with a fresh key. Raises Conflicting where there is one.

        ``lock`` makes it an encrypted one: given its new keys, it says how they are locked up.
        """
        keys = Keys.generate() if lock is not None else None
        place, backend = backend_of(str(where), folder, keys)
        with founding(place):
            return cls._made(str(where), place, backend, clock, keys, lock)

    @classmethod
    def _made(
        cls, where: str, place: Path, backend: Backend, clock: Clock, keys: Keys | None,
        lock: Callable[[Keys], Lock] | None,
    ) -> Case:
        if is_encrypted(place) or backend.exists():
            raise Conflicting(f"there is a case at {without_password(where)} already")
        key_file = place / "keys" / KEY
        if key_file.exists():
            raise Conflicting(f"{place} holds the key of another case", )
        locked = lock(keys) if lock is not None and keys is not None else None
        signer = Signer.generate(f"headstamp.local/{os.urandom(6).hex()}")
        meta = {
            "format": str(FORMAT), "origin": signer.verifier.name, "created_at": moment(clock()),
            "key": signer.verifier_key,
        }
        with told(place):
            key_file.parent.mkdir(parents=True, exist_ok=True)
            key_file.parent.chmod(0o700)
            (place / "originals").mkdir(exist_ok=True)
            if locked is not None:
                write_lock(place, locked)
            write_key(key_file, signer, keys)
            write_file(place / "keys" / PUBLIC, f"{signer.verifier_key}\n".encode(), 0o644)
        backend.create()
        with backend.writing() as conn:
            rows = [*meta.items(), ("seal", sign(settings_text(meta), signer))]
            backend.insert(conn, META, ["key", "value"], rows)
            state_layout(conn, backend)
        if not isinstance(backend, Sqlite):
            with told(place):
                write_file(place / "database", f"{without_password(where)}\n".encode(), 0o644)
        case = cls(where, place, backend, meta, signer, clock, keys)
        with case.change(actor="headstamp", reason="the case is opened"):
            pass
        return case

    @classmethod
    def open(
        cls, where: str | Path, *, folder: Path | None = None, clock: Clock = now,
        outdated: bool = False, keys: Keys | None = None,
    ) -> Case:
        """Opens a case. Raises Missing where there is none, Conflicting for another format.

        ``outdated`` lets one of an older layout pass, for what only copies or mends it.
        ``keys`` are those of an encrypted case; without them its passphrase is asked for.
        Raises Refused for a wrong one.
        """
        place, backend = backend_of(str(where), folder)
        if is_unfinished(place):
            raise Missing(f"the making of the case at {without_password(str(where))} goes on, or was cut "
                          "off: nothing is recorded in it. Make it with: headstamp init "
                          f"{without_password(str(where))}")
        with told(place):  # another user's, or on a disk that was pulled
            encrypted = isinstance(backend, Sqlite) and is_encrypted(place)
        if isinstance(backend, Sqlite) and encrypted:
            backend.close()
            keys = keys or unlocked(place)
            backend = Sqlite(backend.path, keys)
        else:
            refuse_lockless(place)
        if not backend.exists():
            shown = without_password(str(where))
            raise Missing(f"there is no case at {shown}; make one with: headstamp init {shown}")
        try:
            meta = _usable_settings(backend, without_password(str(where)), outdated)
        except BaseException:
            backend.close()
            raise
        case = cls(str(where), place, backend, meta, None, clock, backend_keys(backend))
        settle(place, meta["key"], case.keys)
        return case

    @property
    def address(self) -> str:
        """Where the case is, as it may be shown: without a password."""
        return without_password(self.where)

    def close(self) -> None:
        """Lets go of the database."""
        self.backend.close()

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # -- writing

    @contextmanager
    def change(self, *, actor: str, reason: str) -> Iterator[ErasingChange]:
        """The one write path: records, log entries and checkpoint in one transaction.

        On a clean exit everything put is durable and logged; on an error nothing
        is. Raises Unavailable where this machine does not hold the case's key.
        """
        key = self.folder / "keys" / KEY
        no_key = without_key(self.folder)
        signer = self.signer()
        if signer is None:
            raise Unavailable(no_key)
        stamp = Stamp(act="put", actor=actor, at=moment(self.clock()), reason=reason)
        tiles = None
        try:
            with self.backend.writing() as conn:
                # Looked for under the lock: a move may just have taken the case elsewhere.
                if not key.exists():
                    self._signer = None
                    raise Unavailable(no_key)
                if str(conn.execute(select(META.c.value).where(META.c.key == "key")).scalar()) != (
                    signer.verifier_key
                ):
                    self._signer = None
                    raise Conflicting("the signing key of this case was replaced just now; nothing was "
                                      "written. Do it again")
                tiles = self.edge(conn)
                change = ErasingChange(conn, self.backend, self.vault, stamp, tiles)
                yield change
                if change.erasing:
                    note_left(self.working, change.files_gone)
                change.finish(signer, self.origin)
        except BaseException:
            self._tiles = None  # the edge in memory may have run ahead of the log
            raise
        self._tiles = tiles

    def signer(self) -> Signer | None:
        """The key that signs; None where it is not here. Raises Tampered where another one is.

        Read only when something is to be signed: reading needs no key.
        """
        in_force = self.verifier.text()
        if self._signer is None or self._signer.verifier_key != in_force:
            self._signer = signing_key(self.folder, in_force, self.keys)
        if self._signer is not None and self._signer.verifier_key != in_force:
            self._signer = None
            raise Tampered(f"the key in {self.folder / 'keys'} is not the key of this case")
        return self._signer

    def edge(self, conn: Connection) -> Tiles:
        """The right edge of the tree, to go on from. Raises Tampered."""
        size = conn.execute(select(func.coalesce(func.max(LOG.c.seq) + 1, 0))).scalar_one()
        if self._tiles is not None and self._tiles.size == size:
            return self._tiles
        rows = conn.execute(select(EDGE.c.hashes).order_by(EDGE.c.level)).scalars().all()
        try:
            return Tiles(size, [bytes(hashes) for hashes in rows])
        except HeadstampError as error:
            raise Tampered(
                "the log and its tree do not fit together; nothing more is written until "
                "`headstamp verify` has been looked at"
            ) from error

    # -- keys of the log

    @property
    def verifier(self) -> Verifier:
        """The key in force: what is signed now is checked with it."""
        return self.key_line.newest

    @property
    def key_line(self) -> KeyLine:
        """All keys that ever signed this log: what was signed at any time is checked with them."""
        if self.meta["format"] == "1":  # no key was ever changed there
            return KeyLine(Verifier.parse(self.meta["key"]))
        with self.backend.reading() as conn:
            changes = conn.execute(select(func.count()).select_from(KEY_CHANGE)).scalar_one()
            if self._line is None or self._line[0] != changes:
                self._line = changes, self._read_line(conn)
        return self._line[1]

    def _read_line(self, conn: Connection) -> KeyLine:
        key = conn.execute(select(META.c.value).where(META.c.key == "key")).scalar()
        self.meta["key"] = str(key or "")
        try:
            return key_line_in(conn, self.meta["key"])
        except HeadstampError:  # told by ``meta_problem``; nothing older verifies then
            return KeyLine(Verifier.parse(self.meta["key"]))

    # -- reading

    def read(self, clearance: str = "restricted") -> Reader:
        """Everything this clearance may see, and nothing else."""
        clearance_rank(clearance)
        return Reader(self.backend, self.vault, clearance, self._indexes)

    def warm(self, at_least: int = 50_000) -> None:
        """Takes the facets of all large kinds into memory, so that narrowed lists count fast.

        For a server, beside its first answers; everything works without it.
        """
        with self.backend.reading() as conn:
            for kind in TYPES:
                if kind.name not in self._indexes and total(conn, kind, len(RANK)) >= at_least:
                    index = FacetIndex(kind)
                    index.catch_up(conn)
                    self._indexes[kind.name] = index

    def checkpoint(self) -> Checkpoint:
        """The latest signed checkpoint, its signature checked. Raises Tampered."""
        return open_checkpoint(self.checkpoint_note(), self.key_line)

    def checkpoint_note(self) -> str:
        """The latest checkpoint as a signed note, to hand out and keep elsewhere."""
        with self.backend.reading() as conn:
            note = conn.execute(
                select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1)
            ).scalar()
        if note is None:
            raise Tampered("the case has no checkpoint")
        return str(note)

    def open_names(self, record_id: str) -> list[str]:
        """The names of all versions of a record that stand open, whoever may see them."""
        with self.backend.reading() as conn:
            return [entries.read(bytes(row.entry)).of[0] for row in open_aside(conn, record_id)]

    def proof(self, seq: int) -> Proof:
        """The proof that entry ``seq`` stands in the log. Raises Missing, Tampered."""
        line = self.key_line
        with self.backend.reading() as conn:
            return prove(conn, seq, line)

    def proofs(self, seqs: Sequence[int]) -> list[Proof]:
        """The proofs of several entries against one checkpoint. Raises as ``proof``."""
        line = self.key_line
        with self.backend.reading() as conn:
            prover = Prover(conn, line)
            return [prover.prove(seq) for seq in seqs]

    def meta_problem(self) -> str | None:
        """What is wrong with the case's own settings; None where their seal holds."""
        with self.backend.reading() as conn:
            rows = dict(conn.execute(select(META.c.key, META.c.value)).all())
            try:
                key_line_in(conn, str(rows.get("key")))
            except HeadstampError as error:
                return f"the changes of the signing key do not hold: {error}"
        if set(rows) != {*_META, "seal"}:
            return "settings were added or removed: " + ", ".join(sorted(set(rows) ^ {*_META, "seal"}))
        public = self.folder / "keys" / PUBLIC
        if public.is_file() and public.read_text("utf-8", "replace").strip() != rows["key"]:
            return "the key in the database is not the key in the folder"
        try:
            signer = signing_key(self.folder, rows["key"], self.keys)
        except HeadstampError as error:
            return f"the signing key cannot be read: {error}"
        if signer is not None and signer.verifier_key != rows["key"]:
            return "the signing key in the folder is not the key of the case"
        return _seal_problem(rows)


def _usable_settings(backend: Backend, where: str, outdated: bool) -> dict[str, str]:
    """A case's settings. Raises Conflicting for a format or layout that is not this program's."""
    with backend.reading() as conn:
        rows = dict(conn.execute(select(META.c.key, META.c.value)).all())
        form = sealed_format(rows)
        if form is not None and form > FORMAT:
            raise Conflicting(
                f"this case has format {form}, this program knows {FORMAT}: a newer headstamp "
                "wrote it. Nothing was changed; use that one, or a newer one"
            )
        if not outdated and ((form is not None and form < FORMAT)
                             or stated_layout(conn) != fingerprint()):
            raise Conflicting(
                f"the case at {where} was made by another version of headstamp. Nothing was "
                "changed; make a backup (headstamp backup), then bring it up to date with: "
                "headstamp upgrade"
            )
    meta = {key: str(rows.get(key) or "") for key in _META}
    try:
        Verifier.parse(meta["key"])
    except HeadstampError as error:
        raise Tampered(f"the key of the case at {where} was changed: {error}") from error
    return meta


def key_line_in(conn: Connection, newest: str) -> KeyLine:
    """The keys of a log as its database tells them. Raises Invalid, Unreadable, Tampered."""
    rows = conn.execute(select(KEY_CHANGE.c.size, KEY_CHANGE.c.note).order_by(KEY_CHANGE.c.size)).all()
    line = KeyLine.of_notes(Verifier.parse(newest), [str(note) for _, note in rows])
    if [size for size, _ in rows] != [change.size for change in line.changes]:
        raise Tampered("a change of the key stands at another size than it says")
    return line


def sealed_format(rows: dict[str, str]) -> int | None:
    """The format a case's seal vouches for; None where no seal holds.

    Every format's seal is a note of the case's key with a line ``format N``: so an older
    program can tell a newer case from one whose settings were changed by hand.
    """
    try:
        sealed = open_note(str(rows.get("seal")), [Verifier.parse(str(rows.get("key")))])
    except HeadstampError:
        return None  # told by ``meta_problem``
    head, *lines = sealed.text.split("\n")
    told = [line.removeprefix("format ") for line in lines if line.startswith("format ")]
    if head != "headstamp case" or len(told) != 1 or not re.fullmatch("[1-9][0-9]{0,8}", told[0]):
        return None
    return int(told[0])


def _seal_problem(rows: dict[str, str]) -> str | None:
    """What is wrong with the seal over a case's settings; None where it holds."""
    if any(type(rows.get(key)) is not str for key in (*_META, "seal")):
        return "a setting is gone, or is no text"
    try:
        sealed = open_note(rows["seal"], [Verifier.parse(rows["key"])])
    except HeadstampError as error:  # any refusal of the seal is the finding itself
        return f"the seal of the settings does not hold: {error}"
    if sealed.text != settings_text(rows):
        return "the settings are not those that were sealed"
    return None


def settings_text(meta: dict[str, str]) -> str:
    """The text that the seal of a case's settings vouches for."""
    return "headstamp case\n" + "".join(f"{key} {meta[key]}\n" for key in _META)


def backend_keys(backend: Backend) -> Keys | None:
    """The keys with which a backend was opened; None for a plain one."""
    return backend.keys if isinstance(backend, Sqlite) else None
