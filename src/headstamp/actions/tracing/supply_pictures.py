"""Pictures of a whole case's supply: flows from maker to find, and the network of parties.

Gathered through the reader, so that a picture shows what its clearance sees and nothing else:
what a reply forbids to publish is no more in a public picture than in a public list. In a
picture for those who may see it, it is said that the picture must not be published.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from headstamp.actions.limits import limits_of
from headstamp.actions.tracing.picture_limits import limits_said
from headstamp.kinds.counted import plural
from headstamp.kinds.date import bounds
from headstamp.publish.chain_words import how_word
from headstamp.publish.party_network import Network, Party, party_network
from headstamp.publish.picture import Picture
from headstamp.publish.sankey import Way, sankey
from headstamp.publish.status_marks import status_word
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.supply_way import CONTESTED, UNKNOWN, Passage, way
from headstamp.vocab import vocabulary

LAYERS = ("Maker", "Exporter", "Distributor or first receiver", "Diversion, as claimed",
          "Where it was found")
# A tie that says that two records are not one party draws no line between them.
_NO_LINE = frozenset({"different"})


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of a case: items of a family, claims of some years, claims that name a party.

    ``unit`` counts quantities of that unit instead of item records. Empty or 0: everything.
    """

    family: str = ""
    unit: str = ""
    party: str = ""
    first_year: int = 0
    last_year: int = 0

    @property
    def by_claims(self) -> bool:
        """Whether it is claims that choose, not the items alone."""
        return bool(self.party or self.first_year or self.last_year)

    def takes(self, when: str | None, parties: Iterable[str | None]) -> bool:
        """Whether a claim of this date that names these parties is chosen."""
        if self.party and self.party not in parties:
            return False
        if not self.first_year and not self.last_year:
            return True
        first, last = bounds(when) if when else (None, None)
        if first is None and last is None:
            return False
        return ((last is None or not self.first_year or int(last[:4]) >= self.first_year)
                and (first is None or not self.last_year or int(first[:4]) <= self.last_year))

    def told(self) -> list[str]:
        """What was chosen, in words."""
        told = []
        if self.family:
            told.append(f"Only items of the family {vocabulary('item_family').label(self.family)}.")
        if self.first_year or self.last_year:
            told.append(f"Only claims from {self.first_year or 'the beginning'} to "
                        f"{self.last_year or 'the end'}; those without a date are left out.")
        if self.party:
            told.append("Only claims that name the party chosen.")
        return told


EVERYTHING = Filters()
_KEPT = 12
_MADE: WeakKeyDictionary[Case, dict[tuple[str, str, Filters], tuple[int, Picture]]] = WeakKeyDictionary()


def kept(
    case: Case, reader: Reader, which: str, make: Callable[[Reader, Filters], Picture],
    filters: Filters = EVERYTHING,
) -> Picture:
    """What ``make`` gives, kept in memory until the case has another entry: for pages.

    It streams the whole case: seconds on a hundred thousand items.
    """
    at, size = (which, reader.clearance, filters), reader.size()
    made = _MADE.setdefault(case, {})
    found = made.pop(at, None)
    if found is None or found[0] != size:
        found = size, make(reader, filters)
    made[at] = found  # the one used last stands last
    for old in list(made)[:-_KEPT]:
        made.pop(old, None)
    return found[1]


def flows_of_case(reader: Reader, filters: Filters = EVERYTHING) -> Picture:
    """The Sankey picture of a case: each item once in every layer."""
    items: dict[str, tuple[Shown, float]] = {}
    left_out = 0
    for shown in reader.stream("item", {"family": filters.family} if filters.family else {}):
        weight = _weight(shown, filters.unit)
        if weight is None:
            left_out += 1
        else:
            items[shown.id] = shown, weight
    passages, chosen = _passages_of(reader, items, filters)
    if filters.by_claims:
        items = {id_: items[id_] for id_ in items if id_ in chosen}
    named = {p for id_ in items for one in passages.get(id_, ()) for p in (one.giver, one.taker) if p}
    named |= {str(item.get("maker")) for item, _ in items.values() if item.get("maker")}
    parties = reader.many(sorted(named))
    roles = {id_: party.get("roles") or () for id_, party in parties.items()}
    labels = {id_: party.label for id_, party in parties.items()}
    found_at = _found_at(reader, labels)
    ways: dict[Way, float] = defaultdict(float)
    for id_, (item, weight) in items.items():
        known = way(item.get("maker"), passages.get(id_, ()), roles)
        labels.setdefault(known[3], _diversion_word(known[3]))
        ways[(*known, _place_of(item, found_at))] += weight
    told = ["A layer says what the first claim that names the item says: who made it, who exported "
            "it, who got it first (a trader before others), how it first passed unlawfully."]
    told += filters.told()
    if filters.unit:
        told.append(f"Counted in {filters.unit}; {plural(left_out, 'item')} without a quantity in that unit "
                    "are left out.")
    used = {one.id for id_ in items for one in passages.get(id_, ())}
    told += limits_said(limits_of(reader, used).values())
    return sankey("From maker to find", LAYERS, ways, labels, unit=filters.unit or "items",
                  caption=told)


