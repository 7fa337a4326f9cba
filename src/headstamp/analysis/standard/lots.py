"""Do two sites have more lots in common than chance leaves?

Of each pair of sites: lots in common over all lots of either (Jaccard) with an interval, and how many would
be in common if lots were dealt out anew (``lots_shared``). A comparison only: goods of one lot
are sold to many, and a shared lot does not tell by which way it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np

from headstamp.analysis.counts.interval import wilson
from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Point, Series
from headstamp.analysis.source.two_level import Floats
from headstamp.analysis.standard.lots_shared import (
    Chance,
    Has,
    can_be_dealt,
    chao_jaccard,
    dealt_anew,
    hypergeometric,
    one_stock,
    shared_lots,
)
from headstamp.analysis.standard.lots_table import Lots, lots_by_site
from headstamp.analysis.standard.table import ONLY, Rows, level_problems
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME: Final = "standard.lots"
VERSION: Final = 1
QUESTION: Final = "Do two sites have more lots in common than chance leaves?"
LEAST: Final = 5
ASSUMPTIONS: Final = (
    "The lots known of a site are a fair sample of those that were there; those not met are not counted.",
    "Lots came to the sites one by one: several that always come together count for one.",
    "Lots were read alike at every site.",
    "Dealt out anew: any lot could have come to any of the sites.",
)
REFUSES: Final = f"Fewer than two sites with {LEAST} different lots each."
SOURCES: Final = (
    "Jaccard 1901, Bull. Soc. Vaud. Sci. Nat. 37:547-579",
    "Strona et al. 2014, Nat. Commun. 5:4114 (lots dealt out anew)",
    "Veech 2013, Glob. Ecol. Biogeogr. 22:252-260 (where it is known how many lots there were)",
    "Chao et al. 2005, Ecol. Lett. 8:148-159 (lots not met)",
    "Wilson 1927, J. Am. Stat. Assoc. 22:209-212 (interval)",
)
LIMITS: Final = ONLY + (
    "goods of one lot are sold to many, and a shared lot does not tell by which way it came.")
_DEALT, _DEALT_LARGE, _LARGE = 999, 199, 10_000
_STOCKS: Final = 10
_MOST_SITES: Final = 60
_TOLD: Final = 45
_SEED: Final = 20_261_122


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two sites: how many lots each has, how many both, and what chance leaves."""

    one: str
    other: str
    sizes: tuple[int, int]
    shared: int
    low: float
    high: float
    dealt: Chance | None = None
    together: float | None = None
    known: Chance | None = None
    stock: Chance | None = None
    unmet: float | None = None

    @property
    def union(self) -> int:
        return sum(self.sizes) - self.shared

    @property
    def jaccard(self) -> float:
        return self.shared / self.union

    @property
    def chance(self) -> Chance | None:
        return self.dealt or self.known


def lots(table: Rows, universe: int | None = None, level: float = 0.95) -> Result:
    """Jaccard of the pair of sites furthest above chance, and of every pair; table with lot and site.

    A row is a find, or with a column count as many. ``universe`` is how many different lots there were to be
    had, where that is known. Intervals hold for all pairs together at the level. Raises Invalid naming
    every faulty row.
    """
    found = lots_by_site(table, level_problems(level))
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "Jaccard",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told = _looked_at(found)
    kept = [at for at, has in enumerate(found.counts) if int((has > 0).sum()) >= LEAST]
    if len(kept) < 2:
        reason = (f"{'Only one site has' if kept else 'No site has'} {LEAST} or more different lots; two are "
                  "needed.")
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told),
                      text=f"Lots are not compared: {reason}")
    if len(kept) > _MOST_SITES:
        raise Invalid("too many sites at once", [Problem(
            f"more than {_MOST_SITES} sites have {LEAST} lots", "Ask it of fewer.", "site", str(len(kept)))])
    counts = found.counts[kept]
    counts = counts[:, counts.any(axis=0)]
    if universe is not None and universe < counts.shape[1]:
        raise Invalid("the number of lots cannot be", [Problem(
            "fewer than were met", f"{plural(counts.shape[1], 'different lot was', 'different lots were')} met.", "universe", str(universe))])
    names = [found.sites[at] for at in kept]
    random = np.random.default_rng(_SEED)
    pairs = _pairs(names, counts > 0, universe, level, random)
    pairs = _with_finds(pairs, names, counts, found.counted, random)
    # Where chance can be told, the pair furthest above it; else the one with the most in common.
    best = max(pairs, key=lambda pair: (-(pair.together or 0.0), pair.jaccard, pair.shared))
    few = [found.sites[at] for at in range(len(found.sites)) if at not in kept]
    warnings = [one.words for one in told if one.good is False and not one.name.startswith("lots at")]
    if few:
        warnings.append(f"Left out with fewer than {LEAST} lots: {', '.join(few)}.")
    return Result(
        **shared, estimate=best.jaccard, low=best.low, high=best.high,
        diagnostics=(*told, _chance_told(best)),
        models=tuple(_models(pairs, best)), warnings=tuple(warnings),
        text=_text(best, level, len(pairs)),
        more={
            "pairs": [_as_dict(pair) for pair in pairs], "sites": names, "different_lots": counts.shape[1],
            "best": [best.one, best.other], "not_read": found.empty, "universe": universe,
            "p": None if best.chance is None else best.chance.more,
        })


