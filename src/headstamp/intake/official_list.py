"""An official list as a table: which column is what, and which row is which entry.

The columns are matched by name, in the words such lists use; what is known by its columns (see
``official_lists``) is read exactly. A row is known by the list's name, its version and the
entry's code, so that the same file again changes nothing and another version stands beside the
first. Rows with one code (two periods of one embargo) are entries of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from headstamp.intake.mapping import MappingPlan, RecordPlan, from_text
from headstamp.intake.patterns import date_value
from headstamp.intake.value import Value
from headstamp.records import BY_NAME
from headstamp.vocab import fold, vocabulary

# By which names lists call what we ask of them; compared without case, accents and punctuation.
_WORDS: dict[str, tuple[str, ...]] = {
    "code": ("code", "key", "id", "entry", "number", "no", "ref", "reference", "regime id", "list id",
             "programme id", "program id", "entry id", "un reference number", "control code", "uid",
             "ent num"),
    "title": ("title", "description", "regime", "programme", "program", "embargo", "label", "text",
              "description of goods", "substance", "hs description"),
    "issuer": ("issuer", "issued by", "authority", "published by", "body"),
    "from": ("from", "from date", "start", "start date", "in force from", "since", "valid from",
             "date from", "listed on", "date listed", "listing date", "effective date", "begin", "du",
             "date of listing", "imposed", "imposed on"),
    "to": ("to", "to date", "end", "end date", "in force to", "in force until", "until", "valid to",
           "valid until", "date to", "lifted", "lifted on", "delisted on", "expires", "expiry date", "au"),
    "in_force": ("in force", "period", "in force from when to when", "dates"),
    "countries": ("countries", "country", "target", "targets", "target country", "target countries",
                  "territory", "territories", "target territories", "country code", "iso2", "iso"),
    "goods": ("goods", "hs", "hs code", "hs codes", "customs code", "cn code", "cas", "cas no",
              "cas number", "cas rn", "codes", "ml category", "control list entry", "eccn", "rating",
              "category", "codes of goods", "hs6"),
    "names": ("name", "names", "entity name", "entity", "whole name", "full name", "primary name",
              "party", "sdn name", "caption"),
    "aliases": ("aliases", "alias", "aka", "a k a", "also known as", "other names", "alternative names",
                "good quality aka", "weak aliases"),
    "arms": ("arms", "arms measure", "arms embargo", "covers arms", "is arms embargo"),
    "measures": ("measures", "measure", "restrictions", "sanctions"),
    "link": ("link", "url", "source url", "web page"),
}
_REGISTERS = {
    "lei": "lei", "imo": "imo", "imo number": "imo", "swift": "bic", "bic": "bic", "inn": "inn", "ogrn": "ogrn",
    "tax id": "tax register", "tax number": "tax register", "registration number": "trade register",
    "company number": "trade register", "duns": "duns", "business id": "business id",
}
# What stands in a column of dates where there is none.
_OPEN = ("-", "–", "—", "..", "?", "present", "Present", "ongoing", "Ongoing", "open", "Open", "n/a",
         "N/A", "none", "None", "in force", "In force", "still in force", "Still in force")


@dataclass
class ListPlan:
    """How a list's table is read: its mapping, (column, field) as shown, and warnings."""

    mapping: MappingPlan
    matches: list[tuple[str, str]]
    warnings: list[str] = field(default_factory=list)


@cache
def known_lists() -> tuple[MappingPlan, ...]:
    """The mappings of lists that are known by their columns."""
    folder = files("headstamp.intake").joinpath("official_lists")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(from_text(f.read_text(encoding="utf-8"), f.name) for f in found)


def plan_of(columns: Sequence[str], samples: Mapping[str, Sequence[str]]) -> ListPlan:
    """How a table of these columns is read as a list. ``samples`` are some cells of each."""
    for known in known_lists():
        if known.fits(columns):
            shown = [(column, name) for plan in known.records
                     for name, value in plan.fields.items() for column in value.columns()]
            return ListPlan(known, shown)
    targets, registers = _targets(columns)
    warnings: list[str] = []
    fields = _fields(targets, registers, samples, warnings)
    taken = {*targets.values(), *registers}
    leftover = tuple(column for column in columns if column not in taken)
    if leftover:
        warnings.append("no field takes these columns; their cells are kept in the remark: "
                        + ", ".join(leftover))
    named = [targets[name] for name in ("code", "goods", "names", "title", "countries") if name in targets]
    key = (Value(first=tuple(Value(column=column) for column in named)),) if named else ()
    entry = RecordPlan(name="entry", kind=BY_NAME["list_entry"], fields=fields, leftover=leftover)
    matches = [(column, name) for name, column in targets.items()]
    matches += [(column, f"identifiers ({scheme})") for column, scheme in registers.items()]
    return ListPlan(MappingPlan(name="column names", key=key, records=(entry,)), matches, warnings)


