"""Importing photographs: each file kept untouched, with what its camera claims beside it.

Time and place from a camera are claims, never facts. A photograph belongs to
an item by a table (file name, tag) or because its name begins with the item's
tag (``A-12_left.jpg``). The same file twice is noticed by its digest and kept
once. What nobody should decode (a picture made to fill the memory of who opens
it) is kept all the same, undecoded, and said to be so: it may be evidence.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from headstamp.actions.cases import index_case
from headstamp.actions.intake.refused_rows import problems_file
from headstamp.actions.intake.result import ImportResult, Told
from headstamp.actions.thumbnails import thumbnail_of
from headstamp.errors import HeadstampError, Invalid, Missing, Problem, Unreadable
from headstamp.intake.photo import PhotoFacts, is_photo, read_photo
from headstamp.intake.table import open_table
from headstamp.kinds.identity import derived_id
from headstamp.records import Photograph
from headstamp.store.case import Case
from headstamp.store.memory import as_path
from headstamp.vocab import fold

BATCH = 50
MOST_WARNINGS = 200
_TABLES = frozenset({".csv", ".tsv", ".xlsx", ".ods", ".xls"})
_FILE_COLUMNS = frozenset(map(fold, (
    "file", "file name", "filename", "photo", "photograph", "image", "picture", "photo file",
    "fichier", "nom du fichier", "archivo", "foto", "файл", "имя файла", "фото", "الملف", "صورة",
)))
_TAG_COLUMNS = frozenset(map(fold, (
    "tag", "item", "item tag", "tag no", "item no", "exhibit", "exhibit no", "evidence no",
    "étiquette", "etiqueta", "бирка", "رقم",
)))
_VIEWS = {
    "left": "whole_left", "right": "whole_right", "marking": "marking", "markings": "marking",
    "serial": "marking", "detail": "detail", "box": "package", "crate": "package",
    "context": "context", "site": "site",
}


def is_for_photographs(path: Path) -> bool:
    """Whether this path is a folder or a picture file."""
    return path.is_dir() or (path.is_file() and is_photo(path))


@dataclass
class _Picture:
    """One file with its facts and the records it is attached to."""

    path: Path
    name: str
    facts: PhotoFacts
    items: tuple[str, ...] = ()
    view: str | None = None


def import_photographs(
    case: Case, source: str | Path | Sequence[Path], *, table: Path | None = None,
    pattern: str | None = None, actor: str, reason: str | None = None, dry_run: bool = False,
    told: Told | None = None, index: bool = True,
) -> ImportResult:
    """Imports picture files, or all in a folder and its subfolders.

    ``table`` has a column of file names and one of item tags (a table of that kind lying
    in the folder is found by itself); ``pattern`` is a regular expression whose first group
    is the tag, tried on the file's name. Without either a tag at the start of the name
    counts. Raises Missing, Invalid for a pattern or table that does not fit.
    """
    result = ImportResult(mapping_name="photographs")
    root, files, others = _files(source)
    name = root.name or "photographs"
    tags, used = _table_tags(table, others)
    if used is not None:
        result.warnings.append(f"items are taken from the table {used.name}")
    by_name = _compiled(pattern)
    if not files:
        result.warnings.append(f"there is no photograph in {name}")
    left_out = [path.name for path in others if path != used]
    if left_out:
        result.warnings.append("not photographs, left out: " + ", ".join(left_out[:20])
                               + (f" and {len(left_out) - 20} more" if len(left_out) > 20 else ""))
    candidates = {path: _candidates(path, tags, by_name) for path in files}
    known = _items_by_tag(case, {tag for some in candidates.values() for tag in some}, result)
    seen: dict[str, str] = {}
    started = time.monotonic()
    with problems_file(case, name, ["file"], dry_run=dry_run) as problems:
        batch: list[_Picture] = []
        for number, path in enumerate(files, 1):
            result.read += 1
            shown = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
            try:
                facts = read_photo(path, whatever=True)
            except HeadstampError as error:
                result.refused += 1
                wrong = error.problems or (Problem(error.message, "Ask for the file again."),)
                problems.add(number, (shown,), [replace(p, file=shown, row=number) for p in wrong])
                continue
            result.warnings.extend(str(problem) for problem in facts.problems)
            if facts.sha256 in seen:
                result.unchanged += 1
                result.warnings.append(f"{shown} is the same file as {seen[facts.sha256]}; kept once")
                continue
            seen[facts.sha256] = shown
            item, view = _attached(path, candidates[path], known)
            if not item and candidates[path] and tags:
                result.warnings.append(f"{shown}: no item has the tag {candidates[path][0]!r}")
            batch.append(_Picture(path, shown, facts, item, view))
            if len(batch) >= BATCH or number == len(files):
                _write(case, batch, actor, reason or f"photographs from {name}", dry_run, result)
                batch = []
                if told is not None:
                    told(number, number / len(files), number / max(time.monotonic() - started, 1e-6))
        if batch:
            _write(case, batch, actor, reason or f"photographs from {name}", dry_run, result)
        result.problems = problems.finish()
    if len(result.warnings) > MOST_WARNINGS:
        more = len(result.warnings) - MOST_WARNINGS
        result.warnings[MOST_WARNINGS:] = [f"and {more:,} more such warnings"]
    if index and not dry_run:
        index_case(case)
    return result


def _files(source: str | Path | Sequence[Path]) -> tuple[Path, list[Path], list[Path]]:
    """The common folder, the picture files in order of name, and the other files."""
    given = [as_path(source)] if isinstance(source, (str, Path)) else [as_path(p) for p in source]
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            # A link could lead out of the folder that was named.
            found.extend(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()
                         and not p.name.startswith("."))
        elif path.is_file():
            found.append(path)
        else:
            raise Missing(f"there is no file {path}")
    root = given[0] if given and given[0].is_dir() else Path(given[0]).parent if given else Path()
    found.sort()
    pictures = [path for path in found if is_photo(path)]
    chosen = set(pictures)
    return root, pictures, [path for path in found if path not in chosen]


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    try:
        found = re.compile(pattern)
    except re.error as error:
        raise Invalid(f"the file-name pattern is not one: {error}") from error
    if found.groups < 1:
        raise Invalid("the file-name pattern needs a group (...) that holds the item's tag")
    return found


def _table_tags(
    table: Path | None, others: Iterable[Path]
) -> tuple[dict[str, list[str]], Path | None]:
    """Tags by folded file name, and the table they come from."""
    if table is not None:
        found = _read_tags(table)
        if found is None:
            raise Invalid(f"{table.name} has no column of file names beside one of item tags",
                          [Problem("columns missing", "Name them file and tag.", file=table.name)])
        return found, table
    for path in others:
        if path.suffix.lower() in _TABLES:
            try:
                found = _read_tags(path)
            except Unreadable:
                continue
            if found is not None:
                return found, path
    return {}, None


def _read_tags(path: Path) -> dict[str, list[str]] | None:
    with open_table(path) as table:
        folded = [fold(column) for column in table.columns]
        file_at = next((n for n, name in enumerate(folded) if name in _FILE_COLUMNS), None)
        tag_at = next((n for n, name in enumerate(folded) if name in _TAG_COLUMNS), None)
        if file_at is None or tag_at is None:
            return None
        tags: dict[str, list[str]] = {}
        for row in table.rows():
            if isinstance(row, Problem):
                continue
            file, tag = row.cells[file_at], row.cells[tag_at]
            if file and tag:
                name = file.replace("\\", "/").rpartition("/")[2].strip().casefold()
                tags.setdefault(name, []).append(tag.strip())
        return tags


def _candidates(
    path: Path, tags: Mapping[str, list[str]], pattern: re.Pattern[str] | None
) -> list[str]:
    """The tags this file may belong to: all from the table, else by its name, longest first."""
    given = tags.get(path.name.casefold()) or tags.get(path.stem.casefold())
    if given:
        return given
    if pattern is not None:
        found = pattern.search(path.name)
        return [found[1]] if found and found[1] else []
    stem = path.stem
    ends = [n for n in range(len(stem), 0, -1) if n == len(stem) or not stem[n].isalnum()]
    return [stem[:n].strip() for n in ends if stem[:n].strip()]


def _items_by_tag(case: Case, tags: set[str], result: ImportResult) -> dict[str, str]:
    """Item ids by folded tag; a tag that several items have is told and left out."""
    wanted = {tag.casefold() for tag in tags}
    found: dict[str, list[str]] = {}
    if wanted:
        for shown in case.read("sealed").stream("item"):
            tag = str(shown.get("tag") or "").casefold()
            if tag in wanted:
                found.setdefault(tag, []).append(shown.id)
    for tag, ids in sorted(found.items()):
        if len(ids) > 1:
            result.warnings.append(f"{len(ids)} items have the tag {tag!r}: its photographs are not attached")
    return {tag: ids[0] for tag, ids in found.items() if len(ids) == 1}


def _attached(
    path: Path, candidates: Sequence[str], known: Mapping[str, str]
) -> tuple[tuple[str, ...], str | None]:
    words = re.split(r"[^a-z]+", path.stem.casefold())
    view = next((_VIEWS[word] for word in words if word in _VIEWS), None)
    for tag in candidates:
        item = known.get(tag.casefold())
        if item is not None:
            return (item,), view
    return (), view


def _write(
    case: Case, batch: Sequence[_Picture], actor: str, reason: str, dry_run: bool,
    result: ImportResult,
) -> None:
    ids = {picture.facts.sha256: derived_id("photo", "file", picture.facts.sha256) for picture in batch}
    there = case.read("sealed").many(list(ids.values()))
    records: list[tuple[_Picture, Photograph]] = []
    for picture in batch:
        id_ = ids[picture.facts.sha256]
        before = there.get(id_)
        if before is None:
            records.append((picture, _record(id_, picture)))
        else:
            items = tuple(before.get("items") or ())
            more = tuple(item for item in picture.items if item not in items)
            if more:
                values = {**before.values, "items": (*items, *more)}
                records.append((picture, Photograph.build(values, id=id_)))
            else:
                result.unchanged += 1
                result.warnings.append(f"{picture.name} is in the case already")
    result.accepted += len(records)
    if dry_run or not records:
        return
    with case.change(actor=actor, reason=reason) as change:
        # First the records: where one was erased, its file must not come back either.
        change.put_many([record for _, record in records])
        for picture, _ in records:
            change.file(picture.path)
    for picture, _ in records:
        if not picture.facts.decoded:
            continue
        try:
            # Made now rather than at the first look: a folder of HEIC would be slow to open.
            thumbnail_of(case, picture.facts.sha256, clearance="sealed")
        except Unreadable as error:
            result.warnings.append(f"{picture.name} has no thumbnail: {error.message}")


def _record(id_: str, picture: _Picture) -> Photograph:
    facts = picture.facts
    values: dict[str, Any] = {
        "items": picture.items, "view": picture.view, "digest": facts.sha256, "mime": facts.mime,
        "size": facts.size, "original_name": picture.name, "generation": "original",
        "width": facts.width or None, "height": facts.height or None,
        "taken_on": facts.taken_at_iso,
        "direction": None if facts.direction_degrees is None else round(facts.direction_degrees),
        "camera": " ".join(part for part in (facts.make, facts.model) if part) or None,
        "claims": "\n".join(_claims(facts)) or None,
    }
    if facts.latitude is not None and facts.longitude is not None:
        values["place"] = {"latitude": facts.latitude, "longitude": facts.longitude}
    return Photograph.build({k: v for k, v in values.items() if v is not None}, id=id_)


def _claims(facts: PhotoFacts) -> Iterator[str]:
    if facts.taken_at:
        yield f"time as the camera printed it: {facts.taken_at}"
    if facts.altitude_m is not None:
        yield f"altitude: {facts.altitude_m} m"
    if facts.software:
        yield f"software: {facts.software}"
    yield from facts.notes
    yield from (problem.rule for problem in facts.problems)
