"""Sites, and the flows of goods, people and papers between them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.naming import Name
from headstamp.kinds.number import Truth
from headstamp.kinds.place import Place
from headstamp.kinds.quantity import Quantity
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact

SITE_USE = CodeKind("site_use")


class Site(Record):
    """A place that matters, with its former and present use and what went on there."""

    NAME: ClassVar[str] = "site"
    PLURAL: ClassVar[str] = "sites"
    PREFIX: ClassVar[str] = "site"

    name: Line = fact("Name", ..., also=("site name", "site", "location", "lugar"), text=True)
    names: tuple[Name, ...] = fact("Other names", (), text=True)
    site_kind: Annotated[str, CodeKind("site_kind")] | None = fact("Kind of site", facet=True)
    former_use: tuple[Annotated[str, SITE_USE], ...] = fact("Former use", ())
    present_use: tuple[Annotated[str, SITE_USE], ...] = fact("Present use", ())
    activities: tuple[Annotated[str, SITE_USE], ...] = fact("What went on there", ())
    active_on: PartialDate | None = fact("When it was in that use")
    place: Place | None = fact("Where")
    part_of: Annotated[str, RefKind("site")] | None = fact("Part of site")
    controller: Line | None = fact("Who held it at the time")
    cleared_by: Line | None = fact("Declared safe to enter by")
    cleared_on: PartialDate | None = fact("Declared safe to enter on")
    position_safe_to_take: Truth | None = fact("Is it safe to take the position there?")
    description: Prose | None = fact("Description", text=True)

    def label(self) -> str:
        return self.name


class Flow(Record):
    """Something went from one site to another."""

    NAME: ClassVar[str] = "flow"
    PLURAL: ClassVar[str] = "flows"
    PREFIX: ClassVar[str] = "flow"
    WHEN: ClassVar[str] = "happened_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("from_site", "to_site")

    from_site: Annotated[str, RefKind("site")] = fact("From site", ...)
    to_site: Annotated[str, RefKind("site")] = fact("To site", ...)
    flow_kind: Annotated[str, CodeKind("flow_kind")] = fact("What sort of flow", "goods")
    what: Line | None = fact("What went", text=True)
    happened_on: PartialDate | None = fact("When")
    quantity: Quantity | None = fact("How much")
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("Papers that show it", ())
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items that show it", ())
    basis: Prose | None = fact("On what this rests", text=True)

    def label(self) -> str:
        return self.what or f"{self.from_site} to {self.to_site}"
