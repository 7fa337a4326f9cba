"""One pass over the log: each entry, and the version it binds.

An entry is checked by sealing it anew from what is stored and comparing bytes;
only where the two differ is it read apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from orjson import dumps, loads
from sqlalchemy import Connection

from headstamp.errors import HeadstampError
from headstamp.evidence import entry as entries
from headstamp.evidence.canonical import canonical
from headstamp.evidence.entry import Entry, Stamp, check_fields, erased_fields, seal
from headstamp.evidence.salted import SEED_BYTES
from headstamp.evidence.tree import leaf_hash
from headstamp.records import BY_NAME, TYPES, RecordType
from headstamp.records.spec import body as body_of
from headstamp.store.backend import Backend
from headstamp.store.elsewhere import HELD, PUT, Elsewhere
from headstamp.store.erased import WHOLE, Erased
from headstamp.store.verify.finding import MOST, Findings, Told
from headstamp.store.verify.originals import Originals
from headstamp.store.verify.raw import Row, as_bytes, as_text
from headstamp.store.verify.tree import Tree

_PAGE = 2_000
_WRONG = (HeadstampError, ValueError, TypeError, AttributeError, KeyError)


class Walk:
    """The pass itself: ``entries`` goes through the log, ``finish`` tells what was left over."""

    def __init__(
        self, conn: Connection, backend: Backend, found: Findings, tree: Tree,
        originals: Originals, told: Told, erased: Erased, excused: Erased,
    ) -> None:
        self._conn = conn
        self._backend = backend
        self._found = found
        self._tree = tree
        self._originals = originals
        self._told = told
        # What two people agreed to erase must be gone; and what may be gone, nothing else.
        self._erased, self._excused = erased, excused
        self.size, self._last = backend.tuples(conn, "SELECT count(*), max(seq) FROM log")[0]
        self._stamp: Stamp | None = None
        self._proven: tuple[str, int] | None = None
        self._leaf = b""
        # The versions that came from other devices, for the check of their names.
        self.elsewhere: list[Elsewhere] = []
        self._holds_files = {kind.name for kind in TYPES if kind.fact("digest") is not None}

    def identify(self, entry: bytes) -> tuple[str, int]:
        """Id and version of the entry last given out; read apart only where not proven."""
        return self._proven or entries.identify(entry)

    def hashed(self, entry: bytes) -> bytes:
        """The leaf hash of the entry last given out."""
        return self._leaf

    # -- the pass

    def entries(self) -> Iterator[bytes]:
        """All entries in order, each checked against its version as it goes by."""
        tuples = self._backend.tuples
        size, last = self.size, self._last
        if size and last != size - 1:
            self._found.say("log_gap", "log", f"{size} entries are there, the last has number {last}")
        done, last = 0, -(2**62)
        while True:
            rows = tuples(
                self._conn,
                "SELECT log.seq, log.entry, version.kind, version.id, version.number,"
                " version.seed, version.body, version.held FROM log LEFT JOIN version ON version.seq = log.seq"
                f" WHERE log.seq > {last} ORDER BY log.seq LIMIT {_PAGE}",
            )
            if not rows:
                return
            last = rows[-1][0]
            leaves = [leaf_hash(as_bytes(row[1])) for row in rows]
            self._tree.add(leaves)
            for row, self._leaf in zip(rows, leaves, strict=True):
                self._version(row)
                yield as_bytes(row[1])
            done += len(rows)
            self._told("records", done, size)

    def _version(self, row: Row) -> None:
        seq, entry, name, id_, number, seed, text, held = row
        self._proven = None
        if name is None and id_ is None and number is None:
            self._found.say("record_missing", f"entry {seq}",
                            "the log tells of a version that is gone")
            return
        kind = BY_NAME.get(name) if type(name) is str else None
        if kind is None or type(id_) is not str or type(number) is not int:
            self._found.say("record_changed", as_text(id_), f"entry {seq} has a version of no type")
            return
        gone = self._erased.get(id_)
        if text is None and seed is None and gone == WHOLE:
            self._whole(kind, seq, as_bytes(entry), id_, number, held)
            return
        if type(text) is not bytes or type(seed) is not bytes:
            self._found.say("record_missing", id_, f"the text of version {number} is gone")
            return
        if gone == WHOLE:
            self._found.say("erasure_unfinished", id_,
                            f"it is to be erased, and version {number} is still there")
        values = self._sealed(kind, seq, as_bytes(entry), id_, number, seed, text)
        if values is not None and gone is not None and gone & values.keys():
            fields = ", ".join(sorted(gone & values.keys()))
            self._found.say("erasure_unfinished", id_, f"version {number} still has what is to be "
                            f"erased: {fields}")
        if values is not None and name in self._holds_files and (
            type(values.get("digest")) is str
        ):
            self._originals.name(values["digest"], id_)
        self._its_line(kind, seq, as_bytes(entry), id_, number, held)

    def _its_line(
        self, kind: RecordType, seq: int, entry: bytes, id_: str, number: int, held: Any
    ) -> None:
        if not entry.startswith(PUT):
            self._from_elsewhere(kind, seq, entry, id_, number, held)
        elif held is not None:
            self._found.say("record_changed", id_, f"version {number} is said to be held aside")

    def _whole(
        self, kind: RecordType, seq: int, entry: bytes, id_: str, number: int, held: Any
    ) -> None:
        """A version of a record that is erased whole: nothing is left of it but its entry."""
        try:
            told = entries.read(entry)
        except HeadstampError:
            return  # told already by the check of the log
        self._stamped(told, seq)
        if self._same(told, kind, id_, number):
            self._proven = id_, number
        else:
            self._found.say("record_changed", id_, f"entry {seq} tells of {told.kind} {told.id} version "
                            f"{told.version}, the table of {kind.name} {id_} version {number}")
        self._its_line(kind, seq, entry, id_, number, held)

    def _stamped(self, told: Entry, seq: int) -> Stamp:
        # Entries of one change share their stamp: the next are compared at once.
        # The acts of one change may differ, its checkpoint is one.
        stamp = Stamp(told.act, told.actor, told.at, told.reason)
        if self._stamp is None or replace(stamp, act=self._stamp.act) != self._stamp:
            self._tree.change_begins(seq)
        self._stamp = stamp
        return stamp

    def _from_elsewhere(
        self, kind: RecordType, seq: int, entry: bytes, id_: str, number: int, held: Any
    ) -> None:
        try:
            told = entries.read(entry)
        except HeadstampError:
            return  # told already by the check of the log
        if held != (1 if told.act in HELD else None):
            self._found.say("record_changed", id_,
                            f"whether version {number} is held aside is not as its entry says")
        if told.act != "settle":
            self.elsewhere.append(Elsewhere(seq, told.act, told.of, kind.name, id_, number))

    # -- a version against its entry

    def _sealed(
        self, kind: RecordType, seq: int, entry: bytes, id_: str, number: int, seed: bytes,
        text: bytes,
    ) -> dict[str, Any] | None:
        """The version's values, if its text can be read; tells where the entry does not bind them."""
        try:
            values: dict[str, Any] = loads(text)
            names = tuple(values)
            parts = [
                dumps(value) if type(value) is str else canonical(value)
                for value in values.values()
            ]
            stamp = self._stamp
            if stamp is not None and stamp.act == "put" and len(seed) == SEED_BYTES and (
                entry.startswith(stamp.head)) and (
                seal(stamp, kind.tag, id_, number, names, parts, seed) == entry
            ):
                self._proven = id_, number
            else:
                self._read_apart(kind, seq, entry, id_, number, names, parts, seed)
        except _WRONG as error:
            self._found.say("record_changed", id_, f"version {number} cannot be read: {error}")
            return None
        if text != body_of(names, parts):
            self._found.say("record_changed", id_, f"the text of version {number} is not canonical")
        return values

    def _read_apart(
        self, kind: RecordType, seq: int, entry: bytes, id_: str, number: int,
        names: tuple[str, ...], parts: list[bytes], seed: bytes,
    ) -> None:
        try:
            told = entries.read(entry)
        except HeadstampError:
            return  # told already by the check of the log
        stamp = self._stamped(told, seq)
        if self._same(told, kind, id_, number):
            if len(seed) != SEED_BYTES:
                self._without_fields(told, id_, number, names, parts, seed)
                return
            if seal(stamp, told.kind, id_, number, names, parts, seed, told.of) == entry:
                self._proven = id_, number
                return
            broken = check_fields(told, dict(zip(names, parts, strict=True)), seed)
            detail = f"version {number} does not agree with its entry in: {', '.join(broken)}"
        else:
            detail = (f"entry {seq} tells of {told.kind} {told.id} version {told.version}, "
                      f"the table of {kind.name} {id_} version {number}")
        self._found.say("record_changed", id_, detail)

    def _without_fields(
        self, told: Entry, id_: str, number: int, names: tuple[str, ...], parts: list[bytes],
        seed: bytes,
    ) -> None:
        """A version of which fields are erased: each of the others is bound by itself."""
        say = self._found.say
        gone = set(erased_fields(told, seed))
        agreed = self._excused.get(id_, frozenset())
        lone = [] if agreed == WHOLE else sorted(gone - agreed)
        if lone:
            say("record_missing", id_, f"version {number} lacks {', '.join(lone)}, and no erasure that "
                "two people agreed on says so")
        broken = check_fields(told, dict(zip(names, parts, strict=True)), seed)
        if broken:
            say("record_changed", id_,
                f"version {number} does not agree with its entry in: {', '.join(broken)}")
        elif gone:
            self._proven = id_, number
        else:
            say("record_changed", id_, f"version {number} has lost its seed though nothing is erased")

    @staticmethod
    def _same(told: Entry, kind: RecordType, id_: str, number: int) -> bool:
        return (told.id, told.version, told.kind.partition("/")[0]) == (id_, number, kind.name)

    # -- what the pass did not come by

    def finish(self) -> None:
        """Versions without an entry, and versions that do not name the one before them."""
        for id_, number in self._backend.tuples(
            self._conn,
            "SELECT version.id, version.number FROM version LEFT JOIN log ON log.seq = version.seq"
            f" WHERE log.seq IS NULL LIMIT {MOST}",
        ):
            self._found.say("record_not_logged", as_text(id_), f"version {number} has no log entry")
        for id_, number in self._backend.tuples(
            self._conn,
            "SELECT version.id, version.number FROM version"
            " LEFT JOIN version AS earlier ON earlier.seq = version.before"
            " AND earlier.id = version.id AND earlier.held IS NULL"
            # Between the two there may be versions held aside, and nothing else.
            " AND earlier.number = version.number - 1 - (SELECT count(*) FROM aside"
            " WHERE aside.id = version.id AND aside.number < version.number"
            " AND aside.number > earlier.number)"
            " WHERE version.before IS NOT NULL AND (version.held IS NOT NULL OR earlier.seq IS NULL)"
            " OR version.before IS NULL AND version.held IS NULL AND version.number <> 1"
            f" LIMIT {MOST}",
        ):
            self._found.say("record_changed", as_text(id_),
                            f"version {number} does not name the version before it")
