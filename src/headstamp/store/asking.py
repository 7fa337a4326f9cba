"""Asking by a column without learning what may not be seen.

A field that names a hidden record is empty for this reader (``Reader`` shows it
so), and must be empty too when somebody asks, counts or sorts by it: otherwise
``?site=`` or the order of a list would tell that the hidden site is there.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_, case, exists, false, null, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from headstamp.errors import Invalid
from headstamp.records import BY_PREFIX, TYPES, Fact, RecordType
from headstamp.store.tables import CURRENT, REF

SOURCE = "source_document"


def named_prefixes(fact: Fact) -> tuple[str, ...] | None:
    """The prefixes of the records a field names; None where it names none."""
    if fact.name == "source":
        return ("doc",)
    if fact.ref is None:
        return None
    return fact.ref or tuple(kind.prefix for kind in TYPES)


def is_hidden(column: ColumnElement[Any], fact: Fact, rank: int) -> ColumnElement[bool]:
    """Whether a column names a record that this rank may not see."""
    prefixes = named_prefixes(fact)
    assert prefixes is not None
    tables = [CURRENT[BY_PREFIX[prefix].name] for prefix in prefixes]
    hidden = [select(table.c.id).where(table.c.visible_rank > rank) for table in tables]
    return column.in_(hidden[0] if len(hidden) == 1 else union_all(*hidden))


def condition(
    kind: RecordType, table: Table, column: ColumnElement[Any], fact: Fact, value: Any, rank: int
) -> ColumnElement[bool]:
    """The condition that a column has a value (None: is empty), as this rank sees it."""
    if named_prefixes(fact) is None:
        return column.is_(None) if value is None else column == value
    if fact.many:
        return _among_many(table, fact, value, rank)
    names = table.c[SOURCE] if fact.name == "source" else column
    if value is None:
        return or_(column.is_(None), is_hidden(names, fact, rank))
    if names is not column:
        return and_(column == value, ~is_hidden(names, fact, rank))
    target = BY_PREFIX.get(str(value).partition("-")[0])
    if target is None:
        return false()
    seen = CURRENT[target.name]
    visible = exists().where(seen.c.id == value, seen.c.visible_rank <= rank)
    if fact.facet or fact.name == "source":
        return and_(column == value, visible)
    # No index on the column itself; the table of references is one.
    naming = select(REF.c.from_id).where(REF.c.to_id == value, REF.c.field == fact.name)
    return and_(table.c.id.in_(naming), visible)


def _among_many(table: Table, fact: Fact, value: Any, rank: int) -> ColumnElement[bool]:
    if value is None:
        raise Invalid(f"{fact.name} holds several values and cannot be asked for being empty")
    target = BY_PREFIX.get(str(value).partition("-")[0])
    if target is None:
        return false()
    seen = CURRENT[target.name]
    naming = select(REF.c.from_id).where(REF.c.to_id == value, REF.c.field == fact.name)
    return and_(
        table.c.id.in_(naming), exists().where(seen.c.id == value, seen.c.visible_rank <= rank)
    )


def ordering(
    table: Table, column: ColumnElement[Any], fact: Fact | None, rank: int
) -> ColumnElement[Any]:
    """A column to sort or group by; where it names a hidden record it counts as empty."""
    if fact is None or named_prefixes(fact) is None:
        return column
    if fact.many:
        raise Invalid(f"{fact.name} holds several values and cannot be sorted or counted by")
    names = table.c[SOURCE] if fact.name == "source" else column
    return case((is_hidden(names, fact, rank), null()), else_=column)
