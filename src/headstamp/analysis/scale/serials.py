"""How many were made, from the serial or lot numbers of those that were found.

Numbers 1 to N, of which some were found as if by lot: the largest of them says how many there are
(the "German tank" problem; Ruggles and Brodie 1947, J. Am. Stat. Assoc. 42:72; Goodman 1952, ibid.
47:622). Before anything is estimated it is asked whether the numbers can be such a drawing at
all: spread evenly, without a hole that chance would not leave, their endings used alike, not all of one
crate. Numbers that were given in several blocks are parted and each block is taken by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final, cast

import numpy as np

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result, models_plot
from headstamp.analysis.plot import Plot, Series
from headstamp.analysis.scale.serials_blocks import Block, known, parted, together, unsound
from headstamp.analysis.scale.serials_checks import Ints, dense, endings, hole, spread
from headstamp.analysis.scale.serials_groups import LEAST as LEAST_GROUPS
from headstamp.analysis.scale.serials_groups import Groups, grouped
from headstamp.analysis.scale.serials_posterior import Posterior, Prior, believed, likelihood
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

__all__ = ["MEASURE", "Posterior", "serials"]

NAME, VERSION = "scale.serials", 2
QUESTION: Final = "How many were made, judging by the numbers on those that were found?"
LEAST: Final = 3
_LARGEST: Final = 10**15
_SHOWN: Final = 400

ASSUMPTIONS: Final = (
    "Every piece bears a number of one series, given without gaps from its start.",
    "Those found are a random drawing of all that were made: none more likely for its number.",
    "The numbers are read right, and no piece is counted twice.",
)
REFUSES: Final = (
    "Fewer than three different numbers; all numbers of one group (one crate, one find), or fewer than three groups whose "
    "numbers lie together; numbers that do not lie as chance would lay them between the start and the largest (one crate, "
    "one delivery, a later start); a hole that chance would not leave, where the parts between holes are no random drawings "
    "either; endings that are not used alike; with an unknown start, a stretch found nearly whole."
)
SOURCES: Final = (
    "Ruggles and Brodie 1947, Journal of the American Statistical Association 42:72",
    "Goodman 1952, Journal of the American Statistical Association 47:622",
    "Hoehle and Held 2006, Bayesian estimation of the size of a population (posterior under a flat prior)",
    "Fisher 1929, Proceedings of the Royal Society A 125:54 (the widest hole)",
    "Kish 1965, Survey Sampling (design effect of numbers found together)",
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options, read."""

    start: int
    open_start: bool
    most: int | None
    level: float
    prior: Prior
    expected: float | None
    deviation: float | None
    starts: tuple[int, ...]
    split: str

    @property
    def bayesian(self) -> bool:
        """Whether something is known beforehand, so that the posterior is the answer."""
        return self.most is not None or self.prior != "flat"


