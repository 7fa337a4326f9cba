"""Pages of single kinds that show more than the general ones: sites, parties, papers and so on."""

from __future__ import annotations

from dataclasses import replace

from headstamp.records import BY_NAME
from headstamp.web.contexts.document import DocumentContext, document_context
from headstamp.web.contexts.party import PartyContext, party_context
from headstamp.web.contexts.site import SiteContext, site_context
from headstamp.web.contexts.tallies import TalliesContext, tallies_context
from headstamp.web.contexts.trace import TraceContext, trace_context
from headstamp.web.page import Page
from headstamp.web.routes.listing import PAGES as LISTS
from headstamp.web.routes.record import record_page

_LISTS = {page.fixed["kind"]: page for page in LISTS if "kind" in page.fixed}

PAGES: tuple[Page, ...] = (
    record_page(BY_NAME["site"], site_context, SiteContext, "site.html"),
    record_page(BY_NAME["party"], party_context, PartyContext, "party.html"),
    record_page(BY_NAME["document"], document_context, DocumentContext, "document.html"),
    record_page(BY_NAME["trace_request"], trace_context, TraceContext, "trace.html"),
    replace(_LISTS["tally"], context=tallies_context, returns=TalliesContext,
            template="tallies.html"),
    replace(_LISTS["reference"], template="references.html"),
    replace(_LISTS["finding"], template="findings.html"),
)
