"""Chances of test statistics against printed tables and sums."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from headstamp.analysis.tails import chi_square_above, f_above, noncentral_above


def test_printed_tables() -> None:
    for statistic, freedom, chance in ((3.841459, 1, 0.05), (5.991465, 2, 0.05), (23.20925, 10, 0.01),
                                       (124.3421, 100, 0.05), (0.0039321, 1, 0.95)):
        assert chi_square_above(statistic, freedom) == pytest.approx(chance, rel=1e-4)
    assert f_above(4.964603, 1, 10) == pytest.approx(0.05, rel=1e-5)
    assert f_above(2.710890, 5, 20) == pytest.approx(0.05, rel=1e-5)
    for x in (0.1, 1.0, 3.3, 40.0):  # closed form for two degrees above
        assert f_above(x, 2, 7) == pytest.approx((1 + 2 * x / 7) ** -3.5)
    assert chi_square_above(7, 2) == pytest.approx(exp(-3.5))
    assert (chi_square_above(0, 3), f_above(0, 3, 3), f_above(float("inf"), 3, 3)) == (1, 1, 0)


def test_noncentral_against_drawing() -> None:
    random = np.random.default_rng(1)
    for freedom, centre, at in ((1, 4.0, 10.0), (4, 30.0, 25.0), (6, 0.0, 7.0)):
        drawn = (random.normal(size=(200_000, freedom)) + np.eye(freedom)[0] * centre**0.5) ** 2
        assert noncentral_above(at, freedom, centre) == pytest.approx((drawn.sum(1) >= at).mean(), abs=0.004)
