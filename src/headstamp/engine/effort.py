"""The effort behind a count: visits, days, hours, and how far the sites could be seen.

A count of finds is a count of looking. Where twice as much is found on twice as many days, nothing
has grown; so the effort stands beside every count, and what is not known of it is told too. One
definition, from what a reader sees and from a snapshot alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from math import fsum
from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.questions import visits
from headstamp.kinds.date import bounds
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary

_MOST_LIMITS: Final = 20
_LONGEST: Final = 31
FOREIGN: Final = ("Published counts are of others: how much they looked, and where they could not, is not known here; no "
                  "visit of this case stands behind them.")


@dataclass(frozen=True, slots=True)
class Effort:
    """Visits as far as a reader may see them.

    ``days`` are different days on which somebody was at a site, counted from visits dated to the
    day or to a window of at most 31 days; ``undated`` are the other visits. ``hours`` is the sum
    over the ``timed`` visits that tell them. ``access`` has the visits by how far the site could be
    seen, "" where nothing is said. ``limited`` visits say in words what limited them; ``limits`` are these words
    with how many visits say them, commonest first, at most twenty. ``first`` and ``last`` are the
    first and last day that any visit can have been on.
    """

    visits: int
    sites: int
    sites_known: int
    days: int
    undated: int
    hours: float
    timed: int
    access: Mapping[str, int]
    limited: int
    first: str
    last: str
    limits: tuple[tuple[str, int], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, with the sentence that stands beside a count."""
        return {**asdict(self), "access": dict(self.access), "limits": [list(one) for one in self.limits],
                "words": beside(self)}


def effort(reader: Reader, sites: Collection[str] = (), since: str = "", until: str = "") -> Effort:
    """The effort that a reader may see, at these sites, else at all; in a period, else ever."""
    rows = ({"site": one.get("site"), "hours": one.get("hours"), "access": one.get("access"),
             "limits": one.get("access_limits"),
             **dict(zip(("first", "last"), bounds(one.get("held_on")) if one.get("held_on") else (None, None),
                        strict=True))}
            for site in (sorted(set(sites)) or [""])
            for one in reader.stream("visit", {"site": site} if site else None))
    return _counted(rows, reader.count("site")[0], sites, since, until)


def effort_of(engine: Engine, sites: Collection[str] = (), since: str = "", until: str = "") -> Effort:
    """The same from a snapshot."""
    return _counted(visits.ask(engine), visits.sites_known(engine), sites, since, until)


def beside(found: Effort) -> str:
    """One sentence to stand beside a count."""
    if not found.visits:
        return "No visit is on record: how much was looked at is not known."
    said = f"Effort: {_many(found.visits, 'visit')} to {found.sites:,} of {_many(found.sites_known, 'known site')}"
    said += f" on {_many(found.days, 'day')}"
    if found.timed:
        said += f", {found.hours:,.4g} hours on site (known for {found.timed:,})"
    if found.undated:
        said += f"; of {found.undated:,} the days are not known"
    names = vocabulary("access")
    told = [f"{count:,} {names.label(code)}" for code, count in sorted(found.access.items()) if code]
    if found.access.get(""):
        told.append(f"{found.access['']:,} not said")
    limited = f"; {found.limited:,} say{'s' if found.limited == 1 else ''} what limited it" if found.limited else ""
    return f"{said}. How far it could be seen: {', '.join(told)}{limited}."


def _counted(
    rows: Iterable[Mapping[str, Any]], known: int, sites: Collection[str], since: str, until: str
) -> Effort:
    """A visit without a date is of no period: it counts only where none is asked for."""
    access: Counter[str] = Counter()
    limits: Counter[str] = Counter()
    days: set[int] = set()
    seen: set[str] = set()
    count = undated = limited = 0
    hours: list[float] = []
    ends: list[str] = []
    for row in rows:
        if sites and row["site"] not in sites:
            continue
        first, last = row["first"], row["last"]
        if (since or until) and not (first or last):
            continue
        if (since and last and last < since) or (until and first and first > until):
            continue
        count += 1
        if row["site"]:
            seen.add(row["site"])
        access[row["access"] or ""] += 1
        if row["limits"]:
            limited += 1
            limits[row["limits"].strip()] += 1
        if row["hours"] is not None:
            hours.append(row["hours"])
        start, end = _day(first), _day(last)
        if start is None or end is None or end - start >= _LONGEST:
            undated += 1
        else:
            days.update(range(start, end + 1))
        ends += [one for one in (first, last) if one]
    told = sorted(limits.items(), key=lambda one: (-one[1], one[0]))[:_MOST_LIMITS]
    return Effort(count, len(seen), known, len(days), undated, fsum(hours), len(hours), dict(sorted(access.items())),
                  limited, min(ends, default=""), max(ends, default=""), tuple(told))


def _day(text: str | None) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() if text else None
    except ValueError:  # before year 1, or after 9999
        return None


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
