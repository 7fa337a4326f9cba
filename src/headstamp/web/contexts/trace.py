"""One trace request: what was asked of whom, what came back, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from headstamp.actions.desk.request_letter import terms_of
from headstamp.actions.desk.requests import check_request
from headstamp.actions.missing import overdue
from headstamp.errors import Invalid, Missing
from headstamp.kinds.date import bounds
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.desk import next_step
from headstamp.tracing.request_due import dues
from headstamp.tracing.request_state import MOVES, UNSENT, suggested
from headstamp.web.contexts.facts import FactView, fact_views, labels_of
from headstamp.web.contexts.record import RecordContext, naming_of, record_context
from headstamp.web.contexts.related import Named, Related, related
from headstamp.web.contexts.reply_reading import ConflictView, conflict_views
from headstamp.web.page import ON_PAGE, Params


@dataclass(frozen=True)
class ReplyView:
    """One reply. ``days`` from sending to receipt, None where the two days are not known."""

    record: Shown
    days: int | None
    code: str = field(default="", metadata=ON_PAGE)
    facts: tuple[FactView, ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class DueView:
    """What is expected on a day; ``late`` days since then, below 0 before."""

    what: str
    on: str
    late: int


@dataclass(frozen=True)
class NoteView:
    """What the check before sending says: ``level`` is blocker or warning, then what to do."""

    level: str
    words: str
    advice: str


@dataclass(frozen=True)
class TraceContext(RecordContext):
    """A trace request as its page shows it. ``waiting`` is in days since it was sent."""

    replies: tuple[ReplyView, ...] = ()
    overdue: bool = False
    waiting: int | None = None
    items: Related | None = None
    notes: tuple[Shown, ...] = ()
    # What is due, what is next, and what the replies speak for where it is another state.
    dues: tuple[DueView, ...] = ()
    next_step: str = ""
    suggested: str = ""
    conflicts: tuple[ConflictView, ...] = ()
    transfers: Related | None = None
    # Before it is sent: what the check says, or why it cannot be made.
    check: tuple[NoteView, ...] = ()
    uncheckable: str = ""
    moves: tuple[str, ...] = ()


def trace_context(reader: Reader, params: Params) -> TraceContext:
    """All of one trace request. Raises Missing."""
    base = record_context(reader, params)
    request = base.record
    named = Named(reader, request.id)
    today = datetime.now(UTC).date()
    rows = named.rows("trace_reply", "request")
    labels = labels_of(reader, rows, BY_NAME)
    kind = BY_NAME["trace_reply"]
    sent = request.get("sent_on")
    items = reader.many(list(request.get("items", ()))[:200])
    values = [row.values for row in rows]
    due = dues(request.values, values, today, terms_of(params.case))
    speaks = suggested(request.values, values)
    state = str(request.get("status"))
    claims = reader.belonging([row.id for row in rows], "transfer", "reply")
    check, uncheckable = _check(params, reader, request.id) if state in UNSENT else ((), "")
    context = TraceContext(
        **base.__dict__,
        replies=tuple(
            ReplyView(
                row, days_between(sent, row.get("received_on")),
                kind.by_name["reply_code"].show(row.get("reply_code")),
                fact_views(kind, row.values, labels, ("request", "reply_code", "tier", "source")),
            )
            for row in rows
        ),
        overdue=overdue(request, today),
        waiting=days_between(sent, today.isoformat()) if not rows else None,
        items=related(reader, "item", list(items.values()), ("family", "item_type", "make", "site"),
                      "Items asked about"),
        notes=tuple(named.rows("note", "about")),
        dues=tuple(DueView(one.what, one.on.isoformat(), one.late) for one in due),
        suggested=speaks if speaks != state else "",
        next_step=next_step(state, due, 0, speaks if speaks != state else ""),
        conflicts=conflict_views(reader, rows),
        transfers=related(
            reader, "transfer", [one for some in claims.values() for one in some],
            ("from_party", "to_party", "happened_on", "reply"), "Transfers read in the replies"),
        check=check, uncheckable=uncheckable, moves=MOVES.get(state, ()),
    )
    return TraceContext(**{
        **context.__dict__, "naming": naming_of(reader, request.id, frozenset(named.taken)),
    })


def _check(params: Params, reader: Reader, request: str) -> tuple[tuple[NoteView, ...], str]:
    """The check, and why there is none: a language without words, what this clearance does not see."""
    try:
        found = check_request(params.case, request, clearance=reader.clearance)
    except (Missing, Invalid) as error:
        return (), error.message
    return tuple(NoteView(one.level, one.words, one.advice) for one in found.notes), ""


def days_between(start: str | None, end: str | None) -> int | None:
    """Days between two dates that are each exact to the day; None otherwise.

    >>> days_between("2017-02-01", "2017-03-05"), days_between("2017", "2018-01-01")
    (32, None)
    """
    if not start or not end:
        return None
    ends = [bounds(one) for one in (start, end)]
    if any(first is None or first != last for first, last in ends):
        return None
    return (date.fromisoformat(str(ends[1][0])) - date.fromisoformat(str(ends[0][0]))).days
