"""The serial numbers on items, one row for each way in which one was read."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows
from headstamp.engine.selection import SELECTION, chosen

COLUMNS: Final = (
    "item", "marking", "state", "text", "read", "certainty", "site", "recovery", "parent", "package", "make", "mission",
    "team", "source")


def ask(engine: Engine, **given: Any) -> Rows:
    """Each marking of kind serial on the items chosen, with each reading of it.

    ``text`` is what is seen, ``read`` what somebody makes of it (empty where nobody did). ``package`` is the
    parent where that is one; ``mission`` and ``team`` are those of the visit of the recovery. In the
    order of items and markings.
    """
    items, parameters = chosen(given)
    return engine.rows(
        f"""
        SELECT item.id AS item, marking.id AS marking, marking.state AS state, marking.text AS text,
               reading.text AS read, reading.certainty AS certainty,
               COALESCE(item.site, recovery.site) AS site, item.recovery AS recovery, item.parent AS parent,
               CASE WHEN whole.family = 'package' THEN whole.id END AS package, item.make AS make,
               visit.mission AS mission, COALESCE(visit.team, mission.team) AS team, item.source_document AS source
        FROM ({items}) AS item
        JOIN marking ON marking.item = item.id AND marking.marking_kind = 'serial'
        LEFT JOIN reading ON reading.marking = marking.id
        LEFT JOIN item AS whole ON whole.id = item.parent
        LEFT JOIN recovery ON recovery.id = item.recovery
        LEFT JOIN visit ON visit.id = recovery.visit
        LEFT JOIN mission ON mission.id = visit.mission
        ORDER BY item.id, marking.id, reading.id
        """, parameters)


QUESTION: Final = Question(
    "serials", 2, "Which serial numbers stand on these items, and how were they read?", SELECTION,
    COLUMNS, ask)
