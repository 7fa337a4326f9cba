"""Numbers as they stand in words."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.figure import figure


@pytest.mark.parametrize(("value", "digits", "told"), [
    (37505, 4, "37,505"), (1234567.8, 6, "1,234,568"), (-0.000021, 3, "-0.000021"), (0.0, 3, "0"),
    (999.96, 4, "1,000"), (119512.0, 4, "119,512"), (5.603e-10, 4, "5.603e-10"), (float("nan"), 6, "open")])
def test_numbers_are_told_without_powers_of_ten(value: float, digits: int, told: str) -> None:
    assert figure(value, digits) == told


@given(st.floats(-1e15, 1e15), st.integers(3, 8))
def test_what_is_told_is_the_number_to_so_many_digits(value: float, digits: int) -> None:
    told = float(figure(value, digits).replace(",", ""))
    assert isclose(told, value, rel_tol=0.51 * 10 ** (1 - digits), abs_tol=1e-300)
