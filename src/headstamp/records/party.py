"""A party: a person, firm, state body or group that made, held or passed on things."""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import Country
from headstamp.kinds.identity import Link, RefKind
from headstamp.kinds.naming import Identifier, Name
from headstamp.kinds.text import Line
from headstamp.records.record import Record, fact


class Party(Record):
    """A person, firm or state body, with its names, identifiers and roles."""

    NAME: ClassVar[str] = "party"
    PLURAL: ClassVar[str] = "parties"
    PREFIX: ClassVar[str] = "party"

    name: Line = fact("Name", ..., also=("company", "organisation", "nom", "nombre", "имя"),
                      text=True)
    names: tuple[Name, ...] = fact("Other names", (), text=True)
    party_kind: Annotated[str, CodeKind("party_kind")] = fact("Kind", "unknown", facet=True)
    country: Country | None = fact("Country", facet=True)
    address: Line | None = fact("Address", text=True)
    roles: tuple[Annotated[str, CodeKind("party_role")], ...] = fact("Roles", ())
    identifiers: tuple[Identifier, ...] = fact("Identifiers", (), text=True)
    owner: Annotated[str, RefKind("party")] | None = fact("Owned by")
    link: Link | None = fact("Where it is described")

    def label(self) -> str:
        return self.name
