"""How many there are in all, from several lists that each saw a part, by how they overlap.

Teams, agencies or collections list the same finds without knowing of each other: the fewer of one
list are on another, the more there must be on none. Two lists give Chapman's estimate, which rests
on their not depending on each other, and nothing in them tells whether they do. Three and more lists
do tell: log-linear models weigh each way they may depend, and the answer shown is averaged over
all decomposable graphs of dependence. The models beside it say how far the answer hangs on which one
is believed; with several lists of war deaths they have differed more than twofold.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Final, cast

from headstamp.analysis.measure import (
    Diagnostic,
    Input,
    Measure,
    Model,
    Result,
    models_plot,
    number,
)
from headstamp.analysis.plot import Plot, Series
from headstamp.analysis.scale.chao import classical, corrected, log_interval
from headstamp.analysis.scale.chapman import TwoLists
from headstamp.analysis.scale.decomposable import Average, Graph, Prior, average
from headstamp.analysis.scale.lists_checks import (
    COMPLETE,
    apart,
    complete,
    dependence,
    ranged,
    undetermined,
)
from headstamp.analysis.scale.lists_table import MOST_LISTS, Overlaps, overlaps
from headstamp.analysis.scale.log_linear import Fit, first, lower_bound, ranked, search
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "scale.lists", 1
QUESTION: Final = "How many are there in all, judging by how the lists that saw a part of them overlap?"
LEAST_SHARED_TWO: Final = 3
LEAST_SHARED: Final = 5
FEW_SHARED: Final = 7
"""From seven on two lists Chapman's estimate is hardly biased (Robson and Regier 1964)."""
_MODELS_TOLD: Final = 120
_GRAPHS_TOLD: Final = 12
_MODELS_DRAWN: Final = 16

ASSUMPTIONS: Final = (
    "All lists are of the same whole, at the same time and place: none entered or left it between them.",
    "Each piece is known again on every list that has it, and no two are taken for one.",
    "Every piece has some chance of being on each list, and about the same as any other of its kind.",
)
_TWO: Final = "Being on one list says nothing of being on the other; two lists cannot show whether that is so."
_MORE: Final = (
    "Lists may depend on each other in any way that a decomposable graph has; all of them at once and in a way "
    "that no list shows, they may not.")
REFUSES: Final = (
    "One list only; a list on which nobody is; no overlap, or lists that fall into groups without overlap; fewer than "
    f"{LEAST_SHARED_TWO} on both of two lists, or fewer than {LEAST_SHARED} on two or more of three and more."
)
SOURCES: Final = (
    "Chapman 1951, University of California Publications in Statistics 1:131",
    "Sadinle 2009, Communications in Statistics, Simulation and Computation 38:1909 (interval of two lists)",
    "Fienberg 1972, Biometrika 59:591 (log-linear models)",
    "Fienberg and Rinaldo 2012, Annals of Statistics 40:996 (estimates that are not determined)",
    "Madigan and York 1997, Biometrika 84:19 (averaging over decomposable graphs)",
    "Chao 1987, Biometrics 43:783 (lower bound)",
)


