"""The order of steps in time: by their days, and by who had it where the days leave it open.

A step whose days all lie before those of another comes before it. Where days overlap or are
missing, a chain goes on from whoever has the item; failing that, a step waits for the one by
which its giver came to the item. Making comes first whatever its date says, for nothing can
be earlier; what does not fit is shown as a contradiction. Recovery comes last where dates
leave it open.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from headstamp.tracing.event import claim_order, place_of
from headstamp.tracing.step import Step


def holder_after(step: Step) -> str | None:
    """Who has it after a step; the maker after it was made."""
    if step.how == "made":
        return step.to_party or step.from_party
    return step.to_party


def step_order(step: Step) -> tuple[object, ...]:
    """An order of steps by their days, and then one that is always the same."""
    return (*place_of(step), step.how, step.from_party or "", step.to_party or "",
            tuple(map(claim_order, step.claims)))


def in_order(steps: Iterable[Step]) -> list[Step]:
    """The steps in time, the same whatever the order in which they are given."""
    given = sorted(steps, key=step_order)
    done = [step for step in given if step.how == "made"]
    rest = sorted((step for step in given if step.how != "made"),
                  key=lambda step: (step.first or "", step_order(step)))
    # By their places in that order, which are quicker compared than what it is made of.
    place = {id(step): at for at, step in enumerate(given)}
    places = [place[id(step)] for step in rest]
    ends = [(step.last, at) for at, step in enumerate(rest) if step.last is not None]
    heapq.heapify(ends)
    reached, taken = 0, set[int]()
    open_: list[int] = []  # what no remaining step surely comes before
    comes: Counter[str | None] = Counter()  # who gets it by one of those
    while len(taken) < len(rest):
        while ends and ends[0][1] in taken:
            heapq.heappop(ends)
        limit = ends[0][0] if ends else None
        while reached < len(rest) and (limit is None or (rest[reached].first or "") <= limit):
            open_.append(reached)
            comes[rest[reached].to_party] += 1
            reached += 1
        at = _next(rest, places, open_, comes, holder_after(done[-1]) if done else None)
        open_.remove(at)
        comes[rest[at].to_party] -= 1
        taken.add(at)
        done.append(rest[at])
    return done


def _next(
    rest: Sequence[Step], places: Sequence[int], open_: Sequence[int], comes: Mapping[str | None, int],
    holder: str | None,
) -> int:
    def key(at: int) -> tuple[bool, bool, bool, int]:
        step = rest[at]
        goes_on = holder is not None and step.from_party == holder
        # A step to its own giver waits for nobody.
        own = step.from_party == step.to_party
        waits = step.from_party is not None and comes.get(step.from_party, 0) > own
        return step.how == "recovered", not goes_on, waits, places[at]

    return min(open_, key=key)


def tied(steps: Sequence[Step]) -> list[bool]:
    """Which steps have a place in time: by a date, by their kind, or by a link to one that has."""
    found = [step.how in ("made", "recovered") or step.first is not None or step.last is not None
             for step in steps]
    givers: dict[str, list[int]] = {}
    takers: dict[str, list[int]] = {}
    for at, step in enumerate(steps):
        if step.from_party:
            givers.setdefault(step.from_party, []).append(at)
        after = holder_after(step)
        if after:
            takers.setdefault(after, []).append(at)
    waiting = [at for at, known in enumerate(found) if known]
    while waiting:
        step = steps[waiting.pop()]
        after = holder_after(step)
        near = (*givers.get(after or "", ()), *takers.get(step.from_party or "", ()))
        for at in near:
            if not found[at]:
                found[at] = True
                waiting.append(at)
    return found
