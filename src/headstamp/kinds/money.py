"""A sum of money with its currency (ISO 4217)."""

from __future__ import annotations

from typing import Annotated

from headstamp.kinds.number import Number
from headstamp.kinds.struct import Struct
from headstamp.kinds.tags import PatternKind

CURRENCY = PatternKind(
    "currency", "a currency code (ISO 4217)", "[A-Z]{3}", "EUR", "Write a code such as EUR."
)
Currency = Annotated[str, CURRENCY]


class Money(Struct):
    """An amount in a currency, as the source states it."""

    amount: Number
    currency: Currency

    def show(self) -> str:
        return f"{self.amount:,} {self.currency}"
