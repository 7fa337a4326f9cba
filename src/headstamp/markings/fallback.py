"""The search core in numpy, for an installation without a compiler: the same answers, slower.

Function by function what ``_core.c`` does, with the same arguments and, to the
last integer, the same results; ``tests/markings/test_core.py`` holds them
together. Blocks whose common beginning is already too far away are left out
before their markings are compared, as there; all lanes that are left are
compared side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import CLASSES, CODES, PLACES
from headstamp.markings.asked import MOST_EDITS, Costs, Pattern
from headstamp.markings.segment import (
    BUCKET_COLUMNS,
    FAN,
    HEAD,
    I64,
    LANES,
    RUN_CODE,
    U8,
    U32,
)

FAR: Final = 1 << 28
MOST_COST: Final = 1 << 20
_CHUNK = 1 << 15
"""Blocks compared at once: their states fit a processor's cache."""

Words = npt.NDArray[Any]
Ints = npt.NDArray[np.int32]


class Segment:
    """The arrays of a segment, as the compiled core's type of the same name."""

    def __init__(
        self, *, blocks: U8, heads: U8, reversed_blocks: U8, reversed_heads: U8,
        reversed_slots: U32, weight: U32, buckets: I64,
    ) -> None:
        self.blocks = (blocks, reversed_blocks)
        self.heads = (heads, reversed_heads)
        self.reversed_slots = reversed_slots
        self.weight = weight
        self.buckets = buckets
        self.slots = len(weight)
        self._check()

    def _check(self) -> None:
        """Refuse arrays that do not fit together, as the compiled core does: a file may be damaged."""
        if self.buckets.ndim != 2 or self.buckets.shape[1] != BUCKET_COLUMNS:
            raise _wrong("sizes")
        if len(self.reversed_slots) != self.slots or len(self.buckets) > PLACES:
            raise _wrong("sizes")
        if any(len(there) != len(back) for there, back in (self.blocks, self.heads)):
            raise _wrong("the two directions differ in size")
        slot = 0
        for length, first, count, blocks, *heads in self.buckets[:, :7].tolist():
            if not 1 <= length <= PLACES or first != slot or not 1 <= count <= self.slots - slot:
                raise _wrong("lengths and counts")
            slot += count
            number = -(-count // LANES)
            if not 0 <= blocks <= len(self.blocks[0]) - number * LANES * length:
                raise _wrong("blocks")
            for at in heads:
                if not 0 <= at <= len(self.heads[0]) - number * HEAD:
                    raise _wrong("heads")
                number = -(-number // FAN)
        if slot != self.slots:
            raise _wrong("the lengths do not add up to all markings")


def _wrong(what: str) -> ValueError:
    return ValueError(f"the arrays of a markings index do not fit: {what}")


def kernels() -> tuple[str, ...]:
    """The names of what can run here."""
    return ("python",)


def search(segment: Segment, kernel: str, pattern: Pattern, keep: int) -> tuple[bytes, int]:
    """The slots within the pattern's edits; see ``search`` of the core."""
    if keep < 1:
        raise ValueError("keep at least one")
    if not (
        0 <= pattern.places <= PLACES and 0 <= pattern.edits <= MOST_EDITS
        and 0 <= pattern.half <= pattern.places and pattern.first >= -1 and pattern.second >= -1
        and len(pattern.fits) == CLASSES
    ):
        raise ValueError("a pattern is out of bounds")
    found: list[U32] = []
    if pattern.first >= 0:
        found += _direction(segment, pattern, _allow(pattern, pattern.half, pattern.first), 0)
    if pattern.second >= 0:
        back = _turned(pattern)
        allow = _allow(back, pattern.places - pattern.half, pattern.second)
        found += _direction(segment, back, allow, 1)
    slots = np.unique(np.concatenate([*found, np.zeros(0, np.uint32)]))
    total = len(slots)
    if total > keep:
        if pattern.edits == 0:
            slots = slots[:keep]
        else:
            levels = _levels(segment, pattern, slots)
            slots = np.sort(slots[np.lexsort((slots, levels))[:keep]])
    return slots.astype(np.uint32).tobytes(), total


def score(segment: Segment, slots: bytes | U32, costs: Costs) -> bytes:
    """What each slot costs; see ``score`` of the core."""
    _check_costs(costs)
    wanted = np.frombuffer(slots, dtype=np.uint32)
    answer = np.full(len(wanted), FAR, dtype=np.int32)
    for row in segment.buckets:
        length, first, count = (int(v) for v in row[:3])
        mine = np.flatnonzero((wanted >= first) & (wanted < first + count))
        if len(mine):
            codes = codes_at(segment.blocks[0], row, wanted[mine].astype(np.int64) - first)
            answer[mine] = _score(codes, np.full(len(mine), length), costs)
    return answer.tobytes()


def score_rows(rows: U8 | bytes, lengths: U8 | bytes, costs: Costs) -> bytes:
    """What each row costs; see ``score_rows`` of the core."""
    _check_costs(costs)
    sizes = np.frombuffer(lengths, dtype=np.uint8).astype(np.int64)
    codes = np.frombuffer(rows, dtype=np.uint8).reshape(len(sizes), PLACES)
    answer = np.full(len(sizes), FAR, dtype=np.int32)
    right = sizes <= PLACES
    answer[right] = _score(codes[right], sizes[right], costs)
    return answer.tobytes()


def begins(segment: Segment, codes: bytes, reversed: bool) -> bytes:
    """How many markings begin with the codes; see ``begins`` of the core."""
    if len(codes) > PLACES:
        raise ValueError("more than 60 codes")
    blocks = segment.blocks[int(reversed)]
    wanted = np.frombuffer(codes, dtype=np.uint8)
    pairs = [(0, 0)] * (len(wanted) + 1)
    longer = []
    for row in segment.buckets:
        length, first, count = (int(v) for v in row[:3])
        if length == len(wanted):
            low, high = 0, count
            pairs[0] = (first, first + count)
            for d in range(1, len(wanted) + 1):
                low = _bound(blocks, row, low, high, codes[:d], False)
                high = _bound(blocks, row, low, high, codes[:d], True)
                pairs[d] = (first + low, first + high)
        elif length > len(wanted):
            low = _bound(blocks, row, 0, count, codes, False)
            longer.append((first + low, first + _bound(blocks, row, low, count, codes, True)))
    return np.array(pairs + longer, dtype=np.int64).tobytes()


def _bound(blocks: U8, row: I64, low: int, high: int, codes: bytes, after: bool) -> int:
    while low < high:
        middle = (low + high) // 2
        mine = codes_at(blocks, row, np.array([middle]))[0, : len(codes)].tobytes()
        if mine < codes or (after and mine == codes):
            low = middle + 1
        else:
            high = middle
    return low


def codes_at(blocks: U8, row: I64, at: I64) -> U8:
    """The codes of the markings ``at`` these places of a bucket, a row each."""
    length, start = int(row[0]), int(row[3])
    first = start + (at // LANES) * (LANES * length) + at % LANES
    found: U8 = blocks[first[:, None] + np.arange(length) * LANES]
    return found


# --- the automaton -------------------------------------------------------------


def _allow(pattern: Pattern, half: int, limit: int) -> list[int]:
    inside = (2 << pattern.places) - 1
    return [
        inside if e <= limit else (inside >> half) << half for e in range(pattern.edits + 1)
    ]


def _turned(pattern: Pattern) -> Pattern:
    fits = np.zeros_like(pattern.fits)
    for place in range(pattern.places):
        bit = (pattern.fits >> np.uint64(place)) & np.uint64(1)
        fits |= bit << np.uint64(pattern.places - 1 - place)
    runs = 0
    for state in range(pattern.places + 1):
        runs |= (pattern.runs >> state & 1) << (pattern.places - state)
    return pattern._replace(fits=fits, runs=runs)


class _Automaton:
    """States of many markings side by side, in the smallest words that hold them."""

    def __init__(self, pattern: Pattern, allow: list[int]) -> None:
        word: Any = np.uint16 if pattern.places <= 15 else np.uint64
        self.word = word
        inside = (1 << pattern.places) - 1
        self.fits = (pattern.fits & np.uint64(inside)).astype(word)
        self.runs = word(pattern.runs & (2 * inside + 1))
        self.allow = [word(a) for a in allow]
        self.last = word(pattern.places)
        self.start = [word((2 << e) - 1 & a) for e, a in enumerate(allow)]

    def begin(self, number: int) -> list[Words]:
        return [np.full(number, value, dtype=self.word) for value in self.start]

    def step(self, states: list[Words], codes: U8) -> list[Words]:
        one = self.word(1)
        fits = self.fits[codes & 63]
        before = states[0]
        now = (((before & fits) << one) | (before & self.runs)) & self.allow[0]
        after = [now]
        for old, allow in zip(states[1:], self.allow[1:], strict=True):
            now = (
                ((old & fits) << one) | (old & self.runs) | before | ((before | now) << one)
            ) & allow
            after.append(now)
            before = old
        return after

    def alive(self, states: list[Words]) -> npt.NDArray[np.bool_]:
        return np.asarray(np.bitwise_or.reduce(states) != 0)

    def accepted(self, states: list[Words]) -> npt.NDArray[np.bool_]:
        return np.asarray((np.bitwise_or.reduce(states) >> self.last) & self.word(1) != 0)


def _direction(
    segment: Segment, pattern: Pattern, allow: list[int], reversed: int
) -> Iterator[U32]:
    automaton = _Automaton(pattern, allow)
    for row in segment.buckets:
        length, first, count = (int(v) for v in row[:3])
        if length < pattern.places - pattern.edits:
            continue
        if not pattern.runs and length > pattern.places + pattern.edits:
            continue
        blocks = _living_blocks(segment.heads[reversed], row, automaton)
        for start in range(0, len(blocks), _CHUNK):
            slots = _compare(segment.blocks[reversed], row, blocks[start : start + _CHUNK], automaton)
            slots = slots[slots < count] + first
            if reversed:
                slots = segment.reversed_slots[slots].astype(np.int64)
                slots = slots[slots < segment.slots]  # A damaged file names others.
            yield slots[segment.weight[slots] > 0].astype(np.uint32)


def _living_blocks(heads: U8, row: I64, automaton: _Automaton) -> I64:
    length, count, start = int(row[0]), int(row[2]), int(row[4])
    number = -(-count // LANES)
    table = heads[start : start + number * HEAD].reshape(number, HEAD)
    left = np.arange(number)
    states = automaton.begin(number)
    survivors = []
    held = np.minimum(table[:, 0], length)
    for depth in range(min(length, HEAD - 1)):
        done = held[left] <= depth
        if done.any():
            survivors.append(left[done])
            left, states = left[~done], [s[~done] for s in states]
        if not len(left):
            break
        states = automaton.step(states, table[left, 1 + depth])
        alive = automaton.alive(states)
        if not alive.all():
            left, states = left[alive], [s[alive] for s in states]
    return np.sort(np.concatenate([*survivors, left]))


def _compare(blocks: U8, row: I64, wanted: I64, automaton: _Automaton) -> I64:
    """The markings of these blocks that pass, as places in the bucket."""
    length, start = int(row[0]), int(row[3])
    number = -(-int(row[2]) // LANES)
    size = number * LANES * length
    laid = blocks[start : start + size].reshape(number, length, LANES)
    left = (wanted[:, None] * LANES + np.arange(LANES)).reshape(-1)
    columns = laid if len(wanted) == number else laid[wanted]
    states = automaton.begin(len(left))
    at = None
    for column in range(length):
        codes = columns[:, column, :].reshape(-1)
        states = automaton.step(states, codes if at is None else codes[at])
        if column in (length // 2, 3 * length // 4):
            alive = np.flatnonzero(automaton.alive(states))
            if 4 * len(alive) < 3 * len(left):
                at = alive if at is None else at[alive]
                left, states = left[alive], [s[alive] for s in states]
                if not len(left):
                    return left
    return left[automaton.accepted(states)]


def _levels(segment: Segment, pattern: Pattern, slots: U32) -> npt.NDArray[np.int64]:
    automaton = _Automaton(pattern, _allow(pattern, 0, pattern.edits))
    levels = np.full(len(slots), pattern.edits + 1)
    for row in segment.buckets:
        length, first, count = (int(v) for v in row[:3])
        mine = np.flatnonzero((slots >= first) & (slots < first + count))
        codes = codes_at(segment.blocks[0], row, slots[mine].astype(np.int64) - first)
        states = automaton.begin(len(mine))
        for column in range(length):
            states = automaton.step(states, codes[:, column])
        for e in reversed(range(pattern.edits + 1)):
            levels[mine[(states[e] >> automaton.last) & automaton.word(1) != 0]] = e
    return levels


# --- what a marking costs ------------------------------------------------------


def _check_costs(costs: Costs) -> None:
    """Within these bounds no sum over a marking and a reading overflows 32 bits."""
    m = costs.places
    if not 0 <= m <= PLACES:
        raise ValueError("a reading has 0 to 60 places")
    needed = (
        (costs.seen, m), (costs.drop, CODES), (costs.add, m),
        (costs.cut, PLACES + 1), (costs.extra, PLACES + 1),
    )  # fmt: skip
    for table, least in needed:
        if len(table) < least:
            raise ValueError("a table of costs is too small")
        if table.size and max(int(table.max()), -int(table.min())) > MOST_COST:
            raise ValueError("a cost is out of bounds")
    if max(map(abs, (costs.swap, costs.run, costs.stored))) > MOST_COST:
        raise ValueError("a cost is out of bounds")


def _score(codes: U8, lengths: npt.NDArray[np.int64], costs: Costs) -> Ints:
    """The same table as ``cost_of`` of the core, for many markings at once.

    ``codes``: a row each, at least ``lengths`` long; rows may differ in length.
    """
    number = len(lengths)
    m = costs.places
    best = np.full(number, FAR, dtype=np.int32)
    if not number:
        return best
    n = int(lengths.max())
    t = codes[:, :n].astype(np.int64)
    is_run = t == RUN_CODE
    dropped = costs.drop[t].astype(np.int32)
    above2 = np.full((n + 1, number), FAR, dtype=np.int32)
    above = np.zeros((n + 1, number), dtype=np.int32)
    above[0] = costs.cut[0]
    for j in range(1, n + 1):
        more: Any = np.full(number, costs.run, np.int32) if costs.runs & 1 else dropped[:, j - 1]
        value = above[j - 1] + np.where(is_run[:, j - 1], 0, more)
        above[j] = np.minimum(value, costs.cut[j])
    every = np.arange(number)
    if m == 0:
        return np.asarray(above[lengths, every] + costs.cut[0], dtype=np.int32)
    best = np.minimum(best, above[lengths, every] + costs.extra[m])
    added = 0
    for i in range(1, m + 1):
        run = costs.runs >> i & 1
        add = int(costs.add[i - 1])
        added += add
        row = np.empty((n + 1, number), dtype=np.int32)
        row[0] = min(added + int(costs.cut[0]), int(costs.extra[i]))
        for j in range(1, n + 1):
            here = t[:, j - 1]
            value = above[j - 1] + costs.seen[i - 1][here]
            more = costs.run if run else dropped[:, j - 1]
            value = np.minimum(value, row[j - 1] + more)
            value = np.minimum(value, above[j] + add)
            if i > 1 and j > 1:
                crossed = (
                    above2[j - 2] + costs.swap + costs.seen[i - 2][here]
                    + costs.seen[i - 1][t[:, j - 2]]
                )
                value = np.where(is_run[:, j - 2], value, np.minimum(value, crossed))
            row[j] = np.where(
                is_run[:, j - 1], np.minimum(row[j - 1], above[j] + costs.stored), value
            )
        if i < m:
            best = np.minimum(best, row[lengths, every] + costs.extra[m - i])
        above2, above = above, row
    for j in range(n + 1):
        inside = lengths >= j
        best[inside] = np.minimum(best[inside], above[j, inside] + costs.cut[lengths[inside] - j])
    return np.asarray(best, dtype=np.int32)
