"""One search: a query made ready once, then answered with one, two and three edits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import PLACES, SHARED_CODES, UNREAD_CODE, encode
from headstamp.markings.asked import MOST_EDITS, ask
from headstamp.markings.candidates import Candidates, Reached, Reading, reach, weigh
from headstamp.markings.channel import Channel
from headstamp.markings.context import Context
from headstamp.markings.hit import Hit, Surroundings
from headstamp.markings.lineup import line_up
from headstamp.markings.normalise import Keys, keys
from headstamp.markings.part import Holding, Part
from headstamp.markings.query import unquoted
from headstamp.markings.segment import WHOLE
from headstamp.markings.unread import RUN
from headstamp.markings.weighing import TEMPER, absent_weight, odds
from headstamp.markings.written import as_written

Query = str | Sequence[tuple[str, float]]
"""A reading, or several readings of one marking with weights."""

ENOUGH: Final = 0.5
"""The quick list is out as soon as those found are likelier than not to hold the marking."""

MOST_CHARACTERS: Final = 10_000
"""Of a query; what is longer is cut. A marking is compared by its first 60 anyway."""

_LEAST: Final = 1e-9
"""What is less likely is not shown."""
_NEAREST: Final = 3
_WITH_CONTEXT: Final = 2000
_MOST_ENTRIES: Final = 20_000
_MOST_COMPARED: Final = 4096
_UNLIKE: Final = 900
_OTHER_TAIL: Final = 300


class Question:
    """A query against an index."""

    def __init__(
        self, index: Holding, query: Query, channel: Channel | None,
        context: Context | None, absent: float,
    ) -> None:
        if not 0 <= absent < 1:
            raise ValueError(f"absent is a probability below 1, not {absent}")
        self._index = index
        self._channel = channel if channel is not None else Channel.default()
        self._context = context if context and index.contexts.columns else None
        self._odds = odds(absent)
        self._exact = unquoted(query.strip()) if isinstance(query, str) else None
        self._keys: Keys | None = None
        self._readings = self._made(query) if self._exact is None else []
        self._reached: list[Reached] = []
        self._none = 1.0
        self._any: float | None = None

    def _made(self, query: Query) -> list[Reading]:
        several = [(query, 1.0)] if isinstance(query, str) else list(query)
        total = sum(max(0.0, weight) for _, weight in several)
        found: list[Reading] = []
        for text, weight in sorted(several, key=lambda one: -one[1]):
            made = keys(text[:MOST_CHARACTERS])
            asked = ask(made.plain, self._channel)
            if weight > 0 and asked.known:
                self._keys = self._keys or made
                found.append(Reading(weight / total, asked))
        return found

    @property
    def main(self) -> Reading:
        """The reading with the greatest weight."""
        return self._readings[0]

    def first(self, limit: int) -> list[Hit]:
        """The quick list: as few edits as it takes to find a likely answer."""
        if self._exact is not None:
            return as_written(self._index, self._exact, limit)
        most = max((r.asked.edits for r in self._readings), default=0)
        hits: list[Hit] = []
        for edits in range(self._least(most), most + 1):
            hits = self._answer(edits, limit)
            if self._none <= 1 - ENOUGH:
                break
        return hits

    def whole(self, limit: int) -> list[Hit]:
        """The complete list: everything within reach is weighed."""
        if self._exact is not None:
            return as_written(self._index, self._exact, limit)
        most = max((r.asked.edits for r in self._readings), default=0)
        for edits in range(self._least(most), most):
            self._reach(edits)
        return self._answer(MOST_EDITS, limit)

    def _least(self, most: int) -> int:
        """With how many edits to begin: where runs or unread places leave much open, with none."""
        open_ = any(r.asked.runs or UNREAD_CODE in r.asked.codes for r in self._readings)
        return 0 if open_ else min(1, most)

    def _reach(self, edits: int) -> list[Reached]:
        self._reached = [
            reach(part.core, part.segment, self._readings, edits, before)
            for part, before in zip_longest(self._index.parts, self._reached)
        ]
        return self._reached

    def _answer(self, edits: int, limit: int) -> list[Hit]:
        if not self._readings or limit < 1:
            return []
        found = [
            weigh(part.core, part.segment, self._readings, reached)
            for part, reached in zip(self._index.parts, self._reach(edits), strict=True)
        ]
        groups = self._groups(found, limit)
        weight, expected = self._absent(found, groups)
        against = (self._odds * weight) ** TEMPER
        total = sum(c.sum for c in found) + against
        # Context makes some likelier than the sum over all took them to be.
        if self._context:
            total += sum(group.extra for group in groups)
        if total <= 0 or not groups:
            self._none = 1.0
            return []
        self._none = against / total
        around = Surroundings(
            sum(c.number for c in found), tuple(c.costs for c in found), expected, self._none,
            self._index.markings,
        )
        hits: list[Hit] = []
        for group in groups:
            if len(hits) >= limit:
                break
            chance = min(1.0, group.share / total)
            if chance < _LEAST:
                break
            hits += [
                self._hit(entry, chance, group.cost, around)
                for entry in group.entries[: limit - len(hits)]
            ]
        return hits

    # --- who is shown --------------------------------------------------------

    def _groups(self, found: list[Candidates], limit: int) -> list[_Group]:
        """Texts of one marking (and context) together, the likeliest first."""
        told_apart = any(
            len(r.asked.codes) >= PLACES or not SHARED_CODES.isdisjoint(r.asked.codes)
            for r in self._readings
        )
        several = len(found) > 1
        wanted = _WITH_CONTEXT if self._context else 8 * limit if told_apart else limit
        groups: dict[tuple[Any, ...], _Group] = {}
        entries = 0
        for part, slot, cost in self._cheapest(found, wanted):
            held = part.entries_of(slot)
            entries += len(held)
            marking = part.codes_of(slot) if several else slot
            for (position, word), times in zip(held, self._times(part, held), strict=True):
                entry = _Entry(part, slot, part.first + position, word)
                plain, paid = self._told_apart(entry, cost) if told_apart else ("", cost)
                key = (marking, plain, word, times)
                group = groups.get(key)
                if group is None:
                    group = groups[key] = _Group(paid, times, 1 / WHOLE if word else 1.0)
                group.entries.append(entry)
            if entries > _MOST_ENTRIES:
                break
        ordered = sorted(groups.values(), key=lambda g: (-g.share, g.cost))
        if several:
            for group in ordered:
                group.entries.sort(key=lambda entry: entry.position)
        return ordered

    def _cheapest(self, found: list[Candidates], number: int) -> Iterator[tuple[Part, int, int]]:
        chosen = [
            (float(c.paid[at]), part.first, int(c.slots[at]), int(c.costs[at]), part)
            for part, c in zip(self._index.parts, found, strict=True)
            for at in c.cheapest(number).tolist()
        ]
        chosen.sort(key=lambda one: one[:3])
        for _, _, slot, cost, part in chosen:
            yield part, slot, cost

    def _times(self, part: Part, held: list[tuple[int, bool]]) -> list[float]:
        if not self._context:
            return [1.0] * len(held)
        positions = np.array([part.first + position for position, _ in held], dtype=np.int64)
        return [round(v, 9) for v in self._index.contexts.times(self._context, positions).tolist()]

    def _told_apart(self, entry: _Entry, cost: int) -> tuple[str, int]:
        """Where codes do not say all: the plain key itself, and the cost it makes."""
        plain = keys((entry.word() or entry.text())[:_MOST_COMPARED]).plain
        asked = self.main.asked
        wrong = sum(
            pair.kind == "other" and encode(pair.asked) == encode(pair.seen)
            for pair in line_up(asked, plain, self._channel)
        )
        tail = plain[PLACES:] != asked.plain[PLACES:] and RUN not in plain
        return plain, cost + _UNLIKE * wrong + _OTHER_TAIL * tail

    def _hit(self, entry: _Entry, chance: float, cost: int, around: Surroundings) -> Hit:
        factors = (
            tuple(self._index.contexts.factors(self._context, entry.position))
            if self._context else ()
        )
        return Hit(
            entry.position, entry.text(), chance, cost, entry.word(), around, factors,
            self.main.asked, self._keys, self._channel,
        )

    # --- against what --------------------------------------------------------

    def _absent(self, found: list[Candidates], groups: list[_Group]) -> tuple[float, float]:
        asked = self.main.asked
        if asked.runs:
            # As many again as there are in the index, less the one that may be meant.
            cheapest = min((int(c.costs.min()) for c in found if len(c.costs)), default=0)
            near = max(0, sum(c.within(cheapest + 50) for c in found) - 1)
            return near * math.exp(-cheapest / 100), float(near)
        background = self._index.background()
        if self._any is None:
            self._any = background.reading(asked)
        nearest = [group.entries[0].codes() for group in groups[:_NEAREST]]
        weight, expected = absent_weight(asked, background, self._begins, nearest)
        return weight + self._any, expected

    def _begins(self, codes: bytes, reversed: bool) -> npt.NDArray[np.int64]:
        total = np.zeros(len(codes) + 1, dtype=np.int64)
        for part in self._index.parts:
            pairs = part.core.begins(codes, reversed=reversed)[: len(codes) + 1]
            total += pairs[:, 1] - pairs[:, 0]
        return total


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A text, or a word of one, in its segment."""

    part: Part
    slot: int
    position: int
    is_word: bool

    def codes(self) -> bytes:
        """Of the marking."""
        return self.part.codes_of(self.slot)

    def text(self) -> str:
        return self.part.segment.text_of(self.position - self.part.first)

    def word(self) -> str | None:
        """The word of the text that answers; ``None`` where the whole does."""
        if not self.is_word:
            return None
        codes = self.codes()
        return next(
            (w for w in self.text().split() if encode(keys(w[:400]).plain)[:PLACES] == codes),
            None,
        )


@dataclass(slots=True, eq=False)
class _Group:
    """Texts that are one marking: its cost, how context counts, what each of them weighs."""

    cost: int
    times: float
    unit: float
    entries: list[_Entry] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self._share(self.times)

    @property
    def extra(self) -> float:
        """What context adds to the sum over all."""
        return self.share - self._share(1.0)

    def _share(self, times: float) -> float:
        return math.pow(len(self.entries) * self.unit * times * math.exp(-self.cost / 100), TEMPER)
