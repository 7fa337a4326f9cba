"""``diversion``: where items left lawful hands, with what speaks for and against each place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table
from headstamp.errors import Invalid

if TYPE_CHECKING:
    from headstamp.actions.tracing.diversion import Found, Table
    from headstamp.tracing.hypothesis import Hypothesis, Reason

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def diversion(
    session: Session,
    item: Annotated[str, typer.Argument(metavar="[ITEM]", show_default=False,
                                        help="An item: its id or its tag.")] = "",
    every: Annotated[bool, typer.Option("--all", help="A table of all items of the case, with "
                                                      "counts by kind.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Put it down as the draft of a finding.")]
    = False,
    hypothesis: Annotated[int | None, typer.Option(
        "--hypothesis", metavar="NUMBER", show_default=False,
        help="With --record: which hypothesis; else the first, or that it cannot be determined.")]
    = None,
) -> None:
    """Show where an item can have left lawful hands: an inference, with its alternatives.

    Ranked hypotheses from what you may see of the case, each with its days, a probability with
    its range, what speaks for and against it and which answer would settle it. Where the
    evidence does not carry a point this is said, with the request that would help most. Nothing
    in it accuses a lawful holder.
    """
    from headstamp.actions.evidence.custody import thing_named
    from headstamp.actions.tracing.diversion import all_diversions, diversion_of, record_diversion

    if every == bool(item) or (record and every) or (hypothesis is not None and not record):
        raise Invalid("give an item, or --all; --hypothesis goes with --record")
    settings = session.settings()
    with session.open() as case:
        with case.read(settings.clearance).snapshot() as reader:
            if every:
                found = all_diversions(case, reader)
                session.show(_table(found), lambda: _all(found))
                return
            id_ = thing_named(reader, item)
            if not record:
                one = diversion_of(case, reader, id_)
                session.show(one.as_dict(), lambda: _one(one))
                return
        put = record_diversion(case, id_, actor=settings.actor, clearance=settings.clearance,
                               hypothesis=hypothesis)
    session.show({"id": put.id, "version": put.version, "what": put.what},
                 lambda: line(f"{put.id}: draft of a finding"))


def _table(found: Table) -> dict[str, Any]:
    return {"counts": found.counts(), "items": [row.as_dict() for row in found.rows]}


def _all(found: Table) -> None:
    rows = []
    for row in found.rows:
        best = row.diversion.best
        sure = row.diversion.standing == "determined" and best is not None
        rows.append((
            row.label, row.diversion.standing, _kind(best) if best else "",
            row.name(best.last_lawful) if best else "", _when(best) if best else "",
            _figures(best) if best else "", "" if sure else "cannot be determined"
            if row.diversion.sought else "nothing to determine", row.item))
    table(("item", "standing", "first hypothesis", "last lawful holder on record", "when",
           "probability", "so", "id"), rows)
    line()
    for kind, number in found.counts().items():
        line(f"{number:>6}  {kind.replace('_', ' ')}")


def _one(found: Found) -> None:
    told = found.diversion
    line(f"{found.label} ({found.item})")
    line(found.named(told.sentence))
    for number, one in enumerate(told.hypotheses, 1):
        line()
        line(f"{number}. {found.named(one.sentence)}")
        told_of = [f"{_figures(one)}, {one.word.replace('_', ' ')}"]
        line("   " + "; ".join(told_of if one.rest else [*told_of, _kind(one), _when(one)]))
        for mark, reasons in (("+", one.speaks_for), ("-", one.speaks_against)):
            for reason in reasons:
                line(f"   {mark} {_reason(reason, found)}")
        if one.settled_by and not one.rest:
            line(f"   settled by: {_asked(one.settled_by, found)}")
    if told.help_most:
        line()
        line(f"would help most: {_asked(told.help_most, found)}")
        line(f"   {found.named(told.help_most.why)}")
    line()
    line(f"{told.rule}, rule {told.version}: stated weights, not measured frequencies")


def _asked(ask: Any, found: Found) -> str:
    from headstamp.actions.tracing.diversion import whom

    return f"ask {whom(ask, found)}: “{found.named(ask.question)}”"


def _reason(reason: Reason, found: Found) -> str:
    records = ", ".join(reason.records[:4])
    grades = " ".join(reason.grades)
    return found.named(reason.words) + (f" [{'; '.join(x for x in (grades, records) if x)}]"
                                        if records or grades else "")


def _kind(one: Hypothesis) -> str:
    return one.kind.replace("_", " ")


def _when(one: Hypothesis) -> str:
    if one.rest:
        return ""
    return f"{one.first or '..'} to {one.last or '..'}"


def _figures(one: Hypothesis) -> str:
    return f"{one.probability:.2f} ({one.low:.2f} to {one.high:.2f})"
