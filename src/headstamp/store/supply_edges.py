"""The transfers that the graph of supply is made of, and what became of those it holds already.

Current transfers between two known parties, each with the rank that may see it: the
transfer's own and those of both parties, for a field that names a hidden party is empty.
The graph itself is no table: it is the business of the actions
(``actions/tracing/supply_graph.py``). Only it asks here, for all ranks; a person is never answered
from this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from headstamp.kinds.tier import RANK
from headstamp.records import BY_NAME, BY_PREFIX
from headstamp.store.backend import Backend, batches
from headstamp.store.facets import erased_since, moves_ranks
from headstamp.store.limits import kept_back
from headstamp.store.policy import field_rank
from headstamp.store.tables import CHECKPOINT, CURRENT, LOG, REF, VERSION

_TRANSFER, _PARTY = CURRENT["transfer"], CURRENT["party"]
_ENDS: Final = ("from_party", "to_party")
_FIELDS: Final = (*_ENDS, "happened_on")
# Who sees no party, or no day, sees no edge.
LEAST: Final = max(field_rank("transfer", name) for name in _FIELDS)
_MOST_MOVED: Final = 20_000
_PAGE: Final = 1_000  # rows that come and go together are no work for the collector

Row = tuple[int, str, str, str, int]
"""Log entry of the current version, from, to, when as written (or empty), rank of the transfer."""


def _owned() -> dict[str, tuple[tuple[str, str], ...]]:
    """By type: the types, with the field, whose rank follows from its own, on the way to transfers."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    todo = ["transfer"]
    while todo:
        kind = BY_NAME[todo.pop()]
        for field in kind.owners:
            for prefix in kind.by_name[field].ref or ():
                owner = BY_PREFIX[prefix].name
                if owner not in found:
                    todo.append(owner)
                found[owner] = (*found.get(owner, ()), (kind.prefix, field))
    return found


_OWNED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = _owned()


@dataclass(frozen=True, slots=True)
class Gained:
    """What a stretch of the log did to the transfers before it.

    ``gone``: log entries that are not current any more, or whose rank may be another now;
    ``again``: those of the latter, to be read anew. ``wholly``: so much changed, or something
    was erased, that nothing held so far is to be kept.
    """

    gone: frozenset[int]
    again: frozenset[int]
    wholly: bool = False


@contextmanager
def supply_edges(backend: Backend) -> Iterator[SupplyEdges]:
    """The transfers of a case, in the state of this moment."""
    with backend.reading() as conn:
        yield SupplyEdges(conn, backend)


