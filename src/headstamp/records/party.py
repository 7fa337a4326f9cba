"""A party: a person, firm, state body or group that made, held or passed on things.

A private person is never shown below the restricted tier (do no harm: most people a chain
of supply names have done nothing unlawful, and all of them can be found).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Self

from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import Country
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import Link, RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.naming import Identifier, Name
from headstamp.kinds.number import TRUTH, Truth
from headstamp.kinds.text import Line
from headstamp.kinds.tier import RANK
from headstamp.records.record import Record, fact
from headstamp.vocab import vocabulary


def is_private(values: Mapping[str, Any]) -> bool:
    """Whether values, cleaned or as a table or form gives them, are those of a private person.

    >>> is_private({"party_kind": "Person"}), is_private({"party_kind": "person", "public_office": "yes"})
    (True, False)
    """
    kind = vocabulary("party_kind").find(str(values.get("party_kind") or ""))
    if kind is None or kind.code != "person":
        return False
    try:
        return not values.get("public_office") or not TRUTH.clean(values["public_office"])
    except Unfit:
        return True


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
    public_office: Truth | None = fact("Acts in a public office", help="For a person: an official named "
                                       "for what the office did is not a private person.")
    address: Line | None = fact("Address", text=True)
    addresses: tuple[Line, ...] = fact("Other addresses", (), text=True)
    roles: tuple[Annotated[str, CodeKind("party_role")], ...] = fact("Roles", ())
    identifiers: tuple[Identifier, ...] = fact("Identifiers", (), text=True)
    founded_on: PartialDate | None = fact("Founded or registered", also=("date founded",
                                                                         "date of incorporation"))
    dissolved_on: PartialDate | None = fact("Dissolved")
    owner: Annotated[str, RefKind("party")] | None = fact("Owned by")
    link: Link | None = fact("Where it is described")

    @classmethod
    def build(cls, values: Mapping[str, Any] | None = None, **more: Any) -> Self:
        """A party from its values; a private person of whom no tier is said is restricted."""
        given = {**(values or {}), **more}
        if is_private(given):
            given.setdefault("tier", "restricted")
        return super().build(given)

    def rules(self) -> Iterable[Unfit]:
        private = self.party_kind == "person" and not self.public_office
        if private and RANK[self.tier] < RANK["restricted"]:
            yield Unfit(f"a private person is never {self.tier}",
                        "Choose restricted or sealed; say if the person acts in a public office.")

    def label(self) -> str:
        return self.name
