"""The clearance each record needs: its own tier, and that of all it belongs to.

Learned as a change goes on: of the records put, and of those they refer to. A reference
to nothing is refused here, for what is not there has no rank.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from headstamp.errors import Invalid, Problem
from headstamp.kinds.tier import RANK
from headstamp.records import BY_PREFIX, Record
from headstamp.store.backend import Backend
from headstamp.store.erased import WHOLE, erased_of
from headstamp.store.refs import Refs, owners, references
from headstamp.store.tables import CURRENT

_KEPT = 200_000
# What belongs to a record that is gone is shown to whom most records are shown.
GONE = RANK["partner"]


class Ranks:
    """The ranks of records met in one change, and what the last ones learned refer to."""

    def __init__(self, conn: Connection, backend: Backend) -> None:
        self._conn = conn
        self._backend = backend
        self._ranks: dict[str, int] = {}
        self.refs: dict[str, Refs] = {}
        # What was referred to and not there, where that was let pass: it may come yet.
        self.awaited: set[str] = set()

    def __getitem__(self, id_: str) -> int:
        return self._ranks[id_]

    def forget(self, id_: str) -> None:
        """It may have changed."""
        self._ranks.pop(id_, None)

    def learn(
        self, records: Sequence[Record], batch: dict[str, Record], *, lenient: bool = False
    ) -> None:
        """Finds the rank of every record referred to, and refuses references to nothing.

        ``lenient`` lets them pass: what is taken from elsewhere may name what was erased here.
        """
        if len(self._ranks) > _KEPT:
            self._ranks.clear()
        ranks = self._ranks
        refs = self.refs = {record.id: references(record) for record in records}
        targets = {target for some in refs.values() for _, target in some}
        wanted: dict[str, set[str]] = {}
        for target in targets:
            kind = BY_PREFIX.get(target.partition("-")[0])
            if kind is not None and target not in ranks and target not in batch:
                wanted.setdefault(kind.name, set()).add(target)
        for name, ids in wanted.items():
            table = CURRENT[name]
            found = self._conn.execute(
                select(table.c.id, table.c.visible_rank).where(
                    self._backend.among(table.c.id, sorted(ids))
                )
            )
            for id_, rank in found:
                ranks[id_] = rank
        missing = {
            target for target in targets if target not in ranks and target not in batch
        }
        if lenient:
            self.awaited |= missing
        if missing and not lenient:
            # What was erased is no more, but what names it may still be corrected.
            missing -= {id_ for id_, gone in erased_of(self._conn, missing).items() if gone == WHOLE}
        if missing and not lenient:
            raise Invalid("some records refer to what is not there", [
                Problem(f"{target} is not in this case", "Record it first, or leave the field out.",
                        field=field, value=target)
                for some in refs.values() for field, target in some if target in missing
            ])
        for record in records:
            ranks.pop(record.id, None)
        try:
            for record in records:
                self._settle(record, batch, lenient)
        except Invalid:
            # Nothing of this batch will be there, so nothing may refer to it.
            for record in records:
                ranks.pop(record.id, None)
            raise

    def _settle(self, record: Record, batch: dict[str, Record], lenient: bool) -> None:
        """Ranks of a record and of all that it belongs to; without recursion, for a stranger's chain of
        owners may be as long as they like."""
        if record.id in self._ranks:
            return
        # Those being settled, each an owner of the one before: the rank found so far.
        path = {record.id: RANK[record.tier]}
        stack = [(record, iter(owners(record)))]
        while stack:
            one, left = stack[-1]
            for owner in left:
                found = self._ranks.get(owner)
                if found is None and owner in path:
                    if not lenient:
                        raise Invalid(f"{owner} belongs to itself through {' and '.join(path)}")
                    # Two devices made it so together; nobody can mend it here.
                    found = RANK[(record if owner == record.id else batch[owner]).tier]
                elif found is None and owner in batch:
                    path[owner] = RANK[batch[owner].tier]
                    stack.append((batch[owner], iter(owners(batch[owner]))))
                    break
                path[one.id] = max(path[one.id], GONE if found is None else found)
            else:
                stack.pop()
                rank = self._ranks[one.id] = path.pop(one.id)
                if stack:
                    above = stack[-1][0].id
                    path[above] = max(path[above], rank)