def lists(
    cells: Sequence[Mapping[str, str]], level: float = 0.95, delta: float | None = None,
    prior: str = "log", shape: float = 1.0, scale: float = 1.0, unseen_least: int = 0,
    unseen_most: int | None = None,
) -> Result:
    """The estimate from a table of overlaps (see scale_lists_table).

    ``delta`` is the prior count of each cell in the averaging (left out: 1 / 2^lists, one piece in
    all). ``prior`` is that of the total: "log" (1/N), "flat", or "gamma-poisson" with ``shape`` and
    ``scale``. ``unseen_least`` and ``unseen_most`` bound those on no list (left out: a hundred
    times those seen, and a thousand). Raises Invalid naming every faulty row and option.
    """
    _check(level, delta, prior, shape, scale, unseen_least, unseen_most)
    table = overlaps(cells)
    names, count = table.names, len(table.names)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "pieces",
        "assumptions": (*ASSUMPTIONS, _TWO if count == 2 else _MORE), "sources": SOURCES,
    }
    told = _told(table)
    more: dict[str, Any] = {
        "lists": list(names), "seen": table.seen,
        "on_so_many_lists": {str(k): n for k, n in enumerate(table.by_number) if k},
        "list_sizes": {name: table.on(1 << at) for at, name in enumerate(names)},
        "shared_by_pairs": {f"{names[a]} and {names[b]}": table.on(1 << a | 1 << b)
                            for a, b in combinations(range(count), 2)},
    }
    why = _why_not(table)
    if why:
        return Result(**shared, refused=True, reason=why, diagnostics=tuple(told), more=more,
                      text=f"From these lists no total is estimated: {why}")
    if count == 2:
        return _two(table, level, shared, told, more)
    spread = delta if delta is not None else 2.0**-count
    averaged = average(table.cells, count, spread, cast(Prior, prior), shape, scale, unseen_least, unseen_most)
    return _several(table, level, averaged, spread, prior, shared, told, more, given=delta is not None, other=[
        (d, average(table.cells, count, d, cast(Prior, prior), shape, scale, unseen_least, unseen_most, own=1))
        for d in (1.0, 0.5) if count < MOST_LISTS and d != spread])


def _check(
    level: float, delta: float | None, prior: str, shape: float, scale: float, least: int, most: int | None
) -> None:
    problems = []
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    if delta is not None and not 0 < delta <= 1_000:
        problems.append(Problem("a prior count lies above 0 and up to 1,000", "Leave it out for 1 / 2^lists.",
                                "delta", str(delta)))
    if prior not in ("log", "flat", "gamma-poisson"):
        problems.append(Problem("no such prior", "One of: log, flat, gamma-poisson.", "prior", prior))
    for name, value in (("shape", shape), ("scale", scale)):
        if not 0 < value < 1e12:
            problems.append(Problem("it lies above 0", "See the gamma distribution.", name, str(value)))
    if not 0 <= least <= 10**12 or (most is not None and not least < most <= 10**12):
        problems.append(Problem("the unseen range from at least 0 up to more than the least", "", "unseen_most",
                                f"{least} to {most}"))
    if problems:
        raise Invalid("no total can be estimated so", problems)


def _why_not(table: Overlaps) -> str:
    """Why the data cannot carry a number; empty where they can."""
    names, count = table.names, len(table.names)
    if count < 2:
        return "There is one list only; how many it missed, another that overlaps with it must tell."
    empty = [name for at, name in enumerate(names) if not table.on(1 << at)]
    if empty:
        return f"Nobody is on {_and(empty)}: a list without entries tells nothing of the others."
    shared = sum(table.by_number[2:])
    if not shared:
        return "No piece is on more than one list: without any overlap there may be any number of them."
    groups = _groups(table)
    if len(groups) > 1:
        return ("The lists fall into groups that share nothing: " + "; ".join(
            _and([names[at] for at in group]) for group in groups) + ". Without overlap between them they may be "
            "of different wholes; ask of each group by itself, or leave out what hardly overlaps.")
    least = LEAST_SHARED_TWO if count == 2 else LEAST_SHARED
    if shared < least:
        return (f"Only {shared} {'is' if shared == 1 else 'are'} on more than one list; with fewer than {least} "
                "the total may be almost any number.")
    return ""


def _groups(table: Overlaps) -> list[list[int]]:
    left, groups = set(range(len(table.names))), []
    while left:
        group = {min(left)}
        while True:
            near = {at for at in left - group if any(table.on(1 << at | 1 << one) for one in group)}
            if not near:
                break
            group |= near
        groups.append(sorted(group))
        left -= group
    return groups