def network_of_case(reader: Reader, filters: Filters = EVERYTHING) -> Picture:
    """The network of parties: transfers and ties that this reader may see."""
    transfers: Counter[tuple[str, str, str]] = Counter()
    ties: Counter[tuple[str, str, str]] = Counter()
    ids = []
    one_sided = 0
    for shown in reader.stream("transfer"):
        ends = shown.get("from_party"), shown.get("to_party")
        if not filters.takes(shown.get("happened_on"), ends):
            continue
        if not all(ends):
            one_sided += 1
            continue
        ids.append(shown.id)
        transfers[str(ends[0]), str(ends[1]), str(shown.get("lawful_status") or "unknown")] += 1
    for shown in reader.stream("tie"):
        ends, kind = (shown.get("party"), shown.get("to_party")), str(shown.get("tie_kind"))
        chosen = not filters.party or filters.party in ends
        if all(ends) and kind not in _NO_LINE and chosen:
            ids.append(shown.id)
            ties[str(ends[0]), str(ends[1]), kind] += 1
    named = sorted({p for some in (transfers, ties) for a, b, _ in some for p in (a, b)})
    countries, roles = vocabulary("countries"), vocabulary("party_role")
    parties = {
        id_: Party(id_, shown.label, countries.label(shown.get("country") or ""),
                   tuple(roles.label(role) for role in shown.get("roles") or ()))
        for id_, shown in reader.many(named).items()
    }
    told = filters.told()
    if one_sided:
        told.append(f"{plural(one_sided, 'transfer of which one side is not known draws', 'transfers of which one side is not known draw')} no line.")
    told += limits_said(limits_of(reader, ids).values())
    return party_network("Network of parties", Network(parties, transfers, ties), caption=told)


def _weight(item: Shown, unit: str) -> float | None:
    if not unit:
        return 1
    quantity = item.get("quantity") or {}
    value = quantity.get("value")
    return float(value) if quantity.get("unit") == unit and isinstance(value, int | float) else None


def _passages_of(
    reader: Reader, items: Mapping[str, object], filters: Filters
) -> tuple[dict[str, list[Passage]], set[str]]:
    """The claims that name each item, and the items that a chosen claim is about.

    All claims of a chosen item are taken: its way does not end where the filter does.
    """
    found: dict[str, list[Passage]] = defaultdict(list)
    chosen: set[str] = set()
    for kind, how, when, naming in (("transfer", "transfer_kind", "happened_on", "items"),
                                    ("custody", "custody_kind", "held_on", "item")):
        for shown in reader.stream(kind):
            about = shown.get(naming) or ()
            about = [id_ for id_ in ([about] if isinstance(about, str) else about) if id_ in items]
            if not about or shown.get("act"):
                continue
            one = _passage(shown, how, when)
            if filters.takes(shown.get(when), (one.giver, one.taker)):
                chosen.update(about)
            for id_ in about:
                found[id_].append(one)
    return found, chosen


def _passage(shown: Shown, how: str, when: str) -> Passage:
    first, last = bounds(shown.get(when)) if shown.get(when) else (None, None)
    return Passage(shown.id, str(shown.get(how) or "unknown"), shown.get("from_party"),
                   shown.get("to_party"), first or "", last or "9999",
                   str(shown.get("lawful_status") or "unknown"))


def _diversion_word(key: str) -> str:
    if key in (UNKNOWN, CONTESTED):
        return ""
    how, _, lawful = key.partition("|")
    return f"{how_word(how)} ({status_word(lawful).removeprefix('lawful ')})"


def _found_at(reader: Reader, labels: dict[str, str]) -> dict[str, str]:
    """The site of each recovery, where it has one, else its country; names go into ``labels``."""
    found = {}
    for shown in reader.stream("site"):
        labels[shown.id] = shown.label
    for shown in reader.stream("recovery"):
        country = (shown.get("place") or {}).get("country")
        site = shown.get("site")
        if site:
            found[shown.id] = str(site)
        elif country:
            found[shown.id] = f"country-{country}"
            labels[f"country-{country}"] = vocabulary("countries").label(str(country))
        else:
            found[shown.id] = shown.id
            labels[shown.id] = shown.label
    return found


def _place_of(item: Shown, found_at: Mapping[str, str]) -> str:
    return str(item.get("site") or found_at.get(str(item.get("recovery")), UNKNOWN))
