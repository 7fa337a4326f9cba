"""The goods that transfers and trace replies name, ready to be asked by what was read on an item.

Serial ranges, lots, packages and products of all transfers that one clearance may see, kept in
memory for each open case. It is made once and then follows the log: after a change only what
the log gained is taken in, so that the first question after a commit costs no more than any
other. What it answers are candidates: the record is always read again through the one read
filter, and counts only if it is visible still and says the same. So nothing that was sealed,
changed or erased meanwhile is ever told from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from headstamp.markings.normalise import keys, plain_key
from headstamp.markings.range_index import Cover, RangeIndex
from headstamp.markings.serial_range import SerialRange, read_ranges
from headstamp.markings.unread import has_unread, tokens
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.policy import open_facts
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

NAMED: Final = ("serials", "lot", "package", "product", "goods")
"""The fields by which goods are named, as written."""

MOST_LATER: Final = 5_000
"""So many changed records are kept beside the index before they are taken into it."""

_BETWEEN = re.compile(r"[,;|\n]+|\s(?:and|und|et|y|и|و|&)\s")
_BEFORE = re.compile(
    r"^\s*(?:(?:lots?|batch(?:es)?|crates?|boxe?s?|containers?|packages?|pallets?|cases?|"
    r"cartons?|nos?|numbers?|n[º°])\b[.:\s#]*)+", re.I)
_WORD = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")


@lru_cache(maxsize=200_000)
def _plain(text: str) -> str:
    return plain_key(text)


def numbers(text: str) -> tuple[str, ...]:
    """The single lots or packages of a text, as keys; each once.

    >>> numbers("4470-B, 4471-B"), numbers("Lot no. 14-09-41"), numbers("crates 12 and 13")
    (('4470B', '4471B'), ('140941',), ('12', '13'))
    """
    found = (_plain(_BEFORE.sub("", part).strip() or part) for part in _BETWEEN.split(text))
    return tuple(dict.fromkeys(key for key in found if key))


def words(text: str) -> tuple[str, ...]:
    """The words of a text as keys, in order: a model is compared word by word.

    >>> words("rifles TA-7, 412 pieces")
    ('RIFLES', 'TA7', '412', 'PIECES')
    """
    return tuple(key for one in _WORD.findall(text) if (key := _plain(one)))


@dataclass(frozen=True, slots=True)
class Goods:
    """What one record says of its goods, field by field, as written, and its serials as read."""

    id: str
    texts: tuple[tuple[str, str], ...]
    ranges: tuple[SerialRange, ...] = ()

    @classmethod
    def of(cls, id_: str, texts: Iterable[tuple[str, str | None]]) -> Goods:
        """From the fields that have a text."""
        told = tuple((field, text) for field, text in texts if text)
        return cls(id_, told, tuple(
            range_ for field, text in told if field == "serials"
            for range_ in read_ranges(text).ranges))

    def says(self, values: Mapping[str, object], fields: Iterable[str]) -> bool:
        """Whether the record still says the same there."""
        told = dict(self.texts)
        return all(values.get(field) == told.get(field) for field in fields)


class Part:
    """An index over the goods of some records; it does not change."""

    def __init__(self, goods: Iterable[Goods]) -> None:
        self.goods: dict[str, Goods] = {}
        self.ids: list[str] = []
        ranges: list[tuple[str, SerialRange]] = []
        self.numbers: dict[str, dict[str, list[str]]] = {"lot": {}, "package": {}}
        self.folded: dict[str, dict[str, set[str]]] = {"lot": {}, "package": {}}
        self.unread: dict[str, list[str]] = {"lot": [], "package": []}
        self.words: dict[str, list[int]] = {}
        for one in goods:
            at = len(self.ids)
            self.ids.append(one.id)
            self.goods[one.id] = one
            said: set[str] = set()
            ranges.extend((one.id, range_) for range_ in one.ranges)
            for field, text in one.texts:
                if field in self.numbers:
                    for key in numbers(text):
                        self._number(field, key, one.id)
                elif field != "serials":
                    said.update(words(text))
            for word in said:
                self.words.setdefault(word, []).append(at)
        self.ranges = RangeIndex(ranges)

    def _number(self, field: str, key: str, id_: str) -> None:
        held = self.numbers[field].get(key)
        if held is not None:
            held.append(id_)
            return
        self.numbers[field][key] = [id_]
        if has_unread(key):
            self.unread[field].append(key)
        else:
            self.folded[field].setdefault(_folded(key), set()).add(key)

    def agreeing(self, field: str, key: str) -> Iterator[tuple[str, str]]:
        """The keys that may be the same number, with how: same, alike or unread."""
        if not has_unread(key):
            if key in self.numbers[field]:
                yield key, "same"
            for other in self.folded[field].get(_folded(key), ()):
                if other != key:
                    yield other, "alike"
        else:
            pattern = _pattern(key)
            yield from ((other, "unread") for other in self.numbers[field] if not has_unread(other)
                        and pattern.fullmatch(other))
        for other in self.unread[field]:
            if other != key and not has_unread(key) and _pattern(other).fullmatch(key):
                yield other, "unread"

    def naming(self, said: Iterable[str]) -> list[str]:
        """The records whose product or goods hold all these words."""
        some = [self.words.get(word) for word in dict.fromkeys(said)]
        if not some or not all(some):
            return []
        lists = sorted((one for one in some if one), key=len)
        found = set(lists[0]).intersection(*lists[1:])
        return [self.ids[at] for at in sorted(found)]


@lru_cache(maxsize=50_000)
def _folded(key: str) -> str:
    return keys(key).folded


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("".join(
        "." if one == "?" else ".*?" if one == "*" else f"[{re.escape(one)}]"
        for one in tokens(key)), re.DOTALL)


@dataclass(frozen=True, slots=True)
class TransferIndex:
    """The goods of all transfers and replies at one size of the log; ``later`` overrides ``base``."""

    size: int
    base: Part
    later: Part

    def covering(self, reading: str | list[tuple[str, float]], limit: int) -> list[Cover]:
        """The ranges of serial numbers that cover a reading, the surest first."""
        found = [cover for cover in self.base.ranges.covering(reading, limit=limit)
                 if cover.key not in self.later.goods]
        return [*found, *self.later.ranges.covering(reading, limit=limit)][:limit * 2]

    def numbered(self, field: str, key: str) -> list[tuple[str, str, str]]:
        """(record, its number, how) for each record of which a lot or package may be this one."""
        return [
            (id_, other, how) for part in (self.base, self.later)
            for other, how in part.agreeing(field, key) for id_ in part.numbers[field][other]
            if part is self.later or id_ not in self.later.goods
        ]

    def naming(self, said: Iterable[str]) -> list[str]:
        """The records whose product or goods hold all these words, oldest first."""
        wanted = tuple(said)
        return [*(id_ for id_ in self.base.naming(wanted) if id_ not in self.later.goods),
                *self.later.naming(wanted)]

    def names(self, id_: str, fields: Iterable[str]) -> bool:
        """Whether a record names numbers in any of these fields that could be understood."""
        held = self.later.goods.get(id_) or self.base.goods[id_]
        told = dict(held.texts)
        return any(held.ranges if field == "serials" else told.get(field) for field in fields)

    def still(self, id_: str, values: Mapping[str, object], fields: Iterable[str]) -> bool:
        """Whether a record's fields say what they said when it was taken in."""
        held = self.later.goods.get(id_) or self.base.goods.get(id_)
        return held is not None and held.says(values, fields)


