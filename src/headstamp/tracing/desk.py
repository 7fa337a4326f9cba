"""The trace desk: requests by where they stand, and what is due next.

Pure functions of requests, replies and a day: the board on the page, the calendar file and
the figures all say the same, for they are made from the same cards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from headstamp.kinds.counted import plural
from headstamp.kinds.date import bounds
from headstamp.tracing.request_due import Due, Terms, dues
from headstamp.tracing.request_state import STATES, suggested

# Replies that say something on the matter; the others put it off or say nothing.
ON_THE_MATTER = frozenset({
    "confirmed_full", "confirmed_partial", "no_record", "record_destroyed", "not_our_product",
    "refused",
})
_NEXT = {
    "draft": "check it", "checked": "send the letter", "sent": "wait for an answer",
    "acknowledged": "wait for an answer", "answered_in_part": "wait for the rest",
    "answered": "read it into claims, then close it", "refused": "close it, or ask elsewhere",
    "no_record": "close it, or ask elsewhere", "no_reply": "take it up elsewhere, or close it",
    "closed": "",
}
_LATE = {
    "acknowledgement": "no acknowledgement yet", "answer": "the answer is late",
    "reminder": "send a reminder", "escalation": "take it up with somebody else",
}
# What is for us to do; the rest is for them.
OURS = frozenset({"reminder", "escalation"})


@dataclass(frozen=True, slots=True)
class Card:
    """One request on the board. ``country`` is the addressee's, ``officer`` who checked it.

    ``suggested`` is the state its replies speak for where that is another than it has.
    """

    id: str
    title: str
    reference: str
    status: str
    addressee: str = ""
    party: str = ""
    role: str = ""
    country: str = ""
    officer: str = ""
    tier: str = ""
    sent_on: str = ""
    items: int = 0
    replies: int = 0
    dues: tuple[Due, ...] = ()
    next_step: str = ""
    suggested: str = ""
    unread: int = 0

    @property
    def late(self) -> int:
        """Days by which the longest overdue thing is late; 0 where nothing is."""
        return max([due.late for due in self.dues if due.late > 0], default=0)

    @property
    def to_do(self) -> bool:
        """Whether something is for us to do now."""
        return any(due.late >= 0 and due.what in OURS for due in self.dues)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "id": self.id, "title": self.title, "reference": self.reference,
            "status": self.status, "addressee": self.addressee, "role": self.role,
            "country": self.country, "officer": self.officer, "sent_on": self.sent_on,
            "items": self.items, "replies": self.replies, "late": self.late,
            "dues": [due.as_dict() for due in self.dues], "next_step": self.next_step,
            "suggested": self.suggested, "replies_without_claims": self.unread,
        }


@dataclass(frozen=True, slots=True)
class Column:
    """The requests that stand in one state, those in need first."""

    state: str
    cards: tuple[Card, ...]


def card(
    id_: str, values: Mapping[str, Any], replies: Sequence[Mapping[str, Any]], day: date, terms: Terms,
    *, label: str = "", party: Mapping[str, Any] | None = None, party_label: str = "",
    unread: int = 0,
) -> Card:
    """The card of a request as of a day; ``unread`` of its replies have no claims made of them."""
    due = dues(values, replies, day, terms)
    state = str(values.get("status") or "draft")
    speaks = suggested(values, replies)
    return Card(
        id_, label, str(values.get("our_reference") or ""), state,
        str(values.get("addressee") or ""), party_label, str(values.get("addressee_role") or ""),
        str((party or {}).get("country") or ""), str(values.get("checked_by") or ""),
        str(values.get("tier") or ""), str(values.get("sent_on") or ""),
        len(values.get("items") or ()), len(replies), due,
        next_step(state, due, unread, speaks if speaks != state else ""),
        speaks if speaks != state else "", unread,
    )


def next_step(state: str, due: Sequence[Due], unread: int, speaks: str) -> str:
    """What is to be done next with a request, in words; empty where nothing is.

    >>> next_step("draft", (), 0, "")
    'check it'
    """
    if unread:
        count = "a reply" if unread == 1 else f"{plural(unread, 'reply', 'replies')}"
        return f"read {count} into claims"
    if speaks:
        return f"its replies speak for: {speaks.replace('_', ' ')}"
    now = [one for one in due if one.late >= 0]
    ours = [one for one in now if one.what in OURS]
    for one in (*ours, *now):
        return _LATE[one.what]
    return _NEXT[state]


def board(cards: Iterable[Card]) -> tuple[Column, ...]:
    """A column for each state, overdue and reminders due first, then by the day that is next."""
    found: dict[str, list[Card]] = {state: [] for state in STATES}
    for one in cards:
        found.setdefault(one.status, []).append(one)
    return tuple(Column(state, tuple(sorted(some, key=_urgency))) for state, some in found.items())


def _urgency(one: Card) -> tuple[bool, int, date, str, str]:
    coming = [due.on for due in one.dues]
    return (not (one.to_do or one.late), -one.late, min(coming, default=date.max),
            one.sent_on or "9999", one.id)


def chosen(
    cards: Iterable[Card], *, addressee: str = "", role: str = "", country: str = "",
    officer: str = "",
) -> list[Card]:
    """The cards of an addressee (by id), role, country and officer; all where nothing is said."""
    return [
        one for one in cards
        if (not addressee or one.addressee == addressee) and (not role or one.role == role)
        and (not country or one.country == country) and (not officer or one.officer == officer)
    ]


def exact_day(when: str) -> date | None:
    """The day that a date names to the day; None for any other."""
    first, last = bounds(when) if when else (None, None)
    return date.fromisoformat(first) if first is not None and first == last else None
