"""Where an alert stands, where it may go, and what each step needs; held to on every way in.

An alert is drafted, checked by a person who did not write it, sent, acknowledged; or withdrawn
with the reason. What was checked is what is sent: its words do not change on the way. None of
them speaks of handling (:mod:`headstamp.vocab.handling`). Forms, imports, notebooks and programs
all write through one path, and this is looked at there. What another device hands over was
looked at where it was written; what no device writes so, as an alert that somebody else says a
person has checked, is refused with its bundle (``actions.exchange.alerts_handed``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from orjson import loads
from sqlalchemy import Connection, select

from headstamp.errors import Invalid, Problem
from headstamp.evidence import entry as entries
from headstamp.kinds.date import bounds
from headstamp.records import Alert, Record, record_type
from headstamp.records.spec import plain
from headstamp.store.backend import batches
from headstamp.store.elsewhere import aside, version_rows
from headstamp.store.erased import same_person
from headstamp.store.tables import CURRENT, VERSION
from headstamp.vocab.handling import handling_in

MOVES: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("checked", "withdrawn"),
    "checked": ("draft", "sent", "withdrawn"),
    "sent": ("acknowledged", "withdrawn"),
    "acknowledged": ("withdrawn",),
    "withdrawn": ("draft",),
}
"""From each state of an alert those to which it may go; back from withdrawn only if never sent."""

PASSED: Final = frozenset({"checked", "sent", "acknowledged"})
"""States in which somebody else than the author has looked at it."""

GONE_OUT: Final = frozenset({"sent", "acknowledged"})

SAID: Final = ("title", "alert_kind", "signature", "items", "sites", "looks_like", "where_seen",
               "not_known", "photographs")
"""What an alert says: who wrote the last of it does not check it."""

WRITTEN: Final = ("title", "looks_like", "where_seen", "not_known")
"""Its own text, in the words of who wrote it."""

_FROZEN: Final = ("checked_by", "author")
_OF_SENDING: Final = ("recipient", "recipient_role", "channel", "sent_on", "documents")
_ALERT: Final = record_type(Alert)


def handling_told(values: Mapping[str, Any]) -> list[Problem]:
    """The words of an alert's own text that speak of handling, each with its field.

    >>> [one.field for one in handling_told({"looks_like": "Olive crate. Do not open."})]
    ['looks_like']
    """
    return [
        Problem(f"“{one.word}” speaks of handling ({one.about})",
                "Say what it looks like, where it was seen and whom to tell, and nothing on handling.",
                name, one.word)
        for name in WRITTEN for one in handling_in(values.get(name))
    ]


def wanting(alert: Mapping[str, Any], to: str) -> list[Problem]:
    """What stands in the way of a move, but for who makes it.

    ``alert`` holds the values as they will be after the move, ``alert_state`` the state before it.
    """
    state = str(alert.get("alert_state") or "draft")
    if to not in MOVES:
        return [Problem("there is no such state", "The states are: " + ", ".join(MOVES), "alert_state", to)]
    if to not in MOVES[state]:
        there = ", ".join(MOVES[state])
        return [Problem(f"from {state} an alert does not go to {to}", f"From there it goes to: {there}.",
                        "alert_state", to)]
    return list(_needs(alert, state, to))


def _needs(alert: Mapping[str, Any], state: str, to: str) -> Iterator[Problem]:
    if to in ("checked", "sent"):
        yield from handling_told(alert)
    if to == "draft" and state == "withdrawn" and alert.get("sent_on"):
        yield Problem("an alert that was sent is no draft any more", "Write a new one.", "alert_state")
    if to == "checked":
        yield from _want(alert, "checked_by", "say who checked it")
    if to == "sent":
        if not alert.get("recipient") and not alert.get("recipient_role"):
            yield Problem("to whom it goes is not said", "Name the recipient, or say what they are.",
                          "recipient")
        yield from _want(alert, "checked_by", "say who checked it")
        yield from _want(alert, "channel", "say how it is sent: radio, letter, by hand, to which address")
        yield from _want(alert, "sent_on", "give the day on which it was sent")
        yield from _want(alert, "documents", "file the extract as it went out (headstamp alert move)")
    if to == "acknowledged":
        yield from _want(alert, "acknowledged_on", "give the day on which it was acknowledged")
        sent, heard = bounds(alert.get("sent_on") or ""), bounds(alert.get("acknowledged_on") or "")
        if sent[0] and heard[1] and heard[1] < sent[0]:
            yield Problem("it was acknowledged before it was sent", "Check the two days.",
                          "acknowledged_on", str(alert.get("acknowledged_on")))
    if to == "withdrawn":
        yield from _want(alert, "why_withdrawn", "say why; whoever had it reads it")


def _want(alert: Mapping[str, Any], name: str, advice: str) -> Iterator[Problem]:
    if not alert.get(name):
        yield Problem("this is still missing", f"{advice[0].upper()}{advice[1:]}.", name)


def authors(alert: Mapping[str, Any], written: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Who wrote what an alert says: by its own word, and by the log the last who changed it.

    ``written`` are its versions, oldest first: who wrote each, and its values.
    """
    found = [str(alert["author"])] if alert.get("author") else []
    last, before = "", None
    for actor, values in written:
        said = _said(values)
        if said != before:
            last, before = actor, said
    return [*found, *([last] if last else [])]


