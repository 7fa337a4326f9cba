"""Millions of markings, found from a bad reading, each with the probability that it is the one.

    >>> index = MarkingIndex.build(["AB 123456", "AB 123457", "XK-77"])
    >>> [(hit.text, hit.position) for hit in index.search("A8 12?456", limit=1)]
    [('AB 123456', 0)]

Pure: texts in, hits out. What a case does with it is in
:mod:`headstamp.actions.markings.find`. How it works is in ``docs/markings-search.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np

from headstamp.markings.background import Background
from headstamp.markings.channel import Channel
from headstamp.markings.context import Context, Contexts
from headstamp.markings.core import Core
from headstamp.markings.hit import Hit
from headstamp.markings.part import Part
from headstamp.markings.question import Query, Question
from headstamp.markings.segment import Segment, build_segment
from headstamp.markings.weighing import ABSENT

_SMALL: Final = 4096
_GROWN: Final = 1000
"""What markings look like is counted anew when there are a thousandth more of them."""
_MERGED: Final = 1 << 20


class MarkingIndex:
    """An index over texts in any script; texts may be added and taken out, never changed.

    Made by :meth:`build` or :meth:`open`. Searches may run in several threads
    at once; :meth:`add` and :meth:`remove` may not run beside them.
    """

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._contexts = Contexts()
        self._joined: list[tuple[Contexts, int]] = []
        self._background: Background | None = None
        self._counted = 0

    # --- making ------------------------------------------------------------

    @classmethod
    def build(
        cls, texts: Iterable[str], contexts: Iterable[Context | None] | None = None
    ) -> MarkingIndex:
        """An index of these texts; position = order given.

        ``contexts``: one mapping for each text (see :mod:`headstamp.markings.context`).
        """
        made = cls()
        made.add(texts, contexts)
        return made

    @classmethod
    def of(cls, segments: Iterable[Segment], contexts: Contexts) -> MarkingIndex:
        """An index of segments that are there already, one after the other."""
        made = cls()
        for segment in segments:
            made._hold(segment, len(made))
        made._contexts = contexts
        return made

    @classmethod
    def joined(cls, indexes: Sequence[MarkingIndex]) -> MarkingIndex:
        """Several indexes as one: their texts one after the other, weighed together.

        Their segments are shared, not copied. What is added to the new index is
        not in the old ones; the old ones may no longer change.
        """
        made = cls()
        for index in indexes:
            first = len(made)
            made._parts += [Part(p.segment, p.core, p.first + first) for p in index._parts]
        made._joined = [(index.contexts, len(index)) for index in indexes]
        return made

    def without(self, positions: Iterable[int], *, wholly: bool = False) -> MarkingIndex:
        """This index less some texts, their positions empty; this one stays as it is.

        What is taken out is found no more, yet goes on telling what the markings of
        this index look like (:mod:`headstamp.markings.background`). ``wholly``: as
        if it had never been there, for the price of making its segments anew.
        """
        gone: dict[int, list[int]] = {}
        for position in sorted(set(positions)):
            part = self._part_of(position)
            gone.setdefault(part.first, []).append(position - part.first)
        made = MarkingIndex.joined([self])
        for at, part in enumerate(self._parts):
            if part.first in gone:
                segment = part.segment.without(gone[part.first], wholly=wholly)
                made._parts[at] = Part(segment, Core(segment), part.first)
        made._contexts = self.contexts.without(
            [first + one for first, some in gone.items() for one in some]
        )
        made._joined = []
        return made

    def add(
        self, texts: Iterable[str], contexts: Iterable[Context | None] | None = None
    ) -> range:
        """More texts, at once searchable; the positions they got.

        All or, with a TypeError, none. Other threads may not search meanwhile.
        """
        if isinstance(texts, str):
            raise TypeError("texts are several str; one text by itself is a list of one")
        more = texts if isinstance(texts, list) else list(texts)
        first = len(self)
        rows = None if contexts is None else list(contexts)
        if rows is not None and len(rows) != len(more):
            raise ValueError(f"{len(more)} texts and {len(rows)} contexts")
        if not more:
            return range(first, first)
        try:
            segment = build_segment(more)
        except TypeError as error:
            for at, text in enumerate(more):
                if not isinstance(text, str):
                    raise TypeError(f"text {at} of {len(more)} is no str: {text!r}") from error
            raise
        beside = self.contexts
        if rows is not None or beside.columns:
            if beside.number < first:
                beside.extend([None] * (first - beside.number))
            beside.extend(rows if rows is not None else [None] * len(more))
        self._hold(segment, first)
        self._merge_small()
        return range(first, first + len(more))

    def remove(self, positions: Iterable[int]) -> None:
        """Take texts out; their positions stay empty.

        Where one position is unknown: IndexError, and none is taken out.
        """
        found = [(self._part_of(position), position) for position in positions]
        for part, position in found:
            part.segment.remove(position - part.first)

    def _hold(self, segment: Segment, first: int) -> None:
        self._parts.append(Part(segment, Core(segment), first))

    def _merge_small(self) -> None:
        """Keep the number of segments small: a new one takes up its like-sized neighbour."""
        while len(self._parts) > 1:
            left, right = self._parts[-2:]
            if len(left.segment) > max(_SMALL, 2 * len(right.segment)):
                return
            if len(left.segment) + len(right.segment) > _MERGED:
                return
            texts = [p.segment.text_of(i) for p in (left, right) for i in range(len(p.segment))]
            dead = [
                int(i) + p.first - left.first
                for p in (left, right)
                for i in np.flatnonzero(p.segment.living == 0)
            ]
            del self._parts[-2:]
            self._hold(build_segment(texts), left.first)
            for position in dead:
                self._parts[-1].segment.remove(position)

    # --- what it holds -----------------------------------------------------

    def __len__(self) -> int:
        last = self._parts[-1] if self._parts else None
        return last.first + len(last.segment) if last else 0

    def text(self, position: int) -> str:
        """The text at a position, as it was given."""
        part = self._part_of(position)
        return part.segment.text_of(position - part.first)

    @property
    def markings(self) -> int:
        """How many distinct markings: those of each segment, also those taken out."""
        return sum(part.segment.slots for part in self._parts)

    @property
    def size(self) -> int:
        """Bytes in memory, or in the file."""
        return sum(a.nbytes for p in self._parts for a in p.segment.arrays().values())

    def _part_of(self, position: int) -> Part:
        if not 0 <= position < len(self):
            raise IndexError(f"no text at position {position}; there are {len(self)}")
        return next(p for p in reversed(self._parts) if p.first <= position)

    # --- asking ------------------------------------------------------------

    def search(
        self, query: Query, limit: int = 10, *, channel: Channel | None = None,
        context: Context | None = None, absent: float = ABSENT,
    ) -> list[Hit]:
        """The complete list: every marking within reach was weighed. Best first.

        ``query``: a reading, in which ``?`` is one character not read, ``*`` any run
        of them, ``[8B]`` one of these; in quotes: exactly as written. Or several
        readings of one marking, each with its weight. A TypeError, or Invalid, where
        it is none of these; ValueError where ``absent`` is no probability below 1.

        ``absent`` is the chance, before anything is compared, that the marking is
        not in the index. A query nothing is known of (``""``, ``"??"``) has no hits.
        """
        return Question(self, query, channel, context, absent).whole(limit)

    def first(
        self, query: Query, limit: int = 10, *, channel: Channel | None = None,
        context: Context | None = None, absent: float = ABSENT,
    ) -> list[Hit]:
        """The quick list: as few edits as it takes to find a likely answer."""
        return Question(self, query, channel, context, absent).first(limit)

    def answers(
        self, query: Query, limit: int = 10, *, channel: Channel | None = None,
        context: Context | None = None, absent: float = ABSENT,
    ) -> Iterator[list[Hit]]:
        """Both from one search: the quick list at once, then the complete one."""
        question = Question(self, query, channel, context, absent)
        yield question.first(limit)
        yield question.whole(limit)

    def search_many(
        self, queries: Iterable[Query], limit: int = 10, threads: int = 2, *,
        channel: Channel | None = None, context: Context | None = None,
        absent: float = ABSENT,
    ) -> list[list[Hit]]:
        """The complete list of each query, in order."""
        def one(query: Query) -> list[Hit]:
            return self.search(query, limit, channel=channel, context=context, absent=absent)

        if threads < 2:
            return [one(query) for query in queries]
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(one, queries))

    def background(self) -> Background:
        """What the markings of this index look like; counted anew when it has grown."""
        now = self.markings
        if self._background is None or now > self._counted + self._counted // _GROWN:
            self._background = Background([
                look for part in self._parts for look in part.segment.looks()
            ])
            self._counted = now
        return self._background

    # --- files -------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the index to one file, whole or not at all."""
        from headstamp.markings.index_file import write_index

        write_index(Path(path), [p.segment for p in self._parts], self.contexts)

    @classmethod
    def open(cls, path: str | Path, *, check: bool = False) -> MarkingIndex:
        """The index of a file, memory-mapped; ``check`` reads it whole for damage.

        Raises Missing, Unreadable (another format, or damaged).
        """
        from headstamp.markings.index_file import read_index

        file = read_index(Path(path), check=check)
        return cls.of(file.segments, file.contexts)

    @property
    def contexts(self) -> Contexts:
        """What is known beside the texts."""
        joined = self._joined
        if joined:
            # Put together when first asked for: most searches give no context. By two
            # threads at once, perhaps, to the same.
            self._contexts = Contexts.joined(joined)
            self._joined = []
        return self._contexts

    @property
    def parts(self) -> Sequence[Part]:
        """The segments, for the search."""
        return self._parts
