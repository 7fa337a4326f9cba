"""Findings for the report, and working notes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.identity import RefKind
from headstamp.kinds.number import Percent
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class Finding(Record):
    """A sentence for the report with its items, evidence, probability and the reply given."""

    NAME: ClassVar[str] = "finding"
    PLURAL: ClassVar[str] = "findings"
    PREFIX: ClassVar[str] = "find"

    sentence: Prose = fact("Sentence", ..., text=True)
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items", ())
    sites: tuple[Annotated[str, RefKind("site")], ...] = fact("Sites", ())
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("Papers", ())
    transfers: tuple[Annotated[str, RefKind("tran", "cust")], ...] = fact(
        "Transfers and custody it rests on", ())
    named: tuple[Annotated[str, RefKind("party")], ...] = fact(
        "Parties it names", (), help="Each is asked before the finding can be ready.")
    probability: Annotated[str, CodeKind("probability_word")] | None = fact("Probability")
    probability_low: Percent | None = fact("Lower end, per cent")
    probability_high: Percent | None = fact("Upper end, per cent")
    confidence: Annotated[str, CodeKind("confidence")] | None = fact("Analytic confidence")
    alternatives: Prose | None = fact("Other explanations", text=True)
    method: Line | None = fact("Method and version")
    checkpoint: Line | None = fact("State of the case it was drawn from")
    author: Line | None = fact("Written by")
    reviewer: Line | None = fact("Reviewed by")
    status: Annotated[str, CodeKind("finding_status")] = fact("Where it stands", "draft", facet=True)
    reply_given: Prose | None = fact("Reply of those named", text=True)

    def label(self) -> str:
        return self.sentence if len(self.sentence) <= 120 else self.sentence[:117] + "..."


class Note(Record):
    """A working note about any record."""

    NAME: ClassVar[str] = "note"
    PLURAL: ClassVar[str] = "notes"
    PREFIX: ClassVar[str] = "note"
    OWNERS: ClassVar[tuple[str, ...]] = ("about",)

    about: Annotated[str, RefKind()] = fact("About which record", ...)
    text: Prose = fact("Note", ..., text=True)

    def label(self) -> str:
        return self.text if len(self.text) <= 120 else self.text[:117] + "..."
