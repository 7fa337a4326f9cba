"""A tie between two parties: owner, officer, agent, or that two names are one party or are not.

A claim like any other, with its source and grade; two may contradict and both stay. The ties
``same`` and ``different`` are judgements: a proposal that two parties are one is settled by
a person, and nothing is joined or erased by it. A source may tie a party to itself by mistake:
that is kept as it says, shown as a contradiction, and nothing is drawn from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.number import Percent
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class Tie(Record):
    """Two parties have to do with each other: who to whom, how, from when to when, on what it rests."""

    NAME: ClassVar[str] = "tie"
    PLURAL: ClassVar[str] = "ties"
    PREFIX: ClassVar[str] = "tie"
    WHEN: ClassVar[str] = "lasted"
    OWNERS: ClassVar[tuple[str, ...]] = ("party", "to_party")

    party: Annotated[str, RefKind("party")] = fact("Party", ...)
    tie_kind: Annotated[str, CodeKind("tie_kind")] = fact("Is", ..., facet=True)
    to_party: Annotated[str, RefKind("party")] = fact("Of party", ...)
    role: Line | None = fact("In which role, as written", also=("position", "title"), text=True)
    share: Percent | None = fact("Share, per cent")
    lasted: PartialDate | None = fact("From when to when")
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("Papers that show it", ())
    basis: Prose | None = fact("On what this rests", text=True)

    def rules(self) -> Iterable[Unfit]:
        if self.tie_kind in ("same", "different") and not self.basis:
            yield Unfit("on what the judgement rests is not said", "Say why in “On what this rests”.")

    def label(self) -> str:
        kind = self.tie_kind.replace("_", " ")
        return f"{kind}: {self.role}" if self.role else kind
