"""Are conventions (of marking, paint, packaging) the same at several sites?

Cramer's V between site and feature: 0 where every site has the same shares of each feature, 1 where
the site tells the feature. Its chance is found by dealing the features out anew (a permutation); its
interval from the non-central chi-square where it is small, and from resampling the finds of each site
where it is not (the other is too wide there, and resampling is wrong near 0).
A comparison only: conventions are copied, and one maker may have several.
"""

from __future__ import annotations

from math import sqrt
from typing import Any, Final

import numpy as np

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.resampling import corrected
from headstamp.analysis.standard_table import Rows, by_site, neighbours
from headstamp.analysis.tails import chi_square_above, noncentral_above
from headstamp.analysis.two_level import Floats, Ints

NAME: Final = "standard.agreement"
VERSION: Final = 1
QUESTION: Final = "How far does the convention of a feature differ from site to site?"
LEAST: Final = 10
ASSUMPTIONS: Final = (
    "The finds of each site are a fair sample of what was there, and independent of each other.",
    "The feature was read in the same way at every site, and what could not be read is not of one kind.",
    "The finds are of one type of thing, so that a difference is one of convention.",
)
REFUSES: Final = (
    f"fewer than two sites or two features; fewer than {LEAST} finds with the feature at a site")
SOURCES: Final = (
    "Cramer 1946, Mathematical Methods of Statistics, 21.9",
    "Bergsma 2013, J. Korean Stat. Soc. 42:323-328 (without bias)",
    "Smithson 2003, Confidence Intervals, 4 (non-central interval)",
    "Efron 1987, J. Am. Stat. Assoc. 82:171-185 (resampled interval)",
)
LIMITS: Final = (
    "Conventions are copied between makers, and one maker may have several; neither agreement nor "
    "difference tells where things were made.")
_DEALT: Final = 4_999
_DRAWN: Final = 1_999
_SMALL: Final = 0.3
_SEED: Final = 20_261_122


def agreement(table: Rows, level: float = 0.95) -> Result:
    """Cramer's V; table with the columns site and feature, one row a find.

    Rows without a feature are counted and left out. Raises Invalid naming every faulty row.
    """
    found, empty = by_site(table, "feature", level)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "Cramer's V",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    features = list(dict.fromkeys(one for values in found.values() for one in values))
    number = {name: code for code, name in enumerate(features)}
    codes = [np.array([number[one] for one in values], dtype=np.int64) for values in found.values()]
    cells = np.array([np.bincount(one, minlength=len(features)) for one in codes], dtype=np.float64)
    told = [Diagnostic(f"finds at {site}", len(values), len(values) >= LEAST,
                       f"{len(values):,} finds at {site}") for site, values in found.items()]
    if empty:
        told.append(Diagnostic("not read", empty, None, f"{empty:,} finds have no feature and are left out"))
    reason = _too_little(found, features)
    if reason:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told),
                      text=f"Conventions are not compared: {reason}")
    statistic, v = float(_chi_square(cells)), float(_cramer(cells))
    random = np.random.default_rng(_SEED)
    freedom = (cells.shape[0] - 1) * (cells.shape[1] - 1)
    chance = _permuted(codes, cells, statistic, random)
    unbiased = _unbiased(cells)
    near, drawn = _noncentral(cells, statistic, level), _resampled(cells, v, level, random)
    low, high = near if unbiased < _SMALL else drawn
    expected = cells.sum(axis=1)[:, None] * cells.sum(axis=0)[None, :] / cells.sum()
    thin = float((expected < 5).mean())
    checks = [
        Diagnostic("expected counts", thin, thin <= 0.2, (
            "Enough finds are expected of each feature at each site." if thin <= 0.2 else
            f"In {thin:.0%} of the cells fewer than 5 finds are expected: the interval is rough, the chance "
            "is not.")),
        neighbours(codes)]
    return Result(
        **shared, estimate=v, low=low, high=high,
        diagnostics=(*told, Diagnostic("permutation", chance, None, (
            f"Sites that share one convention would differ as much with probability {chance:.3g}.")), *checks),
        models=(
            Model("non-central chi-square", v, *near, words="fits where V is small"),
            Model("resampled", v, *drawn, words="fits where V is not small"),
            Model("without bias", unbiased, words="Bergsma's, less than V where there are few finds"),
        ),
        warnings=tuple(one.words for one in checks if one.good is False),
        text=_text(v, low, high, level, chance, len(found)),
        more={
            "p": chance, "chi_square": statistic, "freedom": freedom,
            "p_chi_square": chi_square_above(statistic, freedom), "cramers_v": v,
            "cramers_v_without_bias": unbiased, "sites": list(found), "features": features,
            "cells": cells.astype(int).tolist(), "not_read": empty,
        })


