"""``custody``, ``receipt`` and ``derive``: things and files in our keeping."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table
from headstamp.errors import Invalid, Tampered, Unreadable

if TYPE_CHECKING:
    from headstamp.actions.evidence.custody import Custody

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def custody(
    session: Session,
    record: Annotated[str, typer.Argument(metavar="ID", help="An item or document: its id, or an "
                                                             "item's tag.", show_default=False)],
    check_files: Annotated[
        bool, typer.Option("--check-files", help="Instead: hash its files anew, and put on file what came of it.")
    ] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why its files are checked, for the log.")] = (
        "its files were checked"),
) -> None:
    """Show who held an item or document as evidence, in time, and what does not fit.

    Gaps, two holders at once and seals that are not those put on are named, never smoothed.
    Acts above your clearance are not shown, and look like gaps.
    """
    from headstamp.actions.evidence.custody import custody_of, thing_named

    if check_files:
        _check_files(session, record, reason)
        return
    with session.reader() as reader:
        found = custody_of(reader, thing_named(reader, record))
    session.show(found.as_dict(), lambda: _in_words(found))


def _check_files(session: Session, record: str, reason: str) -> None:
    from headstamp.actions.evidence.custody import thing_named
    from headstamp.actions.evidence.files_checked import check_files

    settings = session.settings()
    with session.open() as case:
        thing = thing_named(case.read(settings.clearance), record)
        done = check_files(case, thing, clearance=settings.clearance, actor=settings.actor, reason=reason)

    def words() -> None:
        for one in done.files:
            line(f"{one.id}: {one.wrong or 'byte for byte what came in'} ({one.label})")
        line(f"put on file as {done.act}")

    session.show(done.as_dict(), words)
    if done.wrong:
        raise typer.Exit(Tampered.exit_code)


def _in_words(found: Custody) -> None:
    from headstamp.actions.evidence.custody import FAULTS

    line(f"{found.about.label} ({found.about.id})")
    told = found.timeline
    if not told.acts:
        line("no act of custody is recorded")
        return
    table(("when", "act", "gives", "receives", "seals found", "seals after", "not said", "id"), [
        (act.when, act.act.replace("_", " "), found.name(act.giver), found.name(act.receiver),
         ", ".join(act.seals_found), ", ".join(act.seals_set), ", ".join(found.unsaid(act)), act.id)
        for act in told.acts
    ])
    line()
    for fault in told.faults:
        line(f"{FAULTS[fault.what].upper()}{'' if fault.certain else ' (perhaps)'}: {fault.words}")
    if not told.faults:
        line("nothing that does not fit")
    line("ended: it was returned or disposed of" if told.ended else
         "held now by " + (", ".join(map(found.name, told.holders)) or "nobody on record"))


@app.command()
@with_session
def receipt(
    session: Session,
    act: Annotated[str, typer.Argument(metavar="[ID]", show_default=False,
                                       help="The act of custody, by its id.")] = "",
    output: Annotated[Path | None, typer.Option(
        "-o", "--output", metavar="FILE", show_default=False,
        help="Where to; its ending, .pdf or .html, says in which form.")] = None,
    language: Annotated[str, typer.Option("--language", metavar="CODE",
                                          help="en, fr, es, ar or ru.")] = "en",
    check: Annotated[Path | None, typer.Option(
        "--check", metavar="FILE", show_default=False,
        help="Instead: hold the log against the text read from a receipt's QR code.")] = None,
) -> None:
    """Write the receipt of an act of custody: one page to sign, whose QR code pins the log.

    With --check, say whether the entry on the paper still stands in the log.
    """
    from headstamp.actions.evidence.receipt import check_paper, write_receipt

    if (check is None) == (not act or output is None):
        raise Invalid("give an act and -o FILE, or --check FILE")
    with session.open() as case:
        if check is not None:
            told = check_paper(case, _text(check))
            session.show(asdict(told), lambda: line(
                f"the log holds entry {told.entry} as on the paper: version {told.version} of "
                f"{told.record}; then {told.then} entries, now {told.now}"))
            return
        assert output is not None
        made = write_receipt(case, act, output, clearance=session.settings().clearance,
                             language=language)
    document = {"receipt": str(made.path), "bytes": made.size, "record": made.witness.record,
                "version": made.witness.version, "entry": made.witness.index}
    session.show(document, lambda: line(
        f"{made.path}: version {made.witness.version} of {made.witness.record}, "
        f"entry {made.witness.index}"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read as text") from error


@app.command()
@with_session
def derive(
    session: Session,
    parent: Annotated[str, typer.Argument(metavar="PARENT", show_default=False,
                                          help="The photograph or document it was made from.")],
    file: Annotated[Path | None, typer.Argument(
        metavar="[FILE]", show_default=False,
        help="The file made from it; without one, a working copy of the same bytes.")] = None,
    what: Annotated[str, typer.Option("--what", metavar="TEXT", show_default=False,
                                      help="What was done, such as: cropped, brightened.")] = "",
    tool: Annotated[str, typer.Option("--tool", metavar="NAME", show_default=False,
                                      help="With which tool and version.")] = "",
    title: Annotated[str, typer.Option("--title", metavar="TEXT", show_default=False,
                                       help="Its title or caption; else its parent's.")] = "",
    tier: Annotated[str, typer.Option("--tier", metavar="TIER", show_default=False,
                                      help="Who may see it; else as its parent.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False,
                                        help="Why, as the log writes it.")] = "",
) -> None:
    """Record a working copy or a derivative of an original; the original stays as it is."""
    from headstamp.actions.evidence.derive import derive as derived_from

    settings = session.settings()
    with session.open() as case:
        made = derived_from(case, parent, file, what=what, tool=tool, title=title, tier=tier,
                            clearance=settings.clearance, actor=settings.actor, reason=reason)
    kind = "working copy" if made.working else "derivative"
    session.show({**asdict(made)}, lambda: line(f"{made.id}: {kind} of {made.parent}"))
