"""Numbers given in several blocks: where to part them, and what the blocks hold together.

Makers begin a new block at a change of model, of year or of plant, often at a round number. Where
the starts of the blocks are known each is counted from its own; where they are not, the numbers are
parted at holes that chance would not leave, and of each part only its stretch tells. Parted so, the
blocks must each look like a random drawing, and as thickly found as each other: else it is
not blocks that make the holes, but how the numbers were come by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis.measure import Model
from headstamp.analysis.scale.serials_checks import ALARM, Ints, hole, spread, widest
from headstamp.analysis.tails import chi_square_above
from headstamp.kinds.counted import plural

Floats = npt.NDArray[np.float64]

LEAST: Final = 3
CRATE: Final = 0.15
"""Where more than this share of a block was found, it is rather a crate than a block."""
MANY: Final = 5
SMALL: Final = 8
"""More parts than MANY with fewer numbers each than SMALL are clumps, as crates make them."""
_MOST_BLOCKS: Final = 50
_DRAWS: Final = 40_000


@dataclass(frozen=True, slots=True)
class Block:
    """The numbers of one block, and its start where it is known."""

    numbers: Ints
    start: int | None = None

    @property
    def estimate(self) -> float:
        """Of how many the block is."""
        k = len(self.numbers)
        if self.start is not None:
            largest = int(self.numbers[-1]) - self.start + 1
            return largest + largest / k - 1
        return int(self.numbers[-1] - self.numbers[0]) * (k + 1) / (k - 1) - 1

    @property
    def least(self) -> int:
        """As many as the block has at least: from its start, or its smallest number, to its largest."""
        return int(self.numbers[-1]) - (self.start if self.start is not None else int(self.numbers[0])) + 1


def known(distinct: Ints, starts: Sequence[int]) -> tuple[list[Block], list[int]]:
    """The numbers by the starts of their blocks, and the starts of blocks of which none was found."""
    ordered = sorted(set(starts))
    bounds = [*np.searchsorted(distinct, np.array(ordered)).tolist(), len(distinct)]
    blocks, empty = [], []
    for at, start in enumerate(ordered):
        part = distinct[bounds[at] : bounds[at + 1]]
        if len(part):
            blocks.append(Block(part, start))
        else:
            empty.append(start)
    return blocks, empty


def parted(distinct: Ints) -> list[Block]:
    """The numbers parted at each hole that chance would not leave, where three numbers lie on either side."""
    parts = [distinct]
    while len(parts) < _MOST_BLOCKS:
        split = next(((i, at) for i, part in enumerate(parts) if (at := _cut(part)) is not None), None)
        if split is None:
            break
        i, at = split
        parts[i : i + 1] = [parts[i][: at + 1], parts[i][at + 1 :]]
    return [Block(part) for part in parts]


def unsound(blocks: Sequence[Block], asserted: bool = False) -> str:
    """Why these blocks cannot be believed to be random drawings of blocks; empty where they can.

    With ``asserted`` something else says that there are blocks: only each one's drawing is looked at.
    """
    alarm = ALARM / len(blocks)
    for block in blocks:
        opened = block.start is None
        ranks = block.numbers - (int(block.numbers[0]) if opened else int(block.start or 0)) + 1
        for check in (spread(ranks, opened, alarm), hole(ranks, opened, alarm)):
            if check.good is False:
                return (f"Parted into {plural(len(blocks), 'block')} they are no random drawings either: in the one of "
                        f"{int(block.numbers[0]):,} to {int(block.numbers[-1]):,} the {check.name} is not that of chance.")
    if not asserted and len(blocks) > 1:
        full = [one for one in blocks if len(one.numbers) > CRATE * one.estimate]
        if len(blocks) > MANY and sum(len(one.numbers) for one in blocks) < SMALL * len(blocks):
            return (f"Parted at the holes they fall into {len(blocks)} small clumps: they look like crates or deliveries, "
                    "not like blocks of a series. Say with --groups what was found together.")
        if full:
            return (f"Parted at the holes, {len(full)} of {plural(len(blocks), 'part is', 'parts are')} found so nearly whole that they "
                    "look like crates or deliveries, not like blocks of a series.")
        if _uneven(blocks) < ALARM:
            return ("Parted at the holes, some parts are found far more thickly than others: that is rather how the "
                    "numbers were come by than how they were given.")
    return ""


def together(blocks: Sequence[Block], level: float) -> Model:
    """What the blocks hold, added up.

    Taken each by itself, totals drawn for the blocks are added: an upper end that is too high, for all blocks are
    seldom so ill met at once. Taken as equally thick, as a drawing from all that were made leaves them, the
    estimates are to the truth as Beta(K, B), or with unknown starts as Beta(K - B, 2B): too low an end where blocks hold
    few numbers. The end that is given lies halfway, but where some are found more thickly than others.
    """
    every, count = sum(len(one.numbers) for one in blocks), len(blocks)
    least, estimate = sum(one.least for one in blocks), sum(one.estimate for one in blocks)
    random = np.random.default_rng(20_261_122)
    high = float(np.quantile(sum((_totals(one, random) for one in blocks), start=np.zeros(_DRAWS)), level))
    if _uneven(blocks) >= ALARM:
        inner, ends = (every, count) if blocks[0].start is not None else (every - count, 2 * count)
        alike = estimate * inner / (inner + ends) / float(np.quantile(random.beta(inner, ends, _DRAWS), 1 - level))
        high = sqrt(high * alike)
    starts = "its start known" if blocks[0].start is not None else "its start not known"
    return Model(f"{plural(count, 'block')}", estimate, least, max(estimate, high), words=f"each block by itself, {starts}, added up")


def _totals(block: Block, random: np.random.Generator) -> Floats:
    """Totals of one block as its stretch makes them likely: R / N is Beta(k, 1), or Beta(k - 1, 2)."""
    k = len(block.numbers)
    found: Floats = block.least / (random.beta(k, 1, _DRAWS) if block.start is not None else
                                   random.beta(k - 1, 2, _DRAWS))
    return found


def _cut(part: Ints) -> int | None:
    if len(part) < 2 * LEAST:
        return None
    gaps = np.diff(part.astype(np.float64))
    at = int(gaps.argmax())
    if LEAST - 1 <= at < len(part) - LEAST and widest(float(gaps[at] / gaps.sum()), len(gaps)) < ALARM:
        return at
    return None


def _uneven(blocks: Sequence[Block]) -> float:
    """The chance that distances of one mean differ so between blocks: likelihood ratio, by Bartlett's correction."""
    opened = [one.start is None for one in blocks]
    counts = np.array([len(one.numbers) - o for one, o in zip(blocks, opened, strict=True)], dtype=np.float64)
    means = np.array([max(one.least - o, 0.5) for one, o in zip(blocks, opened, strict=True)]) / counts
    if len(blocks) < 2:
        return 1.0
    whole = float((counts * means).sum() / counts.sum())
    ratio = 2 * (counts.sum() * log(whole) - float((counts * np.log(means)).sum()))
    bend = 1 + (float((1 / counts).sum()) - 1 / float(counts.sum())) / (6 * (len(blocks) - 1))
    return chi_square_above(max(ratio, 0.0) / bend, len(blocks) - 1)
