"""Deciding how a file is read: which mapping, which header, which columns go where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from headstamp.actions.correct import refuse_by_hand
from headstamp.errors import Invalid, Problem, Unreadable
from headstamp.intake.mapping import MappingPlan, load, recognised
from headstamp.intake.matching import Matched, match
from headstamp.intake.problems import EXTRA, mended_name
from headstamp.intake.table import Table, open_table
from headstamp.records import kind_named
from headstamp.store.case import Case

_SAMPLE_ROWS = 300
_TITLE_ROWS = 12
_MOST_COLUMNS = 500


@dataclass
class Opened:
    """A table ready for import.

    ``name`` is the file's name, or for a mended problems file that of the file it came
    from, whose original is ``original``; ``columns`` are the table's without the five
    that a problems file adds; ``matches`` (column, field) pairs for a person to check.
    """

    table: Table
    name: str
    columns: list[str]
    mapping: MappingPlan
    matches: list[tuple[str, str]]
    warnings: list[str] = field(default_factory=list)
    reading: dict[str, Any] = field(default_factory=dict)
    mended: bool = False
    original: Path | None = None


def open_for_import(
    case: Case | None, path: Path, *, kind: str | None, mapping: MappingPlan | Path | None
) -> Opened:
    """Opens a table and decides its mapping: given, recognised by its columns, or by their names.

    Raises Missing, Unreadable, or Invalid for a mapping with errors.
    """
    plan = load(mapping) if isinstance(mapping, Path) else mapping
    wanted = kind_named(kind).name if kind else None
    if wanted is not None:
        refuse_by_hand(kind_named(wanted))
    reading = dict(plan.reading) if plan else {}
    table = open_table(path)
    mended = mended_name(path.name, table.columns)
    if mended is not None:
        return _open_mended(case, table, mended, plan, wanted)
    if plan is None and wanted is None:
        plan = recognised(table.columns)
        reading = dict(plan.reading) if plan else {}
    if reading:
        table.close()
        table = open_table(path, **reading)
    if plan is not None:
        return Opened(table, path.name, table.columns, plan, _shown(plan), reading=reading)
    table, reading = _past_titles(path, table, wanted)
    matched = match(table.columns, kind=wanted, dataset=path.name, samples=samples(table))
    if wanted is None and not matched.matches:
        table.close()
        raise Invalid(
            f"no column of {path.name} has a name that any field is known by",
            [Problem("what the rows are cannot be told", "Say it with --as KIND, or which column "
                     "goes where with --map MAP.toml.", ", ".join(table.columns)[:300], file=path.name)],
        )
    return Opened(table, path.name, table.columns, matched.mapping, matched.matches,
                  matched.warnings, reading)


def _open_mended(
    case: Case | None, table: Table, name: str, plan: MappingPlan | None, kind: str | None
) -> Opened:
    """A problems file is read by the mapping of the file it came from."""
    columns = table.columns[: -len(EXTRA)]
    original = _original(case, name)
    if plan is None and kind is None:
        plan = recognised(columns)
    reading = dict(plan.reading) if plan else {}
    if plan is not None:
        return Opened(table, name, columns, plan, _shown(plan), reading=reading, mended=True,
                      original=original)
    some = samples(table)
    if original is not None:
        first, reading = _past_titles(original, open_table(original), kind)
        with first:
            some = samples(first)
    matched = match(columns, kind=kind, dataset=name, samples=some)
    return Opened(table, name, columns, matched.mapping, matched.matches, matched.warnings,
                  reading, True, original)


def _original(case: Case | None, name: str) -> Path | None:
    if case is None:
        return None
    page = case.read("sealed").list("document", {"original_name": name}, limit=1)
    digest = page.rows[0].get("digest") if page.rows else None
    path = case.vault.path(digest) if digest else None
    return path if path is not None and path.is_file() else None


def _shown(plan: MappingPlan) -> list[tuple[str, str]]:
    """Column and field, for each field a mapping takes from a column."""
    return [
        (column, f"{record.name}.{name}")
        for record in plan.records
        for name, value in record.fields.items()
        for column in dict.fromkeys(value.columns())
    ]


def samples(table: Table) -> Mapping[str, Sequence[str]]:
    """Some cells of each column; the rows are read again afterwards."""
    found: dict[str, list[str]] = {column: [] for column in table.columns}
    for row in islice(table.rows(), _SAMPLE_ROWS):
        if isinstance(row, Problem):
            continue
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell:
                found[column].append(cell)
    return found


def _score(columns: Sequence[str], kind: str | None) -> int:
    matched: Matched = match(columns, kind=kind, dataset="-")
    return len(matched.matches)


def _past_titles(path: Path, table: Table, kind: str | None) -> tuple[Table, dict[str, Any]]:
    """The table with its header where it really is: titles often stand above it."""
    first = _score(table.columns, kind)
    if first >= 2 and first * 2 >= len(table.columns):
        return table, {}
    best, at, header = max(first, 1), 0, [""]
    for number, row in enumerate(islice(table.rows(), _TITLE_ROWS), 1):
        # A header under a narrow title is too wide for it: it comes as a problem.
        cells = row.value.split(table.delimiter or " | ") if isinstance(row, Problem) else row.cells
        names = [cell for cell in cells if cell and len(cell) < 100]
        if 2 <= len(names) <= _MOST_COLUMNS and (score := _score(names, kind)) > best:
            best, at, header = score, row.row or number if isinstance(row, Problem) else row.number, names
    if not at:
        return table, {}
    # Blank rows above the title are not among the rows: look a little further down.
    for number in range(at + 1, at + 4):
        try:
            lower = open_table(path, header_row=number)
        except Unreadable:
            continue
        if header[0] in lower.columns:
            table.close()
            return lower, {"header_row": number}
        lower.close()
    return table, {}
