"""Entering and correcting a record by hand, by somebody who may not see all of it.

What a person's clearance hides from them is kept as it is: a correction never
drops a field, or a reference to a record, that the person could not see. A
reference to a record they may not see is refused in the same words as one to
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headstamp.errors import Invalid, Problem, Refused
from headstamp.records import Custody, Record, RecordType, kind_named, kind_of_id
from headstamp.records.custody import FILES_CHECKED
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.limits import LEFT_OUT
from headstamp.store.policy import clearance_rank, field_rank
from headstamp.store.refs import references
from headstamp.store.shown import Shown


def closed_fields(kind: RecordType, clearance: str) -> frozenset[str]:
    """The fields of a kind that this clearance does not see in full, and so cannot change."""
    rank = clearance_rank(clearance)
    return frozenset(f.name for f in kind.facts if field_rank(kind.name, f.name) > rank)


_LOOK = ("item", "act", "held_on", "basis", "evidence")
_ACTS = {
    "device": "Put it on file by its card: headstamp device add, or the page Exchange.",
    "bundle": "It comes of packing and taking in: headstamp pack and take, or the page Exchange.",
    "erasure": "Ask for it: headstamp erase, or Erase on the page of the record.",
}


def refuse_by_hand(kind: RecordType) -> None:
    """Refuses what comes of an act of its own, by which more is looked at than a form has. Raises Invalid."""
    if not kind.cls.BY_HAND:
        raise Invalid(f"a {kind.title} is not written down by hand",
                      [Problem("it comes of an act of its own", _ACTS[kind.name])])


def refuse_unhashed(made: Record) -> None:
    """Refuses a person's word that files were hashed and are what came in. Raises Invalid."""
    if isinstance(made, Custody) and made.act == FILES_CHECKED:
        raise Invalid("that files were checked is not written down by hand", [Problem(
            "it comes of hashing them", "Hash them: headstamp custody ID --check-files.", "act", made.act)])


def enter(
    case: Case, kind: str, values: Mapping[str, Any], *, clearance: str, actor: str, reason: str
) -> Outcome:
    """Records a new record. Raises Invalid with every problem at once."""
    type_ = kind_named(kind)
    refuse_by_hand(type_)
    closed = closed_fields(type_, clearance)
    made = type_.cls.build({k: v for k, v in values.items() if k not in closed and k != "id"})
    refuse_unhashed(made)
    _only_seen(case, made, clearance)
    with case.change(actor=actor, reason=reason) as change:
        return change.put(made, expected=0)


def correct(
    case: Case, record_id: str, values: Mapping[str, Any], *, expected: int, clearance: str,
    actor: str, reason: str,
) -> Outcome:
    """Records a new version of a record; ``expected`` is the version the person saw.

    Raises Missing, Invalid with every problem at once, Conflicting where
    somebody was faster.
    """
    seen = case.read(clearance).get(record_id)
    if seen.label == LEFT_OUT:
        raise Refused(f"{record_id} cannot be corrected by who is not shown what it says")
    type_ = kind_of_id(record_id)
    refuse_by_hand(type_)
    whole = case.read("sealed").get(record_id)
    made = type_.cls.build({**_merged(type_, values, seen, whole, clearance), "id": record_id})
    _only_seen(case, made, clearance, set(_named(type_, whole)))
    _same_file(made, whole)
    _same_look(made, whole)
    with case.change(actor=actor, reason=reason) as change:
        return change.put(made, expected=expected)


def _same_file(made: Record, whole: Shown) -> None:
    """An original is never put in another's place, not even by a correction."""
    held = whole.get("digest")
    if held is not None and getattr(made, "digest", None) != held:
        raise Invalid("this record cannot be corrected so", [Problem(
            "its file would be another one", "Record the other file by itself; one that was made from "
            "this one, as a derivative.", "digest", getattr(made, "digest", None) or "")])


def _same_look(made: Record, whole: Shown) -> None:
    """What came of hashing files is not put otherwise, nor does another act become it."""
    if whole.get("act") != FILES_CHECKED:
        refuse_unhashed(made)
        return
    changed = [Problem("this is what came of hashing its files", "Check them again: headstamp custody ID "
                       "--check-files.", name) for name in _LOOK if getattr(made, name) != whole.get(name)]
    if changed:
        raise Invalid("this record cannot be corrected so", changed)


def _merged(
    kind: RecordType, values: Mapping[str, Any], seen: Shown, whole: Shown, clearance: str
) -> dict[str, Any]:
    closed = closed_fields(kind, clearance)
    merged = {name: value for name, value in values.items() if name not in closed}
    for fact in kind.facts:
        kept = whole.get(fact.name)
        if kept is None:
            continue
        if fact.name in closed:
            merged[fact.name] = kept
        elif fact.ref is not None and fact.many:
            unseen = [one for one in kept if one not in seen.get(fact.name, ())]
            if unseen:
                merged[fact.name] = [*merged.get(fact.name, ()), *unseen]
        elif (
            (fact.ref is not None or fact.name == "source")
            and seen.get(fact.name) is None and merged.get(fact.name) is None
        ):
            merged[fact.name] = kept
    return merged


def _named(kind: RecordType, shown: Shown) -> list[str]:
    return [target for _, target in references(
        kind.cls.model_validate({**shown.values, "id": shown.id})
    )]


def _only_seen(
    case: Case, made: Record, clearance: str, known: set[str] | None = None
) -> None:
    named = [(field, id_) for field, id_ in references(made)
             if id_ not in (known or ()) and id_ != made.id]
    seen = case.read(clearance).many([id_ for _, id_ in named])
    missing = [
        Problem(f"{id_} is not in this case", "Record it first, or leave the field out.",
                field=field, value=id_)
        for field, id_ in named if id_ not in seen
    ]
    if missing:
        raise Invalid("some records refer to what is not there", missing)
