"""``flags``: what is to be asked of a transfer at its time, or of all transfers of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table
from headstamp.errors import Invalid
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.tracing.checks import Summary
    from headstamp.tracing.check import Flag

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def flags(
    session: Session,
    transfer: Annotated[str, typer.Argument(
        metavar="TRANSFER", show_default=False,
        help="The transfer to check, by its id. Without it, all transfers are checked and counted "
             "by kind of question.")] = "",
    what: Annotated[str, typer.Option(
        metavar="KIND", show_default=False,
        help="List the transfers of which this is asked: arms_embargo, high_priority, listed_party, "
             "quantity...")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
) -> None:
    """Check transfers at their time: embargoes, control lists, parties, papers, route, quantity.

    Each flag is a question with its source, never a verdict. Lists are brought
    in with `headstamp lists add`; five come with headstamp.
    """
    from headstamp.actions.tracing.checks import checks, known_what

    kind = known_what(what)
    if transfer and not transfer.startswith("tran-"):
        raise Invalid(f"{transfer} is no transfer's id; what is asked of the chain of an item stands in: "
                      "headstamp trace ITEM")
    with session.open() as case, case.read(session.settings().clearance).snapshot() as reader:
        found = checks(case, reader)
        if transfer:
            asked = tuple(flag for flag in found.of(transfer) if kind in ("", flag.what))
            session.show({"transfer": transfer, "flags": [flag.as_dict() for flag in asked]},
                         lambda: _words(asked))
            return
        summary = found.summary()
    some = summary.some.get(kind, ())[:limit] if kind else ()
    session.show({
        "transfers": summary.transfers, "asked": summary.asked, "flags": summary.flags,
        "counts": [{"what": code, "transfers": count} for code, count in summary.counts],
        "some": [{"transfer": id_, **flag.as_dict()} for id_, flag in some],
    }, lambda: _all(summary, kind, some))


def _words(asked: tuple[Flag, ...]) -> None:
    if not asked:
        line("nothing is asked of this transfer")
    for flag in asked:
        line(f"{flag.title}: {flag.question}")
        sure = f"; {flag.sure}" if flag.sure else ""
        line(f"  source: {flag.source}{sure}")
    for caution in dict.fromkeys(flag.caution for flag in asked if flag.caution):
        line(f"note: {caution}")


def _all(summary: Summary, kind: str, some: tuple[tuple[str, Flag], ...]) -> None:
    from headstamp.vocab import vocabulary

    if kind:
        table(("transfer", "question", "source", "how sure"), [
            (id_, flag.question, flag.source, flag.sure) for id_, flag in some])
        for caution in dict.fromkeys(flag.caution for _, flag in some if flag.caution):
            line(f"note: {caution}")
        return
    words = vocabulary("flag_kind")
    line(f"{plural(summary.transfers, 'transfer')}, something is asked of {summary.asked:,}")
    table(("kind", "transfers", "what is asked"), [
        (code, f"{count:,}", words.label(code)) for code, count in summary.counts])
    line(words.note)
