"""A list of readings, from customs, police or a maker, looked for row by row among all markings.

The list stays as it came: its columns go into the result beside what was found.
A row that cannot be searched for is told with the rule it breaks, all of them
together, and keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final

import orjson

from headstamp.actions.markings.find import (
    checked_channel,
    checked_context,
    explained,
    how_likely,
    look_for,
)
from headstamp.actions.markings.index import Markings, markings
from headstamp.errors import Invalid, Problem
from headstamp.intake.synonyms import MARKINGS
from headstamp.intake.table import open_table
from headstamp.markings import Channel
from headstamp.markings import Hit as MarkingHit
from headstamp.markings.query import parse
from headstamp.publish.sheets import Sheet, write_bytes, write_csv, write_workbook
from headstamp.store.case import Case
from headstamp.store.limits import told as words_of
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import fold

Told = Callable[[int, int], None]

COLUMN: Final = "marking"
"""The name of the column of a list that has none."""

SURE: Final = 0.75
"""A quick list whose first is likelier than this is not completed: what takes more edits still
could hardly matter, and a list has many rows."""

FAINT: Final = 0.01
"""Hits after the first that are so much less likely than it are left out."""

_NAMES: Final = (
    "marking", "markings", "marking text", "text", "reading", "readings", "identifier",
    *MARKINGS["serial"], *chain.from_iterable(MARKINGS.values()), "weapon number", "number",
    "numéro", "número", "nummer", "الرقم", "رقم",
)
_RANK: Final = {fold(name): at for at, name in reversed(list(enumerate(_NAMES)))}
_AT_ONCE: Final = 200
_THREADS: Final = 2
_MOST_ROWS: Final = 1_000_000


@dataclass(frozen=True)
class Found:
    """One marking that may be the one a row names."""

    id: str
    kind: str
    text: str
    probability: float
    word: str
    why: str
    item: str
    item_label: str
    # What a trace reply forbids to be done with it, in words.
    limits: str = ""
    pairs: tuple[Mapping[str, str], ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "id": self.id, "kind": self.kind, "text": self.text, "probability": self.probability,
            "likely": self.word, "why": self.why, "item": self.item or None,
            "label": self.item_label or None, "limits": self.limits or None, "pairs": [dict(pair) for pair in self.pairs],
        }


@dataclass(frozen=True)
class ListRow:
    """A row of the list: its number and cells, what was asked, what was found or why nothing was."""

    number: int
    cells: tuple[str, ...]
    asked: str
    found: tuple[Found, ...] = ()
    problem: Problem | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, without the list's own columns."""
        told: dict[str, Any] = {"row": self.number, "asked": self.asked}
        if self.problem is not None:
            return told | {"problem": self.problem.as_dict()}
        return told | {"hits": [one.as_dict() for one in self.found]}


@dataclass(frozen=True)
class ListResult:
    """What became of a list: its columns, the one that was searched, and its rows in order."""

    columns: tuple[str, ...]
    column: str
    rows: tuple[ListRow, ...]

    @property
    def problems(self) -> list[ListRow]:
        """The rows that could not be searched for."""
        return [row for row in self.rows if row.problem is not None]

    @property
    def answered(self) -> int:
        """How many rows have at least one hit."""
        return sum(bool(row.found) for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "column": self.column, "rows": len(self.rows), "answered": self.answered,
            "not_searched": len(self.problems),
            "results": [
                row.as_dict() | {"list": dict(zip(self.columns, row.cells, strict=False))}
                for row in self.rows
            ],
        }


