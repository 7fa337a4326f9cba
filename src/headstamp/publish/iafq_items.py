"""What stands in the yearly tables on illicit arms: each visible item, in one class of each table or left out.

An item is one piece, or as many as its counted group has. Nothing is left out unsaid: what is in no table stands
in a list with its reason, and both together are all items that the reader may see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from headstamp.kinds.date import bounds
from headstamp.publish.iafq_classes import OUTSIDE, Classes
from headstamp.publish.iafq_tracing import Tracing
from headstamp.records import BY_NAME
from headstamp.records.marking import READABLE
from headstamp.store.limits import LEFT_OUT
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

MARKING: Final = {
    "marked": "serial number, read whole", "partial": "serial number, read in part", "defaced": "serial number defaced",
    "removed": "serial number removed", "absent": "looked for and never marked", "not_recorded": "not written down",
    "group": "a counted group: not told for each",
}
"""Whether an arm bears a number of its own."""
KEPT_BACK, NO_ARM = "kept back: what rests on it may not be handed out", "not asked for in the questionnaire"
NOT_HELD, PART_OF = "seen in a photograph only", "part of an arm that is counted"
OTHER_YEAR, NO_YEAR, PERHAPS = "another year", "no date of recovery", "perhaps this year: the date is not that exact"
OTHER_PLACE, NO_PLACE = "another country", "the country it was recovered in is not told"
NO_PIECES = "a group not counted in pieces"
# The best that is known of several markings of one arm.
_BEST: Final = ("marked", "partial", "defaced", "removed", "absent")


@dataclass(frozen=True, slots=True)
class Counted:
    """One item in the tables: its class in each of them, and how many pieces it stands for."""

    id: str
    label: str
    group: str
    category: str
    type: str
    pieces: float
    by_eye: bool
    manner: str
    marking: str
    tracing: str
    together: str
    country: str
    recovery: str
    when: str


@dataclass(frozen=True, slots=True)
class Aside:
    """One item in no table, and why."""

    id: str
    label: str
    type: str
    reason: str


@dataclass(frozen=True, slots=True)
class Items:
    """All visible items: those of the tables and those that stand aside. ``visible`` is how many there are."""

    counted: tuple[Counted, ...]
    aside: tuple[Aside, ...]
    visible: int
    recoveries: Mapping[str, Shown]

    @property
    def adds_up(self) -> bool:
        """Whether every visible item is in one of the two lists, once."""
        ids = [*(one.id for one in self.counted), *(one.id for one in self.aside)]
        return len(ids) == len(set(ids)) == self.visible


def gather(reader: Reader, classes: Classes, tracing: Tracing, year: int, country: str = "") -> Items:
    """Every visible item by the classes; ``country`` (ISO 3166-1 alpha-2) keeps to what was recovered there."""
    recoveries = {one.id: one for one in reader.stream("recovery")}
    countries = {one.id: _country(one.get("place")) for one in reader.stream("site")}
    marks = _marks(reader)
    arms = {one.id for one in reader.stream("item", {"family": "arm"})}
    counted: list[Counted] = []
    aside: list[Aside] = []
    for item in reader.stream("item"):
        recovery = recoveries.get(item.get("recovery") or "")
        family = item.get("family", "unknown")
        words = item.get("item_type") or ""
        group, category = classes.of(family, words)
        manner = classes.manner(recovery.get("manner") if recovery else None)
        when = item.get("recovered_on") or (recovery.get("recovered_on") if recovery else None) or ""
        where = _where(item, recovery, countries)
        reason = ""
        if item.label == LEFT_OUT:
            reason = KEPT_BACK
        elif group == OUTSIDE:
            reason = NO_ARM
        elif manner == "not_held":
            reason = NOT_HELD
        elif group == "parts" and item.get("parent") in arms:
            reason = PART_OF
        else:
            reason = _another_year(when, year) or _another_place(where, country)
        pieces, by_eye = _pieces(item.get("quantity"))
        if not reason and pieces is None:
            reason = NO_PIECES
        if reason:
            aside.append(Aside(item.id, item.label, words or family, reason))
            continue
        assert pieces is not None
        traced, together = tracing.of(item.id)
        counted.append(Counted(
            item.id, item.label, group, category, words, pieces, by_eye, manner,
            "group" if pieces != 1 else marks.get(item.id, "not_recorded"), traced, together, item.get("country") or "",
            recovery.id if recovery else "", when))
    return Items(tuple(counted), tuple(aside), reader.totals()["item"], recoveries)


def year_of(when: str, year: int) -> bool | None:
    """Whether a partial date lies in the year; None where it only may."""
    first, last = bounds(when)
    low, high = int(first[:4]) if first else None, int(last[:4]) if last else None
    if low == high == year:
        return True
    return None if (low is None or low <= year) and (high is None or high >= year) else False


def _another_year(when: str, year: int) -> str:
    if not when:
        return NO_YEAR
    inside = year_of(when, year)
    return "" if inside else PERHAPS if inside is None else OTHER_YEAR


def _another_place(where: str, country: str) -> str:
    if not country or where == country:
        return ""
    return OTHER_PLACE if where else NO_PLACE


def _where(item: Shown, recovery: Shown | None, countries: Mapping[str, str]) -> str:
    """The country an item was recovered in: of its recovery, else of the site of either."""
    told = _country(recovery.get("place")) if recovery else ""
    at = (recovery.get("site") if recovery else None) or item.get("site") or ""
    return told or countries.get(at, "") or countries.get(item.get("site") or "", "")


def _country(place: Any) -> str:
    return str(place.get("country") or "") if isinstance(place, dict) else ""


def _pieces(quantity: Any) -> tuple[float | None, bool]:
    """How many pieces an item is (one, if no group), None in another unit; and whether that is no count of each."""
    if not isinstance(quantity, dict):
        return 1, False
    value = quantity.get("value")
    if quantity.get("unit", "piece") != "piece" or value is None:
        return None, False
    rough = quantity.get("method") not in (None, "every_item") or quantity.get("low") is not None
    return float(value), rough


def _marks(reader: Reader) -> dict[str, str]:
    """Of each item with a serial number or the lack of one: the best that is known of it."""
    found: dict[str, str] = {}
    for mark in reader.stream("marking", {"marking_kind": "serial"}):
        state = mark.get("state", "clear")
        told = "marked" if state == "clear" else state
        if told not in _BEST or (told in READABLE and mark.get("text") is None and told != "defaced"):
            continue
        before = found.get(mark.get("item") or "")
        if before is None or _BEST.index(told) < _BEST.index(before):
            found[mark.get("item") or ""] = told
    return found


def families(reader: Reader) -> dict[str, int]:
    """How many items of each family are visible, as the store counts them."""
    names = BY_NAME["item"].by_name["family"]
    return {names.show(value): n for value, n in reader.count("item", "family")[1] if n}
