"""A photograph: a picture file with its digest, or a link to one that is not held.

What the camera says of time and place is a claim beside the original, never a
fact: device clocks are wrong and positions drift.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import Digest, Link, RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.number import Count
from headstamp.kinds.place import Place
from headstamp.kinds.text import Line, Prose
from headstamp.records.descent import MADE_FROM, TOOL, WHAT_WAS_DONE, descent
from headstamp.records.record import Record, fact


class Photograph(Record):
    """A picture file with its digest and what its camera claims."""

    NAME: ClassVar[str] = "photograph"
    PLURAL: ClassVar[str] = "photographs"
    PREFIX: ClassVar[str] = "photo"
    WHEN: ClassVar[str] = "taken_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("items",)

    items: tuple[Annotated[str, RefKind("item", "doc")], ...] = fact("What it shows", ())
    site: Annotated[str, RefKind("site")] | None = fact("Site it shows")
    view: Annotated[str, CodeKind("photograph_view")] | None = fact("View")
    caption: Line | None = fact("Caption", text=True)
    digest: Digest | None = fact("SHA-256 of the original")
    mime: Line | None = fact("Kind of file")
    size: Count | None = fact("Bytes")
    width: Count | None = fact("Width in pixels")
    height: Count | None = fact("Height in pixels")
    original_name: Line | None = fact("Name of the file as it came", text=True)
    link: Link | None = fact("Where it is published")
    generation: Annotated[str, CodeKind("generation")] = fact("Original or copy", "original")
    parent: Annotated[str, RefKind("photo", "doc")] | None = fact(MADE_FROM)
    what_was_done: Prose | None = fact(WHAT_WAS_DONE)
    tool: Line | None = fact(TOOL)
    taken_on: PartialDate | None = fact("When it was taken, as the camera claims")
    place: Place | None = fact("Where it was taken, as the camera claims")
    direction: Count | None = fact("Direction in degrees, as the camera claims")
    camera: Line | None = fact("Camera")
    claims: Prose | None = fact("What else the file claims, and doubts about it")

    def rules(self) -> Iterable[Unfit]:
        if self.digest is None and self.link is None:
            yield Unfit("a photograph needs a file or a link", "Attach the file, or give its address.")
        yield from descent(self.id, self.generation, self.parent, self.what_was_done, self.tool)

    def label(self) -> str:
        return self.caption or self.original_name or self.link or self.id
