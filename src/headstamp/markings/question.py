"""One search: a query made ready once, then answered with one, two and three edits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, Final

import numpy as np

from headstamp.errors import Invalid, Problem
from headstamp.markings.alphabet import (
    PLACES,
    SHARED_CODES,
    UNREAD_CODE,
    code_of,
    encode,
    is_shared,
)
from headstamp.markings.asked import MOST_EDITS, ask
from headstamp.markings.candidates import Candidates, Reached, Reading, reach, weigh
from headstamp.markings.channel import Channel
from headstamp.markings.context import Context
from headstamp.markings.group import Entry, Group, Held
from headstamp.markings.hit import Hit, Surroundings
from headstamp.markings.lineup import line_up
from headstamp.markings.normalise import keys
from headstamp.markings.part import Holding, Part
from headstamp.markings.query import unquoted
from headstamp.markings.rereadings import BESIDE, rereadings
from headstamp.markings.segment import WHOLE
from headstamp.markings.unread import RUN, tokens
from headstamp.markings.weighing import TEMPER, absent_weight, odds
from headstamp.markings.written import as_written

Query = str | Sequence[tuple[str, float]]
"""A reading, or several readings of one marking with weights."""

ENOUGH: Final = 0.5
"""The quick list is out as soon as those found are likelier than not to hold the marking."""

MOST_CHARACTERS: Final = 10_000
"""Of a query; what is longer is cut. A marking is compared by its first 60 anyway."""

MOST_READINGS: Final = 50
"""Of one marking."""

_LEAST: Final = 1e-9
"""What is less likely is not shown."""
_NEAREST: Final = 3
_AS_NEAR: Final = 300
_LITTLE: Final = 0.01
"""So small a part of the whole is not looked for."""
_WITH_CONTEXT: Final = 2000
_MOST_ENTRIES: Final = 20_000
_MOST_COMPARED: Final = 4096
_UNLIKE: Final = 900
_OTHER_TAIL: Final = 900
_NO_TAIL: Final = 300


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
        self._readings = self._made(query) if self._exact is None else []
        self._reached: list[Reached] = []
        self._none = 1.0
        self._any: list[float] | None = None

    def _made(self, query: Query) -> list[Reading]:
        several = _several(query)
        total = sum(weight for _, weight in several)
        found: list[Reading] = []
        for text, weight in sorted(several, key=lambda one: -one[1]):
            made = keys(text[:MOST_CHARACTERS])
            asked = ask(made.plain, self._channel)
            if weight > 0 and asked.known:
                found.append(Reading(weight / total, made, asked))
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
        least = self._least(most)
        # What was read whole is hardly ever near to plenty with one edit: two tell soon enough.
        for edits in range(max(least, most - 1) if least else 0, most):
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
        groups, others = self._groups(found, limit)
        weight, expected = self._absent(found, groups, others)
        against = (self._odds * weight) ** TEMPER
        total = sum(group.share for group in groups) + others + against
        if total <= 0 or not groups:
            self._none = 1.0
            return []
        self._none = against / total
        around = Surroundings(
            sum(c.number for c in found), tuple(c.costs for c in found), expected, self._none,
            self._index.markings,
        )
        hits: dict[int, Hit] = {}
        for group in groups:
            chance = min(1.0, group.share / total)
            if len(hits) >= limit or chance < _LEAST:
                break
            for entry in group.entries(limit):
                # A text may answer as a whole and by a word of it: once is enough.
                if entry.position not in hits:
                    hits[entry.position] = self._hit(entry, chance, group.cost, around)
        return list(hits.values())[:limit]

    # --- who is shown --------------------------------------------------------

    def _groups(self, found: list[Candidates], limit: int) -> tuple[list[Group], float]:
        """Texts of one marking (and context) together, the likeliest first; the sum of all others."""
        told_apart = any(
            len(r.asked.codes) >= PLACES or not SHARED_CODES.isdisjoint(r.asked.codes)
            for r in self._readings
        )
        wanted = _WITH_CONTEXT if self._context else 8 * limit if told_apart else limit
        groups: dict[tuple[Any, ...], Group] = {}
        others = sum(c.sum for c in found)
        number = 0
        for paid, order, part, slot, cost in self._cheapest(found, wanted):
            if number > _MOST_ENTRIES:
                break
            others -= math.exp(paid * (-TEMPER / 100))
            texts, words = part.held_at(slot)
            for is_word, positions in ((False, texts), (True, words)):
                if not len(positions):
                    continue
                held = Held(part, slot, is_word, positions)
                unit = 1 / WHOLE if is_word else 1.0
                some = self._apart(held, cost) if told_apart else [("", cost, held)]
                for plain, costs, one in some:
                    for times, mine in self._in_context(one):
                        number += len(mine.positions) if told_apart or self._context else 1
                        key = (order, held.is_word, plain, times)
                        group = groups.setdefault(key, Group(key, costs, times, unit))
                        group.held.append(mine)
        ordered = sorted(groups.values(), key=lambda g: (-g.settle(), g.cost, g.order))
        return ordered, max(0.0, others)

    def _cheapest(
        self, found: list[Candidates], number: int
    ) -> list[tuple[float, tuple[Any, ...], Part, int, int]]:
        """The cheapest of all segments: what is paid, the order of the marking, where, the cost."""
        several = len(found) > 1
        chosen = []
        for part, c in zip(self._index.parts, found, strict=True):
            for at in c.cheapest(number).tolist():
                slot = int(c.slots[at])
                codes = part.codes_of(slot) if several or slot < 0 else b""
                order = (slot < 0, len(codes), codes, 0 if codes else slot)
                chosen.append((float(c.paid[at]), order, part, slot, int(c.costs[at])))
        return sorted(chosen, key=lambda one: (one[0], one[1], one[2].first))

    def _in_context(self, held: Held) -> list[tuple[float, Held]]:
        """These texts by how much likelier the context makes them."""
        if not self._context or not len(held.positions):
            return [(1.0, held)]
        every = self._index.contexts.times(self._context, held.positions + held.part.first).round(9)
        return [(times, held.some(every == times)) for times in np.unique(every).tolist()]

    def _apart(self, held: Held, cost: int) -> list[tuple[str, int, Held]]:
        """Where codes do not say all: texts by their plain keys, and the cost each makes.

        At most so many are looked at, and stand for all.
        """
        looked_at = held.entries(_MOST_ENTRIES)
        more = len(held.positions) / max(1, len(looked_at))
        which: dict[str, list[int]] = {}
        plains: dict[str, str] = {}
        for at, entry in enumerate(looked_at):
            text = (entry.word() or entry.text())[:_MOST_COMPARED]
            if text not in plains:
                plains[text] = keys(text).plain
            which.setdefault(plains[text], []).append(at)
        return [
            (plain, cost + self._unlike(plain), held.some(np.array(some), more))
            for plain, some in which.items()
        ]

    def _unlike(self, plain: str) -> int:
        """What more a plain key costs than its codes say."""
        asked = self.main.asked
        mine, theirs = tokens(asked.plain)[PLACES:], tokens(plain)[PLACES:]
        tail = 0
        if mine != theirs and not asked.runs and RUN not in plain:
            tail = _OTHER_TAIL if mine else _NO_TAIL
        wrong = 0
        if plain != asked.plain and any(
            is_shared(code_of(char)) and char not in asked.plain for char in plain[:PLACES]
        ):
            wrong = sum(
                pair.kind == "other" and encode(pair.asked) == encode(pair.seen)
                for pair in line_up(asked, plain, self._channel)
            )
        return _UNLIKE * wrong + tail

    def _hit(self, entry: Entry, chance: float, cost: int, around: Surroundings) -> Hit:
        factors = (
            tuple(self._index.contexts.factors(self._context, entry.position))
            if self._context else ()
        )
        reading = self._likeliest(entry)
        return Hit(
            entry.position, entry.text(), chance, cost, entry.word(),
            reading.keys.raw if len(self._readings) > 1 else None, around, factors,
            reading.asked, reading.keys, self._channel,
        )

    def _likeliest(self, entry: Entry) -> Reading:
        """The reading that this text explains best."""
        if len(self._readings) == 1:
            return self.main
        costs = [entry.part.cost(entry.slot, reading.asked.costs) for reading in self._readings]
        return min(
            zip(costs, self._readings, strict=True),
            key=lambda one: one[0] - 100 * math.log(one[1].weight),
        )[1]

    # --- against what --------------------------------------------------------

    def _absent(
        self, found: list[Candidates], groups: list[Group], others: float
    ) -> tuple[float, float]:
        """What markings outside the index would give, over all readings; how many one expects."""
        total = others + sum(group.share for group in groups)
        little = _LITTLE * math.pow(total, 1 / TEMPER) / max(self._odds, 1e-9)
        if self._any is None:
            self._any = [
                0.0 if r.asked.runs else self._index.background().reading(r.asked)
                for r in self._readings
            ]
        limit = groups[0].cost + _AS_NEAR if groups else 0
        nearest = [group.codes() for group in groups[:_NEAREST] if group.cost <= limit]
        weight = expected = 0.0
        for reading, any_ in zip(self._readings, self._any, strict=True):
            if reading.asked.runs:
                one, number = self._as_many_again(found)
            else:
                one, number = absent_weight(
                    reading.asked, self._index.background(), self._begins, nearest, little, any_
                )
            weight += reading.weight * one
            expected += reading.weight * number
        return weight, expected

    def _as_many_again(self, found: list[Candidates]) -> tuple[float, float]:
        """For a run: as many again as there are in the index, less the one that may be meant."""
        cheapest = min((int(c.costs.min()) for c in found if len(c.costs)), default=0)
        near = max(0, sum(c.within(cheapest + 50) for c in found) - 1)
        return near * math.exp(-cheapest / 100), float(near)

    def _begins(self, codes: bytes, reversed: bool) -> list[int]:
        counts = [part.core.begins(codes, reversed=reversed) for part in self._index.parts]
        if len(counts) == 1:
            return counts[0]
        return [sum(numbers) for numbers in zip([0] * (len(codes) + 1), *counts, strict=True)]


def _several(query: Query) -> list[tuple[str, float]]:
    """The readings of a query with their weights; Invalid where these are none."""
    if isinstance(query, str):
        others = rereadings(query[:MOST_CHARACTERS])
        if not others:
            return [(query, 1.0)]
        return [(query, 1 - BESIDE), *((other.text, BESIDE / len(others)) for other in others)]
    if isinstance(query, bytes | bytearray) or not isinstance(query, Iterable):
        raise TypeError(f"a query is a str or a sequence of (str, weight), not {query!r}")
    found = list(query)
    for one in found:
        if not (isinstance(one, tuple | list) and len(one) == 2 and isinstance(one[0], str)):
            raise TypeError(f"a reading is a (str, weight), not {one!r}")
    problems = [
        Problem(
            "the weight of a reading is a number, 0 or more", "Give it what share of belief it has.",
            field=text, value=str(weight),
        )
        for text, weight in found
        if not isinstance(weight, int | float) or not 0 <= weight < math.inf
    ]
    if found and not problems and not any(weight for _, weight in found):
        problems.append(Problem("of several readings one at least weighs more than 0"))
    if len(found) > MOST_READINGS:
        problems.append(Problem(f"one marking has at most {MOST_READINGS} readings"))
    if problems:
        raise Invalid("These readings of one marking cannot be searched for.", problems)
    return [(text, float(weight)) for text, weight in found]