class SupplyEdges:
    """The transfers of a case in one unchanging state. Made by :func:`supply_edges`."""

    def __init__(self, conn: Connection, backend: Backend) -> None:
        self._conn = conn
        self._backend = backend

    def log_size(self) -> int:
        """How many entries the log has."""
        query = select(func.coalesce(func.max(LOG.c.seq) + 1, 0))
        return int(self._conn.execute(query).scalar_one())

    def state_of_log(self, size: int) -> str:
        """A digest of the signed checkpoint of the log at a size; empty where there is none."""
        note = self._conn.execute(
            select(CHECKPOINT.c.note).where(CHECKPOINT.c.size == size)
        ).scalar()
        return hashlib.sha256(str(note).encode()).hexdigest() if note is not None else ""

    def parties(self) -> list[tuple[str, int]]:
        """Every party with its rank, in the order of the ids."""
        found = self._backend.tuples(self._conn, "SELECT id, visible_rank FROM party")
        return sorted((str(id_), int(rank)) for id_, rank in found)

    def ranks(self, parties: Iterable[str]) -> dict[str, int]:
        """The ranks of these parties; one that is not there is as open as can be."""
        found = dict.fromkeys(parties, 0)
        for some in batches(sorted(found), 500):
            found.update(
                (row.id, int(row.visible_rank))
                for row in self._conn.execute(
                    select(_PARTY.c.id, _PARTY.c.visible_rank)
                    .where(self._backend.among(_PARTY.c.id, some))
                )
            )
        return found

    def since(self, start: int) -> Iterator[list[Row]]:
        """The current transfers recorded from this log entry on, in pages, in the log's order."""
        while True:
            rows = self._backend.tuples(
                self._conn,
                "SELECT log_seq, from_party, to_party, coalesce(happened_on, ''), visible_rank "
                f"FROM transfer WHERE log_seq >= {int(start)} AND from_party IS NOT NULL "
                f"AND to_party IS NOT NULL ORDER BY log_seq LIMIT {_PAGE}",
            )
            if rows:
                yield rows  # each is a Row: its columns are those above
            if len(rows) < _PAGE:
                return
            start = int(rows[-1][0]) + 1

    def at(self, seqs: Iterable[int]) -> list[Row]:
        """The current transfers of these log entries."""
        table = _TRANSFER
        query = select(
            table.c.log_seq, *(table.c[name] for name in _ENDS),
            func.coalesce(table.c.happened_on, ""), table.c.visible_rank,
        ).where(*(table.c[name].is_not(None) for name in _ENDS))
        found: list[Row] = []
        for some in batches(sorted(seqs), 500):
            for row in self._conn.execute(query.where(table.c.log_seq.in_(some))):
                seq, giver, taker, when, rank = list(row)
                found.append((int(seq), str(giver), str(taker), str(when), int(rank)))
        return found

    def gained(self, start: int) -> Gained:
        """What the log from this entry on did to the transfers before it."""
        nothing: frozenset[int] = frozenset()
        if erased_since(self._conn, start):
            return Gained(nothing, nothing, wholly=True)
        before = VERSION.alias()
        rows = self._conn.execute(
            select(VERSION.c.kind, VERSION.c.id, before.c.seq, before.c.body,
                   VERSION.c.body.label("now"))
            .join(before, VERSION.c.before == before.c.seq, isouter=True)
            .where(VERSION.c.seq >= start,
                   VERSION.c.kind.in_(["transfer", "party", *_OWNED]))
        )
        gone: set[int] = set()
        moved: dict[str, set[str]] = {}
        for row in rows:
            if row.kind == "transfer":
                if row.seq is not None:
                    gone.add(row.seq)
            # One that is new may have been named before it came, from another device.
            elif row.seq is None or moves_ranks(row):
                moved.setdefault(row.kind, set()).add(row.id)
        again: set[int] = set()
        if sum(map(len, moved.values())) > _MOST_MOVED:
            return Gained(nothing, nothing, wholly=True)
        if moved:
            named = self._naming(moved)
            if len(named) > _MOST_MOVED:
                return Gained(nothing, nothing, wholly=True)
            for some in batches(sorted(named), 500):
                again.update(self._conn.execute(
                    select(_TRANSFER.c.log_seq).where(
                        self._backend.among(_TRANSFER.c.id, some), _TRANSFER.c.log_seq < start)
                ).scalars())
        return Gained(frozenset(gone | again), frozenset(again))

    def _naming(self, moved: Mapping[str, set[str]]) -> set[str]:
        """The transfers whose rank follows from that of these records, by type."""
        found = self._referring(moved.get("party", ()), "tran", _ENDS)
        todo = [(kind, ids) for kind, ids in moved.items() if kind in _OWNED]
        while todo:
            kind, ids = todo.pop()
            for prefix, field in _OWNED[kind]:
                named = self._referring(ids, prefix, (field,))
                if prefix == "tran":
                    found |= named
                elif named:
                    todo.append((BY_PREFIX[prefix].name, named))
        return found

    def _referring(self, ids: Iterable[str], prefix: str, fields: tuple[str, ...]) -> set[str]:
        found: set[str] = set()
        for some in batches(sorted(ids), 500):
            found.update(self._conn.execute(
                select(REF.c.from_id).where(
                    self._backend.among(REF.c.to_id, some), REF.c.field.in_(fields),
                    REF.c.from_id >= f"{prefix}-", REF.c.from_id < f"{prefix}-~")
            ).scalars())
        return found

    def kept_back(self, clearance: str) -> frozenset[int]:
        """The log entries of the transfers of which nothing is told to others at a clearance."""
        ids = kept_back(self._conn, self._backend, RANK[clearance], clearance)
        named = sorted(one for one in ids if one.startswith("tran-"))
        found: set[int] = set()
        for some in batches(named, 500):
            found.update(self._conn.execute(
                select(_TRANSFER.c.log_seq).where(self._backend.among(_TRANSFER.c.id, some))
            ).scalars())
        return frozenset(found)


def _declared() -> None:
    kinds: Any = BY_NAME["transfer"]
    if not set(_FIELDS) <= set(kinds.by_name) or BY_NAME["party"].owners or kinds.prefix != "tran":
        raise AssertionError("the graph of supply takes fields that are not what it thinks")


_declared()
