"""Lots of a case for ``scale.lots``: which lot was met at which site, on how many finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.actions.measures.feeds.serials import SELECTED
from headstamp.actions.measures.traits import lots_of, traits
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural


def lots(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each find and lot, with its site; sites where no lot was met stand there with none.

    Raises Invalid where no find that can be seen has a lot and a site.
    """
    found = traits(engine, {name: given.get(name) for name in SELECTED})
    of = found.kinds().get("lot", [])
    if not of:
        raise Invalid("no find that can be seen has a lot and a site", [Problem(
            "no lots", "Record lots as markings of the kind lot, or as features.", "make")])
    rows = []
    for one in of:
        make = found.make.get(one.item, "") if given.get("makers") != "together" else ""
        rows += [{"lot": f"{make} {lot}".strip(), "site": one.site, "count": "1"} for lot in lots_of(one)]
    met = {one.site for one in of}
    without = sorted({one.site for one in found.traits} - met)
    rows += [{"lot": "none", "site": site, "count": "0"} for site in without]
    told = [f"{plural(len({row['lot'] for row in rows if row['count'] != '0'}), 'different lot')} on {plural(len(of), 'find')} at {plural(len(met), 'site')}; "
            "sites are counted, for lots come by the crate."]
    if without:
        told.append(f"{plural(len(without), 'site has', 'sites have')} finds and no lot among them: counted as met none.")
    if given.get("makers") != "together":
        told.append("The same number of two makers is two lots.")
    if found.finds > len(of) + found.nowhere:
        told.append(f"{plural(found.finds - found.nowhere - len(of), 'find shows', 'finds show')} no lot.")
    if found.nowhere:
        told.append(f"{plural(found.nowhere, 'find has', 'finds have')} no site: left out.")
    return fed({"table": rows}, told, [one.item for one in of], tuple(dict.fromkeys(one.site_id for one in of)))


FEED: Final = Feed(
    "scale.lots", "The lots on the finds chosen, recorded as features or as markings, by site.",
    (*SELECTION, Parameter("makers", "word", "Whether the same lot of two makers is two", default="apart",
                           choices=("apart", "together"))),
    lots)
