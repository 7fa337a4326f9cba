"""What comes out of the store for a reader: a record as it may be seen, a page, a history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headstamp.records import Fact, RecordType
from headstamp.store.tables import YEAR


@dataclass(frozen=True)
class Shown:
    """A record as one reader sees it: only what is visible, as plain JSON values."""

    kind: str
    id: str
    version: int
    seq: int
    values: Mapping[str, Any]
    label: str

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field; the default where it is empty or not visible."""
        return self.values.get(name, default)

    def as_dict(self) -> dict[str, Any]:
        """The record as one JSON object."""
        return {"id": self.id, "kind": self.kind, "version": self.version, **self.values}


@dataclass(frozen=True)
class Page:
    """Some records of a list, and how many there are in all."""

    rows: list[Shown]
    total: int
    offset: int = 0


@dataclass(frozen=True)
class Event:
    """One version of a record in its history: who, when, why, and what it then said.

    ``act`` and ``of`` are those of its entry in the log: whether it was made here, and if
    not, which version of which log it is. One that was held aside never was current here.
    """

    seq: int
    version: int
    actor: str
    at: str
    reason: str
    values: Mapping[str, Any]
    changed: tuple[str, ...] = field(default=())
    act: str = "put"
    of: tuple[str, ...] = ()
    # Fields that it had and of which two people had the values erased.
    erased: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether it was kept beside the current version and is not in its line."""
        return self.act in ("hold", "same")


@dataclass(frozen=True)
class Rival:
    """A version of another device that contradicts the current one, and stands open.

    ``name`` is its name in all logs, ``seq`` the entry here by which it was taken in,
    ``differs`` the visible fields in which it says something else than the current one.
    """

    name: str
    seq: int
    taken_by: str
    taken_at: str
    values: Mapping[str, Any]
    differs: tuple[str, ...]


def column_facts(kind: RecordType) -> dict[str, Fact]:
    """The fact that each column of a type's table comes from."""
    found = {column.name: kind.by_name[column.fact] for column in kind.columns}
    if kind.when:
        found[YEAR] = kind.by_name[kind.when]
    return found


def label_of(kind: RecordType, record_id: str, values: Mapping[str, Any]) -> str:
    """A record's label made of visible values only; its id where these give none."""
    shell = kind.cls.model_construct(
        id=record_id,
        **{fact.name: values.get(fact.name, () if fact.many else fact.default
                                 if fact.name in values or not fact.required else None)
           for fact in kind.facts},
    )
    try:
        return shell.label() or record_id
    except (TypeError, AttributeError):
        return record_id
