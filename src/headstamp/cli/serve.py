"""``serve``: the pages and the API of a case."""

from __future__ import annotations

from typing import Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import note

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def serve(
    session: Session,
    host: Annotated[
        str, typer.Option(help="Where to listen. There is no login yet: anything but this "
                               "machine's own address shows the case to whoever reaches it.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 means any that is free.")
    ] = 8765,
    lock_after: Annotated[
        float, typer.Option("--lock-after", metavar="MINUTES", min=0,
                            help="An encrypted case asks for its passphrase again after so long without "
                                 "anybody; 0 means never.")
    ] = 15.0,
) -> None:
    """Serve the pages of a case, on this machine only unless told otherwise.

    With --json the address is printed as one JSON document once it answers.
    """
    settings = session.settings()
    settings.needed_case()
    from headstamp.web.serve import serve as serve_pages

    def announce(address: str) -> None:
        session.show({"address": address}, lambda: note(f"serving {address} (stop with Ctrl-C)"))

    serve_pages(settings, host, port, announce, lock_after)
