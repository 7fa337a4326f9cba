"""The likelihood ratio where the means of items are spread in any way: a kernel about each of them.

Aitken and Lucy (2004, Appl. Statist. 53:109), the second model: as in ``two_level``, but the density
of the means of items is the mean of normal kernels about the items of the background, each with the
covariance h^2 C, where for p columns and n items

    h = (4 / (2p + 1))^(1/(p+4)) n^(-1/(p+4)).

Bolck et al. (2009, Forensic Sci. Int. 191:42), and NFI's ``lir`` after them, have p + 2 where Aitken and
Lucy have 2p + 1 (Silverman 1986, Density Estimation, 4.14): the same model with wider kernels.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np

from headstamp.analysis.source.two_level import LN10, Floats, Items, Levels, Pairs, log_density

_AT_ONCE: Final = 2_000_000
"""How many numbers are held at once; more are done in parts."""


Width = Literal["aitken-lucy", "silverman"]
WIDTHS: Final[tuple[Width, ...]] = get_args(Width)


def width(columns: int, items: float, rule: Width = "aitken-lucy") -> float:
    """h: how wide the kernels are, for so many columns and items."""
    over = 2 * columns + 1 if rule == "aitken-lucy" else columns + 2
    return float((4 / over) ** (1 / (columns + 4)) * items ** (-1 / (columns + 4)))


def kernel_log10(
    pairs: Pairs, items: Items, of: Levels, weights: Floats | None = None, rule: Width = "aitken-lucy",
) -> Floats:
    """log10 of the ratio (P,), a kernel about each item; ``weights`` (P, n) as in ``two_level.levels``.

    One background serves all pairs, or each pair has its own.
    """
    total = max(len(pairs.control), len(of.mean))
    step = max(1, _AT_ONCE // (items.number * items.columns))
    parts = [_part(pairs, items, of, weights, rule, slice(at, at + step)) for at in range(0, total, step)]
    return np.concatenate(parts)


def _part(
    pairs: Pairs, items: Items, of: Levels, weights: Floats | None, rule: Width, part: slice,
) -> Floats:
    def mine(values: Floats) -> Floats:
        return values if len(values) == 1 else values[part]

    u, c = mine(of.within), mine(of.between)
    w = np.ones((1, items.number)) if weights is None else mine(weights)
    h = np.array([width(items.columns, n, rule) for n in w.sum(axis=1)])[:, None, None]
    kernel = h**2 * c
    control, recovered, pooled = mine(pairs.control), mine(pairs.recovered), mine(pairs.pooled)
    m, n = mine(pairs.control_rows)[:, None, None], mine(pairs.recovered_rows)[:, None, None]
    with np.errstate(divide="ignore"):  # an item left out has the log weight minus infinity
        log_weights = np.log(w / w.sum(axis=1, keepdims=True))
    return np.asarray((
        log_density(control - recovered, u / m + u / n)
        + _mixture(pooled, items.means, u / (m + n) + kernel, log_weights)
        - _mixture(control, items.means, u / m + kernel, log_weights)
        - _mixture(recovered, items.means, u / n + kernel, log_weights)) / LN10, dtype=np.float64)


def _mixture(at: Floats, means: Floats, spread: Floats, log_weights: Floats) -> Floats:
    """Natural log of the mean of kernels at each place (P,), but for the constant."""
    lower = np.linalg.cholesky(spread)
    back = np.linalg.inv(lower)
    apart = at[:, None, :] - means[None, :, :]
    z = apart @ np.swapaxes(back, -1, -2)
    logs = -0.5 * (z**2).sum(axis=-1) + log_weights
    top = logs.max(axis=1, keepdims=True)
    halves = np.log(np.diagonal(lower, axis1=-2, axis2=-1)).sum(axis=-1)
    return np.asarray(top[:, 0] + np.log(np.exp(logs - top).sum(axis=1)) - halves, dtype=np.float64)
