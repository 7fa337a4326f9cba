"""A bundle: what was handed to another device or taken from it, and what came of it.

The record is the cross-witness: it puts the other log's signed checkpoint, or its signed
receipt, into our own log, so that neither can be rewritten without the other showing it.
It stays on the device where it was written; the other side has its own.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.identity import Digest, RefKind
from headstamp.kinds.instant import Instant
from headstamp.kinds.number import Count
from headstamp.kinds.text import Line, Prose, Verbatim
from headstamp.records.record import Record, fact
from headstamp.vocab import vocabulary


class Bundle(Record):
    """A bundle handed to another device or taken from it: how far its log reached, what became of it."""

    NAME: ClassVar[str] = "bundle"
    PLURAL: ClassVar[str] = "bundles"
    PREFIX: ClassVar[str] = "bndl"
    LOCAL: ClassVar[bool] = True
    BY_HAND: ClassVar[bool] = False

    device: Annotated[str, RefKind("dev")] = fact("The other device", ...)
    direction: Annotated[str, CodeKind("bundle_direction")] = fact("Which way", ..., facet=True)
    bundle_state: Annotated[str, CodeKind("bundle_state")] = fact("What became of it", ..., facet=True)
    sum: Line = fact("SHA-256 of the bundle's list of files", ...)
    file_name: Line | None = fact("Name of the file")
    first: Count = fact("Entries handed over before", 0)
    size: Count = fact("Entries of the sender's log", ...)
    records: Count | None = fact("Versions of records in it")
    originals: Count | None = fact("Originals in it")
    taken: Count | None = fact("Versions of them taken in")
    known: Count | None = fact("Versions known before")
    beside: Count | None = fact("Versions kept beside one that contradicts them")
    packed_at: Instant | None = fact("Packed, by the sender's clock")
    digest: Digest | None = fact(
        "SHA-256 of what is kept of it as it came",
        help="Of a bundle that was taken in, the sender's log; of one that was put aside or refused, all.",
    )
    checkpoint: Verbatim | None = fact("The sender's signed checkpoint")
    receipt: Verbatim | None = fact("The receiver's signed receipt")
    erases: tuple[Line, ...] = fact(
        "Erasures in it that are carried out here", (),
        help="What a bundle says is to be erased goes only when a person here agrees, or at once "
             "where the bundle is from headquarters.",
    )
    problem: Prose | None = fact("What is wrong with it", text=True)

    def label(self) -> str:
        way = "to" if self.direction == "sent" else "from"
        state = vocabulary("bundle_state").label(self.bundle_state)
        return f"{state}: {way} another device, up to entry {self.size}"
