"""SDG 16.4.2: published intervals, coverage, arms traced together, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from headstamp.analysis.counts.indicator_sdg import indicator
from headstamp.analysis.counts.interval import wilson
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(300, 2_000)


@pytest.mark.parametrize(("hits", "of", "low", "high"), [
    # Newcombe 1998, table I, method 3.
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
])
def test_published_intervals(hits: int, of: int, low: float, high: float) -> None:
    found = indicator(hits, of)
    assert found.estimate == hits / of
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert wilson(of - hits, of) == pytest.approx((1 - found.high, 1 - found.low))


def _table(answers: list[str], groups: list[str] | None = None) -> list[dict[str, str]]:
    return [{"traced": word, "seizure": (groups or answers)[n]} for n, word in enumerate(answers)]


def test_a_table_counts_what_is_not_known_as_not_traced() -> None:
    found = indicator(table=_table(["yes"] * 3 + ["no"] * 5 + [""] * 2))
    assert (found.estimate, found.more["not_known"]) == (0.3, 2)
    assert found.models[0].estimate == 3 / 8 and found.warnings
    assert found.more["percent"] == pytest.approx(30)


@pytest.mark.parametrize(("share", "arms"), [(0.3, 120), (0.08, 600)])
def test_the_interval_holds_the_truth(share: float, arms: int) -> None:
    random = np.random.default_rng(20_261_122)
    hits = random.binomial(arms, share, SIMULATED)
    held = sum(low <= share <= high for low, high in (wilson(int(one), arms) for one in hits)) / SIMULATED
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0
    assert 0.93 - slack <= held <= 0.97 + slack


def test_arms_traced_together_are_told_and_single_ones_seldom() -> None:
    random = np.random.default_rng(5)
    fired, false, held = 0, 0, 0
    groups = [f"S{n}" for n in range(50) for _ in range(6)]
    for _ in range(SIMULATED):
        together = ["yes" if found else "no" for found in random.random(50) < 0.3 for _ in range(6)]
        broken = indicator(table=_table(together, groups), group="seizure")
        fired += bool(broken.warnings)
        model = next(one for one in broken.models if one.name == "traced together")
        held += model.low <= 0.3 <= model.high
        single = ["yes" if one < 0.3 else "no" for one in random.random(300)]
        false += bool(indicator(table=_table(single, groups), group="seizure").warnings)
    assert fired / SIMULATED >= 0.9 and false / SIMULATED < 0.05
    assert 0.9 <= held / SIMULATED <= 0.99


def test_no_arms_are_no_share() -> None:
    assert indicator(0, 0).refused and indicator(table=[]).refused
    assert indicator(table=[]).reason


@pytest.mark.parametrize(("given", "rule"), [
    ({}, "either a table"), ({"traced": 3}, "both counts"), ({"traced": 5, "all": 4}, "no more can be traced"),
    ({"traced": 1, "all": 4, "table": []}, "either a table"), ({"traced": 1, "all": 4, "level": 2}, "a level lies"),
    ({"table": [{"traced": "perhaps"}]}, "neither yes nor no"), ({"table": [{"a": "yes"}]}, "no such column"),
])
def test_bad_input_is_named(given: dict[str, object], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        indicator(**given)  # type: ignore[arg-type]
    assert rule in str(error.value)
