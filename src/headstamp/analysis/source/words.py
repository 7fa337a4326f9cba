"""A likelihood ratio in words and figures: the scale of the ENFSI guideline, and ratios people can read.

ENFSI Guideline for Evaluative Reporting in Forensic Science (2015), its table of verbal equivalents:
from 2 weak, from 10 moderate, from 100 moderately strong, from 1,000 strong, from 10,000 very strong,
from 1,000,000 extremely strong support; a ratio below 1 supports the other statement likewise.
"""

from __future__ import annotations

from math import inf, log10
from typing import Final

NEUTRAL: Final = log10(2)
"""Ratios nearer to 1 than this (log10) support neither statement."""

_SCALE: Final = (
    (10, "weak support"), (100, "moderate support"), (1_000, "moderately strong support"),
    (10_000, "strong support"), (1_000_000, "very strong support"), (inf, "extremely strong support"),
)


def words(log10_ratio: float) -> str:
    """A ratio in the words of the scale, saying which statement it supports."""
    size = abs(log10_ratio)
    if size < NEUTRAL:
        return "no support for either statement"
    support = next(said for end, said in _SCALE if end == inf or size < log10(end))
    return support + (" for one source" if log10_ratio > 0 else " for two different sources")


def power(log10_ratio: float) -> float:
    """The ratio itself."""
    return float(10.0**log10_ratio) if log10_ratio < 300 else inf


def ratio(log10_ratio: float) -> str:
    """The ratio as people read it."""
    if abs(log10_ratio) > 6:
        return f"10^{log10_ratio:.0f}"
    return f"{10**log10_ratio:,.3g}" if log10_ratio < 3 else f"{10**log10_ratio:,.0f}"