def _pairs(
    names: list[str], has: Has, universe: int | None, level: float, random: np.random.Generator,
) -> list[_Pair]:
    common = shared_lots(has)
    which = list(combinations(range(len(names)), 2))
    each = 1 - (1 - level) / len(which)
    dealt, together = _dealt(has, which, random) if can_be_dealt(has) else ({}, {})
    pairs = []
    for one, other in which:
        sizes, shared = (int(common[one, one]), int(common[other, other])), int(common[one, other])
        low, high = wilson(shared, sum(sizes) - shared, each)
        pairs.append(_Pair(
            names[one], names[other], sizes, shared, low, high, dealt.get((one, other)),
            together.get((one, other)),
            None if universe is None else hypergeometric(shared, *sizes, universe)))
    return pairs


def _dealt(
    has: Has, which: list[tuple[int, int]], random: np.random.Generator
) -> tuple[dict[tuple[int, int], Chance], dict[tuple[int, int], float]]:
    draws = _DEALT if has.size <= _LARGE else _DEALT_LARGE
    one, other = np.array(which).T
    drawn = dealt_anew(has, draws, random)[:, one, other]
    found = shared_lots(has)[one, other]
    mean, spread = drawn.mean(axis=0), drawn.std(axis=0)
    chances = {pair: Chance(
        float(mean[at]), float((1 + (drawn[:, at] >= found[at]).sum()) / (1 + draws)),
        float((1 + (drawn[:, at] <= found[at]).sum()) / (1 + draws))) for at, pair in enumerate(which)}

    def apart(values: Floats) -> Floats:
        return np.asarray(np.divide(values - mean, spread, out=np.zeros_like(mean + values), where=spread > 0))

    furthest = np.sort(np.stack([apart(row) for row in drawn.astype(np.float64)]).max(axis=1))
    mine = apart(found.astype(np.float64))
    above = len(furthest) - np.searchsorted(furthest, mine - 1e-9)
    return chances, {pair: float((1 + above[at]) / (1 + draws)) for at, pair in enumerate(which)}


def _with_finds(
    pairs: list[_Pair], names: list[str], counts: np.ndarray, counted: bool, random: np.random.Generator,
) -> list[_Pair]:
    """What the number of finds adds, where it is known: of the pairs with the most in common."""
    if not counted:
        return pairs
    place = {name: at for at, name in enumerate(names)}
    first = sorted(pairs, key=lambda pair: -pair.jaccard)[:_STOCKS]
    asked = {(pair.one, pair.other) for pair in first}
    out = []
    for pair in pairs:
        one, other = counts[place[pair.one]], counts[place[pair.other]]
        stock = one_stock(one, other, 999, random) if (pair.one, pair.other) in asked else None
        out.append(_Pair(pair.one, pair.other, pair.sizes, pair.shared, pair.low, pair.high, pair.dealt,
                         pair.together, pair.known, stock, chao_jaccard(one, other)))
    return out


def _looked_at(found: Lots) -> list[Diagnostic]:
    told = []
    for site, counts in zip(found.sites, found.counts, strict=True):
        lots_there, finds = int((counts > 0).sum()), int(counts.sum())
        told.append(Diagnostic(f"lots at {site}", lots_there, lots_there >= LEAST,
                               f"{plural(lots_there, 'different lot')} among {plural(finds, 'find')} at {site}"))
        if found.counted and lots_there >= LEAST:
            known = 1 - float((counts == 1).sum()) / finds
            told.append(Diagnostic(f"finds of lots met before at {site}", known, known >= 0.5, (
                f"{known:.0%} of the finds at {site} are of lots met there more than once." if known >= 0.5 else
                f"Only {known:.0%} of the finds at {site} are of lots met there more than once: many lots "
                "were not met, and more may be shared than is seen.")))
    if not found.counted:
        told.append(Diagnostic("finds of each lot", None, None,
                               "How often each lot was met is not told: lots that were not met cannot be judged."))
    told.append(Diagnostic("lots that look alike", len(found.alike), not found.alike, (
        "No two lots at different sites differ only in signs that are easily taken for each other."
        if not found.alike else
        "Lots at different sites differ only in signs that are easily taken for each other, and may be one: "
        + "; ".join(" and ".join(one) for one in found.alike[:5]) + ".")))
    if found.joined:
        told.append(Diagnostic("spellings", found.joined, None,
                               f"{plural(found.joined, 'lot is', 'lots are')} written in several ways and taken as one each."))
    if found.empty:
        told.append(Diagnostic("not read", found.empty, None, f"{plural(found.empty, 'row has', 'rows have')} no lot: left out"))
    return told


