"""Asking a snapshot a named question, or SQL that somebody typed; the answer with all it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from headstamp.actions.measures.measuring import digest
from headstamp.engine.duckdb import write_rows
from headstamp.engine.engines import Choice, engine_over
from headstamp.engine.held import Held
from headstamp.engine.question import Rows, given_values
from headstamp.engine.questions import question_named
from headstamp.engine.snapshot import Snapshot
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural
from headstamp.publish.sheets import Sheet, write_csv, write_workbook

ENDINGS: Final = (".csv", ".parquet", ".xlsx")
MOST_IN_A_SHEET: Final = 1_048_575
"""Rows of a workbook's sheet beside its heads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows with the question, what it was given, and the state, clearance and engine they come from.

    ``version`` is the question's, 0 for SQL that somebody typed; ``snapshot`` the SHA-256 over its tables.
    """

    question: str
    version: int
    given: Mapping[str, str]
    columns: tuple[str, ...]
    rows: Rows
    snapshot: str
    checkpoint: str
    clearance: str
    engine: str

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain JSON values."""
        return {
            "question": self.question, "version": self.version, "given": dict(self.given),
            "columns": list(self.columns), "rows": self.rows, "snapshot": self.snapshot,
            "checkpoint": self.checkpoint, "clearance": self.clearance, "engine": self.engine,
        }


def ask_question(
    place: Snapshot | Held | str, name: str, given: Mapping[str, str], choice: Choice | None = None, *,
    check: bool = True,
) -> Answer:
    """The answer to a named question. ``place`` is a snapshot, or its folder or address.

    Raises Missing for no such question, Invalid with every faulty word, and what the engine raises.
    """
    question = question_named(name)
    values = given_values(name, question.parameters, given)
    with engine_over(place, choice, check=check) as (engine, snapshot):
        heads = question.heads(values)
        rows = question.ask(engine, **values)
        if any(one != head for one, head in heads.items()) or len(heads) < len(question.columns):
            rows = [{head: row[one] for one, head in heads.items()} for row in rows]
        return Answer(name, question.version, dict(given), tuple(heads.values()), rows, digest(snapshot),
                      snapshot.checkpoint, snapshot.clearance, engine.name)


def ask_sql(place: Snapshot | Held | str, sql: str, choice: Choice | None = None, *, check: bool = True) -> Answer:
    """The answer to SQL that somebody typed: one question that reads. Raises Invalid, and what the engine raises.

    Of an answer without rows the columns are not told.
    """
    with engine_over(place, choice, check=check) as (engine, snapshot):
        rows = engine.read_only(sql)
        return Answer(sql, 0, {}, tuple(rows[0]) if rows else (), rows, digest(snapshot),
                      snapshot.checkpoint, snapshot.clearance, engine.name)


def check_output(path: Path) -> None:
    """Raises Invalid where the ending is none of those that can be written. To be asked before the question."""
    if path.suffix.lower() not in ENDINGS:
        raise Invalid("an answer cannot be written so", [Problem(
            "the ending says no kind of file", "End it in " + ", ".join(ENDINGS) + ".", "output", path.name)])


def write_answer(answer: Answer, path: Path) -> None:
    """Writes the rows as CSV, Parquet or a workbook, as the ending says. Raises Invalid, Unavailable."""
    check_output(path)
    ending = path.suffix.lower()
    if ending == ".parquet":
        if not answer.columns:
            raise Invalid("there is no answer to write", [Problem("no row came back", "", "output", path.name)])
        write_rows(path, answer.columns, answer.rows)
        return
    sheet = Sheet(answer.question[:31] if answer.version else "answer", answer.columns,
                  ([_cell(row[name]) for name in answer.columns] for row in answer.rows))
    if ending == ".csv":
        write_csv(path, sheet)
    elif len(answer.rows) > MOST_IN_A_SHEET:
        raise Invalid("the answer is too long for a workbook", [Problem(
            f"it has {plural(len(answer.rows), 'row')}", "Write .csv or .parquet.", "output", path.name)])
    else:
        write_workbook(path, [sheet])


def _cell(value: Any) -> str | int | float | None:
    if value is None or isinstance(value, (str, float)):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int) else str(value)
