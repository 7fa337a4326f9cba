"""How many pieces a month were made, from packages that bear a date and a count.

What was found is the least that was made: added up by months it gives a floor, and no more. Where packages bear
running numbers, the numbers between two dates were given out between them, found or not: the slope of
number against date is how many packages were packed a month (as Ruggles and Brodie did with tyres and
gearboxes, month by month). Where numbering begins anew each month, each month is a drawing of its own.
Before that it is asked whether numbers and dates agree, whether the pace was one, and of how many
consignments the packages are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Series
from headstamp.analysis.scale.chao import corrected
from headstamp.analysis.scale.rate_checks import breaks, consignments, contradictions, pace
from headstamp.analysis.scale.rate_models import Numbers, floor, monthly, points, running, within
from headstamp.analysis.scale.rate_table import Package, packages, read_window
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "scale.rate", 1
QUESTION: Final = "How many a month were made, judging by packages with a date, a count and a running number?"
LEAST: Final = 3
WIDEST: Final = 12.1
"""A date that spans more months says too little of when, and would stretch the time that all is dated over."""

ASSUMPTIONS: Final = (
    "The date on a package is that of its packing, and packing kept pace with making.",
    "No package is counted twice, and what is written on it is what was in it.",
)
_FLOOR: Final = (
    "What was found is the least that was made: what was used, lost, kept elsewhere or not found is not in it.",
    "Consignments came to be found without regard to each other.",
)
_RUNNING: Final = (
    "Running numbers were given in the order of packing, one series for all, none left out.",
    "Packages without a number held as many pieces as those with one.",
)
_MONTHLY: Final = (
    "Numbers begin at 1 each month, one series for all; those found of a month are a random drawing of it.",
)
REFUSES: Final = (
    "Fewer than three dated packages; all of one month; all of one lot or consignment; running numbers that contradict the "
    "dates in more than one of ten pairs (unless they begin anew each month, and it is said)."
)
SOURCES: Final = (
    "Ruggles and Brodie 1947, Journal of the American Statistical Association 42:72 (numbers against dates)",
    "Theil 1950, Proceedings of the Royal Netherlands Academy of Sciences 53:386, 521, 1397",
    "Sen 1968, Journal of the American Statistical Association 63:1379 (slope and interval)",
    "Chao 1984, Scandinavian Journal of Statistics 11:265 (lots that were not met)",
)


def rate(
    table: Sequence[Mapping[str, str]], numbering: str = "", first: str = "", last: str = "", level: float = 0.95,
) -> Result:
    """The rate from a table of packages (see scale_rate_table).

    ``numbering`` is "running" (one series over all months; taken where it is left out) or "monthly" (it begins at 1
    each month). ``first`` and ``last`` bound the time that is asked of (left out: from the first
    month found to the last). Raises Invalid naming every faulty cell and option.
    """
    start, end = _bounds(first, last, level)
    every, undated = packages(table)
    inside = [one for one in every if (start is None or one.first >= start) and (end is None or one.last <= end)]
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "pieces a month", "sources": SOURCES}
    outside = len(every) - len(inside)
    fine = [one for one in inside if one.months <= WIDEST]
    rough, inside = (len(inside) - len(fine), fine) if fine else (0, inside)
    told = [Diagnostic("packages", len(inside), None, f"{plural(len(inside), 'package')} with a date" + (
        f", {undated:,} without one left out" if undated else "") + (
        f", {rough:,} dated more roughly than to a year left out" if rough else "") + (
        f", {outside:,} outside the time asked of" if outside else ""))]
    why = _why_not(inside)
    if why:
        return Result(**shared, refused=True, reason=why, diagnostics=tuple(told), assumptions=ASSUMPTIONS,
                      text=f"From these packages no rate is estimated: {why}")
    spanned = [one for one in inside if one.count is not None] or inside
    from_month, to_month = _month(start if start is not None else min(one.first for one in spanned)), _month(
        end if end is not None else max(one.last for one in spanned))
    months = monthly(inside, from_month, to_month)
    numbers = points(inside)
    told += [consignments(inside), breaks(inside)]
    models: list[Model] = []
    wrong = ""
    if numbers and numbering != "monthly":
        told.append(contradictions(numbers))
        if told[-1].good is False and told[-1].value is not None and told[-1].value > 0.1:
            wrong = told[-1].words
        told.append(pace(numbers))
        slope = running(numbers, inside, level)
        models += [slope] if slope is not None else []
    if numbers:
        each = within(inside, level, restarted=numbering == "monthly")
        models += [each] if each is not None else []
    least = floor(inside, len(months), level)
    models += [least] if least is not None else []
    more = _more(inside, months, numbers, level)
    if wrong or not models:
        reason = wrong or "No package has a count, and too few have a running number."
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told), models=tuple(models), more=more,
                      assumptions=ASSUMPTIONS, warnings=tuple(one.words for one in told if one.good is False),
                      text=f"From these packages no rate is estimated: {reason}")
    best = models[0]
    bottom = best is least
    assumed = _FLOOR if bottom else _MONTHLY + _RUNNING[1:] if numbering == "monthly" else _RUNNING
    return Result(
        **shared, estimate=best.estimate, low=best.low, high=best.high, diagnostics=tuple(told), models=tuple(models),
        assumptions=(*ASSUMPTIONS, *assumed), warnings=tuple(one.words for one in told if one.good is False),
        more=more | {"headline": best.name}, text=_sentence(best, least, inside, len(months), level))


def _bounds(first: str, last: str, level: float) -> tuple[int | None, int | None]:
    problems = []
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    ends: list[int | None] = []
    for name, text, at in (("first", first, 0), ("last", last, 1)):
        window = read_window(text) if text else None
        if text and window is None:
            problems.append(Problem("not a date", "A day, month or year: 2014-03.", name, text))
        ends.append(None if window is None else window[at])
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        problems.append(Problem("the first lies after the last", "Turn them round.", "first", first))
    if problems:
        raise Invalid("no rate can be estimated so", problems)
    return ends[0], ends[1]


def _why_not(inside: Sequence[Package]) -> str:
    if len(inside) < LEAST:
        return f"{plural(len(inside), 'dated package says', 'dated packages say')} nothing of a rate; at least {LEAST} do."
    if len({(one.first, one.last) for one in inside}) == 1 or len({_month((one.first + one.last) // 2) for one in inside}) == 1:
        return "All packages are of one date: of how fast they were made one date says nothing."
    lots = {one.lot for one in inside}
    if len(lots) == 1 and None not in lots:
        return "All packages are of one lot or consignment: they tell of it, and not of what was made a month."
    return ""


def _month(day: int) -> int:
    one = date.fromordinal(day)
    return one.year * 12 + one.month - 1


def _more(inside: Sequence[Package], months: Mapping[str, tuple[float, float]], numbers: Numbers | None, level: float
          ) -> dict[str, Any]:
    counted = [one.count for one in inside if one.count is not None]
    told: dict[str, Any] = {
        "packages": len(inside), "pieces_found": sum(counted), "months": len(months),
        "by_month": [{"month": month, "pieces": pieces, "packages": n} for month, (pieces, n) in months.items()],
        "pieces_a_package": sum(counted) / len(counted) if counted else None,
        "numbers": [[round(x, 4), y] for x, y in numbers.shown()] if numbers else [],
    }
    lots: dict[str, int] = {}
    for one in inside:
        if one.lot is not None:
            lots[one.lot] = lots.get(one.lot, 0) + 1
    if len(lots) > 1 and max(lots.values()) > 1:
        met = list(lots.values())
        bound = corrected(len(met), met.count(1), met.count(2), level, 1.0, sum(met))
        told["lots"] = {"met": len(met), "at_least": bound.estimate, "interval": [bound.low, bound.high],
                        "at_least_a_month": bound.estimate / len(months)}
    return told


def _sentence(best: Model, least: Model | None, inside: Sequence[Package], months: int, level: float) -> str:
    counted = sum(one.count for one in inside if one.count is not None)
    ends = f"{_rounded(best.low)} to {_rounded(best.high)} with {level:.0%} confidence"
    found = (f"{plural(len(inside), 'package')} with {counted:,.0f} pieces in them are dated over {plural(months, 'month')}")
    if best is least:
        return (f"{found}: at least about {_rounded(best.estimate)} a month ({ends}, were as many found again). It is what was "
                "found; how many were made it does not say.")
    beside = "" if least is None else f" What was found comes to {_rounded(least.estimate)} a month, the least it can be."
    return f"{found}; by their running numbers about {_rounded(best.estimate)} pieces a month were made ({ends}).{beside}"


def _rounded(value: float | None) -> str:
    return "?" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:,.2g}"


def plot(result: Result) -> tuple[Plot, ...]:
    """Pieces found by month as bars; running numbers against time, where there are any."""
    months = result.more.get("by_month") or []
    drawn = []
    if months:
        drawn.append(Plot("months", "Pieces found, by month of packing", "month", "pieces", (
            Series("found", "bars", tuple((one["month"], one["pieces"]) for one in months)),),
            words="What was found is the least that was made."))
    numbers = result.more.get("numbers") or []
    if numbers:
        drawn.append(Plot("numbers", "Running numbers by date", "year", "running number", (
            Series("packages", "points", tuple((x / 12, y) for x, y in numbers)),),
            words="A straight row of points is one pace; a step or a bend is none."))
    rates = tuple((one.name, one.estimate, one.low, one.high) for one in result.models if one.estimate is not None)
    if rates:
        drawn.append(Plot("models", "Pieces a month, by each way to reckon", "model", result.unit, (
            Series(f"{result.level:.0%} interval", "intervals", rates),)))
    return tuple(drawn)


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "Columns date and count (pieces in the package), and where known number (its running "
              "number) and lot (lot or consignment)", needed=True),
        Input("numbering", "word", "running: one series over all months; monthly: it begins at 1 each month", default="",
              choices=("running", "monthly")),
        Input("first", "word", "Only packages from this date on, and months from it", default=""),
        Input("last", "word", "Only packages up to this date, and months up to it", default=""),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    (*ASSUMPTIONS, *_FLOOR[:1], *_RUNNING[:1]), REFUSES, SOURCES, rate, plot,
)
