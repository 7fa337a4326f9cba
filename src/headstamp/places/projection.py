"""From degrees to a flat map: one way for a region, one for the world.

A region is drawn equirectangular, true to scale along its middle parallel: all
straight, easy to lay a ruler on. The world is drawn in the Natural Earth
projection (T. Patterson; polynomial by B. Savric and others, 2011), which
shows all lands at a fair size and says by its shape that it is a world map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from headstamp.places.box import Box
from headstamp.places.point import KM_PER_DEGREE

WORLD_WEST = -169.0
"""The world map's left edge: between Asia and America, so that no land is cut in two."""
WORLD_SOUTH, WORLD_NORTH = -58.0, 84.0


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of the earth fitted into a frame of ``width`` x ``height`` at (``left``, ``top``).

    ``west`` to ``east`` are continuous: east may be more than 180. Use :func:`region` or
    :func:`world` to make one.
    """

    west: float
    south: float
    east: float
    north: float
    left: float
    top: float
    width: float
    height: float
    is_world: bool

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a position stands in the drawing; ``lon`` on this view's own turn of the earth."""
        middle = (self.west + self.east) / 2
        if not self.is_world:
            x = (lon - self.west) / (self.east - self.west) * self.width
            y = (self.north - lat) / (self.north - self.south) * self.height
            return self.left + x, self.top + y
        x, y = _natural_earth(lon - middle, lat)
        scale, lowest, highest = self._world_scale()
        return (
            self.left + self.width / 2 + x * scale,
            self.top + self.height / 2 + ((highest + lowest) / 2 - y) * scale,
        )

    def lon_here(self, lon: float) -> float:
        """The longitude on this view's turn: from ``west`` up to less than ``west + 360``."""
        return self.west + (lon - self.west) % 360.0

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a point falls inside the frame."""
        return self.south <= lat <= self.north and self.lon_here(lon) <= self.east

    @property
    def km_per_unit(self) -> float:
        """Kilometres a unit of the drawing stands for, along the middle parallel of a region."""
        return (self.north - self.south) * KM_PER_DEGREE / self.height

    def _world_scale(self) -> tuple[float, float, float]:
        lowest, highest = _natural_earth(0, self.south)[1], _natural_earth(0, self.north)[1]
        widest = _natural_earth(180.0, 0)[0]
        fit = min(self.width / (2 * widest), self.height / (highest - lowest))
        return fit, lowest, highest


def world(left: float, top: float, width: float, height: float) -> View:
    """The whole inhabited world in a frame."""
    return View(
        WORLD_WEST, WORLD_SOUTH, WORLD_WEST + 360.0, WORLD_NORTH, left, top, width, height, True
    )


def region(
    box: Box, left: float, top: float, width: float, height: float, *, least_degrees: float = 4.0
) -> View:
    """A box in a frame: widened to the frame's shape, never less than ``least_degrees`` high.

    A box that would need most of the world gives :func:`world`.
    """
    middle_lat = (box.south + box.north) / 2
    shrink = max(math.cos(math.radians(middle_lat)), 0.05)
    high = max(box.north - box.south, least_degrees)
    wide = max(box.width, high * width / height / shrink)
    high = max(high, wide * shrink * height / width)
    if wide > 180.0 or high > 110.0:
        return world(left, top, width, height)
    south = min(max(middle_lat - high / 2, -90.0), 90.0 - high)
    west = box.west + box.width / 2 - wide / 2
    return View(west, south, west + wide, south + high, left, top, width, height, False)


def _natural_earth(lon: float, lat: float) -> tuple[float, float]:
    """x to the right and y upwards, in radians at the equator; ``lon`` from the map's middle."""
    turn, high = math.radians(lon), math.radians(lat)
    p2 = high * high
    p4 = p2 * p2
    x = turn * (0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4)))
    y = high * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4)))
    return x, y
