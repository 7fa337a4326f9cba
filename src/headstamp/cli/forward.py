"""``forward``: what else came the same way, and where it was found."""

from __future__ import annotations

from typing import Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.errors import Invalid
from headstamp.records import BY_PREFIX

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def forward(
    session: Session,
    start: Annotated[str, typer.Argument(
        metavar="RECORD", show_default=False,
        help="A transfer, party, document, item or custody event, by its id; an item also by its "
             "tag.")] = "",
    lot: Annotated[str, typer.Option("--lot", metavar="TEXT", show_default=False,
                                     help="By a lot or several.")] = "",
    serials: Annotated[str, typer.Option("--serials", metavar="TEXT", show_default=False,
                                         help="By serial numbers or ranges.")] = "",
    package: Annotated[str, typer.Option("--package", metavar="TEXT", show_default=False,
                                         help="By the number of a package or container.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", show_default=False,
                                       help="From a party: leave out what surely happened before.")] = "",
    steps: Annotated[int, typer.Option(min=1, max=64, help="From a party: so many transfers on.")] = 6,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many items.")] = 1_000,
) -> None:
    """Find what else came the same way: other finds of the same shipment, and where they were found."""
    from headstamp.actions.cases import index_case
    from headstamp.actions.evidence.custody import thing_named
    from headstamp.actions.tracing.forward import BY_TEXT
    from headstamp.actions.tracing.forward import forward as from_record
    from headstamp.actions.tracing.forward import forward_by as by_text

    given = [(name, text) for name, text in zip(BY_TEXT, (lot, serials, package), strict=True) if text]
    if len(given) + bool(start) != 1:
        raise Invalid("say from where: one record, or one of --lot, --serials, --package")
    with session.open() as case:
        index_case(case)
        with case.read(session.settings().clearance).snapshot() as reader:
            if given:
                found = by_text(case, reader, *given[0], limit=limit)
            else:
                prefix = start.partition("-")[0]
                named = start if prefix in BY_PREFIX else thing_named(reader, start)
                found = from_record(case, reader, named, steps=steps, since=since, limit=limit)

    def words() -> None:
        line(found.words)
        if not found.transfers:
            line("No transfer that is recorded tells of it.")
        else:
            table(("step", "when", "from", "to", "goods", "record"), [
                (one.step, one.record.get("happened_on", ""), one.from_name, one.to_name,
                 one.record.label, one.record.id) for one in found.transfers])
        if not found.items:
            line("No item of this case is known to have come that way.")
        else:
            table(("item", "how sure", "by", "found", "at", "record"), [
                (one.item.label, one.attached.how, one.attached.by, one.when, one.site_name,
                 one.item.id) for one in found.items])
        for said in found.more:
            note(said)
        note("What is not here may have come the same way too: this is what was found and recorded.")

    session.show(found.as_dict(), words)
