"""The markings that are met most often, as they are seen."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter, Question, Rows
from headstamp.engine.selection import SELECTION, chosen

COLUMNS: Final = ("text", "marking_kind", "markings", "items")


def ask(engine: Engine, **given: Any) -> Rows:
    """The most frequent first, then in the order of the texts. ``items`` is how many items bear one.

    Texts are compared as they were written down: what two people read off one marking may be two
    texts here. A marking that was removed or is absent has no text and is not counted.
    """
    items, parameters = chosen(given)
    tests = ["marking.text IS NOT NULL"]
    if given["marking_kind"]:
        tests.append("marking.marking_kind = :marking_kind")
        parameters["marking_kind"] = given["marking_kind"]
    # Where every item will do, none has to be looked at.
    join = f"JOIN ({items}) AS item ON item.id = marking.item" if "WHERE" in items else ""
    return engine.rows(
        f"""
        SELECT marking.text AS text, marking.marking_kind AS marking_kind, COUNT(*) AS markings,
               COUNT(DISTINCT marking.item) AS items
        FROM marking {join}
        WHERE {" AND ".join(tests)}
        GROUP BY marking.text, marking.marking_kind
        HAVING COUNT(*) >= :least
        ORDER BY markings DESC, text, marking_kind
        LIMIT {int(given["limit"])}
        """, {**parameters, "least": given["least"]})


QUESTION: Final = Question(
    "frequent_markings", 1, "Which markings are met most often?", (
        Parameter("marking_kind", "word", "Only markings of this kind, such as lot"),
        Parameter("least", "whole number", "Leave out what is met less often", default=2),
        Parameter("limit", "whole number", "How many at most", default=100),
        *SELECTION,
    ), COLUMNS, ask)
