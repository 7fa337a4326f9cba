"""Which changed row of a table without a key was which row before.

Such a row is known by its cells; when they change, nothing but its place in
the file is left. A row that says something new, where the former state of the
same file had at the same place a row that is now gone, is taken as that row
corrected; any other is a new row. A row once corrected keeps that identity in
every later state, wherever it then stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from headstamp.errors import Problem
from headstamp.intake.identity import Identity, Occurrences, identity, key_of
from headstamp.intake.table import Table

MOST_ROWS = 300_000
"""Beyond this the pairing would take too much memory (about 1 kB a row); changed rows are then new."""


def identities(table: Table) -> Iterator[tuple[int, Identity]]:
    """The rows of a table without a key, each with its number and identity."""
    key, seen = key_of(()), Occurrences()
    for row in table.rows():
        if not isinstance(row, Problem):
            _, text = key(row.cells)
            yield row.number, identity(False, text, seen.next(text))


class Lineage:
    """The states of one file, oldest first, and which rows of them are the same.

    >>> lines = Lineage()
    >>> lines.follow({1: ("a",), 2: ("b",)})
    {1: ('a',), 2: ('b',)}
    >>> lines.follow({1: ("a",), 2: ("c",), 3: ("d",)})
    {1: ('a',), 2: ('b',), 3: ('d',)}
    >>> lines.follow({1: ("new",), 2: ("a",), 3: ("c",)})
    {1: ('new',), 2: ('a',), 3: ('b',)}
    """

    def __init__(self) -> None:
        self._last: Mapping[int, Identity] = {}  # the latest state: place -> what its row says
        self._known: dict[Identity, Identity] = {}  # what a row said -> its identity, the latest
        self._used: set[Identity] = set()

    def follow(self, now: Mapping[int, Identity]) -> dict[int, Identity]:
        """The identities of the rows of the next state, no two alike.

        ``now`` is what the rows say, by their places (see ``identities``).
        """
        known = self._known
        said, says = set(self._last.values()), set(now.values())
        found = {number: known[own] for number, own in now.items() if own in said}
        taken = set(found.values())
        for number, own in now.items():
            if own in said:
                continue
            was = known.get(own)  # where it stood in a state before the latest one
            if was is None or was in taken:
                before = self._last.get(number)
                was = None if before is None or before in says else known[before]
            if was is None or was in taken:
                was, again = own, 1
                while was in self._used or was in taken:
                    again += 1
                    was = (*own, "again", str(again))
            found[number] = was
            taken.add(was)
        known.update((own, found[number]) for number, own in now.items())
        self._used |= taken
        self._last = now
        return {number: found[number] for number in now}
