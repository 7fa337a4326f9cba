"""``export-log`` and ``proof``: the log for others, who check it without us."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headstamp.cli.case import read_note
from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line
from headstamp.errors import Invalid
from headstamp.kinds.counted import plural

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def export_log(
    session: Session,
    output: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")],
    records: Annotated[
        bool, typer.Option("--records", help="Show, provably, every value that the clearance sees "
                                             "in full; without it, the digests of originals alone.")
    ] = False,
    without_originals: Annotated[
        bool, typer.Option("--without-originals", help="Leave the files of originals out.")
    ] = False,
) -> None:
    """Write the log as a folder that anybody can check offline, without headstamp.

    C2SP tlog-tiles with all signed checkpoints, the originals, and a verifier for plain
    Python. Values are in it as salted hashes; entries of records above the clearance are
    left empty, with their hash in their place.
    """
    from headstamp.actions.evidence.export_log import export_log as write

    with session.open() as case, progress() as told:
        done = write(case, output, clearance=session.settings().clearance, records=records,
                     originals=not without_originals, told=told)

    def words() -> None:
        line(f"{done.folder}: {plural(done.entries, 'entry', 'entries')}, {done.withheld} of them withheld; "
             f"{plural(done.disclosed, 'value')} shown; {plural(done.originals, 'original')}.")
        line("Whoever gets it checks it with: python3 verify.py .")
        line(f"Give them the log's public key by another way: {done.key}")
        for digest in done.missing:
            line(f"The original {digest} is not in the vault: see `headstamp verify`.")

    session.show(done.as_dict(), words)


@app.command()
@with_session
def proof(
    session: Session,
    record_id: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The record of which to prove that it stands in the log.",
                       show_default=False),
    ] = None,
    version: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, help="Of an older version.",
                                 show_default=False)
    ] = None,
    field: Annotated[
        str | None,
        typer.Option(metavar="NAME", show_default=False,
                     help="Show one value of that version besides, with what proves it."),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(metavar="CHECKPOINT_FILE", show_default=False,
                     help="Prove instead that the log only grew since this checkpoint."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", show_default=False,
                                  help="A new file; without it, the proof is printed.")
    ] = None,
) -> None:
    """Prove to others that a record stands in the log, or that the log only grew.

    A text of some twenty lines with the signed checkpoint, in the C2SP forms tlog-proof and
    tlog-witness. It is checked with: headstamp-check FILE --key KEY.
    """
    from headstamp.actions.evidence.export_log import (
        prove_growth,
        prove_record,
        prove_value,
        write_proof,
    )

    if (record_id is None) == (since is None) or (since is not None and (version, field) != (None, None)):
        raise Invalid("name a record (perhaps with --version and --field), or a checkpoint with --since")
    with session.open() as case:
        if since is not None:
            made = prove_growth(case, read_note(since)).text()
        elif field is not None:
            made = prove_value(case, str(record_id), field, version=version,
                               clearance=session.settings().clearance).text()
        else:
            made = prove_record(case, str(record_id), version=version,
                                clearance=session.settings().clearance).text()
        key = case.verifier.text()
    if output is not None:
        write_proof(made, output)
    session.show({"proof": made, "key": key, "file": str(output) if output else None},
                 lambda: line(str(output)) if output else typer.echo(made, nl=False))
