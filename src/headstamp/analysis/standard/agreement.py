"""Are conventions (of marking, paint, packaging, stencils, components) the same at several sites?

Cramer's V between site and feature (``cramer``): 0 where every site has the same shares of each feature, 1
where the site tells the feature; its chance by dealing the features out anew. Of several kinds of feature at
once each is told, with intervals and chances that hold for all of them together. A comparison only:
conventions are copied, and one maker may have several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from headstamp.analysis.counts.interval import wilson
from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Point, Series
from headstamp.analysis.source.two_level import Floats
from headstamp.analysis.standard import cramer
from headstamp.analysis.standard.table import ONLY, Rows, by_site, neighbours, parted
from headstamp.analysis.tails import chi_square_above
from headstamp.kinds.counted import plural

NAME: Final = "standard.agreement"
VERSION: Final = 2
QUESTION: Final = "How far does the convention of a feature differ from site to site?"
LEAST: Final = 10
ASSUMPTIONS: Final = (
    "The finds of each site are a fair sample of what was there, and independent of each other.",
    "The feature was read in the same way at every site, and what could not be read is not of one kind.",
    "The finds are of one type of thing, so that a difference is one of convention.",
)
REFUSES: Final = (
    f"Fewer than two sites or two features; fewer than {LEAST} finds with the feature at a site; of several "
    "kinds of feature, where all of them are refused.")
SOURCES: Final = (
    "Cramer 1946, Mathematical Methods of Statistics, 21.9",
    "Bergsma 2013, J. Korean Stat. Soc. 42:323-328 (without bias)",
    "Smithson 2003, Confidence Intervals, 4 (non-central interval)",
    "Efron 1987, J. Am. Stat. Assoc. 82:171-185 (resampled interval)",
    "Holm 1979, Scand. J. Stat. 6:65-70 (several kinds of feature together)",
)
LIMITS: Final = ONLY + (
    "conventions are copied between makers, and one maker may have several; neither agreement nor "
    "difference tells where things were made.")
_DEALT: Final = 4_999
_SEED: Final = 20_261_122


@dataclass(frozen=True, slots=True)
class _Compared:
    """One kind of feature: what was looked at, and V with its chance, or why there is none."""

    kind: str
    told: tuple[Diagnostic, ...]
    reason: str = ""
    sites: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    cells: Floats | None = None
    v: float = 0.0
    ends: tuple[float, float] = (0.0, 1.0)
    near: tuple[float, float] = (0.0, 1.0)
    drawn: tuple[float, float] = (0.0, 1.0)
    unbiased: float = 0.0
    chance: float = 1.0
    empty: int = 0


def agreement(table: Rows, level: float = 0.95) -> Result:
    """Cramer's V; a row a find, with the columns site and feature, or site, feature_kind and value.

    With feature_kind each kind is compared by itself, and the estimate is that of the one that differs
    most. Rows without a feature are counted and left out. Raises Invalid naming every faulty row.
    """
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "Cramer's V",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    random = np.random.default_rng(_SEED)
    if not (table and "feature_kind" in table[0]):
        found = _compared("", table, "feature", level, random)
        if found.reason:
            return Result(**shared, refused=True, reason=found.reason, diagnostics=found.told,
                          text=f"Conventions are not compared: {found.reason}")
        return _of_one(found, shared, level)
    kinds = parted(table, "feature_kind", ("site", "value"), level)
    each = 1 - (1 - level) / len(kinds)
    several = [_compared(kind, rows, "value", each, random) for kind, rows in kinds.items()]
    ready = [one for one in several if not one.reason]
    if not ready:
        reason = " ".join(f"{one.kind}: {one.reason}" for one in several)
        return Result(**shared, refused=True, reason=reason, text=f"Conventions are not compared: {reason}",
                      diagnostics=tuple(told for one in several for told in _named(one)))
    return _of_several(several, ready, shared, level)


def _compared(kind: str, table: Rows, column: str, level: float, random: np.random.Generator) -> _Compared:
    found, empty = by_site(table, column, level)
    features = list(dict.fromkeys(one for values in found.values() for one in values))
    number = {name: code for code, name in enumerate(features)}
    codes = [np.array([number[one] for one in values], dtype=np.int64) for values in found.values()]
    told = [Diagnostic(f"finds at {site}", len(values), len(values) >= LEAST,
                       f"{plural(len(values), 'find')} at {site}") for site, values in found.items()]
    if empty:
        told.append(Diagnostic("not read", empty, None, f"{plural(empty, 'find has', 'finds have')} no feature: left out"))
    reason = _too_little(found, features)
    if reason:
        return _Compared(kind, tuple(told), reason, empty=empty)
    cells = np.array([np.bincount(one, minlength=len(features)) for one in codes], dtype=np.float64)
    v = cramer.cramers_v([cells])
    chance = _permuted(cells, random)
    ends, near, drawn = cramer.interval([cells], v, level, random)
    told.append(Diagnostic("permutation", chance, None, (
        f"Sites that share one convention would differ as much with probability {chance:.3g}.")))
    return _Compared(
        kind, (*told, _expected(cells), neighbours(codes)), "", tuple(found), tuple(features), cells, v, ends,
        near, drawn, cramer.unbiased([cells]), chance, empty)


def _too_little(found: Mapping[str, list[str]], features: list[str]) -> str:
    if len(found) < 2:
        return f"The feature is known of {len(found)} site; two or more are needed."
    if len(features) < 2:
        return f"Every find has the same feature, {features[0]}: there is no difference to measure."
    few = [site for site, values in found.items() if len(values) < LEAST]
    return f"Fewer than {LEAST} finds are known at {', '.join(few)}." if few else ""


def _permuted(cells: Floats, random: np.random.Generator) -> float:
    """How often features dealt out anew to the sites differ as much: tables of the same margins."""
    statistic = float(cramer.chi_square(cells))
    as_large = 0
    for at in range(0, _DEALT, 1_000):
        dealt = cramer.dealt(cells, min(1_000, _DEALT - at), random)
        as_large += int(np.count_nonzero(cramer.chi_square(dealt) >= statistic * (1 - 1e-12)))
    return (1 + as_large) / (1 + _DEALT)


def _expected(cells: Floats) -> Diagnostic:
    expected = cells.sum(axis=1)[:, None] * cells.sum(axis=0)[None, :] / cells.sum()
    thin = float((expected < 5).mean())
    return Diagnostic("expected counts", thin, thin <= 0.2, (
        "Enough finds are expected of each feature at each site." if thin <= 0.2 else
        f"In {thin:.0%} of the cells fewer than 5 finds are expected: the interval is rough, the chance "
        "is not."))


def _of_one(found: _Compared, shared: dict[str, Any], level: float) -> Result:
    low, high = found.ends
    return Result(
        **shared, estimate=found.v, low=low, high=high, diagnostics=found.told,
        models=(
            Model("non-central chi-square", found.v, *found.near, words="fits where V is small"),
            Model("resampled", found.v, *found.drawn, words="fits where V is not small"),
            Model("without bias", found.unbiased,
                  words="Bergsma's, less than V where there are few finds"),
        ),
        warnings=tuple(one.words for one in found.told if one.good is False),
        text=_text(found, level, found.chance, "The convention"), more=_more(found))


def _more(found: _Compared) -> dict[str, Any]:
    if found.cells is None:
        return {"refused": True, "reason": found.reason, "not_read": found.empty}
    statistic, free = float(cramer.chi_square(found.cells)), cramer.freedom(found.cells)
    return {
        "p": found.chance, "chi_square": statistic, "freedom": free,
        "p_chi_square": chi_square_above(statistic, free), "cramers_v": found.v,
        "cramers_v_without_bias": found.unbiased, "sites": list(found.sites), "features": list(found.features),
        "cells": found.cells.astype(int).tolist(), "not_read": found.empty,
    }


def _of_several(
    several: list[_Compared], ready: list[_Compared], shared: dict[str, Any], level: float
) -> Result:
    together = holm([one.chance for one in ready])
    widest = max(ready, key=lambda one: one.unbiased)
    differ = [one.kind for one, chance in zip(ready, together, strict=True) if chance <= 1 - level]
    alike = [one.kind for one in ready if one.kind not in differ]
    refused = [one for one in several if one.reason]
    said = " ".join(part for part in (
        f"More than chance leaves differ: {', '.join(differ)}." if differ else "",
        f"No difference can be told of {', '.join(alike)}." if alike else "",
        f"Not compared: {', '.join(one.kind for one in refused)}." if refused else "") if part)
    chance = together[ready.index(widest)]
    warnings = [f"{one.kind}: {told.words}" for one in ready for told in one.told if told.good is False]
    warnings += [f"{one.kind} is not compared: {one.reason}" for one in refused]
    return Result(
        **shared, estimate=widest.v, low=widest.ends[0], high=widest.ends[1],
        diagnostics=tuple(told for one in several for told in _named(one)),
        models=tuple(Model(one.kind, one.v, *one.ends, fit=p, words=(
            f"{plural(len(one.sites), 'site')}, {plural(len(one.features), 'feature')}; without bias {one.unbiased:.2f}; fit is the "
            "probability by chance, over all kinds together")) for one, p in zip(ready, together, strict=True)),
        warnings=tuple(warnings),
        text=f"Of {plural(len(ready), 'kind')} of feature {widest.kind} differs most. " + _text(
            widest, level, chance, f"Of {widest.kind} the convention", f" over all {plural(len(several), 'kind')} together",
            said),
        more={
            "widest": widest.kind, "p": min(together), "kinds": {
                one.kind: _more(one) for one in several} | {
                one.kind: {**_more(one), "interval": list(one.ends), "p_together": p}
                for one, p in zip(ready, together, strict=True)},
        })


def holm(chances: list[float]) -> list[float]:
    """Chances that hold for all of them together (Holm 1979)."""
    order = sorted(range(len(chances)), key=lambda at: chances[at])
    found = [0.0] * len(chances)
    reached = 0.0
    for rank, at in enumerate(order):
        reached = max(reached, min(1.0, (len(chances) - rank) * chances[at]))
        found[at] = reached
    return found


def _named(one: _Compared) -> list[Diagnostic]:
    told = [Diagnostic(f"{each.name}, {one.kind}", each.value, each.good, f"{one.kind}: {each.words}")
            for each in one.told]
    return told + ([Diagnostic(f"not compared, {one.kind}", None, False, f"{one.kind}: {one.reason}")]
                   if one.reason else [])


def _text(
    found: _Compared, level: float, chance: float, what: str, over: str = "", said: str | None = None
) -> str:
    low, high = found.ends
    if said is None:
        said = ("No difference of convention can be told from this." if low <= 0 or chance > 1 - level else
                "The conventions differ by more than chance leaves.")
    return (f"{what} differs between {plural(len(found.sites), 'site')} with Cramer's V {found.v:.2f} ({level:.0%} interval "
            f"{low:.2f} to {high:.2f}{over}; 0 is the same everywhere, 1 each its own). {said} {LIMITS}")


def _plot(result: Result) -> tuple[Plot, ...]:
    """V of each kind of feature, and the shares of each feature at each site."""
    kinds: Mapping[str, Any] = result.more.get("kinds") or (
        {"": result.more} if "cells" in result.more else {})
    plots = []
    if "kinds" in result.more:
        spread: tuple[Point, ...] = tuple(
            (kind, one["cramers_v"], *one["interval"]) for kind, one in kinds.items() if "cells" in one)
        plots.append(Plot("kinds", "How far conventions differ", "feature", "Cramer's V", (
            Series("V with interval", "intervals", spread),), words="0 is the same everywhere, 1 each its own."))
    for kind, one in kinds.items():
        if "cells" not in one:
            continue
        series = []
        for at, feature in enumerate(one["features"]):
            points: list[Point] = []
            for site, row in zip(one["sites"], one["cells"], strict=True):
                low, high = wilson(row[at], sum(row), result.level)
                points.append((site, row[at] / sum(row), low, high))
            series.append(Series(feature, "intervals", tuple(points)))
        plots.append(Plot(f"shares {kind}".strip(), f"Shares by site{f': {kind}' if kind else ''}", "site", "share",
                          tuple(series), words=LIMITS))
    return tuple(plots)


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "Finds: columns site and feature, or site, feature_kind and value; one row each",
              needed=True),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, agreement, _plot,
)
