"""A mapping: how the rows of one kind of table become records, as data (TOML).

A table is recognised by its columns (``recognised_by``), never by its name.
Errors in a mapping are told all at once, each naming its key. The form of the
file is described in ``docs/import.md``; the shipped mappings in
``intake/mappings`` are examples of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from headstamp.errors import HeadstampError, Invalid, Missing, Problem, Unreadable
from headstamp.intake.value import Value, not_a_pattern, parse
from headstamp.records import BY_NAME, RecordType, kind_named

_TOP = frozenset({
    "name", "title", "dataset", "recognised_by", "key", "reading", "document", "defaults",
    "records", "warnings",
})
_READING = {
    "skip_rows": int, "skip_after_header": int, "header_row": int, "sheet": str,
    "delimiter": str, "encoding": str,
}
_DOCUMENT = frozenset({
    "title", "credit", "licence", "caution", "link", "document_kind", "issuer_name", "tier",
    "remark", "issued_on",
})
_DEFAULTS = frozenset({"tier", "grade"})
_RECORD = frozenset({"name", "kind", "key", "shared", "known_as", "when", "each", "fields"})


@dataclass(frozen=True)
class When:
    """A condition on one cell: not empty, ``among`` these, ``none_of`` those, with a ``match``.

    Or, with ``ref``, on another record: that this row makes it.
    """

    column: str
    among: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    match: str = ""
    ref: str = ""


@dataclass(frozen=True)
class RecordPlan:
    """One record to be made of each row.

    ``shared`` records (a maker, the weapon a part was in) are the same for all
    rows with the same ``key`` and are recorded once, never changed by a later row.
    ``known_as`` is the name from which ids are made where several records stand for the
    same things (the first and the second importer that a row names); its own, if empty.
    """

    name: str
    kind: RecordType
    fields: Mapping[str, Value]
    key: tuple[Value, ...] = ()
    shared: bool = False
    when: tuple[When, ...] = ()
    # Made only where at least one of these columns holds something; none named: always.
    when_any: tuple[str, ...] = ()
    # Fields whose list of words is closed: an unknown word stays in the remark.
    lenient: frozenset[str] = frozenset()
    # Fields in which a tag may stand for the id of its item.
    by_tag: frozenset[str] = frozenset()
    # Columns nothing else takes: kept in the remark as "column: value".
    leftover: tuple[str, ...] = ()
    known_as: str = ""

    def columns(self) -> list[str]:
        """The columns it reads, in order."""
        found = [name for value in (*self.key, *self.fields.values()) for name in value.columns()]
        whens = (one.column for one in self.when if not one.ref)
        return [*found, *whens, *self.when_any, *self.leftover]


@dataclass(frozen=True)
class MappingPlan:
    """A whole mapping. ``dataset`` and the rows' ``key`` decide the records' ids."""

    name: str
    title: str = ""
    dataset: str = ""
    recognised_by: tuple[str, ...] = ()
    key: tuple[Value, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    records: tuple[RecordPlan, ...] = ()
    warnings: tuple[str, ...] = ()

    def columns(self) -> list[str]:
        """The columns it reads, each once, in order."""
        found = [name for value in self.key for name in value.columns()]
        found.extend(name for plan in self.records for name in plan.columns())
        return list(dict.fromkeys(found))

    def fits(self, columns: Sequence[str]) -> bool:
        """Whether a table with these columns is one of this mapping's."""
        return bool(self.recognised_by) and set(self.recognised_by) <= set(columns)


def load(path: Path) -> MappingPlan:
    """The mapping in a file. Raises Missing, Unreadable, or Invalid naming every wrong key."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise Missing(f"there is no mapping {path}") from error
    except OSError as error:
        raise Unreadable(f"the mapping {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"the mapping {path} is not UTF-8 text") from error
    return from_text(text, path.name)


def from_text(text: str, name: str) -> MappingPlan:
    """The mapping in a TOML text. Raises Invalid naming every wrong key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"the mapping {name} is not TOML: {error}") from error
    problems: list[Problem] = []
    plan = _mapping(raw, Path(name).stem, problems)
    if problems:
        raise Invalid(f"the mapping {name} cannot be used",
                      [replace(problem, file=name) for problem in problems])
    return plan


