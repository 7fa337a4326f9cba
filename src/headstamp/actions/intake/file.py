"""Importing a file: its rows become records, the file itself is kept as an original.

Written in batches, each durable before the next begins. A run that was cut off
is simply run again: ids follow from the rows, so what is there already is
found unchanged. Nothing of a refused row is written; it waits in a problems
file to be mended.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from headstamp.actions.cases import index_case
from headstamp.actions.intake.batches import Batches, Written
from headstamp.actions.intake.opening import Opened, open_for_import
from headstamp.actions.intake.photographs import import_photographs, is_for_photographs
from headstamp.actions.intake.refused_rows import problems_file
from headstamp.actions.intake.result import ImportResult, Told
from headstamp.actions.intake.tags import with_tags
from headstamp.actions.intake.tiers import highest_tier
from headstamp.actions.rare_collections import rare_collections
from headstamp.errors import Invalid, Missing, Problem, Unreadable
from headstamp.intake.identity import Identity, Occurrences, identity, key_of
from headstamp.intake.importing import Planned, Planner, Refusal
from headstamp.intake.lineage import MOST_ROWS, Lineage, identities
from headstamp.intake.mapping import MappingPlan
from headstamp.intake.problems import ProblemsFile
from headstamp.intake.table import Row, open_table
from headstamp.intake.value import compiled
from headstamp.kinds.counted import plural
from headstamp.kinds.identity import derived_id
from headstamp.kinds.tier import TIERS
from headstamp.records import Document
from headstamp.store.case import Case
from headstamp.store.memory import as_path

BATCH_ROWS = 5_000
BATCH_RECORDS = 15_000


def look_at(
    case: Case | None, path: str | Path, *, kind: str | None = None,
    mapping: MappingPlan | Path | None = None,
) -> Opened:
    """How a file would be read: its mapping and which column goes where. Writes nothing."""
    opened = open_for_import(case, as_path(path), kind=kind, mapping=mapping)
    opened.table.close()
    return opened


def import_file(
    case: Case, path: str | Path, *, kind: str | None = None,
    mapping: MappingPlan | Path | None = None, tier: str | None = None, dry_run: bool = False,
    actor: str, reason: str | None = None, told: Told | None = None, index: bool = True,
) -> ImportResult:
    """Imports a table (or a photograph, or a folder of them) into a case.

    ``kind`` names the kind of record where no mapping does; ``mapping`` is a
    mapping or its file; ``tier`` is that of records whose row names none. ``dry_run``
    checks every row against the case and writes nothing there; its problems file lies in a
    temporary folder.
    Raises Missing or Unreadable for the file, Invalid for a mapping that does not
    fit; rows that do not fit are counted.
    """
    where = as_path(path)
    if is_for_photographs(where):
        return import_photographs(case, where, actor=actor, reason=reason, dry_run=dry_run,
                                  told=told, index=index)
    opened = open_for_import(case, where, kind=kind, mapping=mapping)
    if tier is not None:
        if tier not in TIERS:
            raise Invalid(f"a tier is one of {', '.join(TIERS)}, not {tier!r}")
        given = {**opened.mapping.defaults, "tier": tier}
        opened.mapping = replace(opened.mapping, defaults=given)
    with opened.table, rare_collections():
        result = _run(case, where, opened, dry_run, actor, reason or f"import of {where.name}", told)
    if index and not dry_run:
        index_case(case)  # also where nothing is new: an earlier run may have been cut off before it
    return result


def _run(
    case: Case, path: Path, opened: Opened, dry_run: bool, actor: str, reason: str,
    told: Told | None,
) -> ImportResult:
    plan = opened.mapping
    digest, size = _digest(path)
    document = _document(plan, opened, path.name, digest, size)
    batches = Batches(case, actor=actor, reason=reason, dry_run=dry_run, document=document)
    if not dry_run:
        batches.keep_document(path)
    result = ImportResult(
        document_id=document.id, mapping_name=plan.name, matches=opened.matches,
        warnings=[*opened.warnings, *plan.warnings],
    )
    plan = opened.mapping = with_tags(case, opened)
    planner = Planner(plan, opened.columns, document.id, path.name,
                      named=_naming(case, path, opened, digest, result))
    started = time.monotonic()
    with problems_file(case, opened.name, opened.columns, dry_run=dry_run) as problems:

        def write(batch: list[Planned]) -> None:
            done = batches.write(batch)
            _count(result, done, problems)
            if told is not None:
                seconds = max(time.monotonic() - started, 1e-6)
                told(result.read, opened.table.progress(), result.read / seconds)

        _each_row(opened, planner, result, problems, write)
        result.problems = problems.finish(reading=path)
    _warn(result, opened, planner, batches)
    return result


def _each_row(
    opened: Opened, planner: Planner, result: ImportResult, problems: ProblemsFile,
    write: Callable[[list[Planned]], None],
) -> None:
    batch: list[Planned] = []
    records = 0
    try:
        for number, found in _rows(opened, planner):
            result.read += 1
            if isinstance(found, Planned):
                batch.append(found)
                records += len(found.records)
                if len(batch) >= BATCH_ROWS or records >= BATCH_RECORDS:
                    write(batch)
                    batch, records = [], 0
            else:
                result.refused += 1
                cells, wrong = (found.cells, found.problems) if isinstance(found, Refusal) \
                    else (None, [found])
                problems.add(number, cells, wrong)
    except Unreadable as error:
        # What was read so far stands; the rest of the file is told about, never dropped silently.
        if not result.read:
            raise
        result.warnings.append(f"reading stopped after {result.read:,} rows: {error.message}")
    write(batch)


def _rows(
    opened: Opened, planner: Planner
) -> Iterator[tuple[int, Planned | Refusal | Problem]]:
    width = len(opened.columns)
    mended = opened.mended
    for row in opened.table.rows():
        if isinstance(row, Problem):
            yield row.row or 0, row
        elif not mended:
            yield row.number, planner.row(row.number, row.cells)
        else:
            number, cells = _original_number(row, width), row.cells[:width]
            if any(cells):
                yield number, planner.row(number, cells)
            else:
                advice = "Write the row's cells into this file, then import it."
                yield number, Problem("the row has no cells", advice, row=number)


def _original_number(row: Row, width: int) -> int:
    told = (row.cells[width] or "").strip()
    return int(told) if told.isdecimal() and len(told) < 12 else row.number


def _count(result: ImportResult, done: Sequence[Written], problems: ProblemsFile) -> None:
    for one in done:
        if one.problems:
            result.refused += 1
            problems.add(one.row.number, one.row.cells, one.problems)
        elif one.changed:
            result.accepted += 1
        else:
            result.unchanged += 1


def _warn(result: ImportResult, opened: Opened, planner: Planner, batches: Batches) -> None:
    result.warnings.extend(opened.table.notes)
    if not result.read:
        result.warnings.append("there are no rows below the header")
    if planner.repeated:
        result.warnings.append(
            f"{plural(planner.repeated, 'row has', 'rows have')} a key that an earlier row has too; each is kept as a "
            "record of its own"
        )
    if batches.versions:
        result.warnings.append(f"{plural(batches.versions, 'record was there already and has', 'records were there already and have')} a new version")
    if known := batches.tags_of_others():
        some = ", ".join(known[:5]) + (" ..." if len(known) > 5 else "")
        result.warnings.append(
            f"{plural(len(known), 'tag is', 'tags are')} of another item already ({some}): a file of another name "
            "makes items of its own. If it is the newer state of a file that came in, give it that file's name"
        )
    if batches.empty_rows:
        result.warnings.append(f"{plural(batches.empty_rows, 'row holds', 'rows hold')} nothing that is recorded")


def _digest(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), stream.tell()
    except FileNotFoundError as error:
        raise Missing(f"there is no file {path}") from error
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from error


def _document(
    plan: MappingPlan, opened: Opened, name: str, digest: str, size: int
) -> Document:
    about = dict(plan.document)
    about.setdefault("title", name)
    about.setdefault("document_kind", "source_file")
    about.setdefault("tier", highest_tier(opened))
    return Document.build(
        about, id=derived_id("doc", "import", digest), digest=digest, size=size,
        original_name=name, generation="copy",
    )


def _naming(
    case: Case, path: Path, opened: Opened, digest: str, result: ImportResult
) -> Callable[[int, bool, str, int], Identity] | None:
    """Other identities than the rows' own: of mended rows, and of changed rows without a key."""
    if opened.mended:
        return _as_mended(opened)
    if opened.mapping.key:
        return None
    earlier = [
        shown for shown in case.read("sealed").list(
            "document", {"original_name": path.name}, descending=False, limit=1000).rows
        if shown.get("digest")
    ]
    if not any(shown.get("digest") != digest for shown in earlier):
        return None
    lines = Lineage()
    try:
        for shown in earlier:
            original = open_table(case.vault.open(shown.get("digest")), **opened.reading)
            lines.follow(_some(identities(original)))
        now = lines.follow(_some(identities(open_table(path, **opened.reading))))
    except (_TooMany, Missing, Unreadable, Invalid) as error:
        result.warnings.append("changed rows cannot be paired with an earlier state of this file "
                               f"and are recorded as new ones: {error}")
        return None

    def named(number: int, keyed: bool, text: str, occurrence: int) -> Identity:
        return now.get(number) or identity(keyed, text, occurrence)

    return named


