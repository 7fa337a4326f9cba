"""The search core in numpy, for an installation without a compiler: the same answers, slower.

Function by function what ``_core.c`` does, with the same arguments and, to the
last integer, the same results; ``tests/markings/test_core.py`` holds them
together. Blocks whose common beginning is already too far away are left out
before their markings are compared, as there; all lanes that are left are
compared side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import CLASSES, CODES, PLACES
from headstamp.markings.asked import MOST_EDITS, Costs, Pattern
from headstamp.markings.fallback_cost import FAR, check_costs, costs_of
from headstamp.markings.segment import (
    BUCKET_COLUMNS,
    FAN,
    HEAD,
    I64,
    LANES,
    U8,
    U32,
)

_WORD = 8
_CHUNK = 2048
"""Blocks compared at once: their states fit a processor's cache."""

Words = npt.NDArray[Any]


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
        self._keys: dict[tuple[int, int], npt.NDArray[np.uint64]] = {}

    def keys(self, bucket: int, direction: int) -> npt.NDArray[np.uint64]:
        """The first eight codes of each marking of a bucket as one number, in order."""
        found = self._keys.get((bucket, direction))
        if found is None:
            row = self.buckets[bucket]
            shown = min(int(row[0]), _WORD)
            padded = np.zeros((int(row[2]), _WORD), dtype=np.uint8)
            padded[:, :shown] = codes_at(self.blocks[direction], row, np.arange(row[2]))[:, :shown]
            found = self._keys[bucket, direction] = padded.view(">u8")[:, 0].astype(np.uint64)
        return found

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
    check_costs(costs)
    wanted = np.frombuffer(slots, dtype=np.uint32)
    answer = np.full(len(wanted), FAR, dtype=np.int32)
    for row in segment.buckets:
        length, first, count = (int(v) for v in row[:3])
        mine = np.flatnonzero((wanted >= first) & (wanted < first + count))
        if len(mine):
            codes = codes_at(segment.blocks[0], row, wanted[mine].astype(np.int64) - first)
            answer[mine] = costs_of(codes, np.full(len(mine), length), costs)
    return answer.tobytes()


def score_rows(rows: U8 | bytes, lengths: U8 | bytes, costs: Costs) -> bytes:
    """What each row costs; see ``score_rows`` of the core."""
    check_costs(costs)
    sizes = np.frombuffer(lengths, dtype=np.uint8).astype(np.int64)
    codes = np.frombuffer(rows, dtype=np.uint8).reshape(len(sizes), PLACES)
    answer = np.full(len(sizes), FAR, dtype=np.int32)
    right = sizes <= PLACES
    answer[right] = costs_of(codes[right], sizes[right], costs)
    return answer.tobytes()


def begins(segment: Segment, codes: bytes, reversed: bool) -> bytes:
    """How many markings begin with the codes; see ``begins`` of the core."""
    if len(codes) > PLACES:
        raise ValueError("more than 60 codes")
    counts = [0] * (len(codes) + 1)
    for number, row in enumerate(segment.buckets):
        if int(row[0]) == len(codes):
            within = _within(segment, number, int(reversed), codes, range(len(codes) + 1))
            counts = [high - low for low, high in within]
    return np.array(counts, dtype=np.int64).tobytes()


def _within(
    segment: Segment, bucket: int, direction: int, codes: bytes, depths: Sequence[int]
) -> list[tuple[int, int]]:
    """Which markings of a bucket, in that direction, begin with so many of the codes."""
    row = segment.buckets[bucket]
    sorted_ = segment.keys(bucket, direction)
    starts = [codes[: min(d, _WORD)] for d in depths]
    lows = np.frombuffer(b"".join(s.ljust(_WORD, b"\x00") for s in starts), dtype=">u8")
    highs = np.frombuffer(b"".join(s.ljust(_WORD, b"\xff") for s in starts), dtype=">u8")
    found = zip(
        depths,
        np.searchsorted(sorted_, lows.astype(np.uint64), side="left").tolist(),
        np.searchsorted(sorted_, highs.astype(np.uint64), side="right").tolist(),
        strict=True,
    )
    pairs: list[tuple[int, int]] = []
    for depth, low, high in found:
        if depth > _WORD:
            blocks = segment.blocks[direction]
            low = _bound(blocks, row, low, high, codes[:depth], False)
            high = _bound(blocks, row, low, high, codes[:depth], True)
        pairs.append((low, high))
    return pairs


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
        self._pairs: npt.NDArray[np.uint32] | None = None
        self.runs = word(pattern.runs & (2 * inside + 1))
        self.allow = [word(a) for a in allow]
        self.last = word(pattern.places)
        self.start = [word((2 << e) - 1 & a) for e, a in enumerate(allow)]

    def begin(self, number: int) -> list[Words]:
        return [np.full(number, value, dtype=self.word) for value in self.start]

    def masks(self, rows: U8) -> Words:
        """What fits each code of these rows, an even number of codes each."""
        if self.word is not np.uint16:
            return np.asarray(self.fits[rows & 63])
        if self._pairs is None:
            # Looked up two by two: half as many steps, and each is what takes time.
            fits = self.fits[np.arange(CODES) & 63].astype("<u4")
            self._pairs = ((fits[:, None] << np.uint32(16)) | fits[None, :]).reshape(-1)
        return np.asarray(self._pairs[rows.view("<u2")].view("<u2"))

    def step(self, states: list[Words], codes: U8) -> list[Words]:
        return self.step_by(states, self.fits[codes & 63])

    def step_by(self, states: list[Words], fits: Words) -> list[Words]:
        one = self.word(1)
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
    segment: Segment, pattern: Pattern, allow: list[int], direction: int
) -> Iterator[U32]:
    """Slots that pass, of all lengths that can; lengths go side by side, for each step has its price."""
    automaton = _Automaton(pattern, allow)
    lengths = segment.buckets[:, 0]
    right = lengths >= pattern.places - pattern.edits
    if not pattern.runs:
        right &= lengths <= pattern.places + pattern.edits
    rows = segment.buckets[right]
    if not len(rows):
        return
    living = _living_blocks(segment, direction, np.flatnonzero(right), automaton)
    for start in range(0, len(living.block), _CHUNK):
        yield from _compare(segment, direction, rows, living.some(start, start + _CHUNK), automaton)


