"""Time until something happens, where some of the times are known only within bounds, or not at all.

Two estimates of the share to which it has not happened yet:

- Kaplan and Meier (1958, J. Am. Stat. Assoc. 53:457), for times that are known or cut off
  (it had not happened when one stopped looking), with Greenwood's variance and the interval
  on the log(-log) scale (Kalbfleisch and Prentice 1980).
- Turnbull (1976, J. R. Stat. Soc. B 38:290), for times known only to lie between two days:
  the distribution under which what is known is most likely, found by self-consistency. Within an
  innermost interval it says nothing of where the share lies; bounds are told, no smooth line.

Time is in whole days. Pure: numbers in, numbers out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, log, sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Z95: Final = 1.959963984540054
"""Two-sided 95 % of the standard normal distribution."""

_CLOSE, _NOTHING, _MOST_STEPS = 1e-6, 0.01, 20_000


@dataclass(frozen=True, slots=True)
class Point:
    """From ``day`` on, the share to which it has not happened, with its standard error and interval."""

    day: int
    at_risk: int
    happened: int
    share: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval; None where the data do not reach it."""

    value: float | None
    low: float | None
    high: float | None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"value": self.value, "low": self.low, "high": self.high}


def kaplan_meier(
    times: Iterable[tuple[int, bool]], z: float = Z95
) -> tuple[Point, ...]:
    """The steps of the curve. ``times`` are (days, whether it happened then; else cut off there).

    >>> points = kaplan_meier([(6, True), (6, True), (6, False), (7, True), (10, False)])
    >>> [(p.day, p.at_risk, p.happened, round(p.share, 3)) for p in points]
    [(6, 5, 2, 0.6), (7, 2, 1, 0.3)]
    """
    ordered = sorted(times)
    happened = Counter(day for day, event in ordered if event)
    ended = Counter(day for day, _ in ordered)
    left, share, spread = len(ordered), 1.0, 0.0
    points = []
    for day in sorted(ended):
        events = happened.get(day, 0)
        if events:
            share *= 1 - events / left
            spread = spread + events / (left * (left - events)) if left > events else inf
            low, high = _log_log(share, spread, z)
            error = share * sqrt(spread) if spread < inf else 0.0
            points.append(Point(day, left, events, share, error, low, high))
        left -= ended[day]
    return tuple(points)


def _log_log(share: float, spread: float, z: float) -> tuple[float, float]:
    if not 0 < share < 1 or spread == inf:
        return share, share
    broad = z * sqrt(spread) / abs(log(share))
    return share ** exp(broad), share ** exp(-broad)


def quantile(points: Sequence[Point], happened: float = 0.5) -> Estimate:
    """The day by which it has happened to this share, with the days where the interval crosses."""
    def first(name: str) -> float | None:
        for point in points:
            # Of a share of nought the formula has no upper end: that of the interval is then not reached.
            bounded = name != "high" or point.share > 0
            if bounded and getattr(point, name) <= 1 - happened + 1e-12:
                return float(point.day)
        return None

    return Estimate(first("share"), first("low"), first("high"))


@dataclass(frozen=True, slots=True)
class Mass:
    """A share of all times that lies somewhere from ``first`` to ``last`` day (None: no end)."""

    first: int
    last: int | None
    share: float


def turnbull(spans: Iterable[tuple[int, int | None]]) -> tuple[Mass, ...]:
    """The distribution of times of which each lies from its first to its last day, both counted in.

    A last day of None is open: it had not happened by the day before the first. Raises
    ValueError for a span that ends before it begins.

    >>> [(m.first, m.last, round(m.share, 3)) for m in turnbull([(1, 4), (3, 6), (3, 3), (8, None)])]
    [(3, 3, 0.75), (8, None, 0.25)]
    """
    counted = Counter((low, inf if high is None else high) for low, high in spans)
    return _turnbull(list(counted), np.array(list(counted.values()), dtype=np.float64))


