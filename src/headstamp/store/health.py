"""Questions about a case's upkeep, not about what it says: times, originals nobody names."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from headstamp.errors import HeadstampError
from headstamp.evidence import entry as entries
from headstamp.store.backup import named_originals
from headstamp.store.case import Case
from headstamp.store.search import behind

_CHANGES = 200_000


class Change(NamedTuple):
    """The last entry of a change, counted from 0, and when its machine says it was made."""

    entry: int
    at: str


def changes(case: Case) -> list[Change]:
    """The changes of the log in its order, the latest ones where there are very many."""
    found = []
    with case.backend.reading() as conn:
        rows = case.backend.stream(
            conn, "SELECT log.seq, log.entry FROM checkpoint JOIN log ON log.seq = checkpoint.size - 1"
                  f" ORDER BY log.seq DESC LIMIT {_CHANGES}"
        )
        for seq, entry in rows:
            try:
                found.append(Change(seq, entries.read(bytes(entry)).at))
            except (HeadstampError, TypeError):
                continue  # a damaged entry: verify names it
    return found[::-1]


def turned_back(found: list[Change]) -> list[tuple[Change, Change]]:
    """Neighbouring changes of which the later one says it was made earlier."""
    return [(one, next_) for one, next_ in pairwise(found) if next_.at < one.at]


def unnamed_originals(case: Case) -> int:
    """How many originals no version of any record names: left by changes that came to nothing."""
    with case.backend.reading() as conn:
        named = named_originals(case.backend, conn)
    return sum(1 for digest in case.vault.digests() if digest not in named)


def search_behind(case: Case) -> int:
    """How many entries the search index has not taken in yet."""
    with case.backend.reading() as conn:
        done, size = behind(conn)
    return size - done
