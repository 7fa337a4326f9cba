"""``doctor``: what is wrong with a case or its machine, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.case import read_note
from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line

if TYPE_CHECKING:
    from headstamp.actions.keeping.ailment import Ailment

WIDTH = 80

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

    notes = [read_note(path) for path in against or ()]
    settings = session.settings()
    with progress() as told:
        report = examine(settings.needed_case(), folder=settings.folder, against=notes, told=told)

    def words() -> None:
        if report.exit_code == 0:
            line(f"Nothing is wrong with {report.case}.")
        for head, some in in_order(report.ailments):
            line()
            line(f"{head}:")
            for one in some:
                for said in _told(one):
                    line(said)

    session.show(report.as_dict(), words)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def _told(one: Ailment) -> Iterator[str]:
    """An ailment in lines for a screen; what is to be typed is never broken."""
    yield ""
    yield from wrap(f"{one.words.rstrip('.')}.", WIDTH, initial_indent="- ", subsequent_indent="  ")
    yield from wrap(f"What to do: {one.remedy}", WIDTH, initial_indent="  ", subsequent_indent="  ")
    for command in one.run:
        yield f"      {command}"
    for word, means in one.fill_in:
        yield f"  In place of {word}: {means}."
    yield f"  [{one.what}, {one.about}]"
