"""A transfer: a passage of goods from one party to another in the past, as somebody claims it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import Country
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.money import Money
from headstamp.kinds.number import Truth
from headstamp.kinds.place import Place
from headstamp.kinds.quantity import Quantity
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class Transfer(Record):
    """Goods passed from one party to another; two claims may contradict, both stay.

    Which goods is said by item, product, lot, serial numbers, package or container, as far as
    the source goes. What a trace reply says is seen by nobody who may not see the reply.
    """

    NAME: ClassVar[str] = "transfer"
    PLURAL: ClassVar[str] = "transfers"
    PREFIX: ClassVar[str] = "tran"
    WHEN: ClassVar[str] = "happened_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("reply",)

    transfer_kind: Annotated[str, CodeKind("transfer_kind")] = fact("Kind", "unknown", facet=True)
    from_party: Annotated[str, RefKind("party")] | None = fact("From party")
    to_party: Annotated[str, RefKind("party")] | None = fact("To party")
    from_place: Place | None = fact("From place")
    to_place: Place | None = fact("To place")
    through: tuple[Country, ...] = fact("Through countries", (), also=("transit", "via"))
    direction_doubted: Truth | None = fact(
        "Is the direction in doubt?", help="The source does not surely say which of the two places "
        "sent and which received: both are shown, and nothing is made of the order.")
    carrier: Annotated[str, RefKind("party")] | None = fact("Carried by party")
    broker: Annotated[str, RefKind("party")] | None = fact("Brokered by party", also=("broker",))
    happened_on: PartialDate | None = fact("When", also=("ship date", "date of transfer"))
    goods: Line | None = fact("Goods, as written", text=True)
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items", ())
    product: Line | None = fact("Product (make and model)", also=("product",), text=True)
    lot: Line | None = fact("Lot", text=True)
    serials: Line | None = fact("Serial numbers or ranges, as written", text=True)
    package: Line | None = fact(
        "Numbers of the packages or container, as written", also=("container", "container number",
                                                                  "package number"), text=True)
    stock_number: Line | None = fact("Stock number (NSN)", also=("nsn",), text=True)
    control_code: Line | None = fact("Control list entry", also=("ml category", "rating"), facet=True)
    customs_code: Line | None = fact("Customs code (HS)", also=("hs code",))
    cas_number: Line | None = fact("CAS numbers of the substances", also=("cas", "cas no"))
    quantity: Quantity | None = fact("How much")
    value: Money | None = fact("Value")
    licence: Line | None = fact("Licence", text=True)
    end_user_certificate: Line | None = fact("End-user certificate", also=("euc",), text=True)
    licence_status: Annotated[str, CodeKind("licence_status")] | None = fact(
        "What became of the licence", facet=True
    )
    lawful_status: Annotated[str, CodeKind("lawful_status")] = fact(
        "Lawful status", "unknown", facet=True
    )
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("Papers that show it", ())
    reply: Annotated[str, RefKind("reply")] | None = fact("Trace reply that says so")
    basis: Prose | None = fact("On what this rests", text=True)

    def label(self) -> str:
        what = self.goods or self.transfer_kind.replace("_", " ")
        return f"{what} ({self.happened_on})" if self.happened_on else what
