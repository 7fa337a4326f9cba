"""Spark over a snapshot: on a cluster, or on one machine for what is beyond its memory.

The same tables, the same SQL and the same answers as DuckDB. What Spark does otherwise is set right
here where it can be (what stands in double quotes is a name, a backslash in a text is a backslash, an error
instead of silent nothing), and what cannot be is declared in :mod:`headstamp.engine.gaps`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from headstamp.engine.driver import INSTALL, MEMORY, Driver
from headstamp.engine.note import PARTS
from headstamp.engine.plain import plain_rows
from headstamp.engine.question import Rows
from headstamp.engine.readonly import one_question
from headstamp.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from headstamp.engine.remote import Remote
    from headstamp.engine.snapshot import Snapshot

_SETTINGS: Final = {
    "spark.sql.ansi.enabled": "true",  # an error where a value does not fit, not an empty cell
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # a moment as written, in whatever zone this machine is
    "spark.sql.caseSensitive": "false",
    "spark.sql.runSQLOnFiles": "false",  # nothing but the snapshot's tables
}
_TYPES: Final = {"VARCHAR": "STRING", "JSON": "STRING", "BIGINT": "BIGINT", "DOUBLE": "DOUBLE", "BOOLEAN": "BOOLEAN"}
# A shuffle is cut so that a part of it fits the memory of a task many times over.
_ROWS_A_PART: Final = 500_000
_MOST_PARTS: Final = 400
# A text in quotes; names in quotes and comments are stepped over.
_TEXT: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\r\n]*")
_WORD: Final = re.compile(r"\w+")
# What the asker can mend, by class of SQLSTATE: data, syntax and names, what is not supported, cardinality.
_STATE: Final = re.compile(r"SQLSTATE: (\w{5})")
_CALL: Final = re.compile(r"^An error occurred while calling \S+\s*:?\s*(?:[\w.$]+(?:Exception|Error): )?")
_ASKERS: Final = ("0A", "21", "22", "42")


class Spark:
    """Spark over a snapshot. See :class:`headstamp.engine.engine.Engine`.

    Without ``driver`` or ``session`` a Spark is started (see :class:`Driver`) and ended by ``close``;
    those that were handed over are left running. Raises Invalid, Unavailable and Conflicting as Driver does.
    """

    name = "spark"

    def __init__(
        self, snapshot: Snapshot | Remote, *, master: str = "local[*]", memory: str = MEMORY,
        options: Mapping[str, str] | None = None, driver: Driver | None = None,
        session: SparkSession | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._own = Driver(master, memory=memory, options=options) if driver is None and session is None else None
        first = session or (driver or self._own).session  # type: ignore[union-attr]
        self._session = first.newSession()
        for name, value in _SETTINGS.items():
            self._session.conf.set(name, value)
        if (first.sparkContext.master or "").startswith("local"):
            rows = sum(table.rows for table in snapshot.tables.values())
            parts = max(first.sparkContext.defaultParallelism, min(_MOST_PARTS, rows // _ROWS_A_PART))
            self._session.conf.set("spark.sql.shuffle.partitions", str(parts))
        self._known: set[str] = set()

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The answer as dictionaries. Raises Invalid where Spark does not understand it, Unavailable
        where it cannot answer.
        """
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            self._tables(sql)
            answer = self._session.sql(_texts_as_written(sql), dict(parameters or {}))
            return plain_rows(answer.columns, answer.collect())
        except (PySparkException, Py4JError, OSError) as error:
            raise _told(str(error)) from error

    def read_only(self, sql: str) -> Rows:
        """The answer to SQL that somebody typed. Raises Invalid where it is not one question."""
        return self.rows(one_question(sql))

    def members(self, table: str, column: str) -> str:
        """SQL of a subquery (id, member, position from 1)."""
        return (f"(SELECT id, member, CAST(place + 1 AS BIGINT) AS position FROM \"{table}\" LATERAL VIEW "
                f"POSEXPLODE(FROM_JSON(\"{column}\", 'array<string>', MAP('mode', 'FAILFAST'))) "
                f"AS place, member)")

    def part(self, expression: str, name: str) -> str:
        """SQL of the text under a name in a JSON object; nothing where it has no such name."""
        return f"GET_JSON_OBJECT({expression}, '$.{name}')"

    def days(self, first: str, last: str) -> str:
        """SQL of the whole days from one ISO day to another."""
        return f"DATEDIFF(TO_DATE({last}, 'yyyy-MM-dd'), TO_DATE({first}, 'yyyy-MM-dd'))"

    def close(self) -> None:
        """Forgets the tables; ends Spark where it was started for this."""
        if self._own is not None:
            self._own.close()
        elif self._session.sparkContext._jsc is not None:  # else its driver has ended already
            for name in self._known:
                self._session.catalog.dropTempView(name)
        self._known.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self.close()

    def _tables(self, sql: str) -> None:
        """Makes the tables known that this question may speak of; looking at a file costs Spark a job."""
        words = {word.lower() for word in _WORD.findall(sql)}
        for name in self._snapshot.tables:
            if name in words and name not in self._known:
                self._read(name).createOrReplaceTempView(name)
                self._known.add(name)

    def _read(self, name: str) -> DataFrame:
        where = self._snapshot.path(name)
        reader = self._session.read
        if self._snapshot.tables[name].parts:
            reader = reader.option("pathGlobFilter", PARTS)
        known = self._snapshot.columns(name) if isinstance(where, Path) else {}
        if known and set(known.values()) <= set(_TYPES):  # else Spark looks for itself, which takes it a job
            reader = reader.schema(", ".join(f"`{column}` {_TYPES[kind]}" for column, kind in known.items()))
        return reader.parquet(where.absolute().as_uri() if isinstance(where, Path) else where)


def _texts_as_written(sql: str) -> str:
    """Spark takes a backslash in a text for the beginning of something; nobody else does."""
    return _TEXT.sub(lambda found: found[0].replace("\\", "\\\\") if found[0][0] == "'" else found[0], sql)


def _told(said: str) -> Invalid | Unavailable:
    """What Spark says as one of our errors, by its SQLSTATE."""
    state = _STATE.search(said)
    if state and state[1].startswith(_ASKERS):
        return Invalid(f"this question cannot be answered: {_short(said)}")
    return Unavailable(f"Spark could not answer: {_short(said)}")


def _short(text: str) -> str:
    """What Spark says, without the calls before it and the trace of Java behind it."""
    text = _CALL.sub("", text)
    return re.split(r"\s*(?:\n\s*at |JVM stacktrace|Driver stacktrace)", text, maxsplit=1)[0].strip()[:1200]


__all__ = ["INSTALL", "Spark"]
