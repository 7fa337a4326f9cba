"""The one write path: what a person records, its log entries and its checkpoint, together.

A record is never updated in place: each put is a new row of ``version`` and a
new entry of ``log``. The tables of current versions, references, facet cells
and search rows follow from them and are brought up to date in the same
transaction.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, delete, select, update

from headstamp.errors import Conflicting, Invalid, Missing
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.evidence.entry import Stamp, seal, seal_again
from headstamp.evidence.note import Signer
from headstamp.evidence.salted import SEED_BYTES
from headstamp.evidence.tile import Tiles
from headstamp.evidence.tree import leaf_hash
from headstamp.records import (
    BY_NAME,
    TYPES,
    Erasure,
    Record,
    RecordType,
    kind_of_id,
    record_type,
)
from headstamp.records.spec import body as body_of
from headstamp.store.backend import Backend, batches
from headstamp.store.collector import collector_at_rest
from headstamp.store.elsewhere import (
    HELD,
    Current,
    current_of,
    lineages,
    newest_aside,
    put_names,
    settle_aside,
)
from headstamp.store.erased import Erased, coming_back, decisions, erased_in, unlike_others
from headstamp.store.facets import spread
from headstamp.store.fit import refuse_unfit, refuse_unsettled
from headstamp.store.ranks import Ranks
from headstamp.store.refs import owners
from headstamp.store.rows import Row, make_row
from headstamp.store.search import forget, re_rank
from headstamp.store.stored import record_on_file, row_of_body, same_values
from headstamp.store.tables import (
    CHECKPOINT,
    COUNT,
    CURRENT,
    EDGE,
    LEADING,
    LOG,
    REF,
    TILE,
    VERSION,
    YEAR,
)
from headstamp.store.vault import Kept, Vault

What = Literal["new", "version", "unchanged"]

# So many are made ready for the tables at once: what they take in memory does not grow.
_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record: its id, the version it now has, and whether that is new."""

    id: str
    version: int
    what: What


