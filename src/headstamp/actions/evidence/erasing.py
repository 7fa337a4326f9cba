"""Erasing values for good, where data protection asks for it: one asks, another approves.

What is approved is erased at once, in every version, with its salts; then the case's own
files are cleaned. Before that the two people are told exactly what will go and where else
it stands: in copies that no program reaches, and in what the log says in clear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from headstamp.actions.correct import closed_fields
from headstamp.actions.intake.refused_rows import waiting_problems
from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing, Problem
from headstamp.evidence.entry import named_parts
from headstamp.kinds.tier import TIERS
from headstamp.records import Bundle, Erasure, kind_of_id
from headstamp.store.backup import KEPT, SNAPSHOTS, last_backup
from headstamp.store.case import Case
from headstamp.store.cleaning import clean, is_unclean
from headstamp.store.erased import WHOLE, decisions, still_waiting
from headstamp.store.erasing import left_of, refuse_unless_possible
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.store.tables import VERSION
from headstamp.store.traces import traces_of
from headstamp.vocab import vocabulary

_WAITING = "imports/waiting"


@dataclass(frozen=True, slots=True)
class Scope:
    """What exactly would be erased, and where else the same may stand.

    ``fields`` are those that hold something in some version; ``whole``: the record goes with
    all of them. ``also_in`` are records in which the same text stands, ``log_entries`` entries
    whose reason or actor says it in clear and which stay as they are. ``sources`` are the
    files from which the record was made, ``pictures`` those that show it. The copies:
    ``backup`` is where the last backup went, ``bundles`` those that were handed over,
    ``waiting`` the number of files in the folder ``imports``. ``went``: to whom
    each of the bundles went, and when. ``drawn_from``: findings whose kept snapshot goes with
    it. Other records are named by their ids alone: what
    they are called may be the very thing that has to go.
    """

    record: str
    label: str
    whole: bool
    fields: tuple[str, ...]
    versions: int
    also_in: tuple[str, ...] = ()
    log_entries: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    backup: str = ""
    bundles: tuple[str, ...] = ()
    waiting: int = 0
    went: tuple[str, ...] = ()
    drawn_from: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(self).items()}

    def elsewhere(self) -> list[str]:
        """Where copies may be that nothing here can erase, in sentences."""
        told = []
        if self.backup:
            told.append(f"The last backup, at {self.backup}, and every earlier one, hold what was in the "
                        "case then. Make a new backup and destroy the old ones.")
        else:
            told.append("Backups made before hold what was in the case then.")
        if self.bundles:
            were = "bundle was" if len(self.bundles) == 1 else "bundles were"
            told.append(f"{len(self.bundles)} {were} handed over: {self._packed()}. Those who "
                        "took one in learn of it with the next one; the bundles themselves stay.")
        told.append("Reports, snapshots and logs that were written out to other folders stay as they are.")
        if self.drawn_from:
            told.append("The snapshots that were kept for findings may hold it and go with it: their numbers cannot "
                        f"be worked out again from them. What these findings say stays: {', '.join(self.drawn_from)}.")
        if self.waiting:
            wait = "file waits" if self.waiting == 1 else "files wait"
            told.append(f"{self.waiting} {wait} in the folder imports: look whether it is said there.")
        if self.sources:
            told.append("The file from which the record was made still holds it: "
                        f"{', '.join(self.sources)}. It is a record of its own.")
        if self.pictures:
            told.append(f"Photographs that show it are records of their own: {', '.join(self.pictures)}.")
        if self.also_in:
            told.append(f"The same text stands in: {', '.join(self.also_in)}.")
        if self.log_entries:
            entries = ", ".join(map(str, self.log_entries))
            told.append(f"Entries of the log say it in clear, as a reason or an actor: {entries}. What "
                        "stands in the log in clear cannot be erased.")
        return told

    def _packed(self) -> str:
        """To whom bundles went and on which days, each once."""
        told = Counter(self.went)
        return ", ".join(f"{name} ({number})" if number > 1 else name for name, number in told.items())


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


def scope_of(
    case: Case, record_id: str, fields: Sequence[str], *, clearance: str
) -> Scope:
    """What erasing these fields, or the whole record, would take away; writes nothing.

    Raises Missing where the record may not be seen, Invalid where this cannot be erased.
    """
    reader = case.read(clearance)
    shown = reader.get(record_id)
    kind = kind_of_id(record_id)
    what = frozenset(fields) or WHOLE
    closed = closed_fields(kind, clearance)
    unseen = [Problem("there is no such field", field=name) for name in sorted(what & closed)]
    if unseen:
        raise Invalid("not all of this can be erased", unseen)
    with case.backend.reading() as conn:
        refuse_unless_possible(conn, record_id, what)
        versions, held = left_of(conn, record_id, what)
    traces = traces_of(case, record_id, what)
    seen = reader.many(traces.records)
    pictures = reader.referring(record_id, kind="photograph", field="items", limit=100)
    return Scope(
        record_id, shown.label, what == WHOLE, tuple(sorted(held - closed)), versions,
        tuple(id_ for id_ in traces.records if id_ in seen),
        tuple(seq for seq in traces.entries if _is_seen(reader, seq)),
        _sources(shown), tuple(one.id for one in pictures), **_copies(case, clearance, traces.records),
        drawn_from=_drawn_from(case, reader),
    )


def _is_seen(reader: Reader, seq: int) -> bool:
    try:
        return bool(reader.entry(seq))
    except Missing:
        return False


def _drawn_from(case: Case, reader: Reader) -> tuple[str, ...]:
    """The findings that name a snapshot kept in the case's folder."""
    kept = [f"{SNAPSHOTS}/{one.name}" for one in (case.folder / SNAPSHOTS).glob(f"{KEPT}*")]
    if not kept:
        return ()
    return tuple(one.id for one in reader.stream("finding")
                 if any(name in str(one.get("alternatives") or "") for name in kept))


def _sources(shown: Shown) -> tuple[str, ...]:
    source = shown.get("source")
    return (source["document"],) if isinstance(source, dict) else ()


def _copies(case: Case, clearance: str, saying: Collection[str]) -> dict[str, Any]:
    """Where copies of the case, or of parts of it, are known to be; none of the records
    ``saying`` what has to go is called by its name."""
    try:
        last = last_backup(case.folder)
    except HeadstampError:
        last = None  # doctor tells of a note that cannot be read
    reader = case.read(clearance)
    sent = reader.list("bundle", {"direction": "sent"}, limit=100).rows
    devices = reader.labels([one.get("device") for one in sent if one.get("device") not in saying])
    waiting = len(waiting_problems(case)) + sum(
        1 for _ in (case.folder / _WAITING).glob("*/*"))
    return {"backup": last["place"] if last else "", "bundles": tuple(one.id for one in sent),
            "waiting": waiting, "went": tuple(_went(one, devices) for one in sent)}


def _went(bundle: Shown, devices: Mapping[str, str]) -> str:
    device, at = bundle.get("device"), bundle.get("packed_at")
    return f"to {devices.get(device, device)}" + (f" on {at[:10]}" if at else "")


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
    with case.change(actor=actor, reason=_reason("approved", asked)) as change:
        if brought is None:
            change.approve(erasure_id)
        else:
            change.agree(brought, [erasure_id])
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
        query = select(VERSION.c.seq).where(VERSION.c.id == record_id).limit(1)
        return conn.execute(query).first() is not None


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
