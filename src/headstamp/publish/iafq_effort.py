"""How much was looked: visits of a year, days, hours, sites, and how far these could be seen.

A count says as much of the search as of what was there; so the two stand side by side.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from typing import Any

from headstamp.publish.iafq_items import year_of
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader

_LIMITED = ("partial", "escorted", "remote", "refused")


@dataclass(frozen=True)
class Effort:
    """Visits of the year, how many of them on how many different days, at how many sites, for how many hours."""

    visits: int
    days: int
    sites: int
    hours: float
    without_hours: int
    limited: dict[str, int]
    silent: int
    undated: int

    def words(self) -> tuple[str, ...]:
        """In sentences."""
        if not self.visits:
            return (f"No visit of this year is recorded ({self.undated:,} have no date): how much was looked for is not known.",)
        show = BY_NAME["visit"].by_name["access"].show
        limits = ", ".join(f"{show(code)} {n:,}" for code, n in self.limited.items())
        return (
            f"{self.visits:,} visits on {self.days:,} days at {self.sites:,} sites; {self.hours:,.6g} hours, "
            f"{self.without_hours:,} visits do not tell theirs.",
            f"Access: {limits or 'no limit is recorded'}; {self.silent:,} visits do not tell. {self.undated:,} visits have no date.",
        )

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"visits": self.visits, "days": self.days, "sites": self.sites, "hours": self.hours,
                "without_hours": self.without_hours, "limited": dict(self.limited), "access_not_told": self.silent,
                "undated": self.undated}


def effort(reader: Reader, year: int) -> Effort:
    """The visits of a year that a reader may see."""
    days: set[str] = set()
    sites: set[str] = set()
    hours: list[float] = []
    limited: Counter[str] = Counter()
    visits = silent = undated = 0
    for visit in reader.stream("visit"):
        when = visit.get("held_on")
        if not when:
            undated += 1
            continue
        if not year_of(when, year):
            continue
        visits += 1
        days.add(when)
        sites.add(visit.get("site") or visit.id)
        if visit.get("hours") is not None:
            hours.append(float(visit.get("hours")))
        access = visit.get("access")
        if access in _LIMITED:
            limited[access] += 1
        silent += not access and not visit.get("access_limits")
    return Effort(visits, len(days), len(sites), fsum(hours), visits - len(hours), dict(sorted(limited.items())), silent, undated)
