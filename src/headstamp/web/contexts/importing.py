"""Import: what can be brought in, and how files that wait would be read before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from headstamp.actions.intake.file import look_at
from headstamp.errors import HeadstampError
from headstamp.records import BY_NAME, TYPES
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.web.jobs import Job
from headstamp.web.page import ON_PAGE, Context, Params
from headstamp.web.uploads import most_bytes, waiting


@dataclass(frozen=True)
class ImportContext(Context):
    """The page from which files are sent."""

    kinds: tuple[tuple[str, str], ...]
    most_bytes: int
    running: Job | None = field(default=None, metadata=ON_PAGE)


@dataclass(frozen=True)
class Match:
    """One column and the fields it goes to; none where it is kept in the remark."""

    column: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Looked:
    """How one file would be read. ``error`` says why it cannot be, ``problems`` all that is wrong."""

    name: str
    size: int
    mapping: str
    matches: tuple[Match, ...]
    warnings: tuple[str, ...]
    photographs: int = 0
    error: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class WaitingContext(Context):
    """Files that wait: how each would be read."""

    id: str
    kind: str
    files: tuple[Looked, ...]
    readable: bool
    kinds: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)


def _kinds() -> tuple[tuple[str, str], ...]:
    return tuple((kind.name, kind.plural.replace("_", " ")) for kind in TYPES)


def import_context(reader: Reader, params: Params) -> ImportContext:
    """The page from which files are sent, with the import that runs, if one does."""
    return ImportContext(_kinds(), most_bytes(params.case), params.jobs.latest("import", "running"))


def waiting_context(reader: Reader, params: Params) -> WaitingContext:
    """How the waiting files would be read. Raises Missing."""
    files = waiting(params.case, params.path["id"])
    kind = params.choice("as", ("", *(kind.name for kind in TYPES)))
    looked = [look(params.case, path, kind) for path in files.tables]
    if files.photographs:
        looked.append(Looked("photographs", 0, "", (), (), photographs=len(files.photographs)))
    return WaitingContext(files.id, kind, tuple(looked), any(not one.error for one in looked),
                          _kinds())


def look(case: Case, path: Path, kind: str) -> Looked:
    """How one table would be read; its error in words where it cannot be."""
    size = path.stat().st_size
    try:
        opened = look_at(case, path, kind=kind or None)
    except HeadstampError as error:
        return Looked(path.name, size, "", (), (), error=error.message,
                      problems=tuple(str(problem) for problem in error.problems))
    fields: dict[str, list[str]] = {column: [] for column in opened.columns}
    for column, name in opened.matches:
        fields.setdefault(column, []).append(field_title(name, opened.mapping.records[0].kind.name))
    plan = opened.mapping
    shipped = plan.title if plan.recognised_by else ""
    return Looked(path.name, size, shipped,
                  tuple(Match(column, tuple(dict.fromkeys(names)))
                        for column, names in fields.items()),
                  tuple(_for_pages(warning) for warning in opened.warnings))


def _for_pages(warning: str) -> str:
    """A warning in which the command line's option is the choice that this page offers."""
    return warning.replace("say --as KIND", "choose below what the rows are")


def field_title(name: str, main: str) -> str:
    """A field as a reader knows it; ``main`` is the kind of a field that names none.

    >>> field_title("make", "item"), field_title("marking.text", "item")
    ('item: Make', 'marking: As it looks, character by character')
    >>> field_title("marking (serial)", "item")
    'marking (serial)'
    """
    record, dot, whole = name.partition(".")
    if not dot:
        record, whole = main, name
    kind = BY_NAME.get(record)
    if kind is None or "(" in whole:
        return whole.replace("_", " ")
    for fact in kind.facts:
        if whole in (fact.name, *(column.name for column in fact.columns)):
            return f"{kind.title}: {fact.title}"
    return f"{kind.title}: {whole.replace('_', ' ')}"
