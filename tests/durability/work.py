"""A day's mixed work, which says what is safe; and the check that all of it is there.

Each round saves records with an original, does one act of another sort (``acts``), and brings
the search index up to date. What was acknowledged is said in one line, written at once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import duckdb

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.keeping.backups import restore_case
from headstamp.actions.keeping.doctor import examine
from headstamp.actions.markings import index as marking_index
from headstamp.actions.tracing import supply_graph
from headstamp.errors import Missing
from headstamp.kinds.identity import derived_id
from headstamp.records import Document, Item, Marking
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from tests.durability.acts import ACTS, ROWS, acts_from, acts_lost, cli

ITEMS = 5
_ALONE = ("about ", "asked ", "there ")
"""Before the make of an item that an act records by itself."""


def _say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def original_of(name: str) -> bytes:
    return f"original of {name} ".encode() * 200


def work(case: str, beside: str, name: str, rounds: str) -> int:
    """Works on a case (made where there is none); files to import, exports, backups lie beside."""
    where, place = Path(case), Path(beside)
    place.mkdir(exist_ok=True)
    # What is kept beside a large case is kept here too; and one thread does it, so that the order
    # of the calls is known (``trace``).
    marking_index.LEAST_UNSAVED = supply_graph.LEAST_UNSAVED = 1  # type: ignore[misc]
    connect = duckdb.connect
    setattr(duckdb, "connect", lambda config: connect(config={**config, "threads": 1, "async_threads": 0}))  # noqa: B010
    try:
        Case.open(where).close()
    except Missing:  # or the making of it was cut off
        Case.create(where).close()
        _say("created")
    with Case.open(where) as opened:
        _say("ready")
        for number, act in zip(range(int(rounds)), cycle(acts_from(name)), strict=False):
            _round(opened, place, f"{name}x{number}", act)
    _say("done")
    return 0


def _round(case: Case, place: Path, name: str, act: str) -> None:
    save(case, name)
    _say("saved", name)
    _say(act, ACTS[act](case.folder, place, name))
    index_case(case)


def save(case: Case, name: str) -> None:
    with case.change(actor=name, reason=f"round {name}") as change:
        kept = change.file(original_of(name))
        items = [Item.build(id=derived_id("item", name, str(n)), make=name) for n in range(ITEMS)]
        change.put_many([
            *items,
            *(Marking.build(id=derived_id("mark", name, str(n)), item=one.id, text=f"AB {n}")
              for n, one in enumerate(items)),
            Document.build(id=derived_id("doc", name), title=name, digest=kept.digest),
        ])


@dataclass
class Told:
    """What was acknowledged, by what it was."""

    created: bool = False
    safe: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[str]) -> Told:
        told = cls()
        for line in lines:
            what, _, name = line.strip().partition(" ")
            told.created |= what in ("created", "ready")
            if name:
                told.safe.setdefault(what, []).append(name)
        return told

    def all(self, what: str) -> list[str]:
        return self.safe.get(what, [])


def lost(case: Case, told: Told) -> list[str]:
    """What was acknowledged and is not there, or is there by half; empty where all is well."""
    reader = case.read("sealed")
    with reader.snapshot() as one:
        return [*_lost(case, one, told), *_half_saved(one)]


def _lost(case: Case, reader: Reader, told: Told) -> Iterable[str]:
    for name in told.all("saved"):
        ids = [derived_id(prefix, name, str(n)) for prefix in ("item", "mark") for n in range(ITEMS)]
        if len(reader.many(ids)) != len(ids):
            yield f"records of {name}"
        elif reader.get(derived_id("doc", name)).get("digest") != _sha(original_of(name)):
            yield f"document of {name}"
        elif not _whole(case, original_of(name)):
            yield f"original of {name}"
    yield from acts_lost(case, reader, told.safe)
    if told.all("key") and told.all("key")[-1] != case.meta["key"] and not reader.totals():
        yield "signing key"


def _half_saved(reader: Reader) -> Iterable[str]:
    _, makes = reader.count("item", "make")
    for make, number in makes:
        many = ROWS if str(make).startswith("of ") else 1 if str(make).startswith(_ALONE) else ITEMS
        if make and number != many:
            yield f"half of {make}: {number}"


def _whole(case: Case, content: bytes) -> bool:
    path = case.vault.path(_sha(content))
    return path.is_file() and path.read_bytes() == content


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def goes_on(folder: Path, told: Told, name: str) -> list[str]:
    """Opens a case without any help, looks at everything, and works on; what is wrong.

    An erasure that was cut off was not acknowledged; the doctor tells how it is brought to its end.
    """
    with Case.open(folder) as case:
        wrong = [*lost(case, told), *map(str, check_case(case))]
        save(case, name)
        index_case(case)
        wrong += [*lost(case, Told(safe={"saved": [name]})), *map(str, check_case(case))]
    if "erasure_unclean" in ailing(folder):
        cli(folder, name, "erase", "--finish")
    return [*wrong, *ailing(folder)]


def ailing(folder: Path) -> list[str]:
    """What the doctor wants mended in a case, but for its backups, which are looked at elsewhere."""
    return [one.what for one in examine(str(folder)).ailments
            if one.grade != "note" and "backup" not in one.what]


def backups_lost(place: Path, told: Told, into: Path) -> list[str]:
    """Acknowledged backups that cannot be restored whole (the last of them is tried)."""
    for name in told.all("backed-up")[-1:]:
        state = place / "states" / name
        if not state.is_dir():
            return [f"backup {name}"]
        restore_case(state, str(into))
        with Case.open(into) as case:
            return [f"in backup {name}: {one}" for one in check_case(case)]
    return []


def work_done(case: Case, *names: str) -> None:
    """Some of the mixed work, in this process."""
    for name in names:
        save(case, name)