def _too_little(found: dict[str, list[str]], features: list[str]) -> str:
    if len(found) < 2:
        return f"The feature is known of {len(found)} site; two or more are needed."
    if len(features) < 2:
        return f"Every find has the same feature, {features[0]}: there is no difference to measure."
    few = [site for site, values in found.items() if len(values) < LEAST]
    return f"Fewer than {LEAST} finds are known at {', '.join(few)}." if few else ""


def _chi_square(cells: Floats) -> Floats:
    """Pearson's statistic of tables (..., sites, features); features nobody has count for nothing."""
    total = cells.sum(axis=(-1, -2), keepdims=True)
    expected = cells.sum(axis=-1, keepdims=True) * cells.sum(axis=-2, keepdims=True) / total
    part = np.divide((cells - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0)
    return np.asarray(part.sum(axis=(-1, -2)), dtype=np.float64)


def _cramer(cells: Floats) -> Floats:
    least = min(cells.shape[-2:]) - 1
    return np.asarray(np.sqrt(_chi_square(cells) / (cells.sum(axis=(-1, -2)) * least)), dtype=np.float64)


def _unbiased(cells: Floats) -> float:
    n, (rows, columns) = float(cells.sum()), cells.shape
    square = max(0.0, float(_chi_square(cells)) / n - (rows - 1) * (columns - 1) / (n - 1))
    least = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return min(1.0, sqrt(square / least))


def _permuted(codes: list[Ints], cells: Floats, statistic: float, random: np.random.Generator) -> float:
    """How often features dealt out anew to the sites differ as much: tables of the same margins."""
    features = cells.sum(axis=0).astype(np.int64)
    as_large = 0
    for at in range(0, _DEALT, 1_000):
        drawn = min(1_000, _DEALT - at)
        left = np.tile(features, (drawn, 1))
        dealt = np.empty((drawn, *cells.shape))
        for site, one in enumerate(codes):
            # All that is left goes to the last; a margin is drawn feature by feature.
            dealt[:, site] = left if site == len(codes) - 1 else _drawn(left, len(one), random)
            left = left - dealt[:, site].astype(np.int64)
        as_large += int(np.count_nonzero(_chi_square(dealt) >= statistic * (1 - 1e-12)))
    return (1 + as_large) / (1 + _DEALT)


def _drawn(left: Ints, count: int, random: np.random.Generator) -> Floats:
    """``count`` drawn without replacement from what is left (B, features)."""
    taken = np.zeros(left.shape)
    wanted = np.full(len(left), count)
    others = left.sum(axis=1)
    for feature in range(left.shape[1]):
        others = others - left[:, feature]
        now = random.hypergeometric(left[:, feature], others, wanted)
        taken[:, feature] = now
        wanted = wanted - now
    return taken


def _noncentral(cells: Floats, statistic: float, level: float) -> tuple[float, float]:
    freedom = (cells.shape[0] - 1) * (cells.shape[1] - 1)
    size = float(cells.sum()) * (min(cells.shape) - 1)

    def centre(found: float, chance: float) -> float:
        low, high = 0.0, 2 * found + 10 * freedom + 50
        if noncentral_above(found, freedom, low) >= chance:
            return 0.0
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if noncentral_above(found, freedom, middle) < chance else (low, middle))
        return low

    # Sites that agree more closely than chance lets them say no more than ones that agree as it lets them.
    low, high = centre(statistic, (1 - level) / 2), centre(max(statistic, freedom), (1 + level) / 2)
    return sqrt(low / size), min(1.0, sqrt(high / size))


def _resampled(cells: Floats, v: float, level: float, random: np.random.Generator) -> tuple[float, float]:
    drawn = np.stack([random.multinomial(int(row.sum()), row / row.sum(), _DRAWN) for row in cells], axis=1)
    left_out = []
    for at in np.argwhere(cells > 0):
        fewer = cells.copy()
        fewer[tuple(at)] -= 1
        left_out.append(np.full(int(cells[tuple(at)]), float(_cramer(fewer))))
    low, high = corrected(_cramer(drawn.astype(np.float64)), v, np.concatenate(left_out),
                          int(cells.sum(axis=1).min()), level)
    return low, min(1.0, high)


def _text(v: float, low: float, high: float, level: float, chance: float, sites: int) -> str:
    found = ("No difference of convention can be told from this" if low <= 0 or chance > 1 - level else
             "The conventions differ by more than chance leaves")
    return (f"Between {sites} sites the convention differs with Cramer's V {v:.2f} ({level:.0%} interval "
            f"{low:.2f} to {high:.2f}; 0 is the same everywhere, 1 each its own). {found}. {LIMITS}")


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "Finds: columns site and feature, one row each", needed=True),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, agreement,
)
