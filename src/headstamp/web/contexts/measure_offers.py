"""What a case has to offer for the fields of a measure's form, as far as this reader sees it.

A site, a mission or a signature is chosen by its name; a word that is typed is helped by those there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.tables import facet_columns

Offers = tuple[tuple[str, str], ...]
"""Values with the words that tell them."""
MOST: Final = 200
_RECORDS: Final = {"site": "site", "mission": "mission", "signature": "signature", "source": "document"}
_ITEMS: Final = {"find": "feature", "control_item": "measurement", "recovered_item": "measurement"}
"""Fields that name an item, and the kind of record that an item has which can be asked of."""
_WORDS: Final = {"feature": ("measurement", "feature"), "features": ("measurement", "feature"),
                 "what": ("tally", "what"), "flow": ("flow", "flow_kind")}


def offers(reader: Reader, name: str) -> Offers:
    """What is offered for a field of this name; of records, finds and words at most ``MOST``."""
    if kind := _RECORDS.get(name):
        rows = reader.list(kind, limit=MOST).rows
        return tuple(sorted(((one.id, one.label) for one in rows), key=lambda pair: pair[1].casefold()))
    if kind := _ITEMS.get(name):
        return _items(reader, kind)
    if name in ("kind", "kinds"):
        return (*_counted(reader, "feature", "feature_kind", ""), *_counted(reader, "marking", "marking_kind", " marking"))
    if name in _WORDS:
        kind, column = _WORDS[name]
        if column in facet_columns(BY_NAME[kind]):
            return _counted(reader, kind, column, "")
        return tuple((word, "") for word in _first(cell for (cell,) in reader.cells(kind, (column,)) if cell))
    if name in facet_columns(BY_NAME["item"]):
        return tuple((str(value), f"{n:,} {'item' if n == 1 else 'items'}")
                     for value, n in reader.count("item", name)[1][:MOST] if value)
    return ()


def is_picked(name: str, offered: Offers) -> bool:
    """Whether one of these is chosen from a list: records by their names, where the list has them all."""
    return name in _RECORDS and 0 < len(offered) < MOST


def _items(reader: Reader, kind: str) -> Offers:
    ids = _first(cell for (cell,) in reader.cells(kind, ("item",)) if cell)
    rows = reader.many(ids)
    return tuple((str(rows[id_].get("tag") or id_), rows[id_].label) for id_ in ids if id_ in rows)


def _counted(reader: Reader, kind: str, column: str, after: str) -> Offers:
    return tuple((f"{value}{after}", f"{n:,}") for value, n in reader.count(kind, column)[1][:MOST] if value)


def _first(words: Iterable[str]) -> list[str]:
    """Each word once, as they come, at most ``MOST``."""
    seen: dict[str, None] = {}
    for word in islice(words, 100_000):
        seen.setdefault(str(word))
        if len(seen) == MOST:
            break
    return list(seen)
