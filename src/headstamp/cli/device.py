"""``device``: the other devices of the investigation, their keys, and which of them is trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
    with_session,
)
from headstamp.cli.show import line, table
from headstamp.errors import Conflicting, Invalid, Missing, Unreadable, naming

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headstamp.actions.exchange.devices import Peer
    from headstamp.exchange.keys import SealKey

app = typer.Typer(rich_markup_mode="rich")
_device = typer.Typer(rich_markup_mode="rich", subcommand_metavar="[COMMAND] ...")
_CARD_BYTES_MAX = 8192

ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why, as the log writes it.")
]
NameArgument = Annotated[
    str, typer.Argument(metavar="DEVICE", help="Its title, the name of its log, its key or its id.")
]


@_device.callback(invoke_without_command=True)
def device(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """List the other devices, how far each is up to date, and what is packed but not confirmed.

    A device is another laptop or server that keeps a log of this investigation. Its key is put
    on file by a person who got it from its holder, on paper or by QR code, never along with data.
    """
    session = Session(case, actor, clearance, json).over(ctx.obj)
    ctx.obj = session
    if ctx.invoked_subcommand is None:
        _list(session)


app.add_typer(_device, name="device")


def _list(session: Session) -> None:
    from headstamp.actions.exchange.devices import peers

    with session.open() as case:
        visible = {row.id for row in case.read(session.settings().clearance).stream("device")}
        found = [peer for peer in peers(case) if peer.id in visible]
        size = case.checkpoint().size

    def words() -> None:
        if not found:
            line("No other device is on file. Get the card of one from its holder (headstamp device "
                 "card, there), then: headstamp device add CARD --title NAME")
            return
        table(("title", "log", "state", "taken up to", "confirmed up to", "packed, not confirmed"), [
            (peer.title, peer.verifier.name, state_of(peer), peer.taken, f"{peer.sent} of {size}",
             len(peer.waiting)) for peer in found])

    session.show({"devices": [peer.as_dict() for peer in found], "size": size}, words)


def state_of(peer: Peer) -> str:
    """A device's state in words."""
    from headstamp.vocab import vocabulary

    label = vocabulary("device_state").label(peer.state)
    return f"{label} (good up to {peer.good_until})" if peer.state == "lost" else label


@_device.command()
@with_session
def card(
    session: Session,
    qr: Annotated[bool, typer.Option("--qr", help="Draw it as a QR code, to be read by a camera.")] = False,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", show_default=False,
                                  help="Write the QR code to a new picture.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", show_default=False,
                                  help="Write the card to a new file.")
    ] = None,
) -> None:
    """Show this device's own card: its key, and the keys to which bundles for it are sealed.

    All on it is public. Hand it over face to face, on paper or from screen to camera, and
    let the other side compare it; whoever hands it over with the data proves nothing.
    """
    from headstamp.actions.exchange.devices import own_card
    from headstamp.actions.whole_file import write_whole
    from headstamp.publish.qr import qr_lines, qr_png

    for path in (one for one in (png, output) if one is not None and one.exists()):
        raise Conflicting(f"{path} is there already; name a new file")
    with session.open() as case:
        told = own_card(case)
    text = told.text()
    if png is not None:
        write_whole(png, qr_png(text), "the QR code")
    if output is not None:
        write_whole(output, text.encode("utf-8"), "the card")

    def words() -> None:
        typer.echo(text, nl=False)
        if qr:
            typer.echo(qr_lines(text))
        for path in (png, output):
            if path is not None:
                line(f"Written to {path}.")

    session.show({"card": text, "key": told.key, "seal_to": list(told.seal_to),
                  "png": str(png) if png else None, "file": str(output) if output else None}, words)


@_device.command()
@with_session
def add(
    session: Session,
    key: Annotated[str, typer.Argument(metavar="CARD", help="Its card: a file with it, or its public key.")],
    title: Annotated[str, typer.Option(metavar="NAME", show_default=False, help="What people call it.")],
    role: Annotated[str, typer.Option(metavar="headquarters|field|partner", help="What it is.")] = "field",
    holder: Annotated[str, typer.Option(metavar="NAME", show_default=False, help="Who has it.")] = "",
    seal_to: Annotated[
        list[str] | None,
        typer.Option("--seal-to", metavar="AGE1...", show_default=False,
                     help="A public age key to seal bundles for it to, besides those of its card; "
                          "again for each."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="As the log writes it.")] = (
        "its key was handed over"),
) -> None:
    """Put another device on file by its card, or bring what is known of it up to date."""
    from headstamp.actions.exchange.devices import add_device, peer_named
    from headstamp.exchange.card import Card

    with naming(Path(key).name if len(key) <= 1000 else "the card"):
        told = Card.parse(_text_of(key))
    with session.open() as case:
        made = add_device(
            case, key=told.key, title=title, role=role, holder=holder,
            seal_to=[*told.seal_to, *(seal_to or ())], actor=session.settings().actor, reason=reason)
        peer = peer_named(case, made)

    def words() -> None:
        line(f"{peer.title} ({peer.id}) is on file as {peer.verifier.name}.")
        line(f"Bundles for it are sealed to {_keys(len(peer.seal_to))}." if peer.seal_to else
             "Bundles for it are not sealed: whoever finds one can read it.")

    session.show(peer.as_dict(), words)


