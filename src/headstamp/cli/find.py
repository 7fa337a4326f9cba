"""``find``: the one search box, on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import note, table

app = typer.Typer(rich_markup_mode="rich")
_MOST = 1000


@app.command()
@with_session
def find(
    session: Session,
    text: Annotated[str, typer.Argument(
        metavar="TEXT", help="A marking, a part of one (unread characters as ?, any number "
                             "as *, \"exact\" in quotes), or words.", show_default=False)] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    state: Annotated[str, typer.Option(
        "--state", metavar="WORD", show_default=False,
        help="Only markings in this state: removed, defaced, absent, not_recorded, or a clerk's "
             "word for it, such as raspado. TEXT may then be left out.")] = "",
) -> None:
    """Find markings by a good or a bad reading, and records by their words; best first."""
    from headstamp.actions.find import find as find_in
    from headstamp.actions.states import state_named

    wanted = state_named(state) if state else ""
    with session.open() as case:
        hits = find_in(case, text or wanted, clearance=session.settings().clearance,
                       limit=_MOST if wanted else limit)
    if wanted:
        hits = [hit for hit in hits
                if hit.kind == "marking" and hit.record.get("state") == wanted][:limit]

    def words() -> None:
        table(("score", "kind", "id", "label", "text", "why"), [
            (f"{hit.score:.2f}", hit.kind, hit.id, hit.label, hit.text, hit.why) for hit in hits
        ])

    session.show({"hits": [hit.as_dict() for hit in hits]}, words)
    from headstamp.markings import core

    if not core.compiled():
        note(f"Note: {core.description()}.")