def serials(
    values: Sequence[int], start: int | None = 1, most: int | None = None, level: float = 0.95,
    unknown_start: str = "", groups: Sequence[str] = (), blocks: Sequence[str] = (), prior: str = "",
    expected: float | None = None, expected_sd: float | None = None,
) -> Result:
    """The estimate from these numbers.

    ``start`` is the first number of the series. ``unknown_start`` "yes" takes it for not known: then
    only the stretch between the smallest and the largest tells. ``most`` is the most that can have
    been made, where something else says so. ``groups`` is, of each number, the crate or find it was
    found in. ``blocks``: the first numbers of the blocks the series was given in, or "yes" (there
    are blocks: part them at the holes) or "no" (never part them). ``prior`` is "flat", "log" (1/N) or
    "gamma" with the mean ``expected`` and standard deviation ``expected_sd``. Raises Invalid for
    numbers below the start, levels that are none, groups that are not as many as numbers, a
    ``most`` below what was seen.
    """
    asked, numbers = _checked(
        values, 1 if start is None else start, most, level, unknown_start == "yes", groups, blocks, prior, expected,
        expected_sd)
    distinct = _distinct(numbers)
    k = len(distinct)
    told = [Diagnostic("distinct", k, None, f"{plural(k, 'different number')} of {len(values):,} given")]
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "pieces",
        "assumptions": (*ASSUMPTIONS, _start_words(asked)), "sources": SOURCES,
    }
    of = grouped(values, groups, distinct) if groups and k else None
    if of is not None:
        told.append(of.diagnostic())
    reason = _too_few(k, of)
    if reason:
        return Result(**shared, refused=True, diagnostics=tuple(told), reason=reason,
                      text=f"From {plural(k, 'number')} no total is estimated: {reason}")
    one_each = of.standing if of is not None and of.clustered else distinct
    first = int(distinct[0]) if asked.open_start else asked.start
    ranks, count = one_each - first + 1, len(one_each)
    largest = int(distinct[-1]) - first + 1
    warnings = [told[-1].words] if of is not None and of.clustered else []
    if of is not None and of.number == 2:
        warnings.append("There are two groups only; whether either stands for the whole cannot be told.")
    tests = [spread(ranks, asked.open_start), hole(ranks, asked.open_start), endings(one_each)]
    if asked.open_start:
        tests.append(dense(distinct))
    own, empty = known(one_each, asked.starts) if asked.starts else (parted(one_each), [])
    models = _models(asked, distinct, largest, count, own)
    shared |= {"models": models}
    more = _more(asked, largest, count, distinct, of, own)
    wrong, blocky, why = _judged(asked, tests, own)
    told += tests
    if wrong:
        late = not asked.open_start and not asked.starts and int(ranks[0]) > int(np.diff(ranks).max(initial=0))
        hint = f"If the series starts later than at {first:,}, say so with --start, or --unknown-start yes."
        reason = " ".join([one.words for one in wrong] + ([why] if why else []) + ([hint] if late else []))
        return Result(
            **shared, refused=True, reason=reason, diagnostics=tuple(told), warnings=tuple(warnings), more=more,
            text=f"From {plural(k, 'number')} no total is estimated: {reason}")
    best = models[0]
    if blocky:
        best = next(one for one in models if one.name.endswith(("block", "blocks")))
        shared["models"] = (best, *(one for one in models if one is not best))
        warnings.append(_parted_words(own, asked))
    if empty:
        warnings.append("No number was found of the blocks that start at " + ", ".join(f"{one:,}" for one in empty)
                        + ": they are not counted.")
    warnings += [one.words for one in tests if one.good is False and one.name == "endings" and asked.starts]
    return Result(
        **shared, estimate=best.estimate, low=best.low, high=best.high, diagnostics=tuple(told),
        warnings=tuple(warnings), more=more | {"headline": best.name}, text=_sentence(best, k, level, of, blocky, own))


def _checked(
    values: Sequence[int], start: int, most: int | None, level: float, open_start: bool, groups: Sequence[str],
    blocks: Sequence[str], prior: str, expected: float | None, deviation: float | None,
) -> tuple[_Asked, Ints]:
    problems = []
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    fits = not values or (min(values) >= -_LARGEST and max(values) <= _LARGEST)
    numbers = np.asarray(values, dtype=np.int64) if fits else np.empty(0, np.int64)
    starts, split = _starts(blocks, problems)
    lowest = min(starts, default=start)
    if len(numbers) < len(values):
        problems.append(Problem(f"a number is larger than {_LARGEST:,}", "Take the letters and lots apart "
                                "first.", "values"))
    elif len(numbers) and not open_start and int(numbers.min()) < lowest:
        problems.append(Problem(f"{int(numbers.min()):,} lies before the start {lowest:,}",
                                "Give the right start, or --unknown-start yes.", "values"))
    elif len(numbers) and most is not None and int(numbers.max()) - start + 1 > most and not (open_start or starts):
        problems.append(Problem(f"{int(numbers.max()):,} was seen, and at most {most:,} can have been made",
                                "One of the two is wrong.", "most", str(most)))
    if groups and len(groups) != len(values):
        problems.append(Problem(f"{plural(len(groups), 'group')} for {plural(len(values), 'number')}",
                                "One for each number, in their order; ? where it is not known.", "groups"))
    kind = prior or ("gamma" if expected is not None else "flat")
    if kind not in ("flat", "log", "gamma"):
        problems.append(Problem("no such prior", "One of: flat, log, gamma.", "prior", prior))
    if kind == "gamma" and not (expected and deviation and expected > 0 and deviation > 0):
        problems.append(Problem("a gamma prior needs a mean and a standard deviation above 0",
                                "Give --expected and --expected-sd.", "expected"))
    if open_start and (starts or kind != "flat" or most is not None):
        problems.append(Problem("with an unknown start neither a prior, a most nor starts of blocks are weighed",
                                "Leave out one of the two.", "unknown_start"))
    if problems:
        raise Invalid("no total can be estimated from this", problems)
    return _Asked(start, open_start, most, level, cast(Prior, kind), expected, deviation, starts, split), numbers


