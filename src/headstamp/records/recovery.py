"""A recovery: how, where and when things left use."""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.place import Place
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class Recovery(Record):
    """Things recovered together: found when and by whom, documented when, held by whom before."""

    NAME: ClassVar[str] = "recovery"
    PLURAL: ClassVar[str] = "recoveries"
    PREFIX: ClassVar[str] = "rec"
    WHEN: ClassVar[str] = "recovered_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("visit",)

    title: Line | None = fact("Title", text=True)
    visit: Annotated[str, RefKind("vis")] | None = fact("Visit")
    site: Annotated[str, RefKind("site")] | None = fact("Site")
    place: Place | None = fact("Where, if not at a recorded site")
    manner: Annotated[str, CodeKind("recovery_manner")] = fact("Manner", "recovered", facet=True)
    recovered_on: PartialDate | None = fact("When it left use")
    documented_on: PartialDate | None = fact("When it was documented")
    finder: Line | None = fact("Who found it")
    circumstances: Prose | None = fact("Circumstances", text=True)
    illicit_basis: tuple[Annotated[str, CodeKind("illicit_basis")], ...] = fact(
        "Why it is held to be illicit", ()
    )
    armed_group: Line | None = fact("Group that held it, as told", text=True)
    armed_group_confidence: Annotated[str, CodeKind("confidence")] | None = fact(
        "How sure that is"
    )
    custody_before: Prose | None = fact("Who had it before us")

    def label(self) -> str:
        return self.title or (f"{self.manner} {self.recovered_on or ''}".strip())
