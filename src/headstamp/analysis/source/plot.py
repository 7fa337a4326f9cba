"""What is drawn of a likelihood ratio: the ratio within its bounds, and how it did on the background.

The curves are those of Tippett (shares of pairs whose ratio lies above each ratio; Evett and Buckleton 1996,
Advances in Forensic Haemogenetics 6:79) and of the empirical cross-entropy (Ramos et al. 2013, J. Forensic Sci.
58:1503). No measurement is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from headstamp.analysis.measure import Result
from headstamp.analysis.plot import Plot, Point, Series
from headstamp.analysis.source.words import power

_FURTHEST: Final = 300.0
_EDGE: Final = 10.0


def source_plots(result: Result) -> tuple[Plot, ...]:
    """The ratio of each model with interval and bounds; its curves on the background."""
    tried = result.more.get("by_model", {})
    if not tried:
        return ()
    found: tuple[Point, ...] = tuple(
        (one.name, _ratio(one.estimate), _ratio(one.low), _ratio(one.high)) for one in result.models
        if one.estimate is not None)
    carried: tuple[Point, ...] = tuple(
        (name, _ratio(one["bounded"]), _ratio(one["bounds"][0]), _ratio(one["bounds"][1]))
        for name, one in tried.items())
    plots = [Plot("ratio", "Likelihood ratio", "model", "ratio", (
        Series("as the model gives it, with interval", "intervals", found),
        Series("as reported, within what the background carries", "intervals", carried)), log_y=True, words=(
            "Above 1 the measurements are more probable if there is one source, below 1 if there are two. "
            "It is not the probability of one source."))]
    for name, one in tried.items():
        plots.append(Plot(
            f"tippett {name}", f"Ratios of pairs of the background, {name} model", "log10 of the ratio",
            "share of pairs with as large a ratio", (
                Series("pairs of one item", "step", _shares(one["tippett"], "one_item")),
                Series("pairs of two items", "step", _shares(one["tippett"], "two_items"))),
            words="The further apart the curves and the nearer to 0 they cross, the better the model. Ratios beyond "
                  f"10^{_EDGE:.0f} either way are drawn at the edge."))
        plots.append(Plot(
            f"ece {name}", f"Cross-entropy, {name} model", "log10 of the odds before", "bits", (
                Series("as the model gives its ratios", "line", tuple(
                    (p["log10_prior_odds"], p["ece"]) for p in one["ece"] if p["ece"] is not None)),
                Series("recalibrated", "line", tuple(
                    (p["log10_prior_odds"], p["recalibrated"]) for p in one["ece"] if p["recalibrated"] is not None)),
                Series("without any measurement", "line", tuple(
                    (p["log10_prior_odds"], p["of_nothing"]) for p in one["ece"]))),
            words="Where the first curve lies above the last the ratios do harm; its distance to the second is the "
                  "cost of calibration."))
    return tuple(plots)


def _shares(curve: Sequence[Mapping[str, float]], which: str) -> tuple[Point, ...]:
    return tuple((max(-_EDGE, min(_EDGE, one[which])), one["share"]) for one in reversed(curve))


def _ratio(log10_ratio: float | None) -> float | None:
    return None if log10_ratio is None else power(max(-_FURTHEST, min(_FURTHEST - 1, log10_ratio)))
