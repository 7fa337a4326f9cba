"""``read``: barcodes and text on a photograph by machine, as proposals; accepting one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table
from headstamp.errors import Invalid, Problem

if TYPE_CHECKING:
    from headstamp.intake.machine.proposal import MachineReading, Method, Proposal, Region

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def read(
    session: Session,
    pictures: Annotated[list[str], typer.Argument(
        metavar="PHOTO_OR_ID...", show_default=False,
        help="Picture files (no case is needed for these), or ids of photographs in the case.")],
    region: Annotated[str | None, typer.Option(
        metavar="X,Y,WIDTH,HEIGHT", help="Only this part, in pixels of the picture held upright.")
    ] = None,
    only: Annotated[str | None, typer.Option(
        metavar="barcode|ocr", help="Look for codes only, or for text only.")] = None,
    accept: Annotated[str | None, typer.Option(
        metavar="TEXT", help="Record the proposal with exactly this text, which you see in the "
                             "picture yourself.")] = None,
    item: Annotated[str | None, typer.Option(
        metavar="ID", help="With --accept: of which item it is a new marking.")] = None,
    marking: Annotated[str | None, typer.Option(
        metavar="ID", help="With --accept: which recorded marking it reads.")] = None,
    seen: Annotated[str | None, typer.Option(
        metavar="TEXT", help="With --accept: what you see, where it is not quite the same.")] = None,
) -> None:
    """Read barcodes and text on photographs by machine.

    What is given are proposals, never facts: each has a score (no probability),
    the program that read it, its place in pixels, and in words what speaks
    against it. Nothing is recorded unless you accept a proposal with --accept.
    """
    wanted, methods = _region(region), _methods(only)
    if accept is None and (item or marking or seen):
        raise Invalid("nothing is accepted", [Problem(
            "--item, --marking and --seen go with --accept", "Say which proposal you accept.")])
    if accept is not None and (len(pictures) != 1 or not _is_id(pictures[0])):
        raise Invalid("this cannot be accepted", [Problem(
            "a proposal is accepted from one photograph of the case",
            "Import the file first, then name its id.", "accept", accept)])
    readings = [(name, _read(session, name, methods, wanted)) for name in pictures]
    done: dict[str, Any] = {
        "pictures": [{"picture": name, **_document(reading)} for name, reading in readings]
    }
    if accept is not None:
        done["accepted"] = _accept(session, *readings[0], accept, item, marking, seen)

    def words() -> None:
        for name, reading in readings:
            _words(name, reading, many=len(readings) > 1)
        if "accepted" in done:
            line(f"recorded: {done['accepted']['marking']}, {done['accepted']['reading']}")

    session.show(done, words)


def _is_id(name: str) -> bool:
    return name.startswith("photo-") and not Path(name).exists()


def _methods(only: str | None) -> tuple[Method, ...]:
    from headstamp.intake.machine.read import METHODS

    if only is None:
        return METHODS
    found = tuple(method for method in METHODS if method == only)
    if not found:
        raise Invalid("this cannot be looked for", [Problem(
            "not a way of reading by machine", f"Say {' or '.join(METHODS)}.", "only", only)])
    return found


def _region(text: str | None) -> Region | None:
    if text is None:
        return None
    from headstamp.markings.region import wanted_region

    found = wanted_region(text)
    return found.x, found.y, found.width, found.height


def _read(
    session: Session, name: str, methods: tuple[Method, ...], region: Region | None
) -> MachineReading:
    from headstamp.actions.markings.read_photograph import read_file, read_photograph

    if not _is_id(name):
        return read_file(name, methods=methods, region=region)
    with session.open() as case:
        return read_photograph(case, name, clearance=session.settings().clearance,
                               methods=methods, region=region)


def _accept(
    session: Session, photograph: str, reading: MachineReading, text: str, item: str | None,
    marking: str | None, seen: str | None,
) -> dict[str, str]:
    from datetime import UTC, datetime

    from headstamp.actions.markings.read_photograph import accept, proposal_of

    settings = session.settings()
    with session.open() as case:
        done = accept(
            case, photograph, proposal_of(reading, text), item=item or "", marking=marking or "",
            seen=seen or "", read_on=datetime.now(UTC).date().isoformat(),
            clearance=settings.clearance, actor=settings.actor,
        )
    return {"marking": done.marking, "reading": done.reading}


def _document(reading: MachineReading) -> dict[str, Any]:
    return {**reading.as_dict(), "proposals": [
        {**one.as_dict(), "means": [_meaning(m) for m in _meanings(one)]}
        for one in reading.proposals
    ]}


def _meanings(proposal: Proposal) -> list[Any]:
    from headstamp.actions.markings.read_photograph import meanings

    return meanings(proposal)


def _meaning(said: Any) -> dict[str, Any]:
    return {"scheme": said.scheme, "canonical": said.canonical, "valid": said.valid,
            "parts": [list(part) for part in said.parts], "explanation": said.explanation,
            "doubt": said.doubt, "source": said.source}


def _words(name: str, reading: MachineReading, many: bool) -> None:
    if many:
        line(f"{name}:")
    if reading.proposals:
        table(("score", "text", "what", "x,y,width,height", "read by", "doubts and meaning"), [
            (f"{one.score:.2f}", one.text, one.form or one.method, ",".join(map(str, one.region)),
             one.reader, "; ".join([*one.doubts, *_told(one)]))
            for one in reading.proposals
        ])
        line("Proposals of a machine: compare each with the picture before you accept it.")
    else:
        line("no machine found anything to read")
    for gap in reading.unread:
        line(f"not read, at {','.join(map(str, gap.region))}: {gap.what}")
    for part in reading.absent:
        line(f"without {part.part} (reads {part.reads}); to add it: {part.add}")
    for note in reading.notes:
        line(f"note: {note}")


def _told(proposal: Proposal) -> list[str]:
    best = next(iter(_meanings(proposal)), None)
    return [best.explanation + (f" ({best.doubt})" if best.doubt else "")] if best else []
