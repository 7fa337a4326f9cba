"""The report's plates: small pictures of photographs, carried in the page itself.

They are for recognising a thing, not for reading it: the originals are in the
manifest. What a camera wrote into a file does not come along. How a picture is
made small is handed in, since it is done with care in a room beside this one.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headstamp.errors import Missing, Unreadable
from headstamp.publish import wording
from headstamp.publish.listing import Cut
from headstamp.store.reader import Reader, Shown

LISTED = 24
SIDE = 560

Thumbnail = Callable[[Path, int], bytes]
"""A file and the longest side in pixels; gives a JPEG. Raises Unreadable where it is no picture."""


@dataclass(frozen=True, slots=True)
class Plate:
    """One picture as base64 of a JPEG, with what it shows and the beginning of its digest."""

    picture: str
    caption: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Plates:
    """The plates, the rule by which they were taken, how many files could not be drawn."""

    plates: tuple[Plate, ...]
    cut: Cut
    undrawn: int


def gather(reader: Reader, thumbnail: Thumbnail | None) -> Plates:
    """The first photographs of which the case holds the file, in the order of recording."""
    found: list[Plate] = []
    undrawn = held = 0
    for shown in reader.stream("photograph") if thumbnail is not None else ():
        digest = shown.get("digest")
        if digest is None:
            continue
        held += 1
        if len(found) == LISTED or thumbnail is None:
            continue
        try:
            picture = thumbnail(reader.original(digest)[0], SIDE)
        except (Unreadable, Missing):
            undrawn += 1
            continue
        found.append(
            Plate(base64.b64encode(picture).decode("ascii"), _caption(reader, shown), digest)
        )
    return Plates(
        tuple(found), Cut(len(found), held - undrawn, "in the order of recording"), undrawn
    )


def _caption(reader: Reader, shown: Shown) -> tuple[str, ...]:
    def word(name: str) -> str:
        return wording.field("photograph", shown.values, name)

    ids = [str(one) for one in (*(shown.get("items") or ())[:3], shown.get("site")) if one]
    labels = reader.labels(ids)
    named = [labels[one] for one in ids if one in labels]
    told = (word("caption"), word("view"), *named,
            f"taken {word('taken_on')}, as the camera claims" if word("taken_on") else "")
    kept = tuple(dict.fromkeys(part for part in told if part))
    return kept or (word("original_name") or shown.id,)
