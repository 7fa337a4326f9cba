"""Tables of counts that add up: what is shown, what is not, what is not known, in all.

Every record of the kind stands in exactly one row of each table. A table that
does not add up to its own total is never printed: the counts and the records
then disagree, which is for ``headstamp verify`` to explain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headstamp.errors import Tampered
from headstamp.kinds.quantity import COUNT_METHOD, UNIT
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.tables import YEAR

SHOWN = 15
_NAMED = 400
# Words of the vocabularies that say that nothing is known.
_NOT_KNOWN = (None, "", "unknown")


@dataclass(frozen=True, slots=True)
class Count:
    """One row: a value as stored, its label, how many records."""

    value: Any
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts of ``unit`` by one field. ``rows`` + ``other`` + ``unknown`` = ``total``.

    ``others`` is how many further values ``other`` holds. ``every`` has all
    rows, those under "other" too, for whoever draws them.
    """

    name: str
    title: str
    head: str
    unit: str
    rows: tuple[Count, ...]
    other: int
    others: int
    unknown: int
    total: int
    unknown_label: str = "not known"
    every: tuple[Count, ...] = ()

    @property
    def adds_up(self) -> bool:
        return sum(row.count for row in self.rows) + self.other + self.unknown == self.total


@dataclass(frozen=True, slots=True)
class Amount:
    """Groups with a quantity in one unit, counted in one way: how many groups, how much in all."""

    unit: str
    method: str
    groups: int
    amount: float

    @property
    def unit_label(self) -> str:
        return UNIT.show(self.unit)

    @property
    def method_label(self) -> str:
        return COUNT_METHOD.show(self.method) if self.method else ""


@dataclass(frozen=True, slots=True)
class Quantities:
    """Items as records: single ones, and groups with their quantities.

    ``singles`` + the groups of all ``amounts`` = ``items``. ``pieces`` adds single
    items and the groups counted in pieces; other units are never added to them.
    """

    items: int
    singles: int
    amounts: tuple[Amount, ...]

    @property
    def groups(self) -> int:
        return sum(amount.groups for amount in self.amounts)

    @property
    def pieces(self) -> float:
        grouped = math.fsum(a.amount for a in self.amounts if a.unit == "piece")
        return self.singles + grouped

    @property
    def adds_up(self) -> bool:
        return self.singles + self.groups == self.items


def tabulate(
    reader: Reader, kind: str, by: str, *, title: str, head: str, shown: int = SHOWN,
    unit: str = "", unknown_label: str = "not known", where: Mapping[str, Any] | None = None,
) -> CountTable:
    """The records of a kind counted by one field, commonest first (years in their order).

    Raises Tampered where the counts do not add up to the total.
    """
    total, groups = reader.count(kind, by, where)
    known = [(value, n) for value, n in groups if value not in _NOT_KNOWN and n]
    unknown = sum(n for value, n in groups if value in _NOT_KNOWN)
    every = _labelled(reader, kind, by, known)
    rows = every[:shown]
    if len(every) == shown + 1:  # "other: 1 value" would take the same room and say less
        rows = every
    if by == YEAR:
        rows = sorted(rows, key=lambda row: row.label)
    rest = every[len(rows):]
    table = CountTable(
        name=f"{kind}-by-{by}", title=title, head=head, unit=unit or BY_NAME[kind].slug.replace("-", " "),
        rows=tuple(rows), other=sum(row.count for row in rest), others=len(rest),
        unknown=unknown, total=total, unknown_label=unknown_label, every=tuple(every),
    )
    if not table.adds_up:
        raise Tampered(
            f"the counts of {table.unit} by {head.lower()} do not add up to {total:,}; nothing is "
            "published. Run `headstamp verify`"
        )
    return table


def _labelled(
    reader: Reader, kind: str, by: str, groups: Sequence[tuple[Any, int]]
) -> list[Count]:
    """Rows with labels; equal counts in the order of their labels, which are the same everywhere."""
    type_ = BY_NAME[kind]
    column = next((c for c in type_.columns if c.name == by), None)
    refers = by == "source_document" or (
        column is not None and type_.by_name[column.fact].ref is not None
    )
    if refers:
        # Only the commonest are ever named; a large case may have very many.
        labels = reader.labels([str(value) for value, _ in groups[:_NAMED]])
        rows = [Count(value, labels.get(str(value), str(value)), n) for value, n in groups]
    elif column is not None and column.kind is not None and column.sql == "text":
        rows = [Count(value, column.kind.show(value), n) for value, n in groups]
    else:
        rows = [Count(value, str(value), n) for value, n in groups]
    return sorted(rows, key=lambda row: (-row.count, row.label, str(row.value)))


def quantities(reader: Reader) -> Quantities:
    """How many items are single, how many are groups, and how much the groups are.

    Sums are made from counts of equal quantities, so that no record is read.
    """
    items, units = reader.count("item", "quantity_unit")
    amounts: list[Amount] = []
    singles = 0
    for unit, n in units:
        if unit in (None, ""):
            singles = n
            continue
        for method, _ in reader.count("item", "quantity_method", {"quantity_unit": unit})[1]:
            where = {"quantity_unit": unit, "quantity_method": method}
            groups, values = reader.count("item", "quantity_value", where)
            amount = math.fsum((value or 0) * times for value, times in values)
            amounts.append(Amount(unit, method or "", groups, amount))
    found = Quantities(
        items, singles,
        tuple(sorted(amounts, key=lambda a: (a.unit != "piece", a.unit, a.method))),
    )
    if not found.adds_up:
        raise Tampered("single items and groups do not add up; run `headstamp verify`")
    return found
