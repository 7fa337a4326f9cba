"""A table and a mapping make records: row by row, in flat memory, without writing anything.

What a mapping says is compiled once into closures; a good row then costs a
few microseconds beside what its validation costs. A row is taken whole or
refused whole, with all its problems at once, each naming the column, the value
and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from headstamp.errors import Invalid, Problem
from headstamp.intake.identity import Identity, Occurrences, identity, key_of
from headstamp.intake.mapping import MappingPlan, RecordPlan, When
from headstamp.intake.private import guard
from headstamp.intake.value import Cells, Getter, compiled
from headstamp.kinds.identity import derived_id
from headstamp.kinds.kind import Unfit
from headstamp.kinds.provenance import Source
from headstamp.records import Record
from headstamp.records.record import problems_of


@dataclass(slots=True)
class Planned:
    """What one row says: its own records, and those it shares with other rows."""

    number: int
    records: list[Record]
    shared: list[Record]
    cells: Cells


@dataclass(slots=True)
class Refusal:
    """A row that is not taken, with its cells as printed and everything that is wrong with it."""

    number: int
    cells: Cells
    problems: list[Problem]


class Planner:
    """Turns rows into records by one mapping, for one file.

    ``named`` gives a row another identity than its own cells would (a changed
    row of a table without a key, see ``actions.intake_file``).
    """

    def __init__(
        self, mapping: MappingPlan, columns: Sequence[str], document: str, file: str,
        named: Callable[[int, bool, str, int], Identity] | None = None,
    ) -> None:
        places = {column: place for place, column in enumerate(columns)}
        missing = [name for name in mapping.columns() if name not in places]
        if missing:
            raise Invalid(
                f"{file} does not have all columns that the mapping {mapping.name} reads",
                [Problem("this column is not in the table", "The table has: " + ", ".join(columns)[:500],
                         name, file=file) for name in missing],
            )
        self.mapping = mapping
        self.file = file
        self._document = document
        self._occurrences = Occurrences()
        self._key = key_of([compiled(value, places) for value in mapping.key])
        self._named = named
        self._makers = [
            _Maker(plan, mapping, places) for plan in mapping.records
        ]
        self._repeated = 0

    @property
    def repeated(self) -> int:
        """How many rows had a key that an earlier row had already."""
        return self._repeated

    def row(self, number: int, cells: Cells) -> Planned | Refusal:
        """The records of one row, or why it is refused."""
        try:
            keyed, text = self._key(cells)
        except Unfit as unfit:
            return self._refused(number, cells, [_problem(unfit, "key", "")])
        occurrence = self._occurrences.next(text)
        if keyed and occurrence:
            self._repeated += 1
        if self._named is None:
            known = identity(keyed, text, occurrence)
        else:
            known = self._named(number, keyed, text, occurrence)
        source = Source(document=self._document, row=number)
        own: list[Record] = []
        shared: list[Record] = []
        ids: dict[str, str] = {}
        try:
            made = []
            for maker in self._makers:
                if maker.holds(cells, ids):
                    id_ = maker.id(cells, known, ids)
                    if id_ is not None:
                        ids[maker.name] = id_
                        made.append((maker, id_))
            for maker, id_ in made:
                (shared if maker.shared else own).append(maker.make(cells, ids, id_, source))
        except (Unfit, ValidationError):
            return self._explained(number, cells, known, source)
        return Planned(number, own, shared, cells)

    def _explained(
        self, number: int, cells: Cells, known: Identity, source: Source
    ) -> Refusal:
        """Everything that is wrong with a row, made again slowly."""
        problems: list[Problem] = []
        ids: dict[str, str] = {}
        for maker in self._makers:
            try:
                id_ = maker.id(cells, known, ids) if maker.holds(cells, ids) else None
            except Unfit as unfit:
                problems.append(_problem(unfit, "key", ""))
                continue
            if id_ is not None:
                ids[maker.name] = id_
        for maker in self._makers:
            if maker.name in ids:
                problems.extend(maker.explain(cells, ids, ids[maker.name], source))
        return self._refused(number, cells, list(dict.fromkeys(problems)))

    def _refused(self, number: int, cells: Cells, problems: list[Problem]) -> Refusal:
        return Refusal(
            number, cells, [replace(p, row=number, file=self.file) for p in problems]
        )


class _Maker:
    """One record of each row, compiled."""

    def __init__(
        self, plan: RecordPlan, mapping: MappingPlan, places: Mapping[str, int]
    ) -> None:
        self.name, self.shared, self._kind = plan.name, plan.shared, plan.kind
        self._prefix, self._dataset = plan.kind.prefix, mapping.dataset
        self._known_as = plan.known_as or plan.name
        self._validate = plan.kind.cls.__pydantic_validator__.validate_python
        self._when = [_condition(when, places) for when in plan.when if not when.ref]
        self._with = [when.ref for when in plan.when if when.ref]
        if plan.when_any:
            self._when.append(_any_of([places[column] for column in plan.when_any]))
        self._key = [compiled(value, places) for value in plan.key]
        self._columns: dict[str, str] = {}
        self._fixed = dict(mapping.defaults)
        self._parties = plan.kind.name == "party"
        self._cells: list[tuple[str, int]] = []
        self._made: list[tuple[str, Getter]] = []
        structs: dict[str, list[tuple[str, Getter]]] = {}
        parts = {
            f"{fact.name}_{part.name}": (fact.name, part.name)
            for fact in plan.kind.facts for part in fact.parts
        }
        self._leftover = plan.leftover
        self._lenient: list[tuple[str, str]] = []
        for name, value in plan.fields.items():
            read = value.columns()
            self._columns[name] = read[0] if read else ""
            get = compiled(value, places)
            if name in plan.lenient:
                column = plan.kind.columns[[c.name for c in plan.kind.columns].index(name)]
                assert column.kind is not None
                get = _kept_out(get, column.kind.clean)
                self._lenient.append((name, read[0]))
            if name in parts and name not in {f.name for f in plan.kind.facts}:
                fact, part = parts[name]
                structs.setdefault(fact, []).append((part, get))
            elif value.plain and name not in plan.lenient:
                self._cells.append((name, places[value.column]))
            elif value.constant is not None and value.plain is False and not read:
                self._fixed[name] = compiled(value, places)((), {})
            elif _many(plan, name):
                self._made.append((name, _listed(get)))
            else:
                self._made.append((name, get))
        for name in [name for name, _ in self._cells if _many(plan, name)]:
            self._cells = [pair for pair in self._cells if pair[0] != name]
            self._made.append((name, _listed(compiled(plan.fields[name], places))))
        self._structs = [
            (fact, made, self._needed(fact), [
                (part, self._columns[f"{fact}_{part}"]) for part, _ in made
                if self._columns[f"{fact}_{part}"]
            ])
            for fact, made in structs.items()
        ]
        self._places = places
        # Which tier the rows name for themselves shows only where none is given beforehand.
        self._tier = self._fixed.pop("tier", None) if self._parties else None

    def holds(self, cells: Cells, ids: Mapping[str, str]) -> bool:
        """Whether this record is to be made of this row; ``ids`` are those of records above it."""
        if self._with and not all(name in ids for name in self._with):
            return False
        return all(holds(cells) for holds in self._when) if self._when else True

    def id(self, cells: Cells, known: Identity, ids: Mapping[str, str]) -> str | None:
        """The record's id; None where a shared record's key is not given in this row."""
        if not self.shared:
            return derived_id(self._prefix, self._dataset, self.name, *known)
        parts = []
        for number, get in enumerate(self._key):
            found = get(cells, ids)
            if isinstance(found, list):
                found = found[0] if found else None
            if found is None and number == 0:
                return None
            parts.append(str(found).strip() if found is not None else "")
        return derived_id(self._prefix, self._dataset, self._known_as, *parts)

    def make(self, cells: Cells, ids: Mapping[str, str], id_: str, source: Source) -> Record:
        """The record. Raises Unfit or ValidationError."""
        values = self._fixed.copy()
        values["id"] = id_
        values["source"] = source
        for name, place in self._cells:
            cell = cells[place]
            if cell is not None and not cell.isspace():
                values[name] = cell
        for name, get in self._made:
            found = get(cells, ids)
            if found is not None:
                values[name] = found
        lines: list[str] = []
        for fact, parts, needed, read in self._structs:
            inner: dict[str, Any] = {}
            for part, get in parts:
                found = get(cells, ids)
                if found is not None:
                    inner[part] = found
            if not inner:
                continue
            for part in needed:
                if part not in inner:
                    # A unit without an amount is no quantity; it is kept as it was written.
                    lines.extend(self._lines((column for p, column in read if p in inner), cells))
                    break
            else:
                values[fact] = inner
        if self._leftover or self._lenient or lines:
            self._keep(cells, values, lines)
        if self._parties:
            guard(values, self._tier)
        record: Record = self._validate(values)
        return record

    def _needed(self, fact: str) -> tuple[str, ...]:
        """The parts without which a struct says nothing."""
        struct = self._kind.by_name[fact].struct
        assert struct is not None
        return tuple(name for name, info in struct.model_fields.items() if info.is_required())

    def _lines(self, columns: Iterable[str], cells: Cells) -> Iterator[str]:
        for column in columns:
            cell = cells[self._places[column]]
            if cell is not None and not cell.isspace():
                yield f"{column}: {cell}"

    def _keep(self, cells: Cells, values: dict[str, Any], lines: list[str]) -> None:
        """What no field takes stands in the remark."""
        lines.extend(self._lines(self._leftover, cells))
        lines.extend(self._lines(
            (column for name, column in self._lenient if not _held(values, name)), cells
        ))
        if lines:
            given = values.get("remark")
            values["remark"] = "\n".join([given, *lines] if given else lines)

    def explain(
        self, cells: Cells, ids: Mapping[str, str], id_: str, source: Source
    ) -> list[Problem]:
        """Every problem of this record."""
        problems: list[Problem] = []
        values: dict[str, Any] = {**self._fixed, "id": id_, "source": source}
        failed: set[str] = set()
        flat = [(name, self._cell(place)) for name, place in self._cells] + self._made
        nested = [(fact, part, get) for fact, parts, _, _ in self._structs for part, get in parts]
        for name, get in flat:
            try:
                found = get(cells, ids)
            except Unfit as unfit:
                failed.add(name)
                problems.append(self._told(unfit, name, cells))
                continue
            if found is not None:
                values[name] = found
        structs: dict[str, dict[str, Any]] = {}
        for fact, part, get in nested:
            try:
                found = get(cells, ids)
            except Unfit as unfit:
                failed.add(f"{fact}_{part}")
                problems.append(self._told(unfit, f"{fact}_{part}", cells))
                continue
            if found is not None:
                structs.setdefault(fact, {})[part] = found
        values.update({
            fact: inner for fact, inner in structs.items()
            if all(part in inner for part in self._needed(fact))
        })
        if self._parties:
            guard(values, self._tier)
        try:
            self._validate(values)
        except ValidationError as error:
            for problem in problems_of(error):
                if problem.field in failed:
                    continue
                column = self._columns.get(problem.field) or self._columns.get(
                    problem.field.rpartition("_")[0]) or problem.field
                problems.append(replace(problem, field=column))
        return problems

    @staticmethod
    def _cell(place: int) -> Getter:
        def cell(cells: Cells, ids: Mapping[str, str]) -> str | None:
            text = cells[place]
            return None if text is None or text.isspace() else text

        return cell

    def _told(self, unfit: Unfit, name: str, cells: Cells) -> Problem:
        column = self._columns.get(name, "")
        value = cells[self._places[column]] if column else ""
        return _problem(unfit, column or name, value or "")


def _problem(unfit: Unfit, field: str, value: str) -> Problem:
    return Problem(unfit.rule, unfit.advice, field, value)


def _held(values: Mapping[str, Any], name: str) -> bool:
    if name in values:
        return True
    return any(
        isinstance(inner, dict) and name == f"{fact}_{part}"
        for fact, inner in values.items() if isinstance(inner, dict) for part in inner
    )


def _many(plan: RecordPlan, name: str) -> bool:
    fact = plan.kind.fact(name)
    return fact is not None and fact.many


def _listed(get: Getter) -> Getter:
    def listed(cells: Cells, ids: Mapping[str, str]) -> Any:
        found = get(cells, ids)
        return found if found is None or isinstance(found, list) else [found]

    return listed


def _kept_out(get: Getter, clean: Callable[[Any], Any]) -> Getter:
    """A value its kind does not know becomes none (and stays in the remark)."""

    def known(cells: Cells, ids: Mapping[str, str]) -> Any:
        found = get(cells, ids)
        if found is None:
            return None
        try:
            return clean(found)
        except Unfit:
            return None

    return known


def _any_of(places: Sequence[int]) -> Callable[[Cells], bool]:
    def holds(cells: Cells) -> bool:
        return any((cell := cells[place]) is not None and not cell.isspace() for place in places)

    return holds


def _condition(when: When, places: Mapping[str, int]) -> Callable[[Cells], bool]:
    place = places[when.column]
    among, none_of = frozenset(when.among), frozenset(when.none_of)
    pattern = re.compile(when.match) if when.match else None

    def holds(cells: Cells) -> bool:
        cell = cells[place]
        if cell is None or cell.isspace():
            return False
        if pattern is not None and not pattern.search(cell):
            return False
        if among or none_of:
            plain = cell.strip()
            return (not among or plain in among) and plain not in none_of
        return True

    return holds
