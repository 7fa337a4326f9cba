"""``/series``: runs of markings, and the ranges of serial numbers that answers name."""

from __future__ import annotations

from headstamp.web.contexts.series import SeriesContext, series_context
from headstamp.web.page import Page, Parameter

PAGES: tuple[Page, ...] = (
    Page(
        name="series", path="/series", api="/api/series", title="Series", context=series_context,
        returns=SeriesContext, template="series.html", tag="search",
        parameters=(
            Parameter("near", "A marking as read: what stands around it"),
            Parameter("page", "Which page of runs", {"type": "integer", "minimum": 1}),
        ),
    ),
)
