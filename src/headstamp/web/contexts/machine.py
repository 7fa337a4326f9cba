"""What machines propose for a photograph, and what a person may make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from headstamp.actions.markings.read_photograph import known_reading, meanings
from headstamp.intake.machine.parts import absent
from headstamp.intake.machine.proposal import Absent, MachineReading, Proposal, Region, Unread
from headstamp.markings.region import Region as Part
from headstamp.markings.region import wanted_region
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.item import Recognised, recognised
from headstamp.web.page import ON_PAGE

MOST_ITEMS = 200
_MARGIN = 0.25


@dataclass(frozen=True)
class ProposalView:
    """One proposal, with what the schemes make of its text and the record it led to, if any."""

    text: str
    score: float
    method: str
    reader: str
    region: Region
    form: str
    doubts: tuple[str, ...]
    basis: str
    as_read: str
    others: tuple[str, ...]
    means: tuple[Recognised, ...]
    parts: tuple[tuple[str, str], ...]
    accepted: str = ""


@dataclass(frozen=True)
class PlaceView:
    """A place of the photograph with all texts proposed for it, the better first."""

    number: int
    region: Region
    box: str
    texts: tuple[ProposalView, ...]


@dataclass(frozen=True)
class MachineView:
    """All proposals for a photograph; ``asked`` is false where no machine has looked yet."""

    asked: bool
    region: Region | None
    readers: tuple[str, ...]
    proposals: tuple[ProposalView, ...]
    unread: tuple[Unread, ...]
    absent: tuple[Absent, ...]
    notes: tuple[str, ...]
    width: int = field(default=0, metadata=ON_PAGE)
    height: int = field(default=0, metadata=ON_PAGE)
    typed: str = field(default="", metadata=ON_PAGE)
    places: tuple[PlaceView, ...] = field(default=(), metadata=ON_PAGE)
    targets: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)


def asked_part(text: str) -> Region | None:
    """The part of a photograph that an address or form names, None for all. Raises Invalid."""
    if not text.strip():
        return None
    found = wanted_region(text)
    return found.x, found.y, found.width, found.height


def machine_view(reader: Reader, case: Case, photograph: Shown, part: str) -> MachineView:
    """What is known by now of a photograph whose file is held. Raises Invalid for no part."""
    region = asked_part(part)
    reading = known_reading(case, photograph.id, clearance=reader.clearance, region=region)
    if reading is None:
        return MachineView(False, region, (), (), (), absent(), (), typed=part)
    done = _accepted(reader, photograph)
    found = tuple(_proposal(one, done) for one in reading.proposals)
    return MachineView(
        True, region, reading.readers, found, reading.unread, reading.absent, reading.notes,
        width=reading.width, height=reading.height, typed=part,
        places=_places(found, reading), targets=_targets(reader, photograph),
    )


def _proposal(one: Proposal, done: dict[tuple[str, str], str]) -> ProposalView:
    found = meanings(one)
    return ProposalView(
        one.text, one.score, one.method, one.reader, one.region, one.form, one.doubts, one.basis,
        one.as_read, one.others, tuple(recognised(m) for m in found),
        found[0].parts if found else (), accepted=done.get((one.method, one.text), ""),
    )


def _places(found: Sequence[ProposalView], reading: MachineReading) -> tuple[PlaceView, ...]:
    by_region: dict[Region, list[ProposalView]] = {}
    for one in found:
        by_region.setdefault(one.region, []).append(one)
    places = []
    for number, (region, texts) in enumerate(by_region.items(), 1):
        around = Part(*region).around(_MARGIN, reading.width, reading.height)
        places.append(PlaceView(
            number, region, f"{around.x} {around.y} {around.width} {around.height}", tuple(texts)
        ))
    return tuple(places)


def _accepted(reader: Reader, photograph: Shown) -> dict[tuple[str, str], str]:
    """The markings of this photograph by method and text of their machine readings."""
    found: dict[tuple[str, str], str] = {}
    for marking in _markings(reader, photograph):
        for reading in reader.referring(marking.id, kind="reading", field="marking", limit=50):
            if reading.get("method") in ("barcode", "ocr"):
                found[str(reading.get("method")), str(reading.get("text"))] = marking.id
    return found


def _targets(reader: Reader, photograph: Shown) -> tuple[tuple[str, str], ...]:
    """What a proposal may be recorded of: the items shown, and the markings known here."""
    items = [one for one in photograph.get("items", ()) if one.startswith(("item-", "doc-"))]
    labels = reader.labels(items[:MOST_ITEMS])
    return (
        *((one, f"a new marking of {labels[one]}") for one in items if one in labels),
        *((one.id, f"a reading of the marking {one.label}")
          for one in _markings(reader, photograph)),
    )


def _markings(reader: Reader, photograph: Shown) -> Sequence[Shown]:
    return reader.referring(photograph.id, kind="marking", field="photograph", limit=MOST_ITEMS)
