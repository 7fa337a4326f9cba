"""What the method note says of this case in particular: who read markings, how parts were counted."""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.publish import wording
from headstamp.publish.counts import Count
from headstamp.store.reader import Reader

# A reading by one of these is a program's suggestion until a person has looked.
MACHINES = ("ocr", "barcode", "scheme")


@dataclass(frozen=True, slots=True)
class Method:
    """Readings by how they were made, how many a program made; items that are part of another."""

    readings: int
    by_method: tuple[Count, ...]
    by_machine: int
    parts: int


def gather(reader: Reader) -> Method:
    """The facts of the method note."""
    readings, groups = reader.count("reading", "method")
    counted = tuple(
        Count(value, wording.shown("reading", "method", value), n) for value, n in groups
    )
    items = reader.count("item")[0]
    whole = reader.count("item", None, {"parent": None})[0]
    by_machine = sum(one.count for one in counted if one.value in MACHINES)
    return Method(readings, counted, by_machine, items - whole)
