"""Whole bundles of small cases, each by its seed: records of every type, withheld entries, versions
of other logs, erased values, replaced and lost keys."""

from __future__ import annotations

from pathlib import Path
from random import Random

from headstamp.actions.evidence.erasing import approve, ask
from headstamp.actions.evidence.export_log import export_log
from headstamp.evidence.note import Signer
from headstamp.records import Document, Item, Note, Photograph, Site, kind_of_id
from headstamp.store.case import Case
from headstamp.store.elsewhere import current_of, lineages
from headstamp.store.handing import versions_from
from headstamp.store.new_key import replace_key
from tests.actions.evidence.bundles.bundle import Bundle, Held
from tests.making import fill

_IDS = [f"item-0000000{n}" for n in range(4)]


def good(seed: int, folder: Path) -> Bundle:
    """A whole bundle of a small case.

    About half have records of every type, entries withheld from their reader, versions of
    another log, changed keys; a third have erased values.
    """
    random = Random(seed)
    case = Case.create(folder / "case")
    kept = folder / "kept"
    older = None
    many = random.choice((1, 2, 3, 40, 255, 256, 257, 300, 520))
    changes = random.randint(1, 4)
    clearance = random.choice(("public", "partner", "restricted", "sealed"))
    records = random.random() < 0.5
    held = [Held(0, _signer(case))]
    meets = random.random() < 0.5
    erases = random.random() < 0.4
    # 0: the key stays; else it is changed so often, and by chance once without the old one.
    turns = random.choice((0, 0, 1, 2))
    for number in range(changes):
        with case.change(actor=random.choice(("A. Field", "Б. Хранитель", "ع")),
                         reason=random.choice(("", "entered on site", 'say "7\\1"\n\t\x7f'))) as change:
            site = Site.build(name=f"Mill {number}", tier=random.choice(("public", "partner", "sealed")))
            change.put(site)
            if number == 0 and seed % 2:
                change.file(b"")  # the original that the made-up photograph and document name
                fill(change)
            change.put_many([
                Note.build(about=site.id, text=f"n{n}",
                           tier=random.choice(("public", "partner", "sealed")))
                for n in range(many // changes)
            ])
            item = Item.build(make="x", tier="public")
            change.put(item)
            for version in range(random.randint(0, 3)):
                change.put(item.model_copy(update={"make": f"v{version}"}))
            for _ in range(random.randint(1, 3)):
                original = change.file(random.randbytes(random.choice((0, 1, 5000))))
                change.put(Document.build(title="d", digest=original.digest, tier="public"))
            original = change.file(random.randbytes(99))
            change.put(Photograph.build(digest=original.digest, tier="partner"))
        if meets and number == changes - 1:
            _meet(case, folder / "partner", random)
        if erases and number == changes - 1:
            _erase(case, item, random)
        if number >= changes - turns:
            held.append(_turn(case, random))
        if number < changes - 1 and random.random() < 0.7:
            kept.write_text(case.checkpoint_note(), "utf-8")
            older = folder / f"older{number}"
            export_log(case, older, clearance=clearance)
    here = folder / "bundle"
    export_log(case, here, clearance=clearance, records=records, originals=random.random() < 0.8)
    against = (kept,) if kept.exists() else ()
    # Any key from the last unwitnessed change on leads to the newest.
    vouched = max([n for n, one in enumerate(held) if not one.witnessed], default=0)
    known = random.choice(held[vouched:]).signer.verifier_key
    case.close()
    return Bundle(here, known, against, tuple(held), older, case.folder)


def _signer(case: Case) -> Signer:
    return Signer.parse((case.folder / "keys/device.key").read_text("utf-8").strip())


def _turn(case: Case, random: Random) -> Held:
    """The key of the case is replaced."""
    lost = random.random() < 0.2
    if lost:
        (case.folder / "keys/device.key").unlink()
        case = Case.open(case.folder)
    done = replace_key(case, actor="B. Custodian", reason="a new key", lost=lost,
                       revoked=random.random() < 0.5)
    return Held(done.change.size, _signer(case), done.change.why, done.witnessed)


def _meet(case: Case, folder: Path, random: Random) -> None:
    """Another device hands over its log: of each act that names versions of it one entry at least."""
    with Case.create(folder) as partner:
        for one in (case, partner):
            with one.change(actor="A. Field", reason="import") as change:
                change.put(Item.build(id=_IDS[0], make="the same row", tier="public"))
        with partner.change(actor="P. Partner", reason="found") as change:
            change.put_many([Item.build(id=id_, make="x", tier="public") for id_ in _IDS[1:]])
        _hand_over(partner, case)
        for one, make in ((partner, "left"), (case, "right")):
            with one.change(actor="A. Field", reason="seen") as change:
                change.put(Item.build(id=_IDS[1], make=make, tier="public"))
                change.put(Item.build(id=_IDS[2], make=make, tier="public"))
        _hand_over(partner, case)
        settled = Item.build(id=_IDS[1], make=random.choice(("left", "right", "both")), tier="public")
        with case.backend.reading() as conn:
            current = current_of(conn, case.backend, kind_of_id(_IDS[1]), [_IDS[1]])[_IDS[1]]
            names = lineages(conn, case.backend, case.origin, {_IDS[1]: current.seq})[_IDS[1]].open()
        with case.change(actor="C. Decides", reason="the photograph shows it") as change:
            change.settle(settled, names, case.origin)


def _erase(case: Case, item: Item, random: Random) -> None:
    """One asks, another approves: a field of an item of several versions, or all of the item."""
    fields = random.choice((["make"], []))
    asked = ask(case, item.id, fields=fields, ground="safety", actor="A. Asks",
                clearance="sealed")
    approve(case, asked, actor="B. Approves", clearance="sealed")


def _hand_over(giver: Case, taker: Case) -> None:
    size = giver.checkpoint().size
    with giver.backend.reading() as conn:
        versions = [one.version for one in versions_from(conn, giver.origin, 0, size)]
    with taker.change(actor="B. Custodian", reason="taken in") as change:
        change.receive(versions, taker.origin)