@cache
def shipped() -> tuple[MappingPlan, ...]:
    """The mappings that come with headstamp, in order of name."""
    folder = files("headstamp.intake").joinpath("mappings")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(from_text(f.read_text(encoding="utf-8"), f.name) for f in found)


def recognised(columns: Sequence[str]) -> MappingPlan | None:
    """The shipped mapping whose columns these are; the most demanding one where several fit."""
    fitting = [plan for plan in shipped() if plan.fits(columns)]
    return max(fitting, key=lambda plan: len(plan.recognised_by), default=None)


def _mapping(raw: dict[str, Any], name: str, problems: list[Problem]) -> MappingPlan:
    _only(raw, _TOP, "", problems)
    reading = _table(raw, "reading", frozenset(_READING), problems)
    for key, value in reading.items():
        wanted = _READING.get(key)
        if wanted is not None and type(value) is not wanted:
            problems.append(Problem(f"must be {'a number' if wanted is int else 'text'}", "",
                                    f"reading.{key}", repr(value)))
    document = _table(raw, "document", _DOCUMENT, problems)
    _valid(BY_NAME["document"], {"title": "-", **document}, "document", problems)
    defaults = _table(raw, "defaults", _DEFAULTS, problems)
    _valid(BY_NAME["note"], {"about": "item-0000", "text": "-", **defaults}, "defaults", problems)
    records = raw.get("records")
    if not isinstance(records, list) or not records:
        problems.append(Problem("a mapping makes at least one record", "Add [[records]].", "records"))
        records = []
    plans: list[RecordPlan] = []
    for number, one in enumerate(records):
        if isinstance(one, dict):
            plans.extend(_record(one, f"records[{number}]", problems))
        else:
            problems.append(Problem("must be a table", "Write [[records]].", f"records[{number}]"))
    names = [plan.name for plan in plans]
    problems.extend(
        Problem("two records have this name", "Give each its own name.", "records", again)
        for again in sorted({n for n in names if names.count(n) > 1})
    )
    for number, plan in enumerate(plans):
        problems.extend(
            Problem("a condition names a record above its own", "Use: " + ", ".join(names[:number]) + ".",
                    f"{plan.name}.when", when.ref)
            for when in plan.when if when.ref and when.ref not in names[:number]
        )
        for fact, value in plan.fields.items():
            problems.extend(
                Problem(f"there is no record called {ref!r}", "Use: " + ", ".join(names) + ".",
                        f"{plan.name}.fields.{fact}")
                for ref in _refs(value) if ref not in names
            )
    found = str(raw.get("name", name))
    return MappingPlan(
        name=found, title=str(raw.get("title", found)), dataset=str(raw.get("dataset", found)),
        recognised_by=tuple(_texts(raw, "recognised_by", problems)),
        key=_key(raw.get("key", []), "key", problems), reading=reading, document=document,
        defaults=defaults, records=tuple(plans), warnings=tuple(_texts(raw, "warnings", problems)),
    )


def _record(raw: dict[str, Any], where: str, problems: list[Problem]) -> Iterator[RecordPlan]:
    _only(raw, _RECORD, where, problems)
    try:
        kind = kind_named(str(raw.get("kind", "")))
    except HeadstampError as error:
        problems.append(Problem(error.message, "", f"{where}.kind"))
        return
    given = raw.get("fields")
    if not isinstance(given, dict):
        problems.append(Problem("a record has fields", f"Add [{where}.fields].", f"{where}.fields"))
        return
    known = field_names(kind)
    fields: dict[str, Value] = {}
    for fact, value in given.items():
        if fact not in known:
            problems.append(Problem(f"{kind.title}: there is no field {fact!r}",
                                    "Its fields: " + ", ".join(known) + ".", f"{where}.fields.{fact}"))
            continue
        fields[fact] = parse(value, f"{where}.fields.{fact}", problems)
    plan = RecordPlan(
        name=str(raw.get("name", kind.name)), kind=kind, fields=fields,
        key=_key(raw.get("key", []), f"{where}.key", problems), shared=bool(raw.get("shared", False)),
        when=tuple(_whens(raw.get("when", []), f"{where}.when", problems)),
        known_as=str(raw.get("known_as", "")),
    )
    if plan.known_as and not plan.shared:
        problems.append(Problem("only a shared record is known by another name",
                                "Give key and shared = true.", f"{where}.known_as"))
    if plan.shared != bool(plan.key):
        problems.append(Problem(
            "a record has a key of its own exactly where it is shared by several rows",
            "Give both key and shared = true, or neither; the rows' own key stands at the top.", where,
        ))
    if "each" not in raw:
        yield plan
        return
    each = raw["each"]
    if not isinstance(each, list) or not all(
        isinstance(one, dict) and isinstance(one.get("column"), str) for one in each
    ):
        problems.append(Problem("must be a list of tables, each with a column",
                                'Write each = [{ column = "a" }].', f"{where}.each"))
        return
    for one in each:
        yield replace(
            plan, name=f"{plan.name}/{one['column']}",
            fields={fact: value.with_each(one) for fact, value in fields.items()},
            when=(*(w if w.ref else replace(w, column=w.column or one["column"]) for w in plan.when),
                  *(() if plan.when else (When(one["column"]),))),
        )


