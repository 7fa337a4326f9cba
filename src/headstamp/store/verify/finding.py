"""What a check finds wrong, gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

# A case that is wrong throughout is told of by its first faults.
MOST = 1_000

Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a code, the id of what it concerns, and words."""

    what: str
    id: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        """The finding as plain JSON values."""
        return {"what": self.what, "id": self.id, "detail": self.detail}


class Findings:
    """The findings so far, at most ``MOST``; each is told once."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def say(self, what: str, id_: str, detail: str) -> None:
        """Adds one."""
        if len(self._found) < MOST:
            self._found[Finding(what, id_, detail)] = None

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
