"""Two levels of spread, within items and between them, and the likelihood ratio that follows.

Aitken and Lucy (2004, Appl. Statist. 53:109): a measurement is the mean of its item plus a spread
that is the same in each item (``within``, U); the means of items are spread about an overall mean
(``between``, C). Of items with the same number of rows, n items and N rows in all,

    U = Sw / (N - n)        C = Sb / (n - 1) - Sw / (N^2/n - N)

with Sw the sum of squares of rows about the mean of their item and Sb that of the means of items.
The formula of C ends in ``- N``: earlier software had ``- n`` there and gave other ratios.
Where items have different numbers of rows, both are the estimates from the analysis of variance,
which are the same formula when the numbers are equal.

All that follows is exact, given U and C: nothing is integrated by steps. Everything is done for
many backgrounds at once (leading axis), so that resampling and leaving out are cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LN10: Final = float(np.log(10.0))


@dataclass(frozen=True, slots=True)
class Items:
    """A background of n items measured in p columns.

    ``counts`` (n,): rows of each item; ``means`` (n, p); ``scatters`` (n, p, p): sums of squares of
    the rows about the mean of their item.
    """

    counts: Floats
    means: Floats
    scatters: Floats

    @property
    def number(self) -> int:
        """How many items there are."""
        return len(self.counts)

    @property
    def columns(self) -> int:
        """How many columns are measured."""
        return int(self.means.shape[1])


@dataclass(frozen=True, slots=True)
class Levels:
    """Overall means (B, p), covariance within and between items (B, p, p), of B backgrounds."""

    mean: Floats
    within: Floats
    between: Floats

    @property
    def usable(self) -> Bools:
        """Of each background: whether items differ by more than their own spread, in every direction."""
        least = np.linalg.eigvalsh(self.between)[:, 0]
        largest = np.linalg.eigvalsh(self.between)[:, -1]
        return np.asarray(least > 1e-10 * np.maximum(largest, 1e-300), dtype=np.bool_)

    def of(self, which: Bools) -> Levels:
        """Those of them."""
        return Levels(self.mean[which], self.within[which], self.between[which])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of things to compare: means (P, p) and numbers of rows (P,) of the one and the other."""

    control: Floats
    control_rows: Floats
    recovered: Floats
    recovered_rows: Floats

    @classmethod
    def one(cls, control: Floats, recovered: Floats) -> Pairs:
        """A single pair, from the rows (r, p) of each."""
        return cls(control.mean(axis=0)[None], np.array([float(len(control))]),
                   recovered.mean(axis=0)[None], np.array([float(len(recovered))]))

    def of(self, which: Bools | Ints) -> Pairs:
        """Those of them."""
        return Pairs(self.control[which], self.control_rows[which], self.recovered[which],
                     self.recovered_rows[which])

    @property
    def pooled(self) -> Floats:
        """The mean of all rows of both things (P, p)."""
        m, n = self.control_rows[:, None], self.recovered_rows[:, None]
        return np.asarray((m * self.control + n * self.recovered) / (m + n), dtype=np.float64)


def items_of(values: Floats, codes: Ints) -> Items:
    """The items of rows (N, p), each row with the number of its item, from 0 without holes."""
    counts = np.bincount(codes).astype(np.float64)
    means = np.stack([np.bincount(codes, column) for column in values.T], axis=1) / counts[:, None]
    apart = values - means[codes]
    p = values.shape[1]
    scatters = np.empty((len(counts), p, p))
    for i in range(p):
        for j in range(i, p):
            scatters[:, i, j] = scatters[:, j, i] = np.bincount(codes, apart[:, i] * apart[:, j])
    return Items(counts, means, scatters)