class Change:
    """One transaction's worth of records by one actor for one reason."""

    def __init__(
        self, conn: Connection, backend: Backend, vault: Vault, stamp: Stamp, tiles: Tiles
    ) -> None:
        self._conn = conn
        self._backend = backend
        self._vault = vault
        self._stamp = stamp
        self._tiles = tiles
        self._seq = tiles.size
        self._start = tiles.size
        self._leaves: list[bytes] = []
        self._ranks = Ranks(conn, backend)
        self._cells: dict[str, Counter[tuple[Any, ...]]] = {}
        # Records whose rank, or whose owners, a put has changed; settled at its end.
        self._re_ranked: list[str] = []
        self._moved: list[str] = []
        # Records that a lower clearance sees from now on.
        self._opened: set[str] = set()
        self._half_done = False
        # What is erased for good, once it was asked for; and which erasures are carried out.
        self._gone: tuple[Erased, frozenset[str]] | None = None

    def file(self, source: Path | bytes) -> Kept:
        """Keeps an original; it is on disk when this returns, before any record names it."""
        return self._vault.keep(source)

    def put(self, record: Record, *, expected: int | None = None) -> Outcome:
        """Records one record, or a new version of it; nothing where nothing differs.

        ``expected`` is the version the person saw: raises Conflicting when somebody
        else was faster. Raises Invalid for a reference to nothing.
        """
        if expected is not None:
            current = self._current(record_type(type(record)), [record.id]).get(record.id)
            version = current.version if current else 0
            if version != expected:
                raise Conflicting(
                    f"{record.id} is now at version {version}; you saw version {expected}. "
                    "Look at the newer version, then decide."
                )
        return self.put_many([record])[0]

    def put_many(
        self, records: Sequence[Record], *, ignoring: Sequence[str] = ()
    ) -> list[Outcome]:
        """Records many, in this order; equal to ``put`` on each.

        ``ignoring`` names fields that alone do not make a new version (an import
        ignores ``source``: the same row in a new file says nothing new). Raises
        Invalid with every broken reference.
        """
        if self._half_done:
            raise Conflicting("an earlier error left this change half done; begin another")
        with collector_at_rest(len(records)):
            return self._put_many(records, ignoring)

    def _put_many(self, records: Sequence[Record], ignoring: Sequence[str]) -> list[Outcome]:
        outcomes: list[Outcome | None] = [None] * len(records)
        by_kind: dict[str, list[int]] = {}
        for position, record in enumerate(records):
            by_kind.setdefault(record.NAME, []).append(position)
        batch = {record.id: record for record in records}
        if len(batch) < len(records):
            # The same record twice in one batch: one after the other.
            return self._one_by_one(records, ignoring)
        self._refuse_erased(records)
        refuse_unfit(self._conn, records, self._stamp.actor)
        self._ranks.learn(records, batch)
        self._half_done = True  # until all is written: an error in between spoils the change
        for name, positions in by_kind.items():
            kind = BY_NAME[name]
            done = self._put_kind(kind, [records[p] for p in positions], ignoring)
            for position, outcome in zip(positions, done, strict=True):
                outcomes[position] = outcome
        self._pass_on_ranks()
        self._half_done = False
        return [outcome for outcome in outcomes if outcome is not None]

    def _one_by_one(self, records: Sequence[Record], ignoring: Sequence[str]) -> list[Outcome]:
        return [self.put_many([record], ignoring=ignoring)[0] for record in records]

    def settle(self, record: Record, names: Sequence[str], origin: str) -> Outcome:
        """A version that stands for the current one and for those of these names, held aside.

        Written by a person who saw them all; also where it says what the current one says.
        Raises Invalid for a reference to nothing, Missing where there is no such record.
        """
        kind = record_type(type(record))
        self._refuse_erased([record])
        refuse_unsettled(self._conn, record)
        self._ranks.learn([record], {record.id: record})
        known = self._current(kind, [record.id]).get(record.id)
        if known is None:
            raise Missing(f"there is no record {record.id}")
        aside = newest_aside(self._conn, self._backend, [record.id])
        number = max(known.version, aside.get(record.id, 0)) + 1
        self._half_done = True
        row = make_row(kind, record, number, self._ranks[record.id], *kind.canonical_values(record))
        row.act, row.of, row.before = "settle", tuple(sorted(names)), known.seq
        old = self._bodies([known.seq])[known.seq]
        self._replace(kind, [(record, old, known)], [row])
        lineage = lineages(self._conn, self._backend, origin, {record.id: self._seq - 1})
        settle_aside(self._conn, self._backend, [record.id], lineage)
        self._pass_on_ranks()
        self._half_done = False
        return Outcome(record.id, number, "version")

    # -- what is erased

    def erased(self) -> tuple[Erased, frozenset[str]]:
        """What is erased for good, by record; and the erasures that are carried out, by id."""
        if self._gone is None:
            found = decisions(self._conn)
            self._gone = erased_in(found), frozenset(one.id for one in found if not one.waiting)
        return self._gone

    def _refuse_erased(self, records: Sequence[Record]) -> None:
        """Refuses what would come back, or would be erased by one person alone."""
        erased, done = self.erased()
        problems = [*coming_back(records, erased), *unlike_others(records, done)]
        if problems:
            raise Invalid("some of this cannot be recorded: it was erased, or is an erasure", problems)
        if any(isinstance(record, Erasure) for record in records):
            self._gone = None

    # -- the records of one kind

    def _current(self, kind: RecordType, ids: Sequence[str]) -> dict[str, Current]:
        return current_of(self._conn, self._backend, kind, ids)

    def _bodies(self, seqs: Sequence[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for start in range(0, len(seqs), 500):
            rows = self._conn.execute(
                select(VERSION.c.seq, VERSION.c.body).where(
                    VERSION.c.seq.in_(seqs[start : start + 500])
                )
            )
            found.update((seq, bytes(body)) for seq, body in rows)
        return found

    def _put_kind(
        self, kind: RecordType, records: Sequence[Record], ignoring: Sequence[str]
    ) -> list[Outcome]:
        known = self._current(kind, [record.id for record in records])
        bodies = self._bodies([k.seq for k in known.values()]) if known else {}
        aside = newest_aside(self._conn, self._backend, known) if known else {}
        outcomes: list[Outcome] = []
        rows: list[Row] = []
        replaced: list[tuple[Record, bytes, Current]] = []
        for record in records:
            names, values = kind.canonical_values(record)
            before = known.get(record.id)
            if before is not None:
                old = bodies.get(before.seq)
                if old is None:
                    raise Missing(f"the current version of {record.id} has no text")
                if same_values(old, body_of(names, values), ignoring):
                    outcomes.append(Outcome(record.id, before.version, "unchanged"))
                    continue
                replaced.append((record, old, before))
            version = max(before.version, aside.get(record.id, 0)) + 1 if before else 1
            row = make_row(kind, record, version, self._ranks[record.id], names, values,
                           self._ranks.refs[record.id])
            row.before = before.seq if before else None
            rows.append(row)
            outcomes.append(Outcome(record.id, version, "version" if before else "new"))
        self._replace(kind, replaced, rows)
        return outcomes

    def _replace(
        self, kind: RecordType, replaced: Sequence[tuple[Record, bytes, Current]],
        rows: Sequence[Row],
    ) -> None:
        """Writes rows; ``replaced`` are the records of which they supersede a current version."""
        if replaced:
            self._take_out(kind, replaced)
        for some in batches(rows, _ROWS):
            self._add(kind, some)
        for record, old, before in replaced:
            if before.rank != self._ranks[record.id]:
                self._re_ranked.append(record.id)
            if before.rank > self._ranks[record.id]:
                self._opened.add(record.id)
            if kind.owners and owners(record) != owners(record_on_file(kind, record.id, old)):
                self._moved.append(record.id)

    def _add(self, kind: RecordType, rows: Sequence[Row]) -> None:
        seeds = os.urandom(SEED_BYTES * len(rows))
        log: list[tuple[int, bytes]] = []
        versions: list[tuple[Any, ...]] = []
        current: list[tuple[Any, ...]] = []
        refs: list[tuple[str, str, str]] = []
        cells = self._cells.setdefault(kind.name, Counter())
        stamp, tag, seq = self._stamp, kind.tag, self._seq
        for number, row in enumerate(rows):
            seed = row.seed or seeds[number * SEED_BYTES : (number + 1) * SEED_BYTES]
            if row.act != stamp.act:
                stamp = replace(stamp, act=row.act)
            if row.fields is None:
                entry = seal(stamp, tag, row.id, row.version, row.names, row.values, seed, row.of)
            else:
                entry = seal_again(stamp, tag, row.id, row.version, row.fields, row.of)
            self._leaves.append(leaf_hash(entry))
            log.append((seq, entry))
            held = 1 if row.act in HELD else None
            versions.append(
                (seq, kind.name, row.id, row.version, row.before, seed, row.body, held)
            )
            if row.current:
                current.append((seq, row.id, row.version, row.rank, *row.columns))
                refs.extend((target, field, row.id) for field, target in row.refs)
                cells[(row.rank, *row.cell)] += 1
            seq += 1
        first, self._seq = self._seq, seq
        insert = self._backend.insert
        insert(self._conn, LOG, ["seq", "entry"], log)
        insert(self._conn, VERSION,
               ["seq", "kind", "id", "number", "before", "seed", "body", "held"], versions)
        names = [*LEADING, *(c.name for c in kind.columns), *([YEAR] if kind.when else [])]
        insert(self._conn, CURRENT[kind.name], names, current)
        if refs:
            insert(self._conn, REF, ["to_id", "field", "from_id"], refs)
        put_names(self._conn, self._backend, kind, first, rows)

    def _take_out(
        self, kind: RecordType, replaced: Sequence[tuple[Record, bytes, Current]]
    ) -> None:
        """Removes what was derived from versions that are now superseded."""
        cells = self._cells.setdefault(kind.name, Counter())
        for record, old, before in replaced:
            row = row_of_body(kind, record.id, before.version, before.rank, old)
            cells[(row.rank, *row.cell)] -= 1
            for field, target in row.refs:
                self._conn.execute(
                    delete(REF).where(REF.c.to_id == target, REF.c.field == field,
                                      REF.c.from_id == record.id)
                )
        ids = [record.id for record, _, _ in replaced]
        table = CURRENT[kind.name]
        self._conn.execute(delete(table).where(self._backend.among(table.c.id, ids)))
        forget(self._conn, self._backend, ids)

    def _current_record(self, id_: str) -> tuple[RecordType, Current, bytes, Record]:
        kind = kind_of_id(id_)
        known = self._current(kind, [id_])[id_]
        text = self._bodies([known.seq])[known.seq]
        return kind, known, text, record_on_file(kind, id_, text)

    def _refuse_circle(self, id_: str) -> None:
        """Refuses that a record belongs to itself through others: its rank could never fall."""
        todo, seen = [id_], {id_}
        while todo:
            for owner in owners(self._current_record(todo.pop())[3]):
                if owner == id_:
                    raise Invalid(f"{id_} would belong to itself")
                if owner not in seen:
                    seen.add(owner)
                    todo.append(owner)

    def _pass_on_ranks(self, *, lenient: bool = False) -> None:
        """Only when all of a batch stands in the tables as it will stay."""
        for id_ in () if lenient else self._moved:
            self._refuse_circle(id_)
        for id_ in self._re_ranked:
            self._pass_on_rank(id_)
        self._moved, self._re_ranked = [], []

    def _pass_on_rank(self, id_: str) -> None:
        """A record's rank changed: so may that of all that belong to it, however many deep."""
        fields = {field for kind in TYPES for field in kind.owners}
        todo = [id_]
        while todo:
            owner = todo.pop()
            for belonging in self._conn.execute(
                select(REF.c.from_id).where(REF.c.to_id == owner, REF.c.field.in_(fields)).distinct()
            ).scalars().all():
                kind, known, old, record = self._current_record(belonging)
                if owner in owners(record) and self._ranked_anew(kind, known, old, record):
                    todo.append(belonging)

    def _ranked_anew(self, kind: RecordType, known: Current, old: bytes, record: Record) -> bool:
        """Whether the rank of a record changed with that of one it belongs to."""
        self._ranks.forget(record.id)
        self._ranks.learn([record], {record.id: record}, lenient=True)
        rank, table = self._ranks[record.id], CURRENT[kind.name]
        if rank == known.rank:
            return False
        if rank < known.rank:
            self._opened.add(record.id)
        row = row_of_body(kind, record.id, known.version, known.rank, old)
        cells = self._cells.setdefault(kind.name, Counter())
        cells[(known.rank, *row.cell)] -= 1
        cells[(rank, *row.cell)] += 1
        self._conn.execute(update(table).where(table.c.id == record.id).values(visible_rank=rank))
        re_rank(self._conn, self._backend, kind, record.id, rank)
        return True

    # -- the end

    def finish(self, signer: Signer, origin: str) -> None:
        """Writes counts, tiles and the signed checkpoint; called once, by the case."""
        if self._half_done:
            raise Conflicting("an earlier error left this change half done; nothing is written")
        for name, cells in self._cells.items():
            rows = spread(BY_NAME[name], cells)
            if rows:
                self._backend.add_counts(
                    self._conn, COUNT, ["kind", "field", "value", "visible_rank", "n"], rows
                )
        if self._seq == self._start and self._conn.execute(
            select(CHECKPOINT.c.size).where(CHECKPOINT.c.size == self._seq)
        ).first():
            return  # nothing was put: the last checkpoint still tells all
        filled = self._tiles.add(self._leaves)
        if filled:
            self._backend.insert(self._conn, TILE, ["level", "number", "hashes"], filled)
        self._conn.execute(delete(EDGE))
        self._backend.insert(
            self._conn, EDGE, ["level", "hashes"], list(enumerate(self._tiles.partial()))
        )
        checkpoint = Checkpoint(origin, self._tiles.size, self._tiles.root())
        self._backend.insert(
            self._conn, CHECKPOINT, ["size", "note"],
            [(checkpoint.size, sign_checkpoint(checkpoint, signer))],
        )
