"""Millions of markings, found from a bad reading, each with the probability that it is the one.

    >>> index = MarkingIndex.build(["AB 123456", "AB 123457", "XK-77"])
    >>> [(hit.text, hit.position) for hit in index.search("A8 12?456", limit=1)]
    [('AB 123456', 0)]

Pure: texts in, hits out. What a case does with it is in
:mod:`headstamp.actions.find`. How it works is in ``docs/markings-search.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.markings import posterior
from headstamp.markings.alphabet import PLACES, SHARED_CODES, UNREAD_CODE, encode
from headstamp.markings.asked import Asked, ask
from headstamp.markings.channel import Channel
from headstamp.markings.context import Context, Contexts
from headstamp.markings.core import Core
from headstamp.markings.hit import Hit, Surroundings
from headstamp.markings.normalise import Keys, keys
from headstamp.markings.posterior import Frequencies, Series
from headstamp.markings.query import unquoted
from headstamp.markings.segment import LANES, NO_SLOT, Segment, build_segment

Query = str | Sequence[tuple[str, float]]
"""A reading, or several readings of one marking with weights."""

KEEP: Final = 20_000
"""So many candidates of a segment are weighed one by one: those with the fewest edits."""

ENOUGH: Final = 0.5
"""The quick list is out as soon as those found are likelier than not to hold the marking."""

_MOST_ENTRIES: Final = 20_000
_MOST_OPEN: Final = 20_000
_MOST_QUERY: Final = 10_000
_LONGER_OF_EACH: Final = 20
_SMALL: Final = 4096


@dataclass(slots=True, eq=False)
class _Part:
    """A segment with the position its first text has in the index."""

    segment: Segment
    core: Core
    first: int
    frequencies: Frequencies | None = None

    def counted(self) -> Frequencies:
        if self.frequencies is None:
            self.frequencies = posterior.count_frequencies(
                self.segment.blocks, self.segment.buckets, LANES
            )
        return self.frequencies


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """One reading of the question: weight, keys, masks."""

    weight: float
    keys: Keys
    asked: Asked


class MarkingIndex:
    """An index over texts in any script; texts may be added and taken out, never changed.

    Made by :meth:`build` or :meth:`open`. Searches may run in several threads
    at once; :meth:`add` and :meth:`remove` may not run beside them.
    """

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._contexts = Contexts()
        self._counted: Frequencies | None = None

    # --- making ------------------------------------------------------------

    @classmethod
    def build(
        cls, texts: Iterable[str], contexts: Iterable[Context | None] | None = None
    ) -> MarkingIndex:
        """An index of these texts; position = order given.

        ``contexts``: one mapping for each text (see :mod:`headstamp.markings.context`).
        """
        made = cls()
        made.add(texts, contexts)
        return made

    def add(
        self, texts: Iterable[str], contexts: Iterable[Context | None] | None = None
    ) -> range:
        """More texts, at once searchable; the positions they got."""
        more = texts if isinstance(texts, list) else list(texts)
        first = len(self)
        rows = None if contexts is None else list(contexts)
        if rows is not None and len(rows) != len(more):
            raise ValueError(f"{len(more)} texts and {len(rows)} contexts")
        if not more:
            return range(first, first)
        if rows is not None or self._contexts.columns:
            if self._contexts.number < first:
                self._contexts.extend([None] * (first - self._contexts.number))
            self._contexts.extend(rows if rows is not None else [None] * len(more))
        self._hold(build_segment(more), first)
        self._merge_small()
        return range(first, first + len(more))

    def remove(self, positions: Iterable[int]) -> None:
        """Take texts out; their positions stay empty. Unknown positions raise IndexError."""
        for position in positions:
            part = self._part_of(position)
            part.segment.remove(position - part.first)

    def _hold(self, segment: Segment, first: int) -> None:
        self._parts.append(_Part(segment, Core(segment), first))
        self._counted = None

    def _merge_small(self) -> None:
        """Keep the number of segments small: a new one takes up its like-sized neighbour."""
        while len(self._parts) > 1:
            left, right = self._parts[-2:]
            if len(left.segment) > max(_SMALL, 2 * len(right.segment)):
                return
            if len(left.segment) + len(right.segment) > _SMALL * 256:
                return
            texts = [p.segment.text_of(i) for p in (left, right) for i in range(len(p.segment))]
            dead = [
                int(i) + p.first - left.first
                for p in (left, right)
                for i in np.flatnonzero(p.segment.living == 0)
            ]
            del self._parts[-2:]
            self._hold(build_segment(texts), left.first)
            for position in dead:
                self._parts[-1].segment.remove(position)

    # --- what it holds -----------------------------------------------------

    def __len__(self) -> int:
        last = self._parts[-1] if self._parts else None
        return last.first + len(last.segment) if last else 0

    def text(self, position: int) -> str:
        """The text at a position, as it was given."""
        part = self._part_of(position)
        return part.segment.text_of(position - part.first)

    @property
    def markings(self) -> int:
        """How many distinct markings."""
        return sum(part.segment.slots for part in self._parts)

    @property
    def size(self) -> int:
        """Bytes in memory, or in the file."""
        return sum(a.nbytes for p in self._parts for a in p.segment.arrays().values())

    def _part_of(self, position: int) -> _Part:
        if not 0 <= position < len(self):
            raise IndexError(f"no text at position {position}; there are {len(self)}")
        return next(p for p in reversed(self._parts) if p.first <= position)

    # --- asking ------------------------------------------------------------

    def search(
        self, query: Query, limit: int = 10, *, channel: Channel | None = None,
        context: Context | None = None, absent: float = posterior.ABSENT,
    ) -> list[Hit]:
        """The complete list: every marking within reach was weighed. Best first.

        ``absent`` is the chance, before anything is compared, that the marking is
        not in the index. A query nothing is known of (``""``, ``"??"``) has no hits.
        """
        question = _Question(self, query, channel, context, absent)
        return question.answer(3, limit)

    def first(
        self, query: Query, limit: int = 10, *, channel: Channel | None = None,
        context: Context | None = None, absent: float = posterior.ABSENT,
    ) -> list[Hit]:
        """The quick list: as few edits as it takes to find a likely answer."""
        return _Question(self, query, channel, context, absent).first(limit)

    def answers(
        self, query: Query, limit: int = 10, *, channel: Channel | None = None,
        context: Context | None = None, absent: float = posterior.ABSENT,
    ) -> Iterator[list[Hit]]:
        """Both from one search: the quick list at once, then the complete one."""
        question = _Question(self, query, channel, context, absent)
        yield question.first(limit)
        yield question.answer(3, limit)

    def search_many(
        self, queries: Iterable[Query], limit: int = 10, threads: int = 2, *,
        channel: Channel | None = None, context: Context | None = None,
        absent: float = posterior.ABSENT,
    ) -> list[list[Hit]]:
        """The complete list of each query, in order."""
        def one(query: Query) -> list[Hit]:
            return self.search(query, limit, channel=channel, context=context, absent=absent)

        if threads < 2:
            return [one(query) for query in queries]
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(one, queries))

    def frequencies(self) -> Frequencies:
        """How often each character stands where, over all segments."""
        if self._counted is None:
            self._counted = posterior.merge_frequencies([p.counted() for p in self._parts])
        return self._counted

    # --- files -------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the index to one file, whole or not at all."""
        from headstamp.markings.index_file import write_index

        write_index(Path(path), [p.segment for p in self._parts], self._contexts)

    @classmethod
    def open(cls, path: str | Path, *, check: bool = False) -> MarkingIndex:
        """The index of a file, memory-mapped; ``check`` reads it whole for damage.

        Raises Missing, Unreadable (another format, or damaged).
        """
        from headstamp.markings.index_file import read_index

        segments, contexts = read_index(Path(path), check=check)
        made = cls()
        for segment in segments:
            made._hold(segment, len(made))
        made._contexts = contexts
        return made

    @property
    def contexts(self) -> Contexts:
        """What is known beside the texts."""
        return self._contexts

    @property
    def parts(self) -> Sequence[_Part]:
        """The segments, for the search."""
        return self._parts


