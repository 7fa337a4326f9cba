"""Where and when things were recovered, and where and when people looked: points of space and time."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows

COLUMNS: Final = ("recovery", "site", "found_from", "found_to", "latitude", "longitude", "place_precision")
VISITED: Final = ("visit", "site", "held_from", "held_to", "latitude", "longitude", "place_precision")


def ask(engine: Engine, **given: Any) -> Rows:
    """Every recovery with its window and its own place, else its site's; in the order of their ids."""
    return engine.rows(
        """
        SELECT recovery.id AS recovery, recovery.site AS site, recovery.recovered_on_from AS found_from,
               recovery.recovered_on_to AS found_to,
               CASE WHEN recovery.place_latitude IS NOT NULL THEN recovery.place_latitude
                    ELSE site.place_latitude END AS latitude,
               CASE WHEN recovery.place_latitude IS NOT NULL THEN recovery.place_longitude
                    ELSE site.place_longitude END AS longitude,
               CASE WHEN recovery.place_latitude IS NOT NULL THEN recovery.place_precision
                    ELSE site.place_precision END AS place_precision
        FROM recovery LEFT JOIN site ON site.id = recovery.site
        ORDER BY recovery.id
        """)


def visited(engine: Engine, **given: Any) -> Rows:
    """Every visit with its window and its site's place, in the order of their ids."""
    return engine.rows(
        """
        SELECT visit.id AS visit, visit.site AS site, visit.held_on_from AS held_from, visit.held_on_to AS held_to,
               site.place_latitude AS latitude, site.place_longitude AS longitude,
               site.place_precision AS place_precision
        FROM visit LEFT JOIN site ON site.id = visit.site
        ORDER BY visit.id
        """)


QUESTION: Final = Question(
    "recoveries", 1, "Where and when was each recovery made?", (), COLUMNS, ask)
VISITED_QUESTION: Final = Question(
    "visited", 1, "Where and when did people look?", (), VISITED, visited)
