"""``backup``, ``restore``, ``move`` and ``upgrade``: that a case outlives its machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.case import read_note
from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table
from headstamp.errors import Tampered
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.store.backup_set import Manifest

app = typer.Typer(rich_markup_mode="rich")

Key = Annotated[
    Path | None,
    typer.Option("--key", metavar="KEY_FILE", show_default=False,
                 help="The signing key, where it was kept apart from the backup."),
]


@app.command()
@with_session
def backup(
    session: Session,
    to: Annotated[Path, typer.Argument(metavar="TO", help="A folder, best on another disk.")],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the signing key into the backup as well. Who "
                           "then has the backup can sign in this case's name."),
    ] = False,
    keep: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, show_default=False,
                                 help="Keep only so many states, the latest ones. Without it, all."),
    ] = None,
) -> None:
    """Back up the case, also while it is in use.

    TO keeps one state for each backup, and each original once. The signing key is
    left out: keep it apart. The backup of an encrypted case is encrypted, and opens with the
    passphrase of that day. Any other is not: keep it as the case itself.
    """
    from headstamp.actions.keeping.backups import back_up

    settings = session.settings()
    with progress() as told:
        done, gone = back_up(settings.needed_case(), to, folder=settings.folder,
                             with_key=with_key, keep=keep, told=told)
    held = done.manifest
    document = {
        "backup": str(done.state), "made_at": held.made_at, "entries": held.entries,
        "root": held.root, "records": held.records, "originals": len(held.originals),
        "bytes": held.total_bytes, "copied": done.copied, "checked": done.checked,
        "mended": done.mended, "signing_key": held.signing_key, "removed": gone,
        "faults": list(held.faults), "same_disk": done.same_disk,
    }

    def words() -> None:
        line(f"Backed up to {done.state}: {plural(held.entries, 'entry', 'entries')}, {_records(held)}, "
             f"{plural(len(held.originals), 'original')}.")
        line(f"Originals copied: {done.copied:,}; there already and checked: {done.checked:,}"
             + (f"; damaged there and mended: {done.mended:,}" if done.mended else "") + ".")
        if done.same_disk:
            line("It is on the same disk as the case: who loses one loses both. Make one elsewhere as well.")
        line("The signing key is in the backup: keep it locked away." if held.signing_key else
             "The signing key is not in the backup. Keep a copy of it apart, in a safe place.")
        if gone:
            line(f"Older backups taken away: {gone}.")
        if held.faults:
            line(f"{plural(len(held.faults), 'original is', 'originals are')} missing or damaged in the case itself; the backup "
                 "could not hold them. Run headstamp doctor.")
            table(("original", "record"), [(f["digest"], f["id"]) for f in held.faults])

    session.show(document, words)
    if held.faults:
        raise typer.Exit(Tampered.exit_code)


@app.command()
@with_session
def restore(
    session: Session,
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A backup, or one state in it.")],
    into: Annotated[str, typer.Argument(metavar="INTO",
                                        help="A new or empty folder, or a PostgreSQL address.")],
    key: Key = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="CHECKPOINT_FILE",
                     help="A checkpoint kept elsewhere: the log must still contain its past."),
    ] = None,
    as_it_is: Annotated[
        bool, typer.Option("--as-it-is", help="Restore also what was damaged before it was backed up."),
    ] = False,
) -> None:
    """Put a case back from a backup.

    The backup is read and verified whole before anything appears at INTO; a damaged
    or incomplete one is refused, and so is a place that is not empty.
    """
    from headstamp.actions.keeping.backups import restore_case

    notes = [read_note(path) for path in against or ()]
    with progress() as told:
        done = restore_case(source, into, folder=session.settings().folder, key_file=key,
                            against=notes, as_it_is=as_it_is, told=told)
    held = done.manifest
    findings = [one.as_dict() for one in done.findings]
    document = {
        "case": done.where, "folder": str(done.folder), "backup": str(done.state),
        "made_at": held.made_at, "origin": held.origin, "key": held.key, "entries": held.entries,
        "root": held.root, "originals": len(held.originals), "upgraded": done.upgraded,
        "can_be_changed": done.can_be_changed, "findings": findings,
    }

    def words() -> None:
        line(f"Restored to {done.where}: {plural(held.entries, 'entry', 'entries')}, {_records(held)}, "
             f"{plural(len(held.originals), 'original')}, as of {held.made_at}.")
        line(f"Its public key: {held.key}")
        line("What was erased after that day is in it again, and has to be erased anew (docs/erasure.md).")
        if not done.can_be_changed:
            line(f"The signing key was not in the backup: until it is in {done.folder / 'keys'}, the "
                 "case can be read and verified, not changed.")
        if findings:
            line("This was wrong already when it was backed up:")
            table(("what", "id", "detail"), [(f["what"], f["id"], f["detail"]) for f in findings])
        else:
            line("It verifies: nothing is wrong.")

    session.show(document, words)
    if findings:
        raise typer.Exit(Tampered.exit_code)


@app.command()
@with_session
def move(
    session: Session,
    to: Annotated[str, typer.Argument(metavar="TO",
                                      help="A new or empty folder, or a PostgreSQL address.")],
) -> None:
    """Move the case to another place: from a folder to PostgreSQL, or back.

    Stop `headstamp serve` first. The copy is compared table by table and verified;
    then the old case's key is set aside, so that only one of the two goes on.
    """
    from headstamp.actions.keeping.backups import move_case
    from headstamp.store.address import without_password

    settings = session.settings()
    with progress() as told:
        folder = move_case(settings.needed_case(), to, folder=settings.folder, told=told)
    document = {"case": without_password(to), "folder": str(folder),
                "from": without_password(settings.needed_case())}

    def words() -> None:
        line(f"The case is now at {document['case']}, its originals and its key in {folder}.")
        line(f"The old one at {document['from']} can be read and verified, not changed.")

    session.show(document, words)


@app.command()
@with_session
def upgrade(
    session: Session,
    anew: Annotated[
        bool, typer.Option("--anew", help="Make all that follows from the log again, "
                           "even where nothing is out of date."),
    ] = False,
) -> None:
    """Bring a case of an older headstamp up to date. Make a backup first.

    Log and originals are not touched: the tables of current records, counts and the
    search index are made anew from the versions, in one transaction.
    """
    from headstamp.actions.keeping.backups import upgrade_case

    settings = session.settings()
    with progress() as told:
        done = upgrade_case(settings.needed_case(), folder=settings.folder, anew=anew, told=told)
    session.show({"upgraded": done}, lambda: line(
        "The case is up to date now." if done else "The case was up to date already."))


def _records(held: Manifest) -> str:
    """How many records; of an encrypted case the backup does not say."""
    return "encrypted" if held.encrypted else f"{plural(held.total_records, 'record')}"