def _told(table: Overlaps) -> list[Diagnostic]:
    count = len(table.names)
    found = [Diagnostic("seen", table.seen, None, f"{table.seen:,} seen on {count} list{'s' * (count != 1)}")]
    if count > 1:
        shared = sum(table.by_number[2:])
        few = shared < FEW_SHARED
        found.append(Diagnostic("shared", shared, not few, (
            f"{shared:,} on more than one list" + (
                f"; with fewer than {FEW_SHARED} an estimate is biased and its interval is wide" if few else ""))))
    if count > 2:
        none = [f"{table.names[a]} and {table.names[b]}" for a, b in combinations(range(count), 2)
                if not table.on(1 << a | 1 << b)]
        if none:
            found.append(Diagnostic("without overlap", len(none), None, f"Nothing is shared by {'; '.join(none)}."))
    return found


def _two(
    table: Overlaps, level: float, shared: dict[str, Any], told: list[Diagnostic], more: dict[str, Any]
) -> Result:
    two = TwoLists(table.cells[1], table.cells[2], table.cells[3])
    low, high = two.sadinle_interval(level)
    # Where one list lies within the other nothing seems to be missing: the half in each cell must not say so.
    low, high = max(min(low, two.chapman), float(two.seen)), max(high, two.chapman)
    petersen_low, petersen_high = two.petersen_interval(level) or (None, None)
    log_low, log_high = two.chapman_interval(level)
    normal_low, normal_high = two.normal_interval(level)
    models = (
        Model("Chapman", two.chapman, low, high, words="Chapman's estimate with Sadinle's interval: shown"),
        Model("Chapman, log-normal interval", two.chapman, log_low, log_high, words="with Seber's variance"),
        Model("Chapman, normal interval", two.chapman, normal_low, normal_high,
              words="give or take, as in textbooks; too low where overlaps are few"),
        Model("Lincoln-Petersen", two.petersen, petersen_low, petersen_high,
              words="the first list's share on the second, turned round"),
        *_bounds(table, level),
    )
    told.append(Diagnostic("dependence", None, None, (
        "Whether the two lists depend on each other cannot be seen from them. If being on one makes being on the "
        "other likelier there are more than estimated; if less likely, fewer.")))
    warnings = [one.words for one in told if one.good is False]
    return Result(
        **shared, estimate=two.chapman, low=low, high=high, diagnostics=tuple(told), models=models,
        warnings=tuple(warnings), text=_sentence(table, two.chapman, low, high, level),
        more=more | {"headline": "Chapman", "variance": two.chapman_variance, "petersen": two.petersen,
                     "petersen_variance": two.petersen_variance},
    )


