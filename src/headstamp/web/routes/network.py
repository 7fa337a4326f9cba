"""``/network``: the networks of sites and of parties that were found, and their pictures as files."""

from __future__ import annotations

from headstamp.publish.picture import FORMS
from headstamp.web.act import Act
from headstamp.web.contexts.network import OF, NetworkContext, network_context, network_picture_of
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.chain import picture_file

_YES = {"type": "string", "enum": ["yes", "no"]}

PAGES: tuple[Page, ...] = (
    Page("network", "/network", "Network", network_context, NetworkContext, "network.html",
         api="/api/network", tag="measures", parameters=(
             Parameter("of", "Of what", {"type": "string", "enum": list(OF)}),
             Parameter("since", "Only what went on this day or later", {"type": "string", "format": "date"}),
             Parameter("until", "Only what went on this day or earlier", {"type": "string", "format": "date"}),
             Parameter("flow", "Sites: only flows of this sort"),
             Parameter("whole", "Sites: whether parts of a site count as the whole of it", _YES),
             Parameter("inferred", "Sites: with links inferred from papers", _YES),
             Parameter("ties", "Parties: with ties, without, or ties only",
                       {"type": "string", "enum": ["yes", "no", "only"]}),
             Parameter("custody", "Parties: with the past hands of items", _YES),
         )),
)
ACTS: tuple[Act, ...] = tuple(
    Act(f"network:{of}:{form}", f"/network/{of}.{form}", picture_file(of, form, network_picture_of), ("GET",),
        "it is the file itself") for of in OF for form in FORMS)
