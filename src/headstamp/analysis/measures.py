"""The measures by name: the one list of them; nothing else enumerates measures."""

from __future__ import annotations

from headstamp.analysis.counts.burst import MEASURE as BURST
from headstamp.analysis.counts.by import MEASURE as SHARES
from headstamp.analysis.counts.indicator_sdg import MEASURE as SDG
from headstamp.analysis.lag.supply import MEASURE as LAG
from headstamp.analysis.measure import Measure
from headstamp.analysis.network.measure import MEASURE_PARTIES as NETWORK_PARTIES
from headstamp.analysis.network.measure import MEASURE_SITES as NETWORK_SITES
from headstamp.analysis.scale.lists import MEASURE as LISTS
from headstamp.analysis.scale.lots import MEASURE as LOTS
from headstamp.analysis.scale.rate import MEASURE as RATE
from headstamp.analysis.scale.serials import MEASURE as SERIALS
from headstamp.analysis.source.likelihood import MEASURE as SOURCE
from headstamp.analysis.space_time.jacquez import MEASURE as JACQUEZ
from headstamp.analysis.space_time.knox import MEASURE as KNOX
from headstamp.analysis.space_time.modified_knox import MEASURE as MODIFIED_KNOX
from headstamp.analysis.spread.measure import MEASURE as SPREAD
from headstamp.analysis.spread.novelty import MEASURE as NOVELTY
from headstamp.analysis.standard.agreement import MEASURE as AGREEMENT
from headstamp.analysis.standard.dispersion import MEASURE as DISPERSION
from headstamp.analysis.standard.in_time import MEASURE as IN_TIME
from headstamp.analysis.standard.lots import MEASURE as SHARED_LOTS
from headstamp.errors import Missing

MEASURES: tuple[Measure, ...] = (
    SERIALS, LISTS, LOTS, RATE, KNOX, MODIFIED_KNOX, JACQUEZ, SHARES, SDG, SOURCE, DISPERSION,
    AGREEMENT, BURST, LAG, SPREAD, NOVELTY, NETWORK_SITES, NETWORK_PARTIES, SHARED_LOTS, IN_TIME)
_BY_NAME = {measure.name: measure for measure in MEASURES}


def measure_named(name: str) -> Measure:
    """The measure of that name. Raises Missing naming all there are."""
    found = _BY_NAME.get(name)
    if found is None:
        raise Missing(f"there is no measure {name!r}; there are: " + ", ".join(sorted(_BY_NAME)))
    return found
