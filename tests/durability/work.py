"""A day's mixed work, which says what is safe; and the check that all of it is there.

Saved records with an original, a photograph and a table imported, the search index, the
log exported, a backup, now and then another signing key. What was acknowledged is said in
one line, written at once.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.evidence.export_log import export_log
from headstamp.actions.intake.file import import_file
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.errors import Missing
from headstamp.kinds.identity import derived_id
from headstamp.records import Document, Item, Marking
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key
from headstamp.store.reader import Reader

ITEMS, ROWS = 3, 5


def _say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def original_of(name: str) -> bytes:
    return f"original of {name} ".encode() * 200


def photograph_of(name: str) -> bytes:
    shade = hashlib.sha256(name.encode()).digest()
    made = io.BytesIO()
    Image.new("RGB", (24, 16), tuple(shade[:3])).save(made, "PNG")
    return made.getvalue() + shade  # a picture of its own, however alike their colours


def work(case: str, beside: str, name: str, rounds: str) -> int:
    """Works on a case (made where there is none); files to import, exports, backups lie beside."""
    where, place = Path(case), Path(beside)
    place.mkdir(exist_ok=True)
    try:
        Case.open(where).close()
    except Missing:  # or the making of it was cut off
        Case.create(where).close()
        _say("created")
    with Case.open(where) as opened:
        _say("ready")
        for number in range(int(rounds)):
            _round(opened, place, f"{name}x{number}", number)
    _say("done")
    return 0


def _round(case: Case, place: Path, name: str, number: int) -> None:
    save(case, name)
    _say("saved", name)
    if number % 2 == 0:
        picture = place / f"{name}.png"
        picture.write_bytes(photograph_of(name))
        import_file(case, picture, actor=name, index=False)
        _say("photographed", name)
    else:
        table = place / f"{name}.csv"
        table.write_text("tag,make\n" + "".join(f"{name}-{n},of {name}\n" for n in range(ROWS)))
        import_file(case, table, kind="item", actor=name, index=False)
        _say("imported", name)
    index_case(case)
    if number % 3 == 1:
        export_log(case, place / f"log-{name}", clearance="restricted")
        _say("exported", name)
    if number % 3 == 2:
        done, _ = back_up(case.folder, place.parent / "backup")
        _say("backed-up", done.state.name)
    if number % 6 == 5:
        replace_key(case, actor=name, reason="it was time")
        _say("key", case.meta["key"])


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
    for name in told.all("photographed"):
        digest = _sha(photograph_of(name))
        if not reader.many([derived_id("photo", "file", digest)]):
            yield f"photograph {name}"
        elif not _whole(case, photograph_of(name)):
            yield f"file of photograph {name}"
    for name in told.all("imported"):
        if reader.list("item", {"make": f"of {name}"}, limit=100).total != ROWS:
            yield f"rows of {name}"
    if told.all("key") and told.all("key")[-1] != case.meta["key"] and not reader.totals():
        yield "signing key"


def _half_saved(reader: Reader) -> Iterable[str]:
    _, makes = reader.count("item", "make")
    for make, number in makes:
        if make and number != (ROWS if str(make).startswith("of ") else ITEMS):
            yield f"half of {make}: {number}"


def _whole(case: Case, content: bytes) -> bool:
    path = case.vault.path(_sha(content))
    return path.is_file() and path.read_bytes() == content


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def goes_on(folder: Path, told: Told, name: str) -> list[str]:
    """Opens a case without any help, looks at everything, and works on; what is wrong."""
    with Case.open(folder) as case:
        wrong = [*lost(case, told), *map(str, check_case(case))]
        save(case, name)
        index_case(case)
        return [*wrong, *lost(case, Told(safe={"saved": [name]})), *map(str, check_case(case))]


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
