"""Where two texts differ, place by place: what a score shows beside its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from headstamp.markings.unread import RUN, UNREAD, Tokens, places_agree

EditKind = Literal["look-alike", "unread", "other", "missing", "added", "swapped"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference: what kind, at which place of the asked text (from 1), asked, seen.

    ``place`` counts in the query's plain or folded key; ``asked`` is empty for
    an added character, ``seen`` for a missing one.
    """

    kind: EditKind
    place: int
    asked: str
    seen: str


def single_edit(asked: Sequence[str], seen: Sequence[str]) -> Edit | None:
    """The one edit that turns ``asked`` into ``seen``, or ``None`` if none or several would.

    Distance one needs no table: take away what agrees from both ends, and look
    at what is left. Work grows with the length.

    >>> single_edit(tuple("AB123"), tuple("AB213"))
    Edit(kind='swapped', place=3, asked='12', seen='21')
    >>> single_edit(tuple("AB123"), tuple("AB13"))
    Edit(kind='missing', place=4, asked='2', seen='')
    >>> single_edit(tuple("AB123"), tuple("AB123")) is None
    True
    """
    start = 0
    shorter = min(len(asked), len(seen))
    while start < shorter and places_agree(asked[start], seen[start]):
        start += 1
    end = 0
    while end < shorter - start and places_agree(asked[-1 - end], seen[-1 - end]):
        end += 1
    a, b = asked[start : len(asked) - end], seen[start : len(seen) - end]
    place = start + 1
    if len(a) == 1 and len(b) == 1:
        return Edit("other", place, a[0], b[0])
    if len(a) == 1 and not b:
        return Edit("missing", place, a[0], "")
    if not a and len(b) == 1:
        return Edit("added", place, "", b[0])
    if len(a) == len(b) == 2 and places_agree(a[0], b[1]) and places_agree(a[1], b[0]):
        return Edit("swapped", place, "".join(a), "".join(b))
    return None


def look_alikes(asked: Tokens, seen: Tokens) -> tuple[Edit, ...]:
    """The places that differ between two keys of one length that fold to the same."""
    return tuple(
        Edit("look-alike", place, a, b)
        for place, (a, b) in enumerate(zip(asked, seen, strict=True), start=1)
        if a != b
    )


def unread_edits(asked: Tokens, seen: Tokens) -> tuple[Edit, ...]:
    """The places where one side was not read; empty where a run leaves the places open."""
    if len(asked) != len(seen) or RUN in asked or RUN in seen:
        return ()
    return tuple(
        Edit("unread", place, a, b)
        for place, (a, b) in enumerate(zip(asked, seen, strict=True), start=1)
        if a != b and (UNREAD in (a, b) or len(a) > 1 or len(b) > 1)
    )
