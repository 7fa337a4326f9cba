"""SDG indicator 16.4.2: the share of seized, found or surrendered arms whose illicit origin or context is known.

"Traced or established by a competent authority in line with international instruments" (UN Statistics Division,
metadata of indicator 16.4.2; UNODC and UNODA). Arms of which nothing is written are in the whole, as
the indicator has it, and are not among the traced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from headstamp.analysis.column_names import known
from headstamp.analysis.counts.interval import wilson
from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.space_time.chance import gamma_below
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "indicator.sdg_16_4_2", 1
QUESTION: Final = "Of the arms seized, found or surrendered, what share has its illicit origin or context traced or established?"
ALARM: Final = 0.01
MOST_UNKNOWN: Final = 0.1
_MOST_TOLD: Final = 20

ASSUMPTIONS: Final = (
    "Every arm seized, found or surrendered in the period is counted once, whether or not it was tried to trace it.",
    "Traced or established means by a competent authority: the point where it left lawful hands is known.",
    "For the interval: one arm is traced or not independently of the next. It tells how far the share could lie "
    "elsewhere by chance, not how far the arms were counted rightly.",
)
REFUSES: Final = "No arms."
SOURCES: Final = (
    "United Nations Statistics Division, SDG indicator metadata 16.4.2 (UNODC, UNODA)",
    "Wilson 1927, Journal of the American Statistical Association 22:209",
    "Newcombe 1998, Statistics in Medicine 17:857",
    "Rao and Scott 1992, Biometrics 48:577 (arms that were traced together)",
)
_YES: Final = frozenset({"yes", "y", "true", "1", "traced", "established"})
_NO: Final = frozenset({"no", "n", "false", "0", "not traced", "not established", "untraced"})
_UNKNOWN: Final = frozenset({"", "unknown", "pending", "?", "-"})


def indicator(
    traced: int | None = None, all: int | None = None, table: Sequence[Mapping[str, str]] | None = None,
    column: str = "traced", group: str = "", level: float = 0.95,
) -> Result:
    """The indicator from two counts, or from a table with a row for each arm.

    Of a table ``column`` says yes or no (or traced, established; not traced, not established; empty or pending
    where it is not known), and ``group`` names a column of what was traced together: a seizure, a
    request, a consignment. Raises Invalid naming every faulty cell, and for neither or both.
    """
    _checked(traced, all, table, level)
    unknown, together = 0, None
    if table is not None:
        answers, unknown, together = _read(table, column, group)
        traced, all = sum(answers), len(answers)
    hits, whole = traced or 0, all or 0
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "share of arms",
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told = [Diagnostic("arms", whole, None, f"{hits:,} of {plural(whole, 'arm')} traced or established")]
    if not whole:
        return Result(**shared, refused=True, reason="There are no arms: a share of none is no number.",
                      diagnostics=tuple(told))
    share = hits / whole
    models: list[Model] = []
    if unknown:
        told.append(Diagnostic("not known", unknown / whole, unknown <= MOST_UNKNOWN * whole, (
            f"Of {unknown:,} of {plural(whole, 'arm')} nothing is said; the indicator counts them as not traced.")))
        if unknown < whole:
            models.append(Model("of those with an answer", hits / (whole - unknown),
                                *wilson(hits, whole - unknown, level), words="arms of which nothing is said left out"))
    if together is not None:
        told.append(_together(together, share, whole))
        effect = max(1.0, _effect(together, share, whole))
        models.append(Model("traced together", share, *wilson(hits / effect, whole / effect, level), words=(
            f"as if there were {whole / effect:,.0f} arms: those of one group have one fate ({effect:.2f} times the variance)")))
    low, high = wilson(hits, whole, level)
    return Result(
        **shared, estimate=share, low=low, high=high, diagnostics=tuple(told), models=tuple(models),
        warnings=tuple(one.words for one in told if one.good is False),
        text=(f"The illicit origin or context of {hits:,} of {plural(whole, 'arm')} seized, found or surrendered has been traced or "
              f"established: {share:.1%} ({level:.0%}: {low:.1%} to {high:.1%})."),
        more={"traced": hits, "all": whole, "not_known": unknown, "percent": 100 * share},
    )


def _checked(traced: int | None, whole: int | None, table: Sequence[Mapping[str, str]] | None, level: float) -> None:
    problems = []
    if (table is None) == (traced is None and whole is None):
        problems.append(Problem("either a table or the two counts", "Give --table, or --traced and --all.", "table"))
    elif table is None and (traced is None or whole is None):
        problems.append(Problem("both counts are needed", "Give --traced and --all.", "all" if whole is None else "traced"))
    elif traced is not None and whole is not None and not 0 <= traced <= whole:
        problems.append(Problem("no more can be traced than there are", "", "traced", str(traced)))
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    if problems:
        raise Invalid("the indicator cannot be asked so", problems)


Group = tuple[int, int]
"""Traced, and all, of what was traced together."""


def _read(
    table: Sequence[Mapping[str, str]], column: str, group: str
) -> tuple[list[bool], int, list[Group] | None]:
    table = known(table, (column, group))
    missing = [name for name in (column, group) if name and table and name not in table[0]]
    if missing:
        raise Invalid("the table lacks columns", [
            Problem("there is no such column", "It has: " + ", ".join(table[0]), name) for name in missing])
    answers: list[bool] = []
    groups: dict[str, list[int]] = {}
    problems: list[Problem] = []
    unknown = 0
    for number, row in enumerate(table, 1):
        word = (row.get(column) or "").strip().casefold()
        if word not in _YES | _NO | _UNKNOWN:
            problems.append(Problem("neither yes nor no", "Write yes, no, or leave it empty.", column, word[:80], number))
            continue
        unknown += word in _UNKNOWN
        answers.append(word in _YES)
        # What names no group is one by itself.
        some = groups.setdefault((row.get(group) or "").strip() or f"\0{number}", [0, 0])
        some[0] += answers[-1]
        some[1] += 1
    if problems:
        raise Invalid("the table has faulty cells", problems[:_MOST_TOLD])
    return answers, unknown, [(hits, whole) for hits, whole in groups.values()] if group else None


def _effect(groups: Sequence[Group], share: float, whole: int) -> float:
    """By how much the variance is more than that of single arms (Rao and Scott's design effect)."""
    table = np.array(groups, dtype=np.float64)
    if len(table) < 2 or not 0 < share < 1:
        return 1.0
    left = table[:, 0] - share * table[:, 1]
    return float(len(table) / (len(table) - 1) * (left**2).sum() / (whole * share * (1 - share)))


def _together(groups: Sequence[Group], share: float, whole: int) -> Diagnostic:
    """Whether groups differ in their share more than chance has it (chi-square with simulated fate of arms)."""
    effect = _effect(groups, share, whole)
    several = [of for _, of in groups if of > 1]
    if len(several) < 3 or not 0 < share < 1:
        return Diagnostic("traced together", effect, None, "Too few groups of several arms to see whether they differ.")
    chance = _chance(groups, share)
    return Diagnostic("traced together", chance, chance >= ALARM, (
        "Groups of arms differ in their share no more than chance has it." if chance >= ALARM else
        "Arms of one group share their fate: they were traced together. The interval for single arms is too narrow; "
        "see the model for groups."))


def _chance(groups: Sequence[Group], share: float) -> float:
    """P(groups differ as much): arms dealt out anew over the groups, the sum of squares by a gamma of its moments."""
    sizes = np.array([of for _, of in groups])
    hits = np.array([found for found, _ in groups])
    seen = float(((hits - share * sizes) ** 2 / sizes).sum())
    random = np.random.default_rng(1)
    draws = max(20, min(400, 20_000_000 // len(sizes)))  # memory stays bounded
    dealt = random.multivariate_hypergeometric(sizes, int(hits.sum()), size=draws, method="marginals")
    drawn = ((dealt - share * sizes) ** 2 / sizes).sum(axis=1)
    mean, variance = float(drawn.mean()), float(drawn.var())
    if variance <= 0:
        return 1.0
    return 1 - gamma_below(mean * mean / variance, seen * mean / variance)


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("traced", "whole number", "Arms traced or established"),
        Input("all", "whole number", "Arms seized, found or surrendered"),
        Input("table", "table", "Or a row for each arm"),
        Input("column", "word", "Its column that says yes or no", default="traced"),
        Input("group", "word", "Its column of what was traced together, if any", default=""),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, indicator,
)