def _distinct(numbers: Ints) -> Ints:
    ordered = np.sort(numbers)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def _starts(blocks: Sequence[str], problems: list[Problem]) -> tuple[tuple[int, ...], str]:
    words = [word.strip().casefold() for word in blocks if word.strip()]
    if words in ([], ["yes"], ["no"]):
        return (), words[0] if words else ""
    found = []
    for word in words:
        try:
            found.append(int(word))
        except ValueError:
            problems.append(Problem("not the first number of a block", "Whole numbers, or yes, or no.", "blocks", word[:200]))
    return tuple(found), "yes"


def _too_few(k: int, of: Groups | None) -> str:
    if of is not None and of.number < 2 and k:
        return of.diagnostic().words
    if k < LEAST:
        return f"{plural(k, 'different number says', 'different numbers say')} nothing of how many there are; at least {LEAST} do."
    if of is not None and of.clustered and of.number < LEAST_GROUPS:
        return (f"{of.diagnostic().words} {plural(of.number, 'group says', 'groups say')} nothing of how many there are; at least "
                f"{LEAST_GROUPS} do.")
    return ""


def _judged(asked: _Asked, tests: Sequence[Diagnostic], own: Sequence[Block]) -> tuple[list[Diagnostic], bool, str]:
    """The tests that forbid an estimate, whether blocks give one, and why blocks do not."""
    wrong = [one for one in tests if one.good is False]
    if asked.starts:
        why = unsound(own, asserted=True)
        return ([Diagnostic("blocks", None, False, why)] if why else []), True, ""
    holed = any(one.name == "hole" for one in wrong)
    if not holed or asked.split == "no":
        return wrong, False, ""
    if len(own) < 2:
        return wrong, False, ("The hole leaves fewer than three numbers on one of its sides: too few to take the parts "
                              "by themselves.")
    why = unsound(own, asserted=asked.split == "yes")
    if why:
        return wrong, False, why
    left = [one for one in wrong if one.name not in ("hole", "spread", "dense")]
    return left, not left, ""


def _models(asked: _Asked, distinct: Ints, largest: int, count: int, own: Sequence[Block]) -> tuple[Model, ...]:
    level = asked.level
    reach = int(distinct[-1] - distinct[0])
    stretch = Model(
        "unknown start", reach * (count + 1) / (count - 1) - 1, reach + 1, _stretch_upper(reach, count, level),
        words="only the stretch from the smallest to the largest tells")
    several = [together(own, level)] if len(own) > 1 or asked.starts else []
    if asked.open_start:
        return (stretch, *several)
    classical = Model("classical", largest + largest / count - 1, largest, largest / (1 - level) ** (1 / count),
                      words="the largest number and the mean distance between numbers")
    posterior = believed(largest, count, asked.prior, asked.most, asked.expected, asked.deviation)
    bayes = Model(f"Bayesian, {_prior_name(asked)}", posterior.mean, posterior.quantile((1 - level) / 2),
                  posterior.quantile((1 + level) / 2), words=_prior_words(asked))
    found = [bayes, classical] if asked.bayesian else [classical, bayes]
    if asked.bayesian and asked.prior != "flat":
        flat = Posterior(largest, count, asked.most)
        found.append(Model("Bayesian, flat prior", flat.mean, flat.quantile((1 - level) / 2),
                           flat.quantile((1 + level) / 2), words="every total as likely before as any other"))
    return (*found, stretch, *several)


def _prior_name(asked: _Asked) -> str:
    return {"flat": "flat prior", "log": "prior 1/N", "gamma": "gamma prior"}[asked.prior]


def _prior_words(asked: _Asked) -> str:
    told = "every total as likely before as any other"
    if asked.prior == "log":
        told = "every order of magnitude as likely before as any other"
    elif asked.expected is not None and asked.deviation is not None:
        told = f"about {asked.expected:,.0f} held likely before, give or take {asked.deviation:,.0f}"
    return told + ("" if asked.most is None else f", up to {asked.most:,}")


