"""The marking reference library of a case: look a code up, and bring a list in.

The library is the case's own ``reference`` records, as one clearance sees them. It is read once
and kept in memory until an entry is added, put right or hidden: a page then asks it for the
price of a few look-ups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from headstamp.actions.intake.file import import_file, look_at
from headstamp.actions.intake.result import ImportResult, Told
from headstamp.errors import HeadstampError, Invalid, Problem
from headstamp.intake.mapping import MappingPlan
from headstamp.intake.photo import read_photo
from headstamp.intake.reference_list import (
    file_names,
    picture_column,
    prepared,
    shipped_list,
)
from headstamp.intake.table import open_table
from headstamp.kinds.counted import plural
from headstamp.kinds.date import bounds
from headstamp.kinds.identity import derived_id
from headstamp.kinds.kind import Unfit
from headstamp.markings.reference import (
    ANY,
    CAUTION,
    Answer,
    Context,
    Entry,
    Library,
    Possible,
    known_to,
)
from headstamp.markings.reference_codes import codes_in, kinds_of
from headstamp.records import BY_NAME, Photograph
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

_FIELDS = ("code", "symbol", "maker", "seat", "country", "used_from", "used_to", "family",
           "products", "meaning", "cited", "doubt", "grade", "photograph")
_KEPT: WeakKeyDictionary[Case, dict[str, tuple[tuple[int, int], Library]]] = WeakKeyDictionary()


def entry_of(shown: Shown) -> Entry:
    """A ``reference`` record as an entry of the library."""
    source = shown.get("source") or {}
    return Entry(
        id=shown.id, kind=shown.get("reference_kind", "unknown"), source=source.get("document", ""),
        **{name: shown.get(name) or "" for name in _FIELDS},
    )


def library(case: Case, reader: Reader) -> Library:
    """The library as this reader sees it."""
    newest = reader.list("reference", limit=1)
    # An entry added, corrected or hidden changes one of the two.
    stamp = (newest.total, newest.rows[0].seq if newest.rows else -1)
    kept = _KEPT.setdefault(case, {})
    held = kept.get(reader.clearance)
    if held is None or held[0] != stamp:
        held = stamp, Library.build(entry_of(one) for one in reader.stream("reference"))
        kept[reader.clearance] = held
    return held[1]


def look_up(
    case: Case, reader: Reader, code: str, context: Context = ANY, limit: int = 50
) -> Answer:
    """What the library says of a code, or of each part of a marking. Raises Invalid for no text."""
    if not code.strip():
        raise Invalid("there is no code to look for; give it as it is read, unread characters as ?")
    _checked(context)
    return replace(
        library(case, reader).find_any(codes_in(code), context, limit), asked=code
    )


def _checked(context: Context) -> None:
    try:
        if context.made_on:
            bounds(context.made_on)
    except Unfit as unfit:
        raise Invalid(f"the year cannot be used: {unfit.rule}. {unfit.advice}") from None


def of_marking(
    case: Case, reader: Reader, marking: Shown, item: Shown | None, limit: int = 12
) -> Answer | None:
    """What the library says of a marking on an item; None where it can be no code at all."""
    text = marking.get("text")
    kind = marking.get("marking_kind", "unknown")
    codes = codes_in(text, kind) if text else ()
    if not codes:
        return None
    about = context_of(item, kind)
    return replace(library(case, reader).find_any(codes, about, limit), asked=text)


def context_of(item: Shown | None, marking_kind: str = "unknown") -> Context:
    """What is known of a marking from its item, and from the kind of marking it is."""
    kinds = kinds_of(marking_kind) or ()
    if item is None or item.kind != "item":
        return Context(kinds=kinds)
    return Context(
        kinds=kinds, made_on=item.get("made_on") or "", country=item.get("country") or "",
        maker=item.get("make") or "", family=item.get("family") or "",
    )


def is_known_to(case: Case, reader: Reader, code: str, maker: str) -> dict[str, Any]:
    """Whether the library knows this code as this maker's, and who else it knows it for.

    For the desk that writes trace requests: ``answer`` is ``yes``, ``perhaps``, ``others`` or
    ``not_in_library``; none of them is proof.
    """
    found = known_to(library(case, reader), code, maker)
    return {"code": code, "maker": maker, "answer": found.answer, "caution": CAUTION,
            "entries": [one.id for one in found.entries],
            "others": [{"id": one.id, "maker": one.maker, "country": one.country}
                       for one in found.others]}


def answer_dict(answer: Answer) -> dict[str, Any]:
    """An answer as the command line and the pages give it in JSON."""
    return {
        "asked": answer.asked, "sentence": answer.sentence, "caution": CAUTION,
        "makers": list(answer.makers), "countries": list(answer.countries),
        "possible": [_told(one) for one in answer.possible],
        "set_aside": [_told(one) for one in answer.set_aside], "more": answer.more,
    }


def _told(one: Possible) -> dict[str, Any]:
    entry = one.entry
    said = {"kind": entry.kind, **{name: getattr(entry, name) for name in _FIELDS},
            "source": entry.source}
    return {"id": entry.id, **{name: value for name, value in said.items() if value},
            "asked": one.asked, "how": one.how, "why": list(one.why), "against": list(one.against)}


def import_list(
    case: Case, path: Path, *, actor: str, name: str = "", version: str = "", dated: str = "",
    credit: str = "", licence: str = "", link: str = "", kind: str = "", grade: str = "",
    tier: str | None = None, mapping: Path | None = None, pictures: Path | None = None,
    dry_run: bool = False, reason: str | None = None, told: Told | None = None,
) -> ImportResult:
    """Brings one's own list of reference markings into the library.

    ``name`` is the list's name (without one the file's name), the same for each issue of it:
    what is unchanged in a newer issue stays as it is, what is put right makes a new version.
    ``version`` and ``dated`` are this issue's. ``kind`` is that of entries whose row names none,
    ``grade`` the list's as a source. ``pictures`` is the folder in which a column of pictures
    names files. Raises Invalid with all problems of the call at once; rows that do not fit are
    counted and wait in a problems file.
    """
    opened = look_at(case, path, kind="reference", mapping=mapping)
    plan = replace(opened.mapping, reading=opened.reading)
    if not any(record.kind.name == "reference" for record in plan.records):
        raise Invalid(f"the mapping {plan.name} makes no reference markings")
    about = {"title": name or path.name, "document_kind": "dataset", "number": version,
             "issued_on": dated, "credit": credit, "licence": licence, "link": link}
    about = {fact: value for fact, value in about.items() if value}
    try:
        BY_NAME["document"].cls.build(about)
    except Invalid as error:
        raise Invalid("the list cannot be described so", error.problems) from None
    _known_kind(kind, grade)
    column = picture_column(plan)
    named = _named_files(path, plan, column) if column else {}
    ids: Mapping[str, str] | None = None if named else {}
    if named and pictures is not None:
        ids = _pictures(case, path, named, column, pictures, dry_run, actor, tier)
    plan = prepared(plan, name=name or path.name, about=about, kind=kind, grade=grade, pictures=ids)
    result = import_file(case, path, kind="reference", mapping=plan, tier=tier, dry_run=dry_run,
                         actor=actor, reason=reason or f"reference list {name or path.name}", told=told)
    result.matches = opened.matches
    result.warnings[:0] = opened.warnings
    if ids is None:
        result.warnings.append(f"the column {column!r} names {plural(len(named), 'file')}; their names are kept "
                               "in the remark, --pictures FOLDER brings the pictures in")
    return result


def _known_kind(kind: str, grade: str) -> None:
    given = {"reference_kind": kind or "unknown", **({"grade": grade} if grade else {})}
    BY_NAME["reference"].cls.build(given, code="-", meaning="-")


def import_shipped(
    case: Case, name: str, *, actor: str, dry_run: bool = False, told: Told | None = None
) -> ImportResult:
    """Brings a list that comes with headstamp into the library. Raises Missing naming all."""
    one = shipped_list(name)
    with one.table() as path:
        return import_file(case, path, mapping=one.mapping, dry_run=dry_run, actor=actor,
                           reason=f"reference list {name}, shipped with headstamp", told=told)


def _named_files(path: Path, plan: MappingPlan, column: str) -> dict[str, int]:
    """The files that a list's column of pictures names, each with its first row."""
    named: dict[str, int] = {}
    with open_table(path, **plan.reading) as table:
        for row, name in file_names(table, column):
            named.setdefault(name, row)
    return named


