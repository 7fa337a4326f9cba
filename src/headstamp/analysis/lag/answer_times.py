"""How often and how soon something asked is answered, with intervals, by whoever is asked.

The rate is that of the answered among those sent, with Wilson's interval. The time is that of
Kaplan and Meier: a request that is not answered yet has waited at least so long and must
not be left out, which would make everybody look quick. Its median has the interval of
Brookmeyer and Crowley (1982, Biometrics 38:29) on the log(-log) scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from headstamp.analysis.counts.interval import wilson
from headstamp.analysis.lag.survival import kaplan_meier, quantile

FEW: Final = 5
"""Fewer requests than this say little; they are shown as few."""

Wait = tuple[int, bool]
"""One request sent: the days until it was answered, and True; or that it has waited, and False."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval, from 0 to 1."""

    of: int
    share: float
    low: float
    high: float

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"of": self.of, "share": round(self.share, 4), "low": round(self.low, 4),
                "high": round(self.high, 4)}


def rate(hits: int, of: int) -> Rate | None:
    """A share of ``of`` with its interval of 95 per cent; None of nothing.

    >>> told = rate(0, 10)
    >>> round(told.low, 3), round(told.high, 3)
    (0.0, 0.278)
    """
    return Rate(of, hits / of, *wilson(hits, of)) if of else None


@dataclass(frozen=True, slots=True)
class Median:
    """Half are answered by this many days; None where it cannot be said, an end that is open too."""

    days: int | None
    low: int | None
    high: int | None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"days": self.days, "low": self.low, "high": self.high}


def median(waits: Sequence[Wait]) -> Median:
    """The day by which half are answered, with its interval.

    >>> median([(10, True), (20, True), (30, True)]).days
    20
    """
    half = quantile(kaplan_meier(waits))
    return Median(*(None if day is None else int(day) for day in (half.value, half.low, half.high)))


@dataclass(frozen=True, slots=True)
class Answers:
    """One addressee, role or country: what was sent, what came back, how soon."""

    key: str
    label: str
    sent: int
    answered: int
    undated: int
    rate: Rate | None
    time: Median

    @property
    def few(self) -> bool:
        """Whether these are too few to say much."""
        return self.sent < FEW

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "key": self.key, "label": self.label, "sent": self.sent, "answered": self.answered,
            "undated": self.undated, "few": self.few,
            "rate": self.rate.as_dict() if self.rate else None, "days": self.time.as_dict(),
        }


def answers(
    key: str, label: str, sent: int, answered: int, waits: Sequence[Wait]
) -> Answers:
    """The figures of one group; ``waits`` are those of which both days are known to the day."""
    return Answers(key, label, sent, answered, sent - len(waits), rate(answered, sent),
                   median(waits))
