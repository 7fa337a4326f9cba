"""What one clearance sees: the filter itself, over rows, fields, references and questions.

Everything a reader answers is made from these. A record above the clearance is
not there; a field above it is empty, or coarsened, and cannot be asked by.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Connection, Select, Table, and_, func, not_, select
from sqlalchemy.sql.elements import ColumnElement

from headstamp.errors import Invalid
from headstamp.kinds.coarsen import coarsened
from headstamp.kinds.identity import is_record_id
from headstamp.kinds.kind import Unfit, refuse_unstorable
from headstamp.kinds.number import COUNT
from headstamp.kinds.tier import RANK
from headstamp.records import BY_NAME, BY_PREFIX, RecordType
from headstamp.store import asking, facets
from headstamp.store.backend import Backend, batches
from headstamp.store.limits import LEFT_OUT, Limit, kept_back, limits_on
from headstamp.store.policy import NEVER_HANDED_OUT, clearance_rank, field_rules
from headstamp.store.refs import owners_in
from headstamp.store.shown import Shown, column_facts, label_of
from headstamp.store.tables import CURRENT, LOG, VERSION, YEAR
from headstamp.store.vault import Vault

# By case, clearance and as whose it is handed out: up to which entry of the log, and which records
# say nothing to others.
_KEPT_BACK: WeakKeyDictionary[Backend, dict[tuple[str, str], tuple[Any, frozenset[str]]]] = WeakKeyDictionary()


class Sight:
    """The filter of one clearance over a case's tables."""

    def __init__(
        self, backend: Backend, vault: Vault, clearance: str,
        indexes: Mapping[str, facets.FacetIndex] | None = None,
    ) -> None:
        self._backend = backend
        self._vault = vault
        self._indexes = indexes or {}
        self.clearance = clearance
        self.rank = clearance_rank(clearance)
        self._conn: Connection | None = None
        self._found: dict[tuple[str, str], builtins.list[int]] = {}
        # What the public sees, and what is handed out, says nothing that must not be published.
        self._for_others = self.rank == RANK["public"]
        self._outside = self.rank < RANK["restricted"]

    def to_hand_out(self, *, outside: bool = False) -> Self:
        """The same for what is handed to others: without what a trace reply forbids to publish, or measurements.

        Such a record is still counted, so that totals add up; it says nothing. ``outside``:
        it leaves the house, so that what may not be passed on is left out for every clearance.
        """
        found = type(self)(self._backend, self._vault, self.clearance, self._indexes)
        found._conn, found._for_others, found._outside = self._conn, True, self._outside or outside
        return found

    @contextmanager
    def snapshot(self) -> Iterator[Self]:
        """Several questions over one unchanging state of the case."""
        if self._conn is not None:
            yield self
            return
        with self._backend.reading() as conn:
            yield self._with(conn)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if self._conn is not None:
            yield self._conn
        else:
            with self._backend.reading() as conn:
                yield conn

    def many(self, ids: Sequence[str]) -> dict[str, Shown]:
        """The visible ones of these records, by id."""
        by_kind: dict[str, builtins.list[str]] = {}
        for one in ids:
            kind = BY_PREFIX.get(one.partition("-")[0])
            if kind is not None and is_record_id(one):
                by_kind.setdefault(kind.name, []).append(one)
        found: dict[str, Shown] = {}
        with self._connected() as conn:
            for name, some in by_kind.items():
                table = CURRENT[name]
                query = self._bodies(table).where(self._backend.among(table.c.id, some))
                found.update((s.id, s) for s in self._show(conn, BY_NAME[name], query))
        return found

    # -- rows and fields

    def _with(self, conn: Connection) -> Self:
        """The same sight over one connection."""
        inner = type(self)(self._backend, self._vault, self.clearance, self._indexes)
        inner._conn, inner._for_others, inner._outside = conn, self._for_others, self._outside
        return inner

    def _may_see(self, conn: Connection, kind: RecordType, values: Mapping[str, Any]) -> bool:
        """Whether an older version may be seen: its tier, or its owner, may have been another."""
        if clearance_rank(values.get("tier", "sealed")) > self.rank:
            return False
        return set(owners_in(kind, values)) <= self._visible_ids(conn, [values], kind)

    def _seen(self, conn: Connection, ids: Sequence[str]) -> builtins.list[str]:
        """The visible ones of these records: what is hidden cannot be asked about."""
        seen: set[str] = set()
        ids = [one for one in ids if is_record_id(one)]
        for prefix in {one.partition("-")[0] for one in ids} & BY_PREFIX.keys():
            table = CURRENT[BY_PREFIX[prefix].name]
            seen.update(conn.execute(select(table.c.id).where(
                self._backend.among(table.c.id, ids), table.c.visible_rank <= self.rank
            )).scalars())
        return [one for one in ids if one in seen]

    def _bodies(self, table: Table) -> Select[Any]:
        return (
            select(table.c.log_seq, table.c.id, table.c.version_no, VERSION.c.body)
            .join(VERSION, VERSION.c.seq == table.c.log_seq)
            .where(table.c.visible_rank <= self.rank)
        )

    def _show(self, conn: Connection, kind: RecordType, query: Select[Any]) -> builtins.list[Shown]:
        rows = conn.execute(query).all()
        raws = [orjson.loads(row.body) for row in rows]
        visible = self._visible_ids(conn, raws, kind)
        shown = []
        kept_back = self._kept_back(conn, [row.id for row in rows])
        for row, raw in zip(rows, raws, strict=True):
            if row.id in kept_back:
                # It is counted with the others and says nothing, so that totals still add up.
                shown.append(Shown(kind.name, row.id, row.version_no, row.log_seq,
                                   {"tier": raw["tier"]}, LEFT_OUT))
                continue
            values = self._filtered(kind, raw, visible)
            shown.append(Shown(kind.name, row.id, row.version_no, row.log_seq, values,
                               label_of(kind, row.id, values)))
        return shown

    def limits(self, ids: Sequence[str]) -> dict[str, tuple[Limit, ...]]:
        """What trace replies forbid to be done with these records; those without limits left out.

        Of replies that may not be seen the codes alone are told (see ``limits``).
        """
        with self._connected() as conn:
            return limits_on(conn, self._backend, self.rank, self._seen(conn, ids))

    def kept_back(self) -> frozenset[str]:
        """All visible records of which this reader is told nothing but that they are there."""
        with self._connected() as conn:
            return (frozenset(self._seen(conn, sorted(self._all_kept_back(conn))))
                    if self._for_others else frozenset())

    def _kept_back(self, conn: Connection, ids: Sequence[str]) -> set[str]:
        """Those of which nothing is told to others, for a trace reply forbids to publish them."""
        return set(self._all_kept_back(conn).intersection(ids)) if self._for_others else set()

    def _all_kept_back(self, conn: Connection) -> frozenset[str]:
        """All such records of the case; kept for as long as the log stays as it is."""
        last = conn.execute(select(func.max(LOG.c.seq))).scalar()
        as_whom = min(self.clearance, "partner", key=RANK.__getitem__) if self._outside else self.clearance
        known = _KEPT_BACK.get(self._backend, {}).get((self.clearance, as_whom))
        if known is not None and known[0] == last:
            return known[1]
        found = kept_back(conn, self._backend, self.rank, as_whom)
        _KEPT_BACK.setdefault(self._backend, {})[(self.clearance, as_whom)] = (last, found)
        return found

    def _at(self, conn: Connection, kind: RecordType, seqs: Sequence[int]) -> list[Shown]:
        """The visible records at these places of the log, in the order of the log."""
        found: list[Shown] = []
        table = CURRENT[kind.name]
        for some in batches(list(seqs), 500):
            query = self._bodies(table).where(table.c.log_seq.in_(some))
            found.extend(self._show(conn, kind, query.order_by(table.c.log_seq)))
        return found

    def _in_order(self, conn: Connection, ids: Sequence[str]) -> builtins.list[Shown]:
        found: dict[str, Shown] = {}
        for some in batches(ids, 500):
            found.update(self._with(conn).many(some))
        return [found[id_] for id_ in ids if id_ in found]

    def _visible_ids(
        self, conn: Connection, raws: Sequence[Mapping[str, Any]], kind: RecordType
    ) -> set[str]:
        """Which of the records these refer to may be seen."""
        refs = [fact for fact in kind.facts if fact.ref is not None]
        wanted: dict[str, set[str]] = {}
        for raw in raws:
            for fact in refs:
                value = raw.get(fact.name)
                for one in value if isinstance(value, list) else [value] if value else []:
                    wanted.setdefault(one.partition("-")[0], set()).add(one)
            source = raw.get("source")
            if source:
                wanted.setdefault("doc", set()).add(source["document"])
        return self._visible(conn, [one for ids in wanted.values() for one in ids])

    def _visible(self, conn: Connection, ids: Sequence[str]) -> set[str]:
        """Which of these records may be seen."""
        by_prefix: dict[str, builtins.list[str]] = {}
        for one in ids:
            by_prefix.setdefault(one.partition("-")[0], []).append(one)
        visible: set[str] = set()
        for prefix, named in by_prefix.items():
            table = CURRENT[BY_PREFIX[prefix].name]
            for some in batches(sorted(named), 1000):
                visible.update(conn.execute(
                    select(table.c.id).where(
                        self._backend.among(table.c.id, some), table.c.visible_rank <= self.rank
                    )
                ).scalars())
        gone = set(ids) - visible
        return visible | self._erased(conn, gone) if gone else visible

    def _erased(self, conn: Connection, ids: set[str]) -> set[str]:
        """Those of these records that are erased whole, as far as it may be seen that they are."""
        table = CURRENT["erasure"]
        return set(conn.execute(
            select(table.c.record).where(
                self._backend.among(table.c.record, sorted(ids)), table.c.fields.is_(None),
                table.c.erasure_state == "approved", table.c.visible_rank <= self.rank,
            )
        ).scalars())

    def _filtered(
        self, kind: RecordType, raw: Mapping[str, Any], visible: set[str]
    ) -> dict[str, Any]:
        rules = field_rules(kind.name)
        values: dict[str, Any] = {}
        for name, value in raw.items():
            rule = rules.get(name)
            if self._for_others and (kind.name, name) in NEVER_HANDED_OUT:
                continue
            if rule is not None and rule.rank > self.rank:
                if rule.how == "hide":
                    continue
                value = coarsened(value)
                if not value:
                    continue
            fact = kind.by_name.get(name)
            if fact is not None and fact.ref is not None:
                if fact.many:
                    value = [one for one in value if one in visible]
                    if not value:
                        continue
                elif value not in visible:
                    continue
            elif name == "source" and value["document"] not in visible:
                continue
            values[name] = value
        return values

    def _silent(self, conn: Connection, kind: RecordType) -> builtins.list[str]:
        """The records of a kind of which others are told nothing but that they are there."""
        if not self._for_others:
            return []
        first = kind.prefix + "-"
        return sorted(one for one in self._all_kept_back(conn) if one.startswith(first))

    def _speaking(self, table: Table, silent: Sequence[str]) -> ColumnElement[bool]:
        """The condition that a record is none of these; as one parameter, for there may be many."""
        return not_(self._backend.among(table.c.id, silent))

    # -- what may be asked

    def _open(self, kind: RecordType, column: str) -> bool:
        """Whether this reader may ask by a column: it exists, and its field is seen in full."""
        fact = column_facts(kind).get(column)
        if fact is None:
            return column in ("id", "version_no") or (column == YEAR and bool(kind.when))
        if self._for_others and (kind.name, fact.name) in NEVER_HANDED_OUT:
            return False
        rule = field_rules(kind.name).get(fact.name)
        if kind.when == fact.name and column == YEAR:
            return rule is None or rule.rank <= self.rank
        return rule is None or rule.rank <= self.rank

    def _column(self, kind: RecordType, table: Table, name: str) -> ColumnElement[Any]:
        wanted = name.replace(".", "_")
        if wanted not in table.c or not self._open(kind, wanted):
            known = [c.name for c in kind.columns if self._open(kind, c.name)]
            raise Invalid(f"{kind.title}: there is no field {name!r} to ask by; there are: id, "
                          + ", ".join(known + ([YEAR] if kind.when else [])))
        return table.c[wanted]

    def _where(
        self, kind: RecordType, table: Table, where: Mapping[str, Any]
    ) -> ColumnElement[bool]:
        conditions: builtins.list[ColumnElement[bool]] = [table.c.visible_rank <= self.rank]
        facts = column_facts(kind)
        for name, value in where.items():
            column = self._column(kind, table, name)
            wanted = name.replace(".", "_")
            asked = None if value is None or value == "" else self._cleaned(kind, wanted, value)
            fact = facts.get(wanted)
            if fact is None:  # the id or the version
                conditions.append(column.is_(None) if asked is None else column == asked)
            else:
                conditions.append(asking.condition(kind, table, column, fact, asked, self.rank))
        return and_(*conditions)

    @staticmethod
    def _cleaned(kind: RecordType, column: str, value: Any) -> Any:
        """What somebody asks by, in the form in which it is stored; as given if it has none."""
        declared = next((c for c in kind.columns if c.name == column), None)
        try:
            if column == "version_no":
                return COUNT.clean(value)
            if declared is None or declared.kind is None or declared.derived or \
                    declared.sql == "json":
                return refuse_unstorable(str(value))
            return declared.kind.clean(value)
        except Unfit as unfit:
            raise Invalid(f"{column}: {unfit.rule}. {unfit.advice}") from None
