"""How often and how soon trace requests are answered, with intervals, by whoever is asked.

The rate is that of requests with a reply on the matter among those sent, with Wilson's
interval (Wilson 1927, J. Am. Stat. Assoc. 22:209-212), which is sound for small numbers too.
The time is that of Kaplan and Meier (1958, J. Am. Stat. Assoc. 53:457-481), for a request
that is not answered yet has waited at least so long and must not be left out: leaving it
out would make everybody look quick. Its median has the interval of Brookmeyer and Crowley
(1982, Biometrics 38:29-41) on the complementary log-log scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Z: Final = 1.959963984540054
"""The normal quantile of an interval of 95 per cent."""

FEW: Final = 5
"""Fewer requests than this say little; they are shown as few."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One request sent: the days until it was answered, or that it has waited without."""

    days: int
    answered: bool


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


@dataclass(frozen=True, slots=True)
class Median:
    """Half are answered by this many days; None where it cannot be said, an end that is open too."""

    days: int | None
    low: int | None
    high: int | None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"days": self.days, "low": self.low, "high": self.high}


def wilson(hits: int, of: int) -> Rate | None:
    """A share of ``of`` with its interval of 95 per cent; None of nothing.

    >>> [round(x, 3) for x in (wilson(0, 10).low, wilson(0, 10).high)]
    [0.0, 0.278]
    """
    if of == 0:
        return None
    share, square = hits / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == of else min(1.0, middle + half)
    return Rate(of, share, low, high)


@dataclass(frozen=True, slots=True)
class Step:
    """On this day of waiting ``answered`` of ``waiting`` are answered; ``left`` is the share not yet."""

    day: int
    waiting: int
    answered: int
    left: float
    low: float
    high: float


def curve(waits: Sequence[Wait]) -> tuple[Step, ...]:
    """The share not yet answered after each day on which one was, by Kaplan and Meier.

    One that was last heard of on a day counts as waiting on that day. The interval is
    Greenwood's on the complementary log-log scale; where nothing is left it cannot be said,
    and both ends are 0.
    """
    found: list[Step] = []
    left, spread = 1.0, 0.0
    for day in sorted({wait.days for wait in waits if wait.answered}):
        waiting = sum(wait.days >= day for wait in waits)
        answered = sum(wait.days == day and wait.answered for wait in waits)
        left *= 1 - answered / waiting
        if answered < waiting:
            spread += answered / (waiting * (waiting - answered))
        low = high = left
        if 0 < left < 1:
            scale = Z * math.sqrt(spread) / abs(math.log(left))
            low, high = left ** math.exp(scale), left ** math.exp(-scale)
        found.append(Step(day, waiting, answered, left, low, high))
    return tuple(found)


def median(waits: Sequence[Wait]) -> Median:
    """The day by which half are answered, with its interval.

    >>> median([Wait(10, True), Wait(20, True), Wait(30, True)]).days
    20
    """
    steps = curve(waits)

    def first(pick: str) -> int | None:
        # Half: a sum of products is never quite a half.
        return next((step.day for step in steps if getattr(step, pick) <= 0.5 + 1e-12), None)

    return Median(first("left"), first("low"), first("high"))


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
    return Answers(key, label, sent, answered, sent - len(waits), wilson(answered, sent),
                   median(waits))
