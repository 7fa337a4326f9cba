"""Trace requests: drafted from the case, checked, sent with their letter, chased and closed.

Each move is one version in the log, made through the one table of
:mod:`headstamp.tracing.request_state`. What a request asks for is filled from the case at
the time of drafting and kept in the request itself: the letter says later what was asked,
whatever the case has learned since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from headstamp.actions.desk.request_check import Check, check_of
from headstamp.actions.desk.request_filling import filled, role_of
from headstamp.actions.desk.request_letter import Written, templates_of, terms_of, write_letter
from headstamp.actions.desk.request_subject import subject_of
from headstamp.errors import Invalid, Missing, Problem
from headstamp.kinds.identity import new_id
from headstamp.kinds.tier import RANK
from headstamp.markings.maker_name import same_maker
from headstamp.records import Document, TraceRequest
from headstamp.store.case import Case
from headstamp.store.change import Change, Outcome
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.request_due import due_date
from headstamp.tracing.request_state import UNSENT, wanting

MOST_ITEMS = 1_000
"""So many items one letter can be about; more are several letters."""

__all__ = [
    "Drafted", "Moved", "advance", "check_request", "close", "draft_request", "escalate",
    "items_of_maker", "remind", "replies_to", "revise", "terms_of",
]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A new draft and what its check says at once."""

    id: str
    version: int
    check: Check


@dataclass(frozen=True, slots=True)
class Moved:
    """A request after a move: where it now stands; the letter kept, if one was."""

    id: str
    version: int
    status: str
    documents: tuple[str, ...] = ()


def draft_request(
    case: Case, items: Sequence[str], *, clearance: str, actor: str, addressee: str | None = None,
    role: str | None = None, language: str = "en", photographs: Sequence[str] | None = None,
    sealed: bool = False, values: Mapping[str, Any] | None = None, reason: str = "",
) -> Drafted:
    """Drafts a request about these items, filled from the case; ``values`` go before what is filled.

    ``addressee`` is the party asked, ``role`` as what (found from the items where not said).
    Without ``photographs`` none is chosen. Sealed items or photographs are refused unless
    ``sealed`` says that they are meant: the draft is sealed then. Raises Invalid with all
    problems, Missing for a language without words.
    """
    wanted = list(dict.fromkeys(items))
    given: dict[str, Any] = {
        "items": wanted, "photographs": list(photographs or ()), "addressee": addressee,
        "language": language, **(values or {})}
    _fit(case, given, clearance)
    about = subject_of(case, given, clearance)
    if about.sealed and not sealed:
        raise Invalid("a sealed record enters a letter only if that is said", [
            Problem(f"{one} is sealed", "Leave it out, or say that it is meant.", "items", one)
            for one in about.sealed])
    asked_as = given.get("addressee_role") or role or role_of(about)
    words = templates_of(case, language).words
    told = {**filled(case, case.read(clearance), about, words, asked_as), **{
        name: value for name, value in given.items() if value not in (None, "", (), [])}}
    id_ = new_id("trace")
    told.setdefault("our_reference", reference_of(id_))
    told.setdefault("tier", "sealed" if about.sealed else SHOWN_TO)
    record = TraceRequest.build({**told, "addressee_role": asked_as, "status": "draft", "id": id_})
    with case.change(actor=actor, reason=reason or "a trace request is drafted") as change:
        made = change.put(record, expected=0)
    return Drafted(made.id, made.version, check_request(case, made.id, clearance=clearance))


SHOWN_TO = "restricted"
"""The tier of a request unless something in it is sealed: a live trace is nobody else's business."""


def reference_of(request_id: str) -> str:
    """A reference for letters made of a request's id, short enough to be typed.

    >>> reference_of("trace-7k3m9qxz2a4b6c8d")
    'T-2A4B-6C8D'
    """
    tail = request_id.rpartition("-")[2][-8:].upper()
    return f"T-{tail[:4]}-{tail[4:]}"


