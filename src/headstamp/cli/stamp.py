"""``stamp`` and ``witness``: who outside vouches for the log, or keeps a checkpoint of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.case import read_note
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table
from headstamp.errors import Conflicting, Invalid, Unavailable

if TYPE_CHECKING:
    from headstamp.actions.evidence.stamping import StampResult
    from headstamp.actions.evidence.stamps_waiting import Waiting
    from headstamp.exchange.authority import Authority

app = typer.Typer(rich_markup_mode="rich")
_ENVIRONMENT = "HEADSTAMP_AUTHORITIES"


@app.command()
@with_session
def stamp(
    session: Session,
    authority: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=URL", show_default=False,
                     help="An authority to ask; its name alone where files are carried to it."),
    ] = None,
    ca: Annotated[
        list[str] | None,
        typer.Option("--ca", metavar="NAME=FILE", show_default=False,
                     help="Its certificates up to the root (PEM, DER or PKCS #7)."),
    ] = None,
    authorities: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False,
                     help=f"A TOML file of authorities (else {_ENVIRONMENT})."),
    ] = None,
    request: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False,
                     help="Ask nobody: write the request (.tsq), to be carried to an authority."),
    ] = None,
    reply: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False,
                     help="Ask nobody: take in an answer (.tsr) that was carried here."),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="Ask nobody: tell what waits and what is on file.")
    ] = False,
) -> None:
    """Have the latest checkpoint time-stamped by authorities that you name (RFC 3161).

    They see a hash, and that somebody at this address asks; whoever watches the line sees
    the same. None is asked unless named. Without a line the request waits in the case and
    is asked again by the next call. Exit code 7 where something still waits.
    """
    if (request is not None) + (reply is not None) + list_ > 1:
        raise Invalid("give one of --request, --reply and --list")
    from headstamp.exchange.authority import authorities_of

    told = os.environ.get(_ENVIRONMENT)
    named = [] if list_ else authorities_of(
        authority or [], ca or [],
        authorities or (Path(told) if told else None))
    if list_:
        _list(session)
    elif request is not None:
        _request(session, request, named)
    else:
        _ask(session, reply, named)


def _list(session: Session) -> None:
    from headstamp.actions.evidence.stamps_waiting import all_waiting
    from headstamp.actions.evidence.witnesses import seen_witnesses

    with session.open() as case:
        waiting = all_waiting(case)
        visible = {row.id for row in case.read(session.settings().clearance).stream("witness")}
        seen = [one for one in seen_witnesses(case) if one.id in visible]
    document = {"waiting": [one.as_dict() for one in waiting],
                "witnesses": [one.as_dict() for one in seen]}

    def words() -> None:
        if seen:
            line("On file:")
            table(("entries", "of", "kind", "holder", "when", "standing"), [
                (one.size, "this log" if one.ours else one.log, one.witness_kind.replace("_", " "), one.holder, one.at,
                 f"{one.standing.replace('_', ' ')}{f': {one.why}' if one.why else ''}") for one in seen])
        _words_of_waiting(waiting)
        if not seen and not waiting:
            line("Nobody outside is known to have a checkpoint of this log, and nothing waits.")

    session.show(document, words)


def _request(session: Session, path: Path, named: list[Authority]) -> None:
    from headstamp.actions.evidence.stamping import BY_HAND, write_request

    if len(named) > 1:
        raise Invalid("a request is written for one authority: name one, or none")
    with session.open() as case:
        waiting = write_request(case, path, name=named[0].name if named else BY_HAND)
    session.show({"file": str(path), **waiting.as_dict()}, lambda: line(
        f"{path}: the request to stamp {_entries(waiting.size)}. Carry it to the authority, and take its "
        "answer in with: headstamp stamp --reply FILE.tsr"))


def _ask(session: Session, reply: Path | None, named: list[Authority]) -> None:
    from headstamp.actions.evidence.stamping import stamp as ask
    from headstamp.actions.evidence.stamping import take_reply

    actor = session.settings().actor
    with session.open() as case:
        done = take_reply(case, reply, named, actor=actor) if reply else ask(case, named, actor=actor)
    document = {
        "got": [{"id": one.id, "authority": one.authority, "size": one.size, "at": one.at,
                 "not_checked": one.why} for one in done.got],
        "waiting": [one.as_dict() for one in done.waiting], "current": list(done.current),
    }
    session.show(document, lambda: _words(done))
    if done.waiting and not reply:
        raise typer.Exit(Unavailable.exit_code)


def _entries(size: int) -> str:
    return f"{size} entr{'y' if size == 1 else 'ies'}"


def _words(done: StampResult) -> None:
    for got in done.got:
        line(f"{got.authority}: {_entries(got.size)}, stamped at {got.at}"
             + (f"; kept, but {got.why}" if got.why else "") + f" ({got.id})")
    for name in done.current:
        line(f"{name}: has stamped all there is to stamp already.")
    _words_of_waiting(done.waiting)


def _words_of_waiting(waiting: tuple[Waiting, ...] | list[Waiting]) -> None:
    if waiting:
        line("Waiting for an answer; headstamp stamp asks again:")
        table(("entries", "authority", "since", "why"),
              [(one.size, one.authority, one.since, one.problem or "-") for one in waiting])


@app.command()
@with_session
def witness(
    session: Session,
    holder: Annotated[str, typer.Argument(metavar="HOLDER", help="Who has it, or where the paper is kept.")],
    paper: Annotated[
        bool, typer.Option("--paper", help="It was printed; without it, a person or office has it.")
    ] = False,
    checkpoint: Annotated[
        Path | None,
        typer.Option(metavar="CHECKPOINT_FILE", show_default=False,
                     help="An older one that they have; without it, the latest."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="MOMENT", show_default=False,
                                 help="When they received it, with its zone: 2026-11-21T20:42:36Z.")
    ] = None,
    tier: Annotated[
        str | None, typer.Option(metavar="TIER", show_default=False,
                                 help="Who may see this record.")
    ] = None,
    remark: Annotated[str | None, typer.Option(metavar="TEXT", show_default=False)] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", show_default=False,
                                  help="Write the checkpoint to a new file, to hand it over.")
    ] = None,
) -> None:
    """Note that a checkpoint of the log was given to a person, or put on paper.

    With it they can show later that nothing up to then was changed or taken away
    (headstamp verify --against). Give them the log's public key at the same time.
    """
    from headstamp.actions.evidence.witnesses import note_witness
    from headstamp.actions.whole_file import write_whole

    given = read_note(checkpoint) if checkpoint is not None else None
    if output is not None and output.exists():
        raise Conflicting(f"{output} is there already; name a new file")
    with session.open() as case:
        note = given if given is not None else case.checkpoint_note()
        if output is not None:
            write_whole(output, note.encode("utf-8"), "the checkpoint")
        made = note_witness(case, "paper" if paper else "person", holder, at=at, tier=tier,
                            remark=remark, checkpoint=note, actor=session.settings().actor)
        key = case.verifier.text()
    document = {"id": made.id, "holder": made.holder, "witness_kind": made.witness_kind,
                "size": made.size, "checkpoint": made.checkpoint, "key": key,
                "file": str(output) if output else None}

    def words() -> None:
        line(f"{made.id}: {made.holder} has the checkpoint of {_entries(made.size)}.")
        if output is None:
            line("The checkpoint, to be handed over letter for letter:")
            typer.echo(made.checkpoint, nl=False)
        else:
            line(f"The checkpoint is in {output}.")
        line(f"The log's public key, to be handed over as well: {key}")

    session.show(document, words)
