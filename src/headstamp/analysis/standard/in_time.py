"""Does a convention change in time, at one site or at all of them?

Finds of each site are compared with others of the same site only, so that a site visited late does not look
like a change. Cramer's V between period and feature, over all sites together (``cramer``); where a
break is likeliest at each site; which features come and go. Chances come from dealing the features of a
site out anew over its dates, and allow for the search for a break. A comparison only: the date is
that of the find, and no more is known of when a thing was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from headstamp.analysis.counts.interval import wilson
from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Point, Series
from headstamp.analysis.source.two_level import Floats
from headstamp.analysis.standard import cramer
from headstamp.analysis.standard.agreement import holm
from headstamp.analysis.standard.in_time_table import UNITS, Dated, Site, dated
from headstamp.analysis.standard.table import ONLY, Rows, neighbours
from headstamp.kinds.counted import plural

NAME: Final = "standard.in_time"
VERSION: Final = 1
QUESTION: Final = "Does the convention of a feature change in time?"
LEAST: Final = 10
ASSUMPTIONS: Final = (
    "The finds of each site and period are a fair sample of what was there, and independent of each other.",
    "The feature was read in the same way in every period.",
    "The date is that by which change is asked: of the find, if nothing else is known, and not of the making.",
    "The finds are of one type of thing, so that a change is one of convention.",
)
REFUSES: Final = (
    f"No site with finds in two periods of {LEAST} or more; every find of each site has the same feature.")
SOURCES: Final = (
    "Cramer 1946, Mathematical Methods of Statistics, 21.9",
    "Smithson 2003, Confidence Intervals, 4; Efron 1987, J. Am. Stat. Assoc. 82:171-185 (intervals)",
    "Miller and Siegmund 1982, Biometrics 38:1011-1016 (the largest chi-square over all breaks; here by "
    "permutation)",
    "Agresti and Caffo 2000, Am. Stat. 54:280-288 (changes of shares)",
    "Holm 1979, Scand. J. Stat. 6:65-70 (several sites together)",
)
LIMITS: Final = ONLY + (
    "a convention may change because other goods came, because others wrote, or because other things were "
    "recorded; none of these can be told apart from the features alone.")
_DEALT: Final = 999
_AT_ONCE: Final = 500
_SIDE: Final = 5
_SEED: Final = 20_261_122


@dataclass(frozen=True, slots=True)
class _Chances:
    """How likely changes as large are where none is: of V over all, of each site's break, of each feature."""

    whole: float
    sites: tuple[float, ...]
    breaks: tuple[float, ...]
    features: tuple[float, ...]


def in_time(table: Rows, period: str | None = None, level: float = 0.95) -> Result:
    """Cramer's V between period and feature within sites; table with date and feature, and site if several.

    Dates are days, months or years; periods are years, quarters or months, those with fewer than 10 finds
    at a site joined with the next. Raises Invalid naming every faulty row.
    """
    found = dated(table, period, level, LEAST)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "Cramer's V",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    still = [site for site in found.sites if site.cells.shape[1] < 2]
    sites = [site for site in found.sites if site.cells.shape[1] > 1]
    told = _told(found, still)
    if not sites:
        reason = (
            "Every find has the same feature at each site that has two periods: there is no change to measure."
            if still else f"No site has finds with date and feature in two periods of {LEAST} or more.")
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told),
                      text=f"Conventions are not followed in time: {reason}")
    strata = [site.cells for site in sites]
    v = cramer.cramers_v(strata)
    random = np.random.default_rng(_SEED)
    chances = _chances(sites, random)
    (low, high), near, drawn = cramer.interval(strata, v, level, random)
    breaks = [_break(site, chance, together) for site, chance, together in zip(
        sites, chances.breaks, holm(list(chances.breaks)), strict=True)]
    features = _features(sites, found.features, chances.features, level)
    checks = [_expected(strata), neighbours([codes for site in sites for codes in site.codes])]
    told.append(Diagnostic("permutation", chances.whole, None, (
        f"Where no convention changes, periods would differ as much with probability {chances.whole:.3g}.")))
    warnings = [one.words for one in checks if one.good is False]
    if found.few:
        warnings.append(f"Left out, with finds in fewer than two periods of {LEAST}: {', '.join(found.few)}.")
    return Result(
        **shared, estimate=v, low=low, high=high, diagnostics=(*told, *checks),
        models=(
            *(Model(site.name, cramer.cramers_v([cells]), *cramer.interval([cells], cramer.cramers_v(
                [cells]), level, random)[0], fit=p, words=(
                    f"{plural(len(site.periods), 'period')}, {site.periods[0]} to {site.periods[-1]}; fit is the chance"))
              for site, cells, p in zip(sites, strata, chances.sites, strict=True) if len(sites) > 1),
            Model("non-central chi-square", v, *near, words="fits where V is small"),
            Model("resampled", v, *drawn, words="fits where V is not small"),
            Model("without bias", cramer.unbiased(strata), words="less than V where there are few finds"),
        ),
        warnings=tuple(warnings),
        text=_text(v, low, high, level, chances.whole, breaks, features, found),
        more={
            "p": chances.whole, "period": found.unit, "cramers_v_without_bias": cramer.unbiased(strata),
            "sites": [_as_dict(site, found.features, each) for site, each in zip(sites, breaks, strict=True)],
            "features": features, "same_throughout": [site.name for site in still], "left_out": list(found.few),
            "not_read": found.empty, "too_coarse": found.coarse,
        })


