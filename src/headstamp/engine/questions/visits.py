"""The visits behind the counts: which site, when, for how long, how far it could be seen."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows

COLUMNS: Final = ("visit", "site", "mission", "first", "last", "hours", "access", "limits")


def ask(engine: Engine, **given: Any) -> Rows:
    """Every visit, in the order of their ids. ``first`` and ``last`` are the ends of its date."""
    return engine.rows(
        """
        SELECT id AS visit, site, mission, held_on_from AS first, held_on_to AS last, hours, access,
               access_limits AS limits
        FROM visit ORDER BY id
        """)


def sites_known(engine: Engine) -> int:
    """How many sites are on record, visited or not."""
    return int(engine.rows("SELECT COUNT(*) AS n FROM site")[0]["n"])


QUESTION: Final = Question(
    "visits", 1, "Which sites were visited, when, for how long, and how far could they be seen?", (),
    COLUMNS, ask)
