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
from headstamp.publish.wording import number
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

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
    """The plates; of how many photographs on file; how many of those taken could not be drawn."""

    plates: tuple[Plate, ...]
    total: int
    undrawn: int

    @property
    def note(self) -> str:
        """The rule by which they were taken; empty where all are shown."""
        if len(self.plates) + self.undrawn >= self.total:
            return ""
        return (
            f"{number(len(self.plates))} of {number(self.total)} photographs, taken at even steps "
            "in the order of recording; all are in the case."
        )


def gather(reader: Reader, thumbnail: Thumbnail | None) -> Plates:
    """Photographs of which the case holds the file, at even steps in the order of recording."""
    if thumbnail is None:
        return Plates((), 0, 0)
    held = [s.id for s in reader.stream("photograph") if s.get("digest") is not None]
    few = min(len(held), LISTED)
    shown_ids = [held[at * len(held) // few] for at in range(few)]
    taken = reader.many(shown_ids)
    found: list[Plate] = []
    for id_ in shown_ids:
        digest = str(taken[id_].get("digest"))
        try:
            picture = thumbnail(reader.original(digest)[0], SIDE)
        except (Unreadable, Missing):
            continue
        caption = _caption(reader, taken[id_])
        found.append(Plate(base64.b64encode(picture).decode("ascii"), caption, digest))
    return Plates(tuple(found), len(held), len(shown_ids) - len(found))


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
