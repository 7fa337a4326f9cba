"""Where and when each item was found, and what was seen on each: two questions for spread and novelty."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows
from headstamp.engine.selection import SELECTION, chosen

COLUMNS: Final = (
    "item", "parent", "family", "make", "model", "recovery", "site", "found_from", "found_to", "latitude",
    "longitude", "place_precision", "country", "area")
SHOWN: Final = ("item", "source", "kind", "value", "technique")


def ask(engine: Engine, **given: Any) -> Rows:
    """Each item chosen, in the order of their ids.

    Its place is that of the site where it was found, else of its recovery, else of the recovery's site. Its
    window is its own date, else its recovery's; where only the day of documenting is known, an open
    window up to it.
    """
    items, parameters = chosen(given)
    return engine.rows(
        f"""
        SELECT item.id AS item, item.parent AS parent, item.family AS family, item.make AS make,
               item.model AS model, item.recovery AS recovery, COALESCE(item.site, recovery.site) AS site,
               CASE WHEN item.recovered_on IS NOT NULL THEN item.recovered_on_from
                    ELSE recovery.recovered_on_from END AS found_from,
               CASE WHEN item.recovered_on IS NOT NULL THEN item.recovered_on_to
                    WHEN recovery.recovered_on IS NOT NULL THEN recovery.recovered_on_to
                    ELSE recovery.documented_on_to END AS found_to,
               CASE WHEN own.place_latitude IS NOT NULL THEN own.place_latitude
                    WHEN recovery.place_latitude IS NOT NULL THEN recovery.place_latitude
                    ELSE place.place_latitude END AS latitude,
               CASE WHEN own.place_latitude IS NOT NULL THEN own.place_longitude
                    WHEN recovery.place_latitude IS NOT NULL THEN recovery.place_longitude
                    ELSE place.place_longitude END AS longitude,
               CASE WHEN own.place_latitude IS NOT NULL THEN own.place_precision
                    WHEN recovery.place_latitude IS NOT NULL THEN recovery.place_precision
                    ELSE place.place_precision END AS place_precision,
               COALESCE(own.place_country, recovery.place_country, place.place_country) AS country,
               COALESCE(own.place_province, recovery.place_province, place.place_province) AS area
        FROM ({items}) AS item
        LEFT JOIN recovery ON recovery.id = item.recovery
        LEFT JOIN site AS place ON place.id = recovery.site
        LEFT JOIN site AS own ON own.id = item.site
        ORDER BY item.id
        """, parameters)


def shown(engine: Engine) -> Rows:
    """What was seen on items: features, markings that are read whole, readings of lots and part numbers.

    ``source`` is feature, marking or reading; of a marking ``kind`` is its kind and ``technique`` how
    it was applied; of a reading it is lot or part_number.
    """
    return engine.rows(
        """
        SELECT item, 'feature' AS source, feature_kind AS kind, value, NULL AS technique
        FROM feature
        UNION ALL
        SELECT item, 'marking' AS source, marking_kind AS kind, text AS value, technique
        FROM marking WHERE text IS NOT NULL AND state = 'clear'
        UNION ALL
        SELECT marking.item AS item, 'reading' AS source,
               CASE WHEN reading.scheme = 'component_part_number' THEN 'part_number' ELSE 'lot' END AS kind,
               reading.text AS value, NULL AS technique
        FROM reading JOIN marking ON marking.id = reading.marking
        WHERE marking.marking_kind = 'lot' OR reading.scheme IN ('component_part_number', 'component_lot')
        ORDER BY item, source, kind, value
        """)


QUESTION: Final = Question(
    "finds", 1, "Where and when was each of these items found, and with what together?", SELECTION, COLUMNS, ask)
SHOWN_QUESTION: Final = Question(
    "shown", 1, "What was seen on each item: features, markings and lots?", (), SHOWN, shown)
