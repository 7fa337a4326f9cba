"""What is asked of packages before a rate is believed: do numbers follow dates, at one pace, and of how many lots?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from headstamp.analysis.measure import Diagnostic
from headstamp.analysis.scale.rate_models import Numbers
from headstamp.analysis.scale.rate_table import Package
from headstamp.analysis.scale.serials_checks import widest
from headstamp.analysis.tails import f_above
from headstamp.kinds.counted import plural

ALARM: Final = 0.01
FEW: Final = 4.0
"""Where the pieces found are of no more lots than this, counted by their weight, a floor rests on a few."""
_PAIRS: Final = 2_000
_PACE_LEAST: Final = 8


def contradictions(numbers: Numbers) -> Diagnostic:
    """Pairs of packages of which the later has the smaller number, their windows not meeting."""
    chosen = np.arange(len(numbers.x))
    if len(chosen) > _PAIRS:
        chosen = np.sort(np.random.default_rng(len(chosen)).choice(chosen, _PAIRS, replace=False))
    first, last, y = numbers.first[chosen], numbers.last[chosen], numbers.y[chosen]
    after = first[None, :] > last[:, None]
    pairs = int(after.sum())
    against = int((after & (y[None, :] < y[:, None])).sum())
    share = against / pairs if pairs else 0.0
    return Diagnostic("order", share, not against, (
        "Every later package has the larger number." if not against else
        f"Of {share:.1%} of the pairs of packages the later one has the smaller number" + (
            ": the numbers are not given in the order of the dates, or begin anew (say --numbering monthly where they do)."
            if share > 0.1 else ": some date or number is misread, or not all were packed in order.")))


def pace(numbers: Numbers) -> Diagnostic:
    """Whether a bend in number against date is more than chance makes: a square term, lots counting once."""
    x, y = numbers.by_lot()
    n = len(x)
    if n < _PACE_LEAST or len(np.unique(x)) < 4:
        return Diagnostic("pace", None, None, "Too few numbers to see whether the pace changed.")
    t = (x - x.mean()) / max(float(x.std()), 1e-9)
    left = [float(((y - (design := np.vander(t, degree + 1)) @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2).sum())
            for degree in (1, 3)]
    p = f_above((left[0] - left[1]) / 2 / max(left[1] / (n - 4), 1e-12), 2, n - 4)
    return Diagnostic("pace", p, p >= ALARM, (
        "Numbers rise with dates at one pace." if p >= ALARM else
        "The pace changed over the time: one rate for all of it says little of any part. Ask of the parts, with --first and "
        "--last."))


def consignments(inside: Sequence[Package]) -> Diagnostic:
    """Of how many lots or consignments the packages are, the large ones weighed."""
    sizes: dict[str, float] = {}
    alone = 0
    for one in inside:
        if one.lot is None:
            alone += 1
        else:
            sizes[one.lot] = sizes.get(one.lot, 0.0) + 1
    if not sizes:
        return Diagnostic("consignments", None, None, "Which packages were found together is not told.")
    every = np.array([*sizes.values(), *([1.0] * alone)])
    weight = float(every.sum() ** 2 / (every**2).sum())
    return Diagnostic("consignments", weight, weight >= FEW, (
        f"The packages are of {plural(len(every), 'lot')} or consignments" + (
            "." if weight >= FEW else f", and a few hold most of them (as if there were {weight:.1f}): the rate is theirs, and "
            "how many more there were they hardly tell.")))


def breaks(inside: Sequence[Package]) -> Diagnostic:
    """Whether the dates leave a hole that chance would not: each lot one date, laid by lot within its window."""
    one_each: dict[object, Package] = {}
    for at, one in enumerate(inside):
        if one.months <= 1.05:
            one_each.setdefault(one.lot if one.lot is not None else at, one)
    told = list(one_each.values())
    n = len(told)
    if n < 5:
        return Diagnostic("gap", None, None, "Too few dates to see gaps between them.")
    random = np.random.default_rng(n)
    days = np.sort([one.first + (one.last + 1 - one.first) * float(random.random()) for one in told])
    gaps = np.diff(days)
    at = int(gaps.argmax())
    p = widest(float(gaps[at] / max(float(gaps.sum()), 1e-9)), n - 1)
    ends = [date.fromordinal(int(day)).isoformat()[:7] for day in (days[at], days[at + 1])]
    return Diagnostic("gap", p, p >= ALARM, (
        "No gap between the dates is wider than chance leaves." if p >= ALARM else
        f"Between {ends[0]} and {ends[1]} nothing is dated, for longer than chance leaves: nothing was made then, or nothing of it "
        "was found. The rate is the mean over both."))
