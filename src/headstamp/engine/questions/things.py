"""Items with what they are, and published counts, each as rows that shares and series are taken from."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows
from headstamp.engine.selection import SELECTION, chosen

COLUMNS: Final = (
    "item", "family", "item_type", "make", "model", "calibre", "country", "condition", "disposal", "site", "site_name",
    "manner", "found", "found_from", "found_to", "pieces", "unit", "parent", "source")
TALLIES: Final = ("tally", "what", "family", "count", "period", "period_from", "period_to", "area", "source", "total")
WRITTEN: Final = ("item", "text")


def ask(engine: Engine, **given: Any) -> Rows:
    """Each item chosen, in the order of their ids; its date is its own, else its recovery's."""
    items, parameters = chosen(given)
    return engine.rows(
        f"""
        SELECT item.id AS item, item.family AS family, item.item_type AS item_type, item.make AS make, item.model AS model,
               item.calibre AS calibre, item.country AS country, item.condition AS condition, item.disposal AS disposal,
               COALESCE(item.site, recovery.site) AS site, site.name AS site_name, recovery.manner AS manner,
               COALESCE(item.recovered_on, recovery.recovered_on) AS found,
               CASE WHEN item.recovered_on IS NOT NULL THEN item.recovered_on_from
                    ELSE recovery.recovered_on_from END AS found_from,
               CASE WHEN item.recovered_on IS NOT NULL THEN item.recovered_on_to
                    ELSE recovery.recovered_on_to END AS found_to,
               item.quantity_value AS pieces, item.quantity_unit AS unit, item.parent AS parent,
               item.source_document AS source
        FROM ({items}) AS item
        LEFT JOIN recovery ON recovery.id = item.recovery
        LEFT JOIN site ON site.id = COALESCE(item.site, recovery.site)
        ORDER BY item.id
        """, parameters)


def tallies(engine: Engine, **given: Any) -> Rows:
    """Every published count, in the order of their ids. ``total`` says of a count that it is a sum of others."""
    return engine.rows(
        """
        SELECT id AS tally, what, family, count, period, period_from, period_to, area, source_document AS source, total
        FROM tally ORDER BY id
        """)


def written(engine: Engine, **given: Any) -> Rows:
    """What is written on each of the items chosen, a row for each marking that has a text."""
    items, parameters = chosen(given)
    return engine.rows(
        f"""
        SELECT marking.item AS item, marking.text AS text
        FROM ({items}) AS item JOIN marking ON marking.item = item.id
        WHERE marking.text IS NOT NULL
        ORDER BY marking.item, marking.text
        """, parameters)


def shown_at(engine: Engine, **given: Any) -> Rows:
    """The links where each item is shown: columns ``item`` and ``text``."""
    return engine.rows(
        f"""
        SELECT id AS item, member AS text FROM {engine.members("item", "links")} AS link ORDER BY item, text
        """)


QUESTIONS: Final = (
    Question("things", 1, "What is each of these items, where and when was it found?", SELECTION, COLUMNS, ask),
    Question("tallies", 1, "What did others count, where and when?", (), TALLIES, tallies),
    Question("written", 1, "What is written on each of these items?", SELECTION, WRITTEN, written),
    Question("shown_at", 1, "Where is each item shown?", (), WRITTEN, shown_at),
)
