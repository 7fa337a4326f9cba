"""Settling: a person looks at versions that contradict each other and says what holds.

Nothing is decided by the program. Both versions stay in the history; the new one names
those that it stands for, so that it ends the matter on every device it reaches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headstamp.actions.correct import closed_fields
from headstamp.errors import Conflicting, Invalid, Problem
from headstamp.records import kind_of_id
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.shown import Rival, Shown


def rivals(case: Case, record_id: str, clearance: str) -> tuple[Shown, list[Rival]]:
    """The current version of a record and those that contradict it. Raises Missing."""
    with case.read(clearance).snapshot() as reader:
        return reader.get(record_id), reader.rivals(record_id)


def chosen_values(
    current: Shown, some: Sequence[Rival], chosen: Mapping[str, int]
) -> dict[str, Any]:
    """The values of the version that settles: for each field 0 for the current, 1 for the first
    rival and so on; a field that is not named stays as it is. Raises Invalid."""
    sides = [current.values, *(one.values for one in some)]
    contested = {name for one in some for name in one.differs}
    problems = [
        Problem("not a field in which the versions differ", field=name, value=name)
        for name in chosen if name not in contested
    ] + [
        Problem(f"there are versions 0 to {len(some)}", field=name, value=str(number))
        for name, number in chosen.items() if not 0 <= number <= len(some)
    ]
    if problems:
        raise Invalid("this choice cannot be made", problems)
    values = dict(current.values)
    for name, number in chosen.items():
        value = sides[number].get(name)
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return values


def settle(
    case: Case, record_id: str, values: Mapping[str, Any], *, names: Sequence[str], expected: int,
    clearance: str, actor: str, reason: str,
) -> Outcome:
    """Puts a version on file that stands for the current one and the rivals of these names.

    ``expected`` is the version the person saw, ``names`` the rivals: raises Conflicting where
    others are there by now, so that nobody settles what they did not see. Raises Invalid
    where somebody with a higher clearance has to look, for fields differ that are hidden.
    """
    kind = kind_of_id(record_id)
    with case.change(actor=actor, reason=reason) as change:
        seen, some = rivals(case, record_id, clearance)
        whole, all_ = rivals(case, record_id, "sealed")
        if seen.version != expected or {one.name for one in some} != set(names):
            raise Conflicting(f"{record_id} is not as you saw it any more. Look again, then decide.")
        closed = closed_fields(kind, clearance)
        hidden = {one.name for one in all_} - set(names) or any(
            name in closed for one in all_ for name in one.differs)
        if hidden:
            raise Invalid("the versions differ in what you may not see; somebody with a higher "
                          "clearance has to settle this")
        kept = {name: value for name, value in whole.values.items() if name in closed}
        record = kind.cls.build({**values, **kept, "id": record_id})
        return change.settle(record, [*names, *_silent(case, record_id, names)], case.origin)


def _silent(case: Case, record_id: str, names: Sequence[str]) -> list[str]:
    """Open versions that say what the current one says: settled along with the others."""
    return [name for name in case.open_names(record_id) if name not in names]
