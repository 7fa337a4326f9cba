"""The way in: what machines make of one picture, read in the confined process.

``read_picture`` is for the other rooms; ``answer`` runs in the child, where
alone a stranger's picture is decoded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PIL import Image

from headstamp.errors import Invalid, Problem
from headstamp.intake.confine import widen
from headstamp.intake.handed import Given, Handed
from headstamp.intake.limits import LIMITS as OF_ANY_FILE
from headstamp.intake.limits import Limits
from headstamp.intake.machine.canvas import TEXT_SIDE, asked_region, cut, grounds
from headstamp.intake.machine.forms import MATRIX
from headstamp.intake.machine.parts import absent, installed, tesseract_languages
from headstamp.intake.machine.proposal import (
    MachineReading,
    Method,
    Proposal,
    Region,
    Unread,
)
from headstamp.intake.process import only_answer

METHODS: tuple[Method, ...] = ("barcode", "ocr")

# The models of the text reader need room that no picture reader needs; a text of 60 lines
# in five languages takes half a minute on an old laptop.
LIMITS = replace(OF_ANY_FILE, image_pixels=120_000_000, parser_silent_seconds=240)
"""For decoding the picture."""
READING = Limits(
    parser_memory_bytes=4 * 1024**3, parser_memory_most_bytes=4 * 1024**3, parser_cpu_seconds=480,
)
"""For what comes after it: these readers get plain pixels and nothing else of the file."""


def read_picture(
    given: Given, *, methods: Sequence[Method] = METHODS, region: Region | None = None,
    limits: Limits = LIMITS, name: str | None = None,
) -> MachineReading:
    """What machines make of a picture (path, bytes or open file): proposals, never facts.

    ``methods`` are ``barcode`` and ``ocr``; ``region`` is the part to look at (left,
    top, width, height in pixels of the picture held upright), all of it where None.
    Raises Missing, Unreadable for what is no picture or meets a limit, and Invalid
    for a region outside of it.
    """
    unknown = [one for one in methods if one not in METHODS]
    if unknown or not methods:
        raise Invalid("this cannot be looked for", [Problem(
            "not a way of reading by machine", f"Say {' or '.join(METHODS)}.", "methods",
            ", ".join(unknown))])
    said = only_answer(
        "machine", given, limits, name=name, after=READING, methods=list(methods),
        region=list(region) if region else None,
    )
    if "outside" in said:
        # The child speaks of what is unreadable; that the request was wrong is said here.
        asked_region(region, *said["outside"])
    return MachineReading.from_dict(said)


def prepare() -> None:
    """Finds out which readers are here, in the child, before it gives up its rights."""
    installed()
    tesseract_languages()


def answer(
    file: Handed, limits: Limits, methods: Sequence[Method], region: Sequence[int] | None
) -> dict[str, Any]:
    """The child's part of ``read_picture``, as plain JSON values."""
    from headstamp.intake.picture import upright

    image = upright(file, limits)
    widen(READING.parser_memory_bytes, READING.parser_cpu_seconds)
    asked: Region | None = tuple(region) if region else None  # type: ignore[assignment]
    try:
        part = asked_region(asked, image.width, image.height)
    except Invalid:
        return {"outside": [image.width, image.height]}
    return read_image(image, methods, part if asked else None).as_dict()


def read_image(
    image: Image.Image, methods: Sequence[Method], region: Region | None = None
) -> MachineReading:
    """What machines make of an upright picture that is already decoded and trusted."""
    part = region or (0, 0, image.width, image.height)
    pictures = [cut(one, part) for one in grounds(image)]
    proposals: list[Proposal] = []
    unread: list[Unread] = []
    notes: list[str] = []
    readers: list[str] = []
    if "barcode" in methods:
        from headstamp.intake.machine.barcode import read_codes, reader_name

        codes, damaged = read_codes(pictures)
        proposals += codes
        unread += damaged
        readers.append(reader_name())
    if "ocr" in methods:
        readers += installed()
        if installed():
            texts, told = _texts(pictures, region is not None)
            # The squares of a 2-D code look like letters to a reader of text.
            squares = [one.region for one in proposals if one.form in MATRIX]
            proposals += [one for one in texts
                          if not any(_centre_in(one.region, code) for code in squares)]
            notes += told
    found = MachineReading(
        width=image.width, height=image.height, looked_for=tuple(methods),
        proposals=tuple(proposals), unread=tuple(unread),
        absent=absent() if "ocr" in methods else (), notes=tuple(notes), region=region,
        readers=tuple(readers),
    )
    return _moved(found, part)


def _texts(
    pictures: Sequence[Image.Image], whole: bool
) -> tuple[list[Proposal], list[str]]:
    from headstamp.intake.machine.lines import MOST_LINES, read_lines
    from headstamp.intake.machine.weigh import proposals

    grey = pictures[0]
    scale = min(1.0, TEXT_SIDE / max(grey.size))
    notes = []
    if scale < 1:
        grey = grey.resize((max(1, round(grey.width * scale)), max(1, round(grey.height * scale))))
        notes.append(f"text was looked for on the picture made smaller, {grey.width} by "
                     f"{grey.height} pixels; name a region to see small letters in full")
    lines, more = read_lines(grey, whole)
    if more:
        notes.append(f"only the first {MOST_LINES} lines of text were read; name a region for "
                     "the others")
    found = []
    for line in lines:
        left, top, width, height = (round(number / scale) for number in line.region)
        found += proposals(line.upright, line.turned, (left, top, width, height),
                           tesseract_languages())
    return found, notes


def _centre_in(one: Region, other: Region) -> bool:
    across, down = one[0] + one[2] / 2, one[1] + one[3] / 2
    return other[0] <= across < other[0] + other[2] and other[1] <= down < other[1] + other[3]


def _moved(reading: MachineReading, part: Region) -> MachineReading:
    """The regions of a part as regions of the whole picture."""

    def whole(region: Region) -> Region:
        return region[0] + part[0], region[1] + part[1], region[2], region[3]

    return replace(
        reading, proposals=tuple(replace(p, region=whole(p.region)) for p in reading.proposals),
        unread=tuple(replace(u, region=whole(u.region)) for u in reading.unread),
    )
