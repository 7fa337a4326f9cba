"""A quantity: how many or how much, in which unit, and how that was counted.

A number without its way of counting is a rumour: "200 by eye" and "200, each
one handled" are different facts (count method codes: domain practice, see the
vocabulary ``count_method``).
"""

from __future__ import annotations

from typing import Annotated

from headstamp.kinds.code import CodeKind
from headstamp.kinds.number import NumberKind
from headstamp.kinds.struct import Struct

UNIT = CodeKind("unit")
COUNT_METHOD = CodeKind("count_method")
AMOUNT = NumberKind("amount", "an amount", 0, example="40")

Amount = Annotated[float, AMOUNT]
Unit = Annotated[str, UNIT]
CountMethod = Annotated[str, COUNT_METHOD]


class Quantity(Struct):
    """``value`` in ``unit``, counted by ``method``; ``low`` and ``high`` where it is a range."""

    value: Amount
    unit: Unit = "piece"
    method: CountMethod | None = None
    low: Amount | None = None
    high: Amount | None = None

    def show(self) -> str:
        text = f"{self.value:,} {UNIT.show(self.unit)}"
        if self.low is not None or self.high is not None:
            text += f" ({self.low if self.low is not None else '?'} to " \
                    f"{self.high if self.high is not None else '?'})"
        if self.method:
            text += f", {COUNT_METHOD.show(self.method)}"
        return text
