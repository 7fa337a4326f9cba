"""A device: a laptop or server that keeps a log of this investigation, and its key.

Each device has its own key and its own log; whose key it is, people tell each other by
another way than the data (on paper, by QR code, face to face). What a device signs counts
while it is *active*. Once it is *lost*, nothing that its log says after ``good_until``
entries is taken in without a person looking at it first.

A device's record stays on the device where it was written: who is trusted here is
decided here, never by what a bundle brings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.instant import Instant
from headstamp.kinds.kind import Unfit
from headstamp.kinds.number import Count
from headstamp.kinds.text import Line
from headstamp.records.record import Record, fact


class Device(Record):
    """A laptop or server with a log of its own, and what is known here of its key."""

    NAME: ClassVar[str] = "device"
    PLURAL: ClassVar[str] = "devices"
    PREFIX: ClassVar[str] = "dev"
    LOCAL: ClassVar[bool] = True
    BY_HAND: ClassVar[bool] = False

    title: Line = fact("What people call it", ..., text=True)
    key: Line = fact("Public key of its log", ...)
    device_role: Annotated[str, CodeKind("device_role")] = fact("What it is", "field", facet=True)
    device_state: Annotated[str, CodeKind("device_state")] = fact(
        "Whether it is trusted", "active", facet=True
    )
    holder: Line | None = fact("Who has it", text=True)
    seal_to: tuple[Line, ...] = fact(
        "Public age keys to which what is for it is sealed", (),
        help="Begins with age1. More than one: each of their holders can open what is sealed.",
    )
    certificate: Line | None = fact("SHA-256 of its certificate for direct exchange")
    good_until: Count | None = fact(
        "Entries of its log that count, once it is lost",
        help="The size of its last checkpoint from before the loss.",
    )
    lost_at: Instant | None = fact("Known as lost since")

    def rules(self) -> Iterable[Unfit]:
        if self.device_state == "lost" and self.good_until is None:
            yield Unfit("how much of a lost device's log counts is not said",
                        "Give the size of its last checkpoint that you trust; 0 for none.")

    def label(self) -> str:
        return self.title