def _pictures(
    case: Case, path: Path, named: Mapping[str, int], column: str, folder: Path, dry_run: bool,
    actor: str, tier: str | None,
) -> Mapping[str, str]:
    """The photographs that a list names, kept as originals: id by the name in the list."""
    found, problems = {}, []
    inside = folder.resolve()
    for name, row in named.items():
        file = (folder / name).resolve()
        try:
            if not file.is_relative_to(inside):
                raise Invalid(f"{name} is not in the folder {folder.name}")
            found[name] = (file, read_photo(file))
        except HeadstampError as error:
            problems.append(Problem(error.message, "Put the picture into the folder, or empty the "
                                    "cell.", column, name, row=row, file=path.name))
    if problems:
        raise Invalid("pictures that the list names cannot be taken", problems)
    ids = {name: derived_id("photo", "picture", facts.sha256) for name, (_, facts) in found.items()}
    if dry_run or not found:
        return {}  # there is no photograph yet that an entry could name
    with case.change(actor=actor, reason=f"pictures of the reference list {path.name}") as change:
        records: dict[str, Photograph] = {}
        for name, (file, facts) in found.items():
            change.file(file)
            records[ids[name]] = Photograph.build(
                id=ids[name], digest=facts.sha256, mime=facts.mime, size=facts.size,
                width=facts.width or None, height=facts.height or None, original_name=file.name,
                generation="copy", tier=tier or "partner",
            )
        change.put_many(list(records.values()))
    return ids
