"""The lag of a case: from each item's last lawful supply to its recovery, as its chain tells them.

The last lawful supply is the latest step of the chain that is said to be authorised, handed the
item to somebody, and is not a recovery: an export, an import, a sale, an issue, a gift. Steps that
the item is only perhaps among, and rivals of such a step, do not count. Where two lawful steps
cannot both be true, the supply lies between the earlier and the later one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from headstamp.actions.linking.parties import same_as
from headstamp.actions.tracing.attaching import attached
from headstamp.actions.tracing.claiming import claims_about
from headstamp.actions.tracing.transfer_index import transfer_index
from headstamp.analysis.lag.times import Lag, Times, lags
from headstamp.errors import Invalid
from headstamp.kinds.country import COUNTRY
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.chain import build_chain
from headstamp.tracing.step import Chain, Step

SUPPLY: Final = frozenset({"exported", "imported", "sold", "issued", "donated", "retransferred"})
"""Kinds of step that supply somebody with goods."""

UNKNOWN: Final = "not known"
Told = Callable[[int, int], None]
Window = tuple[date | None, date | None]


@dataclass(frozen=True)
class Supplied:
    """What is known of one item: its times, and the records that the lawful supply rests on."""

    times: Times
    item: Shown
    supply: Step | None
    records: tuple[str, ...]


def _family(item: Shown, supply: Step | None) -> str:
    family = item.get("family", "unknown")
    return BY_NAME["item"].by_name["family"].show(family) if family != "unknown" else UNKNOWN


def _kind(item: Shown, supply: Step | None) -> str:
    return item.get("item_type") or UNKNOWN


def _maker(item: Shown, supply: Step | None) -> str:
    return item.get("make") or UNKNOWN


def _country(item: Shown, supply: Step | None) -> str:
    return COUNTRY.show(item.get("country")) if item.get("country") else UNKNOWN


def _route(item: Shown, supply: Step | None) -> str:
    if supply is None:
        return UNKNOWN
    told = [next((getattr(claim, name) for claim in supply.claims if getattr(claim, name)), "")
            for name in ("from_country", "to_country")]
    return " to ".join(COUNTRY.show(one) if one else UNKNOWN for one in told)


GROUPINGS: Final[Mapping[str, Callable[[Shown, Step | None], str]]] = {
    "family": _family, "kind": _kind, "make": _maker, "country": _country, "route": _route,
}
"""By what lags can be told apart; each item is in one group of each."""


def lag_of_case(
    case: Case, reader: Reader, *, by: str = "", where: Mapping[str, Any] | None = None,
    told: Told = lambda done, of: None,
) -> tuple[Lag, ...]:
    """The lags of the items a reader may see, of all first, then by group. Raises Invalid."""
    if by and by not in GROUPINGS:
        raise Invalid(f"lags are told apart by {', '.join(GROUPINGS)}, not by {by!r}")
    return lags(one.times for one in supplies(case, reader, by=by, where=where, told=told))


def supplies(
    case: Case, reader: Reader, *, by: str = "", where: Mapping[str, Any] | None = None,
    told: Told = lambda done, of: None,
) -> Iterator[Supplied]:
    """What is known of each item's supply and recovery; some milliseconds for each item.

    Parts of other items are left out: they came with what they are part of.
    """
    index = transfer_index(case, reader)
    same = same_as(reader)
    total = reader.totals()["item"]
    for number, item in enumerate(reader.stream("item", where)):
        told(number, total)
        if item.get("parent"):
            continue
        claims, _ = claims_about(reader, attached(reader, index, item))
        chain = build_chain(item.id, item.label, claims, same)
        yield _supplied(item, chain, by)


def _supplied(item: Shown, chain: Chain, by: str) -> Supplied:
    lawful = [step for step in chain.steps if step.how in SUPPLY and step.lawful == "authorised"
              and step.to_party]
    # The latest, and those that cannot be true beside it: it was one of them.
    supply = lawful[-1] if lawful else None
    either = [] if supply is None else [
        supply, *(chain.steps[at] for at in supply.rivals if chain.steps[at] in lawful)]
    groups = (GROUPINGS[by](item, supply),) if by else ()
    times = Times(
        item.id, _window(either), _window([s for s in chain.steps if s.how == "recovered"]),
        _window([s for s in chain.steps if s.how == "made"]), groups,
    )
    return Supplied(times, item, supply, tuple(dict.fromkeys(
        claim.id for step in either for claim in step.claims)))


def _window(steps: list[Step]) -> Window:
    if not steps:
        return None, None
    firsts = [step.first for step in steps]
    lasts = [step.last for step in steps]
    return (date.fromisoformat(min(d for d in firsts if d)) if all(firsts) else None,
            date.fromisoformat(max(d for d in lasts if d)) if all(lasts) else None)