def _several(
    table: Overlaps, level: float, averaged: Average, delta: float, prior: str, shared: dict[str, Any],
    told: list[Diagnostic], more: dict[str, Any], *, given: bool, other: list[tuple[float, Average]],
) -> Result:
    names, count = table.names, len(table.names)
    fits, looked_at = search(table.cells, count)
    by_aic, by_bic = ranked(fits, "aic"), ranked(fits, "bic")
    pairs = [one for one in fits if all(terms.bit_count() == 2 for terms in one.terms)]
    posterior = averaged.posterior
    low, high = posterior.quantile((1 - level) / 2), posterior.quantile((1 + level) / 2)
    told += [dependence(table, fits), apart(by_aic), complete(averaged), ranged(averaged), undetermined(fits)]
    warnings = [one.words for one in told if one.good is False]
    head = Model("averaged over decomposable graphs", posterior.estimate, low, high,
                 words=f"Madigan and York, prior count {delta:.6g} a cell: shown")
    if averaged.complete >= COMPLETE:
        if not by_aic:
            return Result(**shared, refused=True, diagnostics=tuple(told), warnings=tuple(warnings), more=more, reason=(
                "The lists depend on each other in every way at once, and no model determines how many are on none."))
        head = Model(head.name, posterior.estimate, low, high, words=head.words.replace("shown", "not shown, for the "
                     "complete graph is likely"))
        loose = by_aic[0]
        estimate = cast(float, loose.total)
        low, high = cast(tuple[float, float], loose.interval(level))
        headline = f"log-linear, best by AIC: {loose.name(names)}"
    else:
        # A thin far tail can carry a mean out of the interval; the median stays in it.
        inside = low <= posterior.estimate <= high
        estimate, headline = posterior.estimate if inside else posterior.quantile(0.5), head.name
        head = head if inside else Model(head.name, estimate, low, high, words=head.words + ", by its median")
    models = [head]
    models += [Model(f"averaged, prior count {d:g}", one.posterior.estimate,
                     one.posterior.quantile((1 - level) / 2), one.posterior.quantile((1 + level) / 2),
                     words="the same with another prior" if one.complete < COMPLETE else "the complete graph has "
                     f"{one.complete:.0%} of it: the prior's answer, not the data's") for d, one in other]
    if by_aic:
        models += [_model(by_aic[0], names, level, "log-linear, best by AIC: "),
                   _model(by_bic[0], names, level, "log-linear, best by BIC: ")]
    models += _bounds(table, level)
    models += [Model(f"graph {_graph(averaged.graphs[row], names)}", own.estimate,
                     own.quantile((1 - level) / 2), own.quantile((1 + level) / 2),
                     weight=float(averaged.weights[row]), words=f"mode {own.mode:,.0f}")
               for row, own in averaged.own[:_GRAPHS_TOLD]]
    shown = {one.terms: one for one in (*by_aic[: _MODELS_TOLD // 2], *by_bic[: _MODELS_TOLD // 2])}
    models += [_model(one, names, level, "log-linear ") for one in sorted(shown.values(), key=lambda f: f.aic)]
    top = averaged.own[0]
    near = [one.total for one in by_aic if one.aic <= by_aic[0].aic + 10 and one.total is not None]
    every = [one.total for one in by_aic if one.total is not None]
    more = more | {
        "headline": headline, "delta": delta, "delta_given": given, "prior": prior,
        "posterior": {
            "estimate": posterior.estimate, "mean": posterior.mean, "mode": posterior.mode,
            "quantiles": {f"{share:g}": posterior.quantile(share)
                          for share in (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)}},
        "graphs": len(averaged.graphs),
        "top_graph": {"graph": _graph(averaged.graphs[top[0]], names), "probability": float(averaged.weights[top[0]]),
                      "estimate": top[1].estimate, "mode": top[1].mode},
        "probability_of_dependence": {f"{names[a]} and {names[b]}": chance
                                      for (a, b), chance in averaged.edges.items()},
        "log_linear": {
            "looked_at": looked_at, "fit": "AIC",
            "best": {rule: _best(first(fits, rule), names, level) for rule in ("aic", "bic", "bic_cells")},
            "best_of_pairs": {rule: _best(first(pairs, rule), names, level) for rule in ("aic", "bic", "bic_cells")},
            "range_within_10_of_best_aic": [min(near), max(near)] if near else None,
            "range_of_all": [number(min(every)), number(max(every))] if every else None,
        },
    }
    return Result(
        **shared, estimate=estimate, low=low, high=high, diagnostics=tuple(told), models=tuple(models),
        warnings=tuple(warnings), more=more,
        text=_sentence(table, estimate, low, high, level) + (
            f" Log-linear models that fit about as well run from {min(near):,.0f} to {max(near):,.0f}." if near else ""),
    )


def _bounds(table: Overlaps, level: float) -> list[Model]:
    """Chao's lower bounds: as he gave it, bias-corrected, and with each list's own chance."""
    once, twice = table.by_number[1], table.by_number[2]
    count = len(table.names)
    found = []
    for share, more in ((1.0, ""), ((count - 1) / count, f", {plural(count, 'list')}")):
        plain = classical(table.seen, once, twice, level, share)
        if plain is not None:
            found.append(Model("Chao lower bound" + more, plain.estimate, plain.low, plain.high, words=(
                "at least; from those on one list and on two, every list alike" if more else
                f"as given for many lists; of {count} it may lie above the truth")))
    bent = corrected(table.seen, once, twice, level, share=(count - 1) / count, drawn=sum(
        k * n for k, n in enumerate(table.by_number)))
    found.append(Model("Chao lower bound, bias-corrected", bent.estimate, bent.low, bent.high,
                       words=f"at least; for {plural(count, 'list')} (Chao 2)"))
    own = lower_bound(table.cells, count) if count > 2 else None
    if own is not None:
        unseen, variance = own
        found.append(Model("Chao lower bound, each list its own chance", table.seen + unseen, *log_interval(
            table.seen, unseen, unseen + unseen**2 * variance, level), words="at least; lists of unequal size (Mth)"))
    return found


def _model(one: Fit, names: Sequence[str], level: float, before: str) -> Model:
    low, high = one.interval(level)
    return Model(before + one.name(names), one.total, low, high, fit=one.aic, words=(
        f"AIC {one.aic:.2f}, BIC {one.bic:.2f}, deviance {one.deviance:.2f} on {one.freedom}"
        + ("" if one.deviation is None else f", standard error {one.deviation:,.1f}")))


def _best(one: Fit | None, names: Sequence[str], level: float) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"model": one.name(names), "estimate": number(one.total), "standard_error": number(one.deviation),
            "interval": [number(end) for end in one.interval(level)], "aic": one.aic, "bic": one.bic,
            "deviance": one.deviance, "degrees_of_freedom": one.freedom}


def _graph(graph: Graph, names: Sequence[str]) -> str:
    """Its cliques: lists that may depend on each other stand together."""
    return "[" + ", ".join("*".join(name for at, name in enumerate(names) if clique >> at & 1)
                           for clique in graph.cliques) + "]"


def _sentence(table: Overlaps, estimate: float, low: float, high: float, level: float) -> str:
    return (f"{table.seen:,} are on at least one of {plural(len(table.names), 'list')}; judging by how these overlap there are "
            f"about {round(estimate):,} in all, with {level:.0%} confidence between {round(low):,} and {round(high):,}.")


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def plot(result: Result) -> tuple[Plot, ...]:
    """How many are on so many lists; how likely each total is, by quantiles; the models with their intervals."""
    drawn = []
    seen = result.more.get("on_so_many_lists") or {}
    if seen:
        drawn.append(Plot("lists", "On how many lists they are", "lists", "pieces", (
            Series("seen", "bars", tuple((f"on {k}", n) for k, n in seen.items())),),
            words="The fewer are on several lists beside those on one, the more are on none."))
    quantiles = (result.more.get("posterior") or {}).get("quantiles") or {}
    if quantiles and not result.refused:
        drawn.append(Plot("posterior", "The total, averaged over the ways lists may depend", "total", "probability of no more", (
            Series("averaged", "line", tuple(sorted((total, float(share)) for share, total in quantiles.items()))),)))
    told = dataclasses.replace(result, models=tuple(
        one for one in result.models if not one.name.startswith(("graph ", "log-linear [")))[:_MODELS_DRAWN])
    near = (result.more.get("log_linear") or {}).get("range_within_10_of_best_aic")
    return (*drawn, *(dataclasses.replace(one, words=one.words + (
        f" Log-linear models that fit about as well run from {near[0]:,.0f} to {near[1]:,.0f}." if near else ""))
        for one in models_plot(told)))


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("cells", "table", "A column per list holding 0 or 1, and a column count; a row per combination of lists",
              needed=True),
        Input("level", "number", "The level of the interval", default=0.95),
        Input("delta", "number", "Averaging: the prior count of each cell; left out, 1 / 2^lists"),
        Input("prior", "word", "Averaging: the prior of the total", default="log",
              choices=("log", "flat", "gamma-poisson")),
        Input("shape", "number", "Of the gamma-Poisson prior: the gamma's shape (a)", default=1.0),
        Input("scale", "number", "Of the gamma-Poisson prior: the gamma's scale (b); its mean is a b", default=1.0),
        Input("unseen_least", "whole number", "Averaging: at least so many are on no list", default=0),
        Input("unseen_most", "whole number", "Averaging: at most so many are on no list; left out, a hundred times "
              "those seen and a thousand"),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, lists, plot,
)