def _told(found: Dated, still: Sequence[Site]) -> list[Diagnostic]:
    told = [Diagnostic(f"periods at {site.name}", len(site.periods), True, (
        f"{plural(int(site.bins.sum()), 'find')} at {site.name} in {plural(len(site.periods), 'period')} of at least {LEAST}"))
        for site in found.sites]
    told += [Diagnostic(f"one feature at {site.name}", None, None, (
        f"Every find at {site.name} has the same feature, in all {plural(len(site.periods), 'period')}.")) for site in still]
    if found.empty:
        told.append(Diagnostic("not read", found.empty, None,
                               f"{plural(found.empty, 'row has', 'rows have')} no date or no feature: left out"))
    if found.coarse:
        told.append(Diagnostic("dated too coarsely", found.coarse, None, (
            f"{plural(found.coarse, 'find is', 'finds are')} dated more coarsely than by {found.unit}: left out")))
    return told


def _chances(sites: Sequence[Site], random: np.random.Generator) -> _Chances:
    """Features dealt out anew over the dates of each site: statistics of all that is asked, at once."""
    whole = sum(float(cramer.chi_square(site.cells)) for site in sites)
    mine = [float(cramer.chi_square(site.cells)) for site in sites]
    break_of = [float(_largest(site.bins)[0]) for site in sites]
    trend = np.abs(_trends(sites, [site.bins[None] for site in sites])[0])
    above, of_site = 0, np.zeros(len(sites))
    of_break, of_trend = np.zeros(len(sites)), np.zeros(len(trend))
    for at in range(0, _DEALT, _AT_ONCE):
        dealt = [cramer.dealt(site.bins, min(_AT_ONCE, _DEALT - at), random) for site in sites]
        total = np.zeros(len(dealt[0]))
        for k, (site, bins) in enumerate(zip(sites, dealt, strict=True)):
            statistic = cramer.chi_square(np.stack(
                [bins[:, site.period_of == one].sum(axis=1) for one in range(len(site.periods))], axis=1))
            total += statistic
            of_site[k] += np.count_nonzero(statistic >= mine[k] * (1 - 1e-12))
            of_break[k] += np.count_nonzero(_largest(bins) >= break_of[k] * (1 - 1e-12))
        above += int(np.count_nonzero(total >= whole * (1 - 1e-12)))
        furthest = np.abs(_trends(sites, dealt)).max(axis=1)
        of_trend += (furthest[:, None] >= trend[None] - 1e-12).sum(axis=0)

    def share(count: float) -> float:
        return float((1 + count) / (1 + _DEALT))

    return _Chances(share(above), tuple(map(share, of_site)), tuple(map(share, of_break)),
                    tuple(map(share, of_trend)))


def _splits(bins: Floats) -> Floats:
    """Pearson's statistic of before and after each bin's end (..., bins - 1); 0 where a side has few finds."""
    # Of two rows the statistic is a sum over features alone; sizes and totals are the same in every dealing.
    one = bins.reshape(-1, *bins.shape[-2:])[0]
    total, sizes = one.sum(axis=0), one.sum(axis=1).cumsum()[:-1]
    n = float(total.sum())
    held = total > 0
    apart = bins[..., held].cumsum(axis=-2)[..., :-1, :] - np.outer(sizes, total[held] / n)
    weights = n * n / (sizes * (n - sizes))
    weights[np.minimum(sizes, n - sizes) < _SIDE] = 0.0
    return np.asarray((apart**2 @ (1 / total[held])) * weights, dtype=np.float64)


def _largest(bins: Floats) -> Floats:
    return np.asarray(np.atleast_1d(_splits(bins).max(axis=-1)), dtype=np.float64)


def _trends(sites: Sequence[Site], bins: Sequence[Floats]) -> Floats:
    """How far each feature leans to the later dates of its sites (B, features), in standard deviations."""
    lean, spread = 0.0, 0.0
    for site, drawn in zip(sites, bins, strict=True):
        sizes, totals = site.bins.sum(axis=1), site.bins.sum(axis=0)
        n = sizes.sum()
        score = (sizes.cumsum() - sizes / 2) / n
        score = score - (sizes * score).sum() / n
        lean = lean + np.einsum("b,dbf->df", score, drawn)
        spread = spread + (sizes * score**2).sum() * totals * (n - totals) / (n * (n - 1))
    return np.asarray(np.divide(lean, np.sqrt(spread), out=np.zeros_like(lean), where=np.asarray(spread) > 0), dtype=np.float64)


