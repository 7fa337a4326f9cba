"""Packages and lots with their dates of making and how many are in them: rows for a rate."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows
from headstamp.engine.selection import SELECTION, chosen

COLUMNS: Final = (
    "item", "family", "parent", "package", "recovery", "site", "made_on", "made_from", "made_to", "pieces", "unit", "lot")


def ask(engine: Engine, **given: Any) -> Rows:
    """Each package chosen, and each item chosen that bears a lot, in the order of their ids.

    ``package`` is the parent where that is a package. A lot is one that was recorded as a feature or seen or read as a
    marking; of several the first by name.
    """
    items, parameters = chosen(given)
    return engine.rows(
        f"""
        SELECT item.id AS item, item.family AS family, item.parent AS parent,
               CASE WHEN whole.family = 'package' THEN whole.id END AS package,
               item.recovery AS recovery, COALESCE(item.site, recovery.site) AS site,
               item.made_on AS made_on, item.made_on_from AS made_from, item.made_on_to AS made_to,
               item.quantity_value AS pieces, item.quantity_unit AS unit, lots.lot AS lot
        FROM ({items}) AS item
        LEFT JOIN item AS whole ON whole.id = item.parent
        LEFT JOIN recovery ON recovery.id = item.recovery
        LEFT JOIN (
            SELECT item, MIN(lot) AS lot FROM (
                SELECT item, value AS lot FROM feature WHERE feature_kind = 'lot'
                UNION ALL
                SELECT marking.item AS item, COALESCE(reading.text, marking.text) AS lot
                FROM marking LEFT JOIN reading ON reading.marking = marking.id
                WHERE marking.marking_kind = 'lot') AS every
            WHERE lot IS NOT NULL GROUP BY item) AS lots ON lots.item = item.id
        WHERE item.family = 'package' OR lots.lot IS NOT NULL
        ORDER BY item.id
        """, parameters)


QUESTION: Final = Question(
    "packages", 1, "Which packages and lots are there, when were they made, and how many are in them?", SELECTION,
    COLUMNS, ask)