def _more(
    asked: _Asked, largest: int, count: int, distinct: Ints, of: Groups | None, own: Sequence[Block]
) -> dict[str, Any]:
    step = max(1, -(-len(distinct) // _SHOWN))
    told: dict[str, Any] = {"count": len(distinct), "largest": largest, "numbers": distinct[::step].tolist()}
    if of is not None:
        told |= {"groups": of.number, "design_effect": of.effect, "counted_as": count}
    if len(own) > 1 or asked.starts:
        told["blocks"] = [{"first": int(one.numbers[0]), "last": int(one.numbers[-1]), "count": len(one.numbers),
                           "start": one.start, "estimate": one.estimate} for one in own]
    if asked.open_start:
        return told
    posterior = believed(largest, count, asked.prior, asked.most, asked.expected, asked.deviation)
    return told | {
        "posterior_mean": posterior.mean, "posterior_sd": posterior.deviation,
        "posterior_median": posterior.quantile(0.5),
        "posterior_upper_95": posterior.quantile(0.95),
        "posterior_upper_97_5": posterior.quantile(0.975),
        "probability_of_largest": 1.0 - posterior.above(largest),
        "classical_upper_95": largest / 0.05 ** (1 / count),
        "likelihood": [list(point) for point in likelihood(largest, count)],
    }


def _stretch_upper(reach: int, k: int, level: float) -> float:
    """The total of which a stretch as short as this has the chance 1 - level."""
    wanted = 1 - level
    low, high = 0.0, 1.0
    for _ in range(200):  # k x^(k-1) - (k-1) x^k rises from 0 to 1
        x = (low + high) / 2
        chance = k * x ** (k - 1) - (k - 1) * x**k
        low, high = (x, high) if chance < wanted else (low, x)
    return inf if high == 0 else (reach + 1) / high


def _start_words(asked: _Asked) -> str:
    if asked.starts:
        return "The blocks of the series start at " + ", ".join(f"{one:,}" for one in sorted(asked.starts)) + "."
    return ("The series starts at a number that is not known." if asked.open_start
            else f"The series starts at {asked.start:,}.")


def _parted_words(own: Sequence[Block], asked: _Asked) -> str:
    ranges = "; ".join(f"{int(one.numbers[0]):,} to {int(one.numbers[-1]):,}" for one in own[:20])
    if asked.starts:
        return f"Each of {plural(len(own), 'block')} was taken by itself: found were {ranges}."
    return (f"The numbers were parted into {plural(len(own), 'block')} at holes that chance would not leave ({ranges}). Each was "
            "taken by itself, its start not known. If nothing else says that there are blocks, the holes may come of how the "
            "numbers were come by; blocks of which nothing was found are not counted.")


def _sentence(best: Model, k: int, level: float, of: Groups | None, blocky: bool, own: Sequence[Block]) -> str:
    told = f"Judging by {plural(k, 'different number')}" + (
        f" from {plural(of.number, 'group')}, each group taken for one," if of is not None and of.clustered else "") + (
        f" in {plural(len(own), 'block')}" if blocky else "")
    return (f"{told}, about {_rounded(best.estimate)} were made; with {level:.0%} confidence between "
            f"{_rounded(best.low)} and {_rounded(best.high)}.")


def _rounded(value: float | None) -> str:
    return "?" if value is None else f"{round(value):,}"


def plot(result: Result) -> tuple[Plot, ...]:
    """The numbers found and how likely each total makes the largest of them; the models beside."""
    drawn = []
    found = result.more.get("numbers") or []
    likely = result.more.get("likelihood") or []
    if found:
        series = [Series("numbers found", "points", tuple((float(one), 0.0) for one in found))]
        title, y = "The numbers found", "height says nothing"
        if likely and not result.refused:
            series.insert(0, Series("total", "line", tuple((n, value) for n, value in likely)))
            title, y = f"{title}, and how likely each total makes them", "likelihood beside the likeliest total"
        drawn.append(Plot("numbers", title, "number", y, tuple(series), words=(
                              "Numbers of one series found as if by lot lie evenly; clumps and holes are told of beside.")))
    return (*drawn, *models_plot(result))


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("values", "whole numbers", "The numbers found, without letters", needed=True),
        Input("start", "whole number", "The first number of the series", default=1),
        Input("unknown_start", "word", "yes where the start is not known", default="", choices=("yes", "no")),
        Input("groups", "words", "Of each number the crate or find it was in, in their order; ? where not known", default=()),
        Input("blocks", "words", "First numbers of the blocks the series was given in; or yes; or no: never part it",
              default=()),
        Input("most", "whole number", "The most that can have been made, if something says so"),
        Input("prior", "word", "What was held likely before: every total alike, 1/N, or gamma", default="",
              choices=("flat", "log", "gamma")),
        Input("expected", "number", "Of the gamma prior: the number expected before"),
        Input("expected_sd", "number", "Of the gamma prior: its standard deviation"),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, serials, plot,
)
