"""``find``: the one search box, on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import table

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def find(
    session: Session,
    text: Annotated[str, typer.Argument(
        metavar="TEXT", help="A marking, a part of one (unread characters as ?, any number "
                             "as *, \"exact\" in quotes), or words.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
) -> None:
    """Find markings by a good or a bad reading, and records by their words; best first."""
    from headstamp.actions.find import find as find_in

    with session.open() as case:
        hits = find_in(case, text, clearance=session.settings().clearance, limit=limit)

    def words() -> None:
        table(("score", "kind", "id", "label", "text", "why"), [
            (f"{hit.score:.2f}", hit.kind, hit.id, hit.label, hit.text, hit.why) for hit in hits
        ])

    session.show({"hits": [hit.as_dict() for hit in hits]}, words)
