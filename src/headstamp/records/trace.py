"""Trace requests and what came back.

Tracing is correspondence: request, acknowledgement, partial reply, refusal,
silence. Each reply has a code; "no reply" is one of them. A request holds what
paragraph 17 of the International Tracing Instrument (2005) asks for: why the items are held
to be illicit and how and where they were found, marks, type, calibre and other
data, and what the answer is for; the marks themselves stand in the items' markings.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.tags import Language
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class TraceRequest(Record):
    """The letter sent: to whom, about which items, what is asked and what for."""

    NAME: ClassVar[str] = "trace_request"
    PLURAL: ClassVar[str] = "trace_requests"
    PREFIX: ClassVar[str] = "trace"

    title: Line = fact("Title", ..., text=True)
    addressee: Annotated[str, RefKind("party")] | None = fact("To party")
    addressee_role: Annotated[str, CodeKind("addressee_role")] | None = fact(
        "Asked as", facet=True)
    our_reference: Line | None = fact("Our reference", also=("reference",), text=True)
    language: Language | None = fact("Language of the letter")
    channel: Line | None = fact("Legal channel")
    illicit_basis: tuple[Annotated[str, CodeKind("illicit_basis")], ...] = fact(
        "Why the items are held to be illicit", ())
    why_illicit: Prose | None = fact("Why they are held to be illicit, in words", text=True)
    how_found: Prose | None = fact("How and where they were found", text=True)
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items", ())
    question: Prose | None = fact("What is asked", text=True)
    other_data: Prose | None = fact("Other data that help", text=True)
    photographs: tuple[Annotated[str, RefKind("photo")], ...] = fact("Photographs sent with it", ())
    intended_use: Prose | None = fact("What the answer is for")
    confidentiality: Annotated[str, CodeKind("confidentiality")] | None = fact(
        "Confidentiality asked for")
    confidentiality_given: Annotated[str, CodeKind("confidentiality")] | None = fact(
        "Confidentiality promised to the addressee")
    confidentiality_words: Prose | None = fact("Confidentiality, in words")
    urgent_because: Line | None = fact("Why it is urgent")
    checked_by: Line | None = fact("Checked by")
    checked_on: PartialDate | None = fact("Checked on")
    check_notes: Prose | None = fact("What was answered to the warnings of the check")
    status: Annotated[str, CodeKind("request_status")] = fact("Where it stands", "draft", facet=True)
    sent_on: PartialDate | None = fact("Sent")
    acknowledged_on: PartialDate | None = fact("Acknowledged")
    due_on: PartialDate | None = fact("Answer due")
    reminded_on: tuple[PartialDate, ...] = fact("Reminded on", ())
    escalated_to: Annotated[str, RefKind("party")] | None = fact("Taken up with party")
    escalated_on: PartialDate | None = fact("Taken up on")
    closed_because: Line | None = fact("Why it was closed")
    document: Annotated[str, RefKind("doc")] | None = fact("The letter")

    def label(self) -> str:
        return self.title


class TraceReply(Record):
    """What came back: its code, what it says, and what may be done with it."""

    NAME: ClassVar[str] = "trace_reply"
    PLURAL: ClassVar[str] = "trace_replies"
    PREFIX: ClassVar[str] = "reply"
    OWNERS: ClassVar[tuple[str, ...]] = ("request",)

    request: Annotated[str, RefKind("trace")] = fact("To which request", ...)
    reply_code: Annotated[str, CodeKind("reply_code")] = fact("Code", ..., facet=True)
    received_on: PartialDate | None = fact("Received")
    their_reference: Line | None = fact("Their reference", text=True)
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items it answers for", ())
    text: Prose | None = fact("What it says", text=True)
    serials: Prose | None = fact(
        "Serial numbers or ranges it is about, as written", text=True,
        also=("serial ranges", "serial numbers in reply"),
    )
    restrictions: Line | None = fact("Limits on its use")
    use_limits: tuple[Annotated[str, CodeKind("use_limit")], ...] = fact(
        "What must not be done with it", (), help="Follows every value that rests on this reply.")
    document: Annotated[str, RefKind("doc")] | None = fact("The letter")
    transfers: tuple[Annotated[str, RefKind("tran")], ...] = fact("Transfers it reports", ())

    def label(self) -> str:
        return self.reply_code.replace("_", " ")
