"""What each find of a case shows, as one value of each kind: the rows of comparisons between sites and in time.

A find is an item that is no part of another (``found``). Of a kind of feature it has one value: several
paints on one item are one value of both. How a marking is laid out and applied is the convention of its kind
of marking; which product is in it is asked of each type of component by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from headstamp.actions.measures.found import LAID_OUT, Found, found_by_engine
from headstamp.analysis.spread.signature import CONVENTION
from headstamp.engine.engine import Engine
from headstamp.engine.questions import things
from headstamp.vocab import vocabulary

_JOINED: Final = " + "


@dataclass(frozen=True, slots=True)
class Trait:
    """One find and its value of one kind of feature, with its site (as people call it) and window."""

    item: str
    group: str
    site: str
    site_id: str
    first: str | None
    last: str | None
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What the finds chosen show; how many finds there are, how many without a site, of how many families."""

    traits: tuple[Trait, ...]
    finds: int
    nowhere: int
    families: tuple[str, ...]
    make: Mapping[str, str]

    def kinds(self) -> dict[str, list[Trait]]:
        """The traits by kind, in the order of kinds' names."""
        found: dict[str, list[Trait]] = defaultdict(list)
        for one in self.traits:
            found[one.kind].append(one)
        return dict(sorted(found.items()))


def traits(engine: Engine, given: Mapping[str, Any]) -> Traits:
    """What the finds of a selection show, by site, those of one group beside each other."""
    every = things.ask(engine)
    rows = {row["item"]: row for row in every}
    names = site_names((row["site"], row["site_name"]) for row in every)
    found = found_by_engine(engine, given)
    inside = _components(rows, {one.item for one in found})
    out: list[Trait] = []
    nowhere = 0
    for one in sorted(found, key=lambda find: (names.get(find.site or "", ""), find.group, find.item)):
        if one.site is None:
            nowhere += 1
            continue
        values = _values(one)
        for kind, products in inside.get(one.item, {}).items():
            values[kind] |= products
        out += [Trait(one.item, one.group, names.get(one.site, one.site), one.site, one.first, one.last, kind,
                      _JOINED.join(sorted(each))) for kind, each in sorted(values.items())]
    return Traits(
        tuple(out), len(found), nowhere,
        tuple(sorted({rows[one.item]["family"] for one in found if one.item in rows})),
        {one.item: rows[one.item]["make"] for one in found if one.item in rows and rows[one.item]["make"]})


def lots_of(found: Trait) -> list[str]:
    """The lots that a trait of the kind lot names."""
    return found.value.split(_JOINED)


def site_names(sites: Iterable[tuple[str | None, str | None]]) -> dict[str, str]:
    """What sites are called, by id; of sites called alike the id stands beside."""
    named = {id_: name or id_ for id_, name in sites if id_}
    called: dict[str, set[str]] = defaultdict(set)
    for id_, name in named.items():
        called[name].add(id_)
    return {id_: name if len(called[name]) == 1 else f"{name} ({id_})" for id_, name in named.items()}


def _values(one: Found) -> dict[str, set[str]]:
    kinds = {term.code for term in vocabulary("marking_kind")} | LAID_OUT
    values: dict[str, set[str]] = defaultdict(set)
    for shown in one.shown:
        kind, value = shown.kind, shown.value
        if kind == "component":
            continue  # asked by type of component
        first, _, rest = value.partition(" ")
        if kind == CONVENTION and rest and first in kinds:
            kind, value = f"{first} marking", rest
        values[kind].add(value)
    return values


def _components(rows: Mapping[str, Any], whole: set[str]) -> dict[str, dict[str, set[str]]]:
    """Of each find, the products in it by type of component."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for id_, row in rows.items():
        product = " ".join(filter(None, (row["make"], row["model"])))
        if id_ in whole or not row["model"]:
            continue
        above, seen = row["parent"], {id_}
        while above in rows and above not in whole and above not in seen:
            seen.add(above)
            above = rows[above]["parent"]
        if above in whole:
            kind = f"component: {row['item_type']}" if row["item_type"] else "component"
            found[above][kind].add(product)
    return found
