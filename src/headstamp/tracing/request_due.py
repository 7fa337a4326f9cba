"""When a trace request falls due: acknowledgement, answer, reminders, taking it up elsewhere.

The International Tracing Instrument (2005, paragraphs 18 to 23) asks for prompt acknowledgement
and for an answer within a reasonable time, and gives no number of days. The terms here are this
program's own defaults by who is asked; each can be set (:class:`Terms`), and a request may carry
its own due date, which goes before them. A day that is only known to the month counts from its
last day: nobody is chased too early.

Everything is a pure function of a request's values, its replies' values and a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from headstamp.errors import Invalid, Problem
from headstamp.kinds.date import bounds

Request = Mapping[str, Any]
Reply = Mapping[str, Any]

WAITING = frozenset({"sent", "acknowledged", "answered_in_part"})
"""States in which somebody is waited for: due dates, reminders and escalation count."""

# A reply after which the wait begins anew, counted from the day it came.
_BEGINS_ANEW = frozenset({"confirmed_partial", "deferred", "forwarded"})
_SAYS_NOTHING = frozenset({"no_reply", "undeliverable"})


_ANSWER: Mapping[str, int] = {"maker": 42, "exporter": 42, "importer": 42, "national_authority": 60, "carrier": 30,
           "platform": 30, "financier": 30, "other": 42}


@dataclass(frozen=True, slots=True)
class Terms:
    """How long is waited, in days. ``answer`` by whom is asked; ``other`` for all not named.

    ``acknowledge`` days for an acknowledgement, the first reminder ``remind`` days after the
    answer was due, ``reminders`` of them ``remind`` days apart, then after ``escalate`` more
    days the request is to be taken up with somebody else.
    """

    answer: Mapping[str, int] = field(default_factory=lambda: dict(_ANSWER))
    acknowledge: int = 14
    remind: int = 14
    reminders: int = 2
    escalate: int = 14

    @classmethod
    def build(cls, given: Mapping[str, Any], file: str = "") -> Terms:
        """Terms from plain values, the defaults where nothing is said. Raises Invalid with all."""
        problems: list[Problem] = []
        own = cls()
        answer = dict(own.answer)
        told = given.get("answer", {})
        for role, number in (told.items() if isinstance(told, Mapping) else ()):
            if role not in _ANSWER:
                problems.append(Problem("nobody is asked in this role", "The roles are: "
                                        + ", ".join(_ANSWER), f"answer.{role}", file=file))
            elif _fit(number, f"answer.{role}", 1, problems, file):
                answer[role] = number
        rest: dict[str, int] = {}
        for name, least in (("acknowledge", 1), ("remind", 1), ("reminders", 0), ("escalate", 1)):
            if name in given and _fit(given[name], name, least, problems, file):
                rest[name] = given[name]
        for name in sorted(set(given) - {"answer", "acknowledge", "remind", "reminders", "escalate"}):
            problems.append(Problem("there is no such term", "The terms are: answer, acknowledge, "
                                    "remind, reminders, escalate", name, file=file))
        if not isinstance(told, Mapping):
            problems.append(Problem("the terms of answer are a table of roles", "", "answer", file=file))
        if problems:
            raise Invalid("the terms of trace requests cannot be read", problems)
        return cls(answer, **rest)

    def days(self, role: str | None) -> int:
        """Days in which an answer is expected of somebody asked in this role."""
        return self.answer.get(role or "other", self.answer["other"])


TERMS = Terms()
"""What holds where nobody set anything else."""


def _fit(days: Any, name: str, least: int, problems: list[Problem], file: str) -> bool:
    if isinstance(days, int) and not isinstance(days, bool) and least <= days <= 3650:
        return True
    problems.append(Problem(f"a term is a whole number from {least} to 3650", "Give the number of days.",
                            name, str(days), file=file))
    return False


def days(when: Any) -> tuple[str | None, str | None]:
    """The earliest and latest day of a partial date; (None, None) without one or where open."""
    return bounds(str(when)) if when else (None, None)


def latest(when: Any) -> date | None:
    """The last day that a partial date leaves open, so that nobody is chased too early."""
    last = days(when)[1]
    return date.fromisoformat(last) if last else None


def due_date(sent_on: str | None, role: str | None, terms: Terms = TERMS) -> str | None:
    """The day by which an answer is expected, as a date; None where it was not sent.

    >>> due_date("2026-03-02", "maker")
    '2026-04-13'
    """
    sent = latest(sent_on)
    return (sent + timedelta(days=terms.days(role))).isoformat() if sent else None


def answer_due(
    request: Request, replies: Sequence[Reply] = (), terms: Terms = TERMS
) -> date | None:
    """The day by which the next answer is expected; None where nothing was sent.

    The due date of the request, or the term after a reply that puts the answer off, whichever
    is later: a part of the answer, a deferral, a letter that was passed on.
    """
    said = latest(request.get("due_on"))
    role = request.get("addressee_role")
    if said is None:
        said = latest(due_date(request.get("sent_on"), role, terms))
    if said is None:
        return None
    again = [day for reply in replies if reply.get("reply_code") in _BEGINS_ANEW
             and (day := latest(reply.get("received_on"))) is not None]
    return max(said, max(again) + timedelta(days=terms.days(role))) if again else said


def acknowledgement_due(
    request: Request, replies: Sequence[Reply] = (), terms: Terms = TERMS
) -> date | None:
    """The day by which an acknowledgement is expected; None where it came or nothing was sent."""
    sent = latest(request.get("sent_on"))
    heard = [one for one in replies if one.get("reply_code") not in _SAYS_NOTHING]
    if sent is None or request.get("status") != "sent" or request.get("acknowledged_on") or heard:
        return None
    return sent + timedelta(days=terms.acknowledge)


def _reminded(request: Request, since: date) -> list[date]:
    found = [day for one in request.get("reminded_on") or () if (day := latest(one)) is not None]
    return sorted(day for day in found if day >= since)


def reminder_due(
    request: Request, replies: Sequence[Reply] = (), terms: Terms = TERMS
) -> date | None:
    """The day on which the next reminder is to go; None where none is to go any more.

    The first goes ``remind`` days after the answer was due, each further one so long after the
    one before. Where a letter could not be delivered a reminder would go the same way.
    """
    due = answer_due(request, replies, terms)
    if due is None or request.get("status") not in WAITING or _undeliverable(replies):
        return None
    gone = _reminded(request, _since(request, replies))
    if len(gone) >= terms.reminders:
        return None
    step = timedelta(days=terms.remind)
    return max(due, gone[-1]) + step if gone else due + step


def escalation_due(
    request: Request, replies: Sequence[Reply] = (), terms: Terms = TERMS
) -> date | None:
    """The day on which it is to be taken up with somebody else; None where it was or need not be."""
    due = answer_due(request, replies, terms)
    status = request.get("status")
    if due is None or request.get("escalated_on") or status not in (*WAITING, "no_reply"):
        return None
    back = [day for one in replies if one.get("reply_code") == "undeliverable"
            and (day := latest(one.get("received_on"))) is not None]
    if back:
        return max(back)
    gone = _reminded(request, _since(request, replies))
    if len(gone) < terms.reminders and status != "no_reply":
        return None
    return max([due, *gone]) + timedelta(days=terms.escalate)


def _since(request: Request, replies: Sequence[Reply]) -> date:
    """The day from which it is waited: what was reminded of before has been answered since."""
    days = [latest(request.get("sent_on")),
            *(latest(one.get("received_on")) for one in replies
              if one.get("reply_code") in _BEGINS_ANEW)]
    return max((day for day in days if day is not None), default=date.min)


def _undeliverable(replies: Sequence[Reply]) -> bool:
    return any(one.get("reply_code") == "undeliverable" for one in replies)


What = Literal["acknowledgement", "answer", "reminder", "escalation"]


@dataclass(frozen=True, slots=True)
class Due:
    """Something expected of a request on a day: of them (acknowledgement, answer) or of us."""

    what: What
    on: date
    late: int = 0
    """Days since that day; 0 on it, below 0 before it."""

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"what": self.what, "on": self.on.isoformat(), "late": self.late}


def dues(
    request: Request, replies: Sequence[Reply], day: date, terms: Terms = TERMS
) -> tuple[Due, ...]:
    """All that is expected of a request, in the order of the days; ``late`` as of ``day``."""
    if request.get("status") not in (*WAITING, "no_reply"):
        return ()
    answer = answer_due(request, replies, terms) if request.get("status") in WAITING else None
    told: tuple[tuple[What, date | None], ...] = (
        ("acknowledgement", acknowledgement_due(request, replies, terms)),
        ("answer", answer),
        ("reminder", reminder_due(request, replies, terms)),
        ("escalation", escalation_due(request, replies, terms)),
    )
    return tuple(sorted((Due(what, on, (day - on).days) for what, on in told if on is not None),
                        key=lambda one: (one.on, one.what)))
