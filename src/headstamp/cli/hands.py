"""``hands``: through whose hands goods can have come, or gone on."""

from __future__ import annotations

from typing import Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def hands(
    session: Session,
    start: Annotated[str, typer.Argument(
        metavar="RECORD", help="A party by its id, or an item by its id or tag.")],
    after: Annotated[bool, typer.Option(
        "--after", help="Who had goods after it, instead of before.")] = False,
    to: Annotated[str, typer.Option("--to", metavar="PARTY", show_default=False,
                                    help="Only the shortest ways between it and this party.")] = "",
    steps: Annotated[int, typer.Option(min=1, max=24, help="Paths of at most so many transfers.")] = 6,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many paths.")] = 50,
) -> None:
    """Find all holders before or after, and every path whose days do not run backwards."""
    from headstamp.actions.evidence.custody import thing_named
    from headstamp.actions.tracing.hands import hands as ask

    with session.open() as case, case.read(session.settings().clearance).snapshot() as reader:
        named = start if start.startswith("party-") else thing_named(reader, start)
        found = ask(case, reader, named, direction="after" if after else "before", steps=steps, to=to,
                    paths=limit)

    def words() -> None:
        who = ", ".join(found.names.get(one, one) for one in found.parties)
        line(f"{found.direction} {who}")
        if not to:
            table(("away", "party", "id"), [(one.away, one.name, one.party) for one in found.holders])
        for way in found.ways:
            line(" > ".join(found.names.get(one, one) for one in way.parties))
            line("    " + "; ".join(f"{one.label} ({one.id})" for one in way.transfers))
        for said in found.more:
            note(said)
        note("A way that can have been is not the way it went: it is where to ask.")

    session.show(found.as_dict(), words)
