"""What a trace request is about, gathered once: for its letter, its annex and its check.

What goes out of the house is read as somebody of the restricted tier reads it, whoever writes
the letter, so that two people get the same letter. A sealed record enters only where a person
chose it: an item or photograph that the request itself names. A sealed marking, recovery or
site never does; the words about them are for a person to write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

SENT_AS = "restricted"
"""The clearance as which everything in a letter is read that nobody chose by name."""

MOST_MARKINGS = 200


@dataclass(frozen=True, slots=True)
class Subject:
    """A request with its items in its own order, their markings, where they were found.

    ``unseen`` are ids of the request that this reader may not see or that are gone: such a
    reader can write no letter. ``sealed`` are those that are sealed and were chosen.
    ``withheld`` counts markings that stay out because they are sealed.
    """

    request: Mapping[str, Any]
    addressee: Shown | None
    items: tuple[Shown, ...]
    markings: Mapping[str, tuple[Shown, ...]]
    parents: Mapping[str, Shown]
    recoveries: Mapping[str, Shown]
    sites: Mapping[str, Shown]
    coarse: frozenset[str]
    photographs: tuple[Shown, ...]
    unseen: tuple[str, ...]
    sealed: tuple[str, ...]
    withheld: int = 0

    def recovery_of(self, item: Shown) -> Shown | None:
        """The recovery of an item; that of what it was packed in, where it has none."""
        own = self.recoveries.get(item.get("recovery") or "")
        parent = self.parents.get(item.get("parent") or "")
        return own or (self.recoveries.get(parent.get("recovery") or "") if parent else None)

    def site_of(self, item: Shown) -> Shown | None:
        """Where an item was found, if that site may be named at all."""
        recovery = self.recovery_of(item)
        named = item.get("site") or (recovery.get("site") if recovery else None)
        return self.sites.get(named or "")

    def found_on(self, item: Shown) -> str:
        """When an item was found, as a partial date; empty where nobody says."""
        recovery = self.recovery_of(item)
        return str(item.get("recovered_on") or (recovery.get("recovered_on") if recovery else "") or "")

    def place_of(self, item: Shown) -> tuple[tuple[str, ...], str]:
        """The areas in which an item was found, small to large, and the country's code.

        The locality only where a partner may see the site or recovery; never a position.
        """
        for one in (self.site_of(item), self.recovery_of(item)):
            place = one.get("place") if one is not None else None
            if one is not None and place:
                names = ("district", "province") if one.id in self.coarse else (
                    "locality", "district", "province")
                return tuple(place[n] for n in names if place.get(n)), place.get("country") or ""
        return (), ""


def gather(reader: Reader, sent_as: Reader, partner: Reader, request: Mapping[str, Any]) -> Subject:
    """Everything a request is about.

    ``reader`` is of the person who works on it, ``sent_as`` of the clearance ``SENT_AS``,
    ``partner`` of the partner tier: a site it does not show is named by its area alone.
    """
    wanted = [str(one) for one in request.get("items") or ()]
    pictures = [str(one) for one in request.get("photographs") or ()]
    seen, plain = reader.many([*wanted, *pictures]), sent_as.many([*wanted, *pictures])
    items = tuple(seen[one] for one in wanted if one in seen)
    markings, withheld = {}, 0
    for item in items:
        found = reader.referring(item.id, kind="marking", field="item", limit=MOST_MARKINGS)
        markings[item.id] = tuple(one for one in found if one.get("tier") != "sealed")
        withheld += len(found) - len(markings[item.id])
    parents = sent_as.many([str(one.get("parent")) for one in items if one.get("parent")])
    recoveries = sent_as.many([str(one.get("recovery")) for one in (*items, *parents.values())
                               if one.get("recovery")])
    places = [str(one.get("site")) for one in (*items, *recoveries.values()) if one.get("site")]
    sites = sent_as.many(places)
    finds = [*sites, *recoveries]
    addressee = reader.many([str(request["addressee"])]) if request.get("addressee") else {}
    missing = [one for one in (*wanted, *pictures) if one not in seen]
    if request.get("addressee") and not addressee:
        missing.append(str(request["addressee"]))
    return Subject(
        request, next(iter(addressee.values()), None), items, markings, parents, recoveries, sites,
        frozenset(finds) - frozenset(partner.many(finds)),
        tuple(seen[one] for one in pictures if one in seen), tuple(missing),
        tuple(one for one in (*wanted, *pictures) if one in seen and one not in plain), withheld,
    )
