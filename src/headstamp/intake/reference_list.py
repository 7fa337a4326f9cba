"""A list of reference markings as a table: which of its rows is which entry, and its pictures.

The columns are matched by name like those of any table (see ``matching``; the names come from
the record's declaration), so a list in the trade's own words needs no mapping. What is
particular here:

- A row is known by what it claims: kind, code, sign, maker, country and meaning. A newer issue
  of the list that puts right a date or a doubt makes a new version of that entry; one that
  names another maker for the code makes another entry, as it should.
- All issues of a list share its name, whatever their files are called.
- A column of pictures holds links, or names of files in a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from headstamp.errors import Missing, Problem
from headstamp.intake.mapping import MappingPlan, RecordPlan, When, from_text
from headstamp.intake.table import Table
from headstamp.intake.value import Value
from headstamp.records import BY_NAME

_CLAIM = ("reference_kind", "code", "symbol", "maker", "country", "meaning")
_LINK = r"^\s*(https?://\S+)\s*$"
_ID = r"^\s*(photo-[0-9a-z]{4,40})\s*$"
# Lists that come with headstamp: the table (one of the vocabularies) and its mapping.
_SHIPPED = {"vehicle_makers": "vin_makers.csv", "cartridge_names": "cartridges.csv"}


@dataclass(frozen=True)
class ShippedList:
    """A list that comes with headstamp: its name, its mapping (with licence and credit), its rows."""

    name: str
    mapping: MappingPlan
    rows: int

    @contextmanager
    def table(self) -> Iterator[Path]:
        """The list's file."""
        with as_file(_data(self.name)) as path:
            yield path


def _data(name: str) -> Traversable:
    return files("headstamp.vocab").joinpath("data", _SHIPPED[name])


def shipped_lists() -> tuple[ShippedList, ...]:
    """All lists that come with headstamp."""
    found = []
    for name in _SHIPPED:
        text = files("headstamp.intake").joinpath("reference_lists", f"{name}.toml")
        rows = _data(name).read_text(encoding="utf-8").count("\n") - 1
        found.append(ShippedList(name, from_text(text.read_text(encoding="utf-8"), name), rows))
    return tuple(found)


def shipped_list(name: str) -> ShippedList:
    """The list of that name. Raises Missing naming all."""
    for one in shipped_lists():
        if one.name == name:
            return one
    raise Missing(f"no list called {name!r} comes with headstamp; there are: "
                  + ", ".join(_SHIPPED))


def picture_column(mapping: MappingPlan) -> str:
    """The column of pictures; empty where there is none."""
    plan = _reference(mapping)
    value = plan.fields.get("photograph") if plan else None
    return value.column if value is not None else ""


def file_names(table: Table, column: str) -> Iterator[tuple[int, str]]:
    """The cells of a column that name files: (row, name). Links and ids are none."""
    place = table.columns.index(column)
    for row in table.rows():
        if isinstance(row, Problem):
            continue
        cell = (row.cells[place] or "").strip()
        if cell and not re.match(_LINK, cell) and not re.match(_ID, cell):
            yield row.number, cell


def prepared(
    mapping: MappingPlan, *, name: str, about: Mapping[str, str], kind: str = "", grade: str = "",
    pictures: Mapping[str, str] | None = None,
) -> MappingPlan:
    """The mapping of one's own list: its name, its document, its entries' identity and pictures.

    ``about`` are facts of the list's document, ``kind`` that of entries whose row names none,
    ``pictures`` the photograph's id for each name in the column of pictures.
    """
    records: list[RecordPlan] = []
    for plan in mapping.records:
        if plan.kind.name == "reference":
            records.extend(_with_picture(plan, pictures))
        else:
            records.append(plan)
    if kind:
        records = [_of_kind(plan, kind) for plan in records]
    key = mapping.key or next((_claim(p) for p in records if p.kind.name == "reference"), ())
    defaults = {**mapping.defaults, **({"grade": grade} if grade else {})}
    return replace(
        mapping, name=name, dataset=name, key=key, records=tuple(records), defaults=defaults,
        document={**mapping.document, **about},
    )


def _of_kind(plan: RecordPlan, kind: str) -> RecordPlan:
    if plan.kind.name != "reference" or "reference_kind" in plan.fields:
        return plan
    return replace(plan, fields={**plan.fields, "reference_kind": Value(constant=kind)})


def _reference(mapping: MappingPlan) -> RecordPlan | None:
    return next((plan for plan in mapping.records if plan.kind.name == "reference"), None)


def _claim(plan: RecordPlan) -> tuple[Value, ...]:
    """What a row claims; an empty cell is part of the claim."""
    nothing = Value(constant="")
    return tuple(
        Value(first=(plan.fields[name], nothing)) for name in _CLAIM if name in plan.fields
    )


def _with_picture(
    plan: RecordPlan, pictures: Mapping[str, str] | None
) -> Iterable[RecordPlan]:
    value = plan.fields.get("photograph")
    if value is None or not value.column:
        return [plan]
    column = value.column
    linked = Value(column=column, match=_LINK)
    names = "|".join(re.escape(name) for name in pictures or ())
    choices: Sequence[Value] = (
        Value(column=column, match=_ID),
        *((Value(column=column, match=rf"^\s*({names})\s*$", words=pictures or {}),)
          if names else ()),
        Value(ref="picture"),
    )
    picture = RecordPlan(
        name="picture", kind=BY_NAME["photograph"], key=(linked,), shared=True,
        when=(When(column, match=_LINK),),
        fields={"link": linked, "generation": Value(constant="link"),
                **({"caption": plan.fields["code"]} if "code" in plan.fields else {})},
    )
    fields = {**plan.fields, "photograph": Value(first=tuple(choices))}
    # Names of files that nobody looked for stay in the remark.
    leftover = plan.leftover if pictures is not None else (*plan.leftover, column)
    return [picture, replace(plan, fields=fields, leftover=leftover)]
