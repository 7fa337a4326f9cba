"""Rings of a chain: passages that lead back to where they began, in an order no date breaks.

Going from one hand to another and back is no contradiction where the dates say in which
order. A ring is left over where no step of it surely lies before the one that it follows.
They are the strongly connected parts of the graph of steps (Kosaraju and Sharir 1981).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headstamp.tracing.event import surely_before
from headstamp.tracing.order import holder_after
from headstamp.tracing.step import Step


def rings(steps: Sequence[Step]) -> Iterator[list[int]]:
    """The places of the steps of each ring, in the order of the chain."""
    givers: dict[str, list[int]] = {}
    for at, step in enumerate(steps):
        if step.from_party and step.from_party != step.to_party and step.how != "made":
            givers.setdefault(step.from_party, []).append(at)
    ahead: list[list[int]] = [[] for _ in steps]
    behind: list[list[int]] = [[] for _ in steps]
    for at, step in enumerate(steps):
        if step.how == "made":
            continue
        for n in givers.get(holder_after(step) or "", ()):
            if n != at and step.from_party != step.to_party and not surely_before(steps[n], step):
                ahead[at].append(n)
                behind[n].append(at)
    finished: list[int] = []
    seen = [False] * len(steps)
    for at in range(len(steps)):
        finished += _walk(at, ahead, seen)
    seen = [False] * len(steps)
    found = [sorted(some) for at in reversed(finished) if len(some := _walk(at, behind, seen)) > 1]
    yield from sorted(found)


def _walk(start: int, ahead: Sequence[Sequence[int]], seen: list[bool]) -> list[int]:
    """Everything reached from a step and not seen before, each after what it reaches."""
    if seen[start]:
        return []
    seen[start] = True
    finished: list[int] = []
    stack = [(start, iter(ahead[start]))]
    while stack:
        at, rest = stack[-1]
        for n in rest:
            if not seen[n]:
                seen[n] = True
                stack.append((n, iter(ahead[n])))
                break
        else:
            stack.pop()
            finished.append(at)
    return finished
