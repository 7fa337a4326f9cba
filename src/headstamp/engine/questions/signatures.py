"""The signatures on record, a row for each of their features."""

from __future__ import annotations

from typing import Any, Final

import orjson

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows

COLUMNS: Final = ("signature", "name", "least", "kind", "value")


def ask(engine: Engine, **given: Any) -> Rows:
    """Each feature of each signature, in the order of their ids and as they are declared.

    ``least`` is how many of them a find must show, None where all.
    """
    found = engine.rows(
        "SELECT id, name, least, features FROM signature ORDER BY id")
    return [{"signature": row["id"], "name": row["name"], "least": row["least"], "kind": one["kind"], "value": one["value"]}
            for row in found for one in orjson.loads(row["features"] or "[]")]


QUESTION: Final = Question(
    "signatures", 1, "Which features make each signature?", (), COLUMNS, ask)
