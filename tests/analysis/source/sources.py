"""Made-up backgrounds and things to compare, for the tests of common source."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = list[dict[str, str]]


def drawn(
    random: np.random.Generator, n: int = 60, rows: int = 5, p: int = 2, same: bool = True, each: int = 4,
    spread: float = 0.3, unlike: float = 0.0, clumps: bool = False, away: float = 0.0,
) -> tuple[Floats, npt.NDArray[np.int64], Floats, Floats]:
    """Rows of n items, the item of each, and the rows of two things.

    The means of items are spread with deviation 1, rows about them with ``spread``; ``unlike`` lets
    the latter differ between items, ``clumps`` puts the means in two clumps, ``away`` moves the things.
    """
    means = random.normal(size=(n, p))
    if clumps:
        means = np.where(random.random((n, 1)) < 0.5, -2, 2) + 0.4 * means
    own = spread * np.exp(unlike * random.normal(size=(n, 1)))
    values = np.repeat(means, rows, 0) + np.repeat(own, rows, 0) * random.normal(size=(n * rows, p))
    one = random.normal(size=p) + away
    other = one if same else random.normal(size=p) + away
    return (values, np.repeat(np.arange(n), rows), one + spread * random.normal(size=(each, p)),
            other + spread * random.normal(size=(each, p)))


def as_rows(values: Floats, codes: npt.NDArray[np.int64] | None = None) -> Rows:
    """Rows of text as a file has them."""
    rows = [{f"x{k}": repr(float(v)) for k, v in enumerate(row)} for row in values]
    return rows if codes is None else [
        {"item": f"s{code}", **row} for code, row in zip(codes.tolist(), rows, strict=True)]


def tables(random: np.random.Generator, **kind: object) -> tuple[Rows, Rows, Rows]:
    """Background, control and recovered as a file has them."""
    values, codes, one, other = drawn(random, **kind)  # type: ignore[arg-type]
    return as_rows(values, codes), as_rows(one), as_rows(other)
