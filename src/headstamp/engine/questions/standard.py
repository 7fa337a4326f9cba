"""What was measured on items, and when items were made: two questions for comparisons between finds.

The numbers need a clearance of restricted: in a snapshot of a lower one they are not there.
"""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows
from headstamp.engine.selection import SELECTION, chosen

MEASURED: Final = (
    "item", "tag", "measurement", "feature", "value", "unit", "sample", "measured_on", "site", "site_name", "recovery")
MADE: Final = ("item", "made_from", "made_to")


def measured(engine: Engine, **given: Any) -> Rows:
    """Each number measured on the items chosen, in the order of items and measurements.

    The site is the item's own, else its recovery's, else that of the item it is part of.
    """
    items, parameters = chosen(given)
    return engine.rows(
        f"""
        SELECT item.id AS item, item.tag AS tag, measurement.id AS measurement, measurement.feature AS feature,
               measurement.value AS value, measurement.unit AS unit, measurement.sample AS sample,
               measurement.measured_on AS measured_on, site.id AS site, site.name AS site_name,
               COALESCE(item.recovery, whole.recovery) AS recovery
        FROM ({items}) AS item
        JOIN measurement ON measurement.item = item.id
        LEFT JOIN recovery ON recovery.id = item.recovery
        LEFT JOIN item AS whole ON whole.id = item.parent
        LEFT JOIN recovery AS of_whole ON of_whole.id = whole.recovery
        LEFT JOIN site ON site.id = COALESCE(item.site, recovery.site, whole.site, of_whole.site)
        WHERE measurement.value IS NOT NULL
        ORDER BY item.id, measurement.id
        """, parameters)


def made(engine: Engine, **given: Any) -> Rows:
    """The window in which each of the items chosen was made, where that is known."""
    items, parameters = chosen(given)
    return engine.rows(
        f"""
        SELECT item.id AS item, item.made_on_from AS made_from, item.made_on_to AS made_to
        FROM ({items}) AS item
        WHERE item.made_on IS NOT NULL
        ORDER BY item.id
        """, parameters)


QUESTIONS: Final = (
    Question("measured", 1, "What was measured on each of these items?", SELECTION, MEASURED, measured),
    Question("made", 1, "When was each of these items made?", SELECTION, MADE, made),
)
