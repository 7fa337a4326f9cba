"""What a version of a record becomes in the tables: computed in one place.

The writer stores these values, the verifier computes them again; so a value
changed behind the store's back cannot hide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from headstamp.records import Record, RecordType
from headstamp.records.spec import body as body_of
from headstamp.store.policy import field_rank
from headstamp.store.refs import Refs, references
from headstamp.store.tables import YEAR, facet_columns


@dataclass(slots=True)
class Row:
    """One version of one record, ready for the tables."""

    id: str
    version: int
    rank: int
    names: tuple[str, ...]
    values: list[bytes]
    body: bytes
    columns: list[Any]
    refs: list[tuple[str, str]]
    cell: tuple[str, ...]
    before: int | None = None
    # What a version from another device, or one that settles several, has besides.
    act: str = "put"
    of: tuple[str, ...] = ()
    seed: bytes | None = None
    # The commitments, where the seed is gone because values are erased.
    fields: Mapping[str, str] | None = None
    # Whether it is the one that lists and searches show from now on.
    current: bool = True


@cache
def _places(kind: RecordType) -> tuple[tuple[int, ...], int, int]:
    """Where the facet columns stand among the columns; the date's; how many there are."""
    names = [column.name for column in kind.columns]
    facets = tuple(names.index(name) for name in facet_columns(kind) if name != YEAR)
    when = names.index(f"{kind.when}_from") if kind.when else -1
    return facets, when, len(names)


def make_row(
    kind: RecordType, record: Record, version: int, rank: int, names: tuple[str, ...],
    values: list[bytes], refs: Refs | None = None, body: bytes | None = None,
) -> Row:
    """The rows of one version: its columns, references, facet cell and body (made where not given)."""
    columns = kind.project(record)
    cell = facet_cell(kind, columns)
    return Row(
        record.id, version, rank, names, values,
        body_of(names, values) if body is None else body, columns,
        references(record) if refs is None else refs, cell,
    )


def facet_cell(kind: RecordType, columns: list[Any]) -> tuple[str, ...]:
    """The facet cell that a row's columns fall into; adds the year to the columns."""
    facets, when, _ = _places(kind)
    cell = [
        value if type(value) is str else cell_text(value)
        for value in map(columns.__getitem__, facets)
    ]
    if when >= 0:
        first = columns[when]
        year = first[:4] if first else None
        columns.append(year)
        cell.append(year or "")
    return tuple(cell)


def cell_text(value: Any) -> str:
    """A facet's value as the counts hold it: empty where there is none."""
    if value is None:
        return ""
    if type(value) is bool:
        return "true" if value else "false"
    return str(value)


Shows = Callable[[Any], str]


@cache
def _text_facts(kind: RecordType) -> tuple[tuple[int, tuple[tuple[str, Shows], ...]], ...]:
    """For each clearance, the fields whose text it needs, and how each is shown."""
    by_rank: dict[int, list[tuple[str, Shows]]] = {}
    for fact in kind.facts:
        if fact.text:
            shows = fact.show if fact.many or fact.kind is None else str
            by_rank.setdefault(field_rank(kind.name, fact.name), []).append((fact.name, shows))
    return tuple((rank, tuple(facts)) for rank, facts in sorted(by_rank.items()))


def search_texts(kind: RecordType, values: dict[str, Any], rank: int) -> list[tuple[int, str]]:
    """The texts by which a record is found: (clearance needed, text), one for each clearance."""
    found = []
    for field_needs, facts in _text_facts(kind):
        words = [
            shows(value) for name, shows in facts
            if (value := values.get(name)) is not None and value != []
        ]
        if words:
            found.append((max(rank, field_needs), "\n".join(words)))
    return found
