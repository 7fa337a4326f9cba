"""How sure a hit is: its chance against every other explanation of the reading.

The reading comes either from one of the markings in the index, each as likely
beforehand as it is frequent there, or from a marking that is not in it (chance
``absent``). By Bayes, with ``L`` the chance of reading this when a marking is
the true one (the noisy channel) and ``w`` its number of texts:

    p(marking) = (w L)^t / (sum of (w L)^t over all candidates + (odds * A)^t)

``odds = absent / (1 - absent)``. ``A`` is what the markings that are *not* in
the index would give: the sum of ``expected number * L`` over them, in a world of
which the index is one draw. Three terms, each told from the index
(:mod:`headstamp.markings.background`):

* any marking of a known shape, misread in any way;
* the reading as it stands, going by how full its series is just there;
* what lies between the reading and its nearest hits: where a hit differs at two
  places, a marking of its series that differs at one only would be likelier;
  where its beginning was misread, another number with that beginning.

The power ``t`` (:data:`TEMPER`) is below one because misreadings come together:
a worn stamp has several, and a channel that takes each by itself overstates
what they say ("coarsened posterior": Miller and Dunson 2019). Its value was
chosen on made-up readings and is held to other kinds of misreading in the
benchmark.

In a number space that is full, a neighbour one digit away is as good as the
marking meant, and ``A`` says so; in an empty one, a far misreading may still be
all but certain. The likeliest hit is left out of the counts of its own series,
for it would vouch for itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import UNREAD_CODE
from headstamp.markings.asked import Asked
from headstamp.markings.background import Background, in_common, in_series

ABSENT: Final = 0.2
"""Chance beforehand that the marking asked for is not in the index."""

TEMPER: Final = 0.8
"""The power that likelihoods are taken to; 1 would trust every misreading to be independent."""

SEEN_ITSELF: Final = 0.02
"""Of the reading's own term, what is left where the index holds it to the letter."""

_ANY: Final = 1
_MOST_BETWEEN: Final = 12

Begins = Callable[[bytes, bool], list[int]]
"""How many markings of this length begin with 0, 1, ... of the codes, all segments together."""


def odds(absent: float) -> float:
    """The odds that the marking is not in the index, before anything was read."""
    return absent / (1 - absent)


def absent_weight(
    asked: Asked, background: Background, begins: Begins, nearest: Sequence[bytes],
    little: float = 0.0, any_: float | None = None,
) -> tuple[float, float]:
    """``A``; and how many markings with exactly these characters one would expect.

    ``nearest``: the codes of the likeliest candidates, the likeliest first.
    ``any_``: the first term, ``background.reading(asked)``, where it is known
    already. What cannot weigh more than ``little`` is left out.
    """
    best = nearest[0] if nearest else b""
    expected, there = _expected(asked.codes, background, begins, best)
    own = asked.costs
    at = np.arange(len(asked.codes))
    codes = np.frombuffer(asked.codes, dtype=np.uint8)
    ends = 2 * int(own.cut[0])
    # A place not read costs the same whatever character stands there.
    costs = own.seen[at, np.where(codes == UNREAD_CODE, _ANY, codes)]
    read = int(costs.sum())
    whole = UNREAD_CODE not in asked.codes
    weight = expected * _chance(read + ends) * (SEEN_ITSELF if there else 1.0)
    weight += background.reading(asked) if any_ is None else any_
    if there:
        weight -= background.as_read(asked) * (1 - SEEN_ITSELF)
    for between, places in _between(asked.codes, nearest):
        other = np.frombuffer(between, dtype=np.uint8)
        more = int((own.seen[places, other[places]] - costs[places]).sum())
        chance = _chance(read + more + ends)
        if whole and chance < little:
            continue  # Read in full, one marking at most is expected.
        number, held = _expected(between, background, begins, best)
        if not held:
            weight += number * chance
    return max(0.0, weight), expected


def _chance(cost: float) -> float:
    return math.exp(-cost / 100)


def _expected(
    codes: bytes, background: Background, begins: Begins, best: bytes
) -> tuple[float, bool]:
    """How many markings with these codes one would expect; whether the index holds them."""
    unread = codes.find(UNREAD_CODE)
    front = unread if unread >= 0 else len(codes)
    back = len(codes) - 1 - codes.rfind(UNREAD_CODE) if unread >= 0 else 0
    fronts = begins(codes, False)[: front + 1]
    backs = begins(codes[::-1], True)[: back + 1] if back else fronts[:1]
    places = background.places(codes)
    own_front = in_common(codes, best)
    own_back = in_common(codes[::-1], best[::-1]) if back else -1
    number = in_series(places, fronts, backs, own_front, own_back)
    return number, unread < 0 and bool(fronts[-1] > 0)


def _between(
    codes: bytes, nearest: Sequence[bytes]
) -> Iterator[tuple[bytes, npt.NDArray[np.int64]]]:
    """Codes between the reading and its nearest hits: some of the differences taken over.

    Each difference by itself, all up to a place (a hit's beginning, misread, and
    another number), and all from a place on.
    """
    done = {codes, *nearest}
    number = 0
    for hit in nearest:
        same = len(hit) == len(codes)
        differ = [
            place for place, (mine, theirs) in enumerate(zip(codes, hit, strict=False))
            if mine != theirs and UNREAD_CODE not in (mine, theirs)
        ]
        if same and len(differ) < 2:
            continue
        # Of another length: only its beginning stands at the same places.
        takes = [differ[:1], differ[:2]] if not same else [
            *([place] for place in differ),
            *(differ[:upto] for upto in range(2, len(differ))),
            *(differ[upto:] for upto in range(1, len(differ) - 1)),
        ]
        for taken in takes:
            made = bytearray(codes)
            for place in taken:
                made[place] = hit[place]
            one = bytes(made)
            if one in done:
                continue
            done.add(one)
            number += 1
            if number > _MOST_BETWEEN:
                return
            yield one, np.array(taken)
