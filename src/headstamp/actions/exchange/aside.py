"""Bundles that were put aside: kept as they came, until a person has looked and decided.

One of a lost device may be taken in after all, or left. One by which a log contradicts what
it said before is never taken in: it is evidence, and stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from headstamp.actions.exchange.take import LOOKED_AT, TakeResult, Told, take
from headstamp.errors import Invalid, Missing, Problem, Refused
from headstamp.exchange.keys import SealKey
from headstamp.records import Bundle
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

WAITING = ("quarantined", "forked")


def put_aside(reader: Reader) -> list[Shown]:
    """The bundles that were put aside and wait for a person, or contradict their own log."""
    found = [one for state in WAITING for one in reader.stream("bundle", {"bundle_state": state})]
    return sorted(found, key=lambda one: -one.seq)


def release(
    case: Case, bundle: str, *, actor: str, reason: str, keys: Sequence[SealKey] = (),
    told: Told | None = None,
) -> TakeResult:
    """Takes in a bundle that was put aside: somebody looked at it and answers for it.

    It is checked as if it had come just now. Raises Missing, Refused for a log that
    contradicts itself, Invalid where no reason is given, and all that ``take`` raises.
    """
    kept = _kept(case, bundle)
    _said(reason)
    return take(case, case.vault.open(kept.get("digest")), actor=actor, reason=reason, keys=keys,
                release=True, told=told)


def leave(case: Case, bundle: str, *, actor: str, reason: str) -> None:
    """Notes that somebody looked at a bundle put aside and does not take it in. It is kept."""
    kept = _kept(case, bundle)
    _said(reason)
    record = Bundle.build({**kept.values, "id": kept.id, "bundle_state": "refused"})
    with case.change(actor=actor, reason=reason) as change:
        change.put(record, expected=kept.version)


def _kept(case: Case, bundle: str) -> Shown:
    found = case.read("sealed").many([bundle]).get(bundle)
    if found is None or found.kind != "bundle" or not found.get("digest"):
        raise Missing(f"no bundle {bundle!r} was put aside here; see: headstamp take --list-aside")
    if found.get("bundle_state") == "forked":
        raise Refused("by this bundle the other log contradicts what it said before. It is never taken "
                      "in. Keep it, and ask the device's holder what happened to it")
    if found.get("bundle_state") not in LOOKED_AT:
        raise Invalid("this bundle is taken in already")
    return found


def _said(reason: str) -> None:
    if not reason.strip():
        raise Invalid("why is not said", [Problem("a reason is needed", field="reason")])
