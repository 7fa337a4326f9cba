"""``sync``: two devices beside each other exchange directly."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note
from headstamp.cli.taken import taken_in_words
from headstamp.errors import Unavailable

if TYPE_CHECKING:
    from headstamp.actions.exchange.sync import SyncResult

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def sync(
    session: Session,
    invitation: Annotated[
        str, typer.Argument(metavar="[INVITATION]", show_default=False,
                            help="What the other screen shows. Without it, this device invites.")
    ] = "",
    pair: Annotated[
        bool, typer.Option("--pair", help="Make the two known to each other, on both sides: you stand "
                                          "before the other device.")
    ] = False,
    title: Annotated[
        str, typer.Option("--title", metavar="NAME", help="What this device is called.",
                          show_default="the machine's name")
    ] = "",
    other: Annotated[
        str, typer.Option("--other", metavar="NAME", show_default="what it says",
                          help="What the other device shall be called here, when pairing.")
    ] = "",
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", show_default="found out",
                          help="The address of this device on the local network.")
    ] = "",
    port: Annotated[int, typer.Option("--port", help="Where to listen; 0: any.")] = 0,
    minutes: Annotated[float, typer.Option("--minutes", help="How long to wait for the other.")] = 10,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, as the log writes it.")
    ] = "direct exchange",
) -> None:
    """Exchange what is new with a device on the same network, both ways, and sign for it.

    One device runs it without an invitation and shows one, as a line and as a QR code; the
    other runs it with that line. Cut off anywhere, it is safe to be done again.
    """
    from headstamp.actions.exchange.sync import hosting, visit
    from headstamp.exchange.invitation import Invitation

    actor, mine = session.settings().actor, title or platform.node() or "headstamp"
    with session.open() as case:
        if invitation:
            done = visit(case, Invitation.parse(invitation), title=mine, actor=actor, reason=reason,
                         pair=pair, other=other, told=note)
        else:
            with hosting(case, title=mine, actor=actor, reason=reason, pair=pair, other=other,
                         host=host, port=port) as (shown, wait):
                _show(shown.text())
                found = wait(minutes * 60)
            if found is None:
                raise Unavailable("nobody came, or the line broke before all was signed for. Nothing is "
                                  "lost: do it again")
            done = found
    session.show(done.as_dict(), lambda: _in_words(done))


def _show(invitation: str) -> None:
    from headstamp.publish.qr import qr_lines

    note(qr_lines(invitation))
    note("On the other device: headstamp sync INVITATION, where the invitation is this line:")
    note(invitation)


def _in_words(done: SyncResult) -> None:
    line(f"{done.title} has signed for our log, up to entry {done.size}.")
    if done.taken is not None:
        taken_in_words(done.taken)
