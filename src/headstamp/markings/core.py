"""Which search core runs: the compiled one where there is one, else numpy's.

``HEADSTAMP_MARKINGS`` chooses by name: ``python`` for the fallback, or one of
the compiled kernels this machine can run (``avx512``, ``avx2``, ``neon``,
``plain``). All give the same answers.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

import headstamp.markings.fallback as fallback
from headstamp.errors import Unavailable
from headstamp.markings.asked import Costs, Pattern
from headstamp.markings.segment import Segment

_compiled: ModuleType | None
try:
    _compiled = import_module("headstamp.markings._core")
except ImportError:  # No compiler when it was installed, or another platform's files.
    _compiled = None

PARTS = (
    "blocks", "heads", "reversed_blocks", "reversed_heads", "reversed_slots", "weight", "buckets",
)


def compiled() -> bool:
    """Whether this installation has the compiled core."""
    return _compiled is not None


@cache
def _named(name: str) -> tuple[ModuleType, str]:
    if name == "python":
        return fallback, "python"
    there: tuple[str, ...] = _compiled.kernels() if _compiled is not None else ()
    if _compiled is not None and (not name or name in there):
        return _compiled, name or there[0]
    if not name:
        return fallback, "python"
    raise Unavailable(
        f"HEADSTAMP_MARKINGS asks for {name!r}; here there are: " + ", ".join([*there, "python"])
    )


def kernel() -> str:
    """The name of the kernel in use."""
    return _named(os.environ.get("HEADSTAMP_MARKINGS", ""))[1]


def kernels() -> tuple[str, ...]:
    """All that can run here, the fastest first."""
    return (*(_compiled.kernels() if _compiled is not None else ()), "python")


def description() -> str:
    """One line for people: what runs, and what an installation without it lacks."""
    name = kernel()
    if name != "python":
        return f"compiled search ({name})"
    if compiled():
        return "search in numpy, as asked for; the compiled search is there and is faster"
    return (
        "search in numpy: the compiled part is not installed, so searches take some "
        "ten times as long and give the same answers; install a C compiler and headstamp again"
    )


class Core:
    """A segment held by a core: what :mod:`headstamp.markings.index` asks."""

    def __init__(self, segment: Segment, name: str | None = None) -> None:
        self._module, self._kernel = _named(
            name if name is not None else os.environ.get("HEADSTAMP_MARKINGS", "")
        )
        self._held = self._module.Segment(**{part: getattr(segment, part) for part in PARTS})

    def search(
        self, pattern: Pattern, keep: int
    ) -> tuple[npt.NDArray[np.uint32], int]:
        """Slots within the pattern's edits, ascending; and how many there are in all."""
        found, total = self._module.search(self._held, self._kernel, pattern, keep)
        return np.frombuffer(found, dtype=np.uint32), total

    def score(self, slots: npt.NDArray[np.uint32], costs: Costs) -> npt.NDArray[np.int32]:
        """What each slot costs, in 1/100 nat."""
        found = self._module.score(self._held, np.ascontiguousarray(slots), costs)
        return np.frombuffer(found, dtype=np.int32)

    def score_rows(
        self, rows: npt.NDArray[np.uint8], lengths: npt.NDArray[np.uint8], costs: Costs
    ) -> npt.NDArray[np.int32]:
        """What codes in rows cost."""
        return np.frombuffer(self._module.score_rows(rows, lengths, costs), dtype=np.int32)

    def begins(self, codes: bytes, *, reversed: bool) -> list[int]:
        """How many markings of this length begin with 0, 1, ... of the codes."""
        found: Any = self._module.begins(self._held, codes, reversed)
        return memoryview(found).cast("q").tolist()
