"""The estimate from serial numbers: published answers, its coverage, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.analysis.scale.serials import MEASURE, Posterior, serials
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(300, 2_000)
FEWER = counted(100, 2_000)
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
def test_what_is_broken_is_refused_or_warned_of(broken: Drawing, k: int, why: str) -> None:
    random = np.random.default_rng(7)
    found = [serials(broken(random, k).tolist()) for _ in range(FEWER)]
    assert sum(one.refused or bool(one.warnings) for one in found) / len(found) >= 0.9
    assert any(d.name == why and d.good is False for one in found for d in one.diagnostics)
    if broken is not _blocks:
        assert sum(one.refused for one in found) / len(found) >= 0.9
        refused = next(one for one in found if one.refused)
        assert refused.estimate is None and refused.reason


@pytest.mark.parametrize(("k", "options"), [
    (30, {}), (60, {}), (30, {"blocks": ["1", "40001", "120001"]}), (60, {"blocks": ["yes"]}),
])
def test_several_blocks_are_parted_and_their_interval_holds_the_truth(k: int, options: dict[str, list[str]]) -> None:
    random = np.random.default_rng(31 + k)
    found = [serials(_blocks(random, k).tolist(), **options) for _ in range(FEWER)]
    told = [one for one in found if not one.refused]
    assert len(told) / len(found) > 0.95
    held = sum((one.low or 0) <= 15_000 <= (one.high or 0) for one in told) / len(told)
    slack = 2.6 * (0.95 * 0.05 / FEWER) ** 0.5 if FEWER < 2_000 else 0
    assert 0.93 - slack <= held <= 0.97 + slack
    assert all(any("blocks" in said for said in one.warnings) for one in told)


def test_blocks_by_hand() -> None:
    # Starts 1 and 1,001, largest 40 and 1,030: 70 in stretches, six numbers, so 70 + 2 (70 / 6 - 1).
    found = serials([7, 22, 40, 1_005, 1_017, 1_030], blocks=["1", "1001"])
    assert found.estimate == pytest.approx(70 + 2 * (70 / 6 - 1)) and found.low == 70
    assert [one["largest" if "largest" in one else "last"] for one in found.more["blocks"]] == [40, 1_030]
    assert serials([7, 22, 40], blocks=["1", "1001"]).warnings[-1].startswith("No number was found of the blocks")
    assert not serials(_blocks(np.random.default_rng(3), 60).tolist()).refused
    assert serials(_blocks(np.random.default_rng(3), 60).tolist(), blocks=["no"]).refused


def test_crates_are_not_taken_for_blocks() -> None:
    random = np.random.default_rng(9)
    for count in (2, 3, 8):
        values = np.concatenate([start * 50 + random.permutation(50)[:20] + 1
                                 for start in random.permutation(400)[:count]])
        found = serials(values.tolist())
        assert found.refused and "hole" in {one.name for one in found.diagnostics if one.good is False}
        assert any(word in found.reason for word in ("crates", "thickly", "chance leaves"))


def _crates(random: np.random.Generator, count: int, each: int) -> tuple[list[int], list[str]]:
    starts = random.permutation(400)[:count] * 50
    values = [int(start + one + 1) for start in starts for one in random.permutation(50)[:each]]
    return values, [f"crate {at}" for at in range(count) for _ in range(each)]


@pytest.mark.parametrize(("count", "each"), [(5, 10), (10, 20), (30, 4)])
def test_numbers_of_one_crate_are_taken_for_one(count: int, each: int) -> None:
    random = np.random.default_rng(count)
    found = []
    for _ in range(FEWER):
        values, groups = _crates(random, count, each)
        found.append(serials(values, groups=groups))
    assert sum(any("design effect" in said for said in one.warnings) for one in found) / len(found) > 0.9
    told = [one for one in found if not one.refused]
    held = sum((one.low or 0) <= 20_000 <= (one.high or 0) for one in told) / len(told)
    assert len(told) / len(found) > 0.9 and held > (0.93 if FEWER == 2_000 else 0.89)


def test_groups_that_say_nothing_change_nothing() -> None:
    random = np.random.default_rng(12)
    warned = 0
    for _ in range(FEWER):
        values = (random.permutation(20_000)[:40] + 1).tolist()
        plain, parted = serials(values), serials(values, groups=[str(at % 8) for at in range(40)])
        warned += parted.warnings != plain.warnings
        assert parted.warnings or parted.estimate == plain.estimate
    assert warned / FEWER < 0.05


def test_one_crate_is_refused() -> None:
    values = (np.random.default_rng(4).permutation(20_000)[:30] + 1).tolist()
    found = serials(values, groups=["a crate"] * 30)
    assert found.refused and "one group" in found.reason
    two, groups = _crates(np.random.default_rng(5), 2, 20)
    assert serials(two, groups=groups).refused
    assert not serials(values, groups=["?"] * 30).refused  # not known: each by itself
    with pytest.raises(Invalid, match="29 groups for 30 numbers"):
        serials(values, groups=["a"] * 29)


def test_with_an_unknown_start_a_whole_stretch_is_a_crate() -> None:
    assert serials(range(7_001, 7_021), unknown_start="yes").refused
    assert not serials([10, 12, 13, 15, 19], unknown_start="yes").refused


def test_few_numbers_of_one_ending_are_seen() -> None:
    assert serials([135, 420, 995, 1_310, 1_755, 2_240, 2_600, 2_985, 3_370, 3_705, 4_120, 4_515, 4_790, 5_255, 5_560,
                    5_925]).refused
    assert serials(range(10, 130, 10)).refused and serials([1_001, 1_002, 1_003], unknown_start="yes").refused


@pytest.mark.parametrize(("prior", "weight"), [("log", lambda n: 1 / n), ("gamma", lambda n: n**3 * 2.718281828 ** (-n / 10))])
def test_other_priors_by_summing(prior: str, weight: Callable[[float], float]) -> None:
    # Mean 40, standard deviation 20: a gamma of shape 4 and scale 10.
    found = serials([2, 6, 7, 14, 21], prior=prior, expected=40 if prior == "gamma" else None, expected_sd=20)
    totals = range(21, 60_000)
    mass = np.array([weight(n) / comb(n, 5) for n in totals])
    mass /= mass.sum()
    assert found.estimate == pytest.approx(float(np.dot(totals, mass)), rel=1e-3)
    assert found.more["headline"].startswith("Bayesian")
    median = 21 + int(np.searchsorted(np.cumsum(mass), 0.5))
    assert abs(found.more["posterior_median"] - median) <= 1
    bounded = serials([2, 6, 7, 14, 21], most=30)
    assert bounded.high is not None and bounded.high <= 30 and "Bayesian" in bounded.more["headline"]


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
    ([5, 6, 7], {"prior": "gamma"}, "a gamma prior needs"), ([5, 6, 7], {"blocks": ["a"]}, "first number of a block"),
    ([5, 6, 7], {"unknown_start": "yes", "most": 9}, "with an unknown start"),
    ([1, 2, 10**16], {}, "larger than"), ([1, 2, 3], {"level": 2}, "a level lies"),
])
def test_bad_input_is_named(values: list[int], options: dict[str, float], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        serials(values, **options)  # type: ignore[arg-type]
    assert rule in str(error.value)


def test_too_few_are_refused() -> None:
    for values in ([], [7], [7, 7, 7, 9]):
        assert serials(values).refused


def test_its_plot_holds_the_numbers_and_the_likelihood() -> None:
    numbers, models = MEASURE.plot(serials([2, 6, 7, 14]))
    assert [one.name for one in numbers.series] == ["total", "numbers found"]
    assert numbers.series[1].points == ((2, 0), (6, 0), (7, 0), (14, 0))
    # P(14 is the largest of four | N) falls as 1 / C(N, 4).
    assert dict(numbers.series[0].points)[28.0] == pytest.approx(comb(14, 4) / comb(28, 4))
    assert models.name == "models" and MEASURE.plot(serials([7])) == ()


def test_long_numbers_keep_their_digits() -> None:
    # Of few numbers out of many, P(N > n) is (largest / n)^(k - 1) to all digits that count.
    found = serials([123456789012345, 345678901234567, 987654321098765, 22222222222222, 555555555555555])
    flat = next(one for one in found.models if one.name.startswith("Bayesian"))
    assert flat.low == pytest.approx(987654321098765 * 0.975 ** (-1 / 4), rel=1e-9)
    assert flat.high == pytest.approx(987654321098765 * 0.025 ** (-1 / 4), rel=1e-9)
    posterior = Posterior(5_000, 4_990)  # and of nearly all that there are
    assert posterior.above(5_001) == pytest.approx(comb(4_999, 4_989) / comb(5_001, 4_989), rel=1e-9)
