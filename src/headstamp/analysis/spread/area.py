"""How far beyond the known area a find lies, and how often one would by chance.

The known area is the earlier sightings: their hull, and how near each lies to its nearest other. Two chances
are told. First, from the sightings alone: of all of them, how many lie at least as far from their nearest other
(conformal: if all are drawn alike, that share is below alpha for no more than alpha of them). Second, from where
people looked: of the finds documented since, how many lie at least as far from the known area, signature or not.
Distances are great circles on a sphere (within 0.6 % of the ellipsoid).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt
from typing import Final

import numpy as np

from headstamp.analysis.space_time.points import EARTH
from headstamp.analysis.spread.table import Find
from headstamp.analysis.spread.trend import Floats

Position = tuple[float, float]
KM: Final = 1_000.0
LEAST: Final = 3
_BLOCK: Final = 500
_EDGES: Final = 1_000.0
"""No hull is drawn on a plane where the points reach farther than this from their middle, in kilometres."""


@dataclass(frozen=True, slots=True)
class Area:
    """What is known of the area before a find, and how the find lies to it. Distances in kilometres.

    ``beyond`` is how far the find lies from the nearest earlier sighting, ``nearest`` its name.
    ``chance`` is that a sighting lies so far from its nearest other; ``looked`` the share of the finds
    documented since that lie so far out, of ``looked_of``. ``outside`` tells whether it lies outside the hull
    of the earlier ones (None where these make none), ``beyond_hull`` how far.
    """

    earlier: int
    beyond: float
    nearest: str
    chance: float
    least: float
    looked: float | None
    looked_of: int
    outside: bool | None
    beyond_hull: float | None
    hull: tuple[Position, ...]


def area(newest: Find, earlier: Sequence[Find], others: Sequence[Find]) -> Area | None:
    """The area of the earlier sightings and how the newest lies to it; None where places are not known.

    ``others`` are the finds documented since the last earlier sighting, of any sort.
    """
    known = [one for one in earlier if one.latitude is not None]
    if newest.latitude is None or not known:
        return None
    spots, at, counts = np.unique(_radians([*known, newest]), axis=0, return_inverse=True, return_counts=True)
    at = at.reshape(-1)
    apart = np.where(counts > 1, 0.0, nearest_other(spots))
    nearest = apart[at]
    beyond = float(nearest[-1])
    # The newest is one of them: its chance is never below 1 / (how many there are).
    chance = float(np.count_nonzero(nearest >= beyond * (1 - 1e-12))) / len(nearest)
    earlier_spots = _radians(known)
    closest = int(_distances(_radians([newest]), earlier_spots)[0].argmin())
    placed = [one for one in others if one.latitude is not None]
    looked = None
    if placed:
        out = nearest_of(_radians(placed), np.unique(earlier_spots, axis=0))
        looked = float(np.count_nonzero(out >= beyond * (1 - 1e-12))) / len(placed)
    ring = hull([(one.latitude or 0.0, one.longitude or 0.0) for one in known])
    outside = None if len(ring) < LEAST else not _within(_position(newest), ring)
    return Area(len(known), beyond, known[closest].name, chance, 1 / len(nearest), looked,
                len(placed), outside, _to_ring(_position(newest), ring) if outside else (0.0 if outside is False else None),
                tuple(ring))


def nearest_other(spots: Floats) -> Floats:
    """How far each of these (n, 2), in radians and no two alike, lies from its nearest other; infinite where alone."""
    found = np.full(len(spots), np.inf)
    for start in range(0, len(spots), _BLOCK):
        some = np.arange(start, min(len(spots), start + _BLOCK))
        apart = _distances(spots[some], spots)
        apart[np.arange(len(some)), some] = np.inf
        found[some] = apart.min(axis=1)
    return found


def nearest_of(spots: Floats, others: Floats) -> Floats:
    """How far each of these lies from the nearest of the others."""
    return np.concatenate([_distances(spots[start:start + _BLOCK], others).min(axis=1)
                           for start in range(0, len(spots), _BLOCK)])


def since_before(finds: Sequence[Find]) -> list[float | None]:
    """Of finds with days and places, in the order of their first days: how far each lies from the nearest before it.

    None where none was before. Those of one day do not count as before each other.
    """
    spots = _radians(finds)
    found: list[float | None] = []
    seen: list[int] = []
    kept: set[Position] = set()
    waiting: list[int] = []
    for number, one in enumerate(finds):
        if waiting and finds[waiting[0]].first != one.first:
            for earlier in waiting:
                if _position(finds[earlier]) not in kept:
                    kept.add(_position(finds[earlier]))
                    seen.append(earlier)
            waiting = []
        found.append(float(_distances(spots[number:number + 1], spots[seen]).min()) if seen else None)
        waiting.append(number)
    return found


def distance(one: Position, other: Position) -> float:
    """The great circle between two positions (latitude, longitude in degrees), in kilometres."""
    a, b, c, d = (radians(value) for value in (*one, *other))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH / KM * asin(min(1.0, sqrt(half)))


def hull(points: Sequence[Position]) -> list[Position]:
    """The smallest convex ring around the points, counter-clockwise; empty where they make none.

    Worked out on the plane that touches the sphere in their middle, so that it may lie across the date line.
    Empty too where they reach too far for a plane.
    """
    unique = list(dict.fromkeys(points))
    if len(unique) < LEAST:
        return []
    centre = _middle(unique)
    flat = sorted((*_flat(one, centre), number) for number, one in enumerate(unique))
    if max(hypot(x, y) for x, y, _ in flat) > _EDGES:
        return []
    lower, upper = _chain(flat), _chain(flat[::-1])
    ring = lower[:-1] + upper[:-1]
    return [unique[number] for _, _, number in ring] if len(ring) >= LEAST else []


def _chain(points: Sequence[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
    """Half a hull (Andrew 1979, Information Processing Letters 9:216)."""
    chain: list[tuple[float, float, int]] = []
    for one in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], one) <= 1e-9:
            chain.pop()
        chain.append(one)
    return chain


def _turn(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _within(point: Position, ring: Sequence[Position]) -> bool:
    centre = _middle(ring)
    flat, at = [_flat(one, centre) for one in ring], _flat(point, centre)
    return all(_turn(flat[k - 1], flat[k], at) >= -1e-9 for k in range(len(flat)))


def _to_ring(point: Position, ring: Sequence[Position]) -> float:
    """From a point outside to the nearest side, in kilometres."""
    flat = [_flat(one, point) for one in ring]
    best = float("inf")
    for k in range(len(flat)):
        (x, y), (u, v) = flat[k - 1], flat[k]
        length = (u - x) ** 2 + (v - y) ** 2
        share = 0.0 if length == 0 else min(1.0, max(0.0, -(x * (u - x) + y * (v - y)) / length))
        best = min(best, hypot(x + share * (u - x), y + share * (v - y)))
    return best


def _middle(points: Sequence[Position]) -> Position:
    x = y = z = 0.0
    for latitude, longitude in points:
        x += cos(radians(latitude)) * cos(radians(longitude))
        y += cos(radians(latitude)) * sin(radians(longitude))
        z += sin(radians(latitude))
    return degrees(atan2(z, hypot(x, y))), degrees(atan2(y, x))


def _flat(point: Position, centre: Position) -> tuple[float, float]:
    """Kilometres east and north of a centre, distances from it true (azimuthal equidistant)."""
    a, b, c, d = (radians(value) for value in (*centre, *point))
    east = cos(c) * sin(d - b)
    north = cos(a) * sin(c) - sin(a) * cos(c) * cos(d - b)
    length = hypot(east, north)
    if length == 0:
        return 0.0, 0.0
    far = distance(centre, point)
    return far * east / length, far * north / length


def _position(one: Find) -> Position:
    return one.latitude or 0.0, one.longitude or 0.0


def _radians(finds: Sequence[Find]) -> Floats:
    return np.radians(np.array([_position(one) for one in finds], dtype=np.float64))


def _distances(one: Floats, other: Floats) -> Floats:
    """Great circles between two sets of positions in radians (n, m), in kilometres."""
    a, c = one[:, None, 0], other[None, :, 0]
    turn = other[None, :, 1] - one[:, None, 1]
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin(turn / 2) ** 2
    return np.asarray(2 * EARTH / KM * np.arcsin(np.minimum(1.0, np.sqrt(half))), dtype=np.float64)
