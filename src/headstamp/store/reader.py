"""The one read filter: everything that leaves the store for a person goes through here (rule 3).

A reader is made for one clearance. What that clearance may not see does not
exist for it: not in lists, counts, facets, searches, references or errors.
Fields above the clearance are empty, and cannot be asked or sorted by. The
filter itself is :class:`~headstamp.store.sight.Sight`; lists and counts are in
:class:`~headstamp.store.lists.Lists`.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from headstamp.errors import Invalid, Missing
from headstamp.evidence import entry as entries
from headstamp.kinds.kind import is_storable
from headstamp.kinds.number import EXACT
from headstamp.records import BY_NAME, TYPES, RecordType, kind_named, kind_of_id
from headstamp.store import related, survey
from headstamp.store.backend import batches
from headstamp.store.elsewhere import aside, contested_ids, open_aside, version_rows
from headstamp.store.limits import LEFT_OUT
from headstamp.store.lists import Lists
from headstamp.store.policy import field_rules
from headstamp.store.search import find_keys, find_texts
from headstamp.store.shown import Event, Rival, Shown
from headstamp.store.tables import CURRENT, LOG, VERSION


class Reader(Lists):
    """What one clearance may see of a case."""

    # -- one record

    def get(self, record_id: str) -> Shown:
        """One record. Raises Missing where there is none, or none that may be seen."""
        found = self.many([record_id]).get(record_id)
        if found is None:
            with self._connected() as conn:
                if is_storable(record_id) and self._erased(conn, {record_id}):
                    raise Missing(f"{record_id} was erased, for good; its entries stay in the log")
            raise Missing(f"there is no record {record_id}")
        return found

    def labels(self, ids: Sequence[str]) -> dict[str, str]:
        """The labels of the visible ones of these records, by id; of erased ones, that they are."""
        labels = {id_: shown.label for id_, shown in self.many(ids).items()}
        gone = {id_ for id_ in ids if id_ not in labels and is_storable(id_)}
        if gone:
            with self._connected() as conn:
                labels.update((id_, f"erased ({id_})") for id_ in self._erased(conn, gone))
        return labels

    def history(self, record_id: str) -> builtins.list[Event]:
        """All versions of a record, first to last. Raises Missing like ``get``."""
        current = self.get(record_id)
        kind = kind_of_id(record_id)
        with self._connected() as conn:
            kept_back = bool(self._kept_back(conn, [record_id]))
            rows = _versions(conn, record_id, current.seq)
            events: builtins.list[Event] = []
            before: Mapping[str, Any] = {}
            for row in rows:
                told = entries.read(bytes(row.entry))
                raw = orjson.loads(row.body) if row.body is not None else {}
                if row.number != current.version and not self._may_see(conn, kind, raw):
                    continue
                values = {} if kept_back else self._filtered(
                    kind, raw, self._visible_ids(conn, [raw], kind))
                event = Event(row.seq, row.number, told.actor, told.at, told.reason,
                              values, differing(before, values), told.act, told.of,
                              tuple(name for name in sorted(told.fields.keys() - raw.keys())
                                    if not hidden(kind.name, name, self.rank)))
                events.append(event)
                if not event.held:
                    before = values
        return events

    def rivals(self, record_id: str) -> builtins.list[Rival]:
        """The versions that contradict the current one and stand open, oldest first.

        Raises Missing like ``get``. Those that say nothing else, as far as this clearance
        sees, are left out: there is nothing for it to settle.
        """
        current = self.get(record_id)
        kind = kind_of_id(record_id)
        found: builtins.list[Rival] = []
        with self._connected() as conn:
            if self._kept_back(conn, [record_id]):
                return []
            for row in open_aside(conn, record_id):
                raw = orjson.loads(row.body or b"{}")
                if not self._may_see(conn, kind, raw):
                    continue
                values = self._filtered(kind, raw, self._visible_ids(conn, [raw], kind))
                differs = differing(current.values, values)
                if differs:
                    told = entries.read(bytes(row.entry))
                    found.append(Rival(told.of[0], row.seq, told.actor, told.at, values, differs))
        return found

    def contested(self, limit: int = 500) -> builtins.list[Shown]:
        """Visible records of which versions contradict each other, those touched last first."""
        with self._connected() as conn:
            ids = contested_ids(conn)
            shown = self._with(conn).many(ids)
            some = [shown[id_] for id_ in ids if id_ in shown]
            return [one for one in some if self._with(conn).rivals(one.id)][:limit]

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
                current = self._with(conn).many([row.id]).get(row.id)
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
                found.extend(self._telling(self._at(conn, type_, seqs)))
        return sorted(found, key=lambda shown: shown.seq)[:limit]

    def naming(self, record_id: str, most: int = 10) -> list[tuple[related.Naming, list[Shown]]]:
        """The records that name this one, by kind and field: counted up to a limit, some shown."""
        with self._connected() as conn:
            if not self._seen(conn, [record_id]):
                return []
            named = [
                (one, self._telling(self._at(conn, one.kind, one.seqs)))
                for one in related.naming(conn, record_id, self.rank, most)
            ]
            return [(one, rows) for one, rows in named if rows]

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
            rows = self._telling(self._at(conn, type_, [seq for _, seq in pairs]))
            shown = {one.seq: one for one in rows}
        found: dict[str, builtins.list[Shown]] = {}
        for to_id, seq in sorted(pairs, key=lambda pair: pair[1]):
            if seq in shown:
                found.setdefault(to_id, []).append(shown[seq])
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
                for shown in self._telling(self._show(conn, BY_NAME[name], query)):
                    return self._vault.open(digest), shown
        raise Missing(f"there is no original {digest}")

    def standing(self, seqs: Sequence[int]) -> dict[int, Shown]:
        """The visible records whose current version is one of these log entries, by entry."""
        wanted = [seq for seq in seqs if 0 <= seq <= EXACT]
        found: dict[int, Shown] = {}
        with self._connected() as conn:
            kinds: dict[str, builtins.list[int]] = {}
            for some in batches(wanted, 500):
                rows = conn.execute(
                    select(VERSION.c.seq, VERSION.c.kind).where(VERSION.c.seq.in_(some))
                )
                for seq, kind in rows:
                    kinds.setdefault(kind, []).append(seq)
            for name, named in kinds.items():
                if name in BY_NAME:
                    told = self._telling(self._at(conn, BY_NAME[name], named))
                    found |= {one.seq: one for one in told}
        return found

    def gained(self, kind: str, since: int) -> builtins.list[Shown]:
        """The visible records of a kind of which the log gained the current version from an entry on.

        For what is kept in memory and brought forward; oldest first. What became visible by a
        change of another record, or is not visible any more, is not told here.
        """
        type_ = kind_named(kind)
        table = CURRENT[type_.name]
        query = self._bodies(table).where(table.c.log_seq >= max(0, min(since, EXACT)))
        with self._connected() as conn:
            return self._show(conn, type_, query.order_by(table.c.log_seq))

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
            raise Invalid(f"{type_.title}: there is no field {field!r} to ask by")

    # -- search

    def find_texts(self, words: Sequence[str], limit: int) -> builtins.list[tuple[str, str]]:
        """(id, text) of visible records whose text holds all these words."""
        if not all(map(is_storable, words)):
            return []
        with self._connected() as conn:
            found = find_texts(conn, self._backend, words, self.rank, limit)
            return self._open_hits(conn, found)

    def find_keys(
        self, column: str, *, like: str = "", equal: str = "", unread: bool = False,
        filled: str = "", limit: int = 500,
    ) -> builtins.list[tuple[str, str]]:
        """(id, verbatim text) of visible markings and readings by one of their keys."""
        if not all(map(is_storable, (like, equal, filled))):
            return []
        with self._connected() as conn:
            found = find_keys(
                conn, self._backend, self.rank, limit, column=column, like=like, equal=equal,
                unread=unread, filled=filled,
            )
            return self._open_hits(conn, found)

    def _open_hits(
        self, conn: Connection, hits: builtins.list[tuple[str, str]]
    ) -> builtins.list[tuple[str, str]]:
        kept_back = self._kept_back(conn, [id_ for id_, _ in hits])
        return [hit for hit in hits if hit[0] not in kept_back] if kept_back else hits

    @staticmethod
    def _telling(rows: builtins.list[Shown]) -> builtins.list[Shown]:
        """Those that say anything: what is kept back does not say what it names either."""
        return [row for row in rows if row.label != LEFT_OUT]


def hidden(kind: str, field: str, rank: int) -> bool:
    """Whether a field is hidden from those of this rank, or shown coarsened."""
    rule = field_rules(kind).get(field)
    return rule is not None and rule.rank > rank


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields, sorted, in which two versions do not say the same."""
    return tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))


def _versions(conn: Connection, record_id: str, seq: int) -> list[Any]:
    """The versions of a record, first to last, with their entries; those held aside too."""
    found: list[Any] = aside(conn, record_id)
    at: int | None = seq
    while at is not None:
        row = conn.execute(
            version_rows().where(VERSION.c.seq == at, VERSION.c.id == record_id)
        ).one_or_none()
        if row is None:
            break  # the chain was tampered with; verify names it
        found.append(row)
        # Only ever backwards: a loop put in by hand must end.
        at = row.before if row.before is not None and row.before < at else None
    return sorted(found, key=lambda row: row.seq)
