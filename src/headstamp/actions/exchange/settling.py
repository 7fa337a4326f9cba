"""Settling: a person looks at versions that contradict each other and says what holds.

Nothing is decided by the program. Both versions stay in the history; the new one names
those that it stands for, so that it ends the matter on every device it reaches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headstamp.actions.correct import closed_fields
from headstamp.actions.exchange.devices import titles
from headstamp.errors import Conflicting, Invalid, Problem
from headstamp.evidence.entry import named_parts
from headstamp.records import kind_of_id
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.reader import Reader
from headstamp.store.shown import Rival, Shown

HERE = "this device"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the versions that contradict each other.

    ``number`` 0 is the current one. ``log`` and ``entry`` say where it was put on file first,
    ``device`` what that device is called here; ``actor`` and ``at`` who put it on file or, of
    one that came from elsewhere (``made_here`` false), who took it in here.
    """

    number: int
    log: str
    entry: int
    device: str
    made_here: bool
    actor: str
    at: str
    reason: str
    values: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The side as plain JSON values."""
        return {"number": self.number, "log": self.log, "entry": self.entry, "device": self.device,
                "made_here": self.made_here, "actor": self.actor, "at": self.at,
                "reason": self.reason, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Contest:
    """A record whose versions contradict each other: all sides, and the fields that differ."""

    record: Shown
    sides: tuple[Side, ...]
    rivals: tuple[Rival, ...]
    fields: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The rivals' names in all logs: what ``settle`` is told that the person saw."""
        return tuple(one.name for one in self.rivals)

    def as_dict(self) -> dict[str, Any]:
        """The contest as plain JSON values; for each field what each side says of it."""
        return {
            "id": self.record.id, "kind": self.record.kind, "label": self.record.label,
            "version": self.record.version, "sides": [one.as_dict() for one in self.sides],
            "fields": [{"name": name, "values": [side.values.get(name) for side in self.sides]}
                       for name in self.fields],
        }


def contest_of(reader: Reader, origin: str, record_id: str) -> Contest:
    """All sides of a record, as this reader may see them, the current one first.

    Raises Missing. Where nothing is to be settled there is one side and no field.
    """
    current, some = reader.get(record_id), reader.rivals(record_id)
    called = titles(reader)
    events = {event.seq: event for event in reader.history(record_id)}
    sides = []
    for number, (seq, values) in enumerate(
        [(current.seq, current.values), *((one.seq, one.values) for one in some)]
    ):
        event = events[seq]
        here = event.act in ("put", "settle")
        log, entry = (origin, seq) if here else named_parts(event.of[0])
        device = HERE if log == origin else called.get(log, log)
        sides.append(Side(number, log, entry, device, here, event.actor, event.at, event.reason, values))
    differing = {name for one in some for name in one.differs}
    kind = kind_of_id(record_id)
    return Contest(current, tuple(sides), tuple(some),
                   tuple(fact.name for fact in kind.facts if fact.name in differing))


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
