"""Signatures of finds, and alerts that one has been met where it was not known.

A signature is a set of neutral features that came together more than once. It is a thing to look
for, and says nothing of who made what. An alert tells somebody in danger what it looks like,
where it was met, and what is not known; it says nothing of how anything is handled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.country import Country
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.number import EXACT, NumberKind
from headstamp.kinds.struct import Struct
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact

FEATURE_KIND = CodeKind("feature_kind")
HOW_MANY = NumberKind("how many features", "a number of features", 1, EXACT, whole=True, example="1")


class SeenFeature(Struct):
    """A feature as a signature names it: its ``kind`` and its ``value``."""

    kind: Annotated[str, FEATURE_KIND]
    value: Line

    def show(self) -> str:
        return f"{FEATURE_KIND.show(self.kind)}: {self.value}"


class Signature(Record):
    """Neutral features that come together, and how many of them make a find one of its finds."""

    NAME: ClassVar[str] = "signature"
    PLURAL: ClassVar[str] = "signatures"
    PREFIX: ClassVar[str] = "sig"

    name: Line = fact("Name", ..., text=True)
    features: tuple[SeenFeature, ...] = fact("Features", ..., text=True)
    least: Annotated[int, HOW_MANY] | None = fact("How many of them a find must show; all where not said")
    known_in: tuple[Country, ...] = fact("Known from elsewhere in these countries", ())
    description: Prose | None = fact("Description", text=True)
    basis: Prose | None = fact("On what it rests", text=True)

    def rules(self) -> Iterable[Unfit]:
        if not self.features:
            yield Unfit("a signature has at least one feature", "Give a feature: its kind and value.")
        if self.least is not None and self.least > len(self.features):
            yield Unfit("more features are asked for than it has",
                        f"Give a number from 1 to {len(self.features)}.")

    def label(self) -> str:
        return self.name


class Alert(Record):
    """A word to somebody in danger: what was met where, what it looks like, what is not known."""

    NAME: ClassVar[str] = "alert"
    PLURAL: ClassVar[str] = "alerts"
    PREFIX: ClassVar[str] = "alert"
    WHEN: ClassVar[str] = "sent_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("signature",)

    title: Line = fact("Title", ..., text=True)
    alert_kind: Annotated[str, CodeKind("alert_kind")] = fact("What it tells", "other", facet=True)
    alert_state: Annotated[str, CodeKind("alert_state")] = fact("Where it stands", "draft", facet=True)
    signature: Annotated[str, RefKind("sig")] | None = fact("Signature that was met")
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items", ())
    sites: tuple[Annotated[str, RefKind("site")], ...] = fact("Sites", ())
    looks_like: Prose | None = fact("What it looks like", text=True)
    where_seen: Prose | None = fact("Where and when it was met", text=True)
    not_known: Prose | None = fact("What is not known", text=True)
    recipient: Annotated[str, RefKind("party")] | None = fact("To whom")
    recipient_role: Annotated[str, CodeKind("recipient_role")] | None = fact("What they are", facet=True)
    photographs: tuple[Annotated[str, RefKind("photo")], ...] = fact("Photographs", ())
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("The extract as it was sent", ())
    method: Line | None = fact("Method and version")
    checkpoint: Line | None = fact("State of the case it was drawn from")
    author: Line | None = fact("Written by")
    checked_by: Line | None = fact("Checked by")
    sent_on: PartialDate | None = fact("Sent")
    channel: Line | None = fact("How it was sent")
    acknowledged_on: PartialDate | None = fact("Acknowledged")
    why_withdrawn: Line | None = fact("Why it was withdrawn")

    def rules(self) -> Iterable[Unfit]:
        if self.alert_state in ("sent", "acknowledged"):
            if self.recipient is None and self.recipient_role is None:
                yield Unfit("an alert that was sent has a recipient", "Say to whom, or what they are.")
            if self.sent_on is None:
                yield Unfit("when it was sent is not said", "Give the day in “Sent”.")
        if self.alert_state == "acknowledged" and self.acknowledged_on is None:
            yield Unfit("when it was acknowledged is not said", "Give the day in “Acknowledged”.")
        if self.alert_state == "withdrawn" and not self.why_withdrawn:
            yield Unfit("why it was withdrawn is not said", "Give the reason; whoever had it reads it.")

    def label(self) -> str:
        return self.title
