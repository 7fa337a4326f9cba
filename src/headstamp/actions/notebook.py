"""A case in a notebook: records, search and snapshot, read-only.

What comes out is filtered by the clearance like everything else (rule 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headstamp.actions.cases import check_case, open_case
from headstamp.actions.markings.find import Hit, find
from headstamp.actions.measures.frames import Answer, frame
from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.actions.settings import from_environment
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.question import given_values
from headstamp.engine.questions import question_named
from headstamp.engine.snapshot import Snapshot, take_snapshot
from headstamp.store.case import Case
from headstamp.store.shown import Shown
from headstamp.store.verify import Finding

if TYPE_CHECKING:
    from pandas import DataFrame


class OpenCase:
    """An open case as a notebook sees it."""

    def __init__(self, case: Case, clearance: str) -> None:
        self._case = case
        self.clearance = clearance

    def __repr__(self) -> str:
        return f"<headstamp case {self._case.address} at clearance {self.clearance}>"

    def __enter__(self) -> OpenCase:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the database."""
        self._case.close()

    def records(self, kind: str, **where: Any) -> Iterator[dict[str, Any]]:
        """All visible records of a kind as dictionaries, oldest first, in flat memory."""
        for shown in self._case.read(self.clearance).stream(kind, where):
            yield shown.as_dict()

    def get(self, record_id: str) -> Shown:
        """One record. Raises Missing."""
        return self._case.read(self.clearance).get(record_id)

    def count(self, kind: str, by: str | None = None, **where: Any) -> Any:
        """How many; with ``by``, a list of (value, count), commonest first."""
        total, groups = self._case.read(self.clearance).count(kind, by, where)
        return groups if by else total

    def find(self, text: str, limit: int = 20) -> list[Hit]:
        """What answers to a marking, a part of one, or words; best first."""
        return find(self._case, text, clearance=self.clearance, limit=limit)

    def verify(self) -> list[Finding]:
        """Everything recomputed; empty where nothing is wrong."""
        return check_case(self._case)

    def measure(self, name: str, **given: Any) -> Answer:
        """Asks a measure of what this clearance sees now: ``case.measure("scale.serials", make="Altera")``.

        What is given are parameters of its feed (``headstamp measures``) and inputs other than
        tables. Raises Missing for no such measure, Invalid naming every faulty word.
        """
        words = {word: value if isinstance(value, str) else ",".join(map(str, value))
                 if isinstance(value, (list, tuple)) else str(value) for word, value in given.items()}
        measured = measure_snapshot(snapshot_now(self._case, self.clearance), name, words)
        return Answer(measured.result, measured)

    def ask(self, question: str, **given: Any) -> DataFrame:
        """The rows that a named question of ``headstamp ask`` gives, as a dataframe.

        Raises Missing for no such question, Invalid for a faulty parameter, Unavailable without pandas.
        """
        found = question_named(question)
        values = given_values(question, found.parameters, {k: str(v) for k, v in given.items()})
        with DuckDB(snapshot_now(self._case, self.clearance)) as engine:
            rows = found.ask(engine, **values)
        return frame(found.columns, [tuple(row[name] for name in found.columns) for row in rows])

    def snapshot(self, folder: str | Path | None = None) -> Snapshot:
        """The visible records as one Parquet file a kind, tied to the checkpoint."""
        return take_snapshot(self._case, self.clearance, Path(folder) if folder else None)


def open_notebook(path: str, *, clearance: str | None = None) -> OpenCase:
    """Opens a case for reading. See :func:`headstamp.open`."""
    settings = from_environment()
    return OpenCase(
        open_case(path, folder=settings.folder), clearance or settings.clearance
    )