def _fit(case: Case, given: Mapping[str, Any], clearance: str) -> None:
    wanted = given["items"]
    if not wanted:
        raise Invalid("a trace request is about something; name at least one item")
    if len(wanted) > MOST_ITEMS:
        raise Invalid(f"a letter is about at most {MOST_ITEMS:,} items, not {len(wanted):,}: "
                      "write several")
    named = [("items", one) for one in wanted] + [
        ("photographs", one) for one in given.get("photographs") or ()]
    if given.get("addressee"):
        named.append(("addressee", given["addressee"]))
    seen = case.read(clearance).many([one for _, one in named])
    kinds = {"items": "item", "photographs": "photograph", "addressee": "party"}
    problems = [
        Problem(f"there is no such {kinds[field]}", "Give the id of one that you can see.", field, one)
        for field, one in named if one not in seen or seen[one].kind != kinds[field]]
    if problems:
        raise Invalid("the request names what is not there", problems)


def items_of_maker(reader: Reader, maker: str) -> list[Shown]:
    """All items of one maker, in the order of recording: by the party, or by the name of their make.

    ``maker`` is a party's id or a name as items have it. For one letter about many items.
    """
    if not maker.startswith("party-"):
        makes = [str(make) for make, _ in reader.count("item", "make")[1] if make]
        found = [one for make in makes if same_maker(make, maker)
                 for one in reader.stream("item", {"make": make})]
        return sorted(found, key=lambda one: one.seq)
    party = reader.get(maker)
    by_party = list(reader.stream("item", {"maker": maker}))
    known = {one.id for one in by_party}
    by_name = [one for one in items_of_maker(reader, party.label)
               if one.id not in known and not one.get("maker")]
    return sorted([*by_party, *by_name], key=lambda one: one.seq)


def check_request(case: Case, request_id: str, *, clearance: str) -> Check:
    """Everything the check before sending has to say of a request. Raises Missing."""
    with case.read(clearance).snapshot() as reader:
        request = _request(reader, request_id)
        about = subject_of(case, {**request.values, "id": request.id}, clearance)
        return check_of(case, reader, request.id, about,
                        templates_of(case, str(request.get("language") or "en")))


def replies_to(reader: Reader, request_id: str) -> list[Shown]:
    """The visible replies to a request, oldest first."""
    return reader.referring(request_id, kind="trace_reply", field="request")


def _request(reader: Reader, request_id: str) -> Shown:
    shown = reader.get(request_id)
    if shown.kind != "trace_request":
        raise Invalid(f"{request_id} is no trace request")
    return shown


def revise(
    case: Case, request_id: str, changes: Mapping[str, Any], *, clearance: str, actor: str,
    reason: str, expected: int | None = None,
) -> Outcome:
    """A new version of a request with these fields changed, all others as they are, seen or not.

    A request that was checked goes back to draft when anything that its letter says is
    changed. Raises Missing, Invalid, Conflicting where ``expected`` is an older version.
    """
    seen = _request(case.read(clearance), request_id)
    record = _changed(case, seen, changes, clearance)
    with case.change(actor=actor, reason=reason) as change:
        return change.put(record, expected=expected if expected is not None else seen.version)


# Fields that say where a request stands: changing them unsays no check.
_STANDING = frozenset({
    "status", "checked_by", "checked_on", "check_notes", "sent_on", "acknowledged_on", "due_on",
    "reminded_on", "escalated_to", "escalated_on", "closed_because", "document", "tier", "remark",
})


def _changed(
    case: Case, seen: Shown, changes: Mapping[str, Any], clearance: str
) -> TraceRequest:
    whole = case.read("sealed").get(seen.id)
    told = {**whole.values, **changes, "id": seen.id}
    if seen.get("status") == "checked" and "status" not in changes and any(
        name not in _STANDING and told.get(name) != whole.get(name) for name in changes
    ):
        told.update(status="draft", checked_by=None, checked_on=None)
    _seen_refs(case, changes, clearance)
    return TraceRequest.build({k: v for k, v in told.items() if v is not None})