class _Question:
    """One search: the query made ready once, then asked with one, two, three edits."""

    def __init__(
        self, index: MarkingIndex, query: Query, channel: Channel | None,
        context: Context | None, absent: float,
    ) -> None:
        self._index = index
        self._channel = channel if channel is not None else Channel.default()
        self._context = context
        self._absent = absent
        self._exact: str | None = None
        self._readings: list[_Reading] = []
        if isinstance(query, str):
            self._exact = unquoted(query.strip()) if len(query) <= _MOST_QUERY else None
            query = ((self._exact if self._exact is not None else query, 1.0),)
        total = sum(max(0.0, weight) for _, weight in query) or 1.0
        for text, weight in query:
            if weight <= 0:
                continue
            made = keys(text[:_MOST_QUERY])
            asked = ask(made.plain, self._channel)
            if asked.known:
                self._readings.append(_Reading(weight / total, made, asked))
        self._none = 1.0

    def first(self, limit: int) -> list[Hit]:
        most = max((r.asked.edits for r in self._readings), default=0)
        hits: list[Hit] = []
        for edits in range(min(1, most), most + 1):
            hits = self.answer(edits, limit)
            if self._none <= 1 - ENOUGH:
                break
        return hits

    def answer(self, edits: int, limit: int) -> list[Hit]:
        if not self._readings or not len(self._index):
            return []
        if self._exact is not None:
            return self._as_written(limit)
        found = [self._candidates(part, edits) for part in self._index.parts]
        return self._weigh(found, limit, complete=edits >= 3)

    # --- candidates --------------------------------------------------------

    def _candidates(self, part: _Part, edits: int) -> _Candidates:
        """Slots and costs of one segment; open texts beside."""
        slots: npt.NDArray[np.uint32] | None = None
        total = kept = 0
        for reading in self._readings:
            more, all_ = part.core.search(reading.asked.pattern(edits), KEEP)
            total, kept = total + all_, kept + len(more)
            slots = more if slots is None else np.union1d(slots, more)
        assert slots is not None
        if edits >= 3:
            slots = self._with_longer(part, slots)
        costs = self._together([part.core.score(slots, r.asked.costs) for r in self._readings])
        open_costs = self._open(part)
        return _Candidates(part, slots, costs, total / max(1, kept), open_costs)

    def _with_longer(
        self, part: _Part, slots: npt.NDArray[np.uint32]
    ) -> npt.NDArray[np.uint32]:
        """And longer markings that begin or end with the reading: an end may be worn away."""
        more: list[npt.NDArray[np.uint32]] = []
        for reading in self._readings:
            asked = reading.asked
            if asked.runs or UNREAD_CODE in asked.codes or asked.known < 5:
                continue
            for turned in (False, True):
                codes = asked.codes[::-1] if turned else asked.codes
                pairs = part.core.begins(codes, reversed=turned)[len(codes) + 1 :]
                for low, high in pairs.tolist():
                    if low < high:
                        held = np.arange(low, min(high, low + _LONGER_OF_EACH), dtype=np.uint32)
                        more.append(part.segment.reversed_slots[held] if turned else held)
        if not more:
            return slots
        both = np.union1d(slots, np.concatenate(more))
        return both[part.segment.weight[both] > 0]

    def _open(self, part: _Part) -> npt.NDArray[np.int32] | None:
        rows = part.segment.open_rows
        if not len(rows):
            return None
        lengths = part.segment.open_lengths
        return self._together([
            part.core.score_rows(
                np.ascontiguousarray(rows[:_MOST_OPEN]),
                np.ascontiguousarray(lengths[:_MOST_OPEN]), r.asked.costs,
            )
            for r in self._readings
        ])

    def _together(self, costs: list[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
        """Several readings of one marking: their chances, weighed."""
        if len(costs) == 1:
            return costs[0]
        chance = sum(
            reading.weight * np.exp(cost / -100.0)
            for reading, cost in zip(self._readings, costs, strict=True)
        )
        with np.errstate(divide="ignore"):
            found = np.minimum(np.rint(-100 * np.log(chance)), 1 << 28)
        return np.asarray(found, dtype=np.int32)

    # --- weighing ----------------------------------------------------------

    def _weigh(self, found: list[_Candidates], limit: int, *, complete: bool) -> list[Hit]:
        lead = min(
            (c for c in found if len(c.costs)), key=lambda c: int(c.costs.min()), default=None
        )
        best = None
        if lead is not None:
            best = lead.part.segment.codes_of(int(lead.slots[int(lead.costs.argmin())]))
        expected = self._expected(best, found)
        chosen = self._chosen(found, limit)
        total = sum(c.sum for c in found)
        groups = self._groups(chosen)
        # Context makes some likelier: the sum has to follow.
        total += sum(g.chance * (g.times - 1) * g.weight for g in groups)
        against = posterior.odds(self._absent) * expected
        whole = total + against
        if whole <= 0:
            self._none = 1.0
            return []
        self._none = against / whole
        groups.sort(key=lambda g: (-g.chance * g.times * g.weight, g.entries[0].position))
        number = int(sum(c.count for c in found))
        hits: list[Hit] = []
        for group in groups:
            if len(hits) >= limit:
                break
            near = sum(1 for g in groups if g is not group and g.chance >= group.chance)
            around = Surroundings(
                number, near, expected, self._none, self._index.markings
            )
            chance = group.chance * group.times * group.weight / whole
            hits += [
                self._hit(entry, chance, group.cost, around)
                for entry in group.entries[: limit - len(hits)]
            ]
        return hits

    def _expected(self, best: bytes | None, found: list[_Candidates]) -> float:
        """``E`` of the likeliest reading, times the chance of leaving its places unread."""
        reading = max(self._readings, key=lambda r: r.weight)
        asked = reading.asked
        unread = posterior.unread_chance(asked, self._channel.unread)
        if asked.runs:
            near = sum(c.near() for c in found)
            return max(0.0, near - 1.0) * unread + 1e-6
        codes = asked.codes
        front = codes.find(UNREAD_CODE) if UNREAD_CODE in codes else len(codes)
        back = len(codes) - 1 - codes.rfind(UNREAD_CODE) if UNREAD_CODE in codes else 0
        fronts, backs = np.zeros(front + 1), np.zeros(back + 1)
        for part in self._index.parts:
            pairs = part.core.begins(codes, reversed=False)
            fronts += (pairs[:, 1] - pairs[:, 0])[: front + 1]
            if back:
                pairs = part.core.begins(codes[::-1], reversed=True)
                backs += (pairs[:, 1] - pairs[:, 0])[: back + 1]
        there = front == len(codes) and fronts[-1] > 0
        series = Series(
            tuple(int(v) for v in fronts),
            tuple(int(v) for v in backs) if back else (int(fronts[0]),),
        )
        value = posterior.expected(asked, series, self._index.frequencies(), best)
        return value * unread * posterior.seen_itself(bool(there))

    def _chosen(self, found: list[_Candidates], limit: int) -> list[tuple[_Candidates, int, int]]:
        """The cheapest candidates of all segments: (candidates, slot or -1 - open row, cost)."""
        wanted = 2000 if self._context else max(50, 4 * limit)
        chosen = []
        for c in found:
            at = np.arange(len(c.costs))
            if len(at) > wanted:
                at = np.argpartition(c.costs, wanted)[:wanted]
                edge = int(c.costs[at].max())
                # All of one cost or none: who is shown must not hang on the order of a sort.
                ties = np.flatnonzero(c.costs == edge)[: 4 * wanted]
                at = np.union1d(at[c.costs[at] < edge], ties)
            chosen += [(c, int(c.slots[i]), int(c.costs[i])) for i in at.tolist()]
            if c.open_costs is not None:
                near = np.flatnonzero(c.open_costs < _open_limit(self._readings))
                near = near[np.argsort(c.open_costs[near], kind="stable")][:wanted]
                chosen += [(c, -1 - int(i), int(c.open_costs[i])) for i in near.tolist()]
        chosen.sort(key=lambda item: (item[2], item[0].part.first, item[1]))
        return chosen[: 5 * wanted]

    def _groups(self, chosen: list[tuple[_Candidates, int, int]]) -> list[_Group]:
        """Texts of one marking (and context) together."""
        groups: dict[tuple[Any, ...], _Group] = {}
        entries = 0
        for candidates, slot, cost in chosen:
            part = candidates.part
            segment = part.segment
            if slot < 0:
                position = int(segment.open_of[-1 - slot])
                if not segment.living[position]:
                    continue
                held = np.array([position], dtype=np.uint32)
                codes: bytes = segment.open_rows[-1 - slot].tobytes()
            else:
                held = segment.entries_of(slot)
                codes = segment.codes_of(slot)
            entries += len(held)
            exact = len(codes) >= PLACES or not SHARED_CODES.isdisjoint(codes)
            positions = segment.positions_of(held).astype(np.int64) + part.first
            times = (
                self._index.contexts.times(self._context, positions)
                if self._context and self._index.contexts.columns
                else np.ones(len(held))
            )
            for entry, position, factor in zip(
                held.tolist(), positions.tolist(), times.tolist(), strict=True
            ):
                one = _Entry(part, int(position), int(entry) >= len(segment), codes)
                plain, paid = (self._told_apart(one, cost) if exact else ("", cost))
                key = (codes, plain, round(factor, 9))
                group = groups.get(key)
                if group is None:
                    group = groups[key] = _Group(paid, float(np.exp(paid / -100.0)), factor)
                group.weight += 1
                group.entries.append(one)
            if entries > _MOST_ENTRIES:
                break
        return list(groups.values())

    def _told_apart(self, entry: _Entry, cost: int) -> tuple[str, int]:
        """Where codes do not say all: the plain key itself, and the cost it makes."""
        from headstamp.markings.lineup import line_up

        plain = keys(entry.shown()[1] or entry.text()).plain
        asked = max(self._readings, key=lambda r: r.weight).asked
        wrong = sum(
            1 for pair in line_up(asked, plain, self._channel)
            if pair.kind == "other" and encode(pair.asked) == encode(pair.seen)
        )
        tail = 0 if plain[PLACES:] == asked.plain[PLACES:] else 1
        return plain, cost + 900 * wrong + 300 * tail

    def _hit(self, entry: _Entry, chance: float, cost: int, around: Surroundings) -> Hit:
        reading = max(self._readings, key=lambda r: r.weight)
        text, part = entry.shown()
        factors = (
            tuple(self._index.contexts.factors(self._context, entry.position))
            if self._context else ()
        )
        return Hit(
            entry.position, text, min(1.0, chance), cost, part, around, factors,
            reading.asked, reading.keys, self._channel,
        )

    # --- as written --------------------------------------------------------

    def _as_written(self, limit: int) -> list[Hit]:
        """Texts that hold what stands in quotes, to the letter; whole texts first."""
        wanted = (self._exact or "").encode("utf-8", "surrogatepass")
        if not wanted:
            return []
        whole: list[Hit] = []
        inside: list[Hit] = []
        for part in self._index.parts:
            for position in _holding(part.segment, wanted, 50 * limit):
                text = part.segment.text_of(position)
                same = text == self._exact
                share = 1.0 if same else len(self._exact or "") / len(text)
                hit = Hit(
                    part.first + position, text,
                    1.0 if same else round(0.5 * share, 4), 0 if same else 100,
                    None if same else self._exact,
                )
                (whole if same else inside).append(hit)
        inside.sort(key=lambda hit: (-hit.probability, hit.position))
        return [*whole, *inside][:limit]


def _open_limit(readings: list[_Reading]) -> int:
    return max(700, max(150 * r.asked.known for r in readings))


def _holding(segment: Segment, wanted: bytes, most: int) -> Iterator[int]:
    """Positions of living texts that hold these bytes."""
    text = segment.text
    view = memoryview(np.ascontiguousarray(text))
    start, found, step = 0, 0, 1 << 24
    while start < len(text) and found < most:
        piece = bytes(view[start : start + step + len(wanted) - 1])
        at = piece.find(wanted)
        while at >= 0 and found < most:
            place = start + at
            position = int(np.searchsorted(segment.text_at, place, side="right")) - 1
            end = int(segment.text_at[position + 1])
            if place + len(wanted) <= end:
                if segment.living[position]:
                    found += 1
                    yield position
                at = piece.find(wanted, end - start)
            else:
                at = piece.find(wanted, at + 1)
        start += step
        # A text that began in this piece may hold the bytes again in the next.
        if start < len(text):
            start = max(start, 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Slots of one segment with their costs; ``more``: how many stand for each one kept."""

    part: _Part
    slots: npt.NDArray[np.uint32]
    costs: npt.NDArray[np.int32]
    more: float
    open_costs: npt.NDArray[np.int32] | None

    @property
    def count(self) -> float:
        return len(self.slots) * self.more

    @property
    def sum(self) -> float:
        """Of weight times chance, over all."""
        chances = np.exp(self.costs / -100.0) * self.part.segment.weight[self.slots]
        found = float(chances.sum()) * self.more
        if self.open_costs is not None:
            found += float(np.exp(self.open_costs / -100.0).sum())
        return found

    def near(self) -> float:
        """How many cost hardly more than the cheapest."""
        if not len(self.costs):
            return 0.0
        return float((self.costs <= self.costs.min() + 50).sum()) * self.more


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    part: _Part
    position: int
    is_part: bool
    codes: bytes

    def text(self) -> str:
        return self.part.segment.text_of(self.position - self.part.first)

    def shown(self) -> tuple[str, str | None]:
        """The text, and the word of it that answers where not the whole does."""
        text = self.text()
        if not self.is_part:
            return text, None
        for word in text.split():
            if encode(keys(word[:400]).plain)[:PLACES] == self.codes:
                return text, word
        return text, None


@dataclass(slots=True, eq=False)
class _Group:
    cost: int
    chance: float
    times: float
    weight: int = 0
    entries: list[_Entry] = field(default_factory=list)


__all__ = ["KEEP", "NO_SLOT", "Hit", "MarkingIndex", "Query"]
