"""Which row is which: the identity from which the ids of a row's records are derived.

The same row of the same source must always be the same record, and two rows
that happen to say the same must stay two (two crates of the same lot are two
crates). So a row is known by its key, or without one by all its cells, and by
how many rows before it in the file had the same.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Mapping, Sequence

from headstamp.intake.value import Cells, Getter

Identity = tuple[str, ...]
_NO_IDS: Mapping[str, str] = {}
_ALL = (1 << 64) - 1


class Occurrences:
    """How often each text was met, in 12 to 24 bytes a distinct text.

    Texts are remembered by their 64-bit hash, in an open-addressed table of
    nothing but numbers: a set of Python numbers would take four times as much.
    Should two of a million texts share a hash (odds of 1 in 30 million), the
    later one is numbered 2: still an identity of its own.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 4096))
        self._mask = 4095
        self._held = 0
        self._again: dict[int, int] = {}

    def next(self, text: str) -> int:
        """0 for the first time this text is met, then 1, 2...

        >>> seen = Occurrences()
        >>> seen.next("a"), seen.next("b"), seen.next("a")
        (0, 0, 1)
        """
        mark = hash(text) & _ALL or 1  # 0 is a free slot
        slots, mask = self._slots, self._mask
        place = mark & mask
        while (there := slots[place]) != 0:
            if there == mark:
                count = self._again.get(mark, 0) + 1
                self._again[mark] = count
                return count
            place = (place + 1) & mask
        slots[place] = mark
        self._held += 1
        if self._held * 3 > mask * 2:
            self._grow()
        return 0

    def _grow(self) -> None:
        mask = self._mask * 2 + 1
        slots = array("Q", bytes(8 * (mask + 1)))
        for mark in self._slots:
            if mark:
                place = mark & mask
                while slots[place]:
                    place = (place + 1) & mask
                slots[place] = mark
        self._slots, self._mask = slots, mask


def key_of(getters: Sequence[Getter]) -> Callable[[Cells], tuple[bool, str]]:
    """A function from a row to (it has a key, its key or else a digest of all its cells)."""

    def by_content(cells: Cells) -> tuple[bool, str]:
        text = "\x1f".join([cell or "" for cell in cells])
        return False, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    if not getters:
        return by_content

    def by_key(cells: Cells) -> tuple[bool, str]:
        parts = []
        for get in getters:
            found = get(cells, _NO_IDS)
            if found is None:
                return by_content(cells)
            parts.append(found.strip() if isinstance(found, str) else str(found))
        return True, "\x1f".join(parts)

    return by_key


def identity(keyed: bool, text: str, occurrence: int) -> Identity:
    """The parts from which ids are derived."""
    parts: Identity = (*text.split("\x1f"),) if keyed else ("content", text)
    return (*parts, "occurrence", str(occurrence + 1)) if occurrence else parts
