"""The estimate from serial numbers: published answers, its coverage, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.analysis.scale_serials import Posterior, serials
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(300, 2_000)
Drawing = Callable[[np.random.Generator, int], "np.ndarray"]


def test_the_worked_case() -> None:
    # Serials 2, 6, 7 and 14: every figure as the case is published and computed.
    found = serials([2, 6, 7, 14])
    assert (found.estimate, found.low) == (16.5, 14)
    assert found.high == pytest.approx(29.6, abs=0.05)
    more = found.more
    assert more["posterior_mean"] == pytest.approx(19.5)
    assert more["posterior_sd"] == pytest.approx(10.36, abs=0.005)
    assert more["probability_of_largest"] == pytest.approx(0.2143, abs=5e-5)
    assert (more["posterior_median"], more["posterior_upper_95"], more["posterior_upper_97_5"]) == (
        17, 34, 42)
    assert not found.refused and found.sources and found.assumptions


@settings(deadline=None)
@given(st.integers(3, 9), st.integers(0, 60), st.integers(0, 80))
def test_the_posterior_is_a_sum_by_hand(count: int, more: int, spare: int) -> None:
    largest = count + more
    weights = [1 / comb(n, count) for n in range(largest, largest + 20_000)]
    total = sum(weights)
    posterior = Posterior(largest, count)
    at = largest + spare
    if count >= 5:  # with fewer the tail beyond what is summed is felt
        assert posterior.above(at) == pytest.approx(
            1 - sum(weights[: spare + 1]) / total, abs=1e-6)
    bounded = Posterior(largest, count, largest + 100)
    few = weights[:101]
    assert bounded.above(at) == pytest.approx(max(0.0, 1 - sum(few[: spare + 1]) / sum(few)), abs=1e-9)
    for share in (0.1, 0.5, 0.95):
        n = posterior.quantile(share)
        assert 1 - posterior.above(n) >= share > (1 - posterior.above(n - 1) if n > largest else 0)


@pytest.mark.parametrize(("k", "n"), [(5, 400), (12, 3_000), (40, 20_000)])
def test_the_interval_holds_the_truth_and_seldom_refuses(k: int, n: int) -> None:
    random = np.random.default_rng(20_261_122 + k)
    held = refused = 0
    for _ in range(SIMULATED):
        found = serials((random.permutation(n)[:k] + 1).tolist())
        refused += found.refused
        held += not found.refused and found.low <= n <= found.high
    assert refused / SIMULATED < 0.05
    # Between 93 and 97 of a hundred, give or take what so many draws leave to chance.
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0
    assert 0.93 - slack <= held / (SIMULATED - refused) <= 0.97 + slack


def _skewed(random: np.random.Generator, k: int) -> np.ndarray:
    weights = np.arange(1, 20_001) ** -0.7
    return random.choice(20_000, k, replace=False, p=weights / weights.sum()) + 1


def _crate(random: np.random.Generator, k: int) -> np.ndarray:
    return int(random.integers(1_000, 19_000)) + random.permutation(4 * k)[:k]


def _blocks(random: np.random.Generator, k: int) -> np.ndarray:
    return np.concatenate([start + random.permutation(5_000)[: k // 3] + 1
                           for start in (0, 40_000, 120_000)])


def _hundreds(random: np.random.Generator, k: int) -> np.ndarray:
    pool = np.arange(1, 20_001)
    return random.permutation(pool[pool % 100 < 40])[:k]


@pytest.mark.parametrize(("broken", "k", "why"), [
    (_skewed, 40, "spread"), (_crate, 12, "spread"), (_blocks, 30, "hole"), (_hundreds, 120, "endings"),
])
def test_what_is_broken_is_refused(broken: Drawing, k: int, why: str) -> None:
    random = np.random.default_rng(7)
    found = [serials(broken(random, k).tolist()) for _ in range(SIMULATED // 3)]
    assert sum(one.refused for one in found) / len(found) >= 0.9
    refused = next(one for one in found if one.refused)
    assert refused.estimate is None and refused.reason
    assert any(d.name == why and d.good is False for one in found for d in one.diagnostics)


def test_several_blocks_are_offered_beside_the_refusal() -> None:
    numbers = _blocks(np.random.default_rng(3), 60)
    found = serials(numbers.tolist())
    model = next(one for one in found.models if one.name == "3 blocks")
    assert found.refused and model.low is not None and model.high is not None
    assert model.low <= 15_000 <= model.high and model.estimate == pytest.approx(15_000, rel=0.2)


def test_an_unknown_start() -> None:
    random = np.random.default_rng(5)
    held = 0
    for _ in range(SIMULATED):
        found = serials((random.permutation(3_000)[:15] + 70_001).tolist(), unknown_start="yes")
        held += found.refused or found.low <= 3_000 <= found.high
    assert held / SIMULATED > 0.92
    assert serials([70_010, 70_020, 70_400, 70_900]).refused
    assert not serials([70_010, 70_020, 70_400, 70_900], unknown_start="yes").refused


def test_the_order_and_repeats_say_nothing() -> None:
    assert serials([14, 2, 7, 6, 6, 6]).estimate == serials([2, 6, 7, 14]).estimate


@pytest.mark.parametrize(("values", "options", "rule"), [
    ([5, 6, 7], {"start": 6}, "before the start"), ([5, 6, 700], {"most": 100}, "can have been made"),
    ([1, 2, 10**16], {}, "larger than"), ([1, 2, 3], {"level": 2}, "a level lies"),
])
def test_bad_input_is_named(values: list[int], options: dict[str, float], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        serials(values, **options)  # type: ignore[arg-type]
    assert rule in str(error.value)


def test_too_few_are_refused() -> None:
    for values in ([], [7], [7, 7, 7, 9]):
        assert serials(values).refused
