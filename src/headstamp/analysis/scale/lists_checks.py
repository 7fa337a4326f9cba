"""What is looked at before a total from several lists is believed: do they depend on each other, do the models part?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import erfc, sqrt
from typing import Final

from headstamp.analysis.measure import Diagnostic
from headstamp.analysis.scale.decomposable import Average
from headstamp.analysis.scale.lists_table import Overlaps
from headstamp.analysis.scale.log_linear import Fit, fit
from headstamp.kinds.counted import plural

ALARM: Final = 0.01
DEPENDENT: Final = 0.03
"""As loose as leaves warnings in fewer than five of a hundred clean tables: so weak dependence is seen too."""
APART: Final = 2.5
"""Models that fit about as well and differ by this factor are warned of."""
COMPLETE: Final = 0.2
"""Where the complete graph is likelier, the average says more of the prior than of the data."""
_SUPPORTED: Final = 2.0


def dependence(table: Overlaps, fits: Sequence[Fit]) -> Diagnostic:
    """Whether any pair of lists depends on each other: by how much its term mends independence."""
    names, count = table.names, len(table.names)
    by_terms = {one.terms: one for one in fits}
    pairs = list(combinations(range(count), 2))
    wanted = [frozenset({1 << a | 1 << b}) for a, b in pairs]
    missing = [terms for terms in (frozenset[int](), *wanted) if terms not in by_terms]
    by_terms.update((one.terms, one) for one in fit(table.cells, count, missing))
    alone = by_terms[frozenset()].deviance
    chances = {pair: erfc(sqrt(max(alone - by_terms[terms].deviance, 0) / 2))
               for pair, terms in zip(pairs, wanted, strict=True)}
    (a, b), least = min(chances.items(), key=lambda one: one[1])
    p = min(1.0, least * len(pairs))
    return Diagnostic("dependence", p, p >= DEPENDENT, (
        "No pair of lists is seen to depend on each other." if p >= DEPENDENT else
        f"The lists depend on each other, most plainly {names[a]} and {names[b]}: an estimate from two of them alone, "
        "or one that takes them for independent, is wrong. The models beside differ by how they take that."))


def apart(by_aic: Sequence[Fit]) -> Diagnostic:
    """How far models that fit about as well differ."""
    near = [one.total for one in by_aic if one.total is not None and one.aic <= by_aic[0].aic + _SUPPORTED]
    if not near:
        return Diagnostic("models", None, False, "No log-linear model determines how many were not seen.")
    factor = max(near) / min(near)
    return Diagnostic("models", factor, factor <= APART, (
        f"{plural(len(near), 'log-linear model')} within {_SUPPORTED:g} of the best AIC run from {min(near):,.0f} to "
        f"{max(near):,.0f}" + ("." if factor <= APART else ": the answer hangs on which one is believed.")))


def complete(averaged: Average) -> Diagnostic:
    """How likely the graph is that leaves the unseen to the prior."""
    sound = averaged.complete < COMPLETE
    return Diagnostic("complete graph", averaged.complete, sound, (
        f"The graph in which all lists depend on each other has {averaged.complete:.1%} of the probability" + (
            "." if sound else ": it leaves the unseen to the prior. Shown is the log-linear model best by AIC in place of "
            "the average, and it too rests on there being no dependence of all lists at once.")))


def ranged(averaged: Average) -> Diagnostic:
    """Whether the range of totals ends the posterior."""
    return Diagnostic("range", averaged.cut, averaged.cut < ALARM, (
        "The range of totals looked at does not end the posterior." if averaged.cut < ALARM else
        f"{averaged.cut:.1%} of the probability lies at the end of the range of totals looked at: the range, not the "
        "data, says how many there are at most."))


def undetermined(fits: Sequence[Fit]) -> Diagnostic:
    """How many models do not determine the unseen."""
    loose = sum(one.unseen is None for one in fits)
    return Diagnostic("undetermined", loose, None, f"{loose:,} of {plural(len(fits), 'log-linear model does not', 'log-linear models do not')} determine the "
                      "unseen, for lists that do not overlap; they are left out.")
