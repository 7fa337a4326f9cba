"""A store so simple that it is surely right: dictionaries, and every question by looking at all.

The real stores are held against it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from headstamp.kinds.identity import derived_id
from headstamp.kinds.tier import RANK, TIERS
from headstamp.records import BY_NAME, BY_PREFIX, Record, RecordType
from headstamp.store.case import Case
from headstamp.store.refs import owners
from headstamp.store.rows import cell_text
from headstamp.store.tables import YEAR, facet_columns

WHO = "A. Keeper"


@dataclass
class Model:
    """Each record's versions, first to last."""

    versions: dict[str, list[Record]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def put(self, record: Record) -> str:
        """What the store should answer: new, version or unchanged."""
        known = self.versions.setdefault(record.id, [])
        if known and known[-1] == record:
            return "unchanged"
        known.append(record)
        if record.id in self.order:
            self.order.remove(record.id)
        self.order.append(record.id)
        return "version" if len(known) > 1 else "new"

    def now(self, id_: str) -> Record:
        return self.versions[id_][-1]

    def rank(self, id_: str) -> int:
        """The clearance a record needs: its tier's, or that of what it belongs to."""
        record = self.now(id_)
        return max([RANK[record.tier], *(self.rank(one) for one in owners(record))])

    def visible(self, kind: RecordType, clearance: str) -> list[Record]:
        """The records of a kind that this clearance may see, oldest version first."""
        return [
            self.now(id_) for id_ in self.order
            if BY_PREFIX[id_.partition("-")[0]] is kind and self.rank(id_) <= RANK[clearance]
        ]


def column(kind: RecordType, record: Record, name: str) -> Any:
    """What a column of a type's table holds for a record."""
    row = dict(zip((c.name for c in kind.columns), kind.project(record), strict=True))
    if name == YEAR:
        first = row[f"{kind.when}_from"]
        return first[:4] if first else None
    return row[name]


def groups(kind: RecordType, records: list[Record], by: str) -> Counter[Any]:
    return Counter(cell_text(column(kind, record, by)) or None for record in records)


def facets(kind: RecordType) -> tuple[str, ...]:
    return facet_columns(kind)


class Life:
    """A random life of a case: items in items, markings, readings, photographs, notes.

    Tiers, owners and facets change; records come one by one and in batches.
    """

    KINDS = ("document", "site", "recovery", "item", "marking", "reading", "photograph", "note")

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.model = Model()
        self.count = 0

    def ids(self, *names: str) -> list[str]:
        prefixes = {BY_NAME[name].prefix for name in names}
        return sorted(one for one in self.model.versions if one.partition("-")[0] in prefixes)

    def record(self, taken: set[str]) -> Record | None:
        """Some record, new or changed; None where what it needs is not there yet."""
        name = self.draw.choice(self.KINDS)
        kind = BY_NAME[name]
        old = [one for one in self.ids(name) if one not in taken]
        if old and self.draw.random() < 0.5:
            id_ = self.draw.choice(old)
        else:
            self.count += 1
            id_ = derived_id(kind.prefix, str(self.count))
        values = self._values(name, id_)
        return None if values is None else kind.cls.build(values, id=id_)

    def _values(self, name: str, id_: str) -> dict[str, Any] | None:
        draw = self.draw
        values: dict[str, Any] = {}
        if draw.random() < 0.6:
            values["tier"] = draw.choice(TIERS)
        documents = self.ids("document")
        if documents and draw.random() < 0.5:
            values["source"] = {"document": draw.choice(documents), "row": draw.randrange(5)}
        if name == "document":
            return values | {"title": draw.choice(("list", "letter", "07-85"))}
        if name == "site":
            return values | {"name": draw.choice(("north", "south")), "place": {
                "latitude": 36.5, "longitude": 43.25, "locality": "a street"}}
        if name == "recovery":
            return values | {"manner": draw.choice(("found", "seized")), "finder": "somebody",
                             "recovered_on": draw.choice(("2016", "2017-03~", "2014/.."))}
        if name == "item":
            values |= {"make": draw.choice(("Vicor", "Завод", "")) or None,
                       "family": draw.choice(("component", "arm", "unknown")),
                       "recovered_on": draw.choice(("2016-02", "2017", None))}
            above = [one for one in self.ids("item") if one < id_]  # so that no circle comes up
            for field_, known in (("parent", above), ("recovery", self.ids("recovery")),
                                  ("site", self.ids("site"))):
                if known and draw.random() < 0.4:
                    values[field_] = draw.choice(known)
            return {key: value for key, value in values.items() if value is not None}
        if name == "marking":
            items = self.ids("item")
            return values | {"item": draw.choice(items), "text": draw.choice(
                ("VQG100EGQ1429", "07-85", "А?123", "лот 5"))} if items else None
        if name == "reading":
            marks = self.ids("marking")
            return values | {"marking": draw.choice(marks), "text": draw.choice(
                ("VQG100EGQ1429", "123"))} if marks else None
        if name == "photograph":
            items = self.ids("item")
            return values | {"items": draw.sample(items, min(len(items), draw.randrange(3))),
                             "link": "https://example.org/1", "original_name": "IMG.jpg",
                             "caption": draw.choice(("left side", "stamp"))}
        about = self.ids("item", "site", "marking", "document")
        return values | {"about": draw.choice(about), "text": "seen"} if about else None

    def batch(self) -> list[Record]:
        """Some records that may go in together, each id once."""
        records: dict[str, Record] = {}
        for _ in range(self.draw.choice((1, 1, 3, 12))):
            record = self.record(set(records))
            if record is not None:
                records[record.id] = record
        return list(records.values())

    def live(self, case: Case, changes: int) -> Iterator[None]:
        """Some changes, each put into the case and the model; pauses after each."""
        for number in range(changes):
            with case.change(actor=WHO, reason=f"change {number}") as change:
                for _ in range(self.draw.choice((1, 2))):
                    records = self.batch()
                    outcomes = change.put_many(records)
                    # The store goes through a batch kind by kind, the model too.
                    order = list(dict.fromkeys(record.NAME for record in records))
                    for record in sorted(records, key=lambda r: order.index(r.NAME)):
                        want = self.model.put(record)
                        got = next(one for one in outcomes if one.id == record.id)
                        assert (got.what, got.version) == (
                            want, len(self.model.versions[record.id])), record
            yield