def _seen_refs(case: Case, changes: Mapping[str, Any], clearance: str) -> None:
    named = [("items", one) for one in changes.get("items") or ()]
    named += [("photographs", one) for one in changes.get("photographs") or ()]
    named += [(name, changes[name]) for name in ("addressee", "escalated_to") if changes.get(name)]
    seen = case.read(clearance).many([one for _, one in named])
    missing = [Problem("there is no such record", "Give the id of one that you can see.", field, one)
               for field, one in named if one not in seen]
    if missing:
        raise Invalid("the request names what is not there", missing)


def advance(
    case: Case, request_id: str, to: str, *, clearance: str, actor: str,
    values: Mapping[str, Any] | None = None, on: date | None = None, expected: int | None = None,
    reason: str = "",
) -> Moved:
    """Moves a request to another state: one version in the log.

    ``values`` are what the move says (who checked it, when it was sent, why it is closed); the
    day that belongs to the move is ``on`` (today where not said). Sending writes the letter,
    keeps it as PDF and DOCX, and sets the due date by the terms of the case. Raises Invalid
    with all that stands in the way, Missing, Conflicting where somebody was faster.
    """
    day = on or case.clock().date()
    reader = case.read(clearance)
    seen = _request(reader, request_id)
    state = str(seen.get("status") or "draft")
    given = {**_days_of(seen, to, day), **dict(values or {})}
    if to == "checked":
        given.setdefault("checked_by", actor)
    if to == "sent":
        role = given.get("addressee_role") or seen.get("addressee_role")
        given.setdefault("due_on", seen.get("due_on") or due_date(str(given["sent_on"]), role, terms_of(case)))
    if to == "draft":
        given.update(checked_by=None, checked_on=None)
    after = {**seen.values, **{k: v for k, v in given.items() if v is not None}}
    if to == "draft":
        after = {k: v for k, v in after.items() if not k.startswith("checked_")}
    check = check_request(case, request_id, clearance=clearance) if to in ("checked", "sent") else None
    problems = wanting(
        {**after, "status": state}, to, on=day,
        replies=[one.values for one in replies_to(reader, request_id)],
        warnings=len(check.warnings) if check else 0, blockers=len(check.blockers) if check else 0)
    if problems:
        more = [*(note.problem() for note in check.blockers)] if check else []
        raise Invalid(f"the request cannot become {to.replace('_', ' ')} yet", [*problems, *more])
    whole_reason = reason or f"the trace request is {to.replace('_', ' ')}"
    version = expected if expected is not None else seen.version
    given["status"] = to
    if to != "sent":
        record = _changed(case, seen, given, clearance)
        with case.change(actor=actor, reason=whole_reason) as change:
            made = change.put(record, expected=version)
        return Moved(made.id, made.version, to)
    return _send(case, seen, given, clearance, actor, whole_reason, version)


def _days_of(seen: Shown, to: str, day: date) -> dict[str, Any]:
    """The day that belongs to a move, where the request does not say it yet."""
    field = {"checked": "checked_on", "sent": "sent_on", "acknowledged": "acknowledged_on"}.get(to)
    return {field: seen.get(field) or day.isoformat()} if field else {}


def _send(
    case: Case, seen: Shown, given: dict[str, Any], clearance: str, actor: str, reason: str, version: int
) -> Moved:
    sent = {**seen.values, **given}
    letter = write_letter(case, {**sent, "id": seen.id}, clearance=clearance)
    with case.change(actor=actor, reason=reason) as change:
        kept = _keep(change, letter, sent, seen.id, str(sent["title"]), str(sent["sent_on"]))
        record = _changed(case, seen, {**given, "document": kept[0]}, clearance)
        made = change.put(record, expected=version)
    return Moved(made.id, made.version, "sent", kept)