def prepared(
    plan: MappingPlan, *, name: str, version: str, dated: str, kind: str, about: Mapping[str, str],
    issuer: str = "", tier: str = "",
) -> MappingPlan:
    """The mapping for one version of a list: its name, version, day and kind in every entry."""
    fixed = {"list_name": name, "list_version": version, "list_date": dated, "list_kind": kind}
    records = []
    for one in plan.records:
        if one.kind.name != "list_entry":
            records.append(one)
            continue
        fields = {**one.fields, **{key: Value(constant=value) for key, value in fixed.items() if value}}
        if issuer and "issuer" not in fields:
            fields["issuer"] = Value(constant=issuer)
        records.append(replace(one, fields=fields))
    defaults = {**plan.defaults, **({"tier": tier} if tier else {})}
    return replace(
        plan, name=name, dataset=f"official list\x1f{name}\x1f{version}", records=tuple(records),
        defaults=defaults, document={"document_kind": "dataset", **plan.document, **about},
    )


def _targets(columns: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Column by field, each once, and the columns of registers with their scheme."""
    by_word = {fold(word): target for target, words in _WORDS.items() for word in words}
    targets: dict[str, str] = {}
    registers: dict[str, str] = {}
    for column in columns:
        word = fold(column.replace("_", " "))
        bare = fold(re.sub(r"\([^)]*\)", " ", column.replace("_", " ")))
        target = by_word.get(word) or by_word.get(bare)
        scheme = _REGISTERS.get(word) or _REGISTERS.get(bare)
        if target is not None and target not in targets:
            targets[target] = column
        elif scheme is not None:
            registers[column] = scheme
    return targets, registers


def _fields(
    targets: Mapping[str, str], registers: Mapping[str, str],
    samples: Mapping[str, Sequence[str]], warnings: list[str],
) -> dict[str, Value]:
    fields: dict[str, Value] = {}

    def first(*names: str) -> Value:
        return Value(first=tuple(Value(column=targets[n]) for n in names if n in targets))

    fields["code"] = first("code", "goods", "names", "title", "countries")
    fields["title"] = first("title", "names", "code", "goods", "countries")
    for name in ("issuer", "arms", "measures"):
        if name in targets:
            fields[name] = Value(column=targets[name])
    if "link" in targets:
        fields["link"] = Value(column=targets["link"], match=r"^\s*(https?://\S+)\s*$")
    if "from" in targets or "to" in targets:
        ends = []
        for name in ("from", "to"):
            if name not in targets:
                ends.append(Value())  # nothing is said: that end is open
                continue
            value, warning = date_value(targets[name], samples.get(targets[name], ()))
            ends.append(replace(value, empty=_OPEN))
            if warning:
                warnings.append(f"column {targets[name]!r}: day and month cannot be told apart; such rows "
                                "are refused, for in force from when to when decides")
        fields["in_force"] = Value(interval=tuple(ends))
    elif "in_force" in targets:
        fields["in_force"] = Value(column=targets["in_force"], empty=_OPEN)
    if "countries" in targets:
        fields["countries"] = _split(targets["countries"], samples, _is_country)
    if "goods" in targets:
        fields["goods"] = _split(targets["goods"], samples, _is_code)
    names = [_split(targets[name], samples) if name == "aliases" else Value(column=targets[name])
             for name in ("names", "aliases") if name in targets]
    if names:
        fields["names"] = Value(all=tuple(names))
    if registers:
        fields["identifiers"] = Value(all=tuple(
            {"scheme": Value(constant=scheme), "value": Value(column=column)}
            for column, scheme in registers.items()
        ))
    return fields


def _split(column: str, samples: Mapping[str, Sequence[str]], fits: object = None) -> Value:
    """A cell of several: parted by ; or | or a line end; by commas only where each part fits."""
    cells = samples.get(column, ())
    for mark in (";", "|", "\n"):
        if any(mark in cell for cell in cells):
            return Value(column=column, split=mark)
    if callable(fits) and any("," in cell for cell in cells) and all(
        fits(part.strip()) for cell in cells for part in cell.split(",") if part.strip()
    ):
        return Value(column=column, split=",")
    return Value(column=column)


def _is_country(text: str) -> bool:
    return vocabulary("countries").find(text) is not None or bool(re.fullmatch(r"[A-Z]{2,4}", text))


def _is_code(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z]{0,3}[\dA-Za-z.\- ]{1,16}", text)) and any(c.isdigit() for c in text)
