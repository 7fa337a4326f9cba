"""What a machine makes of a picture: proposals, places it could not read, and what was missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Method = Literal["barcode", "ocr"]
Region = tuple[int, int, int, int]
"""Left, top, width and height in pixels of the picture held upright."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One text that a machine believes to see.

    ``score`` (0 to 1, never 1) orders proposals by how far they may be relied
    on; it is no probability. What has a doubt never scores over 0.7, and never over
    0.5 where the doubt is of the script or between readers.
    ``reader`` names the programs with their versions. ``form`` is the kind of
    code (``Data Matrix``) or, of text, its script (ISO 15924). ``as_read`` is
    what the reader itself gave where ``text`` leaves a part of it unread.
    ``others`` are other texts for the same place, each a proposal too.
    """

    text: str
    score: float
    method: Method
    reader: str
    region: Region
    form: str = ""
    doubts: tuple[str, ...] = ()
    basis: str = ""
    as_read: str = ""
    others: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The proposal as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A place where something is that could not be read safely, and why it is not given."""

    region: Region
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A part that is not installed: what cannot be read without it, and how to add it."""

    part: str
    reads: str
    add: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineReading:
    """All that the machines said of one picture: codes, then lines of text from the top.

    Of several proposals for one line the better comes first.

    ``width`` and ``height`` are pixels of the picture held upright, which is what
    all regions are in. ``region`` is the part that was looked at, None for all.
    ``looked_for`` says which methods ran; ``notes`` what limits the answer.
    """

    width: int
    height: int
    looked_for: tuple[Method, ...]
    proposals: tuple[Proposal, ...] = ()
    unread: tuple[Unread, ...] = ()
    absent: tuple[Absent, ...] = ()
    notes: tuple[str, ...] = ()
    region: Region | None = None
    readers: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """The reading as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> MachineReading:
        """The reading that ``as_dict`` made, also after a way through JSON."""
        return cls(
            width=said["width"], height=said["height"], looked_for=tuple(said["looked_for"]),
            proposals=tuple(_proposal(one) for one in said["proposals"]),
            unread=tuple(Unread(region=_region(one["region"]), what=one["what"])
                         for one in said["unread"]),
            absent=tuple(Absent(**one) for one in said["absent"]), notes=tuple(said["notes"]),
            region=_region(said["region"]) if said["region"] else None,
            readers=tuple(said["readers"]),
        )


def _region(numbers: Any) -> Region:
    left, top, width, height = numbers
    return left, top, width, height


def _proposal(said: Mapping[str, Any]) -> Proposal:
    return Proposal(**{
        **said, "region": _region(said["region"]), "doubts": tuple(said["doubts"]),
        "others": tuple(said["others"]),
    })
