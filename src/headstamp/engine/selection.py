"""Which items a question is about: by what they are, where and when they were found.

The same parameters for every question of items, so that a measure asked of one maker and the
count beside it are of the same items. A part is an item with a parent that is no package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from headstamp.engine.question import Parameter

SELECTION: Final = (
    Parameter("family", "word", "Only items of this family"),
    Parameter("item_type", "word", "Only items of this type, as written"),
    Parameter("make", "word", "Only items of this make, as written"),
    Parameter("model", "word", "Only items of this model, as written"),
    Parameter("country", "word", "Only items made in this country (its code)"),
    Parameter("site", "word", "Only items found at this site (its id)"),
    Parameter("mission", "word", "Only items of recoveries on visits of this mission (its id)"),
    Parameter("since", "day", "Only items found on this day or later"),
    Parameter("until", "day", "Only items found on this day or earlier"),
    Parameter("parts", "word", "With parts of other items, or without them", default="yes",
              choices=("yes", "no", "only")),
)
_EQUAL: Final = ("family", "item_type", "make", "model", "country", "site")
_PART: Final = ("EXISTS (SELECT 1 FROM item AS whole WHERE whole.id = item.parent "
                "AND whole.family <> 'package')")
_OF_MISSION: Final = ("EXISTS (SELECT 1 FROM recovery JOIN visit ON visit.id = recovery.visit "
                      "WHERE recovery.id = item.recovery AND visit.mission = :mission)")


def chosen(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """SQL of the items chosen, to be used as ``FROM (...) AS item``, and its parameters.

    A date known as a window is taken where any of its days fits. An item without a date of its own
    has that of its recovery.
    """
    tests: list[str] = [f"{name} = :{name}" for name in _EQUAL if given.get(name)]
    if given.get("mission"):
        tests.append(_OF_MISSION)
    if given.get("since"):
        tests.append(_dated("COALESCE({}.recovered_on_to, '9999') >= :since"))
    if given.get("until"):
        tests.append(_dated("COALESCE({}.recovered_on_from, '0000') <= :until"))
    parts = given.get("parts") or "yes"
    if parts != "yes":
        tests.append(_PART if parts == "only" else f"NOT {_PART}")
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    used = (*_EQUAL, "mission", "since", "until")
    return f"SELECT * FROM item{where}", {name: given[name] for name in used if given.get(name)}


def _dated(test: str) -> str:
    """A test of an item's date, else of its recovery's."""
    return (f"((recovered_on IS NOT NULL AND {test.format('item')}) OR (recovered_on IS NULL AND EXISTS ("
            "SELECT 1 FROM recovery WHERE recovery.id = item.recovery AND recovery.recovered_on IS NOT NULL "
            f"AND {test.format('recovery')})))")
