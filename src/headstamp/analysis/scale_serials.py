"""How many were made, from the serial or lot numbers of those that were found.

Numbers 1 to N, of which some were found as if by lot: the largest of them says how many there are
(the "German tank" problem; Ruggles and Brodie 1947, J. Am. Stat. Assoc. 42:72; Goodman 1952, ibid.
47:622). Before anything is estimated it is asked whether the numbers can be such a drawing at
all: spread evenly, without a hole that chance would not leave, their endings used alike. Blocks
of numbers, starts at round hundreds, a single crate and a maker who counts otherwise all break
that, and each has been seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, exp, inf, lgamma, log, sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.errors import Invalid, Problem

NAME, VERSION = "scale.serials", 1
QUESTION: Final = "How many were made, judging by the numbers on those that were found?"
LEAST: Final = 3
ALARM: Final = 0.01
"""A test of the numbers fires where chance alone would do so in fewer than one of a hundred cases."""
_ENDINGS_LEAST: Final = 60
_LARGEST: Final = 10**15
_DRAWS: Final = 2_000

ASSUMPTIONS: Final = (
    "Every piece bears a number of one series, given without gaps from its start.",
    "Those found are a random drawing of all that were made: none more likely for its number.",
    "The numbers are read right, and no piece is counted twice.",
)
REFUSES: Final = (
    "Fewer than three different numbers; numbers that do not lie as chance would lay them between the "
    "start and the largest (one crate, one delivery, a later start); a hole that chance would not leave "
    "(several blocks); endings that are not used alike."
)
SOURCES: Final = (
    "Ruggles and Brodie 1947, Journal of the American Statistical Association 42:72",
    "Goodman 1952, Journal of the American Statistical Association 47:622",
    "Hoehle and Held 2006, Bayesian estimation of the size of a population (posterior under a flat prior)",
)
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Posterior:
    """What a flat prior on the number N makes of a largest number and how many were seen.

    ``above(n)`` is the probability of more than n. With ``most`` nothing above it is possible.
    """

    largest: int
    count: int
    most: int | None = None

    def above(self, n: int) -> float:
        """P(N > n)."""
        if n < self.largest:
            return 1.0
        if self.most is not None:
            if n >= self.most:
                return 0.0
            end = self._tail(self.most)
            return (self._tail(n) - end) / (1.0 - end)
        return self._tail(n)

    def _tail(self, n: int) -> float:
        return exp(_log_comb(self.largest - 1, self.count - 1) - _log_comb(n, self.count - 1))

    def quantile(self, share: float) -> int:
        """The least n of which P(N <= n) reaches the share."""
        low, high = self.largest - 1, self.largest
        while 1.0 - self.above(high) < share:
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            if 1.0 - self.above(middle) < share:
                low = middle
            else:
                high = middle
        return high

    @property
    def mean(self) -> float | None:
        """Its mean; None where it has none (fewer than three numbers)."""
        if self.count < 3:
            return None
        return (self.largest - 1) * (self.count - 1) / (self.count - 2)

    @property
    def deviation(self) -> float | None:
        """Its standard deviation; None where it has none (fewer than four numbers)."""
        m, k = self.largest, self.count
        if k < 4:
            return None
        return sqrt((k - 1) * (m - 1) * (m - k + 1) / ((k - 3) * (k - 2) ** 2))


def serials(
    values: Sequence[int], start: int | None = 1, most: int | None = None, level: float = 0.95,
    unknown_start: str = "",
) -> Result:
    """The estimate from these numbers.

    ``start`` is the first number of the series. ``unknown_start`` "yes" takes it for not known: then
    only the stretch between the smallest and the largest tells. ``most`` is the most that can have
    been made, where something else says so. Raises Invalid for numbers below the start, levels that
    are none, a ``most`` below what was seen.
    """
    open_start = unknown_start == "yes"
    first = 1 if start is None else start
    numbers = _checked(values, first, most, level, open_start)
    given, distinct = len(values), _distinct(numbers)
    k = len(distinct)
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "unit": "pieces",
        "assumptions": (*ASSUMPTIONS, "The series starts at a number that is not known." if open_start
                        else f"The series starts at {first:,}."), "sources": SOURCES,
    }
    told = [Diagnostic("distinct", k, None, f"{k:,} different numbers of {given:,} given")]
    if k < LEAST:
        return Result(**shared, refused=True, diagnostics=tuple(told),
                      reason=f"{k} different numbers say nothing of how many there are; at least {LEAST} do.")
    ranks = distinct - (distinct[0] if open_start else first) + 1
    tests = [_spread(ranks, open_start), _hole(ranks, open_start), _endings(distinct)]
    told += tests
    models = tuple(_models(ranks, distinct, most, level, open_start))
    wrong = [one for one in tests if one.good is False]
    shared |= {"diagnostics": tuple(told), "models": models}
    if wrong:
        reason = " ".join(one.words for one in wrong)
        return Result(**shared, refused=True, reason=reason, text=(
            f"From {k:,} numbers no total is estimated: {reason}"), more=_more(ranks, most, open_start))
    best = models[0]
    return Result(
        **shared, estimate=best.estimate, low=best.low, high=best.high, more=_more(ranks, most, open_start),
        text=(f"Judging by {k:,} different numbers, about {_rounded(best.estimate)} were made; with "
              f"{level:.0%} confidence between {_rounded(best.low)} and {_rounded(best.high)}."),
    )


def _checked(
    values: Sequence[int], start: int, most: int | None, level: float, open_start: bool
) -> Ints:
    problems = []
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    fits = not values or (min(values) >= -_LARGEST and max(values) <= _LARGEST)
    numbers = np.asarray(values, dtype=np.int64) if fits else np.empty(0, np.int64)
    if len(numbers) < len(values):
        problems.append(Problem(f"a number is larger than {_LARGEST:,}", "Take the letters and lots apart "
                                "first.", "values"))
    elif len(numbers) and not open_start and int(numbers.min()) < start:
        problems.append(Problem(f"{int(numbers.min()):,} lies before the start {start:,}",
                                "Give the right start, or --unknown_start yes.", "values"))
    elif len(numbers) and most is not None and int(numbers.max()) - start + 1 > most:
        problems.append(Problem(f"{int(numbers.max()):,} was seen, and at most {most:,} can have been made",
                                "One of the two is wrong.", "most", str(most)))
    if problems:
        raise Invalid("no total can be estimated from this", problems)
    return numbers


def _distinct(numbers: Ints) -> Ints:
    ordered = np.sort(numbers)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def _models(
    ranks: Ints, distinct: Ints, most: int | None, level: float, open_start: bool
) -> list[Model]:
    k, m = len(ranks), int(ranks[-1])
    reach = int(distinct[-1] - distinct[0])
    stretch = Model(
        "unknown start", reach * (k + 1) / (k - 1) - 1, reach + 1, _stretch_upper(reach, k, level),
        words="only the stretch from the smallest to the largest tells",
    )
    posterior = Posterior(m, k, most)
    if open_start:
        return [stretch, *_blocks(ranks, level)]
    classical = Model("classical", m + m / k - 1, m, m / (1 - level) ** (1 / k),
                      words="the largest number and the mean distance between numbers")
    bayes = Model("Bayesian, flat prior", posterior.mean, posterior.quantile((1 - level) / 2),
                  posterior.quantile((1 + level) / 2),
                  words="every total as likely before as any other" + (
                      f", up to {most:,}" if most is not None else ""))
    if most is not None:  # truncated: its mean by its own sum
        bayes = Model(bayes.name, _mean(posterior), bayes.low, bayes.high, words=bayes.words)
    return [classical, bayes, stretch, *_blocks(ranks, level)]


def _mean(posterior: Posterior) -> float:
    end = posterior.most or posterior.largest
    grid = np.unique(np.linspace(posterior.largest - 1, end, 4_001).astype(np.int64))
    above = np.array([posterior.above(int(n)) for n in grid])
    return float(grid[0] + np.sum((above[1:] + above[:-1]) / 2 * np.diff(grid)) + 0.5)


def _more(ranks: Ints, most: int | None, open_start: bool) -> dict[str, Any]:
    k, m = len(ranks), int(ranks[-1])
    told: dict[str, Any] = {"count": k, "largest": m}
    if open_start:
        return told
    posterior = Posterior(m, k, most)
    return told | {
        "posterior_mean": posterior.mean if most is None else _mean(posterior),
        "posterior_sd": posterior.deviation if most is None else None,
        "posterior_median": posterior.quantile(0.5),
        "posterior_upper_95": posterior.quantile(0.95),
        "posterior_upper_97_5": posterior.quantile(0.975),
        "probability_of_largest": 1.0 - posterior.above(m),
        "classical_upper_95": m / 0.05 ** (1 / k),
    }


def _spread(ranks: Ints, open_start: bool) -> Diagnostic:
    """Whether the numbers lie evenly below the largest: Kolmogorov's test, given the largest."""
    inner = ranks[1:-1] if open_start else ranks[:-1]
    low = float(ranks[0]) if open_start else 0.5
    places = (inner - low) / (float(ranks[-1]) - low) if len(inner) else np.empty(0)
    n = len(places)
    if n < 2:
        return Diagnostic("spread", None, None, "Too few numbers to see how they are spread.")
    steps = np.arange(1, n + 1) / n
    distance = float(max((steps - places).max(), (places - steps + 1 / n).max()))
    p = _kolmogorov(distance, n)
    return Diagnostic("spread", p, p >= ALARM, (
        "The numbers are spread evenly enough." if p >= ALARM else
        "The numbers are not spread as a random drawing would be: they may come from one crate or "
        "delivery, from a series that starts later, or be sought out for their number."))


