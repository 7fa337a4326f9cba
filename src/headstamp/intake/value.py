"""How one field's value is made from a row, declared as data and compiled once.

In a mapping a field is the name of a column, or a table of a few words::

    make = "manufacturer"
    family = { constant = "component" }
    happened_on = { column = "ship_date", date = "%m/%d/%Y" }
    remark = { template = ["Region: {region}", "Note: {note}"] }
    parent = { ref = "weapon" }

The words are few on purpose: what they cannot say belongs into the record or
into a table prepared beforehand, not into a programming language in TOML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from string import Formatter
from typing import Any

from headstamp.errors import Problem
from headstamp.intake import amounts, marks, several
from headstamp.kinds.date import bounds
from headstamp.kinds.kind import Unfit

_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

Cells = Sequence[str | None]
Ids = Mapping[str, str]
Getter = Callable[[Cells, Ids], Any]

_KEYS = frozenset({
    "column", "constant", "template", "join", "ref", "first", "all", "each", "empty", "words",
    "other", "match", "split", "json", "date", "decimal", "thousands", "lower", "as", "interval",
    "take",
})
# Readings of a cell that are more than a table of words.
_READINGS: dict[str, Callable[[str], str | None]] = {
    "marking_text": marks.text, "marking_state": marks.state, "state_words": marks.words,
    "sure_number": amounts.sure,
}
_SOURCES = ("column", "constant", "template", "ref", "first", "all", "each", "interval")


@dataclass(frozen=True)
class Value:
    """One field's declaration.

    Exactly one of these says where the value comes from: ``column`` (a cell);
    ``constant``; ``template`` (texts with ``{column}``; a text of which a column
    is empty falls away; the rest are joined by ``join``); ``ref`` (the id of
    another record of the same row); ``first`` (the first of several that gives
    anything); ``all`` (a list of what each gives); ``each`` (in a record made for
    each of many columns: ``value`` or a name given with the column); ``interval``
    (two values, the first and the last day of a time; one of them may be missing).

    Then, in this order: ``empty`` (words that mean nothing was given), ``match``
    (the first group of a pattern; nothing where it does not fit), ``json`` (the
    cell is a JSON list), ``split`` (a list by this mark; ``names``: of names by commas,
    where a legal form after a comma belongs to its name), ``take`` (that one of the list,
    counted from 1), ``lower``, ``words``
    (word to code; ``other`` for all else), ``date`` (formats tried in turn),
    ``decimal`` and ``thousands`` (how numbers are written), ``as`` (here
    ``reading``: what a cell of a marking column says, see ``marks``).
    """

    column: str = ""
    constant: Any = None
    template: tuple[str, ...] = ()
    join: str = "\n"
    ref: str = ""
    first: tuple[Value, ...] = ()
    all: tuple[Value | Mapping[str, Value], ...] = ()
    each: str = ""
    empty: tuple[str, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    other: Any = None
    match: str = ""
    split: str = ""
    json: bool = False
    date: tuple[str, ...] = ()
    decimal: str = ""
    thousands: str = ""
    lower: bool = False
    reading: str = ""
    interval: tuple[Value, ...] = ()
    take: int = 0

    def columns(self) -> list[str]:
        """The columns it reads, in order."""
        found = [self.column] if self.column else []
        for text in self.template:
            found.extend(name for _, name, _, _ in Formatter().parse(text) if name)
        for inner in (*self.first, *self.interval):
            found.extend(inner.columns())
        for one in self.all:
            for inner in one.values() if isinstance(one, Mapping) else (one,):
                found.extend(inner.columns())
        return found

    @property
    def plain(self) -> bool:
        """Whether it is a cell as it stands."""
        return bool(self.column) and self == Value(column=self.column)

    def with_each(self, given: Mapping[str, Any]) -> Value:
        """This value where ``each`` means one of the given: a column for ``value``, else constants."""
        if self.each == "value":
            return replace(self, each="", column=given["column"])
        if self.each:
            return replace(self, each="", constant=given.get(self.each))
        if self.first:
            return replace(self, first=tuple(v.with_each(given) for v in self.first))
        return self


def parse(raw: Any, where: str, problems: list[Problem]) -> Value:
    """A field's declaration as TOML gives it; what is wrong with it is added to ``problems``."""
    if isinstance(raw, str):
        return Value(column=raw)
    if isinstance(raw, list):
        return Value(all=tuple(_one_of_many(r, f"{where}[{n}]", problems) for n, r in enumerate(raw)))
    if not isinstance(raw, Mapping):
        problems.append(Problem("a field is a column's name or a table",
                                f"For a fixed value write {{ constant = {raw!r} }}.", where))
        return Value()
    unknown = sorted(set(raw) - _KEYS)
    problems.extend(
        Problem("there is no such key", "Use: " + ", ".join(sorted(_KEYS)) + ".", f"{where}.{key}")
        for key in unknown
    )
    sources = [key for key in _SOURCES if key in raw]
    if len(sources) != 1:
        problems.append(Problem("exactly one of " + ", ".join(_SOURCES) + " must be given",
                                "Say where the value comes from.", where))
        return Value()
    given: dict[str, Any] = {}
    for key, value in raw.items():
        if key in unknown:
            continue
        if key == "first":
            given[key] = tuple(parse(v, f"{where}.first[{n}]", problems) for n, v in enumerate(value))
        elif key == "interval":
            if isinstance(value, list) and len(value) == 2:
                given[key] = tuple(
                    parse(v, f"{where}.interval[{n}]", problems) for n, v in enumerate(value)
                )
            else:
                problems.append(Problem("two values are needed, the first and the last day", "",
                                        f"{where}.interval"))
        elif key == "all":
            given[key] = tuple(
                _one_of_many(v, f"{where}.all[{n}]", problems) for n, v in enumerate(value)
            )
        elif key in ("template", "empty", "date"):
            texts = (value,) if isinstance(value, str) else value
            if isinstance(texts, (list, tuple)) and all(isinstance(t, str) for t in texts):
                given[key] = tuple(texts)
            else:
                problems.append(Problem("a text or a list of texts is needed", "", f"{where}.{key}"))
        elif key in ("constant", "other"):
            given[key] = value
        elif key == "words":
            if isinstance(value, Mapping):
                given[key] = {str(word): meant for word, meant in value.items()}
            else:
                problems.append(Problem("a table of words is needed", "", f"{where}.{key}"))
        elif key == "take":
            if type(value) is int and value > 0:
                given[key] = value
            else:
                problems.append(Problem("a whole number from 1 is needed", "", f"{where}.take", repr(value)))
        elif key in ("json", "lower"):
            given[key] = bool(value)
        elif key == "as":
            if value in _READINGS:
                given["reading"] = value
            else:
                problems.append(Problem("no such reading", "Use: " + ", ".join(_READINGS) + ".",
                                        f"{where}.as", str(value)))
        elif isinstance(value, str) and value:
            given[key] = value
        else:
            problems.append(Problem("a text is needed", "", f"{where}.{key}", repr(value)))
    if wrong := not_a_pattern(given.get("match", "")):
        problems.append(Problem(wrong, "", f"{where}.match", given["match"]))
    for text in given.get("template", ()):
        try:
            list(Formatter().parse(text))
        except ValueError as error:
            problems.append(Problem(f"not a template: {error}", "", f"{where}.template", text))
    return Value(**given)


