"""Makes a sample case of today's layout: every type, versions, ranks that moved, originals, two logs.

    python -m tests.store.make_sample FILE.tar.gz

What comes from another device is in it (a contradiction that stands open, a bundle that was put
aside), a key that was replaced, an erasure, and files beside the tables. Made by the code of an
earlier commit (``PYTHONPATH=src:. python`` in a checkout of it, with this file) it is a case of then.
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
from headstamp.actions.evidence.erasing import approve, ask
from headstamp.actions.exchange.devices import mark_lost
from headstamp.records import Document, Item, Marking
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key
from tests.actions.evidence.thing_kept import make as make_record
from tests.actions.exchange.travel import ITEM, Two, put, two_devices
from tests.making import one_of_each

ERASED = "Mustafa Kanary"


class Clock:
    """Stands still but for seven minutes each time it is looked at."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(minutes=7)
        return self.moment


def make(folder: Path, **more: object) -> None:
    """Fills a new case at ``folder / "hq"``; ``more`` goes to ``Case.create``."""
    clock = Clock()
    two = two_devices(folder, lambda place: Case.create(place, clock=clock),
                      lambda place: Case.create(place, clock=clock, **more))  # type: ignore[arg-type]
    with two.hq as case, two.field:
        _fill(case)
        _merge(two)
        replace_key(case, actor="B. Custodian", reason="it was time")
        for ending, fields in (("gone", []), ("part", ["remark"])):
            put(case, ending, remark=ERASED)
            asked = ask(case, make_record("item", ending).id, fields=fields, ground="safety", actor="Ana", clearance="sealed")
            approve(case, asked, actor="Ben", clearance="sealed")
        for name, text in (("letters/terms.toml", "first = 30\n"), ("imports/finds.problems.csv", "row\n1\n")):
            (case.folder / name).parent.mkdir(exist_ok=True)
            (case.folder / name).write_text(text, encoding="utf-8")
        index_case(case)
        assert check_case(case) == []


def without_log_of_writes(folder: Path) -> None:
    """So that the database is one file, and small."""
    with closing(sqlite3.connect(folder / "hq" / "case.sqlite", isolation_level=None)) as conn:
        conn.execute("VACUUM")
        conn.execute("PRAGMA journal_mode=DELETE")


def _fill(case: Case) -> None:
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


def _merge(two: Two) -> None:
    two.taken(two.packed())
    put(two.field, "first", make="Altera", model="seen in the field")
    put(two.hq, "first", make="Altera", model="seen at headquarters")
    two.taken(two.packed())
    assert len(two.hq.open_names(ITEM)) == 1
    mark_lost(two.hq, "Field", actor="Ben", reason="stolen")
    put(two.field, "after", make="signed later")
    two.taken(two.packed())


def main() -> None:
    """Packs one."""
    with tempfile.TemporaryDirectory() as name:
        make(Path(name))
        without_log_of_writes(Path(name))
        with tarfile.open(sys.argv[1], "x:gz") as packed:
            for part in ("case.sqlite", "originals", "keys", "letters", "imports"):
                packed.add(Path(name) / "hq" / part, part, filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main()
