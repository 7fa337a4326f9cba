"""The effort behind a count: visits, days, hours, and how far the sites could be seen.

A count of finds is a count of looking. Where twice as much is found on twice as many days, nothing
has grown; so the effort stands beside every count, and what is not known of it is told too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from headstamp.engine.engine import Engine
from headstamp.engine.questions import visits
from headstamp.kinds.date import bounds
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary


@dataclass(frozen=True, slots=True)
class Effort:
    """Visits as far as a reader may see them.

    ``days`` are different days on which somebody was at a site, counted from visits dated to the
    day or to a window of at most 31 days; ``undated`` are the other visits. ``hours`` is the sum
    over the ``timed`` visits that tell them. ``access`` has the visits by how far the site could be
    seen, "" where nothing is said. ``limited`` visits say in words what limited them.
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

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, with the sentence that stands beside a count."""
        return {**asdict(self), "access": dict(self.access), "words": beside(self)}


def effort(reader: Reader, sites: Collection[str] = ()) -> Effort:
    """The effort that a reader may see, at these sites, else at all."""
    rows = ({"site": one.get("site"), "hours": one.get("hours"), "access": one.get("access"),
             "limits": one.get("access_limits"),
             **dict(zip(("first", "last"), bounds(one.get("held_on")) if one.get("held_on") else (None, None),
                        strict=True))}
            for one in reader.stream("visit"))
    return _counted(rows, reader.totals()["site"], sites)


def effort_of(engine: Engine, sites: Collection[str] = ()) -> Effort:
    """The same from a snapshot."""
    return _counted(visits.ask(engine), visits.sites_known(engine), sites)


def beside(found: Effort) -> str:
    """One sentence to stand beside a count."""
    if not found.visits:
        return "No visit is on record: how much was looked at is not known."
    said = f"Effort: {_many(found.visits, 'visit')} to {found.sites:,} of {_many(found.sites_known, 'known site')}"
    said += f" on {_many(found.days, 'day')}"
    if found.timed:
        said += f", {found.hours:,.4g} hours on site told of {found.timed:,}"
    if found.undated:
        said += f"; of {found.undated:,} the days are not known"
    names = vocabulary("access")
    told = [f"{count:,} {names.label(code)}" for code, count in sorted(found.access.items()) if code]
    if found.access.get(""):
        told.append(f"{found.access['']:,} not said")
    return f"{said}. How far it could be seen: {', '.join(told)}."


def _counted(rows: Iterable[Mapping[str, Any]], known: int, sites: Collection[str]) -> Effort:
    access: Counter[str] = Counter()
    days: set[int] = set()
    seen: set[str] = set()
    count = undated = timed = limited = 0
    hours = 0.0
    ends: list[str] = []
    for row in rows:
        if sites and row["site"] not in sites:
            continue
        count += 1
        seen.add(row["site"])
        access[row["access"] or ""] += 1
        limited += bool(row["limits"])
        if row["hours"] is not None:
            hours, timed = hours + row["hours"], timed + 1
        first, last = _day(row["first"]), _day(row["last"])
        if first is None or last is None or last - first > 30:
            undated += 1
        else:
            days.update(range(first, last + 1))
        ends += [end for end in (row["first"], row["last"]) if end]
    return Effort(count, len(seen), known, len(days), undated, hours, timed, dict(sorted(access.items())),
                  limited, min(ends, default=""), max(ends, default=""))


def _day(text: str | None) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() if text else None
    except ValueError:  # before year 1, or after 9999
        return None


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
