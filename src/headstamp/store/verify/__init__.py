"""Everything recomputed: entries, versions, tables, tree, signatures, originals.

Nothing that is stored is believed. From the log and the versions follows what
every other table must hold; from each record's digest what its original must
hash to. Each finding names what is wrong and where.

- ``walk``       one pass over log and versions
- ``tables``     what each current row must hold; on large cases ``beside``, at the same time
- ``tree``       tiles, edge and checkpoints, by what the log gives
- ``elsewhere`` the names of versions from other devices, by what the log gives
- ``erasures``   what two people agreed to erase, and nobody else
- ``derived``    references, counts and search rows, by what the records give
- ``originals``  files in the vault, by their digests

What this cannot show is told in ``docs/what-the-log-proves.md``: whoever holds
the key and every copy can write a new history; only a checkpoint kept
elsewhere (``against``) shows that.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

from headstamp.evidence.check import check_log
from headstamp.store.case import Case
from headstamp.store.collector import collector_at_rest
from headstamp.store.search import Keyer
from headstamp.store.tables import METADATA
from headstamp.store.verify.beside import WORTH_IT, begun
from headstamp.store.verify.elsewhere import check_elsewhere
from headstamp.store.verify.erasures import check_erasures
from headstamp.store.verify.finding import Finding, Findings, Told
from headstamp.store.verify.originals import Originals
from headstamp.store.verify.tables import check_tables
from headstamp.store.verify.tree import Tree
from headstamp.store.verify.walk import Walk

__all__ = ["Finding", "Told", "verify"]


def verify(
    case: Case, *, keys: Keyer, against: Iterable[str] = (), told: Told | None = None,
) -> list[Finding]:
    """All that is wrong with a case; empty where nothing is.

    ``against`` are checkpoints (signed notes) kept elsewhere. ``told(step, done,
    all)`` is called as it goes on. Reads one unchanging state; writes nothing.
    """
    told = told or _silent
    found = Findings()
    wrong = case.meta_problem()
    if wrong:
        found.say("settings_changed", "meta", wrong)
    originals = Originals(case.vault, found)
    # The engine's own check is no work for Python: it goes on beside.
    with ThreadPoolExecutor(1) as aside, closing(originals), ExitStack() as more:
        indexes = aside.submit(case.backend.check_indexes)
        with case.backend.reading() as conn:
            faults = case.backend.schema_faults(conn)
            for name, detail in faults:
                found.say("foreign_table", name, detail)
            if any(_ours(name) for name, _ in faults):
                found.say("not_checked", "database", "the rest cannot be looked at before "
                          "the tables are as they were")
                return list(found)
            tree = Tree(conn, case)
            walk = Walk(conn, case.backend, found, tree, originals, told,
                        *check_erasures(conn, found))
            more.enter_context(collector_at_rest(walk.size))
            beside = more.enter_context(begun(case, keys)) if walk.size >= WORTH_IT else None
            if beside is None:
                check_tables(conn, case.backend, keys, found)
            for one in check_log(
                walk.entries(), tree.notes(), case.key_line, tree.stored_leaves(),
                identify=walk.identify, hashed=walk.hashed,
            ):
                found.say(one.what, one.id, one.detail)
            walk.finish()
            check_elsewhere(conn, case.backend, case.origin, walk.elsewhere, found)
            tree.check(found, list(against))
        if beside is not None:
            beside.finish(found)
        originals.finish(told)
        for text in indexes.result():
            found.say("database_damaged", "database", text)
    return list(found)


def _ours(name: str) -> bool:
    what, _, table = name.partition(" ")
    return what == "table" and table in METADATA.tables


def _silent(step: str, done: int, total: int) -> None:
    """Says nothing to nobody."""