def _text_of(given: str) -> str:
    path = Path(given)
    if len(given) > 1000 or "\n" in given or not path.is_file():
        if "+" not in given and "\n" not in given:
            raise Missing(f"{given} is neither a file nor the public key of a log")
        return given
    try:
        with path.open(encoding="utf-8") as stream:
            return stream.read(_CARD_BYTES_MAX)
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read as the card of a device") from error


@_device.command()
@with_session
def lost(
    session: Session, name: NameArgument, reason: ReasonOption,
    good_until: Annotated[
        int | None, typer.Option(metavar="ENTRIES", min=0, show_default=False,
                                 help="So much of its log counts; without it, what was taken in so far.")
    ] = None,
) -> None:
    """Mark a device as lost or seized: what it signs from now on waits for a person to look at it."""
    from headstamp.actions.exchange.devices import mark_lost

    with session.open() as case:
        peer = mark_lost(case, name, good_until=good_until, actor=session.settings().actor, reason=reason)
    session.show(peer.as_dict(), lambda: line(
        f"{peer.title} is marked as lost. The first {peer.good_until} entries of its log count; a bundle "
        "that goes beyond is put aside. Tell all other devices, each of them decides for itself."))


@_device.command()
@with_session
def retire(session: Session, name: NameArgument, reason: ReasonOption) -> None:
    """Mark a device as no longer used: nothing more is taken from it or packed for it."""
    from headstamp.actions.exchange.devices import retire as retire_device

    with session.open() as case:
        peer = retire_device(case, name, actor=session.settings().actor, reason=reason)
    session.show(peer.as_dict(), lambda: line(f"{peer.title} is marked as no longer used."))


@_device.command()
@with_session
def trust(session: Session, name: NameArgument, reason: ReasonOption) -> None:
    """Trust a device again: it was found untouched, or marked by mistake."""
    from headstamp.actions.exchange.devices import trust as trust_device

    with session.open() as case:
        peer = trust_device(case, name, actor=session.settings().actor, reason=reason)
    session.show(peer.as_dict(), lambda: line(f"{peer.title} is trusted again."))


@_device.command()
@with_session
def keys(
    session: Session,
    purpose: Annotated[
        str, typer.Option("--for", metavar="headquarters|recovery", show_default=False,
                          help="One key for headquarters' daily use, or two for recovery.")
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", metavar="FILE", show_default=False,
                     help="Write the secret to a new file, outside the case; for recovery name two. "
                          "Without it, it is printed and kept nowhere."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="As the log writes it.")] = (
        "keys to seal bundles to"),
) -> None:
    """Make keys to which bundles for this device are sealed; any one of them opens every bundle.

    The public halves go onto this device's card. The secret halves are never kept in the case:
    headquarters' own on another disk, each recovery key on paper with a person of its own.
    """
    from headstamp.actions.exchange.devices import seal_own
    from headstamp.exchange.keys import recovery_keys, write_secret

    if purpose not in ("headquarters", "recovery"):
        raise Invalid(f"--for is headquarters or recovery, not {purpose!r}")
    made = recovery_keys(2 if purpose == "recovery" else 1)
    files = output or []
    if len(files) not in (0, len(made)) or len(set(files)) != len(files):
        raise Invalid(f"{len(made)} secret keys are made: name as many files with --output, or none")
    with session.open() as case:
        secrets = _secrets(purpose, made, case.origin, case.clock())
        for path, secret in zip(files, secrets, strict=False):
            write_secret(path, secret, case.folder)
        # Noted when the secrets are safe: nothing is ever sealed to a key that nobody has.
        card = seal_own(case, [one.public for one in made], actor=session.settings().actor, reason=reason)
    document = {"public": [one.public for one in made], "seal_to": list(card.seal_to),
                "files": [str(path) for path in files],
                "secret": [] if files else [one.secret for one in made]}

    def words() -> None:
        if not files:
            typer.echo("\n".join(secrets))
            line("Kept nowhere: print or write this down now, and clear the screen.")
        for path in files:
            line(f"{path}: a secret key. Print it, give it to its holder, and delete the file."
                 if purpose == "recovery" else f"{path}: headquarters' secret key. Keep it off this disk.")
        line(f"Bundles for this device are sealed to {_keys(len(card.seal_to))} from now on. Hand its card "
             "to all others again: headstamp device card")

    session.show(document, words)


def _keys(number: int) -> str:
    return "1 key" if number == 1 else f"{number} keys"


def _secrets(purpose: str, made: Sequence[SealKey], origin: str, now: datetime) -> list[str]:
    """The texts to be kept, one for each key."""
    from headstamp.exchange.keys import key_file, sheet
    from headstamp.kinds.instant import written

    at = written(now)
    if purpose == "recovery":
        return [sheet(one, number, len(made), at, origin) for number, one in enumerate(made, 1)]
    return [key_file(one, at, f"opens bundles sealed for {origin}") for one in made]
