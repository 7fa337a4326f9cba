"""Texts that hold a text to the letter: what quotes around a query ask for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np

from headstamp.markings.alphabet import CLASSES, PLACES, encode
from headstamp.markings.asked import Pattern
from headstamp.markings.candidates import KEEP
from headstamp.markings.hit import Hit
from headstamp.markings.normalise import keys
from headstamp.markings.part import Holding, Part
from headstamp.markings.segment import Segment

_STEP: Final = 1 << 24
_LOOKED_AT: Final = 50
_IN_VAIN: Final = 1000
_NO_BYTE: Final = 0xFF


def as_written(index: Holding, wanted: str, limit: int) -> list[Hit]:
    """Texts that are, then texts that hold, ``wanted``: capitals, signs and spaces included.

    The probability is 1 for a whole text: it *is* what was asked for. For a
    text that holds it, its share of the text, halved. Of the texts that hold
    it the first few hundred are looked at; of those that are it, all.
    """
    needle = wanted.encode("utf-8", "surrogatepass")
    if not needle or limit < 1:
        return []
    found: dict[int, Hit] = {}
    for part in index.parts:
        whole = _being(part, wanted, limit)
        for position in (*whole, *_holding(part.segment, needle, _LOOKED_AT * limit)):
            at = part.first + position
            text = part.segment.text_of(position)
            if text == wanted:
                found[at] = Hit(at, text, 1.0, 0)
            else:
                share = round(0.5 * len(wanted) / len(text), 4)
                found[at] = Hit(at, text, share, 100, wanted)
    return sorted(found.values(), key=lambda hit: (-hit.probability, hit.position))[:limit]


def _being(part: Part, wanted: str, most: int) -> list[int]:
    """Positions of living texts that are ``wanted``, by its marking; at most ``most``."""
    codes = encode(keys(wanted).plain)[:PLACES]
    if not codes:
        return []
    fits = np.zeros(CLASSES, dtype=np.uint64)
    for place, code in enumerate(codes):
        fits[code % CLASSES] |= np.uint64(1 << place)
    slots, _ = part.core.search(Pattern(len(codes), 0, 0, fits, 0, 0, -1), KEEP)
    found = (
        position
        for slot in slots.tolist()
        for position, word in part.segment.entries_of(slot)
        if not word and part.segment.text_of(position) == wanted
    )
    return list(islice(found, most))


def _holding(segment: Segment, needle: bytes, most: int) -> Iterator[int]:
    """Positions of living texts that hold these bytes, at most ``most``; each once.

    After an occurrence the search goes on with the next text that is long
    enough: work grows with the bytes and the texts, never with the occurrences.
    """
    ends = segment.text_at
    long_enough = np.flatnonzero(np.diff(ends) >= len(needle))
    found = start = 0
    in_vain = 0
    while start < len(segment.text):
        piece = segment.text[start : start + _STEP + len(needle) - 1].tobytes()
        at, following = piece.find(needle), start + _STEP
        while at >= 0:
            position = int(np.searchsorted(ends, start + at, side="right")) - 1
            if start + at + len(needle) <= int(ends[position + 1]) and segment.living[position]:
                yield position
                found += 1
            else:
                in_vain += 1
            after = int(np.searchsorted(long_enough, position, side="right"))
            if found == most or after == len(long_enough):
                return
            if in_vain > _IN_VAIN:
                yield from islice(_parted(segment, needle, position + 1), most - found)
                return
            following = int(ends[long_enough[after]])
            at = piece.find(needle, following - start) if following < start + len(piece) else -1
        start = max(start + _STEP, following)


def _parted(segment: Segment, needle: bytes, first: int) -> Iterator[int]:
    """The same from text ``first`` on, for texts whose end and next beginning often make it.

    Dearer by the byte: a byte that no text has is put between the texts, and
    over those taken out.
    """
    ends = segment.text_at
    while first < len(segment):
        last = int(np.searchsorted(ends, ends[first] + _STEP, side="right"))
        last = min(max(last, first + 1), len(segment))
        sizes = np.diff(ends[first : last + 1])
        raw = segment.text[ends[first] : ends[last]].copy()
        raw[np.repeat(segment.living[first:last] == 0, sizes)] = _NO_BYTE
        starts = np.cumsum(sizes + 1)
        piece = np.insert(raw, np.cumsum(sizes), _NO_BYTE).tobytes()
        at = piece.find(needle)
        while at >= 0:
            which = int(np.searchsorted(starts, at, side="right"))
            yield first + which
            at = piece.find(needle, int(starts[which]))
        first = last
