"""Is this find unlike everything catalogued, and how often would that be said of a find like the others?

How unlike a find is comes from what it shows beyond its nearest other (``likeness``). Whether that is much is told by
the catalogue itself: every catalogued find is held against the rest in the same way, and the chance is the share
of them that are at least as unlike (conformal prediction: Vovk, Gammerman and Shafer 2005). Where finds are
exchangeable that chance is at or below alpha in no more than alpha of ordinary finds: the rate of false alarms is known
whatever the features are. Finds of one crate are not exchangeable with others, so each group counts as one
(Dunn, Wasserman and Ramdas 2023, J. Am. Stat. Assoc. 118:2491) and no find is held against its own group. The
chance is then an average over groups, of which theory alone says at or below alpha in no more than twice alpha
(Vovk and Wang 2020, Biometrika 107:791); simulated crates come out at about alpha.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

import numpy as np

from headstamp.analysis.counts.interval import wilson
from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Series
from headstamp.analysis.spread.likeness import Floats, Likeness, by_group
from headstamp.analysis.spread.signature import Feature, Shown
from headstamp.analysis.spread.signature_table import Finds, Rows, read
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "novelty.find", 1
QUESTION: Final = "Is this find unlike everything catalogued?"
KIND_LEAST: Final = 5
ALARM: Final = 0.01
MOST: Final = 20_000
_EFFECTIVE: Final = 0.95
"""Catalogued finds are held against each other, so that their scores hang together: worth so many of independent ones."""
_BLOCK, _DEALT = 500, 199
ASSUMPTIONS: Final = (
    "An ordinary find is drawn as the catalogued ones were: from the same kinds of place, in the same kinds of time.",
    "Features were looked for and written down in the same way in this find as in the others.",
    "Finds of one crate or recovery stand in one group; groups are independent of each other. Where groups hold several finds the "
    "rate of false alarms is that of simulations; theory alone bounds it by twice alpha.",
)
REFUSES: Final = (
    "Fewer groups of finds than the rate of false alarms needs (with n of them no chance is below 1 / (n + 1)); a find of "
    f"which nothing is noted that {KIND_LEAST} groups or more have a note of; more than {MOST:,} finds."
)
SOURCES: Final = (
    "Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a Random World, 2 and 4",
    "Laxhammar and Falkman 2010, Conformal prediction for distribution-independent anomaly detection (nearest neighbour)",
    "Dunn, Wasserman and Ramdas 2023, Journal of the American Statistical Association 118:2491 (groups)",
    "Vovk and Wang 2020, Biometrika 107:791 (averages of chances: at most twice alpha)",
    "Sparck Jones 1972, Journal of Documentation 28:11 (weight by rarity)",
)
LIMITS: Final = "Unlike what is catalogued is no more than that: it may be new, or only new to those who write down."


def novelty(catalogue: Rows, find: str, alpha: float = 0.05, level: float = 0.95) -> Result:
    """The chance that an ordinary find is as unlike the others as this one of the catalogue.

    ``catalogue`` has the columns find, kind, value and, where finds come in crates, group; the find asked of is
    among its finds. ``alpha`` is the rate of false alarms that is accepted. Raises Invalid naming every faulty row.
    """
    given, at = _checked(catalogue, find, alpha, level)
    kept = [number for number, group in enumerate(given.groups)
            if number == at or group != given.groups[at]]
    known, without = _known(given, kept)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "chance of a find as unlike",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told = [
        Diagnostic("features", len(known[at]), None, f"{plural(len(known[at]), 'feature')} of {find} can be compared"),
        Diagnostic("set aside", len(given.names) - len(kept), None, (
            f"{plural(len(given.names) - len(kept), 'find of its own group is', 'finds of its own group are')} not held against it")),
    ]
    if without:
        told.append(Diagnostic("kinds left out", len(without), None, (
            f"Fewer than {KIND_LEAST} groups have a note of: {', '.join(sorted(without))}. That is no difference of finds.")))
    told_of = [number for number in kept if known[number]]
    groups = len({given.groups[number] for number in told_of if number != at})
    reason = _too_little(find, known[at], groups, alpha, len(told_of))
    if reason:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told),
                      text=f"Whether {find} is unlike what is catalogued is not said: {reason}")
    likeness = Likeness([known[number] for number in told_of], [given.groups[number] for number in told_of])
    own = told_of.index(at)
    scores = likeness.all_unlike()
    others = np.arange(len(told_of)) != own
    hits, _ = by_group(scores[others] >= scores[own], _renumbered(likeness.groups[others]))
    chance = (1 + hits) / (groups + 1)
    low, high = wilson(hits * _EFFECTIVE, groups * _EFFECTIVE, level)
    every = (1 + int(np.count_nonzero(scores[others] >= scores[own]))) / len(told_of)
    nearest = _nearest(likeness, own, [given.names[number] for number in told_of])
    order = _order(likeness, given.grouped)
    novel = chance <= alpha
    told += [
        Diagnostic("catalogue", groups, None, f"{plural(groups, 'group')} of finds, {plural(len(told_of) - 1, 'find')}: no chance can come "
                   f"out below {1 / (groups + 1):.3g}"), order]
    return Result(
        **shared, estimate=chance, low=min(low, chance), high=max(high, chance), diagnostics=tuple(told),
        models=(Model("every find for itself", every, words="as if finds of one group were independent"),),
        warnings=(LIMITS, *((order.words,) if order.good is False else ())),
        text=_text(find, chance, low, high, level, alpha, novel, groups, nearest),
        more={
            "find": find, "novel": novel, "alpha": alpha, "p": chance, "unlike": float(scores[own]),
            "groups": groups, "finds": len(told_of) - 1, "least_p": 1 / (groups + 1), **nearest,
            "features": _features(likeness, own, nearest["nearest_shares"]),
            "kinds_left_out": sorted(without), "scores": sorted(float(one) for one in scores[others])[:MOST],
        })


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a find when it came: the chance, the earlier find nearest to it, how many groups were before."""

    number: int
    p: float
    nearest: int | None
    shared: tuple[Feature, ...]
    groups: int