class _TooMany(Exception):
    """More rows than are paired."""


def _some(rows: Iterator[tuple[int, Identity]]) -> dict[int, Identity]:
    found: dict[int, Identity] = {}
    for number, known in rows:
        if len(found) >= MOST_ROWS:
            raise _TooMany(f"it has more than {MOST_ROWS:,} rows")
        found[number] = known
    return found


def _as_mended(opened: Opened) -> Callable[[int, bool, str, int], Identity]:
    """Identities of mended rows: what they were in the original, or the next that is free there."""
    width = len(opened.columns)
    wanted = {
        _original_number(row, width) for row in opened.table.rows() if not isinstance(row, Problem)
    }
    seen, stood = Occurrences(), {}
    if opened.original is not None:
        table = open_table(opened.original, **opened.reading)
        places = {column: place for place, column in enumerate(table.columns)}
        key = key_of([compiled(value, places) for value in opened.mapping.key])
        for row in table.rows():
            if not isinstance(row, Problem):
                _, text = key(row.cells)
                occurrence = seen.next(text)
                if row.number in wanted:
                    stood[row.number] = (text, occurrence)

    def named(number: int, keyed: bool, text: str, occurrence: int) -> Identity:
        before = stood.get(number)
        if before is not None and before[0] == text:
            return identity(keyed, text, before[1])
        return identity(keyed, text, seen.next(text))

    return named