def _break(site: Site, chance: float, together: float) -> dict[str, Any]:
    splits = _splits(site.bins)
    at = int(splits.argmax())
    before, after = site.bins[: at + 1].sum(axis=0), site.bins[at + 1:].sum(axis=0)
    return {"after": site.last[at], "before": site.first[at + 1], "p": chance, "p_together": together,
            "finds": [int(before.sum()), int(after.sum())],
            "cramers_v": sqrt(float(splits[at]) / float(site.bins.sum())),
            "shares": [(before / max(1.0, before.sum())).tolist(), (after / max(1.0, after.sum())).tolist()]}


def _features(
    sites: Sequence[Site], names: Sequence[str], chances: Sequence[float], level: float
) -> list[dict[str, Any]]:
    """Each feature: how its share changes from the first to the last period of a site, over all sites."""
    z = NormalDist().inv_cdf(1 - (1 - level) / (2 * len(names)))
    told = []
    for at, name in enumerate(names):
        weights, changes, variances = [], [], []
        for site in sites:
            first = site.bins[site.period_of == 0]
            last = site.bins[site.period_of == len(site.periods) - 1]
            n, m = float(first.sum()), float(last.sum())
            p, q = (float(first[:, at].sum()) + 1) / (n + 2), (float(last[:, at].sum()) + 1) / (m + 2)
            weights.append(n * m / (n + m))
            changes.append(q - p)
            variances.append(p * (1 - p) / (n + 2) + q * (1 - q) / (m + 2))
        w = np.array(weights) / sum(weights)
        change, spread = float(w @ np.array(changes)), sqrt(float(w**2 @ np.array(variances)))
        told.append({"feature": name, "change": change, "low": max(-1.0, change - z * spread),
                     "high": min(1.0, change + z * spread), "p_together": chances[at]})
    return told


def _expected(strata: Sequence[Floats]) -> Diagnostic:
    few = np.concatenate([
        (cells.sum(axis=1)[:, None] * cells.sum(axis=0)[None, :] / cells.sum() < 5).ravel() for cells in strata])
    thin = float(few.mean())
    return Diagnostic("expected counts", thin, thin <= 0.2, (
        "Enough finds are expected of each feature in each period." if thin <= 0.2 else
        f"In {thin:.0%} of the cells fewer than 5 finds are expected: the interval is rough, the chance is not."))


def _as_dict(site: Site, features: Sequence[str], found: dict[str, Any]) -> dict[str, Any]:
    whole = np.stack([site.bins[site.period_of == at].sum(axis=0) for at in range(len(site.periods))])
    return {"site": site.name, "periods": list(site.periods), "features": list(features),
            "cells": whole.astype(int).tolist(), "break": found}


def _text(
    v: float, low: float, high: float, level: float, chance: float, breaks: Sequence[dict[str, Any]],
    features: Sequence[dict[str, Any]], found: Dated,
) -> str:
    ready = [site for site in found.sites if site.cells.shape[1] > 1]
    where = f"At {plural(len(ready), 'site')}" if len(ready) > 1 else (
        "The convention" if ready[0].name == "all finds" else f"At {ready[0].name}")
    start = where if where == "The convention" else f"{where} the convention"
    said = (f"{start} differs between {found.unit}s with Cramer's V {v:.2f} ({level:.0%} interval {low:.2f} to "
            f"{high:.2f}; 0 is no change, 1 each {found.unit} its own). ")
    if chance > 1 - level:
        said += f"No change can be told from this (probability by chance {chance:.2g})."
    else:
        said += f"It changes more than chance leaves (probability {chance:.2g})."
        likely = [(site, one) for site, one in zip(ready, breaks, strict=True) if one["p_together"] <= 1 - level]
        said += "".join(
            f" A break {'' if site.name == 'all finds' else f'at {site.name} '}is likeliest between {one['after']} "
            f"and {one['before']}." for site, one in likely[:3])
        for word, sign in (("more", 1), ("less", -1)):
            moved = [one["feature"] for one in features
                     if one["p_together"] <= 1 - level and sign * one["change"] > 0]
            said += f" Seen {word} in later dates: {', '.join(moved[:5])}." if moved else ""
    return f"{said} {LIMITS}"


def _plot(result: Result) -> tuple[Plot, ...]:
    """The share of each feature by period, a plot for each site."""
    plots = []
    for site in result.more.get("sites", ()):
        series = []
        for at, feature in enumerate(site["features"]):
            points: list[Point] = []
            for period, row in zip(site["periods"], site["cells"], strict=True):
                points.append((period, row[at] / sum(row), *wilson(row[at], sum(row), result.level)))
            if any(row[at] for row in site["cells"]):
                series.append(Series(feature, "intervals", tuple(points)))
        plots.append(Plot(f"shares {site['site']}", f"Shares by {result.more['period']}: {site['site']}", "period",
                          "share", tuple(series), words=LIMITS))
    return tuple(plots)


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "Finds: columns date and feature, and site where there are several; one row each",
              needed=True),
        Input("period", "word", "What is compared; left out, the longest that parts the finds", choices=UNITS),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, in_time, _plot,
)
