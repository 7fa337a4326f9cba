"""A made-up case of any size, the same for the same size and seed: what the page benchmarks ask."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from headstamp.actions.cases import index_case, make_case
from headstamp.kinds.identity import derived_id
from headstamp.records import Document, Item, Marking, Record, Site
from headstamp.store.case import Case

SEED = 20161215
BATCH = 10_000
FAMILIES = ("arm", "ammunition", "component", "commercial_good", "package")
COUNTRIES = ("RS", "CN", "RU", "RO", "BG", "PL", "US", "DE", "FR", "IT", "CZ", "UA")
CONDITIONS = ("worn", "new", "damaged")
TIERS = ("public", "partner", "partner", "restricted")

One = TypeVar("One")


def make(folder: Path, items: int) -> Case:
    """A case of ``items`` items at 200 sites from 20 lists, every fifth with a serial number."""
    draw = random.Random(SEED)
    case = make_case(folder)

    def often(some: Sequence[One]) -> One:
        """The first much more often than the last, as makes and sites are in life."""
        return some[min(int(draw.paretovariate(0.8)) - 1, len(some) - 1)]

    def put(records: Sequence[Record]) -> None:
        with case.change(actor="bench", reason="bench") as change:
            change.put_many(records)

    sites = [
        Site.build(id=derived_id("site", str(n)), name=f"Site {n}",
                   place={"latitude": 30 + draw.random() * 5, "longitude": 40 + draw.random() * 5})
        for n in range(200)
    ]
    lists = [
        Document.build(id=derived_id("doc", str(n)), title=f"List {n}", document_kind="dataset")
        for n in range(20)
    ]
    put([*sites, *lists])
    makes, types = [f"Make {n}" for n in range(300)], [f"type {n}" for n in range(60)]
    batch: list[Record] = []
    for number in range(items):
        item: dict[str, Any] = {
            "id": item_id(number), "tag": f"T-{number:07}", "family": draw.choice(FAMILIES),
            "item_type": often(types), "make": often(makes), "model": f"M{draw.randrange(400)}",
            "country": draw.choice(COUNTRIES), "made_on": str(1950 + draw.randrange(70)),
            "recovered_on": f"20{draw.randrange(10, 26)}-{draw.randrange(1, 13):02}",
            "site": often(sites).id, "condition": draw.choice(CONDITIONS),
            "tier": draw.choice(TIERS), "source": {"document": often(lists).id, "row": number},
        }
        batch.append(Item.model_validate(item))
        if number % 5 == 0:
            batch.append(Marking.model_validate({
                "id": derived_id("mark", "bench", str(number)), "item": item["id"],
                "text": f"AB {100_000 + number}", "marking_kind": "serial",
            }))
        if len(batch) >= BATCH:
            put(batch)
            batch = []
    if batch:
        put(batch)
    index_case(case)
    return case


def item_id(number: int) -> str:
    """The id of the item of that number."""
    return derived_id("item", "bench", str(number))
