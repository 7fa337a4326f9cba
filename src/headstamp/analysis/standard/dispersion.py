"""How much more do measured features vary at one site than at another?

The ratio of the standard deviations of two sites, with an interval from resampling the finds of each
(``resampling``), and the test of Brown and Forsythe (1974, J. Am. Stat. Assoc. 69:364) over all sites,
which asks whether deviations from the median are alike. Of more than two sites every pair is told.
A comparison only: alike spreads do not show one maker, and unlike ones do not show two.
"""

from __future__ import annotations

from itertools import combinations
from math import exp, log, sqrt
from typing import Any, Final

import numpy as np

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Point, Series
from headstamp.analysis.resampling import corrected
from headstamp.analysis.source.two_level import Floats
from headstamp.analysis.standard.table import ONLY, Rows, neighbours, values_by_site
from headstamp.analysis.tails import f_above
from headstamp.kinds.counted import plural

NAME: Final = "standard.dispersion"
VERSION: Final = 1
QUESTION: Final = "How much more does a measured feature vary at one site than at another?"
LEAST: Final = 10
LEAST_DIFFERENT: Final = 5
ASSUMPTIONS: Final = (
    "The finds of each site are a fair sample of what was there, and independent of each other.",
    "The feature was measured in the same way, and as finely, at every site.",
    "No site holds several kinds of things mixed.",
)
REFUSES: Final = (
    f"Fewer than two sites; fewer than {LEAST} values at a site; fewer than {LEAST_DIFFERENT} different "
    "values at a site (measured too coarsely).")
SOURCES: Final = (
    "Brown and Forsythe 1974, J. Am. Stat. Assoc. 69:364-367",
    "Efron 1987, J. Am. Stat. Assoc. 82:171-185 (interval)",
    "NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.10 (gear data)",
)
LIMITS: Final = ONLY + (
    "how alike things vary depends on how they were made, sorted, kept and measured; it does not tell "
    "whether they were made in one place.")
_DRAWN: Final = 1_999
_MANY: Final = 5_000
"""More values than these are not drawn anew one by one: that would take gigabytes."""

_MOST_PAIRS: Final = 45
_SEED: Final = 20_261_122
_FAR: Final = 8.0


def dispersion(table: Rows, level: float = 0.95) -> Result:
    """The ratio of spreads of the sites; table with the columns site and value.

    Of two sites the first named stands above. Of more, the estimate is the widest against the
    narrowest, its interval at a level that holds for all pairs together. Raises Invalid naming every
    faulty row.
    """
    sites, empty = values_by_site(table, level)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level,
        "unit": "ratio of standard deviations", "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told = [Diagnostic(f"values at {site}", len(values), len(values) >= LEAST,
                       f"{plural(len(values), 'value')} at {site}, {len(np.unique(values)):,} of them different")
            for site, values in sites.items()]
    reason = _too_little(sites)
    if reason:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told),
                      text=f"Spreads are not compared: {reason}")
    statistic, chance = brown_forsythe(list(sites.values()))
    checks = [neighbours(list(sites.values())), *_outlying(sites)]
    told.append(Diagnostic("Brown-Forsythe", chance, None, (
        f"Brown-Forsythe W = {statistic:.4g}: sites that vary alike would differ as much with "
        f"probability {chance:.3g}.")))
    random = np.random.default_rng(_SEED)
    names = list(sites)
    pairs = list(combinations(names, 2))
    if len(pairs) > _MOST_PAIRS:  # each against the narrowest
        least = min(names, key=lambda one: float(sites[one].std(ddof=1)))
        pairs = [(one, least) for one in names if one != least]
    each = 1 - (1 - level) / len(pairs)
    compared: list[tuple[str, str, Model]] = []
    for one, other in pairs:
        if len(names) > 2 and sites[one].std(ddof=1) < sites[other].std(ddof=1):
            one, other = other, one
        found, low, high = _ratio(sites[one], sites[other], each, random)
        compared.append((one, other, Model(
            f"{one} to {other}", found, low, high, words=f"at the level {each:.4g}")))
    wide, narrow, best = max(compared, key=lambda three: three[2].estimate or 0.0)
    return Result(
        **shared, estimate=best.estimate, low=best.low, high=best.high, models=tuple(model for _, _, model in compared),
        diagnostics=tuple(told + checks),
        warnings=tuple([one.words for one in checks if one.good is False] + (
            [f"{plural(empty, 'row has', 'rows have')} no value."] if empty else [])),
        text=_text(wide, narrow, best, level, len(pairs)),
        more={
            "brown_forsythe": statistic, "p": chance,
            "freedom": [len(sites) - 1, sum(map(len, sites.values())) - len(sites)],
            "sites": {site: {"count": len(values), "mean": float(values.mean()),
                             "median": float(np.median(values)), "sd": float(values.std(ddof=1))}
                      for site, values in sites.items()},
        })


