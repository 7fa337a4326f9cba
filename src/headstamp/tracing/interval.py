"""The moments at which something said by a partial date may have happened.

A time of day with its zone is a moment. A day without one is longer than a day: nobody
wrote whose midnight was meant, so it lasts from the day's beginning in the easternmost
zone (UTC+14) to its end in the westernmost (UTC-12) where it is held against a moment. Two
days, both without a clock, are taken as days of one calendar: the 4th is before the 5th.
"About" and "uncertain" widen a date as they do on a chain (:func:`headstamp.tracing.claim.days`).
Nothing is made more exact than it was said; two events whose moments may overlap have no
order by their dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from headstamp.tracing.claim import days

EAST, WEST = timedelta(hours=14), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Interval:
    """The earliest and latest moment (UTC), None where that end is open; the days, if no clock."""

    earliest: datetime | None = None
    latest: datetime | None = None
    first_day: str = ""
    last_day: str = ""

    def surely_before(self, other: Interval) -> bool:
        """Whether this happened before the other, whatever the two dates meant."""
        if self.last_day and other.first_day:
            return self.last_day < other.first_day
        return (self.latest is not None and other.earliest is not None
                and self.latest <= other.earliest)


def interval(written: str | None) -> Interval:
    """The moments that a partial date (EDTF) leaves open.

    >>> one = interval("2016-11-04T09:30+03:00")
    >>> one.earliest == one.latest, str(one.earliest)
    (True, '2016-11-04 06:30:00+00:00')
    >>> str(interval("2016-11-04").earliest), str(interval("2016-11-04").latest)
    ('2016-11-03 10:00:00+00:00', '2016-11-05 12:00:00+00:00')
    >>> interval("2016/..").latest is None
    True
    """
    if not written:
        return Interval()
    if "T" in written and "/" not in written:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is not None:
            exact = moment.astimezone(UTC)
            return Interval(exact, exact)
    first, last = days(written)
    return Interval(
        datetime.fromisoformat(first).replace(tzinfo=UTC) - EAST if first else None,
        datetime.fromisoformat(last).replace(tzinfo=UTC) + timedelta(days=1) + WEST
        if last else None,
        first or "", last or "",
    )
