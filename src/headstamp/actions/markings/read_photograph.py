"""Reading a photograph by machine, and accepting what it proposes.

What machines say is kept beside the case like a thumbnail: it is derived, may
be deleted at any time, and is no record. A record is written only when a
person who sees the picture accepts a proposal as the marking of an item: then
the marking holds what the person sees there, and a reading of method *barcode*
or *ocr* what the machine made of it, by which program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from headstamp.errors import Conflicting, Invalid, Missing, Problem, Unavailable
from headstamp.intake.machine.parts import installed
from headstamp.intake.machine.proposal import MachineReading, Method, Proposal, Region
from headstamp.intake.machine.read import METHODS, read_picture
from headstamp.kinds.identity import derived_id
from headstamp.markings.region import wanted_region
from headstamp.markings.unread import has_unread
from headstamp.records import Record, kind_named
from headstamp.schemes import SchemeReading, recognise
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

# In the name of what is kept: raised when the same picture would be judged otherwise.
_JUDGED_BY = 1
_FOLDER = "derived/machine"


@dataclass(frozen=True)
class Accepted:
    """The records of one acceptance."""

    marking: str
    reading: str


def read_file(
    path: str | Path, *, methods: Sequence[Method] = METHODS, region: Region | None = None
) -> MachineReading:
    """What machines make of a picture file outside of any case; nothing is kept."""
    return read_picture(path, methods=methods, region=region)


def read_photograph(
    case: Case, photograph_id: str, *, clearance: str, methods: Sequence[Method] = METHODS,
    region: Region | None = None,
) -> MachineReading:
    """What machines make of a photograph of the case, kept for the next who asks.

    Raises Missing where it is not there for this clearance or its file is not
    held, Invalid for a region outside of it, Unreadable where it is no picture.
    """
    reader = case.read(clearance)
    digest = _digest(reader, photograph_id)
    original, shown = reader.original(digest)
    name = _name(digest, methods, region)
    kept = _kept(case, name)
    if kept is not None:
        return kept
    reading = read_picture(original, methods=methods, region=region,
                           name=str(shown.get("original_name") or digest))
    _keep(case, name, reading)
    return reading


def known_reading(
    case: Case, photograph_id: str, *, clearance: str, methods: Sequence[Method] = METHODS,
    region: Region | None = None,
) -> MachineReading | None:
    """What ``read_photograph`` has kept; None where it has not been asked, or not with these readers.

    Raises Missing as that does.
    """
    digest = _digest(case.read(clearance), photograph_id)
    return _kept(case, _name(digest, methods, region))


def meanings(proposal: Proposal) -> list[SchemeReading]:
    """What the schemes make of a proposed text, surest first; empty for a text in doubt."""
    if "?" in proposal.text or "*" in proposal.text:
        return []
    return recognise(proposal.text)


def accept(
    case: Case, photograph_id: str, proposal: Proposal, *, item: str = "", marking: str = "",
    seen: str = "", read_on: str, clearance: str, actor: str,
) -> Accepted:
    """Records a proposal that a person takes for right.

    As a new marking of ``item`` with a reading of it, or as a further reading of
    ``marking``. ``seen`` is what the person sees there, where that is not the same as
    the proposal; ``read_on`` the date. Raises Missing, Conflicting where it has been
    accepted already, Invalid with every problem.
    """
    reader = case.read(clearance)
    photograph = _photograph(reader, photograph_id)
    records: list[Record] = []
    _only_one(reader, item, marking)
    if marking:
        known = reader.get(marking)
        tier = str(known.get("tier", "partner"))
    else:
        made = _marking(photograph, proposal, item, seen or proposal.text)
        records.append(made)
        marking, tier = made.id, made.tier
    reading = _reading(marking, proposal, read_on, tier)
    if reader.many([reading.id]):
        raise Conflicting("this proposal has been accepted already; see its marking")
    with case.change(actor=actor, reason="accepted from a reading by machine") as change:
        change.put_many([*records, reading])
    return Accepted(marking, reading.id)


def _only_one(reader: Reader, item: str, marking: str) -> None:
    problems = []
    if bool(item) == bool(marking):
        problems.append(Problem("say of which item this is a marking, or which marking it reads",
                                "Give one of the two.", "item"))
    for field, given, prefix in (("item", item, "item"), ("marking", marking, "mark")):
        if given and (not given.startswith((f"{prefix}-", "doc-") if field == "item" else
                                           f"{prefix}-") or given not in reader.many([given])):
            problems.append(Problem(f"{given} is no {field} of this case", "Name one that is.",
                                    field, given))
    if problems:
        raise Invalid("this proposal cannot be accepted", problems)


def _marking(photograph: Shown, proposal: Proposal, item: str, seen: str) -> Record:
    region = wanted_region(
        ", ".join(map(str, proposal.region)),
        photograph.get("width") or 0, photograph.get("height") or 0,
    )
    values = {
        # From place and text: accepting twice cannot make two markings of one.
        "id": derived_id("mark", photograph.id, item, *map(str, proposal.region), proposal.method,
                         proposal.text),
        "item": item, "text": seen, "state": "partial" if has_unread(seen) else "clear",
        "marking_kind": "barcode" if proposal.method == "barcode" else "unknown",
        "photograph": photograph.id, "region": str(region),
        "tier": photograph.get("tier", "partner"),
    }
    if proposal.method == "ocr" and proposal.form and seen == proposal.text:
        values["script"] = proposal.form
    return kind_named("marking").cls.build(values)


def _reading(marking: str, proposal: Proposal, read_on: str, tier: str) -> Record:
    values = {
        "id": derived_id("read", marking, "by", proposal.method, proposal.reader, proposal.text),
        "marking": marking, "text": proposal.text, "method": proposal.method,
        "reader": proposal.reader, "read_on": read_on, "tier": tier, "remark": said_of(proposal),
    }
    best = next(iter(meanings(proposal)), None)
    if best is not None and best.valid is not False:
        values |= {"scheme": best.scheme, "meaning": best.explanation}
    return kind_named("reading").cls.build(values)


def said_of(proposal: Proposal) -> str:
    """Score, basis and doubts of a proposal in words, as they stand in the record's remark."""
    lines = [f"score {proposal.score:.2f} (no probability): {proposal.basis}"]
    if proposal.form:
        lines.append(f"{'code' if proposal.method == 'barcode' else 'script'}: {proposal.form}")
    if proposal.as_read:
        lines.append(f"the reader itself gave: {proposal.as_read}")
    lines += [f"doubt: {one}" for one in proposal.doubts]
    if proposal.others:
        lines.append("other texts proposed there: " + "; ".join(proposal.others))
    return "\n".join(lines)


