"""The networks of a case for ``network.sites`` and ``network.parties``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.actions.measures.network_found import (
    PARTY_PARAMETERS,
    SITE_PARAMETERS,
    parties_found,
    sites_found,
)
from headstamp.engine.engine import Engine


def sites(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """The flows between sites, each with the papers and things that show it."""
    found = sites_found(engine, given)
    return fed(found.inputs(), [said.removeprefix("Taken: ") for said in found.told], found.records())


def parties(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """The transfers, past hands and ties of parties, each with its papers and replies."""
    found = parties_found(engine, given)
    return fed(found.inputs(), [said.removeprefix("Taken: ") for said in found.told], found.records())


SITES: Final = Feed(
    "network.sites", "The flows between sites, each with the papers and things that show it, else with its word.",
    SITE_PARAMETERS, sites)
PARTIES: Final = Feed(
    "network.parties", "The transfers, past hands and ties of parties, each with its papers and trace replies, else with "
    "its word; parties judged the same are one.", PARTY_PARAMETERS, parties)
