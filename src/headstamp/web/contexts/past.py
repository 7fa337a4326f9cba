"""What is known of an item's past, in the order of time, with what is not known named as a gap.

Dates are as exact as they were said. Two events are in order where their
bounds are; a gap is a stretch between the latest end of what comes before and
the earliest beginning of what comes after. Undated events stand last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from headstamp.kinds.counted import plural
from headstamp.kinds.date import PARTIAL_DATE, bounds
from headstamp.records import BY_NAME
from headstamp.store.shown import Shown
from headstamp.web.contexts.facts import Piece, pieces, ref_piece
from headstamp.web.page import ON_PAGE

# Shorter stretches are the ordinary coarseness of dates.
LEAST_GAP_DAYS = 31


@dataclass(frozen=True)
class Moment:
    """One event, or (``what`` is "gap") a stretch of which nothing is recorded."""

    what: str
    when: str
    first_day: str | None
    last_day: str | None
    text: str
    record: str = ""
    shown_when: str = field(default="", metadata=ON_PAGE)
    to: Piece | None = field(default=None, metadata=ON_PAGE)
    details: tuple[tuple[str, tuple[Piece, ...]], ...] = field(default=(), metadata=ON_PAGE)


def moment(
    what: str, when: str | None, text: str, shown: Shown | None = None,
    labels: Mapping[str, str] | None = None, details: Iterable[str] = (),
) -> Moment:
    """An event of the past, from a record where there is one."""
    first, last = bounds(when) if when else (None, None)
    more = []
    if shown is not None:
        kind = BY_NAME[shown.kind]
        for name in details:
            value = shown.get(name)
            if value not in (None, "unknown"):
                fact = kind.by_name[name]
                more.append((fact.title, pieces(fact, value, labels or {})))
    return Moment(
        what, when or "", first, last, text, shown.id if shown else "",
        PARTIAL_DATE.show(when) if when else "", ref_piece(shown.id, text) if shown else None,
        tuple(more),
    )


def in_order(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    """Events in the order of time with the gaps between them; undated ones last.

    >>> a, b = moment("made", "1985", "made"), moment("recovery", "2017-02", "found")
    >>> [m.what for m in in_order([b, a])]
    ['made', 'gap', 'recovery']
    """
    dated = [m for m in moments if m.first_day or m.last_day]
    undated = [m for m in moments if not (m.first_day or m.last_day)]
    dated.sort(key=lambda m: (m.first_day or m.last_day or "", m.last_day or "9999"))
    found: list[Moment] = []
    known_to: str | None = None
    for one in dated:
        if known_to is not None and one.first_day and (days := _between(known_to, one.first_day)):
            found.append(Moment("gap", "", known_to, one.first_day, _told(days)))
        found.append(one)
        # An open end ("from 2014") leaves nothing to call a gap.
        end = one.last_day or "9999-12-31"
        known_to = max(known_to or end, end)
    return (*found, *undated)


def _between(end: str, start: str) -> int:
    days = (date.fromisoformat(start) - date.fromisoformat(end)).days
    return days if days > LEAST_GAP_DAYS else 0


def _told(days: int) -> str:
    if days >= 730:
        return f"nothing is recorded of about {plural(round(days / 365.25), 'year')}"
    return f"nothing is recorded of about {plural(max(1, round(days / 30.44)), 'month')}"
