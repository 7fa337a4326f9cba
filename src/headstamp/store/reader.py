"""The one read filter: everything that leaves the store for a person goes through here (rule 3).

A reader is made for one clearance. What that clearance may not see does not
exist for it: not in lists, counts, facets, searches, references or errors.
Fields above the clearance are empty, and cannot be asked or sorted by.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Table, and_, func, select, true
from sqlalchemy.sql.elements import ColumnElement

from headstamp.errors import Invalid, Missing
from headstamp.evidence import entry as entries
from headstamp.kinds.coarsen import coarsened
from headstamp.kinds.identity import is_record_id
from headstamp.kinds.kind import Unfit, is_storable, refuse_unstorable
from headstamp.kinds.number import COUNT, EXACT
from headstamp.records import BY_NAME, BY_PREFIX, TYPES, Fact, RecordType, kind_named, kind_of_id
from headstamp.store import asking, facets, related, survey
from headstamp.store.backend import Backend, batches
from headstamp.store.policy import clearance_rank, field_rules
from headstamp.store.refs import owners_in
from headstamp.store.rows import cell_text
from headstamp.store.search import find_keys, find_texts
from headstamp.store.tables import CURRENT, LOG, VERSION, YEAR, facet_columns
from headstamp.store.vault import Vault


@dataclass(frozen=True)
class Shown:
    """A record as one reader sees it: only what is visible, as plain JSON values."""

    kind: str
    id: str
    version: int
    seq: int
    values: Mapping[str, Any]
    label: str

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field; the default where it is empty or not visible."""
        return self.values.get(name, default)

    def as_dict(self) -> dict[str, Any]:
        """The record as one JSON object."""
        return {"id": self.id, "kind": self.kind, "version": self.version, **self.values}


@dataclass(frozen=True)
class Page:
    """Some records of a list, and how many there are in all."""

    rows: list[Shown]
    total: int
    offset: int = 0


@dataclass(frozen=True)
class Event:
    """One version of a record in its history: who, when, why, and what it then said."""

    seq: int
    version: int
    actor: str
    at: str
    reason: str
    values: Mapping[str, Any]
    changed: tuple[str, ...] = field(default=())