_EMPTY: Final = Part(())
_KEPT: WeakKeyDictionary[Case, dict[str, TransferIndex]] = WeakKeyDictionary()
_LOCK = Lock()


def transfer_index(case: Case, reader: Reader) -> TransferIndex:
    """The index as this reader sees the case, brought up to the log.

    Made once for each clearance: seconds for 100,000 transfers with serial ranges.
    """
    with _LOCK:
        kept = _KEPT.setdefault(case, {})
        held = kept.get(reader.clearance)
        if held is not None and held.size > case.read(reader.clearance).size():
            held = None  # the case was put back to an earlier state under our feet
        found = kept[reader.clearance] = brought_up(held, reader)
        return found


def brought_up(index: TransferIndex | None, reader: Reader) -> TransferIndex:
    """The index at the reader's size of the log, or a later one.

    A reader of an earlier state is answered from the later index: what it names is read again
    in that state.
    """
    size = reader.size()
    if index is not None and index.size >= size:
        return index
    if index is None:
        return TransferIndex(size, Part(_all(reader)), _EMPTY)
    if reader.gained("erasure", index.size):  # what was erased is not kept in memory either
        return TransferIndex(size, Part(_all(reader)), _EMPTY)
    new = _gained(reader, index.size)
    if not new:
        return TransferIndex(size, index.base, index.later)
    later = {**index.later.goods, **new}
    if len(later) > MOST_LATER:
        return TransferIndex(size, Part({**index.base.goods, **later}.values()), _EMPTY)
    return TransferIndex(size, index.base, Part(later.values()))


def _fields(reader: Reader, kind: str) -> list[str]:
    known = {fact.name for fact in open_facts(BY_NAME[kind], reader.rank)}
    return [field for field in NAMED if field in known]


def _all(reader: Reader) -> Iterator[Goods]:
    for kind in ("transfer", "trace_reply"):
        fields = _fields(reader, kind)
        for id_, *texts in reader.cells(kind, ("id", *fields)):
            if any(texts):
                yield Goods.of(id_, zip(fields, texts, strict=True))


def _gained(reader: Reader, since: int) -> dict[str, Goods]:
    """What the log gained: records themselves, and transfers that a changed reply may show or hide."""
    requests = [one.id for one in reader.gained("trace_request", since)]
    replies = {one.id: one for one in reader.gained("trace_reply", since)}
    for some in _belonging(reader, requests, "trace_reply", "request"):
        replies.setdefault(some.id, some)
    shown = {one.id: one for one in reader.gained("transfer", since)}
    for some in _belonging(reader, list(replies), "transfer", "reply"):
        shown.setdefault(some.id, some)
    found: dict[str, Goods] = {}
    for kind, records in (("transfer", shown), ("trace_reply", replies)):
        fields = _fields(reader, kind)
        for id_, one in records.items():
            found[id_] = Goods.of(id_, ((field, one.get(field)) for field in fields))
    return found


def _belonging(reader: Reader, ids: list[str], kind: str, field: str) -> Iterator[Shown]:
    if ids:
        for some in reader.belonging(ids, kind, field, most=MOST_LATER).values():
            yield from some

