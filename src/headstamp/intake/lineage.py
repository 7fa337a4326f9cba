"""Which changed row of a table without a key was which row before.

Such a row is known by its cells; when they change, nothing but its place in
the file is left. A row that says something new, where an earlier state of the
same file had at the same place a row that is now gone, is taken as that row
corrected; any other is a new row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from headstamp.errors import Problem
from headstamp.intake.identity import Identity, Occurrences, identity, key_of
from headstamp.intake.table import Table

MOST_ROWS = 1_000_000
"""Beyond this the pairing would take too much memory; changed rows are then new rows."""


def identities(table: Table) -> Iterator[tuple[int, Identity]]:
    """The rows of a table without a key, each with its number and identity."""
    key, seen = key_of(()), Occurrences()
    for row in table.rows():
        if not isinstance(row, Problem):
            _, text = key(row.cells)
            yield row.number, identity(False, text, seen.next(text))


def paired(
    before: Mapping[int, Identity], now: Mapping[int, Identity]
) -> dict[int, Identity]:
    """The identities of the rows now, a corrected row keeping the one it had before.

    >>> paired({1: ("a",), 2: ("b",)}, {1: ("a",), 2: ("c",), 3: ("d",)})
    {1: ('a',), 2: ('b',), 3: ('d',)}
    >>> paired({1: ("a",)}, {1: ("new",), 2: ("a",)})
    {1: ('new',), 2: ('a',)}
    """
    known, present = set(before.values()), set(now.values())
    return {
        number: old
        if own not in known and (old := before.get(number)) is not None and old not in present
        else own
        for number, own in now.items()
    }