def find_list(
    case: Case, path: Path, *, clearance: str, column: str = "", limit: int = 3,
    context: Mapping[str, str] | None = None, technique: str = "", reader: str = "",
    told: Told | None = None,
) -> ListResult:
    """Every row of a list searched for, with up to ``limit`` hits each.

    ``told(done, all)`` hears how far it is. Context, technique and reader hold for the
    whole list, as in :func:`headstamp.actions.markings.find.find`. Raises Missing, Unreadable for
    a file that cannot be read, Invalid where no column is the markings'.
    """
    beside = checked_context(context)
    channel = checked_channel(case, technique, reader)
    columns, name, rows = read_list(path, column)
    seen = markings(case, clearance)
    texts = list(dict.fromkeys(row.asked for row in rows if row.problem is None))
    hits: dict[str, list[MarkingHit]] = {}
    with ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            answers = pool.map(lambda text: _look(seen, text, limit, channel, beside), some)
            hits.update(zip(some, answers, strict=True))
            if told is not None:
                told(min(start + _AT_ONCE, len(texts)), len(texts))
    with case.read(clearance).snapshot() as sees:
        found = _shown(sees, seen, hits)
    return ListResult(columns, name, tuple(
        row if row.problem is not None else
        ListRow(row.number, row.cells, row.asked, found.get(row.asked, ()))
        for row in rows
    ))


def _look(
    seen: Markings, text: str, limit: int, channel: Channel, context: Mapping[str, str]
) -> list[MarkingHit]:
    quick = look_for(seen, text, limit, channel, context, quick=True)
    found = quick if quick and quick[0].probability >= SURE else \
        look_for(seen, text, limit, channel, context)
    return [one for one in found if one.probability >= FAINT * found[0].probability]


def _shown(
    reader: Reader, seen: Markings, hits: Mapping[str, Sequence[MarkingHit]]
) -> dict[str, tuple[Found, ...]]:
    """The hits as records with their items, of what the reader may see."""
    seqs = sorted({seen.seq(one.position) for some in hits.values() for one in some})
    records = reader.standing(seqs)
    readings = [one.get("marking") for one in records.values() if one.kind == "reading"]
    owners = reader.many([one for one in readings if one])
    items = {
        one.id: str((owners.get(one.get("marking"), one) if one.kind == "reading" else one)
                    .get("item") or "")
        for one in records.values()
    }
    labels = reader.labels(sorted({one for one in items.values() if one}))
    limits = reader.limits([*items, *labels])

    def one_found(hit: MarkingHit, record: Shown) -> Found:
        item, told = items[record.id], explained(hit)
        return Found(
            record.id, record.kind, hit.text, round(hit.probability, 6),
            how_likely(hit.probability), "; ".join(told["words"]), item, labels.get(item, ""),
            "; ".join(words_of((*limits.get(record.id, ()), *limits.get(item, ())))),
            tuple(told["pairs"]),
        )

    return {
        text: tuple(one_found(hit, records[seen.seq(hit.position)]) for hit in some
                    if seen.seq(hit.position) in records)
        for text, some in hits.items()
    }


# --- reading the list ---------------------------------------------------------------


def read_list(path: Path, column: str = "") -> tuple[tuple[str, ...], str, list[ListRow]]:
    """Its columns, the column of the markings, and its rows; those that cannot be searched say why."""
    columns, rows = _plain_json(path) or _table(path)
    name = _column(columns, column)
    if name is None:
        # One column without a name of ours: a plain list, its first line a row like the others.
        rows = chain([(0, (columns[0],))], rows)
        columns, name = (COLUMN,), COLUMN
    at = columns.index(name)
    made: list[ListRow] = []
    for number, cells in rows:
        if len(made) == _MOST_ROWS:
            raise Invalid(f"this list has more than {_MOST_ROWS:,} rows; divide it")
        made.append(_row(number, cells, at) if isinstance(cells, tuple)
                    else ListRow(number, (), "", (), cells))
    return columns, name, made


_Rows = Iterator[tuple[int, tuple[str, ...] | Problem]]


def _table(path: Path) -> tuple[tuple[str, ...], _Rows]:
    table = open_table(path)

    def rows() -> _Rows:
        with table:
            for at, row in enumerate(table.rows(), 1):
                if isinstance(row, Problem):
                    yield row.row or at, row
                else:
                    yield row.number, tuple(cell or "" for cell in row.cells)

    return tuple(table.columns), rows()


