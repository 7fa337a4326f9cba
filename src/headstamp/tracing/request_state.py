"""Where a trace request stands, where it may go from there, and what each step needs.

One table says who may go where; one function says what a step still wants. The states are
those of the correspondence itself: a letter is drafted, checked and sent; it is acknowledged,
answered in part or in full, refused, met with "no record", or with silence. Nothing is final:
silence is broken, refusals are thought over, records turn up, and a closed request whose
answer comes late is opened again. What no step does is to skip the check before sending.

Pure functions of a request's values and its replies' values; when something falls due is
asked of :mod:`headstamp.tracing.request_due`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from headstamp.errors import Problem
from headstamp.tracing.request_due import Reply, Request, answer_due, days

STATES = ("draft", "checked", "sent", "acknowledged", "answered_in_part", "answered", "refused",
          "no_record", "no_reply", "closed")

_TOLD = ("answered_in_part", "answered", "refused", "no_record")

MOVES: Mapping[str, tuple[str, ...]] = {
    "draft": ("checked", "closed"),
    "checked": ("draft", "sent", "closed"),
    "sent": ("acknowledged", *_TOLD, "no_reply", "closed"),
    "acknowledged": (*_TOLD, "no_reply", "closed"),
    "answered_in_part": ("answered", "refused", "no_record", "no_reply", "closed"),
    "answered": ("answered_in_part", "closed"),
    "refused": ("answered_in_part", "answered", "no_record", "closed"),
    "no_record": ("answered_in_part", "answered", "refused", "closed"),
    "no_reply": ("acknowledged", *_TOLD, "closed"),
    # A late answer opens it again; one that was never sent goes back to the desk.
    "closed": ("draft", "acknowledged", *_TOLD),
}
"""From each state, where it may go. Staying where it is, is no move."""

UNSENT = frozenset({"draft", "checked"})

# Which reply stands behind each state; the state of a request is never better than its replies.
REPLY_CODES: Mapping[str, frozenset[str]] = {
    "acknowledged": frozenset({"deferred", "forwarded"}),
    "answered_in_part": frozenset({"confirmed_partial", "confirmed_full", "not_our_product",
                                   "no_record", "record_destroyed", "refused"}),
    "answered": frozenset({"confirmed_full", "confirmed_partial", "not_our_product"}),
    "refused": frozenset({"refused"}),
    "no_record": frozenset({"no_record", "record_destroyed"}),
}


def may_go(state: str, to: str) -> bool:
    """Whether the table has this move."""
    return to in MOVES.get(state, ())


def wanting(
    request: Request, to: str, *, replies: Sequence[Reply] = (), on: date | None = None,
    warnings: int = 0, blockers: int = 0,
) -> list[Problem]:
    """All that stands in the way of a move; nothing where it may be done.

    ``request`` holds the values as they will be after the move (who checked it, when it was
    sent ...) with ``status`` still the old one. ``warnings`` and ``blockers`` are numbers of
    those the check before sending has to say: warnings are answered in ``check_notes``,
    blockers are mended. ``on`` is the day of the move, for what may not be said too early.
    """
    state = str(request.get("status") or "draft")
    if to not in STATES:
        return [Problem("there is no such state", "The states are: " + ", ".join(STATES), "status", to)]
    if not may_go(state, to):
        where = ", ".join(one.replace("_", " ") for one in MOVES[state])
        return [Problem(f"from {_word(state)} a request does not go to {_word(to)}",
                        f"From there it goes to: {where}.", "status")]
    return [*_needs(request, state, to, replies, on, warnings, blockers), *_order(request)]


def _needs(
    request: Request, state: str, to: str, replies: Sequence[Reply], on: date | None,
    warnings: int, blockers: int,
) -> Iterable[Problem]:
    if to == "checked":
        if not request.get("items"):
            yield Problem("a request is about something", "Name its items.", "items")
        yield from _want(request, "checked_by", "say who checked it")
        yield from _want(request, "checked_on", "say when it was checked")
        if blockers:
            yield Problem(f"the check finds {_count(blockers, 'thing')} in the way",
                          "Mend them first; the check names each.")
        yield from _answered(request, warnings)
    elif to == "sent":
        yield from _want(request, "addressee", "say to whom it goes")
        yield from _want(request, "checked_by", "say who checked it")
        yield from _want(request, "sent_on", "say when it was sent")
        yield from _answered(request, warnings)
        if blockers:
            yield Problem(f"the check finds {_count(blockers, 'thing')} in the way",
                          "Something changed since it was checked: put it back to draft and mend it.")
    elif to == "closed":
        yield from _want(request, "closed_because", "say why it is closed")
    elif to == "draft":
        if state == "closed" and request.get("sent_on"):
            yield Problem("a letter that was sent is no draft any more",
                          "Draft a new request; this one can take a late answer.", "status")
    else:
        yield from _want(request, "sent_on", "say when it was sent: nothing else is answered")
        yield from _after_sending(request, to, replies, on)


def _after_sending(
    request: Request, to: str, replies: Sequence[Reply], on: date | None
) -> Iterable[Problem]:
    codes = {str(reply.get("reply_code")) for reply in replies}
    if to == "acknowledged":
        if not (request.get("acknowledged_on") or codes & REPLY_CODES["acknowledged"]):
            yield Problem("nothing says that it was acknowledged", "Say when.", "acknowledged_on")
    elif to == "no_reply":
        due = answer_due(request, replies)
        if due is not None and on is not None and on <= due:
            yield Problem(f"the answer is due on {due.isoformat()}",
                          "Nobody is silent before that day is over.", "due_on")
    elif not codes & REPLY_CODES[to]:
        words = ", ".join(sorted(code.replace("_", " ") for code in REPLY_CODES[to]))
        yield Problem(f"no reply on file says so: a request is {_word(to)} by a reply",
                      f"Record the reply first, with one of the codes: {words}.")


def _answered(request: Request, warnings: int) -> Iterable[Problem]:
    if warnings and not request.get("check_notes"):
        yield Problem(f"the check has {_count(warnings, 'warning')}, none of them answered",
                      "Say what was made of them.", "check_notes")


def _want(request: Request, name: str, advice: str) -> Iterable[Problem]:
    if not request.get(name):
        yield Problem("this is still missing", advice[0].upper() + advice[1:] + ".", name)


def _order(request: Request) -> Iterable[Problem]:
    for early, late, words in (
        ("checked_on", "sent_on", "it was sent before it was checked"),
        ("sent_on", "acknowledged_on", "it was acknowledged before it was sent"),
        ("sent_on", "due_on", "the answer is due before it was sent"),
        ("sent_on", "escalated_on", "it was taken up elsewhere before it was sent"),
    ):
        first, last = days(request.get(early))[0], days(request.get(late))[1]
        if first and last and last < first:
            yield Problem(words, "Check the two dates.", late, str(request.get(late)))


def _word(state: str) -> str:
    return state.replace("_", " ")


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def suggested(request: Request, replies: Sequence[Reply]) -> str:
    """The state its replies speak for, for a person to take up; its own where they say nothing more.

    Item by item: one reply in full counts whatever came before it; a reply that names no items
    is about all. The same for all items is the state; anything less is an answer in part.
    """
    state = str(request.get("status") or "draft")
    if state in UNSENT or state == "closed":
        return state
    told = {_of_item(item, replies) for item in request.get("items") or ("",)}
    if told == {""}:
        codes = {str(reply.get("reply_code")) for reply in replies}
        heard = request.get("acknowledged_on") or codes & REPLY_CODES["acknowledged"]
        return "acknowledged" if heard and state in ("sent", "no_reply") else state
    return told.pop() if len(told) == 1 else "answered_in_part"


def _of_item(item: str, replies: Sequence[Reply]) -> str:
    """What the replies say of one item; empty where they say nothing yet."""
    codes = {str(reply.get("reply_code")) for reply in replies
             if not reply.get("items") or item in reply["items"]}
    if codes & {"confirmed_full", "not_our_product"}:
        return "answered"
    ends = [name for name in ("refused", "no_record") if codes & REPLY_CODES[name]]
    if "confirmed_partial" in codes or len(ends) > 1:
        return "answered_in_part"
    return ends[0] if ends else ""
