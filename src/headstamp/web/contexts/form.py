"""Forms made from a declaration: every fact a control, every problem at its field.

Names of controls: ``make``; ``quantity.value`` for a part; ``names.0.text`` for
the parts of one of many. What was typed is shown again verbatim after a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from headstamp.actions.correct import closed_fields
from headstamp.errors import HeadstampError, Problem
from headstamp.kinds.code import CodeKind
from headstamp.kinds.kind import Kind
from headstamp.records import BY_PREFIX, Fact, RecordType, kind_named, kind_of_id
from headstamp.records.custody import FILES_CHECKED
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import in_order, record_path
from headstamp.web.contexts.record import asked_record
from headstamp.web.page import ON_PAGE, Context, Params

# Longer lists are typed with suggestions instead of being picked from.
MOST_OPTIONS = 60
EMPTY_ROWS = 2
# What only the program says (``actions.correct``): no choice of a person, but kept where it stands.
_BY_PROGRAM = frozenset({("custody_act", FILES_CHECKED)})
# Where the way of writing is a question; an example elsewhere would look like content.
SHOWS_EXAMPLE = frozenset({"date", "grade", "link", "verbatim"})
WIDGETS = {"prose": "prose", "verbatim": "verbatim", "number": "number", "checkbox": "truth"}

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Control:
    """One control of a form: its name, its title, what stands in it, what is wrong with it."""

    name: str
    title: str
    widget: str
    values: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    help: str = ""
    example: str = ""
    required: bool = False
    many: bool = False
    problems: tuple[str, ...] = ()
    parts: tuple[Control, ...] = ()
    ref: str = ""
    is_ref: bool = False

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")


@dataclass(frozen=True)
class FormContext(Context):
    """A form for a new record (``record`` is empty) or a correction of one."""

    kind: str
    record: str
    expected: int
    controls: tuple[Control, ...]
    problems: tuple[str, ...] = ()
    reason: str = ""
    kept: tuple[str, ...] = ()
    conflict: bool = False
    title: str = field(default="", metadata=ON_PAGE)
    slug: str = field(default="", metadata=ON_PAGE)
    path: str = field(default="", metadata=ON_PAGE)
    doc: str = field(default="", metadata=ON_PAGE)


def new_context(reader: Reader, params: Params) -> FormContext:
    """An empty form; fields may be filled beforehand by the query (``?item=item-...``)."""
    kind = kind_named(params.path["kind"])
    given: dict[str, list[str]] = {}
    for name, value in params.query:
        given.setdefault(name, []).append(value)
    return form(reader, kind, given)


def edit_context(reader: Reader, params: Params) -> FormContext:
    """A form that holds what a record now says. Raises Missing."""
    shown = asked_record(reader, params)
    kind = kind_of_id(shown.id)
    return form(reader, kind, typed(kind, shown.values), record=shown.id, expected=shown.version)


def form(
    reader: Reader, kind: RecordType, given: Typed, *, record: str = "", expected: int = 0,
    reason: str = "", error: HeadstampError | None = None, conflict: bool = False,
) -> FormContext:
    """A form with these texts in it, and the problems of a refusal at their fields."""
    closed = closed_fields(kind, reader.clearance)
    told = _by_field(error.problems if error else ())
    controls = tuple(
        _control(fact, fact.name, given, told) for fact in in_order(kind) if fact.name not in closed
    )
    general = [error.message, *told.pop("", [])] if error else []
    # What belongs to no control of the form is said at its top.
    general += [f"{name}: {text}" for name, texts in told.items() for text in texts]
    title = f"Correct {kind.title}" if record else f"New {kind.title}"
    return FormContext(
        kind=kind.name, record=record, expected=expected, controls=controls,
        problems=tuple(general), reason=reason,
        kept=tuple(f.title for f in kind.facts if f.name in closed) if record else (),
        conflict=conflict, title=title, slug=kind.slug,
        path=f"{record_path(record)}/edit" if record else f"/{kind.slug}/new",
        doc=kind.doc.split("\n")[0],
    )


def _by_field(problems: Iterable[Problem]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for problem in problems:
        text = problem.rule + (f". {problem.advice}" if problem.advice else "")
        told.setdefault(problem.field, []).append(text)
    return told


def _control(fact: Fact, name: str, given: Typed, told: dict[str, list[str]]) -> Control:
    wrong = told.pop(name.replace(".", "_"), [])
    if fact.struct is not None and not fact.many:
        # A part must be given only where the whole is.
        parts = tuple(
            replace(_control(part, f"{name}.{part.name}", given, told),
                    required=part.required and fact.required)
            for part in fact.parts
        )
        return Control(name, fact.title, "struct", help=fact.help, problems=tuple(wrong),
                       required=fact.required, parts=parts)
    if fact.struct is not None:
        rows = _rows(given, name) + EMPTY_ROWS
        groups = tuple(
            Control(f"{name}.{row}", f"{fact.title} {row + 1}", "struct", parts=tuple(
                _part(part, f"{name}.{row}.{part}", given, told) for part in fact.struct.model_fields
            )) for row in range(rows)
        )
        return Control(name, fact.title, "structs", help=fact.help, problems=tuple(wrong),
                       many=True, parts=groups)
    assert fact.kind is not None
    if fact.many:  # a problem of one of many names its place: roles_2
        for key in [key for key in told if key.startswith(f"{name}_") and key[len(name) + 1:].isdigit()]:
            wrong += told.pop(key)
    return _plain(fact.kind, fact, name, tuple(given.get(name, ())), tuple(wrong))


def _plain(
    kind: Kind, fact: Fact, name: str, values: tuple[str, ...], wrong: tuple[str, ...]
) -> Control:
    widget, options = WIDGETS.get(kind.widget, "line"), _options(kind, values)
    if options:
        widget = "select" if len(options) <= MOST_OPTIONS and not _is_open(kind) else "suggest"
    default = fact.default if isinstance(fact.default, str) and not values else None
    if default and widget == "select" and not fact.many:
        values = (default,)
    if fact.many and widget != "select":
        widget, values = "lines", ("\n".join(values),) if values else ()
    return Control(
        name, fact.title, widget, values, options, fact.help,
        f"for instance {kind.example}" if kind.widget in SHOWS_EXAMPLE and kind.example else "", fact.required, fact.many, wrong,
        ref=",".join(BY_PREFIX[p].name for p in fact.ref or ()) if fact.ref is not None else "",
        is_ref=fact.ref is not None,
    )


def _part(name: str, whole: str, given: Typed, told: dict[str, list[str]]) -> Control:
    return Control(whole, name.replace("_", " "), "line", tuple(given.get(whole, ())),
                   problems=tuple(told.pop(whole.replace(".", "_"), [])))


def _options(kind: Kind, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if isinstance(kind, CodeKind) and len(kind.vocabulary) <= 1000:
        return tuple((term.code, term.label) for term in kind.vocabulary
                     if (kind.vocabulary.name, term.code) not in _BY_PROGRAM or term.code in values)
    return ()


def _is_open(kind: Kind) -> bool:
    return isinstance(kind, CodeKind) and kind.vocabulary.open


def _rows(given: Typed, name: str) -> int:
    numbers = [
        int(key.split(".")[1]) for key in given
        if key.startswith(f"{name}.") and key.count(".") == 2 and key.split(".")[1].isdigit()
    ]
    return min(max(numbers) + 1, 200) if numbers else 0


def typed(kind: RecordType, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """A record's values as somebody would type them into its form."""
    found: dict[str, list[str]] = {}
    for fact in kind.facts:
        value = values.get(fact.name)
        if value is None:
            continue
        if fact.struct is not None:
            ones = enumerate(value) if fact.many else [(None, value)]
            for row, one in ones:
                inside = fact.name if row is None else f"{fact.name}.{row}"
                found.update({f"{inside}.{k}": [_text(v)] for k, v in one.items()})
        else:
            found[fact.name] = [_text(one) for one in (value if fact.many else [value])]
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def values_of(kind: RecordType, given: Typed) -> dict[str, Any]:
    """What was typed as values to record; what was left empty is left out."""
    found: dict[str, Any] = {}
    for fact in kind.facts:
        if fact.struct is not None and fact.many:
            rows = (_parts(fact.struct.model_fields, f"{fact.name}.{row}", given)
                    for row in range(_rows(given, fact.name)))
            value: Any = [row for row in rows if row]
        elif fact.struct is not None:
            value = _parts([part.name for part in fact.parts], fact.name, given)
        elif fact.many:
            value = [line.strip() for text in given.get(fact.name, ())
                     for line in text.splitlines() if line.strip()]
        else:
            value = _one(fact.kind, given.get(fact.name, ("",)))
        if value not in ("", None, [], {}):
            found[fact.name] = value
    return found


def _one(kind: Kind | None, texts: Sequence[str]) -> str:
    # A browser sends every line end of a text area as two characters.
    text = texts[0].replace("\r\n", "\n") if texts else ""
    # Verbatim text is evidence: only wholly empty means that nothing was typed.
    return text if kind is not None and kind.name == "verbatim" else text.strip()


def _parts(names: Iterable[str], inside: str, given: Typed) -> dict[str, str]:
    found = {name: _one(None, given.get(f"{inside}.{name}", ())) for name in names}
    return {name: text for name, text in found.items() if text}


