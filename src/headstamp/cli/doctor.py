"""``doctor``: what is wrong with a case or its machine, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line
from headstamp.errors import Missing, Unreadable

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def doctor(
    session: Session,
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="CHECKPOINT_FILE",
                     help="A checkpoint kept elsewhere: the log must still contain its past."),
    ] = None,
) -> None:
    """Look at everything that may go wrong, and say what to do. Changes nothing.

    Verifies the case, and looks at disk, clock, key, permissions, backups, indexes and
    what is unfinished. Exit code 0: nothing but notes; 7: something is to be mended;
    9: evidence is damaged.
    """
    from headstamp.actions.keeping.doctor import examine, in_order

    notes = [_text(path) for path in against or ()]
    settings = session.settings()
    with progress() as told:
        report = examine(settings.needed_case(), folder=settings.folder, against=notes, told=told)

    def words() -> None:
        if report.exit_code == 0:
            line(f"Nothing is wrong with {report.case}.")
        for head, some in in_order(report.ailments):
            line(f"{head}:")
            for one in some:
                line(f"- {one.words}. [{one.what}, {one.about}]")
                line(f"  What to do: {one.remedy}")

    session.show(report.as_dict(), words)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise Missing(f"there is no checkpoint file {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"the checkpoint {path} cannot be read: {error}") from error
