"""Do two things come from one source? How much more probable their measurements are if so.

The likelihood ratio compares two statements: the control and the recovered thing come from one source
(one batch, one item), or from two different sources of the kind of the background. It is computed by
two models (``two_level``, ``kernel_level``), tried on the background itself (``calibration``), bounded
by what so small a background can carry, and said in words of a published scale. It is never the
probability that there is one source: that depends on all else that is known. And a source here is
what the items of the background are; it is no maker and no place.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Any, Final

import numpy as np

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result, number
from headstamp.analysis.source import calibration as calibrating
from headstamp.analysis.source.answer import Answer, Name, answer
from headstamp.analysis.source.checks import inside, means_normal, spread_alike
from headstamp.analysis.source.kernel_level import WIDTHS, Width
from headstamp.analysis.source.kernel_level import width as kernel_width
from headstamp.analysis.source.plot import source_plots
from headstamp.analysis.source.tables import LOGS, Rows, Tables, tables
from headstamp.analysis.source.two_level import (
    Floats,
    Items,
    Levels,
    Pairs,
    items_of,
    levels,
    older_between,
    split,
)
from headstamp.analysis.source.words import power, ratio, words
from headstamp.analysis.standard.table import ONLY
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME: Final = "source.likelihood"
VERSION: Final = 1
QUESTION: Final = (
    "How much more probable are the measurements of two things if they come from one source than if they "
    "come from two?")
UNIT: Final = "log10 of the likelihood ratio, as the model gives it"
LEAST_ITEMS: Final = 20
LEAST_EACH: Final = 5
FEW: Final = 50
"""Below so many items the interval is somewhat too narrow."""

ASSUMPTIONS: Final = (
    "The background is a fair sample of the sources that the two things may come from.",
    "Items, rows and measurements were taken in the same way everywhere.",
    "Rows of one item are spread normally about its mean, alike in every item.",
    "The two things were chosen for comparison without looking at these measurements.",
    "Normal model: the means of items are spread normally. Kernel model: in any way.",
)
REFUSES: Final = (
    f"Fewer than {LEAST_ITEMS} items of two or more rows, or fewer than {LEAST_EACH} items for each column; "
    "columns that say the same; items that hardly differ; a thing far outside the background; the same "
    "rows given for both; models that point opposite ways; a model that misleads on its own background.")
SOURCES: Final = (
    "Aitken and Lucy 2004, Appl. Statist. 53:109-122",
    "github.com/cran/comparison 1.0.8 (the formula of the between-item covariance as corrected)",
    "Bolck et al. 2009, Forensic Sci. Int. 191:42-51 (width silverman)",
    "Vergeer et al. 2016, Sci. Justice 56:482-491 (bounds)",
    "Brummer and du Preez 2006, Comput. Speech Lang. 20:230-275 (Cllr)",
    "ENFSI Guideline for Evaluative Reporting in Forensic Science, 2015 (words)",
)

_READING: Final = 6
_APART: Final = log10(4)


def source_likelihood(
    background: Rows, control: Rows, recovered: Rows, model: str = "both",
    columns: Sequence[str] | None = None, item: str | None = None, log: str = "no",
    width: Width = "aitken-lucy", level: float = 0.95,
) -> Result:
    """The log10 likelihood ratio of these measurements.

    Raises Invalid for columns and rows that cannot be read; refuses where the background cannot
    carry a ratio.
    """
    faults = [] if 0.5 <= level < 1 else [
        Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level))]
    faults += [Problem("not one of the words it knows", "One of: normal, kernel, both", "model", model)
               ] if model not in ("normal", "kernel", "both") else []
    faults += [Problem("not one of the words it knows", "One of: no, yes, log10, ln", "log", log)
               ] if log not in LOGS else []
    faults += [Problem("not one of the words it knows", "One of: " + ", ".join(WIDTHS), "width", width)
               ] if width not in WIDTHS else []
    if faults:
        raise Invalid("no ratio can be computed from this", faults)
    read = tables(background, control, recovered, columns, item, log)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": UNIT,
        "assumptions": ASSUMPTIONS, "sources": SOURCES,
    }
    told: list[Diagnostic] = [Diagnostic(
        "items", len(read.names), len(read.names) >= FEW,
        f"{plural(len(read.names), 'item')} with {plural(len(read.values), 'row')}, measured in {', '.join(read.columns)}")]
    reason = _too_little(read)
    if reason:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told),
                      text=f"No likelihood ratio is given: {reason}")
    scale = read.values.std(axis=0)
    middle = read.values.mean(axis=0)
    values = (read.values - middle) / scale
    items = items_of(values, read.codes)
    of = levels(items)
    reason = _no_two_levels(of)
    if reason:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told),
                      text=f"No likelihood ratio is given: {reason}")
    things = ((read.control - middle) / scale, (read.recovered - middle) / scale)
    pair = Pairs.one(*things)
    checks = [spread_alike(values, read.codes), means_normal(items.means)]
    checks += [inside(name, thing.mean(axis=0), len(thing), items, of)
               for name, thing in zip(("control", "recovered"), things, strict=True)]
    shared["diagnostics"] = tuple(told := told + checks + _repeated(read))
    names: tuple[Name, ...] = ("normal", "kernel")
    asked = [one for one in names if model in (one, "both")]
    answers = [answer(one, items, pair, split(values, read.codes, *map(len, things)), level, width)
               for one in asked]
    ready = [one for one in answers if one is not None]
    if len(ready) == len(answers):
        shared["diagnostics"] = tuple(told + _told(ready))
    shared["models"] = tuple(_model(one) for one in ready)
    refusals = [one.words for one in told if one.good is False and one.name in _REFUSING]
    refusals += _misled(ready, len(ready) == len(answers))
    headline = None if not ready else (
        ready[-1] if len(ready) < 2 or checks[1].good is False else ready[0])
    more = {} if headline is None else _more(read, items, of, scale, ready, headline, width)
    if refusals or headline is None:
        reason = " ".join(refusals)
        return Result(**shared, refused=True, reason=reason, more=more,
                      text=f"No likelihood ratio is given: {reason}")
    return Result(
        **shared, estimate=headline.found, low=headline.low, high=headline.high, more=more,
        warnings=tuple(_warnings(read, checks, ready, headline, model)),
        shown="" if headline.found == headline.bounded else (
            f"Reported as {ratio(headline.bounded)}: so small a background carries no more than that; "
            f"the {headline.name} model gives {ratio(headline.found)}"),
        text=_text(headline, level, len(read.names)))


_REFUSING: Final = ("control within the background", "recovered within the background", "the same rows")


def _too_little(read: Tables) -> str:
    items, p = len(read.names), len(read.columns)
    if items < LEAST_ITEMS or items < LEAST_EACH * p:
        return (f"The background has {plural(items, 'item')} of two or more rows; for {p} columns at least "
                f"{max(LEAST_ITEMS, LEAST_EACH * p)} are needed.")
    same = [name for name, spread in zip(read.columns, read.values.std(axis=0), strict=True)
            if not spread > 1e-12 * max(1.0, float(np.abs(read.values).max()))]
    return f"All rows of the background have the same value of {', '.join(same)}." if same else ""


def _no_two_levels(of: Levels) -> str:
    spread = np.linalg.eigvalsh(of.within[0])
    if not spread[0] > 1e-10 * spread[-1] or not spread[-1] > 0:
        return "Within items some columns always move together, or never: leave one of them out."
    if not of.usable[0]:
        return ("The items of the background differ no more than rows of one item do, at least in one "
                "direction: they cannot tell sources apart.")
    return ""


def _repeated(read: Tables) -> list[Diagnostic]:
    """Rows that stand in two of the tables: a thing compared with itself, or with its own item."""
    control, recovered, known = (
        {row.tobytes() for row in rows} for rows in (read.control, read.recovered, read.values))
    both = len(control & recovered)
    # A few coarse values may be the same by chance; so many are one reading given twice.
    whole = read.control.size >= _READING and sorted(read.control.tolist()) == sorted(read.recovered.tolist())
    inside_it = len((control | recovered) & known)
    return [
        Diagnostic("the same rows", both, not whole, (
            "No row stands in both the control and the recovered." if not both else
            "The control and the recovered hold the same rows: a thing is not compared with itself."
            if whole else f"{plural(both, 'row stands', 'rows stand')} in both the control and the recovered.")),
        Diagnostic("rows of the background", inside_it, None, (
            "No row of the two things stands in the background." if not inside_it else
            f"{plural(inside_it, 'row of the two things stands', 'rows of the two things stand')} in the background, too.")),
    ]


def _model(one: Answer) -> Model:
    return Model(one.name, one.found, one.low, one.high, fit=one.tried.cllr, words=(
        f"{'means of items normal' if one.name == 'normal' else 'a kernel about each item'}; ratio "
        f"{ratio(one.found)}, not bounded; fit is Cllr on the background"))


def _told(answers: list[Answer]) -> list[Diagnostic]:
    told = []
    for one in answers:
        tried = one.tried
        told.append(Diagnostic(f"bounds, {one.name}", one.bounded, None, (
            f"So small a background carries ratios from {ratio(tried.low)} to {ratio(tried.high)}; " + (
                f"the {one.name} model gives {ratio(one.found)}, within them." if one.found == one.bounded else
                f"the {one.name} model gives {ratio(one.found)}, which is reported as "
                f"{ratio(one.bounded)}."))))
        told.append(Diagnostic(f"calibration, {one.name}", tried.cllr, tried.cllr < 1, (
            f"On the background, each item parted in two and left out ({plural(tried.same, 'pair')} of one item, "
            f"{tried.different:,} of two), Cllr of the {one.name} model is {tried.cllr:.3f} "
            f"({tried.cllr_min:.3f} if recalibrated; 0 is perfect, 1 tells nothing); "
            f"{tried.same_misled:.1%} of pairs of one item and {tried.different_misled:.1%} of pairs of two "
            "were misled.")))
    if len(answers) == 2:
        gap = abs(answers[0].found - answers[1].found)
        told.append(Diagnostic("models", gap, gap <= 1, (
            f"The two models differ by a factor of {ratio(gap)}.")))
    return told


def _misled(answers: list[Answer], all_ready: bool) -> list[str]:
    found = [] if all_ready else [
        "The items of the background hardly differ: with a few of them left out they cannot tell sources "
        "apart."]
    found += [f"The {one.name} model misleads on its own background (Cllr {one.tried.cllr:.2f})."
              for one in answers if one.tried.cllr >= 1]
    if len(answers) == 2:
        one, other = answers[0].found, answers[1].found
        if one * other < 0 and abs(one - other) > _APART:
            found.append(f"The models point opposite ways: the normal gives a ratio of {ratio(one)}, the "
                         f"kernel {ratio(other)}.")
    return found


def _warnings(
    read: Tables, checks: list[Diagnostic], answers: list[Answer], headline: Answer, model: str
) -> list[str]:
    said = []
    if len(read.names) < FEW:
        said.append(f"With fewer than {FEW} items the interval is somewhat too narrow.")
    if read.single:
        said.append(f"{plural(read.single, 'item')} of one row only were left out.")
    if read.unused:
        said.append("Not used, as the two things do not have it: " + ", ".join(read.unused) + ".")
    if checks[0].good is False:
        said.append(checks[0].words)
    if checks[1].good is False and "kernel" not in (model, headline.name):
        said.append(checks[1].words)
    if headline.tried.cllr - headline.tried.cllr_min > 0.2:
        said.append("The ratios of this model are badly calibrated on the background.")
    if len(answers) == 2 and abs(answers[0].found - answers[1].found) > 1:
        said.append("The two models differ by more than a factor of ten.")
    return said


def _more(
    read: Tables, items: Items, of: Levels, scale: Floats, answers: list[Answer], headline: Answer,
    rule: Width,
) -> dict[str, Any]:
    units = np.outer(scale, scale)
    return {
        "columns": list(read.columns), "items": len(read.names), "rows": len(read.values),
        "control_rows": len(read.control), "recovered_rows": len(read.recovered),
        "headline": headline.name, "words": words(headline.bounded),
        "log10_likelihood_ratio": number(headline.found), "likelihood_ratio": number(power(headline.found)),
        "reported": headline.bounded, "bounds": [headline.tried.low, headline.tried.high],
        "beyond_bounds": headline.found != headline.bounded,
        "overall_means": dict(zip(read.columns, (
            read.values.mean(axis=0)).tolist(), strict=True)),
        "within_covariance": (of.within[0] * units).tolist(),
        "between_covariance": (of.between[0] * units).tolist(),
        "between_covariance_older_formula": (older_between(items) * units).tolist(),
        "kernel_width": kernel_width(items.columns, items.number, rule), "kernel_rule": rule,
        "by_model": {one.name: {
            "log10_likelihood_ratio": number(one.found), "likelihood_ratio": number(power(one.found)),
            "bounds": [one.tried.low, one.tried.high], "bounded": one.bounded,
            "cllr": number(one.tried.cllr), "cllr_min": number(one.tried.cllr_min),
            "pairs_of_one_item": one.tried.same, "pairs_of_two_items": one.tried.different,
            "misled_of_one_item": one.tried.same_misled, "misled_of_two_items": one.tried.different_misled,
            "ece": _entropies(one), "tippett": _tippett(one),
        } for one in answers},
    }


_PRIORS: Final = tuple(half / 2 for half in range(-6, 7))
_SHARES: Final = 40


def _entropies(one: Answer) -> list[dict[str, Any]]:
    """The cross-entropy at many prior odds: as the model gives its ratios, recalibrated, and of nothing."""
    better = calibrating.recalibrated(one.same, one.different)
    return [{
        "log10_prior_odds": prior, "ece": number(calibrating.ece(one.same, one.different, prior)),
        "recalibrated": number(calibrating.ece(*better, prior)),
        "of_nothing": calibrating.ece_of_nothing(prior),
    } for prior in _PRIORS]


def _tippett(one: Answer) -> list[dict[str, Any]]:
    """Which log10 ratio is exceeded by what share of the pairs of one item, and of those of two."""
    shares = np.linspace(0, 1, _SHARES + 1)
    same, different = np.quantile(one.same, 1 - shares), np.quantile(one.different, 1 - shares)
    return [{"share": float(share), "one_item": float(mine), "two_items": float(theirs)}
            for share, mine, theirs in zip(shares, same, different, strict=True)]


def _text(one: Answer, level: float, items: int) -> str:
    found, low, high = one.bounded, one.low, one.high
    more, less = (("one source", "two different sources") if one.found >= 0 else
                  ("two different sources", "one source"))
    if low * high < 0:
        between = (f"from {ratio(abs(low if found >= 0 else high))} times the other way to "
                   f"{ratio(abs(high if found >= 0 else low))} times this way")
    else:
        between = f"{ratio(min(abs(low), abs(high)))} to {ratio(max(abs(low), abs(high)))} times"
    beyond = "" if found == one.found else (
        f" The model itself gives {ratio(abs(one.found))} times, more than a background of this size "
        "carries.")
    return (
        f"Judging by a background of {plural(items, 'item')}, the measurements are "
        f"{ratio(abs(found))} times {'or more ' if beyond else ''}as probable if the two things come from "
        f"{more} as if they come from {less} ({one.name} model; {level:.0%} interval of the model "
        f"{between}).{beyond} That is {words(found)}. {ONLY}it is not the probability of one source, which "
        "depends on all else that is known, and it says nothing of a maker or a place.")


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("background", "table", "Measured items: a column item (or source, group; else the first), and "
              "columns of numbers; several rows each", needed=True),
        Input("control", "table", "The one thing: the same columns, one or more rows", needed=True),
        Input("recovered", "table", "The other thing: the same columns, one or more rows", needed=True),
        Input("model", "word", "How means of items are spread", default="both",
              choices=("normal", "kernel", "both")),
        Input("columns", "words", "The columns measured; else all of numbers that the three have"),
        Input("item", "word", "The column of the background that names the items"),
        Input("log", "word", "Take logarithms first: yes and log10 to base 10, ln natural", default="no",
              choices=("no", "yes", "log10", "ln")),
        Input("width", "word", "How wide kernels are: with 2p + 1 as Aitken and Lucy, or p + 2 as Silverman "
              "(Bolck et al.)", default="aitken-lucy", choices=WIDTHS),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, source_likelihood, source_plots,
)
