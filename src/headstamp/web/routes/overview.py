"""``/`` and ``/missing``: what the case holds and what it lacks."""

from __future__ import annotations

from headstamp.web.act import Act
from headstamp.web.contexts.missing import (
    GapContext,
    MissingContext,
    gap_context,
    missing_context,
)
from headstamp.web.contexts.overview import OverviewContext, overview_context
from headstamp.web.page import Page

PAGES: tuple[Page, ...] = (
    Page("overview", "/", "Overview", overview_context, OverviewContext, "overview.html",
         api="/api/overview"),
    Page("missing", "/missing", "What is missing", missing_context, MissingContext, "missing.html",
         api="/api/missing"),
    Page("gap", "/missing/{name}", "What is missing", gap_context, GapContext, "gap.html",
         api="/api/missing/{name}"),
)
ACTS: tuple[Act, ...] = ()
