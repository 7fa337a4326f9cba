"""Which parties are judged to be one, and where the judgements contradict each other.

People judge pairs: these two are the same, those two are not. What follows from several
``same`` judgements (A is B, B is C, so A is C) is drawn here, in any order with the same
result. What does not follow is drawn nowhere: where somebody judged A and C to be different
all the same, one of the three judgements is wrong and the program cannot know which. Then
nothing is drawn from the whole group, and the contradiction is shown with the judgements
that lead to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word on two parties: ``tie`` is the record's id, ``same`` what was judged."""

    tie: str
    party: str
    other: str
    same: bool


@dataclass(frozen=True, slots=True)
class Contested:
    """Two parties judged to be different that a line of other judgements makes one.

    ``different`` is the judgement that speaks against it; ``line`` those by which the one is
    the other, in order; ``parties`` all of the group, from which nothing is drawn.
    """

    party: str
    other: str
    different: str
    line: tuple[str, ...]
    parties: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The contradiction as plain JSON values."""
        return {"what": "same_and_different", "party": self.party, "other": self.other,
                "different": self.different, "line": list(self.line), "parties": list(self.parties)}


@dataclass(frozen=True, slots=True)
class Sameness:
    """What follows from all judgements.

    ``same`` maps each party of a group to the one of the group that stands for all: the one
    with the least id, whatever the order of the judgements. ``selves`` are judgements that
    name one party twice: told, and nothing is drawn from them.
    """

    same: Mapping[str, str]
    contested: tuple[Contested, ...]
    selves: tuple[str, ...]

    def group(self, party: str) -> tuple[str, ...]:
        """All parties that are the same as this one, with it, sorted."""
        stands = self.same.get(party)
        if stands is None:
            return (party,)
        return tuple(sorted(one for one, to in self.same.items() if to == stands))


def sameness(judgements: Iterable[Judgement]) -> Sameness:
    """What follows from the judgements, and what cannot be drawn from them.

    >>> found = sameness([Judgement("t1", "a", "b", True), Judgement("t2", "b", "c", True)])
    >>> dict(found.same)
    {'a': 'a', 'b': 'a', 'c': 'a'}
    >>> found = sameness([Judgement("t1", "a", "b", True), Judgement("t2", "b", "a", False)])
    >>> dict(found.same), found.contested[0].line
    ({}, ('t1',))
    """
    given = sorted(judgements, key=lambda one: one.tie)
    selves = tuple(one.tie for one in given if one.party == one.other)
    given = [one for one in given if one.party != one.other]
    near: dict[str, list[tuple[str, str]]] = {}
    for one in given:
        if one.same:
            near.setdefault(one.party, []).append((one.other, one.tie))
            near.setdefault(one.other, []).append((one.party, one.tie))
    groups = _groups(near)
    contested = tuple(
        Contested(one.party, one.other, one.tie, _line(near, one.party, one.other),
                  groups[one.party])
        for one in given
        if not one.same and one.party in groups and one.other in groups[one.party]
    )
    unsettled = {party for one in contested for party in one.parties}
    same = {party: group[0] for party, group in sorted(groups.items()) if party not in unsettled}
    return Sameness(same, contested, selves)


def _groups(near: Mapping[str, list[tuple[str, str]]]) -> dict[str, tuple[str, ...]]:
    """The group of each party, sorted."""
    groups: dict[str, tuple[str, ...]] = {}
    for start in near:
        if start in groups:
            continue
        reached, waiting = {start}, [start]
        while waiting:
            for other, _ in near[waiting.pop()]:
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        group = tuple(sorted(reached))
        groups.update(dict.fromkeys(group, group))
    return groups


def _line(near: Mapping[str, list[tuple[str, str]]], start: str, end: str) -> tuple[str, ...]:
    """The shortest line of judgements that leads from one party to another."""
    came: dict[str, tuple[str, str]] = {start: ("", "")}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == end:
            break
        for other, tie in near[here]:
            if other not in came:
                came[other] = (here, tie)
                waiting.append(other)
    line = []
    while end != start:
        end, tie = came[end]
        line.append(tie)
    return tuple(reversed(line))
