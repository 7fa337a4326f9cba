"""Which parties of a network stand for themselves, and which as a group with their number.

A person can tell some sixty names apart. In a larger network the parties with most others
are named, and all the rest stand in groups: those that have to do with one named party first,
those of parts that have no named party by the part. Every group says how many it holds, and
the table lists each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_NAMED = 48
MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign drawn: a party (``party``), or a group of several (``members``)."""

    party: str
    members: tuple[str, ...]
    degree: int
    part: int


@dataclass(frozen=True, slots=True)
class Grouped:
    """The signs, which of them a party is in, and the parts (parties joined somehow), largest first."""

    signs: tuple[Sign, ...]
    sign_of: Mapping[str, int]
    parts: tuple[tuple[str, ...], ...]


def grouped(
    parties: Sequence[str], pairs: Mapping[tuple[str, str], int], most: int = MOST_NAMED
) -> Grouped:
    """Signs for these parties; ``pairs`` are the joins with their weight, in either direction."""
    near: dict[str, Counter[str]] = {party: Counter() for party in sorted(set(parties))}
    for (a, b), weight in sorted(pairs.items()):
        if a != b and a in near and b in near:
            near[a][b] += weight
            near[b][a] += weight
    parts = _parts(near)
    part_of = {party: at for at, part in enumerate(parts) for party in part}
    joined = {party: (len(found), found.total()) for party, found in near.items()}
    ranked = sorted(near, key=lambda p: (-joined[p][0], -joined[p][1], p))
    named = ranked if len(ranked) <= most + 1 else ranked[:most]
    kept = set(named)
    groups: dict[str, list[str]] = defaultdict(list)
    for party in sorted(set(ranked) - kept):
        hubs = sorted((p for p in near[party] if p in kept), key=lambda p: (-near[party][p], p))
        part = part_of[party]
        groups[hubs[0] if hubs else f"\0part {min(part, MOST_PARTS)}"].append(party)
    signs = [Sign(p, (p,), joined[p][0], part_of[p]) for p in named]
    for members in (groups[key] for key in sorted(groups)):
        # One alone is named: a group of one would hide what it is for nothing.
        name = members[0] if len(members) == 1 else ""
        signs.append(Sign(name, tuple(members), joined[name][0] if name else 0, part_of[members[0]]))
    return Grouped(tuple(signs), {p: at for at, sign in enumerate(signs) for p in sign.members}, parts)


def _parts(near: Mapping[str, Counter[str]]) -> tuple[tuple[str, ...], ...]:
    """Parties that are joined somehow, the largest part first."""
    seen: set[str] = set()
    parts = []
    for start in near:
        if start in seen:
            continue
        seen.add(start)
        part, queue = [start], [start]
        while queue:
            for other in sorted(near[queue.pop()]):
                if other not in seen:
                    seen.add(other)
                    part.append(other)
                    queue.append(other)
        parts.append(tuple(sorted(part)))
    return tuple(sorted(parts, key=lambda part: (-len(part), part)))
