"""Markings: from a string as it was seen to the record it is, with a probability and its reasons.

:class:`MarkingIndex` is the engine: build it from texts, search it with a
reading. Around it: how markings are written (``normalise``, ``alphabet``), what
misreading costs (``channel``), what hits show (``hit``, ``lineup``), series and
ranges of serials, reference marks, parts of component markings.

Pure: no database, no network; files only where an index is saved.
"""

from headstamp.markings.channel import Channel
from headstamp.markings.hit import Explanation, Hit
from headstamp.markings.index import MarkingIndex
from headstamp.markings.lineup import Pair

__all__ = ["Channel", "Explanation", "Hit", "MarkingIndex", "Pair"]