def not_a_pattern(text: str) -> str:
    """What is wrong with a pattern; empty where nothing is."""
    try:
        return "a pattern has at most one group" if re.compile(text).groups > 1 else ""
    except re.error as error:
        return f"not a pattern: {error}"


def _one_of_many(
    raw: Any, where: str, problems: list[Problem]
) -> Value | Mapping[str, Value]:
    if isinstance(raw, Mapping) and not set(raw) & set(_SOURCES):
        return {part: parse(value, f"{where}.{part}", problems) for part, value in raw.items()}
    return parse(raw, where, problems)


def compiled(value: Value, places: Mapping[str, int]) -> Getter:
    """A function from a row's cells (and its records' ids) to the value, None where there is none.

    Every column of ``value`` must be in ``places``. The function raises Unfit
    where a cell does not have the form declared.
    """
    get = _source(value, places)
    for step in _steps(value):
        get = _then(get, step)
    return get


def _then(get: Getter, step: Callable[[Any], Any]) -> Getter:
    def then(cells: Cells, ids: Ids) -> Any:
        found = get(cells, ids)
        return None if found is None else step(found)

    return then


def _source(value: Value, places: Mapping[str, int]) -> Getter:
    if value.column:
        place = places[value.column]

        def cell(cells: Cells, ids: Ids) -> str | None:
            text = cells[place]
            return None if text is None or text.isspace() else text

        return cell
    if value.ref:
        name = value.ref
        return lambda cells, ids: ids.get(name)
    if value.template:
        return _template(value, places)
    if value.first:
        tries = [compiled(one, places) for one in value.first]

        def first(cells: Cells, ids: Ids) -> Any:
            for get in tries:
                found = get(cells, ids)
                if found is not None:
                    return found
            return None

        return first
    if value.all:
        return _all(value, places)
    if value.interval:
        return _interval(*(compiled(one, places) for one in value.interval))
    constant = value.constant
    return lambda cells, ids: constant


def _interval(start: Getter, end: Getter) -> Getter:
    """A time from its first and last day; the end that is not given stays open."""

    def written(cells: Cells, ids: Ids) -> str | None:
        first, last = start(cells, ids) or None, end(cells, ids) or None
        if first is None and last is None:
            return None
        for one in (first, last):
            # A day written as 03/04/2016 would else be taken for a time of its own.
            if one is not None and (bounds(str(one)) and "/" in str(one)):
                raise Unfit("a day is needed here, not a time from one to another",
                            "Write one day, month or year.")
        return f"{first or '..'}/{last or '..'}"

    return written


