"""Where recording began, and what is drawn of a series of counts.

The first period of a list often holds all that was there before: a programme that watches a page enters on
its first day what stood on it, an office enters its backlog. Taken for a wave it would be the largest of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from headstamp.analysis.counts.burst_fit import Ints
from headstamp.analysis.counts.burst_periods import Grain
from headstamp.analysis.measure import Result
from headstamp.analysis.plot import Plot, Point, Series
from headstamp.kinds.counted import plural

MOST_DRAWN: Final = 400
_DAYS, _MONTHS = 365.2425, 12


def recording_start(counts: Ints, beyond: Ints) -> set[int]:
    """The bursts among the very first periods with rows, up to the first such period that is none."""
    bursts = set(beyond.tolist())
    began: set[int] = set()
    for at in np.nonzero(counts)[0].tolist():
        if at not in bursts:
            break
        began.add(at)
    return began


def start_in_words(lines: Sequence[Mapping[str, Any]], grain: Grain, whole: int) -> str:
    """What is said of bursts where recording began."""
    named = " and ".join(f"{line['period']} with {line['rows']:,}" for line in sorted(lines, key=lambda one: str(one["period"])))
    held = sum(line["rows"] for line in lines)
    return (
        f"Recording began then: the first {grain}s of the list ({named} of {plural(whole, 'row')}, {held / whole:.1%}) hold far more than "
        "is usual. What had come before was entered at once; this is no wave of that time, and the dates are those of recording.")


def drawn(at: Ints, counts: Ints, grain: Grain) -> dict[str, Any]:
    """The series as it is drawn: by the finest of day, month and year that gives few enough points."""
    told = grain
    while told is not Grain.YEAR and len({grain.coarser(int(n), told) for n in (at if len(at) < 50_000 else at[::28])}) > MOST_DRAWN:
        told = Grain(told + 1)
    sums: dict[int, int] = {}
    for n, count in zip(at.tolist(), counts.tolist(), strict=True):
        period = grain.coarser(n, told)
        sums[period] = sums.get(period, 0) + count
    return {"by": str(told), "points": [[told.text(n), count] for n, count in sorted(sums.items())][:5 * MOST_DRAWN]}


def plots(result: Result) -> tuple[Plot, ...]:
    """The series over time with its bursts; the places that stand out."""
    series = result.more.get("series")
    if not series:
        return ()
    points: tuple[Point, ...] = tuple((_year(text), count) for text, count in series["points"])
    told = [Series(f"rows a {series['by']}", "line", points)]
    bursts = [one for one in result.more["bursts"] if not one["recording_start"]]
    for name, some in (("bursts", bursts), ("recording start", result.more["recording_start"])):
        if some:
            told.append(Series(name, "points", tuple((_year(one["period"]), one["rows"]) for one in some[:MOST_DRAWN])))
    if series["by"] == result.more["unit_of_periods"] and len(points) > 1:
        low, high = result.more["usual_span"]
        told.append(Series("usual", "band", tuple((x, None, low, high) for x in (points[0][0], points[-1][0]))))
    return (Plot("series", "Rows over time", "year", "rows", tuple(told),
                 words="What stands far above the rest is a stock entered at once, or where recording began, before it is a wave."),)


def _year(text: str) -> float:
    """ISO text as years with a fraction, at the beginning of the period."""
    parts = [int(part) for part in text.split("-")]
    month = parts[1] - 1 if len(parts) > 1 else 0
    day = parts[2] - 1 if len(parts) > 2 else 0
    return parts[0] + month / _MONTHS + day / _DAYS
