"""Visits held beside finds: told where they cluster themselves, silent where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from headstamp.analysis.space_time.effort import of_visits
from headstamp.analysis.space_time.jacquez import jacquez
from headstamp.analysis.space_time.knox import knox
from headstamp.analysis.space_time.modified_knox import modified_knox
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(100, 2_000)
Rows = list[dict[str, str]]


def _even(random: np.random.Generator, n: int) -> Rows:
    return [{"x": str(x), "y": str(y), "t": str(t)} for x, y, t in zip(
        random.uniform(0, 100, n), random.uniform(0, 100, n), random.uniform(0, 365, n), strict=True)]


def _tours(random: np.random.Generator, tours: int, each: int) -> Rows:
    """Several sites visited one after the other, in one neighbourhood and one week."""
    rows: Rows = []
    for _ in range(tours):
        x, y, t = random.uniform(0, 100), random.uniform(0, 100), random.uniform(0, 365)
        rows += [{"x": str(x + random.normal(0, 2)), "y": str(y + random.normal(0, 2)), "t": str(t + random.uniform(0, 5))}
                 for _ in range(each)]
    return rows


def test_visits_that_cluster_are_told_and_others_are_not() -> None:
    random = np.random.default_rng(20_261_122)
    clean = sum(of_visits(_even(random, 60), 10, 10, 199, 1)[0].good is False for _ in range(SIMULATED))
    tours = sum(of_visits(_tours(random, 15, 4), 10, 10, 199, 1)[0].good is False for _ in range(SIMULATED))
    assert clean <= 0.05 * SIMULATED + 2.5 * (0.0475 * SIMULATED) ** 0.5 and tours >= 0.9 * SIMULATED


def test_every_clustering_measure_takes_visits() -> None:
    random = np.random.default_rng(2)
    finds, visits = _even(random, 80), _tours(random, 15, 4)
    for found in (knox(finds, 10, 10, visits=visits), modified_knox(finds, 10, 10, visits=visits), jacquez(finds, visits=visits)):
        told = next(one for one in found.diagnostics if one.name == "visits")
        assert told.good is False and told.words in found.warnings and "The visits cluster themselves" in told.words
    assert not any(one.name == "visits" for one in knox(finds, 10, 10).diagnostics)


def test_few_visits_tell_nothing() -> None:
    random = np.random.default_rng(3)
    told = of_visits(_even(random, 5), 10, 10, 99, 1)[0]
    assert told.good is None and "too few" in told.words
    assert of_visits(_even(random, 40), 1_000, 10, 99, 1)[0].good is None
    assert of_visits(None, 10, 10, 99, 1) == ()
    few = next(one for one in jacquez(_even(random, 40), visits=_even(random, 4)).diagnostics if one.name == "visits")
    assert few.good is None


def test_faulty_visits_are_named() -> None:
    with pytest.raises(Invalid, match="faulty cells"):
        of_visits([{"x": "1", "y": "b", "t": "2"}], 10, 10, 99, 1)
