"""Chances of counts: tails of the Poisson distribution, quantiles of the gamma distribution.

By the incomplete gamma function, as series or continued fraction (Abramowitz and Stegun 1964, 6.5.29
and 6.5.31), so that no further library is needed.
"""

from __future__ import annotations

from math import exp, inf, lgamma, log
from typing import Final

_FINE: Final = 1e-15
_MOST_STEPS: Final = 100_000


def gamma_below(shape: float, x: float) -> float:
    """P(G <= x) of a gamma variable of that shape and scale 1."""
    if x <= 0:
        return 0.0
    if shape <= 0:
        return 1.0
    lead = exp(shape * log(x) - x - lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        at = shape
        for _ in range(_MOST_STEPS):
            at += 1
            term *= x / at
            total += term
            if term <= total * _FINE:
                break
        return min(1.0, total * lead)
    # Lentz's way with a continued fraction.
    b = x + 1 - shape
    c, d = 1e300, 1 / b
    fraction = d
    for i in range(1, _MOST_STEPS):
        an = -i * (i - shape)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        fraction *= d * c
        if abs(d * c - 1) < _FINE:
            break
    return max(0.0, 1 - lead * fraction)


def poisson_at_least(count: int, mean: float) -> float:
    """P(X >= count)."""
    return 1.0 if count <= 0 else gamma_below(count, mean)


def poisson_above(count: int, mean: float) -> float:
    """P(X > count)."""
    return poisson_at_least(count + 1, mean)


def gamma_quantile(shape: float, share: float) -> float:
    """The x with P(G <= x) equal to the share, by halving."""
    if share <= 0:
        return 0.0
    if share >= 1:
        return inf
    low, high = 0.0, max(1.0, shape)
    while gamma_below(shape, high) < share:
        low, high = high, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if gamma_below(shape, middle) < share:
            low = middle
        else:
            high = middle
        if high - low <= 1e-12 * high:
            break
    return (low + high) / 2
