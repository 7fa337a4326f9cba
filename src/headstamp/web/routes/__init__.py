"""The one table of addresses. A more particular page replaces the general one at its address."""

from __future__ import annotations

from functools import cache

from headstamp.web.act import Act
from headstamp.web.page import Page
from headstamp.web.routes import (
    alert,
    chain,
    custody,
    devices,
    erase,
    exchange,
    files,
    finding,
    flags,
    form,
    forward,
    hands,
    help,
    iafq,
    lag,
    letters,
    listing,
    log,
    machine,
    map,
    measures,
    network,
    overview,
    particular,
    parties,
    parts,
    reading,
    record,
    reference,
    reply,
    search,
    series,
    spread,
    trace_desk,
    working,
)

# Particular pages first: where two have one address, the earlier is meant, and
# an address with a fixed word (/items/new) stands before one with a gap (/items/{id}).
_PAGES: tuple[tuple[Page, ...], ...] = (
    overview.PAGES, map.PAGES, working.PAGES, search.PAGES, series.PAGES, spread.PAGES, forward.PAGES, hands.PAGES, lag.PAGES, iafq.PAGES, measures.PAGES, network.PAGES, help.PAGES, reference.PAGES,
    form.PAGES, reading.PAGES,
    parties.PAGES, parts.PAGES, chain.PAGES, flags.PAGES, custody.PAGES, exchange.PAGES, erase.PAGES, finding.PAGES,
    trace_desk.PAGES, reply.PAGES, alert.PAGES, particular.PAGES, listing.PAGES, record.PAGES,
)
ACTS: tuple[Act, ...] = (*overview.ACTS, *working.ACTS, *files.ACTS, *help.ACTS, *form.ACTS,
                          *reading.ACTS, *machine.ACTS, *parts.ACTS, *chain.ACTS, *parties.ACTS, *custody.ACTS, *exchange.ACTS, *devices.ACTS, *erase.ACTS, *finding.ACTS, *measures.ACTS, *network.ACTS, *spread.ACTS,
                          *log.ACTS, *iafq.ACTS, *letters.ACTS, *search.ACTS, *trace_desk.ACTS, *reply.ACTS, *alert.ACTS)


@cache
def pages() -> tuple[Page, ...]:
    """All pages, each address once."""
    found: dict[str, Page] = {}
    for some in _PAGES:
        for page in some:
            found.setdefault(page.path or page.api, page)
    return tuple(found.values())
