"""What became of the markings on the items of each maker: clear, defaced, removed, absent."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter, Question, Rows
from headstamp.engine.questions.fields import columns_named
from headstamp.engine.selection import SELECTION, chosen
from headstamp.records import kind_named

COLUMNS: Final = ("value", "state", "markings", "items")


def ask(engine: Engine, **given: Any) -> Rows:
    """Rows in the order of the values of the field, and of the states.

    ``markings`` are those of that state on items of that value, ``items`` how many items bear one. A
    value alone says little: see the states of a value together, for somebody looked at all of them.
    """
    items, parameters = chosen(given)
    (column,) = columns_named(kind_named("item"), (given["by"],), "by", "marking_states", 1)
    kind = ""
    if given["marking_kind"]:
        kind = "AND marking.marking_kind = :marking_kind"
        parameters["marking_kind"] = given["marking_kind"]
    return engine.rows(
        f"""
        SELECT item.{column} AS value, marking.state AS state, COUNT(*) AS markings,
               COUNT(DISTINCT item.id) AS items
        FROM ({items}) AS item
        JOIN marking ON marking.item = item.id {kind}
        GROUP BY item.{column}, marking.state
        ORDER BY value, state
        """, parameters)


QUESTION: Final = Question(
    "marking_states", 1, "In which states are the markings on the items of each maker?", (
        Parameter("by", "word", "A field of the items", default="make"),
        Parameter("marking_kind", "word", "Only markings of this kind, such as serial"),
        *SELECTION,
    ), COLUMNS, ask)
