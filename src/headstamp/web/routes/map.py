"""``/map`` and the same as GeoJSON."""

from __future__ import annotations

from headstamp.web.act import Act
from headstamp.web.contexts.map import MapContext, map_context
from headstamp.web.page import Page

PAGES: tuple[Page, ...] = (
    Page("map", "/map", "Map", map_context, MapContext, "map.html", api="/api/map.geojson"),
)
ACTS: tuple[Act, ...] = ()
