"""Markings by a field of the items they are on: makers, countries, types, sites."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter, Question, Rows
from headstamp.engine.questions.fields import columns_named
from headstamp.engine.selection import SELECTION, chosen
from headstamp.records import kind_named

COLUMNS: Final = ("value", "items", "marked", "markings")


def ask(engine: Engine, **given: Any) -> Rows:
    """One row for each value of the field, the most markings first, then in the order of the values.

    ``items`` is how many items there are, ``marked`` how many of them bear a marking of the kind asked
    for, ``markings`` how many such there are. Items of which nobody recorded a marking are counted too.
    """
    items, parameters = chosen(given)
    (column,) = columns_named(kind_named("item"), (given["by"],), "by", "item_markings", 1)
    kind = ""
    if given["marking_kind"]:
        kind = "WHERE marking_kind = :marking_kind"
        parameters["marking_kind"] = given["marking_kind"]
    return engine.rows(
        f"""
        SELECT value, COUNT(*) AS items, COUNT(markings) AS marked,
               CAST(COALESCE(SUM(markings), 0) AS BIGINT) AS markings
        FROM (SELECT item.{column} AS value, counted.markings AS markings
              FROM ({items}) AS item
              LEFT JOIN (SELECT item, COUNT(*) AS markings FROM marking {kind} GROUP BY item) AS counted
              ON counted.item = item.id) AS joined
        GROUP BY value
        ORDER BY markings DESC, items DESC, value
        """, parameters)


QUESTION: Final = Question(
    "item_markings", 1, "How many items and markings are there, by a field of the items?", (
        Parameter("by", "word", "A field of the items", default="make"),
        Parameter("marking_kind", "word", "Only markings of this kind, such as serial"),
        *SELECTION,
    ), COLUMNS, ask)
