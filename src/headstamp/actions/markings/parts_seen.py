"""Components by what was read on them: the same part in several weapons, families, time since making.

Everything is asked through one reader, so that nobody learns of a part, a
weapon or a date that they may not see. Only readings that a rule or a person
recorded are used here, never a text read anew: a correction counts at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from weakref import WeakKeyDictionary

from headstamp.actions.markings.parts import SCHEMES, Basis, documents_of, published
from headstamp.analysis.lag.part_lag import Times, times
from headstamp.analysis.parts import Family, SamePart, SeenPart, families, same_parts
from headstamp.markings.component_date import week_day
from headstamp.markings.component_part import PER_CENT, meaning_in
from headstamp.markings.normalise import plain_key
from headstamp.markings.part_number import part_key, series, stem
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

LEAST_SURE = PER_CENT["likely"]
"""Date codes less sure than this count in no time."""

BASES: dict[Basis, str] = {
    "found": "to the day the item was found",
    "listed": "to the day on which the published list was last checked",
    "dated": "to the date of the document that names the part",
}
_AT_ONCE = 1_000
_MOST_SAME = 500


@dataclass(frozen=True)
class Dated:
    """What the times rest on: components in all, and what became of each.

    ``undated`` have no date code; ``several`` one that means several decades; ``doubtful`` one
    that is less than likely; ``unbounded`` no later day is known of. The rest are in ``times``.
    """

    components: int
    undated: int
    several: int
    doubtful: int
    unbounded: int
    times: tuple[tuple[Basis, Times], ...]


@dataclass(frozen=True)
class Parts:
    """All that is told of the components of a case; ``labels`` are those of the weapons, by id."""

    seen: tuple[SeenPart, ...]
    same: tuple[SamePart, ...]
    families: tuple[Family, ...]
    dated: Dated
    labels: dict[str, str]


@dataclass(frozen=True)
class Elsewhere:
    """The other items on which the same part number was read, with the other weapons they were in.

    ``weapons`` are ids and labels; ``more`` is true where there are more than are looked at.
    """

    number: str
    key: str
    items: tuple[SeenPart, ...]
    weapons: tuple[tuple[str, str], ...]
    more: bool


def parts_of(reader: Reader) -> Parts:
    """Everything at once, over one state of the case. Seconds on tens of thousands of components."""
    with reader.snapshot() as now:
        read = {kind: _latest(now.stream("reading", {"scheme": SCHEMES[kind]}))
                for kind in ("product", "part_number", "date_code")}
        marked = _many(now, {m for some in read.values() for m in some})
        items = _many(now, {one.get("item") for one in marked.values()} - {None})
        dates = _by_item(read["date_code"], marked)
        products = _by_item(read["product"], marked)
        labels = _labels(now, {one.get("parent") for one in items.values()} - {None})
        seen = []
        for marking, reading in read["part_number"].items():
            item = items.get(marked[marking].get("item")) if marking in marked else None
            if item is not None:
                day = dates.get(item.id)
                product = products.get(item.id)
                seen.append(_seen(item, reading, labels, product.get("text", "") if product else "",
                                  meaning_in(day.get("meaning") or "") if day else ""))
        total = now.count("item", None, {"family": "component"})[0]
        dated = _dated(now, total, items, dates)
    return Parts(tuple(seen), tuple(same_parts(seen)), tuple(families(seen)), dated, labels)


_KEPT: WeakKeyDictionary[Case, dict[str, tuple[int, Parts]]] = WeakKeyDictionary()


def parts_in(case: Case, reader: Reader) -> Parts:
    """``parts_of`` this reader, kept in memory until anything is recorded in the case."""
    kept, size = _KEPT.setdefault(case, {}), reader.size()
    held = kept.get(reader.clearance)
    if held is None or held[0] != size:
        held = kept[reader.clearance] = (size, parts_of(reader))
    return held[1]


def elsewhere(reader: Reader, item: Shown) -> tuple[Elsewhere, ...]:
    """For each part number read on this item, where else the same one was read.

    Asked of the search index: a reading that is not indexed yet is not found.
    """
    with reader.snapshot() as now:
        markings = now.belonging([item.id], "marking", "item").get(item.id, ())
        own = now.belonging([one.id for one in markings], "reading", "marking")
        numbers = {
            part_key(one.get("text", "")): one.get("text", "")
            for some in own.values() for one in some if _counts(one)
            and one.get("scheme") == SCHEMES["part_number"]
        }
        found = [_elsewhere(now, item.id, number) for key, number in numbers.items() if key]
    own_weapon = item.get("parent")
    return tuple(
        replace(one, weapons=tuple(w for w in one.weapons if w[0] != own_weapon)) for one in found
    )


def with_number(reader: Reader, number: str) -> Elsewhere:
    """Every item on which a part number was read, however it is written."""
    with reader.snapshot() as now:
        return _elsewhere(now, "", number)


def _elsewhere(reader: Reader, but: str, number: str) -> Elsewhere:
    key = part_key(number)
    found: dict[str, str] = {}
    # A plus at the end says lead-free and is not part of the key.
    for plain in dict.fromkeys((key, plain_key(number), key + "+")):
        if plain:
            found.update(reader.find_keys("plain", equal=plain, limit=_MOST_SAME))
    ids = [id_ for id_ in found if id_.startswith("read-")]
    readings = [one for one in _many(reader, ids).values()
                if one.get("scheme") == SCHEMES["part_number"] and _counts(one)]
    marked = _many(reader, {one.get("marking") for one in readings} - {None})
    items = _many(reader, {one.get("item") for one in marked.values()} - {None})
    labels = _labels(reader, {one.get("parent") for one in items.values()} - {None})
    seen: dict[str, SeenPart] = {}
    for reading in sorted(readings, key=lambda one: one.seq):
        marking = marked.get(reading.get("marking"))
        item = items.get(marking.get("item")) if marking else None
        if item is not None and item.id != but:
            seen.setdefault(item.id, _seen(item, reading, labels))
    weapons = {one.weapon: labels[one.weapon] for one in seen.values() if one.weapon}
    return Elsewhere(number, key, tuple(seen.values()),
                     tuple(sorted(weapons.items(), key=lambda one: one[1])),
                     len(found) >= _MOST_SAME)


def _seen(item: Shown, reading: Shown, labels: dict[str, str], product: str = "",
          made: str = "") -> SeenPart:
    number, parent = reading.get("text", ""), item.get("parent", "")
    return SeenPart(
        item.id, item.get("tag") or item.label, item.get("make", ""), number, part_key(number),
        stem(number), series(number), parent if parent in labels else "", product, made,
    )


def _counts(reading: Shown) -> bool:
    """A reading of a certainty of nought was withdrawn."""
    return bool(reading.get("certainty") != 0)


def _latest(readings: Iterable[Shown]) -> dict[str, Shown]:
    """The latest reading that counts, by marking."""
    return {one.get("marking"): one for one in readings if one.get("marking") and _counts(one)}


def _by_item(readings: dict[str, Shown], marked: dict[str, Shown]) -> dict[str, Shown]:
    return {marked[m].get("item", ""): one for m, one in readings.items() if m in marked}


def _many(reader: Reader, ids: Iterable[str]) -> dict[str, Shown]:
    found: dict[str, Shown] = {}
    for some in _some(sorted(ids)):
        found.update(reader.many(some))
    return found


def _labels(reader: Reader, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in _some(sorted(ids)):
        found.update(reader.labels(some))
    return found


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start:start + _AT_ONCE]


def _dated(reader: Reader, total: int, items: dict[str, Shown], dates: dict[str, Shown]) -> Dated:
    documents = documents_of(reader, list(items.values()))
    several = doubtful = unbounded = 0
    spans: dict[Basis, list[tuple[date, date]]] = {basis: [] for basis in BASES}
    components = 0
    for id_, reading in dates.items():
        item = items.get(id_)
        if item is None or item.get("family") != "component":
            continue
        components += 1
        made = meaning_in(reading.get("meaning") or "")
        sure = reading.get("certainty")
        day, basis = published(item, documents)
        if not made:
            several += 1
        elif sure is not None and sure < LEAST_SURE:
            doubtful += 1
        elif not basis:
            unbounded += 1
        else:
            spans[basis].append((week_day(made), date.fromisoformat(day)))
    return Dated(total, total - components, several, doubtful, unbounded,
                 tuple((basis, times(some)) for basis, some in spans.items() if some))
