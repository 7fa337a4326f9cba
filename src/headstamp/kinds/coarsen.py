"""A place told less exactly: areas down to the district, and the centre of a fixed cell.

Used by the read filter for whoever may not see the exact place. Noise does not
do this: whoever sees two noisy copies averages them. Here the answer depends on
the cell alone, so a thousand copies tell no more than one.

The grid: rows of equal height from pole to pole, each row cut into equal cells
as wide, at the row's narrower edge, as the asked size or wider; the row at each
pole is one round cell whose centre is the pole.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

EARTH_KM = 6371.0088
PUBLIC_KM = 10.0
_KEPT = ("district", "province", "country")


def cell_centre(latitude: float, longitude: float, km: float) -> tuple[float, float]:
    """The centre (degrees, 5 decimals) of the cell of at least ``km`` the point lies in.

    >>> cell_centre(36.3412, 43.1289, 10.0) == cell_centre(36.3399, 43.1301, 10.0)
    True
    """
    rows = int(math.pi * EARTH_KM / km)
    height = 180.0 / rows
    row = min(int((latitude + 90.0) / height), rows - 1)
    if row == 0:
        return -90.0, 0.0
    if row == rows - 1:
        return 90.0, 0.0
    south, north = row * height - 90.0, (row + 1) * height - 90.0
    narrow = math.cos(math.radians(max(abs(south), abs(north))))
    columns = max(1, int(2 * math.pi * EARTH_KM * narrow / km))
    width = 360.0 / columns
    column = min(int(((longitude + 180.0) % 360.0) / width), columns - 1)
    return round((south + north) / 2, 5), round((column + 0.5) * width - 180.0, 5)


def coarsened(place: Mapping[str, Any]) -> dict[str, Any]:
    """A place as the public may see it: no locality, no wording, a point on the 10 km grid."""
    shown = {name: place[name] for name in _KEPT if name in place}
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if latitude is not None and longitude is not None:
        shown["latitude"], shown["longitude"] = cell_centre(latitude, longitude, PUBLIC_KM)
        shown["precision"] = "coarsened"
    return shown
