"""Texts that hold a text to the letter: what quotes around a query ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from headstamp.markings.hit import Hit
from headstamp.markings.part import Holding
from headstamp.markings.segment import Segment

_STEP: Final = 1 << 24
_LOOKED_AT: Final = 50


def as_written(index: Holding, wanted: str, limit: int) -> list[Hit]:
    """Texts that are, then texts that hold, ``wanted``: capitals, signs and spaces included.

    The probability is 1 for a whole text: it *is* what was asked for. For a
    text that holds it, its share of the text, halved.
    """
    needle = wanted.encode("utf-8", "surrogatepass")
    if not needle or limit < 1:
        return []
    found = []
    for part in index.parts:
        for position in _holding(part.segment, needle, _LOOKED_AT * limit):
            text = part.segment.text_of(position)
            if text == wanted:
                found.append(Hit(part.first + position, text, 1.0, 0))
            else:
                share = round(0.5 * len(wanted) / len(text), 4)
                found.append(Hit(part.first + position, text, share, 100, wanted))
    found.sort(key=lambda hit: (-hit.probability, hit.position))
    return found[:limit]


def _holding(segment: Segment, needle: bytes, most: int) -> Iterator[int]:
    """Positions of living texts that hold these bytes, at most ``most``; each once."""
    start = found = 0
    last = -1
    size = len(segment.text)
    while start < size and found < most:
        piece = segment.text[start : start + _STEP + len(needle) - 1].tobytes()
        at = piece.find(needle)
        while at >= 0 and found < most:
            place = start + at
            position = int(np.searchsorted(segment.text_at, place, side="right")) - 1
            inside = place + len(needle) <= int(segment.text_at[position + 1])
            if inside and position != last and segment.living[position]:
                found += 1
                last = position
                yield position
            at = piece.find(needle, at + 1)
        start += _STEP
