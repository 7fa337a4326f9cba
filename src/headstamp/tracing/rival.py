"""Which steps of a chain cannot both be true.

One thing cannot be given to two takers at once, nor be given away again by somebody whose
taker has already passed it on; it cannot come from two givers at once, be captured and sold
in one passage, or be made twice. Of a counted group of things all but the making can be true,
for it may have been divided: then nothing else is called a rival. A broker has nothing in
hands, so what was brokered rivals no sale.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from headstamp.tracing.event import GIVEN, TAKEN, may_be_at_once
from headstamp.tracing.order import holder_after
from headstamp.tracing.step import Step

Why = Literal["two_makings", "two_takers", "two_givers", "two_ways", "two_finds"]

COMPARED: Final = 200
"""A step is held against so many of the next steps of the same party: enough for any one thing."""


@dataclass(frozen=True, slots=True)
class Rivalry:
    """Two steps, by their places in the chain, and why not both can be true."""

    one: int
    other: int
    why: Why


class Hands:
    """The steps of a chain by whose hands they go through; asked what lies between two of them."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.gives: dict[str, list[int]] = {}
        self.takes: dict[str, list[int]] = {}
        for at, step in enumerate(steps):
            after = holder_after(step)
            if step.from_party and step.from_party != after:
                self.gives.setdefault(step.from_party, []).append(at)
            if (after and step.from_party != after) or (after and step.how == "made"):
                self.takes.setdefault(after, []).append(at)

    def takes_between(self, party: str, i: int, j: int) -> bool:
        """Whether it came into a party's hands by a step after ``i`` and before ``j``."""
        return _between(self.takes.get(party, ()), i, j)

    def gives_between(self, party: str, i: int, j: int) -> bool:
        """Whether it left a party's hands by a step after ``i`` and before ``j``."""
        return _between(self.gives.get(party, ()), i, j)


def rivalries(steps: Sequence[Step], *, one_piece: bool = True) -> list[Rivalry]:
    """All pairs of steps, in order, that cannot both be true."""
    found = [Rivalry(i, j, "two_makings") for i, j in _pairs(
        [at for at, step in enumerate(steps) if step.how == "made"])]
    if not one_piece:
        return found
    hands = Hands(steps)
    pairs: dict[tuple[int, int], Why] = {
        (i, j): "two_finds" for i, j in _pairs(
            [at for at, step in enumerate(steps) if step.how == "recovered"])
        if may_be_at_once(steps[i], steps[j]) and not any(
            hands.gives_between(finder, i, j) for finder in (steps[i].to_party,) if finder)
    }
    for giving, sides in ((True, hands.gives), (False, hands.takes)):
        for party, all_ in sides.items():
            some = [at for at in all_ if steps[at].how not in ("made", "brokered")]
            for i, j in _pairs(some):
                why = _takers(hands, i, j, party) if giving else _givers(hands, i, j, party)
                if why is not None:
                    pairs.setdefault((i, j), why)
    return found + [Rivalry(i, j, why) for (i, j), why in sorted(pairs.items())]


def _pairs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(places) <= COMPARED:
        yield from combinations(places, 2)
        return
    for at, i in enumerate(places):
        for j in places[at + 1 : at + 1 + COMPARED]:
            yield i, j


def _takers(hands: Hands, i: int, j: int, giver: str) -> Why | None:
    one, other = hands.steps[i], hands.steps[j]
    if hands.takes_between(giver, i, j):
        return None
    at_once = may_be_at_once(one, other)
    if one.to_party is None or other.to_party is None or one.to_party == other.to_party:
        ways = {_sort(one.how), _sort(other.how)}
        return "two_ways" if at_once and len(ways) == 2 and "" not in ways else None
    return "two_takers" if at_once or hands.gives_between(one.to_party, i, j) else None


def _givers(hands: Hands, i: int, j: int, taker: str) -> Why | None:
    one, other = hands.steps[i], hands.steps[j]
    if one.from_party is None or other.from_party is None or one.from_party == other.from_party:
        return None
    if not may_be_at_once(one, other) or hands.gives_between(taker, i, j):
        return None  # in turn, or it went and came back
    return "two_givers"


def _between(places: Sequence[int], i: int, j: int) -> bool:
    at = bisect_right(places, i)
    return at < len(places) and places[at] < j


def _sort(how: str) -> str:
    return "given" if how in GIVEN else how if how in TAKEN else ""