def _chance_told(best: _Pair) -> Diagnostic:
    if best.dealt is not None:
        return Diagnostic("dealt out anew", best.dealt.more, None, (
            f"With the lots of each site and the sites of each lot kept, {best.dealt.mean:.3g} would be shared; "
            f"{best.shared} or more with probability {best.dealt.more:.3g}, in any pair so far above with "
            f"{best.together:.3g}."))
    if best.known is not None:
        return Diagnostic("dealt out anew", best.known.more, None, (
            f"Of so many lots to be had {best.known.mean:.3g} would be shared by chance, {best.shared} or more "
            f"with probability {best.known.more:.3g}."))
    return Diagnostic("dealt out anew", None, None, (
        "Two sites alone cannot tell how many lots would be shared by chance: give further sites, or with "
        "--universe how many different lots there were to be had."))


def _models(pairs: list[_Pair], best: _Pair) -> list[Model]:
    told = [Model(
        f"{pair.one} and {pair.other}", pair.jaccard, pair.low, pair.high,
        fit=None if pair.chance is None else pair.chance.more, words=(
            f"{pair.shared:,} of {plural(pair.union, 'lot')}; overlap {pair.shared / min(pair.sizes):.2f} of the smaller"
            + ("" if pair.chance is None else f"; {pair.chance.mean:.3g} by chance; fit is the probability of as many")))
        for pair in sorted(pairs, key=lambda pair: -pair.jaccard)[:_TOLD]]
    if best.unmet is not None:
        told.append(Model(f"{best.one} and {best.other}, by finds, allowing for lots not met", best.unmet,
                          words="Chao et al.; no interval"))
    return told


def _as_dict(pair: _Pair) -> dict[str, Any]:
    def chance(of: Chance | None) -> Mapping[str, float] | None:
        return None if of is None else {"expected": of.mean, "p_as_many": of.more, "p_as_few": of.fewer}

    return {
        "one": pair.one, "other": pair.other, "lots": list(pair.sizes), "shared": pair.shared,
        "either": pair.union, "jaccard": pair.jaccard, "interval": [pair.low, pair.high],
        "overlap": pair.shared / min(pair.sizes), "dealt_anew": chance(pair.dealt),
        "p_of_any_pair": pair.together, "of_universe": chance(pair.known), "one_stock": chance(pair.stock),
        "chao_jaccard": pair.unmet,
    }


def _text(best: _Pair, level: float, pairs: int) -> str:
    many = "" if pairs < 2 else (
        f"Of all {pairs} pairs of sites the {'furthest above chance' if best.dealt else 'most'}: ")
    said = (f"{many}{best.one} and {best.other} have {best.shared} of {plural(best.union, 'different lot')} in common (Jaccard "
            f"{best.jaccard:.2f}, {level:.0%} interval {best.low:.2f} to {best.high:.2f}"
            f"{' over all pairs together' if pairs > 1 else ''}).")
    chance = best.chance
    if chance is None:
        said += " How many would be shared by chance cannot be told from two sites alone."
    else:
        rare = best.together if best.dealt is not None and best.together is not None else chance.more
        found = "more than chance leaves" if rare <= 1 - level else "no more than chance may leave"
        said += f" By chance {chance.mean:.3g} would be shared; this is {found} (probability {rare:.3g})."
    if best.stock is not None and best.stock.fewer <= 1 - level:
        said += (f" Had both drawn from one stock they would share {best.stock.mean:.3g}: fewer are shared than "
                 "that leaves.")
    return f"{said} {LIMITS}"


def _plot(result: Result) -> tuple[Plot, ...]:
    pairs = sorted(result.more.get("pairs", ()), key=lambda pair: -pair["jaccard"])[:_TOLD]
    if not pairs:
        return ()
    found: tuple[Point, ...] = tuple(
        (f"{pair['one']} and {pair['other']}", pair["jaccard"], *pair["interval"]) for pair in pairs)
    chance: tuple[Point, ...] = tuple(
        (f"{pair['one']} and {pair['other']}", told["expected"] / (sum(pair["lots"]) - told["expected"]))
        for pair in pairs if (told := pair["dealt_anew"] or pair["of_universe"]))
    series = [Series("found, with interval", "intervals", found)]
    if chance:
        series.append(Series("expected by chance", "points", chance))
    return (Plot("pairs", "Lots in common", "sites", "Jaccard", tuple(series), words=(
        "0: no lot in common, 1: all. " + LIMITS)),)


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("table", "table", "Finds: columns lot and site, and count where a row is several", needed=True),
        Input("universe", "whole number", "How many different lots there were to be had, where that is known"),
        Input("level", "number", "The level of the intervals, of all pairs together", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, lots, _plot,
)
