"""Official lists: bring a version in, and see which there are.

The file is kept as an original, its entries become records, and every version stays beside the
others: a transfer is held against what was in force when it happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from headstamp.actions.intake.file import import_file
from headstamp.actions.intake.opening import open_for_import, samples
from headstamp.actions.intake.result import ImportResult, Told
from headstamp.errors import Invalid, Problem
from headstamp.intake.mapping import MappingPlan, load
from headstamp.intake.official_list import ListPlan, plan_of, prepared
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.check_builtin import BUILT_IN, entries_of
from headstamp.tracing.check_list import Entry
from headstamp.vocab import fold, vocabulary

_COLUMNS = ("list_name", "list_version", "list_date", "list_kind", "source.document", "in_force")


@dataclass(frozen=True, slots=True)
class ListShown:
    """One version of a list. ``dated`` is empty where its source states no day.

    ``document`` is the id of the file it was read from, empty for a list that comes with
    headstamp; ``dated_entries`` are those that say from when to when they are in force.
    """

    name: str
    version: str
    dated: str
    kind: str
    entries: int
    dated_entries: int
    source: str
    licence: str
    caution: str
    document: str
    built_in: bool

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


def lists(reader: Reader) -> list[ListShown]:
    """All versions of all lists that this reader sees, by name and day; built-in ones too."""
    counted: dict[tuple[str, ...], list[int]] = {}
    for *head, in_force in reader.cells("list_entry", _COLUMNS):
        sums = counted.setdefault(tuple(one or "" for one in head), [0, 0])
        sums[0] += 1
        sums[1] += bool(in_force)
    papers = reader.many([key[4] for key in counted if key[4]])
    found = [
        ListShown(name, version, dated, kind, total, with_days, *_said(papers.get(document)),
                  document if document in papers else "", built_in=False)
        for (name, version, dated, kind, document), (total, with_days) in counted.items()
    ]
    replaced = {fold(one.name) for one in found}
    for one in BUILT_IN:
        if fold(one.name) not in replaced:
            words = one.words
            found.append(ListShown(
                one.name, one.version, one.dated, one.kind, len(entries_of(one.name)), 0,
                words.source, words.licence, words.note, "", built_in=True))
    return sorted(found, key=lambda one: (fold(one.name), one.dated, one.version, one.document))


def entries(reader: Reader) -> list[Entry]:
    """The entries of all lists that this reader sees, ready for the checks."""
    shown = list(reader.stream("list_entry"))
    papers = reader.many(list({_document(one) for one in shown if _document(one)}))
    found = [entry_of(one, papers) for one in shown]
    replaced = {fold(one.list_name) for one in found}
    for one in BUILT_IN:
        if fold(one.name) not in replaced:
            found.extend(entries_of(one.name))
    return found


def entry_of(shown: Shown, papers: Mapping[str, Shown]) -> Entry:
    """A ``list_entry`` record as an entry of the checks; ``papers`` are the lists' files."""
    source, _, caution = _said(papers.get(_document(shown)))
    return Entry(
        shown.id, shown.get("list_name"), shown.get("list_version"), shown.get("list_date"),
        shown.get("list_kind"), shown.get("code"), shown.get("title"), shown.get("in_force") or "",
        tuple(shown.get("countries") or ()), tuple(shown.get("goods") or ()),
        tuple(shown.get("names") or ()),
        tuple((one["scheme"], one["value"]) for one in shown.get("identifiers") or ()),
        bool(shown.get("arms")), shown.get("issuer") or "",
        source or shown.get("issuer") or shown.get("list_name"), caution,
    )


def _document(shown: Shown) -> str:
    return str((shown.get("source") or {}).get("document") or "")


def _said(paper: Shown | None) -> tuple[str, str, str]:
    """Source, licence and caution of a list's file."""
    if paper is None:
        return "", "", ""
    return (paper.get("credit") or paper.label, paper.get("licence") or "", paper.get("caution") or "")