def _keep(
    change: Change, letter: Sequence[Written], request: Mapping[str, Any], request_id: str, title: str, on: str
) -> tuple[str, ...]:
    """Keeps a letter as it goes out: a document for each of its forms, the later made of the first."""
    kept: list[Document] = []
    for form in letter:
        held = change.file(form.content)
        first = kept[0].id if kept else None
        kept.append(Document.build({k: v for k, v in {
            "title": f"{request.get('our_reference') or request_id}: {title}{form.suffix}",
            "document_kind": "letter", "number": request.get("our_reference"), "issued_on": on,
            "parties": [request["addressee"]] if request.get("addressee") else None,
            "items": list(request["items"]), "languages": [request.get("language") or "en"],
            "digest": held.digest, "size": held.size, "mime": form.mime, "original_name": form.name,
            "tier": _tier(request), "parent": first, "generation": "derivative" if first else "original",
            "what_was_done": "the same letter for a word processor" if first else None,
            "tool": form.tool if first else None,
        }.items() if v is not None}))
        change.put(kept[-1], expected=0)
    return tuple(one.id for one in kept)


def _tier(request: Mapping[str, Any]) -> str:
    """A letter is as secret as its request, and never less than restricted."""
    return max(str(request.get("tier") or SHOWN_TO), SHOWN_TO, key=lambda tier: RANK[tier])


def remind(
    case: Case, request_id: str, *, clearance: str, actor: str, on: date | None = None,
    reason: str = "", expected: int | None = None,
) -> tuple[Moved, tuple[Written, Written]]:
    """Notes a reminder, and writes and keeps its letter. Raises Invalid where nobody is waited for."""
    day = on or case.clock().date()
    seen = _request(case.read(clearance), request_id)
    status = str(seen.get("status") or "draft")
    if status in UNSENT or status in ("answered", "refused", "no_record", "closed"):
        raise Invalid(f"a request that is {status.replace('_', ' ')} needs no reminder", [Problem(
            "nobody is waited for", "Remind of what was sent and not yet fully answered.", "status", status)])
    letter = write_letter(case, {**seen.values, "id": seen.id}, clearance=clearance, reminder=day)
    days = [*(seen.get("reminded_on") or ()), day.isoformat()]
    record = _changed(case, seen, {"reminded_on": days}, clearance)
    with case.change(actor=actor, reason=reason or "a reminder is sent") as change:
        kept = _keep(change, letter, seen.values, seen.id, f"reminder, {seen.label}", day.isoformat())
        made = change.put(record, expected=expected if expected is not None else seen.version)
    return Moved(made.id, made.version, status, kept), letter


def escalate(
    case: Case, request_id: str, party: str, *, clearance: str, actor: str, on: date | None = None,
    reason: str = "", expected: int | None = None,
) -> Moved:
    """Notes that a request was taken up with another party, such as the addressee's authority."""
    day = on or case.clock().date()
    seen = _request(case.read(clearance), request_id)
    status = str(seen.get("status") or "draft")
    if status in UNSENT or status == "closed":
        raise Invalid(f"a request that is {status} is not taken up elsewhere", [Problem(
            "nobody has failed to answer it", "Send it first.", "status", status)])
    if party == seen.get("addressee"):
        raise Invalid("it is taken up with somebody else than who was asked", [Problem(
            "this is the addressee itself", "Name another party, or send a reminder.", "escalated_to", party)])
    if not party.startswith("party-"):
        raise Missing(f"{party} is no party")
    made = revise(case, request_id, {"escalated_to": party, "escalated_on": day.isoformat()},
                  clearance=clearance, actor=actor, expected=expected,
                  reason=reason or "the trace request is taken up elsewhere")
    return Moved(made.id, made.version, status)


def close(
    case: Case, request_id: str, why: str, *, clearance: str, actor: str,
    expected: int | None = None, reason: str = "",
) -> Moved:
    """Closes a request and says why."""
    return advance(case, request_id, "closed", values={"closed_because": why}, clearance=clearance,
                   actor=actor, expected=expected, reason=reason)