class _Blocks(NamedTuple):
    """Blocks that are left, fewest columns first: bucket, number, columns passed, states after."""

    bucket: I64
    block: I64
    passed: I64
    states: list[Words]

    def some(self, start: int, end: int) -> _Blocks:
        return _Blocks(
            self.bucket[start:end], self.block[start:end], self.passed[start:end],
            [s[start:end] for s in self.states],
        )


def _living_blocks(
    segment: Segment, direction: int, buckets: I64, automaton: _Automaton
) -> _Blocks:
    """The blocks whose common beginning is near enough; groups of them are asked first."""
    heads = segment.heads[direction].reshape(-1, HEAD)
    rows = segment.buckets[buckets]
    blocks = -(-rows[:, 2] // LANES)
    groups = -(-blocks // FAN)
    bucket = np.repeat(np.arange(len(rows)), groups)
    group = _counted(groups)
    table = heads[rows[bucket, 5] // HEAD + group]
    alive = np.sort(_living(table, rows[bucket, 0], automaton)[0])
    bucket = np.repeat(bucket[alive], FAN)
    block = (group[alive, None] * FAN + np.arange(FAN)).reshape(-1)
    there = block < blocks[bucket]
    bucket, block = bucket[there], block[there]
    table = heads[rows[bucket, 4] // HEAD + block]
    alive, passed, states = _living(table, rows[bucket, 0], automaton)
    order = np.argsort(rows[bucket[alive], 0] - passed, kind="stable")
    alive = alive[order]
    return _Blocks(bucket[alive], block[alive], passed[order], [s[order] for s in states])


def _counted(numbers: I64) -> I64:
    """0, 1, ... up to each number, one after the other."""
    ends = np.cumsum(numbers)
    return np.arange(ends[-1]) - np.repeat(ends - numbers, numbers)


def _living(
    table: U8, lengths: I64, automaton: _Automaton
) -> tuple[I64, I64, list[Words]]:
    """Which of these heads leave the automaton alive, after how many characters, its states then."""
    held = np.minimum(table[:, 0], np.minimum(lengths, HEAD - 1)).astype(np.int64)
    left = np.arange(len(table))
    states = automaton.begin(len(table))
    survivors = [left[:0]]
    kept = [[s[:0] for s in states]]
    for depth in range(HEAD):
        done = held[left] <= depth
        if done.any():
            survivors.append(left[done])
            kept.append([s[done] for s in states])
            left, states = left[~done], [s[~done] for s in states]
        if not len(left):
            break
        states = automaton.step(states, table[left, 1 + depth])
        alive = automaton.alive(states)
        if not alive.all():
            left, states = left[alive], [s[alive] for s in states]
    found = np.concatenate(survivors)
    return found, held[found], [np.concatenate(level) for level in zip(*kept, strict=True)]


def _compare(
    segment: Segment, direction: int, rows: I64, blocks: _Blocks, automaton: _Automaton
) -> Iterator[U32]:
    """The slots of these blocks that pass."""
    # Every column of a block is a row of 32 codes.
    table = segment.blocks[direction].reshape(-1, LANES)
    bucket = rows[blocks.bucket]
    left = bucket[:, 0] - blocks.passed
    at = bucket[:, 3] // LANES + blocks.block * bucket[:, 0] + blocks.passed
    slot = bucket[:, 1] + blocks.block * LANES
    end = bucket[:, 1] + bucket[:, 2]
    states = [np.repeat(s, LANES).reshape(-1, LANES) for s in blocks.states]
    for column in range(int(left.max(initial=0)) + 1):
        done = int(np.searchsorted(left, column, side="right"))
        if done:
            which, lane = np.nonzero(automaton.accepted([s[:done] for s in states]))
            found = slot[which] + lane
            yield _slots(segment, direction, found[found < end[which]])
            at, slot, end, left = at[done:], slot[done:], end[done:], left[done:]
            states = [s[done:] for s in states]
        if not len(at):
            return
        states = automaton.step_by(states, automaton.masks(table[at + column]))
        if column % 2:
            alive = np.flatnonzero(automaton.alive(states).any(axis=1))
            if 8 * len(alive) < 7 * len(at):
                at, slot, end, left = at[alive], slot[alive], end[alive], left[alive]
                states = [s[alive] for s in states]


def _slots(segment: Segment, direction: int, found: I64) -> U32:
    """Slots of a direction as slots of the segment, those without living texts left out."""
    if direction:
        found = segment.reversed_slots[found].astype(np.int64)
        found = found[found < segment.slots]  # A damaged file names others.
    return found[segment.weight[found] > 0].astype(np.uint32)


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
