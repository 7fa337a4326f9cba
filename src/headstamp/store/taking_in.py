"""The change that takes in versions from another device, some at a time.

A bundle may hold more versions than memory does. So they are judged and written in batches,
each after what the batches before it left in the tables. What belongs to a record that comes
later has the clearance of what is not there, and gets its own when that record has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headstamp.errors import Conflicting
from headstamp.records import kind_of_id
from headstamp.store.backend import batches
from headstamp.store.change import Change
from headstamp.store.collector import collector_at_rest
from headstamp.store.elsewhere import current_of, settle_aside
from headstamp.store.receiving import Judged, Received, Taken, judge
from headstamp.store.stored import record_of_body, record_on_file

_AT_ONCE = 2_000


class TakingChange(Change):
    """A change that can also take in what was put on file elsewhere."""

    def receive(self, versions: Iterable[Received], origin: str) -> Taken:
        """Takes in versions from another device's log; adds only (``receiving``).

        They are gone through once, in order. ``origin`` is the name of our own log. Raises
        Invalid where one does not fit the records known here, or was made from one that is
        not here.
        """
        if self._half_done:
            raise Conflicting("an earlier error left this change half done; begin another")
        taken = Taken()
        self._opened.clear()
        for some in batches(versions, _AT_ONCE):
            with collector_at_rest(len(some)):
                self._receive(some, origin, taken)
        taken.opened = self._open_now()
        self._half_done = False
        return taken

    def _receive(self, versions: Sequence[Received], origin: str, taken: Taken) -> None:
        judged = judge(self._conn, self._backend, origin, self._seq, versions, taken,
                       record_of_body, record_on_file)
        batch = {row.id: record for one in judged for row, record in one.final.values()}
        self._ranks.learn(list(batch.values()), batch, lenient=True)
        self._half_done = True
        for one in judged:
            self._put_judged(one)
        come = self._ranks.awaited & batch.keys()
        self._ranks.awaited -= come
        self._re_ranked += sorted(come)
        settle_aside(self._conn, self._backend, taken.touched, taken.lineage)
        taken.settled()
        self._pass_on_ranks(lenient=True)

    def _put_judged(self, judged: Judged) -> None:
        """The rows of one kind of versions that came from elsewhere."""
        kind, known = judged.kind, judged.known
        current = [(row, record) for row, record in judged.final.values()]
        bodies = self._bodies([known[row.id].seq for row, _ in current if row.id in known])
        replaced = [(record, bodies[known[row.id].seq], known[row.id])
                    for row, record in current if row.id in known]
        for row, _ in current:
            row.rank = self._ranks[row.id]
        self._replace(kind, replaced, judged.rows)

    def _open_now(self) -> list[str]:
        """Those whose rank fell on the way, if it is below what it was before this change."""
        by_kind: dict[str, list[str]] = {}
        for id_ in sorted(self._opened):
            by_kind.setdefault(kind_of_id(id_).name, []).append(id_)
        found: list[str] = []
        if by_kind:
            # What others read is the state before.
            with self._backend.reading() as before:
                for ids in by_kind.values():
                    kind = kind_of_id(ids[0])
                    now = self._current(kind, ids)
                    found += [id_ for id_, was in current_of(before, self._backend, kind, ids).items()
                              if id_ in now and now[id_].rank < was.rank]
        return sorted(found)
