"""Records of a kind by the month of their date, with those not known to the month apart."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter, Question, Rows
from headstamp.records import TYPES, kind_named

COLUMNS: Final = ("month", "known", "records")
_DATED: Final = {type_.name: type_.when for type_ in TYPES
                 if type_.when and f"{type_.when}_from" in {column.name for column in type_.columns}}


def ask(engine: Engine, **given: Any) -> Rows:
    """Rows in the order of the months; first those without one.

    ``known`` is ``month`` where every day that the date may mean lies in that month, ``roughly`` where not
    (a year, a window, an open end), ``not`` where there is no date. Nothing is put into the middle of a window.
    """
    date = _DATED[kind_named(given["kind"]).name]
    return engine.rows(
        f"""
        SELECT month, known, COUNT(*) AS records FROM (
            SELECT CASE WHEN SUBSTR({date}_from, 1, 7) = SUBSTR({date}_to, 1, 7)
                        THEN SUBSTR({date}_from, 1, 7) END AS month,
                   CASE WHEN {date} IS NULL THEN 'not'
                        WHEN SUBSTR({date}_from, 1, 7) = SUBSTR({date}_to, 1, 7) THEN 'month'
                        ELSE 'roughly' END AS known
            FROM {given["kind"]}
        ) AS dated
        GROUP BY month, known
        ORDER BY month, known
        """)


QUESTION: Final = Question(
    "months", 1, "How many records of a kind fall into each month?", (
        Parameter("kind", "word", "The kind of record", needed=True, choices=tuple(_DATED)),
    ), COLUMNS, ask)
