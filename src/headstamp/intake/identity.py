"""Which row is which: the identity from which the ids of a row's records are derived.

The same row of the same source must always be the same record, and two rows
that happen to say the same must stay two (two crates of the same lot are two
crates). So a row is known by its key, or without one by all its cells, and by
how many rows before it in the file had the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from headstamp.intake.value import Cells, Getter

Identity = tuple[str, ...]
_NO_IDS: Mapping[str, str] = {}


class Occurrences:
    """How often each text was met; memory grows by some 70 bytes a distinct text.

    Texts are remembered by their 64-bit hash. Should two of a million texts
    share one (odds of 1 in 30 million), the later one is numbered 2: still an
    identity of its own.
    """

    def __init__(self) -> None:
        self._met: set[int] = set()
        self._again: dict[int, int] = {}

    def next(self, text: str) -> int:
        """0 for the first time this text is met, then 1, 2...

        >>> seen = Occurrences()
        >>> seen.next("a"), seen.next("b"), seen.next("a")
        (0, 0, 1)
        """
        mark = hash(text)
        if mark not in self._met:
            self._met.add(mark)
            return 0
        count = self._again.get(mark, 0) + 1
        self._again[mark] = count
        return count


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
