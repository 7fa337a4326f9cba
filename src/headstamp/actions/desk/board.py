"""The trace desk of a case: its board, its calendar and its figures, as one clearance sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from headstamp.actions.desk.request_letter import terms_of
from headstamp.actions.desk.statistics import Sent, Statistics, sent, statistics
from headstamp.publish.calendar import Event, calendar
from headstamp.store.case import Case
from headstamp.store.limits import LEFT_OUT
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.desk import Card, card
from headstamp.tracing.reply_conflict import ReplyConflict, reply_conflicts

_WITH_RECORD = frozenset({"confirmed_full", "confirmed_partial"})
_SAID = {"acknowledgement": "Acknowledgement expected", "answer": "Answer expected",
         "reminder": "Send a reminder", "escalation": "Take it up elsewhere"}


@dataclass(frozen=True)
class TraceDesk:
    """All visible requests as cards as of a day, and how those that were sent fared."""

    day: date
    cards: tuple[Card, ...]
    sent: tuple[Sent, ...]

    def statistics(self) -> Statistics:
        """How often and how soon the asked have answered."""
        return statistics(self.sent, self.day)


def trace_desk(case: Case, reader: Reader, day: date | None = None) -> TraceDesk:
    """The desk as a reader sees it, as of a day (today where none is said)."""
    day = day or case.clock().date()
    terms = terms_of(case)
    requests = [one for one in reader.stream("trace_request") if one.label != LEFT_OUT]
    replies: dict[str, list[Shown]] = {}
    for reply in reader.stream("trace_reply"):
        if reply.get("request"):
            replies.setdefault(str(reply.get("request")), []).append(reply)
    parties = reader.many(sorted({str(one.get("addressee")) for one in requests
                                  if one.get("addressee")}))
    unread = _unread(reader, [one for some in replies.values() for one in some])
    cards: list[Card] = []
    fared: list[Sent] = []
    for one in requests:
        came = replies.get(one.id, [])
        values = [reply.values for reply in came]
        party = parties.get(str(one.get("addressee")))
        made = card(
            one.id, one.values, values, day, terms, label=one.label,
            party=party.values if party else None, party_label=party.label if party else "",
            unread=sum(reply.id in unread for reply in came))
        cards.append(made)
        how = sent(made, values, day)
        if how is not None:
            fared.append(how)
    return TraceDesk(day, tuple(cards), tuple(fared))


def _unread(reader: Reader, replies: Sequence[Shown]) -> set[str]:
    """The replies that confirm something of which nobody has made a claim yet."""
    wanted = [one.id for one in replies
              if one.get("reply_code") in _WITH_RECORD and not one.get("transfers")]
    if not wanted:
        return set()
    told = [reader.times_named(wanted, kind, "reply") for kind in ("transfer", "custody")]
    return {one for one in wanted if not any(some.get(one) for some in told)}


def desk_calendar(desk: TraceDesk, case: Case, link: str = "") -> bytes:
    """What is due, as a calendar file. ``link`` is the address of the served pages, if any.

    A calendar is copied to telephones and to others' servers: it names a request by its
    reference alone, and one that is sealed not at all.
    """
    events = [
        Event(_uid(case.origin, one.id, due.what), due.on, f"{_SAID[due.what]}: {_named(one)}",
              "" if one.tier == "sealed" else f"Status: {one.status.replace('_', ' ')}.",
              f"{link.rstrip('/')}/trace-requests/{one.id}" if link and one.tier != "sealed" else "")
        for one in desk.cards for due in one.dues
    ]
    return calendar("Trace desk", sorted(events, key=lambda one: (one.on, one.uid)), case.clock())


def _named(one: Card) -> str:
    if one.tier == "sealed":
        return "a trace request"
    return f"trace request {one.reference or one.id}"


def _uid(origin: str, request: str, what: str) -> str:
    # One way: the id of a sealed request stands in no calendar.
    return hashlib.sha256(f"{origin} {request} {what}".encode()).hexdigest()[:32] + "@headstamp"


def conflicts_of(reader: Reader, replies: Sequence[Shown]) -> tuple[ReplyConflict, ...]:
    """Where the replies to one request, and the claims read in them, contradict each other."""
    if len(replies) < 2:
        return ()
    ids = [one.id for one in replies]
    claims: list[tuple[str, Mapping[str, Any]]] = [
        (one.id, one.values) for kind in ("transfer", "custody")
        for some in reader.belonging(ids, kind, "reply").values() for one in some
    ]
    return reply_conflicts([(one.id, one.values) for one in replies], sorted(claims))