def in_turn(shown: Sequence[Shown], groups: Sequence[str], alpha: float) -> list[Told]:
    """Each find held against those before it in the sequence, from where the chance can reach alpha.

    Where all are drawn alike, alpha of them are alarms (Vovk 2005, 2.2: chances in turn are independent). Finds
    that show nothing are passed over. Kinds of which fewer than KIND_LEAST groups have a note are left out.
    """
    finds = Finds(tuple(str(n) for n in range(len(shown))), tuple(shown), tuple(groups), True)
    known, _ = _known(finds, range(len(shown)))
    numbers = [number for number in range(len(shown)) if known[number]]
    if not numbers:
        return []
    likeness = Likeness([known[n] for n in numbers], [groups[n] for n in numbers])
    best = np.zeros(len(numbers))
    seen: set[int] = set()
    found: list[Told] = []
    for turn, number in enumerate(numbers):
        own = int(likeness.groups[turn])
        to_others = likeness.shared(turn)[:turn]
        most = float(to_others.max(initial=0.0))
        best[:turn] = np.maximum(best[:turn], to_others)
        others = likeness.groups[:turn] != own
        before = len(seen - {own})
        if before and 1 / (before + 1) <= alpha:
            score = float(likeness.unlike(most, likeness.total[turn]))
            scores = likeness.unlike(best[:turn][others], likeness.total[:turn][others])
            hits, _ = by_group(scores >= score, _renumbered(likeness.groups[:turn][others]))
            near = int(to_others.argmax()) if most > 0 else None
            shared = () if near is None else tuple(
                one for one in likeness.shown[turn] if one in set(likeness.shown[near]))
            found.append(Told(number, (1 + hits) / (before + 1), None if near is None else numbers[near], shared, before))
        best[turn] = most
        seen.add(own)
    return found


def _checked(catalogue: Rows, find: str, alpha: float, level: float) -> tuple[Finds, int]:
    problems = [Problem(f"{name} lies from {least} to below 1", f"{usual} is usual.", name, str(value))
                for name, value, least, usual in (("alpha", alpha, 0, 0.05), ("level", level, 0.5, 0.95))
                if not (least <= value < 1 and value > 0)]
    if problems:
        raise Invalid("novelty cannot be asked so", problems)
    given = read(catalogue)
    if find not in given.names:
        raise Invalid("novelty cannot be asked so", [Problem(
            "the catalogue has no such find", "Name one of the column find.", "find", find[:200])])
    return given, given.names.index(find)


def _known(given: Finds, kept: Sequence[int]) -> tuple[dict[int, Shown], set[str]]:
    """What of each kept find can be compared, and the kinds that too few groups have a note of."""
    noted = {(given.groups[number], one.kind) for number in kept for one in given.shown[number]}
    kinds = [kind for _, kind in noted]
    few = {kind for kind in set(kinds) if kinds.count(kind) < KIND_LEAST}
    return {number: frozenset(one for one in given.shown[number] if one.kind not in few) for number in kept}, few


def _too_little(find: str, shown: Shown, groups: int, alpha: float, finds: int) -> str:
    if not shown:
        return f"of {find} nothing is noted that can be compared."
    if finds > MOST:
        return f"{plural(finds, 'find is', 'finds are')} more than {MOST:,}: choose a part of the catalogue."
    if 1 / (groups + 1) > alpha:
        return (f"{plural(groups, 'group of finds is', 'groups of finds are')} too few: with a false alarm in {alpha:.3g} of ordinary finds at least "
                f"{ceil(1 / alpha - 1e-9) - 1:,} are needed, since no chance comes out below 1 / (n + 1).")
    return ""


