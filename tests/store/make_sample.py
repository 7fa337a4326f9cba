"""Makes a sample case of today's layout: every type, versions, ranks that moved, originals.

    python -m tests.store.make_sample FILE.tar.gz
"""

from __future__ import annotations

import sqlite3
import sys
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from headstamp.actions.cases import check_case, index_case
from headstamp.records import Document, Item, Marking
from headstamp.store.case import Case
from tests.making import one_of_each


def make(folder: Path) -> None:
    """Fills a new case; its clock stands still but for seven minutes a change."""
    moment = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def clock() -> datetime:
        nonlocal moment
        moment += timedelta(minutes=7)
        return moment

    with Case.create(folder, clock=clock) as case:
        with case.change(actor="A. Investigator", reason="first day") as change:
            change.file(b"")  # what the declarations' examples name
            records = one_of_each()
            change.put_many(records)
            kept = change.file(b"an invented letter\n")
            change.put(Document.build(title="Letter", digest=kept.digest, tier="restricted"))
            item = Item.build(make="Invented works", tier="sealed")
            change.put_many([item, Marking.build(item=item.id, text="AB 12?4")])
        with case.change(actor="B. Custodian", reason="corrected") as change:
            change.put_many([one.model_copy(update={"remark": "corrected"}) for one in records])
            change.put(item.model_copy(update={"tier": "restricted"}))
        index_case(case)
        assert check_case(case) == []
    with closing(sqlite3.connect(folder / "case.sqlite", isolation_level=None)) as conn:
        conn.execute("VACUUM")
        conn.execute("PRAGMA journal_mode=DELETE")


def main() -> None:
    """Packs one."""
    with tempfile.TemporaryDirectory() as name:
        make(Path(name) / "case")
        with tarfile.open(sys.argv[1], "x:gz") as packed:
            for part in ("case.sqlite", "originals", "keys"):
                packed.add(Path(name) / "case" / part, part, filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main()