def brown_forsythe(groups: list[Floats]) -> tuple[float, float]:
    """The statistic and how likely one as large is, of groups that vary alike."""
    apart = [np.abs(one - np.median(one)) for one in groups]
    k, n = len(groups), sum(map(len, groups))
    middle = np.concatenate(apart).mean()
    between = sum(len(one) * (one.mean() - middle) ** 2 for one in apart) / (k - 1)
    within = sum(((one - one.mean()) ** 2).sum() for one in apart) / (n - k)
    statistic = float(between / within) if within > 0 else float("inf")
    return statistic, f_above(statistic, k - 1, n - k)


def _too_little(sites: dict[str, Floats]) -> str:
    if len(sites) < 2:
        return f"Values are known of {len(sites)} site; two or more are needed."
    few = [site for site, values in sites.items() if len(values) < LEAST]
    if few:
        return f"Fewer than {LEAST} values are known at {', '.join(few)}."
    coarse = [site for site, values in sites.items() if len(np.unique(values)) < LEAST_DIFFERENT]
    if coarse:
        return (f"Fewer than {LEAST_DIFFERENT} different values were measured at {', '.join(coarse)}: too "
                "coarsely to compare spreads.")
    return ""


def _outlying(sites: dict[str, Floats]) -> list[Diagnostic]:
    told = []
    for site, values in sites.items():
        apart = np.abs(values - np.median(values))
        usual = 1.4826 * float(np.median(apart))
        furthest = float(apart.max() / usual) if usual > 0 else float("inf")
        told.append(Diagnostic(f"single values at {site}", furthest, furthest < _FAR, (
            f"No value at {site} lies far from all others." if furthest < _FAR else
            f"A value at {site} lies far from the others and alone widens the spread: check how it was "
            "measured, and whether it is of the same kind.")))
    return told


def _ratio(
    one: Floats, other: Floats, level: float, random: np.random.Generator
) -> tuple[float, float, float]:
    found = _log_deviation(one) - _log_deviation(other)
    drawn = _drawn(one, random) - _drawn(other, random)
    left_out = np.concatenate((_left_out(one) - _log_deviation(other), _log_deviation(one) - _left_out(other)))
    low, high = corrected(drawn[np.isfinite(drawn)], found, left_out[np.isfinite(left_out)],
                          min(len(one), len(other)), level)
    return exp(found), exp(low), exp(high)


def _log_deviation(values: Floats) -> float:
    return log(float(values.std(ddof=1)))


def _drawn(values: Floats, random: np.random.Generator) -> Floats:
    n = len(values)
    apart = values - values.mean()
    if n > _MANY:
        # Of so many values the logarithm of the deviation is normal; its spread is that of the squares.
        error = float(np.std(apart**2)) / (2 * float(np.mean(apart**2)) * sqrt(n))
        return np.asarray(_log_deviation(values) + error * random.standard_normal(_DRAWN), dtype=np.float64)
    weights = random.multinomial(n, np.full(n, 1 / n), _DRAWN).astype(np.float64)
    squares = weights @ apart**2 - (weights @ apart) ** 2 / n
    with np.errstate(divide="ignore"):
        return np.asarray(0.5 * np.log(np.maximum(squares, 0) / (n - 1)), dtype=np.float64)


def _left_out(values: Floats) -> Floats:
    n = len(values)
    apart = values - values.mean()
    squares = (apart**2).sum() - n / (n - 1) * apart**2
    with np.errstate(divide="ignore"):
        return np.asarray(0.5 * np.log(np.maximum(squares, 0) / (n - 2)), dtype=np.float64)


def _text(wide: str, narrow: str, best: Model, level: float, pairs: int) -> str:
    low, high = best.low or 0.0, best.high or 0.0
    many = f", over all {pairs} pairs of sites together" if pairs > 1 else ""
    found = ("No difference in spread can be told from this" if low <= 1 <= high else
             "The spreads differ by more than chance leaves")
    return (f"The feature varies {best.estimate:.3g} times as much at {wide} as at {narrow} ({level:.0%} "
            f"interval {low:.3g} to {high:.3g}{many}). {found}. {LIMITS}")


def _plot(result: Result) -> tuple[Plot, ...]:
    """The ratio of each pair of sites; no measurement is drawn."""
    pairs: tuple[Point, ...] = tuple(
        (one.name, one.estimate, one.low, one.high) for one in result.models if one.estimate is not None)
    return () if not pairs else (Plot(
        "spreads", "How much more a feature varies", "site to site", "ratio of standard deviations", (
            Series("ratio with interval", "intervals", pairs),), log_y=True,
        words="1: both vary alike. " + LIMITS),)


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "Finds: columns site and value", needed=True),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, dispersion, _plot,
)