def levels(items: Items, weights: Floats | None = None) -> Levels:
    """The two levels of B backgrounds in which the items have these weights (B, n); of one without.

    A weight is how often the item is there: 0 leaves it out, 2 has it twice.
    """
    w = np.ones((1, items.number)) if weights is None else weights
    n, p = items.number, items.columns
    rows = w @ items.counts
    number = w.sum(axis=1)
    weighted = w * items.counts
    mean = weighted @ items.means / rows[:, None]
    within_sum = (w @ items.scatters.reshape(n, p * p)).reshape(-1, p, p)
    squares = (items.means[:, :, None] * items.means[:, None, :]).reshape(n, p * p)
    between_sum = (weighted @ squares).reshape(-1, p, p) - rows[:, None, None] * (
        mean[:, :, None] * mean[:, None, :])
    within = within_sum / (rows - number)[:, None, None]
    # Rows of an item, as the analysis of variance counts them: N/n where all have the same.
    each = (rows - w @ items.counts**2 / rows) / (number - 1)
    between = (between_sum / (number - 1)[:, None, None] - within) / each[:, None, None]
    return Levels(mean, within, between)


def older_between(items: Items) -> Floats:
    """C as earlier software had it, ending in ``- n``: (p, p). For comparing with old reports only."""
    n, rows = items.number, float(items.counts.sum())
    mean = items.counts @ items.means / rows
    apart = items.means - mean
    between_sum = (apart * items.counts[:, None]).T @ apart * n / rows
    return np.asarray(between_sum / (n - 1) - items.scatters.sum(axis=0) / (rows**2 / n - n),
                      dtype=np.float64)


def normal_log10(pairs: Pairs, of: Levels) -> Floats:
    """log10 of the ratio (P,), the means of items spread normally.

    One background serves all pairs, or each pair has its own.
    """
    u, c = of.within, of.between
    m, n = pairs.control_rows[:, None, None], pairs.recovered_rows[:, None, None]
    return np.asarray((
        log_density(pairs.control - pairs.recovered, u / m + u / n)
        + log_density(pairs.pooled - of.mean, u / (m + n) + c)
        - log_density(pairs.control - of.mean, u / m + c)
        - log_density(pairs.recovered - of.mean, u / n + c)) / LN10, dtype=np.float64)


def log_density(apart: Floats, spread: Floats) -> Floats:
    """Natural log of the normal density (P,) of vectors (P, p) about zero, but for its constant.

    The constant is the same of every term of a ratio, and cancels.
    """
    lower = np.linalg.cholesky(spread)
    z = np.linalg.solve(lower, np.broadcast_to(apart[..., None], (*np.broadcast_shapes(
        apart.shape[:-1], lower.shape[:-2]), apart.shape[-1], 1)))[..., 0]
    halves = np.log(np.diagonal(lower, axis1=-2, axis2=-1)).sum(axis=-1)
    return np.asarray(-0.5 * (z**2).sum(axis=-1) - halves, dtype=np.float64)


def split(values: Floats, codes: Ints, control_rows: int, recovered_rows: int) -> Pairs:
    """Each item parted in two as if it had been found twice: its first rows and those after.

    Items with enough rows give as many as the things compared have; the others are parted in that
    proportion, each part with at least one row.
    """
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    share = control_rows / (control_rows + recovered_rows)
    enough = counts >= control_rows + recovered_rows
    first = np.where(enough, control_rows, np.clip(np.rint(counts * share), 1, counts - 1)).astype(np.int64)
    second = np.where(enough, recovered_rows, counts - first).astype(np.int64)
    sums = np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(values[order], axis=0)))
    one = (sums[starts + first] - sums[starts]) / first[:, None]
    other = (sums[starts + first + second] - sums[starts + first]) / second[:, None]
    return Pairs(one, first.astype(np.float64), other, second.astype(np.float64))


def without(number: int, left_out: Sequence[Ints]) -> Floats:
    """Weights (P, n) of backgrounds without the items named: for pair k those at k in each list."""
    weights = np.ones((len(left_out[0]), number))
    rows = np.arange(len(left_out[0]))
    for which in left_out:
        weights[rows, which] = 0.0
    return weights