def add_list(
    case: Case, path: Path, *, actor: str, dated: str, name: str = "", version: str = "",
    kind: str = "", issuer: str = "", credit: str = "", licence: str = "", caution: str = "",
    link: str = "", tier: str = "", mapping: Path | None = None, dry_run: bool = False,
    told: Told | None = None,
) -> ImportResult:
    """Brings one version of an official list into a case.

    ``dated`` is the list's own day, ``version`` what its publisher calls it (without one, that
    day), ``kind`` a code of ``list_kind``; ``name`` is the same for every version. Columns are
    matched by name, or by a mapping that makes list entries. The same file again changes
    nothing. Raises Invalid with all problems of the call at once; rows that do not fit are
    counted and wait in a problems file.
    """
    plan = _plan(case, path, mapping)
    name = name or (plan.mapping.name if plan.mapping.recognised_by else "") or path.name.partition(".")[0]
    version = version or dated
    kind = kind or _constant(plan.mapping, "list_kind")
    _checked(name, version, dated, kind, plan.mapping)
    about = {"title": f"{name}, version {version}", "number": version, "issued_on": dated, "credit": credit,
             "licence": licence, "caution": caution, "link": link, "issuer_name": issuer}
    given = {fact: value for fact, value in about.items() if value}
    try:
        BY_NAME["document"].cls.build(given)
    except Invalid as error:
        raise Invalid("the list cannot be described so", error.problems) from None
    exact = prepared(plan.mapping, name=name, version=version, dated=dated, kind=kind, about=given,
                     issuer=issuer, tier=tier)
    result = import_file(case, path, mapping=exact, dry_run=dry_run, actor=actor, told=told,
                         reason=f"official list {name}, version {version}")
    result.matches = plan.matches
    result.warnings[:0] = [*plan.warnings, *_of_another(case, result, name, version, dry_run)]
    return result


def _plan(case: Case, path: Path, mapping: Path | None) -> ListPlan:
    """How the file is read: by a mapping, by what is known of its columns, or by their names."""
    if mapping is not None:
        exact = load(mapping)
        if not any(record.kind.name == "list_entry" for record in exact.records):
            raise Invalid(f"the mapping {exact.name} makes no list entries")
        return ListPlan(exact, [])
    opened = open_for_import(case, path, kind="list_entry", mapping=None)
    with opened.table:
        plan = plan_of(opened.columns, samples(opened.table))
    found = {target for _, target in plan.matches}
    if not {"countries", "goods", "names"} & found and not any("identifiers" in one for one in found):
        raise Invalid(
            f"no column of {path.name} says what the list is about",
            [Problem("countries, goods, names or identifiers are needed", "Name a column so, or say "
                     "which it is with --map MAP.toml.", ", ".join(opened.columns)[:300], file=path.name)],
        )
    if opened.reading:
        plan.mapping = replace(plan.mapping, reading=opened.reading)
    return plan


def _constant(plan: MappingPlan, field: str) -> str:
    for record in plan.records:
        value = record.fields.get(field)
        if value is not None and isinstance(value.constant, str):
            return value.constant
    return ""


def _checked(name: str, version: str, dated: str, kind: str, plan: MappingPlan) -> None:
    """What is given of the list itself must fit before any row is read."""
    problems: list[Problem] = []
    if not kind and not any("list_kind" in record.fields for record in plan.records):
        known = ", ".join(term.code for term in vocabulary("list_kind"))
        problems.append(Problem("what the list is about is not said", f"Say --kind: {known}.", "kind"))
    try:
        BY_NAME["list_entry"].cls.build({
            "list_name": name, "list_version": version or None, "list_date": dated or None,
            "list_kind": kind or "control_list", "code": "-", "title": "-", "goods": ["-"],
        })
    except Invalid as error:
        problems.extend(replace(one, field=one.field.removeprefix("list_")) for one in error.problems)
    if problems:
        raise Invalid("the list cannot be taken in", problems)


def _of_another(
    case: Case, result: ImportResult, name: str, version: str, dry_run: bool
) -> Iterator[str]:
    """The same file under another name or version: both stand, and it is told."""
    if dry_run:
        return
    where = {"source.document": result.document_id}
    heads = case.read("sealed").cells("list_entry", ("list_name", "list_version"), where)
    others = sorted({head for head in heads if head != (name, version)})
    for other, number in others[:3]:
        yield f"the same file is already here as {other}, version {number}: both stand beside each other"


