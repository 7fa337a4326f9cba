"""``init``, ``verify``, ``checkpoint`` and ``snapshot``: a case as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table
from headstamp.errors import Conflicting, Invalid, Missing, Tampered, Unreadable
from headstamp.kinds.counted import plural

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def init(
    session: Session,
    where: Annotated[
        str | None,
        typer.Argument(metavar="DIR_OR_URL", help="A folder, or a PostgreSQL address.",
                       show_default=False),
    ] = None,
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="Encrypt all of it with a passphrase: for a laptop in "
                           "the field. A folder only.")
    ] = False,
    recovery: Annotated[
        list[str] | None, typer.Option("--recovery", metavar="AGE1...", help="A public key of age that "
                                       "opens the case as well, if the passphrase is lost; twice for "
                                       "two.")
    ] = None,
) -> None:
    """Make a new, empty case.

    The case is a folder, or a PostgreSQL database with a folder of originals
    beside it (postgresql://HOST/NAME?folder=DIR). It gets a key of its own,
    which signs its log and never leaves the folder.

    With --encrypted a passphrase is asked for, twice. Without it and without a
    recovery key nobody can open the case, ever.
    """
    from headstamp.actions.cases import make_case
    from headstamp.actions.keeping.locking import make_encrypted_case

    settings = session.settings().with_(case=where)
    if recovery and not encrypted:
        raise Invalid("--recovery goes with --encrypted")
    with (
        make_encrypted_case(settings.needed_case(), folder=settings.folder, recovery=recovery or ())
        if encrypted else make_case(settings.needed_case(), folder=settings.folder)
    ) as case:
        told = {"case": case.address, "folder": str(case.folder), "origin": case.origin,
                "key": case.verifier.text(), "encrypted": encrypted}

    def words() -> None:
        line(f"A new case at {told['case']}.")
        line(f"Its public key, to hand out: {told['key']}")
        line(f"Keep a copy of {case.folder / 'keys'} in a safe place.")
        if encrypted and not recovery:
            line("There is no recovery key: if the passphrase is lost, the case is lost.")

    session.show(told, words)


@app.command()
@with_session
def passphrase(
    session: Session,
    recovery_file: Annotated[
        Path | None, typer.Option("--by-recovery", metavar="KEY_FILE", show_default=False,
                                  help="Open the case by the secret half of a recovery key, where the "
                                       "passphrase is lost.")
    ] = None,
    recovery: Annotated[
        list[str] | None, typer.Option("--recovery", metavar="AGE1...", help="Recovery keys in place of "
                                       "those it has; without it they stay.")
    ] = None,
) -> None:
    """Change the passphrase of an encrypted case.

    Only the lock is written anew, never the case. An older copy of the lock (in a
    backup) still opens with the older passphrase.
    """
    from headstamp.actions.keeping.locking import change_passphrase

    settings = session.settings()
    lock = change_passphrase(settings.needed_case(), folder=settings.folder,
                             recovery_file=recovery_file, recovery=recovery)
    told = {"changed": True, "recovery": [to for to, _ in lock.recovery],
            "memory_mib": lock.cost.memory_kib >> 10}
    session.show(told, lambda: line(
        f"The passphrase is changed. Recovery keys: {len(lock.recovery)}. Make a new backup."))


@app.command()
@with_session
def verify(
    session: Session,
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="CHECKPOINT_FILE",
                     help="A checkpoint kept elsewhere: the log must still contain its past."),
    ] = None,
) -> None:
    """Recompute everything: records, originals, tree, signatures. Exit code 0 or 9.

    Each finding names what is wrong. Nothing is written, nothing is mended.
    """
    from headstamp.actions.cases import check_case
    from headstamp.actions.evidence.witnesses import seen_witnesses
    from headstamp.store.address import without_password

    notes = [read_note(path) for path in against or ()]
    where = session.settings().needed_case()
    size, unchecked, remarks = 0, [], []
    try:
        with session.open() as case, progress() as told:
            found = check_case(case, against=notes, told=told)
            findings = [finding.as_dict() for finding in found]
            remarks = case.key_line.remarks()
            if not findings:
                size = case.checkpoint().size
                unchecked = [{"id": one.id, "why": one.why} for one in seen_witnesses(case)
                             if one.standing == "not_checked"]
    except (Tampered, Unreadable) as error:
        # So badly damaged that it cannot be gone through: that is the finding.
        findings = [{"what": "case", "id": without_password(where), "detail": error.message}]
    document = {"ok": not findings, "findings": findings, "not_checked": unchecked,
                "remarks": remarks}

    def words() -> None:
        if not findings:
            line(f"Nothing is wrong. The log has {plural(size, 'entry', 'entries')}.")
            for one in unchecked:
                line(f"The time stamp {one['id']} was {one['why']}.")
        else:
            line(f"{len(findings)} finding{'' if len(findings) == 1 else 's'}. {Tampered.__doc__}")
            table(("what", "id", "detail"), [(f["what"], f["id"], f["detail"]) for f in findings])
        for remark in remarks:
            line(f"Note: {remark}.")

    session.show(document, words)
    if findings:
        raise typer.Exit(Tampered.exit_code)


@app.command()
@with_session
def checkpoint(
    session: Session,
    qr: Annotated[bool, typer.Option("--qr", help="Draw it as a QR code, for a telephone to keep.")] = False,
    of: Annotated[
        str | None, typer.Option("--of", metavar="DEVICE", show_default=False,
                                 help="Not our own: the one that another device's log last gave us.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", show_default=False,
                                  help="Write it to a new file.")
    ] = None,
) -> None:
    """Print the latest signed checkpoint, to hand out and keep elsewhere.

    Whoever keeps it can show later, with `verify --against`, that nothing it
    covers was changed or taken away. With each bundle that is taken in a device
    keeps the checkpoint of the log that it came from: `--of` gives it back.
    """
    from headstamp.actions.exchange.devices import peer_named
    from headstamp.actions.whole_file import write_whole
    from headstamp.publish.qr import qr_lines

    with session.open() as case:
        if of is None:
            note, key = case.checkpoint_note(), case.verifier.text()
        else:
            peer = peer_named(case, of)
            note, key = peer.checkpoint, peer.verifier.text()
            if not note:
                raise Missing(f"no bundle of {peer.title} was taken in yet")
    if output is not None:
        if output.exists():
            raise Conflicting(f"{output} is there already; name a new file")
        write_whole(output, note.encode("utf-8"), "the checkpoint")
    origin, size = note.split("\n")[:2]
    told = {"checkpoint": note, "origin": origin, "size": int(size), "key": key}
    session.show(told, lambda: typer.echo(qr_lines(note) if qr else note, nl=qr))


@app.command()
@with_session
def snapshot(
    session: Session,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", show_default=False,
                     help="Where to; without it, in the case's folder."),
    ] = None,
) -> None:
    """Write the visible records as one Parquet file a kind, tied to the checkpoint.

    For analysis in other programs. It holds what the clearance may see, in the
    open: it is no longer guarded by the case.
    """
    from headstamp.engine.snapshot import take_snapshot

    with session.open() as case:
        taken = take_snapshot(case, session.settings().clearance, output)
    session.show(taken.as_dict(), lambda: line(str(taken.folder)))


def read_note(path: Path) -> str:
    """The checkpoint in a file, or in the text of a receipt's QR code. Raises Missing, Unreadable."""
    from headstamp.publish.witness import note_kept

    try:
        return note_kept(path.read_bytes().decode("utf-8"))
    except FileNotFoundError as error:
        raise Missing(f"there is no checkpoint file {path}") from error
    except OSError as error:
        raise Unreadable(f"the checkpoint {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"the checkpoint {path} is no text: {error}") from error
