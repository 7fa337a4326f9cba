"""A transfer: a passage of goods from one party to another in the past, as somebody claims it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.money import Money
from headstamp.kinds.place import Place
from headstamp.kinds.quantity import Quantity
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class Transfer(Record):
    """Goods passed from one party to another; two claims may contradict, both stay."""

    NAME: ClassVar[str] = "transfer"
    PLURAL: ClassVar[str] = "transfers"
    PREFIX: ClassVar[str] = "tran"
    WHEN: ClassVar[str] = "happened_on"

    transfer_kind: Annotated[str, CodeKind("transfer_kind")] = fact("Kind", "unknown", facet=True)
    from_party: Annotated[str, RefKind("party")] | None = fact("From party")
    to_party: Annotated[str, RefKind("party")] | None = fact("To party")
    from_place: Place | None = fact("From place")
    to_place: Place | None = fact("To place")
    happened_on: PartialDate | None = fact("When", also=("ship date", "date of transfer"))
    goods: Line | None = fact("Goods, as written", text=True)
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items", ())
    lot: Line | None = fact("Lot", text=True)
    serials: Line | None = fact("Serial numbers or ranges, as written", text=True)
    stock_number: Line | None = fact("Stock number (NSN)", also=("nsn",), text=True)
    control_code: Line | None = fact("Control list entry", also=("ml category", "rating"), facet=True)
    customs_code: Line | None = fact("Customs code (HS)", also=("hs code",))
    quantity: Quantity | None = fact("How much")
    value: Money | None = fact("Value")
    licence: Line | None = fact("Licence or end-user certificate", text=True)
    licence_status: Annotated[str, CodeKind("licence_status")] | None = fact(
        "What became of the licence", facet=True
    )
    lawful_status: Annotated[str, CodeKind("lawful_status")] = fact(
        "Lawful status", "unknown", facet=True
    )
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("Papers that show it", ())
    basis: Prose | None = fact("On what this rests", text=True)

    def label(self) -> str:
        what = self.goods or self.transfer_kind.replace("_", " ")
        return f"{what} ({self.happened_on})" if self.happened_on else what
