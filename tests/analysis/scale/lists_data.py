"""Published tables of overlapping lists, with what was published of them, and simulated ones."""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

# Madigan and York 1997, Biometrika 84:19: spina bifida, three lists; and five lists. As the R package
# dga has them (cran/dga, man/bma.cr.Rd): cell i holds those on exactly the lists whose bits i has.
SPINA: Final = (0, 60, 49, 4, 247, 112, 142, 12)
FIVE: Final = (0, 27, 37, 19, 4, 4, 1, 1, 97, 22, 37, 25, 2, 1, 3, 5, 83, 36, 34, 18, 3, 5, 0, 2, 30, 5, 23, 8,
               0, 3, 0, 2)


def histories(*counts: int) -> tuple[int, ...]:
    """Counts in Rcapture's order of histories (all lists first, the last list only at the end) as cells."""
    lists = (len(counts) + 1).bit_length() - 1
    cells = [0] * (1 << lists)
    for history, count in zip(product((1, 0), repeat=lists), counts, strict=False):
        cells[sum(on << at for at, on in enumerate(history))] = count
    return tuple(cells)


# cran/Rcapture, inst/tests/testPapersResults.R: Rivest 2011, International Journal of Biostatistics 7:23,
# on Darroch et al. 1993 (table R3) and on Bruno et al. 1994 (diabetes, Casale Monferrato).
DARROCH: Final = histories(72, 155, 7, 71, 13, 53, 43)
DIABETES: Final = histories(58, 157, 18, 104, 46, 650, 12, 709, 14, 20, 7, 74, 8, 182, 10)
# The same file: Cormack, Chang and Smith 2000, tables 3a and 3b.
CORMACK_A: Final = histories(72, 5, 29, 53, 24, 3, 12, 14, 0, 0, 0, 1, 0, 0, 2)
CORMACK_B: Final = histories(72, 5, 29, 54, 24, 3, 14)
# Killings in Kosovo, March to June 1999: exhumations, ABA, OSCE, HRW; Ball et al. 2002 (AAAS), 4,400 seen.
KOSOVO: Final = histories(27, 32, 42, 123, 18, 31, 106, 306, 181, 217, 228, 936, 177, 845, 1131)


def interactions(*sets: str) -> frozenset[int]:
    """``12``, ``13``: those sets of lists, counted from 1, as terms of a model."""
    return frozenset(sum(1 << int(one) - 1 for one in chosen) for chosen in sets)


def rows(cells: tuple[int, ...] | list[int], names: str | tuple[str, ...] = "ABCDEF") -> list[dict[str, str]]:
    """The table as a file gives it."""
    lists = len(cells).bit_length() - 1
    return [{**{names[at]: str(cell >> at & 1) for at in range(lists)}, "count": str(count)}
            for cell, count in enumerate(cells) if cell and count]


def drawn(
    random: np.random.Generator, total: int, chances: tuple[float, ...], copied: float = 0.0
) -> list[int]:
    """Cells of lists that each have every one of ``total`` with its chance.

    With ``copied``, that share of the second list is copied from the first: what depends.
    """
    on = random.random((total, len(chances))) < np.array(chances)
    if copied:
        of = random.random(total) < copied
        on[of, 1] = on[of, 0]
    cells = np.bincount((on * (1 << np.arange(len(chances)))).sum(axis=1), minlength=1 << len(chances))
    cells[0] = 0
    return [int(count) for count in cells]
