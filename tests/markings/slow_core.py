"""What the search core answers, in plain Python, a marking at a time and straight from its definition.

Slow, and so simple that it can be held to be right: the compiled kernels and
the fallback in numpy are held to it.
"""

from __future__ import annotations

from functools import cache

from headstamp.markings.asked import Costs, Pattern
from headstamp.markings.fallback_cost import FAR
from headstamp.markings.segment import RUN_CODE, Segment


def edits_between(pattern: Pattern, codes: bytes) -> int:
    """The fewest unit edits from a pattern to codes; what stands in a run is none."""

    @cache
    def fewest(place: int, at: int) -> int:
        """For the first ``place`` places and the first ``at`` characters."""
        ways = []
        if place and at:
            passes = int(pattern.fits[codes[at - 1] & 63]) >> (place - 1) & 1
            ways.append(fewest(place - 1, at - 1) + (0 if passes else 1))
        if place:
            ways.append(fewest(place - 1, at) + 1)
        if at:
            ways.append(fewest(place, at - 1) + (0 if pattern.runs >> place & 1 else 1))
        return min(ways, default=0)

    return fewest(pattern.places, len(codes))


def search(segment: Segment, pattern: Pattern, keep: int) -> tuple[list[int], int]:
    """The slots within the pattern's edits, ascending; at most ``keep``, the nearest; and how many."""
    found = [
        (edits, slot)
        for slot in range(segment.slots)
        if segment.weight[slot]
        and (edits := edits_between(pattern, segment.codes_of(slot))) <= pattern.edits
    ]
    return sorted(slot for _, slot in sorted(found)[:keep]), len(found)


def cost(costs: Costs, codes: bytes) -> int:
    """The cheapest way from a true marking to the reading, as a path from its end backwards."""
    m, n = costs.places, len(codes)

    def start(place: int, at: int) -> int:
        """What it costs to begin here: so much is missing, or is seen beyond the beginning."""
        if place and at:
            return FAR
        if at:
            return int(costs.cut[at])
        added = int(sum(costs.add[:place])) + int(costs.cut[0])
        return min(added, int(costs.extra[place])) if place else added

    @cache
    def upto(place: int, at: int) -> int:
        ways = [start(place, at)]
        true = codes[at - 1] if at else None
        if at:  # A true character that is not seen.
            if true == RUN_CODE:
                dropped = 0
            elif costs.runs >> place & 1:
                dropped = costs.run
            else:
                dropped = int(costs.drop[true])
            ways.append(upto(place, at - 1) + dropped)
        if place and at:
            if true == RUN_CODE:
                ways.append(upto(place - 1, at) + costs.stored)
            else:
                ways.append(upto(place - 1, at) + int(costs.add[place - 1]))
                ways.append(upto(place - 1, at - 1) + int(costs.seen[place - 1][true]))
        if place > 1 and at > 1 and RUN_CODE not in (true, codes[at - 2]):
            ways.append(
                upto(place - 2, at - 2) + costs.swap
                + int(costs.seen[place - 2][true]) + int(costs.seen[place - 1][codes[at - 2]])
            )  # fmt: skip
        return min(ways)

    if not m:
        return upto(0, n) + int(costs.cut[0])
    return min(
        FAR,
        *(upto(m, at) + int(costs.cut[n - at]) for at in range(n + 1)),
        *(upto(place, n) + int(costs.extra[m - place]) for place in range(m)),
    )


def begins(segment: Segment, codes: bytes, *, reversed: bool) -> list[int]:
    """How many markings of this length begin with 0, 1, ... all of the codes."""
    markings = [
        segment.codes_of(slot)[:: -1 if reversed else 1]
        for length, first, count in segment.buckets[:, :3].tolist() if length == len(codes)
        for slot in range(first, first + count)
    ]  # fmt: skip
    return [
        sum(marking.startswith(codes[:depth]) for marking in markings)
        for depth in range(len(codes) + 1)
    ]
