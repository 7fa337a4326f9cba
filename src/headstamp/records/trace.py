"""Trace requests and what came back.

Tracing is correspondence: request, acknowledgement, partial reply, refusal,
silence. Each reply has a code; "no reply" is one of them.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class TraceRequest(Record):
    """The letter sent: to whom, about which items, what is asked and what for."""

    NAME: ClassVar[str] = "trace_request"
    PLURAL: ClassVar[str] = "trace_requests"
    PREFIX: ClassVar[str] = "trace"

    title: Line = fact("Title", ..., text=True)
    addressee: Annotated[str, RefKind("party")] | None = fact("To party")
    channel: Line | None = fact("Legal channel")
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items", ())
    question: Prose | None = fact("What is asked", text=True)
    intended_use: Prose | None = fact("What the answer is for")
    status: Annotated[str, CodeKind("request_status")] = fact("Where it stands", "draft", facet=True)
    sent_on: PartialDate | None = fact("Sent")
    acknowledged_on: PartialDate | None = fact("Acknowledged")
    due_on: PartialDate | None = fact("Answer due")
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
    text: Prose | None = fact("What it says", text=True)
    serials: Prose | None = fact(
        "Serial numbers or ranges it is about, as written", text=True,
        also=("serial ranges", "serial numbers in reply"),
    )
    restrictions: Line | None = fact("Limits on its use")
    document: Annotated[str, RefKind("doc")] | None = fact("The letter")
    transfers: tuple[Annotated[str, RefKind("tran")], ...] = fact("Transfers it reports", ())

    def label(self) -> str:
        return self.reply_code.replace("_", " ")
