"""Erasing values for good, where data protection asks for it: one asks, another approves.

What is approved is erased at once, in every version, with its salts; then the case's own
files are cleaned. Before that the two people are told exactly what will go and where else
it stands (``erasure_scope``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headstamp.actions.evidence.erasure_people import refuse_the_asker
from headstamp.actions.evidence.erasure_scope import Scope, scope_of
from headstamp.actions.intake.refused_rows import FOLDER
from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing
from headstamp.evidence.entry import named_parts
from headstamp.kinds.tier import TIERS
from headstamp.records import Bundle, Erasure
from headstamp.store.case import Case
from headstamp.store.cleaning import clean, is_unclean
from headstamp.store.erased import decisions, still_waiting
from headstamp.store.shown import Shown
from headstamp.store.stored import is_on_file
from headstamp.vocab import vocabulary


@dataclass(frozen=True, slots=True)
class Done:
    """An erasure that was carried out; ``left``: what could not be cleaned, in words."""

    erasure: str
    scope: Scope | None
    originals: int
    left: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {"erasure": self.erasure, "scope": self.scope.as_dict() if self.scope else None,
                "originals": self.originals, "left": list(self.left)}


def ask(
    case: Case, record_id: str, *, fields: Sequence[str] = (), ground: str, why: str = "",
    requested_on: str | None = None, actor: str, clearance: str,
) -> str:
    """Asks for an erasure; the id of the record that says so. Nothing is erased yet.

    Raises as ``scope_of``, Conflicting where the same is asked for already.
    """
    scope = scope_of(case, record_id, fields, clearance=clearance)
    if not scope.versions:
        raise Invalid("there is nothing of this to erase: no version holds it")
    record = Erasure.build({
        "record": record_id, "fields": sorted(set(fields)), "erasure_ground": ground,
        "why": why or None, "requested_on": requested_on, "tier": _tier(case, record_id),
    })
    for one in listed(case, clearance=clearance):
        if one.get("erasure_state") == "asked" and (one.get("record"), sorted(one.get("fields", ()))) == (
            record_id, sorted(record.fields)
        ):
            raise Conflicting(f"this is asked for already, by {one.id}")
    with case.change(actor=actor, reason=_reason("asked for", record)) as change:
        change.put(record, expected=0)
    return record.id


def _tier(case: Case, record_id: str) -> str:
    """Who may see the record may see that it is to be erased, and nobody else."""
    return next(tier for tier in TIERS if record_id in case.read(tier).many([record_id]))


def _reason(what: str, record: Erasure) -> str:
    """What the log says in clear: the ground, and nothing of what is erased."""
    words = vocabulary("erasure_ground")
    label = next((term.label for term in words.terms if term.code == record.erasure_ground), "")
    return f"erasure {what}: {label or record.erasure_ground}"


def approve(case: Case, erasure_id: str, *, actor: str, clearance: str) -> Done:
    """Approves and carries out what somebody else asked for. It cannot be undone.

    So too what two people agreed on at another device, and which waits here for somebody.
    Raises Missing where erasure or record may not be seen, Refused for the person who
    asked, Conflicting where it is decided already, Invalid where a field cannot go.
    """
    asked = _open(case, erasure_id, clearance)
    scope = _scope(case, asked, clearance)
    brought = _brought(case, erasure_id) if asked.erasure_state == "approved" else None
    if brought is None:
        refuse_the_asker(case, asked, actor)
    with case.change(actor=actor, reason=_reason("approved", asked)) as change:
        if brought is None:
            change.approve(erasure_id)
        else:
            change.agree(brought, [erasure_id])
        change.go_with(erasure_id, [name.removeprefix(f"{FOLDER}/") for name in scope.refused])
    cleaned = _cleaned(case)
    return Done(erasure_id, scope, *cleaned)


def decline(case: Case, erasure_id: str, *, actor: str, clearance: str) -> None:
    """Ends what was asked for without erasing anything. Raises as ``approve``."""
    asked = _open(case, erasure_id, clearance)
    version = case.read(clearance).get(erasure_id).version
    with case.change(actor=actor, reason=_reason("declined", asked)) as change:
        change.put(asked.model_copy(update={"erasure_state": "declined"}), expected=version)


def look(case: Case, erasure_id: str, *, clearance: str) -> Scope:
    """What approving an erasure would take away. Raises as ``approve``."""
    return _scope(case, _open(case, erasure_id, clearance), clearance)


def _scope(case: Case, asked: Erasure, clearance: str) -> Scope:
    """What it would take away; nothing where a bundle brought it and not the record that it is about."""
    if _is_on_file(case, asked.record):
        return scope_of(case, asked.record, asked.fields, clearance=clearance)
    return Scope(asked.record, asked.record, not asked.fields, tuple(asked.fields), 0)


def _is_on_file(case: Case, record_id: str) -> bool:
    with case.backend.reading() as conn:
        return is_on_file(conn, record_id)


def finish(case: Case, *, actor: str) -> Done | None:
    """Carries out and cleans up what is left of approved erasures; None where nothing is.

    Those are erasures that were cut off.
    """
    if not is_unclean(case):
        return None
    with case.change(actor=actor, reason="approved erasures are carried out") as change:
        change.carry_out_rest()
    return Done("", None, *_cleaned(case))


def listed(case: Case, *, clearance: str, limit: int = 1_000) -> list[Shown]:
    """The erasures asked for, approved and declined, the latest first."""
    return list(case.read(clearance).list("erasure", {}, limit=limit).rows)


def waiting(case: Case) -> tuple[str, ...]:
    """The erasures that two people agreed on at another device, and nobody here yet."""
    with case.backend.reading() as conn:
        return tuple(one.id for one in still_waiting(decisions(conn)))


def _brought(case: Case, erasure_id: str) -> Bundle:
    """The record of the bundle with which an erasure came: the last from that device."""
    events = case.read("sealed").history(erasure_id)
    log = named_parts(next(one.of[0] for one in reversed(events) if one.of))[0]
    found = [one for one in case.read("sealed").stream("bundle")
             if one.get("bundle_state") == "taken" and one.get("direction") == "taken"]
    from_there = [one for one in found if one.get("checkpoint", "").startswith(f"{log}\n")]
    if not found:
        raise Missing(f"no bundle is on file that brought {erasure_id}")
    shown = (from_there or found)[-1]
    return Bundle.build({**shown.values, "id": shown.id})


def _cleaned(case: Case) -> tuple[int, tuple[str, ...]]:
    try:
        done = clean(case)
    except HeadstampError as error:
        return 0, (error.message,)
    return done.originals, done.left


def _open(case: Case, erasure_id: str, clearance: str) -> Erasure:
    shown = case.read(clearance).get(erasure_id)
    if shown.kind != Erasure.NAME:
        raise Missing(f"there is no erasure {erasure_id}")
    whole = case.read("sealed").get(erasure_id)
    asked = Erasure.build({**whole.values, "id": erasure_id})
    if asked.erasure_state != "asked" and erasure_id not in waiting(case):
        raise Conflicting(f"{erasure_id} is {asked.erasure_state} already")
    if _is_on_file(case, asked.record):
        case.read(clearance).get(asked.record)
    return asked
