"""``desk``: the trace desk: what is due, how the asked have answered, answers taken back in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
    with_session,
)
from headstamp.cli.show import line, note, table
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.desk.answers import Answered
    from headstamp.analysis.lag.answer_times import Answers

app = typer.Typer(rich_markup_mode="rich")
_desk = typer.Typer(rich_markup_mode="rich", subcommand_metavar="[COMMAND] ...")


@_desk.callback(invoke_without_command=True)
def desk(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Show the board of trace requests: where each stands, what is due, what to do next."""
    session = Session(case, actor, clearance, json).over(ctx.obj)
    ctx.obj = session
    if ctx.invoked_subcommand is None:
        _board(session)


app.add_typer(_desk, name="desk")


def _board(session: Session) -> None:
    from headstamp.actions.desk.board import trace_desk
    from headstamp.tracing.desk import board

    with session.open() as case, case.read(session.settings().clearance).snapshot() as reader:
        found = trace_desk(case, reader)
    columns = board(found.cards)

    def words() -> None:
        if not found.cards:
            line("No trace request is on file. Draft one with: headstamp request draft ITEM --to PARTY")
            return
        table(("state", "reference", "title", "asked", "sent", "due", "next", "request"), [
            (column.state.replace("_", " "), card.reference, card.title, card.party, card.sent_on,
             "; ".join(f"{due.what} {due.on.isoformat()}" for due in card.dues), card.next_step,
             card.id)
            for column in columns for card in column.cards])

    session.show({"day": found.day.isoformat(), "columns": [
        {"state": one.state, "cards": [card.as_dict() for card in one.cards]} for one in columns
    ]}, words)


@_desk.command()
@with_session
def calendar(
    session: Session,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE",
                                         help="Where to write it, such as desk.ics.")],
) -> None:
    """Write what is due as a calendar file (iCalendar), for any calendar program.

    A calendar is copied to telephones and servers: requests stand in it by their reference
    alone, and those that are sealed without it.
    """
    from headstamp.actions.desk.board import desk_calendar, trace_desk
    from headstamp.actions.whole_file import write_whole

    with session.open() as case:
        with case.read(session.settings().clearance).snapshot() as reader:
            found = trace_desk(case, reader)
        content = desk_calendar(found, case)
    write_whole(output, content, "the calendar")
    events = sum(len(card.dues) for card in found.cards)
    session.show({"path": str(output), "events": events},
                 lambda: line(f"{plural(events, 'day')} on which something is due: {output}"))


@_desk.command()
@with_session
def statistics(session: Session) -> None:
    """Show how often and how soon the asked have answered: by addressee, role and country.

    The rate has Wilson's interval of 95 %. The time is the median of Kaplan and Meier, with
    requests that are not answered yet counted as open. Few requests say little, and are marked.
    """
    from headstamp.actions.desk.board import trace_desk

    with session.open() as case, case.read(session.settings().clearance).snapshot() as reader:
        told = trace_desk(case, reader).statistics()

    def rows(some: tuple[Answers, ...]) -> list[tuple[object, ...]]:
        return [(one.label, one.sent, one.answered, _rate(one), _days(one), "few" if one.few else "",
                 one.undated or "") for one in some]

    def words() -> None:
        if not told.all.sent:
            line("No trace request has been sent yet, so there is nothing to count.")
            return
        line(f"as of {told.day}; intervals of 95 %")
        for title, some in (("all", (told.all,)), ("addressee", told.by_addressee),
                            ("role", told.by_role), ("country", told.by_country)):
            line()
            table((title, "sent", "answered", "rate", "median days", "", "without a day"), rows(some))

    session.show(told.as_dict(), words)


def _rate(one: Answers) -> str:
    if one.rate is None:
        return ""
    return f"{one.rate.share:.0%} ({one.rate.low:.0%} to {one.rate.high:.0%})"


def _days(one: Answers) -> str:
    if one.time.days is None:
        return "not reached"
    high = one.time.high if one.time.high is not None else "open"
    return f"{one.time.days} ({one.time.low} to {high})"


@_desk.command()
@with_session
def answers(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The annex, filled in: CSV, XLSX or ODS.")],
    request: Annotated[str, typer.Option("--request", metavar="REQUEST", help="The request that it answers: its id, or our reference.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be done; write nothing.")] = False,
    received: Annotated[str, typer.Option("--received", metavar="DAY", show_default=False,
                                          help="When it came (else today).")] = "",
    limit: Annotated[list[str] | None, typer.Option(
        "--limit", metavar="CODE", show_default=False,
        help="What must not be done with it: not_published, source_not_named, no_onward ...")] = None,
    restrictions: Annotated[str, typer.Option("--restrictions", metavar="TEXT", show_default=False,
                                              help="Limits on its use, in its own words.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False,
                                        help="Why, as the log says it.")] = "",
) -> None:
    """Take back in the annex of a letter that came filled in: one row for each item.

    Rows that cannot be taken are told, each with its field and rule, and kept in a problems
    file; mend them there and take that file in. The same file again changes nothing.
    """
    from headstamp.actions.desk.answers import take_answers
    from headstamp.actions.desk.request_named import request_named

    settings = session.settings()
    with session.open() as case:
        meant = request_named(case.read(settings.clearance), request)
        done = take_answers(
            case, file, meant, clearance=settings.clearance, actor=settings.actor, dry_run=dry_run,
            received_on=received, use_limits=limit or (), restrictions=restrictions, reason=reason)
    session.show(done.as_dict(), lambda: _in_words(done))
    if done.problems:
        raise typer.Exit(2)


def _in_words(done: Answered) -> None:
    for one in done.problems:
        note(str(one))
    if done.dry:
        line("a trial: nothing was written")
    line(f"{plural(done.rows, 'row')}: {done.taken:,} taken, {done.empty:,} without an answer, "
         f"{len({one.row for one in done.problems}):,} refused")
    line(f"replies {len(done.replies):,}, transfers {len(done.transfers):,}, "
         f"new or changed {done.changed:,}")
    if done.parties:
        line("new parties: " + "; ".join(done.parties))
    if done.left:
        line("columns not used: " + ", ".join(done.left))
    if done.problems_file:
        note(f"refused rows: {done.problems_file}")
