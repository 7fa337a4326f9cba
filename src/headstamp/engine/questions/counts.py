"""How many records there are of a kind, by what stands in up to three of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter, Question, Rows
from headstamp.engine.questions.fields import columns_named
from headstamp.records import TYPES, kind_named

COLUMNS: Final = ("first", "second", "third", "records")


def ask(engine: Engine, **given: Any) -> Rows:
    """One row for each combination there is, the most frequent first, then in the order of the values.

    ``first``, ``second`` and ``third`` are the values in the fields that were named; empty where the
    field is empty, or where fewer were named. Records are counted, not pieces: an item that stands
    for 40 rounds is one.
    """
    type_ = kind_named(given["kind"])
    by = columns_named(type_, given["by"], "by", "counts", 3)
    named = [*by, *["CAST(NULL AS STRING)"] * (3 - len(by))]
    return engine.rows(
        f"""
        SELECT {named[0]} AS first, {named[1]} AS second, {named[2]} AS third, COUNT(*) AS records
        FROM {type_.name}
        GROUP BY {", ".join(by)}
        HAVING COUNT(*) >= :least
        ORDER BY records DESC, first, second, third
        """, {"least": given["least"]})


def called(given: Mapping[str, Any]) -> dict[str, str]:
    """The columns by the fields that were named; those for which none was are not shown."""
    by = tuple(given["by"])
    return dict(zip(COLUMNS[:3], by + ("",) * 3, strict=False))


QUESTION: Final = Question(
    "counts", 2, "How many records of a kind are there, by what stands in their fields?", (
        Parameter("kind", "word", "The kind of record", needed=True, choices=tuple(t.name for t in TYPES)),
        Parameter("by", "words", "One to three of its fields, parted by commas", needed=True),
        Parameter("least", "whole number", "Leave out what there is less of", default=1),
    ), COLUMNS, ask, called)