def proposal_of(reading: MachineReading, text: str, region: Region | None = None) -> Proposal:
    """The proposal with this text (at this place). Raises Missing, Invalid where there are several."""
    found = [one for one in reading.proposals
             if _ends(one.text) == _ends(text) and region in (None, one.region)]
    if not found:
        raise Missing(f"no machine proposes {text!r} here")
    if len({one.region for one in found}) > 1:
        raise Invalid("this text is proposed at several places", [Problem(
            "say which of them is meant", "Give the region of that one.", "region",
            "; ".join(",".join(map(str, one.region)) for one in found))])
    return found[0]


def _ends(text: str) -> str:
    """The text with one kind of line end: browsers change them on the way through a form."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _photograph(reader: Reader, photograph_id: str) -> Shown:
    if not photograph_id.startswith("photo-"):
        raise Missing(f"there is no photograph {photograph_id}")
    return reader.get(photograph_id)


def _digest(reader: Reader, photograph_id: str) -> str:
    digest = _photograph(reader, photograph_id).get("digest", "")
    if not digest:
        raise Missing(f"the picture of {photograph_id} is not held in this case")
    return str(digest)


def _name(digest: str, methods: Sequence[Method], region: Region | None) -> str:
    """Where the reading of an original is kept: by what was asked, and who was there to answer."""
    asked = orjson.dumps([_JUDGED_BY, sorted(methods), region, installed()])
    return f"{digest[:2]}/{digest}-{hashlib.sha256(asked).hexdigest()[:16]}.json"


def _kept(case: Case, name: str) -> MachineReading | None:
    try:
        data = case.working.read(_FOLDER, name)
        return None if data is None else MachineReading.from_dict(orjson.loads(data))
    except OSError as error:
        raise Unavailable(f"readings by machine cannot be read in {case.folder / _FOLDER}: "
                          f"{error.strerror}") from error
    except (ValueError, KeyError, TypeError):
        return None  # damaged, or of another version: it is made anew


def _keep(case: Case, name: str, reading: MachineReading) -> None:
    try:
        case.working.write(_FOLDER, name, orjson.dumps(reading.as_dict()), durable=False)
    except OSError as error:
        raise Unavailable(f"readings by machine cannot be kept in {case.folder / _FOLDER}: "
                          f"{error.strerror}") from error
