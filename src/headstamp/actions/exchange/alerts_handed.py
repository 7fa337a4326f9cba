"""Alerts that a bundle brings: whoever is said to have checked one has said so themselves.

That somebody else looked at an alert is what its readers go by. A device holds to it where
alerts are written (``store.alert_state``); a bundle in which it was not held to is none that a
device has made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orjson import loads

from headstamp.actions.exchange.handed_over import HandedOver
from headstamp.errors import Invalid, Missing, Problem
from headstamp.evidence.entry import named
from headstamp.exchange import bundle
from headstamp.records import Alert
from headstamp.store.alert_state import PASSED, SAID
from headstamp.store.case import Case
from headstamp.store.erased import same_person

_MADE_THERE = ("put", "settle")
_MOST_TOLD = 50
_CHECKED = (*SAID, "checked_by")
_ERASED = "\0erased"
"""Stands for a value that is erased: it may have been any."""


def refuse_unchecked_alerts(case: Case, handed: Sequence[HandedOver]) -> None:
    """Raises Invalid for an alert that is new and no draft, or checked by another than who says so.

    Whoever moves on what was checked, or settles two versions by one that was, says again what an
    earlier version said. Where a version that it was made from is in neither log (its values were
    erased, or are withheld from us) nobody can tell.
    """
    problems: list[Problem] = []
    known: dict[str, dict[str, Mapping[str, Any]]] = {}
    for one in handed:
        if one.version is None or one.version.kind != Alert.NAME:
            continue
        id_, values = one.version.id, loads(one.version.body)
        values |= {name: _ERASED for name in one.version.fields or () if name not in values}
        if id_ not in known:
            known[id_] = _on_file(case, id_)
        told = _wrong(one, values, known[id_])
        if told:
            problems.append(Problem(told, file=bundle.RECORDS, value=f"entry {one.number}"))
        known[id_][one.name] = values
    if problems:
        raise Invalid("the bundle says of alerts what no device writes; nothing was taken", problems[:_MOST_TOLD])


def _wrong(one: HandedOver, values: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> str:
    """Why an alert cannot stand so in the sender's log; empty where it can. ``known``: its versions, by name."""
    assert one.version is not None
    state = str(values.get("alert_state") or "draft")
    if one.entry.act not in _MADE_THERE or state not in PASSED:
        return ""
    if one.entry.version == 1:
        return f"a new alert is a draft, not {state}"
    checked_by = str(values.get("checked_by") or "")
    if checked_by == _ERASED or (state == "checked" and same_person(checked_by, one.entry.actor)):
        return ""
    if not set(one.version.made_of) <= known.keys() or any(_says_the_same(values, past) for past in known.values()):
        return ""
    return (f"{one.entry.actor} says that {checked_by or 'nobody'} checked the alert as it stands: whoever checks one "
            "says so themselves")


def _says_the_same(values: Mapping[str, Any], past: Mapping[str, Any]) -> bool:
    """Whether a version that was checked said this already, and by the word of the same person."""
    return past.get("alert_state") in PASSED and all(
        (past.get(name) or None) == (values.get(name) or None) or _ERASED in (past.get(name), values.get(name))
        for name in _CHECKED)


def _on_file(case: Case, id_: str) -> dict[str, Mapping[str, Any]]:
    """The versions of an alert that are here, by their names in all logs."""
    try:
        events = case.read("sealed").history(id_)
    except Missing:
        return {}
    return {named(case.origin, event.seq) if event.act in _MADE_THERE else event.of[0]:
            {**event.values, **dict.fromkeys(event.erased, _ERASED)} for event in events}
