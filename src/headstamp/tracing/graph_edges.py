"""Transfers as arrays: what the graph of supply is made of.

A transfer is an edge from the party that gave to the party that received. Parties are
nodes, numbered from 0. The days of a transfer are its first and last possible day, as day
numbers (1 is 0001-01-01); an open end is ``EARLIEST`` or ``LATEST``, and one without any
date is open at both. ``level`` says who may see it: who has this level or a higher one.
``number`` is how whoever made the graph knows the transfer again: its log entry in a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

EARLIEST: Final = -(2**31)
LATEST: Final = 2**31 - 1
LEVELS: Final = 256
MOST: Final = 2**32 - 2
"""So many nodes, edges and numbers there may be."""

U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]
_KINDS: Final[dict[str, Any]] = {
    "number": np.uint32, "sender": np.uint32, "receiver": np.uint32, "first": np.int32,
    "last": np.int32, "level": np.uint8,
}
Row = tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Edges side by side: element by element number, sender, receiver, days, level."""

    number: U32
    sender: U32
    receiver: U32
    first: I32
    last: I32
    level: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, rows: Iterable[Sequence[int]]) -> Edges:
        """From rows of (number, sender, receiver, first, last, level).

        Raises OverflowError for a number that does not fit.
        """
        columns: Sequence[Any] = list(zip(*rows, strict=True)) or [()] * len(_KINDS)
        return cls(**{
            name: np.array(column, kind)
            for (name, kind), column in zip(_KINDS.items(), columns, strict=True)
        })

    def __len__(self) -> int:
        return len(self.number)

    def some(self, which: Any) -> Edges:
        """Those that a mask or positions name."""
        return Edges(**{one.name: getattr(self, one.name)[which] for one in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence[Edges]) -> Edges:
        """All of these, one after the other."""
        return cls(**{
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(cls)
        })


NO_EDGES: Final = Edges.of([])


def day_number(day: str | None, *, open_end: int) -> int:
    """The number of a day (ISO 8601); ``open_end`` where there is none.

    >>> day_number("0001-01-01", open_end=LATEST), day_number(None, open_end=LATEST) == LATEST
    (1, True)
    """
    return date.fromisoformat(day).toordinal() if day else open_end
