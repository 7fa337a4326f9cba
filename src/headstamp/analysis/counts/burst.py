"""A day or place that holds an implausible share of all rows.

Counts of losses, seizures or finds are full of days that are no days: a captured stock written down row by row, a
backlog entered at once, a date put in where none was known. Such a day passes for the worst day of
all unless somebody asks. This measure asks by itself: it takes the usual spread of the periods (negative
binomial, fitted without being pulled by the top) and tells every period that chance does not reach, with what
it holds beyond the usual. Places differ more than days do; among them only what
lies far outside the spread of their logarithms is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from headstamp.analysis.column_names import known
from headstamp.analysis.counts.burst_fit import Ints, Usual, usual
from headstamp.analysis.counts.burst_periods import Grain, periods, read_period, with_period
from headstamp.analysis.counts.burst_told import drawn, plots, recording_start, start_in_words
from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "counts.burst", 1
QUESTION: Final = "Is there a day or a place that holds more of the rows than chance would give it, and how many?"
ALARM: Final = 0.01
"""Of a hundred usual series one is told wrongly, over all its periods together."""
LEAST_PERIODS: Final = 24
LEAST_ROWS: Final = 20
LEAST_PLACES: Final = 8
MOST_MISSING: Final = 0.2
MOST_PERIODS: Final = 200_000
LARGE: Final = 0.01
_SHOWN: Final = 20
_DRAWS: Final = 4_000

ASSUMPTIONS: Final = (
    "Rows of usual periods come one by one or in small lots: counts spread as a negative binomial distribution.",
    "Its mean and spread are the same over the whole time; slow change widens the spread, and small bursts pass.",
    "A period without a row had none: recording was under way from the first row to the last. An empty number is not counted.",
)
REFUSES: Final = (
    f"Fewer than {LEAST_ROWS} rows; fewer than {LEAST_PERIODS} periods (and, where only places are given, fewer than "
    f"{LEAST_PLACES} of them); periods missing in more than {MOST_MISSING:.0%} of the rows."
)
SOURCES: Final = (
    "Davies and Gather 1993, The identification of multiple outliers, Journal of the American Statistical Association 88:782",
    "Iglewicz and Hoaglin 1993, How to detect and handle outliers (median and MAD)",
)
_MEANING: Final = (
    "Such rows are hardly single events: a stock captured, lost, seized or entered at once, or a date put in for want "
    "of another. Count them by themselves, and say so wherever the total is told."
)


@dataclass(slots=True)
class _Rows:
    """Rows by period and by place, and of each period its places; in rows or in the numbers given."""

    grain: Grain | None = None
    by_period: Counter[int] = field(default_factory=Counter)
    by_place: Counter[str] = field(default_factory=Counter)
    places_of: dict[int, Counter[str]] = field(default_factory=dict)
    whole: int = 0
    dated: int = 0
    uncounted: int = 0
    silent: set[int] = field(default_factory=set)
    """Periods of which a row holds no number."""


def burst(
    table: Sequence[Mapping[str, str]], day: str = "", place: str = "", count: str = "", level: float = 0.95
) -> Result:
    """Whether a day or place holds too much of a table.

    ``day`` and ``place`` name columns; without a day, a column named date, day, month or year is taken. Year and
    month (and day) in columns of their own are put together, by these names or by those given with commas.
    ``count`` names a column of how many each row stands for. Periods are days where the cells are days, else
    months or years. The estimate is how many rows the bursts hold beyond the usual. Raises Invalid for columns
    that are missing, naming every cell that is no period or no count.
    """
    table = known(table, (place, count))
    table, day, parts = with_period(table, day)
    rows = _read(table, day, place, count, level)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "rows beyond the usual",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told = [Diagnostic("rows", rows.whole, None, f"{plural(rows.whole, 'row')} counted"),
            *([Diagnostic("parts", len(parts), None, f"Periods are put together of the columns {', '.join(parts)}")] if parts else ())]
    places = _odd_places(rows, told) if place else []
    reason = _unfit(rows, day)
    if reason:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told), warnings=tuple(
            one.words for one in told if one.good is False), more={"places": places})
    if not day:
        return _of_places_alone(shared, rows, places, told)
    assert rows.grain is not None
    at, counts = periods(rows.by_period, rows.silent)
    fit, beyond = usual(counts, ALARM)
    began = recording_start(counts, beyond)
    order = beyond[np.argsort(-counts[beyond], kind="stable")]
    lines = [_line(rows, int(at[n]), int(counts[n]), fit) | {"recording_start": int(n) in began} for n in order]
    held = int(counts[beyond].sum())
    low, high = _beyond_usual(held, len(beyond), fit, level)
    told.append(Diagnostic("periods", len(counts), None, (
        f"{len(counts):,} {rows.grain}s, usually {fit.mean:,.3g} rows each; {(counts == 0).sum():,} without any")))
    if rows.uncounted:
        left = len(rows.silent - set(rows.by_period))
        told.append(Diagnostic("not counted", rows.uncounted / len(table), None, (
            f"{rows.uncounted:,} of {plural(len(table), 'row holds', 'rows hold')} no number: not counted, never nought; {left:,} {rows.grain}s in "
            "which nothing was counted are left out")))
    started = [line for line in lines if line["recording_start"]]
    if started:
        told.append(Diagnostic("recording start", sum(line["rows"] for line in started), False, start_in_words(
            started, rows.grain, rows.whole)))
    later = [line for line in lines if not line["recording_start"]]
    words = _in_words(later, rows.grain, rows.whole, fit)
    told.append(Diagnostic("bursts", len(later), not later, words))
    return Result(
        **shared, estimate=held - len(beyond) * fit.mean, low=low, high=high, diagnostics=tuple(told),
        warnings=tuple(one.words for one in told if one.good is False),
        models=tuple(Model(line["period"], line["rows"] - fit.mean, *_beyond_usual(line["rows"], 1, fit, level),
                           words=f"{line['share']:.1%} of all rows") for line in lines[:_SHOWN]),
        more={
            "rows": rows.whole, "unit_of_periods": str(rows.grain), "periods": len(counts), "bursts": lines[:200],
            "number_of_bursts": len(lines), "rows_in_bursts": held, "share_in_bursts": held / rows.whole,
            "rows_outside_bursts": rows.dated - held, "usual_mean": fit.mean, "usual_variance": fit.variance,
            "most_by_chance": fit.quantile(1 - ALARM / len(counts)), "alarm": ALARM, "places": places,
            "recording_start": started, "not_counted": rows.uncounted, "series": drawn(at, counts, rows.grain),
            "usual_span": list(fit.span(level)),
        },
        text=" ".join((*((start_in_words(started, rows.grain, rows.whole),) if started else ()), words)),
    )


def _read(table: Sequence[Mapping[str, str]], day: str, place: str, count: str, level: float) -> _Rows:
    problems = [
        Problem("there is no such column", "It has: " + ", ".join(table[0]), where, name)
        for where, name in (("day", day), ("place", place), ("count", count)) if table and name and name not in table[0]]
    if table and not (day or place):
        problems.append(Problem(
            "no column of days or places is named", f"Name one with --day or --place. It has: {', '.join(table[0])}", "day"))
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    if problems:
        raise Invalid("bursts cannot be asked for so", problems)
    told = _Rows()
    found: list[tuple[Grain, int, int | None, str]] = []
    for number, row in enumerate(table, 1):
        size = _size(row.get(count) or "", count, number, problems) if count else 1
        where = (row.get(place) or "").strip() if place else ""
        told.whole += size or 0
        told.uncounted += size is None
        if where and size is not None:
            told.by_place[where] += size
        if not day:
            continue
        cell = (row.get(day) or "").strip()
        when = read_period(cell)
        if when is not None:
            found.append((*when, size, where))
        elif cell:
            problems.append(Problem("neither a day nor a month nor a year", "Write it as 2024-03-31.", day, cell[:80], number))
    if problems:
        raise Invalid("the table has faulty cells", problems[:_SHOWN])
    if found:
        # The finest that nearly all rows have; what is known less exactly is left out and told.
        grains = Counter(grain for grain, *_ in found)
        told.grain = next(grain for grain in Grain if sum(
            number for other, number in grains.items() if other <= grain) >= 0.8 * len(found))
        for grain, at, size, where in found:
            if grain <= told.grain:
                period = grain.coarser(at, told.grain)
                if size is None:
                    told.silent.add(period)
                    continue
                told.by_period[period] += size
                told.dated += size
                if where:
                    told.places_of.setdefault(period, Counter())[where] += size
    return told


def _size(cell: str, name: str, row: int, problems: list[Problem]) -> int | None:
    """The number of a cell; None where it is empty: that is not counted, and no nought."""
    text = cell.strip()
    if not text:
        return None
    if not text.isdigit() or len(text) > 12:
        problems.append(Problem("not a whole number from 0 on", "", name, text[:80], row))
        return 0
    return int(text)


def _unfit(rows: _Rows, day: str) -> str:
    if rows.whole < LEAST_ROWS:
        return f"{rows.whole} rows are too few; at least {LEAST_ROWS} are needed."
    if not day:
        if len(rows.by_place) < LEAST_PLACES:
            return f"{plural(len(rows.by_place), 'place is', 'places are')} too few; at least {LEAST_PLACES} are needed."
        return ""
    if rows.whole - rows.dated > MOST_MISSING * rows.whole:
        return f"{rows.whole - rows.dated:,} of {plural(rows.whole, 'row has', 'rows have')} no {rows.grain or 'day'}: bursts may hide among them."
    if not rows.by_period:
        return "No row has a number."
    span = max(rows.by_period) - min(rows.by_period) + 1
    if span < LEAST_PERIODS:
        return f"{span} {rows.grain}s are too few to know what is usual; at least {LEAST_PERIODS} are needed."
    if span > MOST_PERIODS:
        return f"From the first to the last are {span:,} {rows.grain}s: a date among them is wrong."
    return ""


def _beyond_usual(held: int, periods_of_burst: int, fit: Usual, level: float) -> tuple[float, float]:
    """What the periods hold beyond the usual, between what usual periods would have held at the least and the most."""
    if not periods_of_burst:
        return 0.0, 0.0
    least: float
    most: float
    if periods_of_burst == 1:
        least, most = fit.span(level)
    else:
        z = NormalDist().inv_cdf((1 + level) / 2)
        middle, half = periods_of_burst * fit.mean, z * (periods_of_burst * fit.variance) ** 0.5
        least, most = max(0.0, middle - half), middle + half
    return max(0.0, held - most), held - least


def _line(rows: _Rows, period: int, count: int, fit: Usual) -> dict[str, Any]:
    assert rows.grain is not None
    line: dict[str, Any] = {
        "period": rows.grain.text(period), "rows": count, "share": count / rows.whole, "usual": fit.mean,
        "times_usual": count / fit.mean if fit.mean else None, "chance": fit.at_least(count)}
    places = rows.places_of.get(period)
    if places:
        name, most = places.most_common(1)[0]
        line |= {"place": name, "rows_of_place": most}
    return line


def _in_words(lines: Sequence[Mapping[str, Any]], grain: Grain, whole: int, fit: Usual) -> str:
    if not lines:
        return f"No {grain} holds more rows than chance would give it."
    told = []
    for line in [one for one in lines if one["share"] >= LARGE][:5] or lines[:1]:
        where = f" ({line['rows_of_place']:,} of them in {line['place']})" if "place" in line else ""
        told.append(f"{line['period']} holds {line['rows']:,} of {plural(whole, 'row')}, {line['share']:.1%}{where}")
    more = len(lines) - len(told)
    rest = f" {more:,} further {grain}s hold more than chance gives." if more else ""
    return f"{'; '.join(told)}; usual is {fit.mean:,.3g} a {grain}.{rest} {_MEANING}"


def _odd_places(rows: _Rows, told: list[Diagnostic]) -> list[dict[str, Any]]:
    """Places far outside the spread of the logarithms of all, by median and MAD; adds what is told of them."""
    names = [name for name, number in rows.by_place.most_common() if number]
    if len(names) < LEAST_PLACES:
        told.append(Diagnostic("places", len(names), None, f"{plural(len(names), 'place is', 'places are')} too few to know what is usual."))
        return []
    counts = np.array([rows.by_place[name] for name in names], dtype=np.float64)
    logs = np.log(counts)
    middle = float(np.median(logs))
    # Counts spread by chance at least, even where the places are all alike.
    scale = max(1.4826 * float(np.median(np.abs(logs - middle))), float(np.exp(-middle / 2)))
    limit = _limit(len(names))
    odd = [n for n in range(len(names)) if (logs[n] - middle) / scale > limit]
    lines = [{"place": names[n], "rows": int(counts[n]), "share": float(counts[n]) / rows.whole,
              "usual": float(np.exp(middle)), "spreads_from_usual": float((logs[n] - middle) / scale)} for n in odd]
    words = "No place holds more rows than the differences between the others would let one expect."
    if lines:
        words = "; ".join(f"{one['place']} holds {one['rows']:,} of {plural(rows.whole, 'row')}, {one['share']:.1%}" for one in lines[:5])
        words += f"; half of the places have fewer than {np.exp(middle):,.0f}. It may be one stock, or where a list was kept."
    told.append(Diagnostic("places", len(odd), not odd, words))
    return lines


@lru_cache(maxsize=64)
def _limit(number: int) -> float:
    """How many spreads the farthest of so many usual places reaches in one of a hundred sets (simulated to 2,000)."""
    if number > 2_000:
        return NormalDist().inv_cdf(1 - ALARM / number)
    random = np.random.default_rng(1)
    reached = np.empty(_DRAWS)
    for at in range(0, _DRAWS, 500):
        drawn = random.standard_normal((500, number))
        drawn -= np.median(drawn, axis=1, keepdims=True)
        reached[at : at + 500] = drawn.max(axis=1) / (1.4826 * np.median(np.abs(drawn), axis=1))
    return float(np.quantile(reached, 1 - ALARM))


def _of_places_alone(
    shared: dict[str, Any], rows: _Rows, places: list[dict[str, Any]], told: list[Diagnostic]
) -> Result:
    held = sum(one["rows"] for one in places)
    beyond = held - sum(one["usual"] for one in places)
    counts: Ints = np.array(sorted(rows.by_place.values()))
    # What a usual place holds is no closer known than the middle of all places is.
    half = 1.2533 * float(np.std(counts[counts <= np.quantile(counts, 0.9)])) / len(counts) ** 0.5 * 1.96
    words = told[-1].words
    return Result(
        **shared, estimate=beyond, low=max(0.0, beyond - len(places) * half), high=min(held, beyond + len(places) * half),
        diagnostics=tuple(told), warnings=tuple(one.words for one in told if one.good is False), text=words,
        more={"rows": rows.whole, "places": places, "rows_in_bursts": held, "share_in_bursts": held / rows.whole,
              "alarm": ALARM})


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "A row for each thing, or for each count", needed=True),
        Input("day", "word", "The column of days, months or years; or those of year, month and day, with commas", default=""),
        Input("place", "word", "The column of places", default=""),
        Input("count", "word", "The column of how many a row stands for, if not one", default=""),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, burst, plots,
)
