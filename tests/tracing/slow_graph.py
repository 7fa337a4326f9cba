"""What the graph of supply says, in plain Python over rows: the reference of its tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headstamp.tracing.graph_edges import Row

Told = set[tuple[tuple[int, ...], tuple[int, ...]]]


def slow_reach(
    rows: Sequence[Row], starts: Sequence[int], level: int, steps: int | None, *, forward: bool
) -> dict[int, int]:
    """Every node reached, with how many edges it takes at the least."""
    away = dict.fromkeys(starts, 0)
    step = 0
    while steps is None or step < steps:
        step += 1
        new = set()
        for _, sender, receiver, _, _, needs in rows:
            near, far = (sender, receiver) if forward else (receiver, sender)
            if needs <= level and away.get(near) == step - 1 and far not in away:
                new.add(far)
        if not new:
            break
        away.update(dict.fromkeys(new, step))
    return {node: steps for node, steps in away.items() if steps}


def _possible(path: Sequence[Row]) -> bool:
    """No transfer's last day is before the first day of one that came before it."""
    return all(
        later[4] >= earlier[3] for at, later in enumerate(path) for earlier in path[:at]
    )


def _walks(
    rows: Sequence[Row], start: int, level: int, steps: int, forward: bool
) -> Iterator[tuple[Row, ...]]:
    """Every path in the order it happened; no node twice."""
    on: list[tuple[tuple[Row, ...], int, frozenset[int]]] = [((), start, frozenset([start]))]
    while on:
        path, end, been = on.pop()
        if path:
            yield path
        if len(path) == steps:
            continue
        for row in rows:
            near, far = (row[1], row[2]) if forward else (row[2], row[1])
            if row[5] <= level and near == end and far not in been:
                on.append(((*path, row) if forward else (row, *path), far, been | {far}))


def slow_paths(
    rows: Sequence[Row], start: int, level: int, steps: int, *, dated: bool, forward: bool
) -> Told:
    """(numbers, nodes) of every path of up to so many edges."""
    return {
        (tuple(row[0] for row in path), (path[0][1], *(row[2] for row in path)))
        for path in _walks(rows, start, level, steps, forward)
        if not dated or _possible(path)
    }


def slow_chains(rows: Sequence[Row], giver: int, taker: int, level: int, steps: int) -> Told:
    """The shortest dated paths from one to the other."""
    found = {
        one for one in slow_paths(rows, taker, level, steps, dated=True, forward=False)
        if one[1][0] == giver
    }
    least = min((len(numbers) for numbers, _ in found), default=0)
    return {one for one in found if len(one[0]) == least}
