"""What every engine can do: answer SQL with named parameters over the tables of one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from headstamp.engine.question import Rows


@runtime_checkable
class Engine(Protocol):
    """An engine over one snapshot. Each kind of record is a table of its own name."""

    name: str

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The answer as dictionaries; ``:name`` in the SQL stands for a parameter.

        Raises Invalid where the engine does not understand it, Unavailable where it cannot answer.
        """
        ...

    def members(self, table: str, column: str) -> str:
        """SQL of a subquery (id, member, position): each text in a column that holds a JSON list."""
        ...

    def part(self, expression: str, name: str) -> str:
        """SQL of the text under a name in a JSON object, such as a member; nothing where it has no such name."""
        ...

    def days(self, first: str, last: str) -> str:
        """SQL of the whole days from one ISO day (a text like 2017-02-01) to another.

        A text that is no day is an error of the question, not an empty cell.
        """
        ...

    def read_only(self, sql: str) -> Rows:
        """The answer to SQL that somebody typed. Raises Invalid where it is not one question."""
        ...

    def close(self) -> None:
        """Lets go of all it holds."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None: ...
