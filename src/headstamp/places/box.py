"""A box of latitudes and longitudes, also one that lies across the date line.

``west`` greater than ``east`` means that the box goes over the 180th meridian,
as in GeoJSON (RFC 7946, 5.2). A store that can only compare numbers asks for
:meth:`Box.parts`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import NamedTuple

from headstamp.places.point import KM_PER_DEGREE, Point, wrap_lon


class Box(NamedTuple):
    """South, west, north, east, in degrees; ``west > east`` crosses the date line."""

    south: float
    west: float
    north: float
    east: float

    @property
    def crosses(self) -> bool:
        """Whether the box lies across the date line."""
        return self.west > self.east

    @property
    def width(self) -> float:
        """Degrees of longitude from west to east, going east."""
        return self.east - self.west + (360.0 if self.crosses else 0.0)

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        return Point((self.south + self.north) / 2, wrap_lon(self.west + self.width / 2))

    def holds(self, lat: float, lon: float) -> bool:
        """Whether the point lies in the box or on its edge.

        >>> fiji = Box(-20, 176, -15, -178)
        >>> fiji.holds(-17, 179), fiji.holds(-17, -179), fiji.holds(-17, 0)
        (True, True, False)
        """
        if not self.south <= lat <= self.north:
            return False
        if self.crosses:
            return lon >= self.west or lon <= self.east
        return self.west <= lon <= self.east

    def parts(self) -> tuple[Box, ...]:
        """The box as one or two boxes that do not cross the date line.

        >>> Box(-20, 176, -15, -178).parts()
        (Box(south=-20, west=176, north=-15, east=180.0), \
Box(south=-20, west=-180.0, north=-15, east=-178))
        """
        if not self.crosses:
            return (self,)
        return (self._replace(east=180.0), self._replace(west=-180.0))

    def padded(self, km: float) -> Box:
        """The box with at least ``km`` kilometres more on each side.

        Near a pole the meridians run together: a box that reaches one goes all
        the way round.
        """
        south = max(-90.0, self.south - km / KM_PER_DEGREE)
        north = min(90.0, self.north + km / KM_PER_DEGREE)
        shrink = math.cos(math.radians(max(abs(south), abs(north))))
        if shrink <= 1e-9:
            return Box(south, -180.0, north, 180.0)
        more = km / KM_PER_DEGREE / shrink
        if self.width + 2 * more >= 360.0:
            return Box(south, -180.0, north, 180.0)
        west, east = wrap_lon(self.west - more), wrap_lon(self.east + more)
        return Box(south, west, north, 180.0 if east == -180.0 else east)


def box_of(points: Iterable[tuple[float, float]]) -> Box | None:
    """The smallest box around the points; ``None`` where there are none.

    Smallest means that the widest stretch without a point is left out, be it
    over the date line or not.

    >>> box_of([(-17, 179), (-18, -179)])
    Box(south=-18, west=179, north=-17, east=-179)
    >>> box_of([(36, 43), (33, 44)])
    Box(south=33, west=43, north=36, east=44)
    """
    known = list(points)
    if not known:
        return None
    lats = [lat for lat, _ in known]
    lons = sorted({lon for _, lon in known})
    # The gap over the date line first: on a tie the box does not cross it.
    gap, west, east = lons[0] + 360.0 - lons[-1], lons[0], lons[-1]
    for left, right in itertools.pairwise(lons):
        if right - left > gap:
            gap, west, east = right - left, right, left
    return Box(min(lats), west, max(lats), east)


def box_around(lat: float, lon: float, km: float) -> Box:
    """A box that holds every point within ``km`` kilometres of this one.

    >>> box_around(0, 0, 111.2).holds(0.9, 0.9)
    True
    """
    # A circle's widest parallel lies poleward of its centre; padding by the
    # poleward edge's cosine, as ``padded`` does, always covers it.
    return Box(lat, lon, lat, lon).padded(km)
