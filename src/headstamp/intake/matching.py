"""Columns matched to fields by name, where there is no mapping: shown before anything is written.

Only names decide, in several languages; what a column holds decides at most in
which order its dates are written. A column that no field takes, or that two
fields might, is never lost: its cells stand in the remark as "column: value",
and a warning says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from headstamp.intake import synonyms
from headstamp.intake.mapping import MappingPlan, RecordPlan, When
from headstamp.intake.patterns import date_value, number_value
from headstamp.intake.value import Value
from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDateKind
from headstamp.kinds.naming import Name
from headstamp.kinds.number import NumberKind
from headstamp.records import BY_NAME, Fact, RecordType
from headstamp.vocab import fold

_BY_NAME_REFS: dict[tuple[str, ...], str] = {("party",): "party", ("site",): "site"}
_KINDS = ("item", "site", "party", "transfer", "document", "visit", "tally", "recovery")


@dataclass
class Matched:
    """What was found: a mapping made of it, (column, field) pairs as shown, and warnings."""

    mapping: MappingPlan
    matches: list[tuple[str, str]]
    warnings: list[str] = field(default_factory=list)


def match(
    columns: Sequence[str], *, kind: str | None, dataset: str,
    samples: Mapping[str, Sequence[str]] | None = None,
) -> Matched:
    """The mapping that the columns' names suggest.

    ``kind`` is the kind of record; without one the kind with most matching
    columns is taken, items where in doubt. ``samples`` are some cells of each
    column, which tell how dates and numbers are written.
    """
    warnings: list[str] = []
    if kind is None:
        chosen = _likeliest(columns)
        warnings.append(f"taken as a table of {BY_NAME[chosen].plural.replace('_', ' ')}; "
                        "say --as KIND if it is something else")
    else:
        chosen = kind
    type_ = BY_NAME[chosen]
    targets, unclear = _targets(columns, type_)
    builder = _Builder(type_, dataset, samples or {}, warnings)
    for column in columns:
        if column in targets:
            builder.add(column, targets[column])
        else:
            builder.leave(column)
    for column, wanted in unclear:
        warnings.append(f"column {column!r} would also be {wanted}, which another column gives already")
    return builder.done()


@cache
def _names(kind: RecordType) -> dict[str, list[tuple[int, str]]]:
    """Folded name -> (rank, target); the lower rank wins."""
    found: dict[str, list[tuple[int, str]]] = {}

    def add(names: Iterable[str], target: str, rank: int) -> None:
        for name in names:
            found.setdefault(fold(name), []).append((rank, target))

    for fact in kind.facts:
        if fact.name == "source":
            continue
        parts = [f"{fact.name}_{part.name}" for part in fact.parts]
        add((fact.name, fact.title, fact.name.replace("_", " ")), parts[0] if parts else fact.name, 0)
        add(fact.also, parts[0] if parts else fact.name, 1)
        for part, name in zip(fact.parts, parts, strict=True):
            add((name, f"{fact.name} {part.name}"), name, 0)
            add(synonyms.PARTS.get(name, ()), name, 2)
    for name, words in synonyms.FIELDS.get(kind.name, {}).items():
        add(words, name, 2)
    if kind.name == "item":
        for marking, marks in synonyms.MARKINGS.items():
            add(marks, f"marking:{marking}", 1)
        add(synonyms.SITE, "site", 1)
        for name, words in synonyms.PLACE.items():
            add((name, *words), name, 2)
        for name, words in synonyms.RECOVERY.items():
            add((name, *words), f"recovery:{name}", 3)
    # A struct's bare name ("place") means what was written, not its first part.
    for options in found.values():
        options.sort()
    if kind.fact("cited") is None:
        found.pop("source", None)
    if "place" in found:
        found["place"] = [(0, "place_verbatim")]
    return found


def _targets(
    columns: Sequence[str], kind: RecordType
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    names = _names(kind)
    wishes: list[tuple[int, int, str, str]] = []
    for place, column in enumerate(columns):
        for rank, target in _wanted(column, names):
            wishes.append((rank, place, column, target))
    taken: dict[str, str] = {}
    targets: dict[str, str] = {}
    refused: dict[str, str] = {}
    for _, _, column, target in sorted(wishes):
        if column in targets:
            continue
        if target in taken and not target.startswith("marking:"):
            refused.setdefault(column, target)
            continue
        taken[target] = column
        targets[column] = target
    return targets, [(c, t) for c, t in refused.items() if c not in targets]


def _wanted(column: str, names: Mapping[str, list[tuple[int, str]]]) -> list[tuple[int, str]]:
    whole = fold(column)
    bare = fold(re.sub(r"\([^)]*\)|\[[^]]*\]|\*", " ", column))
    numbered = re.sub(r" ?\d+$", "", bare)
    for number, form in enumerate(dict.fromkeys((whole, bare, numbered))):
        if form in names:
            return [(rank + 4 * number, target) for rank, target in names[form]]
    return []


def _likeliest(columns: Sequence[str]) -> str:
    best, most = "item", -1
    for name in _KINDS:
        kind = BY_NAME[name]
        targets, _ = _targets(columns, kind)
        given = set(targets.values())
        needed = {fact.name for fact in kind.facts if fact.required}
        needed_parts = {t.partition("_")[0] for t in given} | given
        if not needed <= needed_parts:
            continue
        names = _names(kind)
        # A field's own name tells more than a word that also stands for it.
        score = sum(
            max(1, 4 - min(r for r, t in _wanted(column, names) if t == target))
            for column, target in targets.items() if target not in ("remark", "tier", "grade")
        )
        if score > most:
            best, most = name, score
    return best


class _Builder:
    """Gathers what becomes of each column into a mapping."""

    def __init__(
        self, kind: RecordType, dataset: str, samples: Mapping[str, Sequence[str]],
        warnings: list[str],
    ) -> None:
        self.kind, self.dataset, self.samples, self.warnings = kind, dataset, samples, warnings
        self.fields: dict[str, Value] = {}
        self.matches: list[tuple[str, str]] = []
        self.leftover: list[str] = []
        self.lenient: set[str] = set()
        self.by_tag: set[str] = set()
        self.markings: list[tuple[str, str]] = []
        self.place: dict[str, Value] = {}
        self.recovery: dict[str, Value] = {}
        self.shared: list[RecordPlan] = []
        self.site = ""
        self.tag = ""

    def leave(self, column: str) -> None:
        self.leftover.append(column)

    def add(self, column: str, target: str) -> None:
        shown = target
        if target.startswith("marking:"):
            self.markings.append((column, target[8:]))
            shown = f"marking ({target[8:].replace('_', ' ')})"
        elif target.startswith("recovery:"):
            name = target[9:]
            fact = BY_NAME["recovery"].by_name[name]
            self.recovery[name] = self._value(column, name, fact, None)
            shown = f"recovery.{name}"
        elif self.kind.name == "item" and target.startswith("place_"):
            self._place(column, target)
            shown = f"place.{target[6:]}"
        elif self.kind.name == "item" and target == "site":
            self.site = column
            shown = "site (by name)"
        else:
            self._field(column, target)
        self.matches.append((column, shown))

    def _field(self, column: str, target: str) -> None:
        fact = self.kind.fact(target)
        part: Fact | None = None
        if fact is None:
            fact = next(f for f in self.kind.facts
                        if any(f"{f.name}_{p.name}" == target for p in f.parts))
            part = next(p for p in fact.parts if f"{fact.name}_{p.name}" == target)
        named = _BY_NAME_REFS.get(fact.ref or ())
        if part is None and named and not fact.many:
            self._by_name(column, target, named)
            return
        if fact.struct is not None and fact.many:
            self._structs(column, target, fact)
            return
        self.fields[target] = self._value(column, target, fact, part)
        if "item" in (fact.ref or ()):
            self.by_tag.add(target)
        if target == "tag":
            self.tag = column
        if self.kind.name == "item" and target == "recovered_on" and fold(column) in _ANY_DATE:
            self.warnings.append(
                f"column {column!r} is taken as the day each item was found; where it is another "
                "day (of a loss, a theft, a report), say so with a mapping (--map)")

    def _structs(self, column: str, target: str, fact: Fact) -> None:
        """Several values of several parts in one cell: names are told apart, all else is kept."""
        if fact.struct is not Name:
            self.leave(column)
            return
        others = [Value(column=column, match=rf"^(?:[^;]*;){{{n}}}\s*([^;]*[^;\s])") for n in range(_NAMES)]
        rest = Value(column=column, match=rf"^(?:[^;]*;){{{_NAMES}}}\s*(.*\S)")
        self.fields[target] = Value(all=tuple({"text": one} for one in (*others, rest)))

    def _by_name(self, column: str, target: str, kind: str) -> None:
        """A reference given by name: a shared record of that name."""
        id_form = f"{kind}-[0-9a-z]{{4,40}}"
        key = Value(column=column, match=rf"^(?!{id_form}$)(.+)$")
        self.shared.append(RecordPlan(
            name=f"{kind}:{target}", kind=BY_NAME[kind], fields={"name": Value(column=column)},
            # One name is one party, whether it stands as sender or as receiver.
            key=(key,), shared=True, known_as=kind, when=(When(column),),
        ))
        self.fields[target] = Value(first=(
            Value(column=column, match=f"^({id_form})$"), Value(ref=f"{kind}:{target}"),
        ))

    def _value(self, column: str, target: str, fact: Fact, part: Fact | None) -> Value:
        kind = (part or fact).kind
        cells = self.samples.get(column, ())
        if isinstance(kind, PartialDateKind):
            value, doubt = date_value(column, cells)
            if doubt:
                self.lenient.add(target)
                self.warnings.append(doubt)
            return value
        if isinstance(kind, NumberKind):
            return number_value(column, cells, degrees=target.endswith("tude"))
        if isinstance(kind, CodeKind) and not kind.vocabulary.open and not fact.many:
            if target not in ("tier", "grade"):
                self.lenient.add(target)
            return Value(column=column)
        if fact.many and part is None and fact.struct is None:
            return Value(column=column, split=";" if any(";" in c for c in cells) else "\n")
        return Value(column=column)

    def _place(self, column: str, target: str) -> None:
        cells = self.samples.get(column, ())
        self.place[target] = self._value(column, target, *_part("recovery", target))
        if target == "place_verbatim" and any(_PAIR.search(c) for c in cells):
            # Two decimal numbers are a point; any other way of writing it stays as written.
            self.place.setdefault("place_latitude", Value(column=column, match=_PAIR.pattern))
            self.place.setdefault("place_longitude", Value(column=column, match=_PAIR_SECOND))

    def done(self) -> Matched:
        self._site_or_recovery()
        fields = dict(self.fields)
        lenient = {n for n in self.lenient if n in fields}
        main = RecordPlan(
            name=self.kind.name, kind=self.kind, fields=fields, lenient=frozenset(lenient),
            leftover=tuple(self.leftover), by_tag=frozenset(self.by_tag),
        )
        marks = [
            RecordPlan(
                name=f"marking:{column}", kind=BY_NAME["marking"],
                fields={
                    "item": Value(ref="item"),
                    "text": Value(column=column, reading="marking_text"),
                    "state": Value(column=column, reading="marking_state"),
                    "state_as_written": Value(column=column, reading="state_words"),
                    "marking_kind": Value(constant=kind),
                },
                when=(When(column),),
            )
            for column, kind in self.markings
        ]
        shared = self.shared
        if tier := self.fields.get("tier"):
            # A row's tier is that of all it says: where, how found, who, and what is stamped on it.
            shared, marks = (
                [replace(plan, fields={**plan.fields, "tier": tier}) for plan in plans]
                for plans in (shared, marks)
            )
        if self.leftover:
            self.warnings.append("no field takes these columns; their cells are kept in the remark: "
                                 + ", ".join(self.leftover))
        key = (Value(column=self.tag),) if self.tag else ()
        mapping = MappingPlan(
            name="column names", dataset=self.dataset, key=key,
            records=(*shared, main, *marks),
        )
        return Matched(mapping, self.matches, self.warnings)

    def _site_or_recovery(self) -> None:
        if self.kind.name != "item":
            return
        if self.site:
            # Same name, other place: another site. Nothing is overwritten by a later row.
            key = (Value(column=self.site), *self.place.values())
            self.shared.append(RecordPlan(
                name="site", kind=BY_NAME["site"], key=key, shared=True, when=(When(self.site),),
                fields={"name": Value(column=self.site), **self.place},
            ))
            self.fields["site"] = Value(ref="site")
        elif self.place:
            self.recovery.update(self.place)
        if self.recovery:
            if "recovered_on" in self.fields:
                self.recovery["recovered_on"] = self.fields["recovered_on"]
            self.shared.append(RecordPlan(
                name="recovery", kind=BY_NAME["recovery"], fields=self.recovery,
                lenient=frozenset(self.lenient & set(self.recovery)),
                # A row that says neither when nor where says nothing of a recovery.
                when_any=tuple(dict.fromkeys(
                    column for value in self.recovery.values() for column in value.columns())),
            ))
            self.fields["recovery"] = Value(ref="recovery")


_NAMES = 7
_ANY_DATE = frozenset(map(fold, ("date", "fecha", "data", "дата", "التاريخ")))
_NUMBER = r"-?\d{1,3}\.\d+"
_PAIR = re.compile(rf"^\s*({_NUMBER})\s*[,; ]\s*{_NUMBER}\s*$")
_PAIR_SECOND = rf"^\s*{_NUMBER}\s*[,; ]\s*({_NUMBER})\s*$"


def _part(kind: str, target: str) -> tuple[Fact, Fact]:
    fact = BY_NAME[kind].by_name[target.partition("_")[0]]
    return fact, next(p for p in fact.parts if f"{fact.name}_{p.name}" == target)
