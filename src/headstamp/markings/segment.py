"""One part of an index: texts, and their distinct markings sorted in blocks from both ends.

A segment never changes but for the number of living texts of each marking. An
index is a few segments; texts that are added make a small new one.

Words used here: a *text* is what was given, at a *position*; a *marking* is a
distinct head of a plain key (:mod:`headstamp.markings.alphabet`), at a *slot*.
Slots run by length, within a length by code. A long text of several words is
found by each long word too, as a *part*.

The arrays, ``n`` texts, ``s`` slots:

=================  =========  ==================================================
text, text_at      u8, i64    UTF-8 of all texts end to end; where each begins (n + 1)
slot_of            u32        slot of each entry (n + parts); NO_SLOT if it has none
part_of            u32        position of each part
members, _at       u32, u32   entries by slot; where each slot's begin (s + 1)
weight             u32        living entries of each slot: WHOLE for a text, 1 for a word of one
blocks             u8         codes: per length, blocks of 32 markings, column by column
heads              u8         per length, block and groups of them: common characters
reversed_*         u8, u32    the same for markings read backwards; their slots
buckets            i64        per length: length, first slot, count, and three kinds of offset
open_rows, _of     u8, u32    texts with a run ``*`` in them: rows of 60 codes, positions
living             u8         whether each text is still in the index
shapes, _tables    i64, u32   what markings of each length look like (background.py)
=================  =========  ==================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import CODES, PLACES, UNREAD_CODE, code_of, encode_texts
from headstamp.markings.background import count_shapes
from headstamp.markings.normalise import keys
from headstamp.markings.unread import RUN, tokens

LANES: Final = 32
FAN: Final = 32
HEAD: Final = 16
RUN_CODE: Final = 63
NO_SLOT: Final = 0xFFFFFFFF
WHOLE: Final = 64
"""What a whole text weighs against a word of a longer one: so much oftener is the whole read."""
BUCKET_COLUMNS: Final = 8

_CHUNK = 1 << 17
_LONG = 4096
"""Of a longer text only so many characters are looked at; it is kept whole."""
_FEW = 1 << 10
_PART_OF_AT_LEAST = 15
_PART_AT_LEAST = 6
_MOST_PARTS = 8

_NOBODY = np.zeros(0, dtype=np.int64)

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The arrays of one segment; see the module."""

    text: U8
    text_at: I64
    slot_of: U32
    part_of: U32
    members: U32
    members_at: U32
    weight: U32
    blocks: U8
    heads: U8
    reversed_blocks: U8
    reversed_heads: U8
    reversed_slots: U32
    buckets: I64
    open_rows: U8
    open_lengths: U8
    open_of: U32
    living: U8
    shapes: I64
    shape_tables: U32

    def __len__(self) -> int:
        return len(self.text_at) - 1

    @property
    def slots(self) -> int:
        """How many distinct markings."""
        return len(self.weight)

    def text_of(self, position: int) -> str:
        """The raw text at a position."""
        start, end = self.text_at[position : position + 2].tolist()
        return self.text[start:end].tobytes().decode("utf-8", "surrogatepass")

    def held_at(self, slot: int) -> tuple[I64, I64]:
        """The living entries of a slot, by position: whole texts; those with such a word (a part)."""
        low, high = self.members_at[slot : slot + 2].tolist()
        entries = self.members[low:high].astype(np.int64)
        if high - low == 1 and entries[0] < len(self.living):
            # Nearly always: one text, whole.
            return (entries if self.living[entries[0]] else _NOBODY), _NOBODY
        whole = entries < len(self)
        texts, words = entries[whole], self.part_of[entries[~whole] - len(self)].astype(np.int64)
        return texts[self.living[texts] > 0], words[self.living[words] > 0]

    def entries_of(self, slot: int) -> list[tuple[int, bool]]:
        """The living entries of a slot: position, and whether a word of its text (a part)."""
        texts, words = self.held_at(slot)
        return [(at, False) for at in texts.tolist()] + [(at, True) for at in words.tolist()]

    def codes_of(self, slot: int) -> bytes:
        """The codes of a slot."""
        row = int(np.searchsorted(self.buckets[:, 1], slot, side="right")) - 1
        length, first, _, blocks = self.buckets[row, :4].tolist()
        block, lane = divmod(slot - first, LANES)
        start = blocks + block * LANES * length + lane
        return self.blocks[start : start + LANES * length : LANES].tobytes()

    def remove(self, position: int) -> bool:
        """Take one text out; False if it was out already."""
        if not self.living[position]:
            return False
        self.living[position] = 0
        entries = [position]
        if len(self.part_of):
            first = int(np.searchsorted(self.part_of, position, side="left"))
            last = int(np.searchsorted(self.part_of, position, side="right"))
            entries += range(len(self) + first, len(self) + last)
        for entry in entries:
            slot = int(self.slot_of[entry])
            if slot != NO_SLOT:
                self.weight[slot] -= WHOLE if entry == position else 1
        return True

    def without(self, positions: Sequence[int], *, wholly: bool) -> Segment:
        """A copy less these texts; ``wholly`` as if they had been empty from the beginning."""
        if not wholly:
            made = replace(self, weight=self.weight.copy(), living=self.living.copy())
            for position in positions:
                made.remove(position)
            return made
        dead = {*positions, *np.flatnonzero(self.living == 0).tolist()}
        made = build_segment(["" if i in dead else self.text_of(i) for i in range(len(self))])
        for position in dead:
            made.living[position] = 0
        return made

    def looks(self) -> list[tuple[int, I64, U32]]:
        """The shapes of each length: see :func:`headstamp.markings.background.count_shapes`."""
        found, at = [], 0
        for length in np.unique(self.shapes[:, 0]).tolist():
            counts = self.shapes[self.shapes[:, 0] == length][:, 1:]
            size = len(counts) * length * CODES
            tables = self.shape_tables[at : at + size].reshape(len(counts), length, CODES)
            found.append((length, counts, tables))
            at += size
        return found

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Every array by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def build_segment(texts: Sequence[str]) -> Segment:
    """A segment of these texts; position = order given. About a million a second and core."""
    return _Builder().add(texts).finish()


