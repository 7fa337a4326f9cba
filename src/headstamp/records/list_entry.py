"""An entry of an official list: an embargo, a sanctions programme, a controlled good, a listed party.

Lists are imported with their version (``headstamp lists add``) and stay: a transfer is held
against what was in force when it happened. ``in_force`` is what the list itself says; a list
that gives no dates says only what was in force on its own date, and no more is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import Country
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import Link
from headstamp.kinds.kind import Unfit
from headstamp.kinds.naming import Identifier
from headstamp.kinds.number import Truth
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class ListEntry(Record):
    """What one version of a list says of a country, a party or a kind of goods, and for which time."""

    NAME: ClassVar[str] = "list_entry"
    PLURAL: ClassVar[str] = "list_entries"
    PREFIX: ClassVar[str] = "entry"
    WHEN: ClassVar[str] = "in_force"

    list_name: Line = fact("List", ..., facet=True, text=True)
    list_version: Line = fact("Version of the list", ..., facet=True)
    list_date: PartialDate = fact("Date of the list", ...)
    list_kind: Annotated[str, CodeKind("list_kind")] = fact("What it lists", ..., facet=True)
    code: Line = fact("Code or number of the entry", ..., text=True)
    title: Line = fact("Title", ..., text=True)
    issuer: Line | None = fact("Issued by", facet=True)
    in_force: PartialDate | None = fact("In force from when to when")
    countries: tuple[Country, ...] = fact("Countries it is about", ())
    goods: tuple[Line, ...] = fact("Codes of goods it is about (HS, munitions list, CAS)", ())
    names: tuple[Line, ...] = fact("Names it lists", (), text=True)
    identifiers: tuple[Identifier, ...] = fact("Identifiers it lists", ())
    arms: Truth | None = fact("Does it forbid or limit arms?", facet=True)
    measures: Prose | None = fact("Measures, as written", text=True)
    link: Link | None = fact("Where it is published")

    def rules(self) -> Iterable[Unfit]:
        if not (self.countries or self.goods or self.names or self.identifiers):
            yield Unfit("it is about nothing that a transfer could be held against",
                        "Give countries, codes of goods, names or identifiers.")

    def label(self) -> str:
        return f"{self.code}: {self.title}"
