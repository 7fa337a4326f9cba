"""The log as it is handed to others: tiles, bundles of entries, checkpoints, proofs, shown values.

Hashes and checkpoints are for everybody who is given the log. An entry is not: it
names in clear a record's id, its kind, who put it and why. So entries go through
the read filter (rule 3) like everything else, and those that the clearance may not
see are left empty, which ``docs/evidence-format.md`` calls *withheld*. Their place
in the tree is held by their hash, from which nothing can be found.

Everything is handed out as it is stored, never mended: a damaged log must look
damaged to whoever checks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select

from headstamp.errors import Invalid, Missing, Tampered
from headstamp.evidence import entry as entries
from headstamp.evidence.canonical import canonical
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.export import Disclosure, pack
from headstamp.evidence.key_line import KeyLine
from headstamp.evidence.note import Verifier
from headstamp.evidence.proof import ConsistencyProof, InclusionProof
from headstamp.evidence.salted import SALT_BYTES, SEED_BYTES, salts
from headstamp.evidence.tile import WIDTH, node_reader
from headstamp.evidence.tree import HASH_BYTES, consistency_proof, inclusion_proof
from headstamp.kinds.tier import RANK
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.erased import erased_of
from headstamp.store.sight import Sight
from headstamp.store.tables import CHECKPOINT, CURRENT, EDGE, KEY_CHANGE, LOG, TILE, VERSION

_LEVELS = 64


class _Stored(NamedTuple):
    """One row of the log with the version it tells of."""

    seq: int
    entry: bytes
    kind: str | None
    id: str | None
    number: int | None
    seed: bytes | None
    body: bytes | None


class ServedLog(Sight):
    """The log of a case for one clearance; several questions over one state in ``snapshot``."""

    @classmethod
    def of(cls, case: Case, clearance: str) -> ServedLog:
        """The log of that case. Raises Invalid for a clearance that is none."""
        return cls(case.backend, case.vault, clearance)

    # -- checkpoints

    def notes(self) -> list[str]:
        """All signed checkpoints in the order made."""
        with self._connected() as conn:
            rows = conn.execute(select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size)).scalars()
            return [str(note) for note in rows]

    def latest(self) -> str:
        """The latest signed checkpoint. Raises Tampered where there is none."""
        with self._connected() as conn:
            note = conn.execute(
                select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1)
            ).scalar()
        if note is None:
            raise Tampered("the case has no checkpoint")
        return str(note)

    def key_changes(self) -> list[str]:
        """The signed changes of the log's key, in the order made."""
        with self._connected() as conn:
            rows = conn.execute(select(KEY_CHANGE.c.note).order_by(KEY_CHANGE.c.size)).scalars()
            return [str(note) for note in rows]

    # -- tiles and bundles

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The first ``width`` hashes of a tile. Raises Missing where it has not so many."""
        if 0 <= level < _LEVELS and 0 <= index < 2**48 and 0 < width <= WIDTH:
            with self._connected() as conn:
                hashes = conn.execute(
                    select(TILE.c.hashes).where(TILE.c.level == level, TILE.c.number == index)
                ).scalar()
                if hashes is None and width < WIDTH and self._is_edge(conn, level, index):
                    hashes = conn.execute(
                        select(EDGE.c.hashes).where(EDGE.c.level == level)
                    ).scalar()
            if hashes is not None and len(hashes) >= HASH_BYTES * width:
                return bytes(hashes)[: HASH_BYTES * width]
        raise Missing(f"the log has no tile {index} of width {width} at level {level}")

    def bundle(self, index: int, width: int) -> bytes:
        """The first ``width`` entries of a bundle, those withheld empty. Raises Missing."""
        if not (0 <= index < 2**48 and 0 < width <= WIDTH):
            raise Missing(f"the log has no bundle {index} of {width} entries")
        entries = self.entries(index * WIDTH, width)
        if len(entries) != width:
            raise Missing(f"the log has no bundle {index} of {width} entries")
        return pack(entries)

    def entries(self, first: int, count: int) -> list[bytes]:
        """Up to ``count`` entries from number ``first`` on, in order; empty: withheld."""
        with self._connected() as conn:
            rows = self._rows(conn, first, count)
            seen = self._seen_rows(conn, rows)
        return [row.entry if row.seq in seen else b"" for row in rows]

    def disclosures(self, first: int, count: int, *, records: bool) -> Iterator[Disclosure]:
        """The values that may be shown of these entries, in order, each with its salt.

        Of photographs and documents the digests of their originals; with ``records``
        every field that this clearance sees in full. A field that is shown coarsened,
        or without some of the records it names, is not shown: it would not verify.
        """
        with self._connected() as conn:
            rows = self._rows(conn, first, count)
            seen = self._seen_rows(conn, rows)
            raws = {row.seq: _values(row) for row in rows if row.seq in seen}
            # Which of the records they name may be seen: asked once for each kind.
            visible = {
                name: self._visible_ids(
                    conn, [raws[row.seq] for row in rows if row.seq in raws and row.kind == name],
                    BY_NAME[name],
                ) for name in {str(row.kind) for row in rows if row.seq in raws}
            }
            for row in rows:
                if row.seq in raws:
                    yield from self._shown_of(row, raws[row.seq], visible[str(row.kind)], records)

    # -- proofs

    def inclusion(self, seq: int, verifier: Verifier | KeyLine) -> InclusionProof:
        """The proof that entry ``seq`` stands under the latest checkpoint.

        Raises Missing where there is no such entry or it may not be seen, Tampered
        where checkpoint or tiles are damaged.
        """
        with self.snapshot() as log:
            note, checkpoint = log._checkpoint(verifier)
            entry = log.entries(seq, 1) if 0 <= seq < checkpoint.size else []
            if not entry or not entry[0]:
                raise Missing(f"the log has no entry {seq}")
            path = inclusion_proof(seq, checkpoint.size, node_reader(checkpoint.size, log.whole_tile))
            return InclusionProof(seq, entry[0], tuple(path), note)

    def consistency(self, old: int, verifier: Verifier | KeyLine) -> ConsistencyProof:
        """The proof that the log begins with its first ``old`` entries.

        Raises Invalid where the log never had that size, Tampered where it is damaged.
        """
        with self.snapshot() as log:
            note, checkpoint = log._checkpoint(verifier)
            if not 0 < old <= checkpoint.size:
                raise Invalid(f"the log has {checkpoint.size} entries: there is no proof from {old}")
            path = consistency_proof(
                old, checkpoint.size, node_reader(checkpoint.size, log.whole_tile))
            return ConsistencyProof(old, tuple(path), note)

    def _checkpoint(self, verifier: Verifier | KeyLine) -> tuple[str, Checkpoint]:
        note = self.latest()
        return note, open_checkpoint(note, verifier)

    def whole_tile(self, level: int, index: int, width: int) -> bytes:
        """A tile that must be there. Raises Tampered where it is not."""
        try:
            return self.tile(level, index, width)
        except Missing as error:
            raise Tampered(f"tile {index} of level {level} of the log's tree is not whole") from error

    @staticmethod
    def _is_edge(conn: Connection, level: int, index: int) -> bool:
        """Whether the loose hashes of a level are those of this tile: all before it are full."""
        full = conn.execute(select(func.count()).where(TILE.c.level == level)).scalar_one()
        return bool(full == index)

    # -- the filter

    def _rows(self, conn: Connection, first: int, count: int) -> list[_Stored]:
        found = conn.execute(
            select(LOG.c.seq, LOG.c.entry, VERSION.c.kind, VERSION.c.id, VERSION.c.number,
                   VERSION.c.seed, VERSION.c.body)
            .join(VERSION, VERSION.c.seq == LOG.c.seq, isouter=True)
            .where(LOG.c.seq >= first, LOG.c.seq < first + count).order_by(LOG.c.seq)
        )
        return [_Stored(seq, bytes(entry), *rest) for seq, entry, *rest in found]

    def _seen_rows(self, conn: Connection, rows: Sequence[_Stored]) -> set[int]:
        """The entries that may be seen: their record now, and as it was in that version."""
        current: dict[str, int] = {}
        for name in {row.kind for row in rows} & BY_NAME.keys():
            table = CURRENT[str(name)]
            found = conn.execute(select(table.c.id, table.c.version_no).where(
                self._backend.among(table.c.id, [str(row.id) for row in rows if row.kind == name]),
                table.c.visible_rank <= self.rank,
            ))
            current.update((id_, number) for id_, number in found)
        # Who sees everything also sees that there was something: entries of what is erased whole.
        erased = (
            erased_of(conn, {str(row.id) for row in rows if row.body is None})
            if self.rank == RANK["sealed"] and any(row.body is None for row in rows) else {}
        )
        return {row.seq for row in rows if row.body is None and row.id in erased} | {
            row.seq for row in rows
            if row.id in current and (row.number == current[str(row.id)] or self._may_see(
                conn, BY_NAME[str(row.kind)], _values(row)))
        }

    def _shown_of(
        self, row: _Stored, raw: dict[str, Any], visible: set[str], records: bool
    ) -> Iterator[Disclosure]:
        names = sorted(raw)
        wanted = set(names) if records else {"digest"} & raw.keys()
        if not wanted or row.seed is None:
            return
        values = self._filtered(BY_NAME[str(row.kind)], raw, visible)
        if len(row.seed) != SEED_BYTES:  # fields are erased: the entry tells which there were
            names = sorted(entries.read(row.entry).fields)
        stream = salts(bytes(row.seed), len(names))
        for position, name in enumerate(names):
            if name in wanted and name in values and values[name] == raw[name]:
                salt = stream[SALT_BYTES * position : SALT_BYTES * (position + 1)]
                yield Disclosure(row.seq, name, salt, canonical(raw[name]))


def _values(row: _Stored) -> dict[str, Any]:
    try:
        values: dict[str, Any] = orjson.loads(row.body or b"{}")
    except orjson.JSONDecodeError as error:
        raise Tampered(f"the text of the record of entry {row.seq} cannot be read") from error
    return values
