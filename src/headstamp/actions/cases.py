"""Making, opening and checking a case."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from headstamp.actions.evidence.witnesses import findings_of, seen_witnesses
from headstamp.actions.markings.index import up_to_date
from headstamp.markings.normalise import keys
from headstamp.store.case import Case
from headstamp.store.search import Told as SearchTold
from headstamp.store.search import catch_up
from headstamp.store.verify import Finding, Told, verify


def make_case(where: str | Path, *, folder: Path | None = None) -> Case:
    """A new, empty case with a fresh key. Raises Conflicting where there is one."""
    return Case.create(where, folder=folder)


def open_case(where: str | Path, *, folder: Path | None = None) -> Case:
    """Opens a case. Raises Missing where there is none."""
    return Case.open(where, folder=folder)


def check_case(
    case: Case, *, against: Iterable[str] = (), told: Told | None = None
) -> list[Finding]:
    """Everything recomputed, every time stamp too; empty where nothing is wrong.

    ``against``: checkpoints kept elsewhere.
    """
    found = verify(case, keys=keys, against=against, told=told)
    # Where tables are not as they were, they cannot be asked; that is told already.
    if all(one.what != "not_checked" for one in found):
        found += findings_of(seen_witnesses(case))
    return found


def index_case(case: Case, *, told: SearchTold | None = None) -> int:
    """Brings all that is searched up to the log; returns how many entries were taken in."""
    taken = catch_up(case.backend, keys, told)
    up_to_date(case)
    return taken
