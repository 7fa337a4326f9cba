"""A mission is a mandate in the field; a visit is one visit to one site."""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.number import Number
from headstamp.kinds.text import Line, Prose
from headstamp.kinds.tier import Tier
from headstamp.records.record import Record, fact


class Mission(Record):
    """A mandate in the field: who sent whom, on what legal basis, with which partners."""

    NAME: ClassVar[str] = "mission"
    PLURAL: ClassVar[str] = "missions"
    PREFIX: ClassVar[str] = "mis"
    WHEN: ClassVar[str] = "held_on"

    title: Line = fact("Title", ..., text=True)
    mandate: Prose | None = fact("Mandate", text=True)
    team: Prose | None = fact("Team")
    held_on: PartialDate | None = fact("From when to when", also=("dates", "period"))
    legal_basis: Line | None = fact("Legal basis")
    partner_agreement: Line | None = fact("Agreement with partners")
    default_tier: Tier | None = fact("Tier of its records unless said otherwise")

    def label(self) -> str:
        return self.title


class Visit(Record):
    """One visit to one site: when, by whom, how, and what limited it."""

    NAME: ClassVar[str] = "visit"
    PLURAL: ClassVar[str] = "visits"
    PREFIX: ClassVar[str] = "vis"
    WHEN: ClassVar[str] = "held_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("mission",)

    site: Annotated[str, RefKind("site")] = fact("Site", ...)
    mission: Annotated[str, RefKind("mis")] | None = fact("Mission")
    held_on: PartialDate | None = fact("When", also=("date", "visit date", "visited"))
    hours: Number | None = fact("Hours on site", also=("effort",))
    team: Prose | None = fact("Team")
    host: Line | None = fact("Host force or authority")
    method: Prose | None = fact("Method", text=True)
    conditions: Line | None = fact("Weather and light")
    access: Annotated[str, CodeKind("access")] | None = fact("How far the site could be seen", facet=True)
    access_limits: Prose | None = fact("Limits on access", text=True)
    cleared_by: Line | None = fact("Declared safe to enter by")
    cleared_on: PartialDate | None = fact("Declared safe to enter on")

    def label(self) -> str:
        return f"visit {self.held_on}" if self.held_on else self.id
