"""Parts found in several weapons, and the families of part numbers of one maker.

Given is what was read, one entry for each part documented; nothing is known here
of where it was stored. A *weapon* may be a type as published rather than one
specimen: what is counted is what the records name as the item a part was in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeenPart:
    """One part documented, with its part number as read.

    ``key`` is equal where two numbers are the same; ``stem`` where they are variants of one
    part; ``series`` are the letters a maker's family begins with. ``weapon`` is the id of
    the item it was in, empty where none is named. ``made`` is an ISO week or month.
    """

    item: str
    label: str
    maker: str
    number: str
    key: str
    stem: str
    series: str
    weapon: str = ""
    product: str = ""
    made: str = ""


@dataclass(frozen=True, slots=True)
class SamePart:
    """One part number: how it was written, by whom made as written, how often and in which weapons."""

    key: str
    written: tuple[str, ...]
    makers: tuple[str, ...]
    parts: int
    weapons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variants:
    """Part numbers that share a stem: the numbers as written, with the parts and weapons in all."""

    stem: str
    numbers: tuple[str, ...]
    parts: int
    weapons: int


@dataclass(frozen=True, slots=True)
class Family:
    """The part numbers of one maker that begin with the same letters, by stem."""

    maker: str
    series: str
    variants: tuple[Variants, ...]
    parts: int
    weapons: int


def same_parts(seen: Iterable[SeenPart], least: int = 2) -> list[SamePart]:
    """Part numbers found in at least ``least`` weapons, most weapons first.

    >>> a, b = (SeenPart(f"i{n}", "", "Maker", w, "AD9218", "AD9218", "AD", f"weapon {n}")
    ...         for n, w in enumerate(("AD9218", "AD 9218")))
    >>> [(one.key, one.written, one.parts, one.weapons) for one in same_parts([a, b, a])]
    [('AD9218', ('AD 9218', 'AD9218'), 2, ('weapon 0', 'weapon 1'))]
    """
    by_key: dict[str, list[SeenPart]] = defaultdict(list)
    for one in seen:
        by_key[one.key].append(one)
    found = []
    for key, ones in by_key.items():
        weapons = _different(one.weapon for one in ones)
        if len(weapons) >= least:
            found.append(SamePart(
                key, _different(one.number for one in ones), _different(one.maker for one in ones),
                len({one.item for one in ones}), weapons,
            ))
    return sorted(found, key=lambda one: (-len(one.weapons), -one.parts, one.key))


def families(seen: Iterable[SeenPart], least: int = 2) -> list[Family]:
    """Families of at least ``least`` different stems or variants of one maker, largest first.

    Parts without a maker or without letters at the beginning belong to none.
    """
    by_series: dict[tuple[str, str], list[SeenPart]] = defaultdict(list)
    for one in seen:
        if one.maker and one.series:
            by_series[one.maker, one.series].append(one)
    found = []
    for (maker, series), ones in by_series.items():
        if len({one.key for one in ones}) < least:
            continue
        by_stem: dict[str, list[SeenPart]] = defaultdict(list)
        for one in ones:
            by_stem[one.stem].append(one)
        variants = [
            Variants(stem, _one_of_each(some), len({one.item for one in some}), _weapons(some))
            for stem, some in by_stem.items()
        ]
        found.append(Family(
            maker, series, tuple(sorted(variants, key=lambda v: (-v.parts, v.stem))),
            len({one.item for one in ones}), _weapons(ones),
        ))
    return sorted(found, key=lambda one: (-one.parts, one.maker, one.series))


def _one_of_each(ones: Sequence[SeenPart]) -> tuple[str, ...]:
    """Each different number once, as it was written shortest."""
    by_key: dict[str, str] = {}
    for one in ones:
        held = by_key.get(one.key)
        if held is None or (len(one.number), one.number) < (len(held), held):
            by_key[one.key] = one.number
    return tuple(sorted(by_key.values()))


def _weapons(ones: Iterable[SeenPart]) -> int:
    return len({one.weapon for one in ones if one.weapon})


def _different(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word}))
