"""How long from lawful supply to recovery: the median with its interval, the share in each of ATF's bins.

Times known to the day, or cut off where one stopped looking, are Kaplan and Meier's; where some are known only
within windows the distribution is Turnbull's, and the interval of the median assumes nothing of where in its window a time
lies: it is that of the order statistics, from the shortest times that can be to the longest. Recent supply can only
have short lags so far. Where that bends the median it is told, and a median that allows for it
(Lagakos, Barraj and De Gruttola) stands beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, inf, isfinite
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from headstamp.analysis.lag.supply_table import Row, read
from headstamp.analysis.lag.survival import (
    between,
    kaplan_meier,
    quantile,
    reached,
    resampled,
    turnbull,
)
from headstamp.analysis.lag.times import BINS, WARNINGS
from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Point, Series
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "lag.supply", 1
QUESTION: Final = "How long is it from the last lawful supply of a thing to its recovery?"
LEAST: Final = 5
MOST_LEFT_OUT: Final = 0.2
MOST_SHORT: Final = 0.1
_RESAMPLED, _DRAWS = 200, 200
_SHOWN: Final = 20
YEAR: Final = 365.25

ASSUMPTIONS: Final = (
    "Each row is one thing, with the last supply that was lawful.",
    "A time that is cut off is no longer and no shorter by that: whether one went on looking has nothing to do with the lag.",
    "For the interval: lags are independent of each other. Where windows are wide it holds the truth more often than its level.",
    "What could be found had time to be: recent supply can only have short lags so far.",
)
REFUSES: Final = (
    f"Fewer than {LEAST} things of which supply and recovery are dated; more than half of the lags cut off before "
    "any end is seen, so that the median lies beyond what was looked at."
)
SOURCES: Final = (
    "Kaplan and Meier 1958, Journal of the American Statistical Association 53:457",
    "Brookmeyer and Crowley 1982, Biometrics 38:29 (interval of the median)",
    "Turnbull 1976, Journal of the Royal Statistical Society B 38:290",
    "Lagakos, Barraj and De Gruttola 1988, Biometrika 75:515 (right truncation)",
    "ATF, Firearms Trace Data (bins of time-to-crime)",
)


def supply_lag(
    table: Sequence[Mapping[str, str]], supplied: str = "supplied", recovered: str = "recovered", until: str = "",
    group: str = "", level: float = 0.95,
) -> Result:
    """The median lag in days, from a table of one of three forms.

    Columns ``supplied`` and ``recovered`` (names may be given) with dates in EDTF, windows too, and maybe
    ``made``; or ``days`` and ``event`` (1: recovered then; 0: cut off); or ``least`` and ``most`` in days (most empty: no
    end). A row that is not recovered is cut off at ``until`` where that is given, else left out and told.
    ``group`` names a column by which medians are told apart. Raises Invalid naming every faulty cell.
    """
    if not 0.5 <= level < 1:
        raise Invalid("lags cannot be asked for so", [Problem(
            "a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level))])
    rows, left, open_made = read(table, supplied, recovered, until, group)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "days",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told = _counted(table, rows, left)
    spans = [(row.low, row.high) for row in rows]
    shared |= {"more": _more(spans, left, open_made), "diagnostics": tuple(told),
               "warnings": (*WARNINGS, *(one.words for one in told if one.good is False))}
    if len(rows) < LEAST:
        return Result(**shared, refused=True, reason=f"{plural(len(rows), 'thing has', 'things have')} a dated supply and recovery; at least {LEAST} are needed.")
    first, last, low, high, by = median(spans, level)
    if first is None:
        cut = sum(end is None for _, end in spans)
        return Result(**shared, refused=True, reason=(
            f"{cut:,} of {len(rows):,} lags have no end yet: the median lies beyond what was looked at (over {plural(_least(spans), 'day')})."))
    estimate = float(first) if last is None else (first + last) / 2
    short = _truncation(rows, told)
    models = [*_log_scale(spans, level, by), *_models(rows, spans, group, level, short)]
    shared |= {"diagnostics": tuple(told), "warnings": (*WARNINGS, *(one.words for one in told if one.good is False)),
               "more": {**shared["more"], "median": [first, last], "by": by}}
    return Result(
        **shared, estimate=estimate, low=low, high=high, models=tuple(models),
        text=(f"Half of {plural(len(rows), 'thing was', 'things were')} recovered within {_days(first, last)} of their last lawful supply "
              f"({level:.0%}: {_end(low)} to {_end(high)}). {WARNINGS[0]}"))


def median(spans: Sequence[tuple[int, int | None]], level: float) -> tuple[int | None, int | None, float | None, float | None, str]:
    """First and last day the median can be, the ends of its interval, and by which estimate.

    >>> median([(6, 6), (6, 6), (6, 6), (7, None), (9, 9), (12, 12)], 0.95)[:2]
    (6, 9)
    """
    ends = [(low, high is not None) for low, high in spans if high is None or high == low]
    if len(ends) == len(spans):
        # Cut off from this day on means: seen without it up to the day before.
        points = kaplan_meier(((low if event else low - 1, event) for low, event in ends), _z(level))
        found = quantile(points)
        if found.value is None:
            return None, None, None, None, "Kaplan-Meier"
        day = int(found.value)
        # Where exactly half is reached, any day up to the next is a median.
        half = any(one.day == day and abs(one.share - 0.5) < 1e-9 for one in points)
        return day, next((one.day for one in points if one.day > day), day) if half else day, found.low, found.high, "Kaplan-Meier"
    first, last = reached(turnbull(spans), 0.5)
    if first is None or (sum(high is None for _, high in spans) * 2 > len(spans) and last is None):
        return None, None, None, None, "Turnbull"
    low, high = order_interval(spans, level)
    return first, last, low, high, "Turnbull"


def order_interval(spans: Sequence[tuple[int, int | None]], level: float) -> tuple[float | None, float | None]:
    """The interval of a median by order statistics, of the shortest and of the longest times that can be.

    Whatever the times are within their windows, the r-th shortest is not below the r-th shortest of the low ends
    and not beyond that of the high ends. None where an end is open.
    """
    number = len(spans)
    rank, below, chance = 0, 0.0, 0.5**number if number < 1_000 else 0.0
    if number < 1_000:
        while below + chance <= (1 - level) / 2:
            below += chance
            rank += 1
            chance *= (number - rank + 1) / rank
    else:
        rank = int(number / 2 - _z(level) * number**0.5 / 2)
    if rank == 0:
        return None, None
    lows = sorted(low for low, _ in spans)
    highs = sorted(inf if high is None else high for _, high in spans)
    end = highs[number - rank]
    return float(lows[rank - 1]), float(end) if isfinite(end) else None


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _counted(table: Sequence[Mapping[str, str]], rows: Sequence[Row], left: Mapping[str, int]) -> list[Diagnostic]:
    cut = sum(row.high is None for row in rows)
    wide = sum(row.high is not None and row.high > row.low for row in rows)
    told = [Diagnostic("things", len(rows), None, (
        f"{len(rows):,} of {plural(len(table), 'row')}: {len(rows) - cut - wide:,} to the day, {wide:,} within a window, {cut:,} cut off"))]
    for why, number in sorted(left.items()):
        share = number / len(table)
        told.append(Diagnostic("left out", share, share <= MOST_LEFT_OUT, f"{number:,} of {len(table):,} left out: {why}"))
    return told


def _more(spans: Sequence[tuple[int, int | None]], left: Mapping[str, int], open_made: Sequence[int]) -> dict[str, Any]:
    masses = turnbull(spans)
    bins = []
    for name, low, end in BINS:
        least, most = between(masses, low, end)
        sure = sum(a >= low and (end is None or (b is not None and b < end)) for a, b in spans)
        touched = sum((b is None or b >= low) and (end is None or a < end) for a, b in spans)
        by_making = sum(longest >= low for longest in open_made)
        bins.append({"bin": name, "surely": sure, "perhaps": touched - sure + by_making, "least": least, "most": most})
    closed = [(a, b) for a, b in spans if b is not None]
    mean = None
    if spans and len(closed) == len(spans):
        mean = [sum(a for a, _ in closed) / len(closed), sum(b for _, b in closed) / len(closed)]
    return {"things": len(spans), "left_out": dict(left), "made_only": len(open_made), "bins": bins, "mean": mean,
            "steps": [[one.first, one.last, one.share] for one in masses][:500]}


def _truncation(rows: Sequence[Row], told: list[Diagnostic]) -> bool:
    """Whether many things were supplied so late that a long lag, as one in ten has, could not be seen."""
    limits = [row.limit for row in rows if row.limit is not None]
    if not limits:
        return False
    long = sorted(row.low for row in rows)[int(0.9 * len(rows))]
    share = sum(limit < long for limit in limits) / len(limits)
    told.append(Diagnostic("recent supply", share, share <= MOST_SHORT, (
        f"{share:.0%} of the things were supplied so late that a lag of {plural(long, 'day')}, as one in ten has, could not be seen by "
        "the last recovery" + (": the median is too short for what was supplied." if share > MOST_SHORT else "."))))
    return share > MOST_SHORT


def _log_scale(spans: Sequence[tuple[int, int | None]], level: float, by: str) -> list[Model]:
    """The same median with the interval that most programs give (Greenwood's, on the scale of the logarithm)."""
    if by != "Kaplan-Meier":
        return []
    z = _z(level)
    points = kaplan_meier(((low if high is not None else low - 1, high is not None) for low, high in spans), z)
    ends = []
    for sign in (-1, 1):
        ends.append(next((float(one.day) for one in points if (
            one.share * exp(sign * z * one.error / one.share) if one.share else (1 + sign) / 2) <= 0.5 + 1e-12), None))
    return [Model("interval on the log scale", quantile(points).value, ends[0], ends[1], words="Greenwood 1926")]


def _models(rows: Sequence[Row], spans: Sequence[tuple[int, int | None]], group: str, level: float, short: bool) -> list[Model]:
    models: list[Model] = []
    windows = any(high is not None and high > low for low, high in spans)
    if windows and len(spans) <= _RESAMPLED:
        one = resampled(spans, (0.5,), draws=_DRAWS, level=level)[0]
        middle = one.first if one.last is None or one.first is None else (one.first + one.last) / 2
        models.append(Model("Turnbull, resampled", middle, one.low, one.high,
                            words="takes it that a window says nothing of the lag within it"))
    exact = sum(row.low == row.high for row in rows)
    if short and 2 * exact >= len(rows):
        models.append(Model("allowing for recent supply", allowing_for_recent(rows), words=(
            f"of {plural(exact, 'thing')} to the day, as if all had had as long to be found as the earliest supplied")))
    for name in sorted({row.group for row in rows}) if group else ():
        some = [(row.low, row.high) for row in rows if row.group == name]
        words = f"{plural(len(some), 'thing')}"
        if len(some) < LEAST:
            models.append(Model(name or "(not known)", None, words=f"{words}: too few"))
            continue
        first, last, low, high, _ = median(some, level)
        middle = None if first is None else float(first) if last is None else (first + last) / 2
        models.append(Model(name or "(not known)", middle, low, high, words=words))
    return models


def allowing_for_recent(rows: Sequence[Row]) -> float | None:
    """The median where each lag could only be seen up to its limit (right truncation), of things known to the day."""
    seen = [(row.low, row.limit) for row in rows if row.low == row.high and row.limit is not None]
    if len(seen) < LEAST:
        return None
    lags = np.array([lag for lag, _ in seen])
    limits = np.array([limit for _, limit in seen])
    share = 1.0
    above = None
    for day in sorted({int(lag) for lag, _ in seen}, reverse=True):
        # share is P(lag <= day), given that it is no longer than the longest that could be seen.
        if share <= 0.5:
            break
        above = day
        at_risk = int(((lags <= day) & (limits >= day)).sum())
        share *= 1 - int((lags == day).sum()) / at_risk
    return None if above is None else float(above)


def _least(spans: Sequence[tuple[int, int | None]]) -> int:
    lows = sorted(low for low, _ in spans)
    return lows[len(lows) // 2]


def _days(first: int, last: int | None) -> str:
    return f"{plural(first, 'day')}" if first == last else f"{plural(first, 'day')} or more" if last is None else f"{first:,} to {plural(last, 'day')}"


def _end(day: float | None) -> str:
    return "not known" if day is None else f"{day:,.0f}"


def _plot(result: Result) -> tuple[Plot, ...]:
    """The share recovered by time, between the least and the most it can be; and ATF's bins."""
    steps, bins = result.more.get("steps") or [], result.more.get("bins") or []
    if not steps:
        return ()
    ordered = sorted(steps, key=lambda one: (one[0], inf if one[1] is None else one[1]))
    least: list[Point] = [(0, 0.0)]
    most: list[Point] = [(0, 0.0)]
    share = 0.0
    for first, last, mass in ordered:
        share += mass
        most.append((first / YEAR, share))
        if last is not None:
            least.append((last / YEAR, share))
    series = [Series("recovered by then, at the most", "step", tuple(most)),
              Series("recovered by then, at the least", "step", tuple(least))]
    if most == least:
        series = [Series("recovered by then", "step", tuple(most))]
    if result.estimate is not None:
        series.append(Series("median", "points", ((result.estimate / YEAR, 0.5),)))
    points: tuple[Point, ...] = tuple(
        (one["bin"], one["least"] if one["least"] == one["most"] else None, one["least"], one["most"]) for one in bins)
    return (
        Plot("recovered", "Share recovered by the time since lawful supply", "years since supply", "share", tuple(series),
             words="Between the two lines is what windows leave open."),
        Plot("bins", "Lags in the bins of ATF", "lag", "share", (Series("least and most", "intervals", points),),
             words="Of the things whose supply is dated: the least and the most that each bin can hold."),
    )


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "A row for each thing: supplied and recovered, or days and event, or least and most", needed=True),
        Input("supplied", "word", "The column of the last lawful supply", default="supplied"),
        Input("recovered", "word", "The column of the recovery", default="recovered"),
        Input("until", "word", "The day up to which one looked: what is not recovered is cut off there", default=""),
        Input("group", "word", "The column by which to tell apart", default=""),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, supply_lag, _plot,
)