def _all(value: Value, places: Mapping[str, int]) -> Getter:
    getters: list[Getter] = []
    for one in value.all:
        if isinstance(one, Mapping):
            getters.append(_parts({part: compiled(v, places) for part, v in one.items()}))
        else:
            getters.append(compiled(one, places))

    def every(cells: Cells, ids: Ids) -> Any:
        found: list[Any] = []
        for get in getters:
            got = get(cells, ids)
            if isinstance(got, list):
                found.extend(got)
            elif got is not None:
                found.append(got)
        return found or None

    return every


def _parts(parts: Mapping[str, Getter]) -> Getter:
    """A struct of several parts; none where one of them gives nothing."""

    def made(cells: Cells, ids: Ids) -> Any:
        found = {part: get(cells, ids) for part, get in parts.items()}
        return None if None in found.values() else found

    return made


def _template(value: Value, places: Mapping[str, int]) -> Getter:
    texts: list[list[tuple[str, int | None, str]]] = [
        [(before, places[name] if name else None, spec or "")
         for before, name, spec, _ in Formatter().parse(text)]
        for text in value.template
    ]
    join = value.join

    def written(cells: Cells, ids: Ids) -> str | None:
        done = []
        for text in texts:
            out = []
            for before, place, spec in text:
                out.append(before)
                if place is None:
                    continue
                cell = cells[place]
                if cell is None or cell.isspace():
                    break
                out.append(format(cell, spec) if spec else cell)
            else:
                done.append("".join(out))
        return join.join(done) or None

    return written


def _steps(value: Value) -> list[Callable[[Any], Any]]:
    steps: list[Callable[[Any], Any]] = []
    if value.empty:
        nothing = frozenset(value.empty)
        steps.append(lambda v: None if str(v).strip() in nothing else v)
    if value.match:
        steps.append(_matcher(re.compile(value.match)))
    if value.json:
        steps.append(several.json_list)
    if value.split:
        mark = value.split
        steps.append(several.names if mark == "names" else
                     lambda v: [p.strip() for p in v.split(mark) if p.strip()] or None)
    if value.take:
        steps.append(several.taken(value.take))
    if value.lower:
        steps.append(lambda v: v.casefold())
    if value.words or value.other is not None:
        steps.append(_worded(dict(value.words), value.other))
    if value.date:
        formats = value.date
        steps.append(lambda v: dated(v, formats))
    if value.decimal or value.thousands:
        steps.append(_numbered(value.decimal or ".", value.thousands))
    if value.reading:
        steps.append(_READINGS[value.reading])
    return steps


def _matcher(pattern: re.Pattern[str]) -> Callable[[Any], Any]:
    group = 1 if pattern.groups else 0

    def matched(text: str) -> str | None:
        found = pattern.search(text)
        return (found[group] or None) if found else None

    return matched


def _worded(words: dict[str, Any], other: Any) -> Callable[[Any], Any]:
    def worded(value: Any) -> Any:
        if isinstance(value, list):
            return [words.get(one, one if other is None else other) for one in value]
        meant = words.get(value.strip(), value if other is None else other)
        return None if meant == "" else meant

    return worded


@lru_cache(maxsize=65_536)
def dated(text: str, formats: tuple[str, ...]) -> str:
    """A date in ISO form by the first format that fits; the text itself where none does.

    A format without ``%d`` gives the month, without ``%m`` the year; a time of
    day is kept unless it is midnight, which is how a bare date is often written.

    >>> dated("5/19/2006 0:00:00", ("%m/%d/%Y %H:%M:%S",))
    '2006-05-19'
    """
    plain = " ".join(text.split())
    if _ISO.fullmatch(plain) and not any(form.startswith("%Y-%d") for form in formats):
        return plain  # by far the commonest; trying formats takes 10 microseconds each
    for form in formats:
        try:
            # A partial date has no zone: it is what the paper says.
            found = datetime.strptime(plain, form)  # noqa: DTZ007
        except ValueError:
            continue
        if "%m" not in form and "%b" not in form and "%B" not in form:
            return f"{found.year:04d}"
        if "%d" not in form:
            return f"{found.year:04d}-{found.month:02d}"
        midnight = not (found.hour or found.minute or found.second)
        return found.date().isoformat() if midnight else found.isoformat(timespec="seconds")
    return text


def _numbered(decimal: str, thousands: str) -> Callable[[Any], Any]:
    groups = {"space": (" ", "\u00a0", "\u202f")}.get(thousands, tuple(thousands))

    def numbered(text: str) -> str:
        plain = text.strip()
        for group in groups:
            plain = plain.replace(group, "")
        return plain.replace(decimal, ".") if decimal != "." else plain

    return numbered