def _renumbered(groups: Any) -> Any:
    return np.unique(groups, return_inverse=True)[1]


def _nearest(likeness: Likeness, own: int, names: Sequence[str]) -> dict[str, Any]:
    shared = likeness.shared(own)
    near = int(shared.argmax()) if len(shared) > 1 else own
    if shared[near] <= 0:
        return {"nearest": None, "nearest_shares": []}
    both = [one for one in likeness.shown[own] if one in set(likeness.shown[near])]
    return {"nearest": names[near], "nearest_shares": [list(one) for one in both]}


def _features(likeness: Likeness, own: int, shares: list[list[str]]) -> list[dict[str, Any]]:
    """The find's features, those that tell most first: in how many other groups each is."""
    in_groups = {
        one: len({int(likeness.groups[n]) for n, find in enumerate(likeness.shown) if n != own and one in set(find)})
        for one in likeness.shown[own]}
    return [{"kind": one.kind, "value": one.value, "weight": likeness.weight[one], "groups": in_groups[one],
             "nearest_has_it": list(one) in shares}
            for one in sorted(likeness.shown[own], key=lambda each: (-likeness.weight[each], each))]


def _order(likeness: Likeness, grouped: bool) -> Diagnostic:
    """Whether finds that follow each other in the table share more than finds in any order would."""
    first = np.unique(likeness.groups, return_index=True)[1]
    numbers = np.sort(first)[:_BLOCK]
    if len(numbers) < 10:
        return Diagnostic("order", None, None, "Too few finds to see whether those that follow each other are alike.")
    table: Floats = np.array([likeness.shared(int(one))[numbers] / max(likeness.total[one], 1e-9) for one in numbers])
    table = np.maximum(table, 0.0) + np.maximum(table, 0.0).T
    random = np.random.default_rng(1)
    found = float(table[np.arange(len(numbers) - 1), np.arange(1, len(numbers))].sum())
    as_alike = 0
    for _ in range(_DEALT):
        dealt = random.permutation(len(numbers))
        as_alike += float(table[dealt[:-1], dealt[1:]].sum()) >= found - 1e-9
    chance = (1 + as_alike) / (1 + _DEALT)
    return Diagnostic("order", chance, chance >= ALARM, (
        f"{'Groups' if grouped else 'Finds'} that follow each other in the table are no more alike than any." if chance >= ALARM else
        f"{'Groups' if grouped else 'Finds'} that follow each other in the table are alike: if they come from one crate, one "
        "place or one period after another, ordinary finds are called unlike more often than is said. Name the group "
        "of each find, or ask of one place and period."))


def _text(
    find: str, chance: float, low: float, high: float, level: float, alpha: float, novel: bool, groups: int,
    nearest: dict[str, Any],
) -> str:
    near = (f"nearest is {nearest['nearest']}, with which it shares "
            + ", ".join(Feature(*one).words() for one in nearest["nearest_shares"][:5])
            if nearest["nearest"] else "it shares nothing with any of them")
    said = "is unlike everything catalogued" if novel else "is no more unlike the rest than ordinary finds are"
    return (f"{find} {said}: a share of {chance:.3g} of {plural(groups, 'group')} of finds is at least as unlike the others "
            f"({level:.0%}: {low:.2g} to {high:.2g}); {near}. In {alpha:.0%} of ordinary finds such an alarm is false.")


def plots(result: Result) -> tuple[Plot, ...]:
    """How unlike the catalogued finds are, the one asked of among them."""
    scores = result.more.get("scores", ())
    if not scores:
        return ()
    counts, edges = np.histogram(scores, bins=20, range=(0.0, 1.0))
    own = float(result.more["unlike"])
    return (Plot(
        "unlike", "How unlike the others each catalogued find is", "unlike its nearest, from 0 to 1", "finds",
        (Series("catalogued", "bars", tuple(
            (float((low + high) / 2), int(count)) for low, high, count in zip(edges, edges[1:], counts, strict=False))),
         Series(str(result.more["find"]), "points", ((own, 0),))),
        words="A find far to the right of all others is unlike them; one among them is not."),)


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("catalogue", "table", "A row for each feature of each find: columns find, kind, value and, where finds come "
              "in crates or recoveries, group", needed=True),
        Input("find", "word", "The find of the catalogue that is asked of", needed=True),
        Input("alpha", "number", "How often an ordinary find may be called unlike the others", default=0.05),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, novelty, plots,
)