def _turnbull(
    spans: Sequence[tuple[int, float]], counts: npt.NDArray[np.float64]
) -> tuple[Mass, ...]:
    if not spans:
        return ()
    if any(high < low for low, high in spans):
        raise ValueError("a span ends before it begins")
    inner = _innermost(spans)
    lows = np.array([low for low, _ in spans], dtype=np.float64)[:, None]
    highs = np.array([high for _, high in spans], dtype=np.float64)[:, None]
    firsts = np.array([first for first, _ in inner], dtype=np.float64)[None, :]
    lasts = np.array([last for _, last in inner], dtype=np.float64)[None, :]
    within = ((lows <= firsts) & (lasts <= highs)).astype(np.float64)
    shares = np.full(len(inner), 1 / len(inner))
    total = counts.sum()
    for _ in range(_MOST_STEPS):
        chances = within @ shares
        pull = (counts / chances) @ within / total
        # At the maximum no interval would gain by more weight (Gentleman and Geyer 1994).
        if pull.max() <= 1 + _CLOSE:
            break
        shares = shares * pull
    # What dwindles to a hundredth of one observation has no weight at the maximum.
    shares = np.where(shares < _NOTHING / total, 0.0, shares)
    shares /= shares.sum()
    return tuple(
        Mass(int(first), None if last == inf else int(last), float(share))
        for (first, last), share in zip(inner, shares, strict=True) if share > 0
    )


def _innermost(spans: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Where weight can lie: from a beginning to the next end with no beginning in between."""
    ends = sorted({(float(low), 0) for low, _ in spans} | {(float(high), 1) for _, high in spans})
    return [
        (int(day), after)
        for (day, is_end), (after, after_is_end) in pairwise(ends)
        if not is_end and after_is_end
    ]


def between(masses: Sequence[Mass], first: int, upto: int | None) -> tuple[float, float]:
    """The share of times from ``first`` to before ``upto``: the least and the most it can be."""
    end = inf if upto is None else upto
    least = sum(m.share for m in masses
                if m.first >= first and (inf if m.last is None else m.last) < end)
    most = sum(m.share for m in masses
               if m.first < end and (inf if m.last is None else m.last) >= first)
    if upto is None:
        least = sum(m.share for m in masses if m.first >= first)
    return min(1.0, least), min(1.0, most)


def reached(masses: Sequence[Mass], happened: float) -> tuple[int | None, int | None]:
    """The first and the last day on which the share ``happened`` can have been reached."""
    ordered = sorted(masses, key=lambda m: (m.first, inf if m.last is None else m.last))
    so_far = 0.0
    for mass in ordered:
        so_far += mass.share
        if so_far >= happened - 1e-4:
            return mass.first, mass.last
    return None, None


@dataclass(frozen=True, slots=True)
class Quantile:
    """The day by which a share is reached: from ``first`` to ``last``, None where it has no end.

    ``low`` and ``high`` are the outer ends of the interval from resampling.
    """

    first: int | None
    last: int | None
    low: int | None
    high: int | None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"first": self.first, "last": self.last, "low": self.low, "high": self.high}


def resampled(
    spans: Iterable[tuple[int, int | None]], happened: Sequence[float], *, draws: int = 300,
    seed: int = 1, level: float = 0.95,
) -> tuple[Quantile, ...]:
    """The days by which these shares are reached, with intervals from resampling the spans.

    Percentiles of ``draws`` resamples (Efron 1979) with a stated seed: the same data, in
    whatever order, give the same interval. Its low end comes from the first possible days, its
    high end from the last.
    """
    counted = Counter((low, inf if high is None else high) for low, high in spans)
    keys = sorted(counted)
    counts = np.array([counted[key] for key in keys], dtype=np.float64)
    whole = _turnbull(keys, counts)
    firsts: dict[float, list[float]] = {share: [] for share in happened}
    lasts: dict[float, list[float]] = {share: [] for share in happened}
    random = np.random.default_rng(seed)
    total = int(counts.sum())
    for _ in range(draws if total > 1 else 0):
        times = random.multinomial(total, counts / total).astype(np.float64)
        some = times > 0
        masses = _turnbull([key for key, is_in in zip(keys, some, strict=True) if is_in], times[some])
        for share in happened:
            first, last = reached(masses, share)
            firsts[share].append(inf if first is None else first)
            lasts[share].append(inf if last is None else last)
    return tuple(
        Quantile(*reached(whole, share), _percentile(firsts[share], (1 - level) / 2),
                 _percentile(lasts[share], (1 + level) / 2))
        for share in happened
    )


def _percentile(drawn: list[float], part: float) -> int | None:
    if not drawn:
        return None
    day = sorted(drawn)[min(len(drawn) - 1, int(part * len(drawn)))]
    return None if day == inf else int(day)
