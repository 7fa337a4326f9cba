"""How likely a statistic at least this large is by chance: chi-square, non-central chi-square and F."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p
from typing import Final

_CLOSE: Final = 1e-15
_TINY: Final = 1e-300


def chi_square_above(statistic: float, freedom: float) -> float:
    """P(chi-square of so many degrees of freedom >= the statistic): the incomplete gamma function."""
    a, x = freedom / 2, statistic / 2
    if x <= 0:
        return 1.0
    front = exp(-x + a * log(x) - lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        at = a
        while term > total * _CLOSE:
            at += 1
            term *= x / at
            total += term
        return max(0.0, 1 - total * front)
    b = x + 1 - a  # continued fraction, Lentz
    c, d = 1 / _TINY, 1 / b
    fraction = d
    for i in range(1, 10_000):
        an = -i * (i - a)
        b += 2
        d = 1 / _not_zero(an * d + b)
        c = _not_zero(b + an / c)
        fraction *= d * c
        if abs(d * c - 1) < _CLOSE:
            break
    return front * fraction


def noncentral_above(statistic: float, freedom: float, centre: float) -> float:
    """P(non-central chi-square >= the statistic): central ones of more freedom, weighted as Poisson."""
    half = centre / 2
    total = 0.0
    start = int(half)
    for step in (1, -1):  # from the heaviest weight outwards
        at = start if step == 1 else start - 1
        while at >= 0:
            weight = exp(-half + at * log(half) - lgamma(at + 1)) if half > 0 else float(at == 0)
            total += weight * chi_square_above(statistic, freedom + 2 * at)
            if weight < 1e-12:
                break
            at += step
    return min(1.0, total)


def f_above(statistic: float, upper: float, lower: float) -> float:
    """P(F of ``upper`` and ``lower`` degrees of freedom >= the statistic)."""
    if statistic <= 0:
        return 1.0
    if statistic == inf:
        return 0.0
    return _beta(lower / 2, upper / 2, lower / (lower + upper * statistic))


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1 - front * _beta_fraction(b, a, 1 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 10_000):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            fraction *= d * c
        if abs(d * c - 1) < _CLOSE:
            break
    return fraction


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