def field_names(kind: RecordType) -> list[str]:
    """The names a record's fields have in mappings and tables: structs spread to their parts."""
    names: list[str] = []
    for fact in kind.facts:
        if fact.name == "source":
            continue
        names.extend([f"{fact.name}_{part.name}" for part in fact.parts] or [fact.name])
    return names


def _refs(value: Value) -> Iterator[str]:
    if value.ref:
        yield value.ref
    for inner in (*value.first, *value.interval):
        yield from _refs(inner)
    for one in value.all:
        for inner in one.values() if isinstance(one, Mapping) else (one,):
            yield from _refs(inner)


def _key(raw: Any, where: str, problems: list[Problem]) -> tuple[Value, ...]:
    given = raw if isinstance(raw, list) else [raw]
    return tuple(parse(one, f"{where}[{n}]", problems) for n, one in enumerate(given))


def _whens(raw: Any, where: str, problems: list[Problem]) -> Iterator[When]:
    for number, one in enumerate(raw if isinstance(raw, list) else [raw]):
        if isinstance(one, str):
            yield When(one)
        elif isinstance(one, dict) and set(one) == {"ref"}:
            yield When("", ref=str(one["ref"]))
        elif isinstance(one, dict) and set(one) <= {"column", "is", "not", "match"}:
            pattern = str(one.get("match", ""))
            wrong = not_a_pattern(pattern)
            if wrong:
                problems.append(Problem(wrong, "", f"{where}[{number}].match", pattern))
            # Without a column it is the column of the record made for each of many.
            yield When(
                str(one.get("column", "")), tuple(map(str, one.get("is", ()))),
                tuple(map(str, one.get("not", ()))), "" if wrong else pattern,
            )
        else:
            problems.append(Problem("a condition is a column's name, a table of column, is, not, match, or one of ref",
                                    "", f"{where}[{number}]"))


def _only(
    raw: Mapping[str, Any], known: frozenset[str], where: str, problems: list[Problem]
) -> None:
    problems.extend(
        Problem("there is no such key", "Use: " + ", ".join(sorted(known)) + ".",
                f"{where}.{key}" if where else key)
        for key in sorted(set(raw) - known)
    )


def _table(
    raw: Mapping[str, Any], name: str, known: frozenset[str], problems: list[Problem]
) -> dict[str, Any]:
    found = raw.get(name, {})
    if not isinstance(found, dict):
        problems.append(Problem("must be a table", f"Write [{name}].", name))
        return {}
    _only(found, known, name, problems)
    return {key: value for key, value in found.items() if key in known}


def _texts(raw: Mapping[str, Any], name: str, problems: list[Problem]) -> list[str]:
    found = raw.get(name, [])
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return found
    problems.append(Problem("must be a list of texts", "", name))
    return []


def _valid(
    kind: RecordType, values: Mapping[str, Any], where: str, problems: list[Problem]
) -> None:
    try:
        kind.cls.build(values)
    except Invalid as error:
        problems.extend(replace(p, field=f"{where}.{p.field}") for p in error.problems)