class _Builder:
    """Gathers encoded chunks; sorts and lays out at the end."""

    def __init__(self) -> None:
        self._codes: list[U8] = []
        self._lengths: list[U8] = []
        self._texts: list[bytes] = []
        self._sizes: list[I64] = []
        self._part_codes: list[U8] = []
        self._part_lengths: list[int] = []
        self._part_of: list[int] = []
        self._open: list[tuple[int, bytes]] = []
        self._number = 0

    def add(self, texts: Sequence[str]) -> _Builder:
        start = 0
        while start < len(texts):
            chunk = texts[start : start + _CHUNK]
            if max(map(len, chunk)) > _LONG:
                self._add_long(chunk)
            else:
                self.add_chunk(chunk)
            start += len(chunk)
        return self

    def _add_long(self, texts: Sequence[str]) -> None:
        """Texts some of which are very long: only their beginnings are encoded."""
        for start in range(0, len(texts), _FEW):
            few = texts[start : start + _FEW]
            self.add_chunk([text[:_LONG] for text in few])
            raw = [text.encode("utf-8", "surrogatepass") for text in few]
            self._texts[-1] = b"".join(raw)
            self._sizes[-1] = np.array([len(one) for one in raw], dtype=np.int64)

    def add_chunk(self, texts: Sequence[str]) -> None:
        found = encode_texts(texts)
        lengths = found.lengths.copy()
        codes = found.codes
        if found.runs:
            keep = np.ones(len(texts), dtype=bool)
            for i in found.runs:
                self._open.append((self._number + i, _row(keys(texts[i]).plain)))
                keep[i] = False
            codes = codes[np.repeat(keep, found.lengths)]
            lengths[~keep] = 0
        self._codes.append(codes)
        self._lengths.append(lengths)
        self._texts.append(found.text)
        self._sizes.append(found.sizes)
        for long in np.flatnonzero(lengths >= _PART_OF_AT_LEAST).tolist():
            self._add_parts(self._number + long, texts[long])
        self._number += len(texts)

    def _add_parts(self, position: int, text: str) -> None:
        words = text.split(maxsplit=400)
        if len(words) < 2:
            return
        seen: set[str] = set()
        for word in words:
            plain = keys(word[:400]).plain if len(word) >= _PART_AT_LEAST else ""
            if (
                len(plain) < _PART_AT_LEAST
                or plain in seen
                or RUN in plain
                or not any(c in "0123456789" for c in plain)
            ):
                continue
            seen.add(plain)
            codes = np.frombuffer(
                bytes(code_of(t) if len(t) == 1 else UNREAD_CODE for t in tokens(plain))[:PLACES],
                dtype=np.uint8,
            )
            self._part_codes.append(codes)
            self._part_lengths.append(len(codes))
            self._part_of.append(position)
            if len(seen) == _MOST_PARTS:
                return

    def finish(self) -> Segment:
        codes = np.concatenate([*self._codes, *self._part_codes, np.zeros(0, np.uint8)])
        lengths = np.concatenate(
            [*self._lengths, np.array(self._part_lengths, np.uint8), np.zeros(0, np.uint8)]
        )
        self._codes.clear()
        laid = _lay_out(codes, lengths, self._number)
        text = np.frombuffer(b"".join(self._texts), dtype=np.uint8)
        text_at = np.zeros(self._number + 1, dtype=np.int64)
        np.cumsum(np.concatenate([*self._sizes, np.zeros(0, np.int64)]), out=text_at[1:])
        rows = np.zeros((len(self._open), PLACES), dtype=np.uint8)
        for at, (_, row) in enumerate(self._open):
            rows[at, : len(row)] = np.frombuffer(row, dtype=np.uint8)
        return Segment(
            text=text,
            text_at=text_at,
            part_of=np.array(self._part_of, dtype=np.uint32),
            open_rows=rows,
            open_lengths=np.array([len(row) for _, row in self._open], dtype=np.uint8),
            open_of=np.array([position for position, _ in self._open], dtype=np.uint32),
            living=np.ones(self._number, dtype=np.uint8),
            **laid,
        )


