"""A point told less exactly: the centre of a fixed cell, the same for all points in it.

A public edition may say *about where*, never *where*. Noise does not do that:
whoever sees two noisy copies averages them. Here the answer depends on the cell
alone, so a thousand copies tell no more than one. The cells are fixed on the
earth, not laid around the data, for the same reason.

The grid: rows of equal height from pole to pole, each row cut into equal cells
as wide, at the row's narrower edge, as the asked size or wider; the row at each
pole is one round cell whose centre is the pole. Every cell is at least ``km``
high and ``km`` wide (the round ones at least ``km`` from centre to edge).

What it does not do: hide a site in an empty land, where any cell of its size
gives it away, nor survive the same point being told on grids of several sizes
(their cells overlap in a smaller one). Use one size for one case.
"""

from __future__ import annotations

import math

from headstamp.errors import Invalid, Problem
from headstamp.kinds.coarsen import cell_centre
from headstamp.places.point import Point, point

SMALLEST_KM = 0.1
LARGEST_KM = 500.0
FARTHEST = 1.25
"""Times ``km``: no point is farther than this from its answer (half the longest diagonal).

Away from the poles it is about 0.71: a cell is nearly square. Close to a pole
a cell's outer edge is up to about twice as wide as its inner one, which gives 1.2;
rounding down to whole rows adds up to 2.6 % at the largest size.
"""


def coarsen(lat: float, lon: float, km: float = 10.0) -> Point:
    """The centre of the cell the point lies in, rounded to 5 decimals (about a metre).

    ``km`` is the least height and width of a cell, 0.1 to 500. Raises
    :class:`~headstamp.errors.Invalid` for a point off the earth or another size.

    >>> coarsen(36.3412, 43.1289)
    Point(lat=36.34183, lon=43.18436)
    >>> coarsen(36.3412, 43.1289) == coarsen(36.3399, 43.1301)
    True
    >>> coarsen(90, 12), coarsen(0.01, 180) == coarsen(0.01, -180)
    (Point(lat=90.0, lon=0.0), True)
    """
    at = point(lat, lon)
    if not (math.isfinite(km) and SMALLEST_KM <= km <= LARGEST_KM):
        raise Invalid(
            "The place cannot be coarsened to this size.",
            [
                Problem(
                    f"a cell is between {SMALLEST_KM} and {LARGEST_KM:g} kilometres wide",
                    "Choose a size between the two; 10 is usual.",
                    "km",
                    str(km),
                )
            ],
        )
    return Point(*cell_centre(at.lat, at.lon, km))
