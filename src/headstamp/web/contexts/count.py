"""Counts of one kind, by one column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from headstamp.actions.measures.effort import of_count
from headstamp.records import kind_named
from headstamp.store.reader import Reader
from headstamp.web.contexts.listing import value_labels
from headstamp.web.page import ON_PAGE, Context, Params

MOST_GROUPS = 10_000


@dataclass(frozen=True)
class Group:
    """So many records have this value (none: it is empty)."""

    value: Any
    label: str
    count: int


@dataclass(frozen=True)
class CountContext(Context):
    """The groups add up to the total, unless ``more`` of them were left out.

    ``effort`` is what was done in the field behind it, in words; empty where a count follows no looking.
    """

    kind: str
    by: str
    total: int
    groups: tuple[Group, ...]
    more: int
    effort: str = ""
    title: str = field(default="", metadata=ON_PAGE)


def count_context(reader: Reader, params: Params) -> CountContext:
    """How many records of ``params.path['kind']``, by ``by`` if asked."""
    kind = kind_named(params.path["kind"])
    by = params.text("by")
    where = {name: value for name, value in params.query if name != "by"}
    total, groups = reader.count(kind.name, by or None, where)
    named = value_labels(reader, kind, by, [value for value, _ in groups[:MOST_GROUPS]])
    return CountContext(
        kind.name, by, total,
        tuple(Group(value, label, n) for (value, n), label in zip(groups, named, strict=False)),
        max(0, len(groups) - MOST_GROUPS), of_count(reader, kind.name, where)[1],
    )
