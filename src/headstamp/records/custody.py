"""Custody: who had an item, from when to when, and how they came to have it.

One type tells two things, kept apart by ``act``. Without it the record is an event of
the item's *past*: it came into somebody's hands, as somebody claims. With it the record
is an act of *our own* custody of an item or document as evidence: a hand-over, a seal, a
place in the store, a return. Such an act answers what ISO/IEC 27037:2012 (6.1, chain of
custody) asks: who had it, when and where, who gave and took it, why and by whose
authority, and which unavoidable change was made to it and why. Whatever else is left
out is named on the timeline as not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.place import Place
from headstamp.kinds.quantity import Quantity
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact

# A time of day is of use only with the zone whose clock it stood on.
_NO_ZONE = re.compile(r"T[0-9:.]+$")
FILES_CHECKED = "files_checked"
"""The program's own word: that it hashed the files anew, and what came of it."""
_BOTH = ("handed_over", "returned")
_GIVES, _TAKES = (*_BOTH, "disposed", "missing"), (*_BOTH, "collected")
_SAID_WHY = (*_BOTH, "disposed", "seal_opened")
_ON_AUTHORITY = ("returned", "disposed")
_EVIDENCE_ONLY = (
    "seal_state", "seal_reason", "kept_in", "purpose", "authority", "condition", "change_made",
    "change_reason",
)


class Custody(Record):
    """One event of an item's past, or one act of our own custody of it as evidence."""

    NAME: ClassVar[str] = "custody"
    PLURAL: ClassVar[str] = "custodies"
    PREFIX: ClassVar[str] = "cust"
    WHEN: ClassVar[str] = "held_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("item", "reply")

    item: Annotated[str, RefKind("item", "doc")] = fact("Item or document", ...)
    act: Annotated[str, CodeKind("custody_act")] | None = fact(
        "What was done with it, as evidence", also=("custody action", "action taken", "mouvement"),
        facet=True,
        help="Leave this empty for the item's past before it was evidence.",
    )
    custody_kind: Annotated[str, CodeKind("transfer_kind")] = fact(
        "How it came about", "unknown", facet=True
    )
    from_party: Annotated[str, RefKind("party")] | None = fact("From party")
    to_party: Annotated[str, RefKind("party")] | None = fact("Into the hands of party")
    held_on: PartialDate | None = fact(
        "When, or from when to when",
        help="A time of day needs its zone: 2016-11-04T09:30+03:00.",
    )
    place: Place | None = fact("Where")
    kept_in: Line | None = fact(
        "Where it is kept: store, cabinet, shelf",
        also=("store", "shelf", "storage location", "lieu de stockage", "almacén", "хранилище"),
    )
    purpose: Line | None = fact(
        "Why", also=("purpose", "reason for transfer", "motif", "motivo", "цель", "السبب"),
        text=True,
    )
    authority: Line | None = fact(
        "By whose authority",
        also=("authorised by", "authorized by", "authority", "autorité", "autoridad",
              "основание", "بأمر من"),
        text=True,
    )
    condition: Annotated[str, CodeKind("condition")] | None = fact("Condition it was in")
    seals_found: tuple[Line, ...] = fact(
        "Numbers of the seals found on it", (),
        also=("seal found", "seal before", "scellé trouvé", "precinto encontrado"), text=True,
    )
    seal_state: Annotated[str, CodeKind("seal_state")] | None = fact(
        "How the seal was found", facet=True
    )
    seals_set: tuple[Line, ...] = fact(
        "Numbers of the seals on it afterwards", (),
        also=("seal", "seal no", "seal number", "seal after", "scellé", "numéro de scellé",
              "precinto", "пломба", "номер пломбы", "رقم الختم"), text=True,
    )
    seal_reason: Line | None = fact("Why a seal was opened, broken or is not there", text=True)
    change_made: Prose | None = fact("Change to it that could not be avoided", text=True)
    change_reason: Line | None = fact("Why that change could not be avoided", text=True)
    quantity: Quantity | None = fact("How many")
    lawful_status: Annotated[str, CodeKind("lawful_status")] = fact(
        "Lawful status", "unknown", facet=True
    )
    transfer: Annotated[str, RefKind("tran")] | None = fact("By which transfer")
    reply: Annotated[str, RefKind("reply")] | None = fact("Trace reply that says so")
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("Papers that show it", ())
    evidence: Line | None = fact("On what this rests", text=True)
    basis: Prose | None = fact("Explanation", text=True)

    def rules(self) -> Iterable[Unfit]:
        if self.act is None:
            yield from self._only_of_evidence()
            return
        act = self.act
        if act == FILES_CHECKED and self.source is not None:
            yield Unfit("that files were checked comes of hashing them, and of no table",
                        "Hash them: headstamp custody ID --check-files.")
        if self.held_on is None:
            yield Unfit("an act of custody needs its day or moment",
                        "Write 2016-11-04T09:30+03:00, or 2016-11-04 where no clock was read.")
        elif any(_NO_ZONE.search(part) for part in self.held_on.split("/")):
            yield Unfit("the time of day has no zone",
                        "Add Z for UTC, or an offset: 2016-11-04T09:30+03:00.")
        if act in _GIVES and self.from_party is None:
            yield Unfit("who gives it, or had it, is not said", "Name the party in “From party”.")
        if act in _TAKES and self.to_party is None:
            yield Unfit("who receives it is not said", "Name the party in “Into the hands of party”.")
        if act in _BOTH and self.from_party is not None and self.from_party == self.to_party:
            yield Unfit("giver and receiver are the same party", "A hand-over has two sides.")
        if act in ("disposed", "missing") and self.to_party is not None:
            yield Unfit("what is disposed of or missing is in nobody's hands afterwards",
                        "Leave “Into the hands of party” empty, or choose another act.")
        if act in _SAID_WHY and self.purpose is None and self.seal_reason is None:
            yield Unfit("why is not said", "Say why it was done in “Why”.")
        if act in _ON_AUTHORITY and self.authority is None:
            yield Unfit("by whose authority is not said",
                        "Name the order, court or person in “By whose authority”.")
        yield from self._seals()
        if (self.change_made is None) != (self.change_reason is None):
            yield Unfit("a change and its reason belong together",
                        "Say both what was changed and why it could not be avoided.")

    def _only_of_evidence(self) -> Iterable[Unfit]:
        given = [name for name in _EVIDENCE_ONLY if getattr(self, name) is not None]
        given += [name for name in ("seals_found", "seals_set") if getattr(self, name)]
        if given:
            yield Unfit(f"{', '.join(given)}: given without the act they belong to",
                        "Say what was done with it in the field “act”.")

    def _seals(self) -> Iterable[Unfit]:
        gone = [seal for seal in self.seals_found if seal not in self.seals_set]
        if self.act == "sealed" and not self.seals_set:
            yield Unfit("no seal is put on", "Write the numbers of the seals that are on it now.")
        if self.act == "seal_opened" and not self.seals_found:
            yield Unfit("which seal was opened is not said", "Write the numbers of the seals found.")
        if self.seal_state == "none" and self.seals_found:
            yield Unfit("it bore no seal, yet seals were found on it", "Leave one of the two out.")
        removed = bool(self.seals_set and gone) or self.act == "seal_opened"
        if (removed or self.seal_state in ("opened", "broken", "missing")) and not self.seal_reason:
            yield Unfit("a seal opened, broken, replaced or missing needs its reason",
                        "Say why in “Why a seal was opened, broken or is not there”.")

    def label(self) -> str:
        kind = (self.act or self.custody_kind).replace("_", " ")
        return f"{kind} {self.held_on}" if self.held_on else kind
