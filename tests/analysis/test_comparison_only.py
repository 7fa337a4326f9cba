"""Every comparison says that it is one, and none says more: all texts over many inputs, and what is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pytest

from headstamp.analysis.measure import Measure, Result
from headstamp.analysis.measures import MEASURES, measure_named
from tests.analysis.source.sources import tables
from tests.effort import counted

COMPARING = [one for one in MEASURES if one.name.startswith(("standard.", "source."))]
# Said of nothing that comes out: that two things are one, of one maker or of one place; that they match.
FORBIDDEN = re.compile(
    r"\bmatch(es|ed|ing)?\b|\bidentical\b|\bindividuali[sz]|\bproves?\b|\bproof\b|\bcertain(ly|ty)?\b"
    r"|\b(the )?(same|one|common|single) (factory|workshop|plant|maker|producer|manufacturer|hand|origin|tool|machine|place)\b"
    r"|\bmade (by|in) the same\b|\b(came|come|comes|coming) from the same\b|\bconfirm", re.IGNORECASE)
# That it does not show it may be said, and is.
DENIED = re.compile(
    r"one maker may have several|(do|does) not tell (whether they were made in one place|where things were made)"
    r"|do not show one maker", re.IGNORECASE)


def _inputs(name: str, seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    sites = [f"s{k}" for k in range(int(random.integers(1, 5)))]
    n = int(random.integers(4, 50))
    kinds = ["paint", "stencil", "packaging", "component", "marking_convention"][: int(random.integers(1, 6))]
    alike = random.random() < 0.5
    if name == "source.likelihood":
        background, control, recovered = tables(
            random, n=int(random.integers(10, 50)), same=bool(seed % 2), spread=float(random.choice([0.02, 0.3, 2])),
            clumps=bool(random.integers(2)), away=float(random.choice([0, 0, 6])))
        return {"background": background, "control": control, "recovered": recovered}
    if name == "standard.dispersion":
        return {"table": [{"site": site, "value": repr(float(value))} for k, site in enumerate(sites)
                          for value in random.normal(k, 1 if alike else 1 + 3 * k, n)]}
    if name == "standard.lots":
        return {"table": [{"site": site, "lot": f"{lot}"} for k, site in enumerate(sites)
                          for lot in random.integers(0 if alike else 40 * k, 60 if alike else 40 * k + 40, n)],
                "universe": 400 if seed % 3 == 0 else None}
    shares = random.dirichlet(np.ones(3), len(sites) if not alike else 1)
    rows = [{"site": site, "feature_kind": kind, "value": f"v{value}", "feature": f"v{value}",
             "date": f"{2015 + at * 5 // n}-{at % 12 + 1:02}"}
            for k, site in enumerate(sites) for kind in kinds for at, value in enumerate(
                random.choice(3, n, p=shares[k % len(shares)]))]
    if name == "standard.in_time" or seed % 2:
        rows = [{key: value for key, value in row.items() if key not in ("feature_kind", "value")} for row in rows]
    return {"table": rows}


def _words(measure: Measure, found: Result) -> Iterator[str]:
    yield from (found.text, found.reason, found.question, measure.refuses, *found.assumptions, *found.warnings)
    yield from (one.words for one in (*found.diagnostics, *found.models))
    for plot in measure.plot(found):
        yield from (plot.title, plot.x, plot.y, plot.words, *(one.name for one in plot.series))


@pytest.mark.parametrize("measure", COMPARING, ids=lambda one: one.name)
def test_no_text_says_more_than_a_comparison(measure: Measure) -> None:
    answered = refused = 0
    for seed in range(counted(16, 200)):
        found = measure.run(**_inputs(measure.name, seed))
        for said in _words(measure, found):
            more = FORBIDDEN.search(DENIED.sub("", said))
            assert more is None, f"{more.group(0)!r} in: {said}" if more else ""
        answered += not found.refused
        refused += found.refused
        assert found.refused == (found.estimate is None)
        if not found.refused:
            assert "A comparison between finds only" in found.text
            assert measure.plot(found)
        for plot in measure.plot(found):
            columns, rows = plot.table()
            assert rows and all(len(row) == len(columns) for row in rows)
            orjson.dumps(plot.as_dict())
        orjson.dumps(found.as_dict())
    assert answered >= 5 and refused >= 1


def test_all_comparisons_are_looked_at() -> None:
    assert {one.name for one in COMPARING} >= {
        "standard.agreement", "standard.dispersion", "standard.lots", "standard.in_time", "source.likelihood"}
    assert FORBIDDEN.search("They come from one factory.") and FORBIDDEN.search("The finds match.")


def test_what_is_drawn_of_a_ratio_is_no_measurement() -> None:
    background, control, recovered = tables(np.random.default_rng(2), away=0.0)
    for rows in (background, control, recovered):
        for row in rows:
            row["x0"] = repr(float(row["x0"]) + 777)
    measure = measure_named("source.likelihood")
    found = measure.run(background=background, control=control, recovered=recovered)
    plots = measure.plot(found)
    assert [one.name for one in plots] == [
        "ratio", "tippett normal", "ece normal", "tippett kernel", "ece kernel"] and plots[0].log_y
    drawn = [value for plot in plots for one in plot.series for point in one.points for value in point]
    assert not [value for value in drawn if isinstance(value, float) and 760 < value < 790]
