"""``finding``: findings on their way to publication, and the right of reply of those they name."""

from __future__ import annotations

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

if TYPE_CHECKING:
    from headstamp.store.change import Outcome

app = typer.Typer(rich_markup_mode="rich")
_finding = typer.Typer(rich_markup_mode="rich", subcommand_metavar="[COMMAND] ...")

FindingArgument = Annotated[str, typer.Argument(metavar="FINDING", help="Its id.")]
PartyArgument = Annotated[str, typer.Argument(metavar="PARTY", help="Its id or name.")]


@_finding.callback(invoke_without_command=True)
def finding(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """List the findings, where each stands, and who named in them was not asked yet."""
    session = Session(case, actor, clearance, json).over(ctx.obj)
    ctx.obj = session
    if ctx.invoked_subcommand is None:
        _list(session)


app.add_typer(_finding, name="finding")


def _list(session: Session) -> None:
    from headstamp.actions.desk.right_of_reply import standing

    with session.reader() as reader:
        found = [standing(reader, row.id) for row in reader.stream("finding")]

    def words() -> None:
        table(("finding", "state", "sentence", "not asked yet"), [
            (one.finding.id, one.finding.get("status"), one.finding.label,
             "; ".join(name for _, name, _ in one.missing)) for one in found])
        if not found:
            note("No finding is on file. Put one down with: headstamp diversion ITEM --record, "
                 "or headstamp record finding")

    session.show({"findings": [one.as_dict() for one in found]}, words)


@_finding.command()
@with_session
def show(session: Session, finding: FindingArgument) -> None:
    """Show one finding: who it names, what each answered, and what keeps it from being ready."""
    from headstamp.actions.desk.right_of_reply import standing

    with session.reader() as reader:
        found = standing(reader, finding)

    def words() -> None:
        line(found.finding.get("sentence", ""))
        line(f"state: {found.finding.get('status')}; may become: {', '.join(found.moves) or 'nothing'}")
        for right in found.rights:
            other = "" if right.same_sentence else " (about another wording of the sentence)"
            line(f"{right.name}: {right.state.replace('_', ' ')}{other} ({right.record.id})")
            if right.record.get("answer"):
                line(f"    “{right.record.get('answer')}”")
        for _, name, why in found.missing:
            line(f"{name} {why}")
        for party, name in found.mentioned:
            line(f"{name} ({party}) stands in the sentence and is not among those it names")

    session.show(found.as_dict(), words)


@_finding.command()
@with_session
def ask(
    session: Session, finding: FindingArgument, party: PartyArgument,
    on: Annotated[str, typer.Option("--on", metavar="DAY", help="When it was asked.")],
    by: Annotated[str, typer.Option("--by", metavar="DAY", show_default=False,
                                    help="The day by which an answer is asked for.")] = "",
    channel: Annotated[str, typer.Option(metavar="TEXT", show_default=False,
                                         help="How: letter, electronic mail, through whom.")] = "",
) -> None:
    """Record that a party was asked about the finding's sentence as it stands now."""
    from headstamp.actions.desk.request_named import party_named
    from headstamp.actions.desk.right_of_reply import ask as put_to

    settings = session.settings()
    with session.open() as case:
        who = party_named(case.read(settings.clearance), party)
        done = put_to(case, finding, who, asked_on=on, channel=channel, due_on=by,
                      clearance=settings.clearance, actor=settings.actor)
    _told(session, done)


@_finding.command("not-asked")
@with_session
def not_asked(
    session: Session, finding: FindingArgument, party: PartyArgument,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; a reviewer reads it.")],
) -> None:
    """Record that a party is not asked, and why."""
    from headstamp.actions.desk.request_named import party_named
    from headstamp.actions.desk.right_of_reply import leave_unasked

    settings = session.settings()
    with session.open() as case:
        who = party_named(case.read(settings.clearance), party)
        done = leave_unasked(case, finding, who, why, clearance=settings.clearance,
                             actor=settings.actor)
    _told(session, done)


@_finding.command()
@with_session
def answer(
    session: Session,
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="The id of the right of reply.")],
    state: Annotated[str, typer.Argument(metavar="STATE", help="answered, declined or no_answer.")],
    words: Annotated[str, typer.Option("--words", metavar="TEXT", show_default=False,
                                       help="The answer, word for word.")] = "",
    on: Annotated[str, typer.Option("--on", metavar="DAY", show_default=False,
                                    help="When it came.")] = "",
) -> None:
    """Record what a party answered, or that it did not."""
    from headstamp.actions.desk.right_of_reply import answer as settle

    settings = session.settings()
    with session.open() as case:
        done = settle(case, right, state, on=on, words=words, clearance=settings.clearance,
                      actor=settings.actor)
    _told(session, done)


@_finding.command()
@with_session
def move(
    session: Session, finding: FindingArgument,
    to: Annotated[str, typer.Argument(metavar="STATE",
                                      help="draft, in_review, ready, approved or withdrawn.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False,
                                        help="Why, as the log writes it.")] = "",
) -> None:
    """Move a finding on, back or away. Nobody makes a finding of their own ready or approved."""
    from headstamp.actions.desk.right_of_reply import move as carry

    settings = session.settings()
    with session.open() as case:
        done = carry(case, finding, to, clearance=settings.clearance, actor=settings.actor,
                     reason=reason)
    _told(session, done)


def _told(session: Session, done: Outcome) -> None:
    session.show({"id": done.id, "version": done.version},
                 lambda: line(f"{done.id} is at version {done.version}"))
