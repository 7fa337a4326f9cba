"""A tally: a published count, for a place and a period. Never an item.

"Three pistols seized in precinct 5 in May 2012" says nothing of any one pistol.
An empty cell in the source is "not counted" and gives no tally; a nought is a
count of nought.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.number import Count, Truth
from headstamp.kinds.place import Place
from headstamp.kinds.quantity import CountMethod
from headstamp.kinds.text import Line
from headstamp.records.record import Record, fact


class Tally(Record):
    """So many of a kind, in a place and a period, as a source publishes it."""

    NAME: ClassVar[str] = "tally"
    PLURAL: ClassVar[str] = "tallies"
    PREFIX: ClassVar[str] = "tally"
    WHEN: ClassVar[str] = "period"

    what: Line = fact("What was counted, as the source names it", ..., facet=True, text=True)
    family: Annotated[str, CodeKind("item_family")] | None = fact("Family", facet=True)
    count: Count = fact("How many", ...)
    period: PartialDate | None = fact("Period")
    place: Place | None = fact("Area")
    area: Line | None = fact("Area as the source names it", facet=True, text=True)
    method: CountMethod | None = fact("How it was counted")
    total: Truth | None = fact("Is it a sum of other tallies of the same source?", facet=True)

    def label(self) -> str:
        return f"{self.count} {self.what} ({self.period or 'no period'})"