def _plain_json(path: Path) -> tuple[tuple[str, ...], _Rows] | None:
    """A JSON list of texts; None for anything else, a list of objects among it."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, list) or not all(isinstance(one, str) for one in document):
        return None
    return (COLUMN,), ((at, (one,)) for at, one in enumerate(document, 1))


def _column(columns: Sequence[str], wanted: str) -> str | None:
    """The column that holds the markings; None where there is but one, of another name."""
    by_name = {fold(name): name for name in reversed(columns)}
    if wanted:
        found = by_name.get(fold(wanted))
        if found is None:
            raise Invalid("this list has no such column", [
                Problem("there are: " + ", ".join(columns), field="column", value=wanted)
            ])
        return found
    known = sorted((name for name in by_name if name in _RANK), key=lambda name: _RANK[name])
    if known:
        return by_name[known[0]]
    if len(columns) == 1:
        return None
    raise Invalid("no column of this list has a name by which markings go", [
        Problem("say which it is; there are: " + ", ".join(columns), "Name it with --column.",
                field="column")
    ])


def _row(number: int, cells: tuple[str, ...], at: int) -> ListRow:
    asked = cells[at].strip() if at < len(cells) else ""
    if not asked:
        return ListRow(number, cells, "", (), Problem(
            "the cell is empty", "Nothing is searched for in this row.", row=number))
    try:
        parse(asked)
    except Invalid as error:
        first = error.problems[0] if error.problems else Problem(error.message)
        return ListRow(number, cells, asked, (), Problem(
            first.rule, first.advice, value=asked, row=number))
    return ListRow(number, cells, asked)


# --- the result as tables -----------------------------------------------------------

_HEADS: Final = (
    "row of the list", "asked", "hit", "probability", "in words", "marking found", "record",
    "item", "item id", "why", "limits on its use",
)


def save_list(result: ListResult, path: Path) -> None:
    """Writes the result beside what the list held: ``.xlsx``, ``.csv`` or ``.json`` by the name.

    A workbook has a sheet of results, and a sheet of the rows that could not be
    searched for, with the rule that each breaks; a CSV file has both below each
    other. Raises Invalid for another name, Unavailable where it cannot be written.
    """
    form = form_of(path)
    if form == "json":
        write_bytes(path, orjson.dumps(result.as_dict(), option=orjson.OPT_INDENT_2))
        return
    columns = tuple(f"list: {name}" for name in result.columns)
    answers = Sheet("results", (*_HEADS, *columns), _answers(result))
    if form == "csv":
        write_csv(path, Sheet("results", (*_HEADS, "rule broken", *columns), _together(result)))
        return
    refused = Sheet(
        "not searched", ("row of the list", "asked", "rule broken", "advice", *columns),
        ([row.number, row.asked, row.problem.rule, row.problem.advice, *row.cells]
         for row in result.problems if row.problem is not None),
    )
    write_workbook(path, [answers, refused])


def form_of(path: Path) -> str:
    """The form that a file's name asks for. Raises Invalid for another one."""
    form = path.suffix.lower().lstrip(".")
    if form not in ("xlsx", "csv", "json"):
        raise Invalid(f"the result is written as .xlsx, .csv or .json, not as {path.name!r}")
    return form


def _answers(result: ListResult) -> Iterator[list[str | int | float | None]]:
    for row in result.rows:
        if row.problem is None:
            yield from ([*told, *row.cells] for told in told_of(row))


def _together(result: ListResult) -> Iterator[list[str | int | float | None]]:
    empty = [None] * (len(_HEADS) - 2)
    for row in result.rows:
        if row.problem is None:
            yield from ([*told, None, *row.cells] for told in told_of(row))
        else:
            yield [row.number, row.asked, *empty, row.problem.rule, *row.cells]


def told_of(row: ListRow) -> Iterator[list[str | int | float | None]]:
    """One line for each hit of a row, one that says so where there is none."""
    if not row.found:
        yield [row.number, row.asked, 0, None, None, None, None, None, None, "nothing answers"]
    for at, one in enumerate(row.found, 1):
        yield [
            row.number, row.asked, at, round(one.probability, 4), one.word, one.text, one.id,
            one.item_label, one.item, one.why, one.limits or None,
        ]
