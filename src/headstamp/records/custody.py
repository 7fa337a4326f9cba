"""Custody: who had an item, from when to when, and how they came to have it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.place import Place
from headstamp.kinds.quantity import Quantity
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class Custody(Record):
    """One event of an item's past: it came into somebody's hands."""

    NAME: ClassVar[str] = "custody"
    PLURAL: ClassVar[str] = "custodies"
    PREFIX: ClassVar[str] = "cust"
    WHEN: ClassVar[str] = "held_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("item",)

    item: Annotated[str, RefKind("item")] = fact("Item", ...)
    custody_kind: Annotated[str, CodeKind("transfer_kind")] = fact(
        "How it came about", "unknown", facet=True
    )
    from_party: Annotated[str, RefKind("party")] | None = fact("From party")
    to_party: Annotated[str, RefKind("party")] | None = fact("Into the hands of party")
    held_on: PartialDate | None = fact("When, or from when to when")
    place: Place | None = fact("Where")
    quantity: Quantity | None = fact("How many")
    lawful_status: Annotated[str, CodeKind("lawful_status")] = fact(
        "Lawful status", "unknown", facet=True
    )
    transfer: Annotated[str, RefKind("tran")] | None = fact("By which transfer")
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("Papers that show it", ())
    evidence: Line | None = fact("On what this rests", text=True)
    basis: Prose | None = fact("Explanation", text=True)

    def label(self) -> str:
        kind = self.custody_kind.replace("_", " ")
        return f"{kind} {self.held_on}" if self.held_on else kind
