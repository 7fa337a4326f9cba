"""A case with an item in custody, for the tests of custody, receipts and derivatives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headstamp.records import Record, kind_named
from headstamp.store.case import Case

ARABIC = "دفعة 07-85"
PARTED = "٠٧-٨٥"
LONG = "وصف طويل جدا " * 60 + "long " * 60
PARTIES = {"team": "Team two (S. Torvag).", "store": "النيابة العامة", "lab": "Laboratory"}


def make(kind: str, ending: str, /, **values: Any) -> Record:
    """A record whose id ends in a name."""
    type_ = kind_named(kind)
    return type_.cls.build({"id": f"{type_.prefix}-{ending}0000", **values})


def act(name: str, kind: str, when: str, giver: str = "", taker: str = "", **more: Any) -> Record:
    """An act of custody of the item, by the short names of the parties."""
    values = {"item": "item-sight0000", "act": kind, "held_on": when, **more}
    if giver:
        values["from_party"] = f"party-{giver}0000"
    if taker:
        values["to_party"] = f"party-{taker}0000"
    return make("custody", name, **values)


def a_case(folder: Path) -> Case:
    """An optical sight: taken over, put into store under seal, handed over."""
    case = Case.create(folder)
    with case.change(actor="R. Ilmen", reason="documented") as change:
        change.put_many([
            make("item", "sight", tag="P-06", item_type="optical sight", make="منظار"),
            make("document", "basis", title="Basis", caution="Invented for teaching."),
            *(make("party", short, name=name) for short, name in PARTIES.items()),
            *(make("marking", f"m{n}", item="item-sight0000", text=text)
              for n, text in enumerate(("OS4 00871", ARABIC, PARTED, "<b>&amp;", "ПАРТИЯ 14-09"))),
            act("first", "collected", "2016-11-05T12:40+03:00", "", "team", seals_set=["ZP 0388"]),
            act("second", "stored", "2016-11-08T09:05+03:00", "team", "store",
                kept_in="Room 2", seals_found=["ZP 0388"], seals_set=["ZP 0388"]),
            act("third", "handed_over", "2016-12-01T10:00Z", "store", "lab", purpose="reading",
                seals_found=["ZP 0389"], seals_set=["ZP 0389"]),
        ])
    return case


def full(name: str = "full") -> Record:
    """An act in which every field says as much as it can."""
    return act(
        name, "handed_over", "2016-12-02T10:00Z", "lab", "store", purpose=LONG[:400],
        authority=LONG[:400], condition="worn", kept_in="x" * 200, remark=LONG, change_made=LONG,
        change_reason=LONG[:400], seals_found=[f"found {n}" for n in range(12)],
        seals_set=[f"set {n}" for n in range(12)], seal_state="opened", seal_reason=LONG[:400],
        documents=["doc-basis0000"], place={"locality": "Bir Hattum", "country": "FR"},
        quantity={"value": 1, "unit": "piece"},
    )
