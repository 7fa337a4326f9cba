"""``key``: the signing key of a case: which one is in force, and a new one in its place."""

from __future__ import annotations

from typing import Annotated

import typer

from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
    with_session,
)
from headstamp.cli.show import line

app = typer.Typer(rich_markup_mode="rich")
_key = typer.Typer(rich_markup_mode="rich", subcommand_metavar="COMMAND ...")


@_key.callback()
def key(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Show the key that signs the log, or replace it by a new one.

    What an old key signed stays good; from the change on only the new key counts.
    docs/signing-key.md tells when to change it, and what to hand out.
    """
    ctx.obj = Session(case, actor, clearance, json).over(ctx.obj)


app.add_typer(_key, name="key")


@_key.command()
@with_session
def show(session: Session) -> None:
    """Show the public key in force, and all changes that led to it."""
    from headstamp.store.signing_key import without_key

    with session.open() as case:
        keys, here, missing = case.key_line, case.signer() is not None, without_key(case.folder)
    document = {
        "key": keys.newest.text(), "first": keys.first.text(), "here": here,
        "changes": [
            {"size": change.size, "why": change.why, "old": change.old.text(),
             "new": change.new.text(), "witnessed": witnessed}
            for change, witnessed in zip(keys.changes, keys.witnessed, strict=True)
        ],
    }

    def words() -> None:
        line(keys.newest.text())
        for remark in keys.remarks():
            line(remark + ".")
        if not here:
            line(missing[:1].upper() + missing[1:] + ".")

    session.show(document, words)


@_key.command()
@with_session
def replace(
    session: Session,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, as the log writes it.",
                                        show_default=False)],
    revoked: Annotated[
        bool, typer.Option("--revoked", help="Somebody else may have the old key.")
    ] = False,
    lost: Annotated[
        bool, typer.Option("--lost", help="The old key is not here and cannot sign the change. Every "
                           "checker will tell that it did not.")
    ] = False,
) -> None:
    """Make a new signing key. The old one signs the change, and nothing after it.

    Hand out the new public key, and a checkpoint, to everybody who has the old one. Copies
    of the old key, also those in backups, are of no use any more: make a new copy.
    """
    from headstamp.store.new_key import replace_key

    with session.open() as case:
        done = replace_key(case, actor=session.settings().actor, reason=reason, revoked=revoked, lost=lost)
        note, place = case.checkpoint_note(), case.folder / "keys"
    new = done.change.new.text()
    document = {"key": new, "old": done.change.old.text(), "why": done.change.why,
                "size": done.change.size, "witnessed": done.witnessed, "note": done.note,
                "checkpoint": note}

    def words() -> None:
        line(f"The new public key, to hand out: {new}")
        line(f"The old one was {done.change.why} at size {done.change.size}: beyond that it counts no more.")
        if not done.witnessed:
            line("The old key has not signed this. Whoever knows only the old key must be told the new "
                 "one by you, by another way than the case's files.")
        line(f"Keep a copy of {place} in a safe place, and hand out the checkpoint (headstamp checkpoint).")

    session.show(document, words)
