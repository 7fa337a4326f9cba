"""``demo``: a case made from packaged data, checked, reported and served."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, print_json

app = typer.Typer(rich_markup_mode="rich")


class Which(StrEnum):
    """The demonstration cases."""

    components = "components"
    street = "street"


@app.command()
@with_session
def demo(
    session: Session,
    which: Annotated[
        Which, typer.Argument(help="components: open data on parts recovered from weapons; "
                                   "street: an invented case for teaching.")
    ] = Which.components,
    directory: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", show_default=False,
                                  help="Where to make the case; without it, a folder here.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the pages at the end.")
    ] = True,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the pages, or the next that is free.")
    ] = 8765,
) -> None:
    """Make a demonstration case: import, check, report, and serve its pages on this machine.

    Called again it goes on with the case that is there.
    """
    from headstamp.actions.settings import Settings
    from headstamp.demo.run import ACTOR, CLEARANCE, free_port, run

    folder = directory or (Path(session.case) if session.case else None)
    say = note if session.json else line
    said: list[str] = []  # what is said while a bar is drawn would be drawn over
    with progress() as told:
        made = run(which.value, folder, told=told, say=said.append)
    for one in said:
        say(one)
    if session.json:
        print_json({"case": str(made.folder), "counts": made.counts, "entries": made.entries,
                    "reports": [str(path) for path in made.reports], "said": list(made.said)})
    if serve:
        from headstamp.web.serve import serve as serve_pages

        host = "127.0.0.1"
        # What is served is what the report was made of, whatever the environment says.
        settings = Settings(case=str(made.folder), actor=ACTOR, clearance=CLEARANCE)
        serve_pages(settings, host, free_port(host, port),
                    lambda address: say(f"pages          {address}  (stop with Ctrl-C)"))
