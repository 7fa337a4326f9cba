"""Who asked for an erasure, on whatever device: so that nobody is both of the two people.

Our log names who asked here, and of what came with a bundle who took it in. Who asked there
is told by the other device's log, which is kept as it came.
"""

from __future__ import annotations

from collections.abc import Iterable

from orjson import loads

from headstamp.actions.exchange.handed_over import HandedOver
from headstamp.actions.exchange.told_there import told_there
from headstamp.errors import Missing, Refused
from headstamp.records import Erasure
from headstamp.store.case import Case
from headstamp.store.erased import same_person
from headstamp.store.shown import Event

_ELSEWHERE = ("take", "hold", "same")


def refuse_the_asker(case: Case, asked: Erasure, actor: str) -> None:
    """Raises Refused where the actor asked for this on another device, or it cannot be told who did."""
    events = _asking(case, asked.id, asked.record, asked.fields)
    names = [event.of[0] for event in events if event.act in _ELSEWHERE]
    there = told_there(case, names)
    if unknown := set(names) - there.keys():
        raise Refused("who asked for this on the other device cannot be told: its log is not kept here as it came "
                      f"({', '.join(sorted(unknown))}). Ask for it anew here")
    for told in there.values():
        if same_person(told.actor, actor):
            raise Refused(f"{told.actor} asked for this erasure on another device: somebody else has to approve it")


def approved_by_asker(case: Case, handed: Iterable[HandedOver]) -> tuple[str, int] | None:
    """Who approves in another log what the same person had asked for by what is on file here, and the entry."""
    for one in handed:
        if one.version is None or one.version.kind != Erasure.NAME or one.entry.act != "put":
            continue
        values = loads(one.version.body)
        if values.get("erasure_state") != "approved":
            continue
        events = _asking(case, one.version.id, values.get("record"), values.get("fields", ()))
        there = told_there(case, [event.of[0] for event in events if event.act in _ELSEWHERE])
        askers = {*(event.actor for event in events if event.act == "put"), *(told.actor for told in there.values())}
        if any(same_person(asker, one.entry.actor) for asker in askers):
            return one.entry.actor, one.number
    return None


def _asking(case: Case, erasure_id: str, record: object, fields: Iterable[str]) -> list[Event]:
    """The versions on file by which just this was asked for."""
    try:
        events = case.read("sealed").history(erasure_id)
    except Missing:
        return []
    return [event for event in events if event.values.get("erasure_state") == "asked"
            and event.values.get("record") == record and set(event.values.get("fields", ())) == set(fields)]
