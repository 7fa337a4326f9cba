"""How many lots there are at least, from how often each of those found was met.

Lots met only once tell of lots not met at all: the more of them beside the lots met twice, the more
are missing (Chao; see chao.py). The answer is a lower bound: exact where every lot is equally
common, and below the truth where some are rare, which is the rule. Lots that come in crates are not
met one by one: then it is the sites at which a lot was met that are counted (Chao 2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import erfc, exp, sqrt
from typing import Any, Final

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result, models_plot
from headstamp.analysis.plot import Plot, Series
from headstamp.analysis.scale.chao import Bound, classical, corrected
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "scale.lots", 1
QUESTION: Final = "How many different lots are there at least, judging by how often each was met?"
ALARM: Final = 0.01
LEAST_LOTS: Final = 2
_MOST: Final = 10**12
_MOST_TOLD: Final = 20
_AGAIN: Final = 20
"""From so many met again the chi-square follows the spread of their counts."""
_THIN: Final = 0.5
"""Where fewer than this share of what is met belongs to lots already met, most lots are missing."""

ASSUMPTIONS: Final = (
    "No lot was added or used up while they were counted.",
    "Lots are read right: a misread number looks like a lot met once.",
)
_PIECES: Final = "Each piece was met by itself: not many of one lot at once, as from one crate."
_SITES: Final = "Each site met its lots without regard to the others."
REFUSES: Final = (
    "Fewer than two lots; no lot met twice or more (everything met once: there may be any number); all counts of sites "
    "from one site."
)
SOURCES: Final = (
    "Chao 1984, Scandinavian Journal of Statistics 11:265",
    "Chao 1987, Biometrics 43:783 (sites; interval)",
    "Chao 2005, Species estimation and applications, Encyclopedia of Statistical Sciences (bias-corrected form)",
    "Good 1953, Biometrika 40:237 (coverage)",
)


def lots(
    counts: Sequence[int] = (), table: Sequence[Mapping[str, str]] = (), level: float = 0.95,
) -> Result:
    """The lower bound from ``counts`` (one per lot: how many pieces), or from a table.

    The table has columns ``lot`` and ``count``, or ``lot`` and ``site`` (a row per meeting, with or
    without ``count``): with sites it is sites that are counted. A lot on several rows is added up.
    Raises Invalid naming every faulty row.
    """
    if not 0.5 <= level < 1:
        raise Invalid("no number of lots can be estimated so", [Problem(
            "a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level))])
    if bool(counts) == bool(table):
        raise Invalid("no number of lots can be estimated from this", [Problem(
            "one of counts and table must be given" if not counts else "both counts and a table are given",
            "Give --counts 5,1,1,2 or --table FILE.", "counts")])
    if counts:
        found, pieces, sites = _checked(counts), None, 0
    else:
        found, pieces, sites = _read(table)
    return _estimate(found, pieces, sites, level)


def _estimate(found: Sequence[int], pieces: Sequence[int] | None, sites: int, level: float) -> Result:
    """``found``: of each lot how many pieces, or with ``sites`` how many of them met it."""
    times = Counter(found)
    seen, drawn = len(found), sum(found)
    once, twice = times[1], times[2]
    what = "meetings" if sites else "pieces"
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "lots",
        "assumptions": (*ASSUMPTIONS, _SITES if sites else _PIECES,
                        "What is given is a lower bound: rare lots that nobody met are not in it."),
        "sources": SOURCES,
    }
    covered = 1 - once / drawn if drawn else 0.0
    told = [
        Diagnostic("lots", seen, None, f"{plural(seen, 'different lot')} among {drawn:,} " + (
            f"meetings at {plural(sites, 'site')}" if sites else "pieces")),
        Diagnostic("singletons", once, None, f"{plural(once, 'lot')} met once"),
        Diagnostic("doubletons", twice, None, f"{plural(twice, 'lot')} met twice"),
        Diagnostic("coverage", covered, covered >= _THIN, (
            f"About {covered:.0%} of all {what} are of lots already met" + (
                "." if covered >= _THIN else ": most of what is there was not met."))),
    ]
    more: dict[str, Any] = {
        "lots": seen, "met": drawn, "singletons": once, "doubletons": twice, "coverage": covered, "sites": sites,
        "times_met": {str(k): times[k] for k in sorted(times)[:50]},
    }
    why = _why_not(seen, once, drawn, sites)
    if why:
        return Result(**shared, refused=True, reason=why, diagnostics=tuple(told), more=more,
                      text=f"From these {plural(seen, 'lot')} no total is estimated: {why}")
    share = (sites - 1) / sites if sites else 1.0
    kind = "Chao 2" if sites else "Chao 1"
    best = corrected(seen, once, twice, level, share, drawn)
    models = [_model(f"{kind}, bias-corrected", best, "shown")]
    plain = classical(seen, once, twice, level, share)
    if plain is not None:
        models.append(_model(f"{kind}, as first given", plain, "singletons squared over twice the doubletons"))
    if not sites:
        small = corrected(seen, once, twice, level, (drawn - 1) / drawn, drawn)
        models.append(_model("Chao 1, bias-corrected, for a small sample", small, "times (n - 1) / n"))
        plain = classical(seen, once, twice, level, (drawn - 1) / drawn)
        if plain is not None:
            models.append(_model("Chao 1, as first given, for a small sample", plain, "times (n - 1) / n, as iNEXT has it"))
    if pieces is not None and sites:
        by_piece = Counter(pieces)
        models.append(_model("Chao 1 on pieces", corrected(
            seen, by_piece[1], by_piece[2], level, 1.0, sum(pieces)), "the same finds, pieces counted: too low "
            "where lots come in crates"))
    told.append(_evenness(found, sites))
    warnings = [one.words for one in told if one.good is False]
    more |= {"variance": best.variance, "headline": models[0].name}
    # Lots are whole: less than one missing is none missing.
    low = float(seen) if best.low < seen + 1 else best.low
    models[0] = Model(models[0].name, best.estimate, low, best.high, words="shown")
    return Result(
        **shared, estimate=best.estimate, low=low, high=best.high, diagnostics=tuple(told), models=tuple(models),
        warnings=tuple(warnings), more=more,
        text=(f"{plural(seen, 'different lot was', 'different lots were')} met, {once:,} of them once and {twice:,} twice; there are at least about "
              f"{round(best.estimate):,} ({level:.0%} interval of that bound: {round(low):,} to "
              f"{round(best.high):,})."),
    )


def _why_not(seen: int, once: int, drawn: int, sites: int) -> str:
    if seen < LEAST_LOTS:
        return "Fewer than two lots tell nothing of how many there are."
    if sites == 1:
        return "All were met at one site: how often a lot is met at sites cannot be told from one."
    if once == seen:
        return (f"All {plural(seen, 'lot was', 'lots were')} met once only: without any met again there may be any number of them "
                "(one more piece would as likely as not be of a new lot).")
    return ""


def _evenness(found: Sequence[int], sites: int) -> Diagnostic:
    """Whether the lots are equally common: the spread of their counts against a Poisson's without its zero.

    The mean of the Poisson is taken from the counts. With sites a binomial's is used in its stead.
    The statistic is the sum of squares over what is expected, its tails the chi-square's by Wilson
    and Hilferty.
    """
    seen, drawn = len(found), sum(found)
    mean = drawn / seen
    if seen < 5 or drawn - seen < _AGAIN:
        return Diagnostic("evenness", None, None, "Too little to see whether the lots are equally common.")
    if sites:
        variance = _binomial_variance(mean, sites)
    else:
        rate = _poisson_rate(mean)
        variance = mean * (1 + rate - mean)
    if variance <= 1e-9:
        return Diagnostic("evenness", None, None, "Every lot was met at every site.")
    statistic = sum((one - mean) ** 2 for one in found) / variance
    p = _above(statistic, seen - 1)
    return Diagnostic("evenness", p, p >= ALARM, (
        "The lots were met about equally often." if p >= ALARM else
        "Some lots were met far more often than others, more than chance does: rare ones are then missing, and the truth "
        "may lie well above this lower bound."))


def _poisson_rate(mean: float) -> float:
    """The rate of the Poisson that has this mean once its zeros are left out."""
    low, high = 0.0, mean
    for _ in range(100):
        rate = (low + high) / 2
        if rate / (1 - exp(-rate)) < mean:
            low = rate
        else:
            high = rate
    return (low + high) / 2


def _binomial_variance(mean: float, sites: int) -> float:
    low, high = 0.0, 1.0
    for _ in range(100):
        share = (low + high) / 2
        if share * sites / (1 - (1 - share) ** sites) < mean:
            low = share
        else:
            high = share
    return mean * (1 - share + sites * share - mean)


def _above(statistic: float, freedom: int) -> float:
    """P(a chi-square is at least this), by Wilson and Hilferty 1931: close from five degrees on."""
    z = ((statistic / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom))
    return erfc(z / sqrt(2)) / 2


def _checked(counts: Sequence[int]) -> list[int]:
    bad = [Problem("not a number of pieces", "Whole numbers from 0 on.", "counts", str(one), row=at)
           for at, one in enumerate(counts, start=1) if not 0 <= one <= _MOST]
    if bad:
        raise Invalid("no number of lots can be estimated from this", bad[:_MOST_TOLD])
    return [one for one in counts if one]


def _read(table: Sequence[Mapping[str, str]]) -> tuple[list[int], list[int] | None, int]:
    """Of each lot: how many pieces or sites; with sites the pieces too, where they are counted."""
    columns = {name.strip().casefold(): name for name in table[0]}
    if "lot" not in columns or not {"count", "site"} & columns.keys():
        raise Invalid("no number of lots can be estimated from this", [Problem(
            "the table needs columns lot and count, or lot and site", "It has: " + ", ".join(table[0]), "table")])
    problems: list[Problem] = []
    pieces: dict[str, int] = {}
    sites: dict[str, set[str]] = {}
    everywhere: set[str] = set()
    for at, row in enumerate(table, start=1):
        lot = row.get(columns["lot"], "").strip()
        count = _count(row.get(columns["count"], "")) if "count" in columns else 1
        site = row.get(columns["site"], "").strip() if "site" in columns else ""
        if not lot:
            problems.append(Problem("no lot", "Leave the row out where no lot is known.", columns["lot"], row=at))
        if count is None:
            problems.append(Problem("not a number of pieces", "A whole number from 0 on.", columns["count"],
                                    row.get(columns["count"], ""), row=at))
        if "site" in columns and not site:
            problems.append(Problem("no site", "Leave the row out where no site is known.", columns["site"], row=at))
        if site:
            everywhere.add(site)  # a site that met nothing (count 0) is a site all the same
        if lot and count:
            pieces[lot] = pieces.get(lot, 0) + count
            sites.setdefault(lot, set()).add(site)
    if problems:
        raise Invalid("no number of lots can be estimated from this", problems[:_MOST_TOLD])
    if "site" not in columns:
        return list(pieces.values()), None, 0
    return ([len(sites[lot]) for lot in pieces], list(pieces.values()) if "count" in columns else None,
            len(everywhere))


def _count(text: str) -> int | None:
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return int(value) if 0 <= value <= _MOST and value == int(value) else None


def _model(name: str, bound: Bound, words: str) -> Model:
    return Model(name, bound.estimate, bound.low, bound.high, words=words)


def plot(result: Result) -> tuple[Plot, ...]:
    """How many lots were met once, twice and so on; the bounds with their intervals."""
    met = result.more.get("times_met") or {}
    times = "sites" if result.more.get("sites") else "pieces"
    bars = (Plot("met", "How often lots were met", times, "lots", (
        Series("lots", "bars", tuple((k, n) for k, n in met.items())),),
        words="Many lots met once beside few met twice: many were not met at all."),) if met else ()
    return (*bars, *models_plot(result))


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("counts", "whole numbers", "How many pieces of each lot were met: 5,1,1,2"),
        Input("table", "table", "Columns lot and count; or lot and site (and count), and sites are counted"),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, lots, plot,
)