def _hole(ranks: Ints, open_start: bool) -> Diagnostic:
    """Whether the widest hole is wider than chance leaves: Fisher 1929, the largest of n spacings."""
    bounds = ranks.astype(np.float64) if open_start else np.concatenate(([0.0], ranks.astype(np.float64)))
    gaps = np.diff(bounds)
    n = len(gaps)
    if n < 3:
        return Diagnostic("hole", None, None, "Too few numbers to see holes between them.")
    at = int(gaps.argmax())
    share = float(gaps[at] / gaps.sum())
    p = _widest(share, n)
    low = int(bounds[at])
    return Diagnostic("hole", p, p >= ALARM, (
        "No hole is wider than chance leaves." if p >= ALARM else
        f"After the {low:,}th number of the series {int(gaps[at]):,} are missing in a row, more than chance "
        "leaves: there may be several blocks of numbers."))


def _endings(distinct: Ints) -> Diagnostic:
    """Whether the last digits are used alike, the tens alike, and of many numbers the last two."""
    k = len(distinct)
    if k < _ENDINGS_LEAST:
        return Diagnostic("endings", None, None,
                          f"Endings are looked at from {_ENDINGS_LEAST} numbers on.")
    chances = []
    looked_at = [(distinct % 10, 10)]
    if int(distinct[-1] - distinct[0]) >= 1_000:  # else the tens differ by where the series ends
        looked_at.append((distinct // 10 % 10, 10))
        if k >= 500:
            looked_at.append((distinct % 100, 100))
    for ends, size in looked_at:
        counts = np.bincount(ends, minlength=size)
        expected = k / size
        chances.append(_chi_square(float(((counts - expected) ** 2 / expected).sum()), size - 1))
    p = min(1.0, min(chances) * len(chances))
    return Diagnostic("endings", p, p >= ALARM, (
        "The last digits are used alike." if p >= ALARM else
        "Some endings of the numbers are used more than others: they may not count pieces, or blocks may "
        "start at round numbers."))


def _blocks(ranks: Ints, level: float) -> list[Model]:
    """Each part between wide holes by itself, its start taken for unknown; added up."""
    gaps = np.diff(ranks.astype(np.float64))
    cuts: list[int] = []
    parts = [ranks]
    while True:
        split = next(((part, at) for part in parts if (at := _cut(part)) is not None), None)
        if split is None or len(parts) > 50:
            break
        part, at = split
        place = next(i for i, one in enumerate(parts) if one is part)
        parts[place : place + 1] = [part[: at + 1], part[at + 1 :]]
        cuts.append(at)
    if len(parts) < 2 or any(len(part) < LEAST for part in parts) or not len(gaps):
        return []
    total = low = 0.0
    high = 0.0
    for part in parts:
        reach, k = int(part[-1] - part[0]), len(part)
        total += reach * (k + 1) / (k - 1) - 1
        low += reach + 1
        # Each at a level that holds for all of them together.
        high += _stretch_upper(reach, k, 1 - (1 - level) / len(parts))
    return [Model(f"{len(parts)} blocks", total, low, high,
                  words="each block by itself, its start not known, added up")]


def _cut(part: Ints) -> int | None:
    if len(part) < 2 * LEAST:
        return None
    gaps = np.diff(part.astype(np.float64))
    at = int(gaps.argmax())
    if LEAST - 1 <= at < len(part) - LEAST and _widest(float(gaps[at] / gaps.sum()), len(gaps)) < ALARM:
        return at
    return None


def _stretch_upper(reach: int, k: int, level: float) -> float:
    """The total of which a stretch as short as this has the chance 1 - level."""
    wanted = 1 - level
    low, high = 0.0, 1.0
    for _ in range(200):  # k x^(k-1) - (k-1) x^k rises from 0 to 1
        x = (low + high) / 2
        chance = k * x ** (k - 1) - (k - 1) * x**k
        low, high = (x, high) if chance < wanted else (low, x)
    return inf if high == 0 else (reach + 1) / high


def _widest(share: float, n: int) -> float:
    """P(the widest of n spacings is at least this share of all); Fisher 1929."""
    if share * n <= 1:
        return 1.0
    if n > 150:  # the sum cancels; Darling's limit is close by then
        return 1 - exp(-exp(-(n * share - log(n))))
    total = 0.0
    for j in range(1, int(1 / share) + 1 if share > 0 else 1):
        term = 1 - j * share
        if term <= 0:
            break
        total += (-1) ** (j + 1) * comb(n, j) * term ** (n - 1)
    return min(1.0, max(0.0, total))


def _kolmogorov(distance: float, n: int) -> float:
    """P(a distance at least this great); Stephens 1970, J. R. Stat. Soc. B 32:115."""
    x = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) * distance
    total = sum(2.0 * (-1) ** (j - 1) * exp(-2 * j * j * x * x) for j in range(1, 101))
    return min(1.0, max(0.0, float(total)))


def _chi_square(statistic: float, freedom: int) -> float:
    """P(a chi-square of so many degrees of freedom is at least this): the incomplete gamma function."""
    a, x = freedom / 2, statistic / 2
    if x <= 0:
        return 1.0
    if x < a + 1:
        term = total = 1 / a
        at = a
        while term > total * 1e-15:
            at += 1
            term *= x / at
            total += term
        return max(0.0, 1 - total * exp(-x + a * log(x) - lgamma(a)))
    # Continued fraction (Lentz).
    b = x + 1 - a
    c, d = 1e300, 1 / b
    fraction = d
    for i in range(1, 500):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        fraction *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return exp(-x + a * log(x) - lgamma(a)) * fraction


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _rounded(value: float | None) -> str:
    return "?" if value is None else f"{round(value):,}"


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("values", "whole numbers", "The numbers found, without letters", needed=True),
        Input("start", "whole number", "The first number of the series", default=1),
        Input("unknown_start", "word", "yes where the start is not known", default="", choices=("yes", "no")),
        Input("most", "whole number", "The most that can have been made, if something says so"),
        Input("level", "number", "The level of the interval", default=0.95),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, serials,
)