def _row(plain: str) -> bytes:
    return bytes(
        RUN_CODE if t == RUN else code_of(t) if len(t) == 1 else UNREAD_CODE
        for t in tokens(plain)
    )[:PLACES]


def _lay_out(codes: U8, lengths: U8, texts: int) -> dict[str, Any]:
    """Sort the entries of each length from both ends, find the distinct ones, make blocks.

    The first ``texts`` entries are whole texts, the others words of them.
    """
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    slot_of = np.full(len(lengths), NO_SLOT, dtype=np.uint32)
    members, counts, weights, buckets, reversed_slots = [], [], [], [], []
    forward, backward = _Columns(), _Columns()
    shapes, tables = [], []
    first = 0
    for length in range(1, PLACES + 1):
        entries = np.flatnonzero(lengths == length)
        if not len(entries):
            continue
        rows = codes[starts[entries][:, None] + np.arange(length)]
        order = _order(rows)
        rows, entries = rows[order], entries[order]
        new = np.ones(len(entries), dtype=bool)
        if len(entries) > 1:
            new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        rank = np.cumsum(new) - 1
        if not new.all():
            entries = entries[np.lexsort((entries, rank))]
            rows = rows[new]
        slot_of[entries] = first + rank
        members.append(entries.astype(np.uint32))
        counts.append(np.bincount(rank).astype(np.uint32))
        units = np.where(entries < texts, WHOLE, 1)
        weights.append(np.bincount(rank, weights=units).astype(np.uint32))
        turned = rows[:, ::-1]
        back = _order(turned)
        reversed_slots.append((first + back).astype(np.uint32))
        at = forward.add(rows)
        looks, table = count_shapes(rows)
        shapes += [[length, *look] for look in looks.tolist()]
        tables.append(table.reshape(-1))
        backward.add(turned[back])
        buckets.append([length, first, len(rows), *at, 0])
        first += len(rows)
    empty = np.zeros(0, np.uint32)
    members_at = np.zeros(first + 1, dtype=np.uint32)
    np.cumsum(np.concatenate([*counts, empty]), out=members_at[1:])
    return {
        "slot_of": slot_of,
        "members": np.concatenate([*members, empty]),
        "members_at": members_at,
        "weight": np.concatenate([*weights, empty]),
        "blocks": forward.blocks(),
        "heads": forward.heads(),
        "reversed_blocks": backward.blocks(),
        "reversed_heads": backward.heads(),
        "reversed_slots": np.concatenate([*reversed_slots, empty]),
        "shapes": np.array(shapes, dtype=np.int64).reshape(-1, 3),
        "shape_tables": np.concatenate([*tables, empty]),
        "buckets": np.array(buckets, dtype=np.int64).reshape(-1, BUCKET_COLUMNS),
    }


def _order(rows: U8) -> npt.NDArray[np.int64]:
    """The order of rows by their codes, compared eight bytes at a time."""
    number, length = rows.shape
    words = -(-length // 8)
    padded = np.zeros((number, words * 8), dtype=np.uint8)
    padded[:, :length] = rows
    numbers = padded.view(">u8").astype(np.uint64)
    if words == 1:
        return np.argsort(numbers[:, 0])
    return np.lexsort(tuple(numbers[:, word] for word in reversed(range(words))))


class _Columns:
    """Blocks of 32 markings column by column, with the heads of blocks and groups."""

    def __init__(self) -> None:
        self._blocks: list[U8] = []
        self._heads: list[U8] = []
        self._block_bytes = 0
        self._head_bytes = 0

    def add(self, rows: U8) -> list[int]:
        """Lay out sorted rows of one length; where blocks, heads of each level begin."""
        number, length = rows.shape
        blocks = -(-number // LANES)
        padded = np.zeros((blocks * LANES, length), dtype=np.uint8)
        padded[:number] = rows
        laid = np.ascontiguousarray(padded.reshape(blocks, LANES, length).transpose(0, 2, 1))
        at = [self._block_bytes]
        self._blocks.append(laid.reshape(-1))
        self._block_bytes += laid.size
        span = LANES
        for _ in range(3):
            heads = _heads(rows, span)
            at.append(self._head_bytes)
            self._heads.append(heads.reshape(-1))
            self._head_bytes += heads.size
            span *= FAN
        return at

    def blocks(self) -> U8:
        return np.concatenate([*self._blocks, np.zeros(0, np.uint8)])

    def heads(self) -> U8:
        return np.concatenate([*self._heads, np.zeros(0, np.uint8)])


def _heads(rows: U8, span: int) -> U8:
    """For each ``span`` sorted rows: how many characters all begin with, and these (16 bytes)."""
    number, length = rows.shape
    first = rows[::span]
    last = rows[np.minimum(np.arange(len(first)) * span + span - 1, number - 1)]
    shown = min(length, HEAD - 1)
    same = np.logical_and.accumulate(first[:, :shown] == last[:, :shown], axis=1)
    heads = np.zeros((len(first), HEAD), dtype=np.uint8)
    heads[:, 0] = same.sum(axis=1)
    heads[:, 1 : 1 + shown] = first[:, :shown]
    return heads
