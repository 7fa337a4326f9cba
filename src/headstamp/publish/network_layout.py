"""Where the parties of a network stand: a small layout by forces, without chance.

What is joined pulls together, everything pushes apart (after Fruchterman and Reingold, 1991).
It begins on a spiral in the order given, takes a fixed number of steps and uses only sums,
products and square roots in a fixed order, so that the same network comes out alike. Meant
for the few hundred signs that a reader can tell apart; larger networks are grouped before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_STEPS, _PUSHES = 160, 120
_BETWEEN, _FEW = 16.0, 20


def place(
    radii: Sequence[float], joins: Sequence[tuple[int, int, float]], width: float, height: float
) -> list[tuple[float, float]]:
    """A place for each sign in a box; ``joins`` are pairs of signs with a weight above zero.

    ``radii`` are how large the signs are drawn, in the units of the box.
    """
    count = len(radii)
    if count == 0:
        return []
    if count == 1:
        return [(width / 2, height / 2)]
    golden = math.pi * (3 - math.sqrt(5))
    start = [(math.sqrt((n + 0.5) / count) * math.cos(n * golden),
              math.sqrt((n + 0.5) / count) * math.sin(n * golden)) for n in range(count)]
    at = np.round(np.array(start), 6)
    pull = np.zeros((count, count))
    for a, b, weight in joins:
        if a != b:
            pull[a, b] = pull[b, a] = max(pull[a, b], 1 + math.log2(1 + weight) / 4)
    best = 1.4 / math.sqrt(count)
    for step in range(_STEPS):
        apart = at[:, None, :] - at[None, :, :]
        far = np.sqrt(apart[:, :, 0] ** 2 + apart[:, :, 1] ** 2)
        far[far < 1e-4] = 1e-4
        force = best * best / (far * far) - pull * far / best * 0.55
        np.fill_diagonal(force, 0.0)
        # Added up row by row: the order of a sum is part of its result.
        move = np.zeros_like(at)
        for other in range(count):
            move += force[:, other, None] * apart[:, other, :]
        move -= at * 0.9  # so that parts without a join do not drift off
        long = np.sqrt(move[:, 0] ** 2 + move[:, 1] ** 2)
        long[long < 1e-9] = 1e-9
        cool = 0.22 * (1 - step / _STEPS) ** 1.5 + 0.002
        at = np.round(at + move / long[:, None] * np.minimum(long, cool)[:, None], 6)
    settled = _apart(_fitted(at, width, height), radii, width, height)
    return [(float(x), float(y)) for x, y in settled]


def _fitted(at: Array, width: float, height: float) -> Array:
    """Stretched into the box, half by place and half by rank: a crowd in the middle gets room."""
    spread = np.zeros_like(at)
    for axis, room in ((0, width), (1, height)):
        low, high = at[:, axis].min(), at[:, axis].max()
        even = np.empty(len(at))
        even[np.lexsort((np.arange(len(at)), at[:, axis]))] = np.arange(len(at)) / (len(at) - 1)
        share = (at[:, axis] - low) / max(high - low, 1e-6)
        spread[:, axis] = (share if len(at) < _FEW else 0.4 * share + 0.6 * even) * room
    return np.round(spread, 3)


def _apart(at: Array, radii: Sequence[float], width: float, height: float) -> Array:
    """Pushed off each other until each sign has its room, as far as the box allows."""
    size = np.array(radii)
    wanted = size[:, None] + size[None, :] + _BETWEEN
    for _ in range(_PUSHES):
        gap = at[:, None, :] - at[None, :, :]
        far = np.sqrt(gap[:, :, 0] ** 2 + gap[:, :, 1] ** 2)
        np.fill_diagonal(far, 1e9)
        near = np.maximum(wanted - far, 0.0)
        if not near.any():
            break
        # Two on one point part by their order.
        same = far < 1e-3
        gap[same, 0] = 1.0
        gap[np.tril(same), 0] = -1.0
        far[same] = 1.0
        move = np.zeros_like(at)
        for other in range(len(at)):
            move += (near[:, other] / far[:, other] / 2)[:, None] * gap[:, other, :]
        moved: Array = at + move
        at = np.clip(moved, np.zeros(2), np.array([width, height])).round(3)
    return at
