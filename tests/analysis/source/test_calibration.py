"""Cost, pooling and bounds of likelihood ratios: published answers and sums by hand."""

from __future__ import annotations

from math import inf, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.source.calibration import (
    bounds,
    calibration,
    cllr,
    cllr_min,
    ece,
    ece_of_nothing,
    pooled,
    recalibrated,
)
from headstamp.analysis.source.two_level import Levels, Pairs, normal_log10

# Cases and answers of the tests of NFI's lir (Apache-2.0), tests/algorithms/test_bayeserror.py: ratios,
# which pairs are of one source, lower and upper bound.
PUBLISHED = [
    ([inf, 0], [1, 0], (1, 1)),
    ([inf, inf, inf, 0, 0, 0], [1, 1, 1, 0, 0, 0], (0.3388442, 2.9512092)),
    ([0.01, 0.1, 1, 10, 100], [1, 1, 1, 0, 0], (1, 1)),
    ([0.01, 0.1, 1, 10, 100], [0, 0, 1, 1, 1], (0.3801894, 1.4791084)),
    ([0.01, 0.1, 1, 10, 100], [0, 0, 0, 1, 1], (0.6760830, 2.6302680)),
    ([1, 1], [1, 0], (1, 1)),
    ([10] * 10, [1] * 9 + [0], (1, 1)),
    ([10] * 10 + [1], [1] * 10 + [0], (1, 1.7782794)),
    ([1000] * 10 + [1.1], [1] * 10 + [0], (1, 1)),
]


def _logs(ratios: list[float]) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log10(np.array(ratios, dtype=float))


@pytest.mark.parametrize(("ratios", "one", "wanted"), PUBLISHED)
def test_the_published_bounds(ratios: list[float], one: list[int], wanted: tuple[float, float]) -> None:
    logs, truth = _logs(ratios), np.array(one)
    found = bounds(logs[truth == 1], logs[truth == 0])
    assert (10 ** found[0], 10 ** found[1]) == pytest.approx(wanted, abs=1e-6)


def test_cost_by_hand() -> None:
    three, hundred = _logs([3, 3]), _logs([100, 100])
    assert cllr(np.zeros(2), np.zeros(2)) == 1
    assert cllr(three, -three) == pytest.approx(log2(1 + 1 / 3))
    assert cllr(hundred, -hundred) == pytest.approx(log2(1.01))
    assert cllr(three, three) == pytest.approx((log2(1 + 1 / 3) + log2(4)) / 2)
    assert cllr(_logs([inf]), _logs([0])) == 0
    assert cllr(_logs([0]), np.zeros(1)) == inf
    assert ece(three, -three, 0.0) == pytest.approx(cllr(three, -three))
    # Prior odds of 1 to 3: a quarter and three quarters, by hand.
    by_hand = 0.25 * log2(1 + 3 / 3) + 0.75 * log2(1 + (1 / 3) * (1 / 3))
    assert ece(three, -three, float(np.log10(1 / 3))) == pytest.approx(by_hand)
    assert ece_of_nothing(float(np.log10(1 / 3))) == pytest.approx(-0.25 * log2(0.25) - 0.75 * log2(0.75))


def test_pooling_by_hand() -> None:
    assert pooled(np.array([1.0, 3, 2, 4]), np.ones(4)).tolist() == [1, 2.5, 2.5, 4]
    assert pooled(np.array([3.0, 1]), np.array([1.0, 3])).tolist() == [1.5, 1.5]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_pooled_values_are_the_nearest_that_never_fall(values: list[float]) -> None:
    # Min-max formula: the greatest over starts of the least over ends of the mean between.
    found = pooled(np.array(values), np.ones(len(values)))
    for k in range(len(values)):
        wanted = max(min(np.mean(values[a : b + 1]) for b in range(k, len(values))) for a in range(k + 1))
        assert found[k] == pytest.approx(wanted)


def test_recalibration_mends_a_shift_and_keeps_the_order() -> None:
    random = np.random.default_rng(1)
    same, different = random.normal(0.5, 0.5, 400), random.normal(-0.5, 0.5, 900)
    shifted = cllr(same + 2, different + 2)
    assert shifted > cllr_min(same + 2, different + 2) == pytest.approx(cllr_min(same, different))
    assert cllr_min(same, different) < cllr(same, different)
    one, other = recalibrated(same, different)
    order = np.argsort(np.concatenate((same, different)))
    assert (np.diff(np.concatenate((one, other))[order][np.isfinite(
        np.concatenate((one, other))[order])]) >= 0).all()


def test_ties_are_pooled() -> None:
    assert cllr_min(np.ones(5), np.ones(7)) == pytest.approx(1)


def test_few_items_carry_little() -> None:
    clear = np.full(10_000, 6.0)
    assert bounds(clear, -clear)[1] == pytest.approx(4, abs=0.05)
    assert bounds(clear, -clear, 100)[1] == pytest.approx(2, abs=0.05)
    assert bounds(clear[:50], -clear)[0] == pytest.approx(-1.7, abs=0.05)
    told = calibration(np.array([1.0, -1, 2]), np.array([-1.0, -2, 1, -3]))
    assert (told.same, told.different) == (3, 4)
    assert told.same_misled == pytest.approx(1 / 3) and told.different_misled == 0.25


def test_ratios_of_the_true_model_are_calibrated_and_others_are_told() -> None:
    # 2,000 pairs of either kind, drawn from the very levels that the ratios are computed with.
    random = np.random.default_rng(3)
    n, p = 2_000, 2
    truth = Levels(np.zeros((1, p)), 0.09 * np.eye(p)[None], np.eye(p)[None])

    def ratios(same: bool) -> np.ndarray:
        one = random.normal(size=(n, p))
        other = one if same else random.normal(size=(n, p))
        four = np.full(n, 4.0)
        return normal_log10(Pairs(one + 0.15 * random.normal(size=(n, p)), four,
                                  other + 0.15 * random.normal(size=(n, p)), four), truth)

    same, different = ratios(True), ratios(False)
    told = calibration(same, different, n)
    # A likelihood ratio is 1 on average where there are two sources, and seldom large (Good; Royall).
    assert (10**different).mean() == pytest.approx(1, abs=0.1)
    for least in (3, 10, 30, 100):
        assert (10**different >= least).mean() <= 1 / least
        assert (10**-same >= least).mean() <= 1 / least
    assert told.cllr - told.cllr_min < 0.02 and told.low < -2.5 and told.high > 1.8
    for shift, scale in ((1.0, 1.0), (-1.0, 1.0), (0.0, 2.0)):
        wrong = calibration(same * scale + shift, different * scale + shift, n)
        assert wrong.cllr > told.cllr + 0.05 and wrong.cllr_min == pytest.approx(told.cllr_min)
        assert wrong.high - wrong.low < told.high - told.low