def refuse_unfit_alerts(conn: Connection, records: Sequence[Record], actor: str) -> None:
    """Raises Invalid where an alert would stand where it may not, whoever writes it and how."""
    put = {one.id: one for one in records if isinstance(one, Alert)}
    if not put:
        return
    versions = _versions(conn, sorted(put))
    problems = [one for id_, alert in put.items() for one in unfit(alert, versions.get(id_, []), actor)]
    if problems:
        raise Invalid("the alert cannot stand so", problems)


def refuse_unfit_settlement(conn: Connection, record: Record) -> None:
    """Raises Invalid where settling a contradiction would pass an alert that nobody has checked so.

    One of the versions that contradict each other must say the same, in the same state.
    """
    if not isinstance(record, Alert) or record.alert_state not in PASSED:
        return
    values = _values(record)
    known = [values_ for _, values_ in _versions(conn, [record.id]).get(record.id, [])]
    known += [loads(row.body or b"{}") for row in aside(conn, record.id)]
    same = ("alert_state", *SAID, *_FROZEN)
    if not any(all((one.get(n) or None) == (values.get(n) or None) for n in same) for one in known):
        raise Invalid("the alert cannot stand so", [Problem(
            f"none of the versions says this and is {record.alert_state}",
            "Take one of them as it is, or settle it as a draft.", "alert_state", record.alert_state)])


def unfit(
    alert: Alert, versions: Sequence[tuple[str, Mapping[str, Any]]], actor: str
) -> Iterator[Problem]:
    """What keeps one alert from being written so; ``versions`` as in ``authors``."""
    values = _values(alert)
    to = alert.alert_state
    if not versions:
        if to != "draft":
            yield Problem(f"a new alert is a draft, not {to}",
                          "Put it down as a draft; somebody else checks it.", "alert_state", to)
        return
    before = versions[-1][1]
    state = str(before.get("alert_state") or "draft")
    if state == to:
        yield from _kept(before, values, state)
        return
    yield from wanting({**values, "alert_state": state}, to)
    if state in PASSED and _said(before) != _said(values) and to != "draft":
        yield Problem("its words change in the same step", "Put it back to draft first.", "alert_state", to)
    if to == "checked":
        if _said(before) != _said(values):
            yield Problem("its words change in the same step", "Change it first; then let somebody else "
                          "check what stands there.", "alert_state", to)
        yield from _by_another(values, versions, actor)
    kept = (*(("checked_by",) if to in GONE_OUT else ()), *(_OF_SENDING if state in GONE_OUT else ()))
    for name in kept:
        if (before.get(name) or None) != (values.get(name) or None):
            yield Problem("this changes in the same step", "Leave it as it stands.", name)


def _by_another(
    values: Mapping[str, Any], versions: Sequence[tuple[str, Mapping[str, Any]]], actor: str
) -> Iterator[Problem]:
    checked_by = str(values.get("checked_by") or "")
    if checked_by and not same_person(checked_by, actor):
        yield Problem(f"{actor} cannot say that {checked_by} checked it",
                      "Whoever checks it marks it as checked.", "checked_by", checked_by)
    own = [name for name in authors(versions[-1][1], versions) if same_person(name, actor)]
    if own:
        yield Problem(f"{own[0]} wrote this alert: somebody else has to check it",
                      "Ask another person to check it.", "checked_by", actor)


def _kept(before: Mapping[str, Any], values: Mapping[str, Any], state: str) -> Iterator[Problem]:
    """What may not change while an alert stays where it is."""
    if state not in PASSED:
        return
    frozen = (*SAID, *_FROZEN, *(_OF_SENDING if state in GONE_OUT else ()))
    for name in frozen:
        if (before.get(name) or None) != (values.get(name) or None):
            yield Problem(
                f"it is {state}: what it says stays as it was checked" if state == "checked"
                else f"it is {state}: what was sent stays as it was sent",
                "Put it back to draft first." if state == "checked"
                else "Withdraw it with the reason, and write a new one.", name)


def _values(alert: Alert) -> dict[str, Any]:
    return {fact.name: plain(getattr(alert, fact.name)) for fact in _ALERT.facts}


def _said(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(name) or None for name in SAID)


def _versions(
    conn: Connection, ids: Sequence[str]
) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """The versions of these alerts that were current, oldest first: who wrote each, its values."""
    table = CURRENT[_ALERT.name]
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for some in batches(ids, 500):
        for id_, seq in conn.execute(select(table.c.id, table.c.log_seq).where(table.c.id.in_(some))):
            line = []
            at: int | None = seq
            while at is not None:
                row = conn.execute(version_rows().where(VERSION.c.seq == at)).one_or_none()
                if row is None:
                    break  # the chain was tampered with; verify names it
                line.append((entries.read(bytes(row.entry)).actor, loads(row.body or b"{}")))
                # Only ever backwards: a loop put in by hand must end.
                at = row.before if row.before is not None and row.before < at else None
            found[id_] = line[::-1]
    return found