class Reader:
    """What one clearance may see of a case."""

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

    @contextmanager
    def snapshot(self) -> Iterator[Reader]:
        """Several questions over one unchanging state of the case."""
        if self._conn is not None:
            yield self
            return
        with self._backend.reading() as conn:
            inner = Reader(self._backend, self._vault, self.clearance, self._indexes)
            inner._conn = conn
            yield inner

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if self._conn is not None:
            yield self._conn
        else:
            with self._backend.reading() as conn:
                yield conn

    # -- one record

    def get(self, record_id: str) -> Shown:
        """One record. Raises Missing where there is none, or none that may be seen."""
        found = self.many([record_id]).get(record_id)
        if found is None:
            raise Missing(f"there is no record {record_id}")
        return found

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

    def labels(self, ids: Sequence[str]) -> dict[str, str]:
        """The labels of the visible ones of these records, by id."""
        return {id_: shown.label for id_, shown in self.many(ids).items()}

    def history(self, record_id: str) -> builtins.list[Event]:
        """All versions of a record, first to last. Raises Missing like ``get``."""
        current = self.get(record_id)
        kind = kind_of_id(record_id)
        with self._connected() as conn:
            rows = conn.execute(
                select(VERSION.c.seq, VERSION.c.number, VERSION.c.body, LOG.c.entry)
                .join(LOG, LOG.c.seq == VERSION.c.seq)
                .where(VERSION.c.id == record_id).order_by(VERSION.c.number)
            ).all()
            events: builtins.list[Event] = []
            before: Mapping[str, Any] = {}
            for row in rows:
                told = entries.read(bytes(row.entry))
                raw = orjson.loads(row.body) if row.body is not None else {}
                if row.number != current.version and not self._may_see(conn, kind, raw):
                    continue
                values = self._filtered(kind, raw, self._visible_ids(conn, [raw], kind))
                changed = tuple(
                    name for name in sorted({*before, *values})
                    if before.get(name) != values.get(name)
                )
                events.append(Event(row.seq, row.number, told.actor, told.at, told.reason,
                                    values, changed))
                before = values
        return events

    def size(self) -> int:
        """How many entries the log holds: the same number, the same state of the case."""
        with self._connected() as conn:
            last = conn.execute(select(func.max(LOG.c.seq))).scalar()
        return 0 if last is None else int(last) + 1

    def entry(self, seq: int) -> bytes:
        """The bytes of one log entry: who put which version of which record, and why.

        Raises Missing where there is none, or its version may not be seen: an entry
        holds no text of the record, but its id and the reason given.
        """
        with self._connected() as conn:
            row = conn.execute(
                select(LOG.c.entry, VERSION.c.id, VERSION.c.number, VERSION.c.body)
                .join(VERSION, VERSION.c.seq == LOG.c.seq)
                .where(LOG.c.seq == max(-1, min(seq, EXACT)))
            ).one_or_none()
            if row is not None:
                current = Reader._with(self, conn).many([row.id]).get(row.id)
                if current is not None and (row.number == current.version or self._may_see(
                    conn, kind_of_id(row.id), orjson.loads(row.body or b"{}")
                )):
                    return bytes(row.entry)
        raise Missing(f"the log has no entry {seq}")

    def referring(self, record_id: str, *, kind: str | None = None, field: str | None = None,
                  limit: int = 1000) -> builtins.list[Shown]:
        """The visible records that refer to this one, through visible fields; oldest first.

        Those imported from a document are found by ``field="source"`` alone.
        """
        with self._connected() as conn:
            if not self._seen(conn, [record_id]):
                return []
            by_kind: dict[str, tuple[RecordType, list[str]]] = {}
            open_fields = (
                ((type_, type_.by_name["source"]) for type_ in TYPES) if field == "source"
                else related.naming_fields(record_id.partition("-")[0], self.rank)
            )
            for type_, fact in open_fields:
                if field in (None, fact.name) and kind in (None, type_.name):
                    by_kind.setdefault(type_.name, (type_, []))[1].append(fact.name)
            found: list[Shown] = []
            for type_, fields in by_kind.values():
                seqs = related.naming_seqs(conn, record_id, self.rank, type_, fields, limit)
                found.extend(self._at(conn, type_, seqs))
        return sorted(found, key=lambda shown: shown.seq)[:limit]

    def naming(self, record_id: str, most: int = 10) -> list[tuple[related.Naming, list[Shown]]]:
        """The records that name this one, by kind and field: counted up to a limit, some shown."""
        with self._connected() as conn:
            if not self._seen(conn, [record_id]):
                return []
            return [
                (one, self._at(conn, one.kind, one.seqs))
                for one in related.naming(conn, record_id, self.rank, most)
            ]

    def belonging(
        self, ids: Sequence[str], kind: str, field: str, most: int = 2_000
    ) -> dict[str, builtins.list[Shown]]:
        """The visible records of a kind that name these by one field, in one question.

        ``most`` bounds all of them together: some may be left out.
        """
        type_ = kind_named(kind)
        self._column(type_, CURRENT[type_.name], field)
        with self._connected() as conn:
            pairs = related.belonging(
                conn, self._backend, self._seen(conn, ids), self.rank, type_, field, most
            )
            shown = {one.seq: one for one in self._at(conn, type_, [seq for _, seq in pairs])}
        found: dict[str, builtins.list[Shown]] = {}
        for to_id, seq in sorted(pairs, key=lambda pair: pair[1]):
            found.setdefault(to_id, []).append(shown[seq])
        return found

    def _at(self, conn: Connection, kind: RecordType, seqs: Sequence[int]) -> list[Shown]:
        """The visible records at these places of the log, in the order of the log."""
        found: list[Shown] = []
        table = CURRENT[kind.name]
        for some in batches(list(seqs), 500):
            query = self._bodies(table).where(table.c.log_seq.in_(some))
            found.extend(self._show(conn, kind, query.order_by(table.c.log_seq)))
        return found

    def original(self, digest: str) -> tuple[Path, Shown]:
        """The path of an original, with the visible record that names it. Raises Missing."""
        if not is_storable(digest):
            raise Missing("there is no such original")
        with self._connected() as conn:
            for name in ("photograph", "document"):
                rule = field_rules(name).get("digest")
                if rule is not None and rule.rank > self.rank:
                    continue
                table = CURRENT[name]
                query = self._bodies(table).where(table.c.digest == digest).limit(1)
                for shown in self._show(conn, BY_NAME[name], query):
                    return self._vault.open(digest), shown
        raise Missing(f"there is no original {digest}")

    # -- lists and counts

    def list(
        self, kind: str, where: Mapping[str, Any] | None = None, *, order: str = "",
        descending: bool = True, limit: int = 50, offset: int = 0,
    ) -> Page:
        """Records of one kind, latest first unless ordered by a field.

        ``where`` maps columns to values (``""`` or None: the field is empty).
        Raises Invalid for a column that is not there or not to be asked by.
        """
        type_ = kind_named(kind)
        table = CURRENT[type_.name]
        condition = self._where(type_, table, where or {})
        with self._connected() as conn:
            total = self._total(conn, type_, table, where or {}, condition)
            # The page is found on an index alone; only its rows are then read.
            seqs = self._kept_page(conn, type_, where or {}, order, descending, limit, offset)
            if seqs is None:
                seqs = self._page(conn, type_, condition, order, descending, limit, offset)
            query = self._bodies(table).where(table.c.log_seq.in_(seqs))
            place = {seq: number for number, seq in enumerate(seqs)}
            rows = sorted(self._show(conn, type_, query), key=lambda shown: place[shown.seq])
        return Page(rows, total, offset)

    def stream(self, kind: str, where: Mapping[str, Any] | None = None) -> Iterator[Shown]:
        """All visible records of one kind, oldest first, in flat memory."""
        type_ = kind_named(kind)
        table = CURRENT[type_.name]
        condition = self._where(type_, table, where or {})
        last = -1
        with self._connected() as conn:
            while True:
                query = self._bodies(table).where(condition, table.c.log_seq > last)
                rows = self._show(conn, type_, query.order_by(table.c.log_seq).limit(1000))
                if not rows:
                    return
                yield from rows
                last = rows[-1].seq

    def count(
        self, kind: str, by: str | None = None, where: Mapping[str, Any] | None = None,
    ) -> tuple[int, builtins.list[tuple[Any, int]]]:
        """(total, [(value, count)]) of one kind, commonest value first; None where it is empty."""
        type_ = kind_named(kind)
        table = CURRENT[type_.name]
        condition = self._where(type_, table, where or {})
        with self._connected() as conn:
            total = self._total(conn, type_, table, where or {}, condition)
            if by is None:
                return total, []
            found = self._kept_counts(conn, type_, where or {}, [by])
            if found is not None:
                groups = found[by]
            else:
                column = asking.ordering(
                    table, self._column(type_, table, by),
                    column_facts(type_).get(by.replace(".", "_")), self.rank,
                )
                rows = conn.execute(
                    select(column, func.count()).where(condition).group_by(column)
                )
                groups = [(row[0], row[1]) for row in rows]
            return total, self._visible_groups(conn, type_, by, groups)

    def facets(
        self, kind: str, where: Mapping[str, Any] | None = None,
    ) -> dict[str, builtins.list[tuple[Any, int]]]:
        """For each facet of a kind: its values with counts, commonest first."""
        type_ = kind_named(kind)
        where = where or {}
        names = self.facet_names(kind)
        with self._connected() as conn:
            found = self._kept_counts(conn, type_, where, names)
            if found is None:
                inner = Reader._with(self, conn)
                return {name: inner.count(kind, name, where)[1] for name in names}
            return {
                name: self._visible_groups(conn, type_, name, groups)
                for name, groups in found.items()
            }

    def facet_names(self, kind: str) -> builtins.list[str]:
        """The columns by which this reader may narrow a kind."""
        type_ = kind_named(kind)
        hidden = {name for name, rule in field_rules(type_.name).items() if rule.rank > self.rank}
        owner = {column.name: column.fact for column in type_.columns}
        return [n for n in facet_columns(type_) if owner.get(n, n) not in hidden]

    def totals(self) -> dict[str, int]:
        """How many visible records of each kind there are."""
        with self._connected() as conn:
            return {
                kind.name: self._total(conn, kind, CURRENT[kind.name], {}, true())
                for kind in TYPES
            }

    # -- the case as a whole

    def recent(self, limit: int = 10) -> builtins.list[survey.Span]:
        """The latest changes of which something is visible, newest first."""
        with self._connected() as conn:
            return survey.recent(conn, self.rank, limit)

    def lacking(
        self, kind: str, by: str, field: str, limit: int = 0
    ) -> tuple[int, builtins.list[Shown]]:
        """How many records of a kind no visible record of kind ``by`` names in ``field``.

        With them up to ``limit`` of those records, newest first. A scan of the kind:
        seconds on millions.
        """
        self._asked_by(by, field)
        with self._connected() as conn:
            total, ids = survey.lacking(conn, self.rank, kind, by, field, limit)
            return total, self._in_order(conn, ids)

    def empty(self, kind: str, column: str, limit: int = 0) -> tuple[int, builtins.list[Shown]]:
        """How many records of a kind have nothing in a column, with up to ``limit`` of them."""
        type_ = kind_named(kind)
        name = self._column(type_, CURRENT[type_.name], column).key
        with self._connected() as conn:
            total, ids = survey.empty(conn, self.rank, kind, str(name), limit)
            return total, self._in_order(conn, ids)

    def placed(
        self, kind: str, field: str, limit: int = 10_000
    ) -> tuple[int, builtins.list[Shown]]:
        """How many records of a kind have a point in a place field, with up to ``limit`` of them.

        Points are as exact as this reader may see them.
        """
        rule = field_rules(kind_named(kind).name).get(field)
        if rule is not None and rule.rank > self.rank and rule.how == "hide":
            return 0, []
        with self._connected() as conn:
            total, ids = survey.placed(conn, self.rank, kind, field, limit)
            return total, self._in_order(conn, ids)

    def times_named(self, ids: Sequence[str], by: str, field: str) -> dict[str, int]:
        """How many visible records of kind ``by`` name each of these records in ``field``."""
        self._asked_by(by, field)
        with self._connected() as conn:
            return survey.times_named(
                conn, self._backend, self.rank, self._seen(conn, ids), by, field
            )

    def summed(
        self, kind: str, column: str, by: Sequence[str], limit: int = 1000
    ) -> builtins.list[tuple[tuple[Any, ...], int, int]]:
        """A column added up by others, largest first: (values, sum, number of records)."""
        type_ = kind_named(kind)
        for name in (column, *by):
            self._column(type_, CURRENT[type_.name], name)
        with self._connected() as conn:
            return survey.summed(conn, self.rank, kind, column, by, limit)

    def _asked_by(self, kind: str, field: str) -> None:
        type_ = kind_named(kind)
        fact = type_.by_name.get(field)
        if fact is None or (fact.ref is None and field != "source"):
            raise Invalid(f"a {type_.title} refers to nothing by {field!r}")
        rule = field_rules(type_.name).get(field)
        if rule is not None and rule.rank > self.rank:
            raise Invalid(f"a {type_.title} has no field {field!r} to ask by")

    def _in_order(self, conn: Connection, ids: Sequence[str]) -> builtins.list[Shown]:
        found: dict[str, Shown] = {}
        for some in batches(ids, 500):
            found.update(Reader._with(self, conn).many(some))
        return [found[id_] for id_ in ids if id_ in found]

    # -- search

    def find_texts(self, words: Sequence[str], limit: int) -> builtins.list[tuple[str, str]]:
        """(id, text) of visible records whose text holds all these words."""
        if not all(map(is_storable, words)):
            return []
        with self._connected() as conn:
            return find_texts(conn, self._backend, words, self.rank, limit)

    def find_keys(
        self, column: str, *, like: str = "", equal: str = "", unread: bool = False,
        limit: int = 500,
    ) -> builtins.list[tuple[str, str]]:
        """(id, verbatim text) of visible markings and readings by one of their keys."""
        if not is_storable(like) or not is_storable(equal):
            return []
        with self._connected() as conn:
            return find_keys(
                conn, self._backend, self.rank, limit, column=column, like=like, equal=equal,
                unread=unread,
            )

    # -- how it is done

    @staticmethod
    def _with(reader: Reader, conn: Connection) -> Reader:
        inner = Reader(reader._backend, reader._vault, reader.clearance, reader._indexes)
        inner._conn = conn
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
        for row, raw in zip(rows, raws, strict=True):
            values = self._filtered(kind, raw, visible)
            shown.append(Shown(kind.name, row.id, row.version_no, row.log_seq, values,
                               label_of(kind, row.id, values)))
        return shown

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
        return visible

    def _filtered(
        self, kind: RecordType, raw: Mapping[str, Any], visible: set[str]
    ) -> dict[str, Any]:
        rules = field_rules(kind.name)
        values: dict[str, Any] = {}
        for name, value in raw.items():
            rule = rules.get(name)
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

    def _open(self, kind: RecordType, column: str) -> bool:
        """Whether this reader may ask by a column: it exists, and its field is seen in full."""
        fact = column_facts(kind).get(column)
        if fact is None:
            return column in ("id", "version_no") or (column == YEAR and bool(kind.when))
        rule = field_rules(kind.name).get(fact.name)
        if kind.when == fact.name and column == YEAR:
            return rule is None or rule.rank <= self.rank
        return rule is None or rule.rank <= self.rank

    def _column(self, kind: RecordType, table: Table, name: str) -> ColumnElement[Any]:
        wanted = name.replace(".", "_")
        if wanted not in table.c or not self._open(kind, wanted):
            known = [c.name for c in kind.columns if self._open(kind, c.name)]
            raise Invalid(f"a {kind.title} has no field {name!r} to ask by; there are: id, "
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

    def _wanted(
        self, conn: Connection, kind: RecordType, where: Mapping[str, Any]
    ) -> tuple[dict[str, frozenset[str]], builtins.list[int] | None]:
        """The texts each facet lets through; and, where other columns are asked by, what they let.

        The latter are looked up in the tables, once for all questions over one state.
        """
        columns = facet_columns(kind)
        wanted: dict[str, frozenset[str]] = {}
        rest: dict[str, Any] = {}
        for name, value in where.items():
            column = name.replace(".", "_")
            if column not in columns:
                rest[name] = value
                continue
            self._column(kind, CURRENT[kind.name], column)  # refuses what may not be asked
            text = "" if value in (None, "") else cell_text(self._cleaned(kind, column, value))
            fact = column_facts(kind)[column]
            if asking.named_prefixes(fact) is None:
                wanted[column] = frozenset({text})
                continue
            # A field that names a hidden record is empty for this reader.
            named = [one for one in facets.groups(conn, kind, column, self.rank) if one]
            visible = set(self._visible(conn, named))
            if text:
                wanted[column] = frozenset({text} & visible)
            else:
                wanted[column] = frozenset({"", *(one for one in named if one not in visible)})
        return wanted, self._let_through(conn, kind, rest) if rest else None

    def _let_through(
        self, conn: Connection, kind: RecordType, where: Mapping[str, Any]
    ) -> builtins.list[int]:
        key = (kind.name, repr(sorted(where.items())))
        found = self._found.get(key)
        if found is None:
            table = CURRENT[kind.name]
            query = select(table.c.log_seq).where(self._where(kind, table, where))
            found = builtins.list(conn.execute(query).scalars())
            if self._conn is not None:
                self._found[key] = found
        return found

    def _kept_counts(
        self, conn: Connection, kind: RecordType, where: Mapping[str, Any], fields: Sequence[str]
    ) -> dict[str, builtins.list[tuple[Any, int]]] | None:
        """Counts by facet that need no look at the rows; None where they must be looked at."""
        columns = {name: name.replace(".", "_") for name in fields}
        if not set(columns.values()) <= set(facet_columns(kind)):
            return None
        for column in columns.values():
            self._column(kind, CURRENT[kind.name], column)
        if not where:
            counts = {
                name: facets.groups(conn, kind, column, self.rank)
                for name, column in columns.items()
            }
        else:
            index = self._indexes.get(kind.name)
            if index is None:
                return None
            wanted, only = self._wanted(conn, kind, where)
            index.catch_up(conn)
            _, by_column = index.count(wanted, self.rank, builtins.list(columns.values()), only)
            counts = {name: by_column[column] for name, column in columns.items()}
        return {
            name: [(value or None, n) for value, n in found.items()]
            for name, found in counts.items()
        }

    def _kept_page(
        self, conn: Connection, kind: RecordType, where: Mapping[str, Any], order: str,
        descending: bool, limit: int, offset: int,
    ) -> builtins.list[int] | None:
        """The places of a page from the facets in memory; None where they do not tell."""
        index = self._indexes.get(kind.name)
        by = order.replace(".", "_")
        fact = column_facts(kind).get(by)
        if by:
            self._column(kind, CURRENT[kind.name], by)
        if index is None or (by and by not in (*index.columns, index.by_day)):
            return None
        if by and by == index.by_day and not where:
            return None  # the table's own index has that order ready
        if fact is not None and asking.named_prefixes(fact) is not None:
            return None
        wanted, only = self._wanted(conn, kind, where)
        index.catch_up(conn)
        return index.page(wanted, self.rank, by, descending, limit, offset, only)

    def _page(
        self, conn: Connection, kind: RecordType, condition: ColumnElement[bool], order: str,
        descending: bool, limit: int, offset: int,
    ) -> builtins.list[int]:
        """The places of a page from the tables. What is empty stands last either way."""
        table = CURRENT[kind.name]

        def some(where: ColumnElement[bool], *by: ColumnElement[Any], skip: int, most: int
                 ) -> builtins.list[int]:
            turned = [one.desc() if descending else one for one in by]
            query = select(table.c.log_seq).where(where).order_by(*turned)
            return builtins.list(conn.execute(query.limit(most).offset(skip)).scalars())

        if not order:
            return some(condition, table.c.log_seq, skip=offset, most=limit)
        by = asking.ordering(table, self._column(kind, table, order),
                             column_facts(kind).get(order.replace(".", "_")), self.rank)
        # In two steps, for an index of what is filled serves the first, and most pages end there.
        filled, empty = and_(condition, by.is_not(None)), and_(condition, by.is_(None))
        seqs = some(filled, by, table.c.log_seq, skip=offset, most=limit)
        if len(seqs) == limit:
            return seqs
        number = conn.execute(select(func.count()).select_from(table).where(filled)).scalar_one()
        skip = max(0, offset - int(number))
        return seqs + some(empty, table.c.log_seq, skip=skip, most=limit - len(seqs))

    def _total(
        self, conn: Connection, kind: RecordType, table: Table, where: Mapping[str, Any],
        condition: ColumnElement[bool],
    ) -> int:
        if not where:
            return facets.total(conn, kind, self.rank)
        index = self._indexes.get(kind.name)
        if index is not None:
            wanted, only = self._wanted(conn, kind, where)
            index.catch_up(conn)
            return index.count(wanted, self.rank, [], only)[0]
        return int(conn.execute(
            select(func.count()).select_from(table).where(
                and_(condition, table.c.visible_rank <= self.rank)
            )
        ).scalar_one())

    def _visible_groups(
        self, conn: Connection, kind: RecordType, by: str, groups: builtins.list[tuple[Any, int]]
    ) -> builtins.list[tuple[Any, int]]:
        """Groups, commonest first; a value that names a record not visible counts as empty."""
        column = by.replace(".", "_")
        fact = column_facts(kind).get(column)
        if column == "source_document" or (fact is not None and fact.ref is not None):
            visible = self._visible(conn, [value for value, _ in groups if value])
            merged: dict[Any, int] = {}
            for value, n in groups:
                key = value if value in visible else None
                merged[key] = merged.get(key, 0) + n
            groups = list(merged.items())
        return sorted(groups, key=lambda group: (-group[1], group[0] is None, str(group[0])))


def column_facts(kind: RecordType) -> dict[str, Fact]:
    """The fact that each column of a type's table comes from."""
    found = {column.name: kind.by_name[column.fact] for column in kind.columns}
    if kind.when:
        found[YEAR] = kind.by_name[kind.when]
    return found


def label_of(kind: RecordType, record_id: str, values: Mapping[str, Any]) -> str:
    """A record's label made of visible values only; its id where these give none."""
    shell = kind.cls.model_construct(
        id=record_id,
        **{fact.name: values.get(fact.name, () if fact.many else fact.default
                                 if fact.name in values or not fact.required else None)
           for fact in kind.facts},
    )
    try:
        return shell.label() or record_id
    except (TypeError, AttributeError):
        return record_id
