"""Markings: from a string as it was seen to the record it is, with a probability and its reasons.

:class:`MarkingIndex` is the engine: build it from texts, search it with a
reading. Around it: how markings are written (``normalise``, ``alphabet``), what
misreading costs (``channel``), what hits show (``hit``, ``lineup``), series and
ranges of serials, reference marks, parts of component markings.

Pure: no database, no network; files only where an index is saved.

The names below are imported when they are first asked for: most of what uses
this room needs no index, and should not wait for numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headstamp.markings.channel import Channel
    from headstamp.markings.hit import Explanation, Hit
    from headstamp.markings.index import MarkingIndex
    from headstamp.markings.lineup import Pair

__all__ = ["Channel", "Explanation", "Hit", "MarkingIndex", "Pair"]

_MODULES = {
    "Channel": "channel", "Explanation": "hit", "Hit": "hit", "MarkingIndex": "index",
    "Pair": "lineup",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
