"""Lists and counts of one kind, as one clearance sees them.

Answered from the counts that are kept, from the facets in memory where a server
has warmed them, or from the tables; the answer is the same (see ``facets``).
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, func, select, true
from sqlalchemy.sql.elements import ColumnElement

from headstamp.records import TYPES, RecordType, kind_named
from headstamp.store import asking, facets
from headstamp.store.policy import field_rules
from headstamp.store.rows import cell_text
from headstamp.store.shown import Page, Shown, column_facts
from headstamp.store.sight import Sight
from headstamp.store.tables import CURRENT, facet_columns


class Lists(Sight):
    """Pages, counts and facets."""

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
            silent = self._silent(conn, type_)
            if silent and where:  # a filter would tell what they say
                condition = and_(condition, self._speaking(table, silent))
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
            silent = self._silent(conn, type_) if where else []
            if silent:
                condition = and_(condition, self._speaking(table, silent))
            while True:
                query = self._bodies(table).where(condition, table.c.log_seq > last)
                rows = self._show(conn, type_, query.order_by(table.c.log_seq).limit(1000))
                if not rows:
                    return
                yield from rows
                last = rows[-1].seq

    def cells(
        self, kind: str, columns: Sequence[str], where: Mapping[str, Any] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Some columns of all visible records of one kind, oldest first, in flat memory.

        For questions over millions that need no more of a record. Raises Invalid for a
        column that is not there or not to be asked by, as for one that names several records.
        """
        type_ = kind_named(kind)
        table = CURRENT[type_.name]
        facts = column_facts(type_)
        wanted = [
            asking.ordering(table, self._column(type_, table, name),
                            facts.get(name.replace(".", "_")), self.rank)
            for name in columns
        ]
        condition = self._where(type_, table, where or {})
        last = -1
        with self._connected() as conn:
            silent = self._silent(conn, type_)
            if silent:
                condition = and_(condition, self._speaking(table, silent))
            while True:
                query = select(table.c.log_seq, *wanted).where(condition, table.c.log_seq > last)
                rows = conn.execute(query.order_by(table.c.log_seq).limit(20_000)).all()
                if not rows:
                    return
                yield from (tuple(row)[1:] for row in rows)
                last = rows[-1][0]

    def count(
        self, kind: str, by: str | None = None, where: Mapping[str, Any] | None = None,
    ) -> tuple[int, builtins.list[tuple[Any, int]]]:
        """(total, [(value, count)]) of one kind, commonest value first; None where it is empty."""
        type_ = kind_named(kind)
        table = CURRENT[type_.name]
        condition = self._where(type_, table, where or {})
        with self._connected() as conn:
            silent = self._silent(conn, type_)
            if silent and where:
                condition = and_(condition, self._speaking(table, silent))
            total = self._total(conn, type_, table, where or {}, condition)
            if by is None:
                return total, []
            if silent and not where:
                condition = and_(condition, self._speaking(table, silent))
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
                # What they say is not told, so they count with those that say nothing.
                missing = total - sum(n for _, n in groups)
                if silent and missing:
                    said = dict(groups)
                    groups = list({**said, None: said.get(None, 0) + missing}.items())
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
                inner = self._with(conn)
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

    # -- how they are counted

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
        if self._silent(conn, kind):
            return None
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
        if self._silent(conn, kind):
            return None
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
        index = None if self._silent(conn, kind) else self._indexes.get(kind.name)
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
