"""``party``: who a party is, which records may be one party, and parties from and for others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from headstamp.errors import Conflicting, Invalid
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.linking.candidates import PartyBook, Proposal
    from headstamp.actions.linking.parties import TieShown
    from headstamp.store.shown import Shown

app = typer.Typer(rich_markup_mode="rich")
_party = typer.Typer(rich_markup_mode="rich", subcommand_metavar="COMMAND ...", no_args_is_help=True)

PartyArgument = Annotated[str, typer.Argument(metavar="PARTY", help="The party's id.")]
OtherArgument = Annotated[str, typer.Argument(metavar="OTHER", help="The other party's id.")]


@_party.callback()
def party(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Show parties, propose which records are one party, take and give parties.

    Nothing is joined by the program: it proposes with reasons for and against, a person
    judges, and the judgement can be undone by judging again.
    """
    ctx.obj = Session(case, actor, clearance, json).over(ctx.obj)


app.add_typer(_party, name="party")


@_party.command()
@with_session
def show(session: Session, party: PartyArgument) -> None:
    """Show a party: its names in all scripts, ties, judgements, candidates, what it shares."""
    from headstamp.actions.linking.candidates import names_of, party_book
    from headstamp.actions.linking.parties import ties

    with session.open() as case:
        reader = case.read(session.settings().clearance)
        shown = _party_of(reader.get(party))
        names = names_of(shown)
        tied = ties(reader, party)
        book = party_book(case, reader)
    proposals = book.of(party)
    shared = book.shared(party)
    group = book.sameness.group(party)
    contested = [one for one in book.sameness.contested if party in one.parties]
    document = {
        **shown.as_dict(), "label": shown.label, "names_read": [one.as_dict() for one in names],
        "ties": [one.as_dict() for one in tied], "same_as": [one for one in group if one != party],
        "contested": [one.as_dict() for one in contested],
        "candidates": [one.as_dict() for one in proposals],
        "shared": [one.as_dict() for one in shared],
    }

    def words() -> None:
        line(f"{shown.label}  ({shown.id})")
        table(("name as written", "in Latin letters (derived)", "legal form", "doubt"), [
            (one.written, one.latin, one.form, one.doubt) for one in names])
        line()
        table(("tie", "party", "role", "share", "from when to when", "grade"),
              [_tie_row(one) for one in tied])
        for one in document["same_as"]:
            line(f"judged to be the same as {book.labels[one]} ({one})")
        for contest in contested:
            line(f"contradiction: {book.labels[contest.party]} and {book.labels[contest.other]} are judged "
                 "to be different, and by other judgements the same; nothing is drawn from either")
        for proposal in proposals:
            line()
            _proposal_in_words(proposal)
        for shared_one in shared:
            line(f"shares {shared_one.what} with {shared_one.name}: {shared_one.words} "
                 "(a question, not a proof)")

    session.show(document, words)


def _party_of(shown: Shown) -> Shown:
    if shown.kind != "party":
        raise Invalid(f"{shown.id} is not a party")
    return shown


def _tie_row(one: TieShown) -> tuple[object, ...]:
    what = f"{one.label} of" if one.outward else f"its {one.label}"
    name = f"{one.name} (itself: a mistake of the source; nothing is drawn from it)" if one.itself else one.name
    return (what, name, one.role, "" if one.share is None else f"{one.share:g} %", one.lasted, one.grade)


def _proposal_in_words(one: Proposal) -> None:
    found = one.candidate
    judged = f", judged: {one.judged}" if one.judged else ""
    line(f"{found.word} ({found.score:.1f} points{judged}): {one.name} ({found.party}) and "
         f"{one.other_name} ({found.other})")
    for reason in found.speaks_for:
        line(f"  for      {reason.points:+.1f}  {reason.words}")
    for reason in found.against:
        line(f"  against  {reason.points:+.1f}  {reason.words}")


@_party.command()
@with_session
def candidates(
    session: Session,
    party: Annotated[
        str, typer.Argument(metavar="[PARTY]", help="Only those about this party.", show_default=False)
    ] = "",
    judged: Annotated[bool, typer.Option("--judged", help="Those that are judged already, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 20,
) -> None:
    """Propose records that may be one party, with all reasons for and against.

    The points are no probability. A shared address or officer is a question, not a proof.
    """
    from headstamp.actions.linking.candidates import party_book

    with session.open() as case:
        reader = case.read(session.settings().clearance)
        if party:
            _party_of(reader.get(party))
        book = party_book(case, reader)
    found = [one for one in (book.of(party) if party else book.proposals) if judged or not one.judged]
    document = _queue(book, found, limit)

    def words() -> None:
        for one in found[:limit]:
            _proposal_in_words(one)
            line()
        if not found:
            line("No two parties are proposed to be one.")
        if len(found) > limit:
            note(f"{len(found) - limit:,} more; see --limit")

    session.show(document, words)


def _queue(book: PartyBook, found: list[Proposal], limit: int) -> dict[str, Any]:
    from headstamp.linking.party_candidates import RULE, VERSION

    return {
        "rule": RULE, "version": VERSION, "total": len(found),
        "candidates": [one.as_dict() for one in found[:limit]], "parties": len(book.facts),
        "compared": book.found.compared, "keys_passed_over": book.found.passed_over,
        "contested": [one.as_dict() for one in book.sameness.contested],
    }


@_party.command()
@with_session
def judge(
    session: Session, party: PartyArgument, other: OtherArgument,
    judgement: Annotated[str, typer.Argument(metavar="same|different", help="What you judge.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", show_default=False,
                                     help="On what it rests; must be said.")] = "",
) -> None:
    """Judge that two records are the same party, or different ones. Judging again undoes it."""
    from headstamp.actions.linking.parties import judge as judge_pair
    from headstamp.actions.linking.parties import judged

    settings = session.settings()
    with session.open() as case:
        done = judge_pair(case, party, other, judgement, why=why, clearance=settings.clearance,
                          actor=settings.actor)
        drawn = judged(case.read(settings.clearance))
    contested = [one.as_dict() for one in drawn.contested if {party, other} & set(one.parties)]
    group = drawn.group(party)

    def words() -> None:
        line(f"{done.id}: judged, version {done.version}" if done.what != "unchanged"
             else f"{done.id}: judged so before")
        if len(group) > 1:
            line(f"one party: {', '.join(group)}")
        if contested:
            line("this contradicts other judgements; nothing is drawn from these parties until it is "
                 f"settled: {', '.join(contested[0]['parties'])}")

    session.show({"tie": done.id, "version": done.version, "what": done.what, "group": list(group),
                  "contested": contested}, words)


@_party.command()
@with_session
def tie(
    session: Session, party: PartyArgument,
    kind: Annotated[str, typer.Argument(metavar="IS", help="What it is of the other: owner, officer, "
                                        "agent, parent, employee, family, associate, successor, unknown.")],
    other: OtherArgument,
    role: Annotated[str, typer.Option("--role", metavar="TEXT", show_default=False,
                                      help="The role as written.")] = "",
    share: Annotated[str, typer.Option("--share", metavar="PERCENT", show_default=False,
                                       help="The share, per cent.")] = "",
    lasted: Annotated[str, typer.Option("--lasted", metavar="DATES", show_default=False,
                                        help="From when to when: 2014/2016, 2014/.., 2015.")] = "",
    grade: Annotated[str, typer.Option("--grade", metavar="B2", show_default=False,
                                       help="The source's grade.")] = "",
    document: Annotated[list[str] | None, typer.Option("--document", metavar="ID", show_default=False,
                                                       help="A paper that shows it; may be repeated.")] = None,
    basis: Annotated[str, typer.Option("--basis", metavar="TEXT", show_default=False,
                                       help="On what it rests.")] = "",
    tier: Annotated[str, typer.Option("--tier", metavar="TIER", show_default=False,
                                      help="Who may see it.")] = "",
) -> None:
    """Record that a party is owner, officer, agent, ... of another, as somebody claims."""
    from headstamp.actions.correct import enter
    from headstamp.actions.linking.parties import JUDGED

    if kind in JUDGED:
        raise Invalid("a judgement is given with: headstamp party judge")
    given = {"party": party, "tie_kind": kind, "to_party": other, "role": role, "share": share,
             "lasted": lasted, "grade": grade, "documents": document, "basis": basis, "tier": tier}
    settings = session.settings()
    with session.open() as case:
        done = enter(case, "tie", {name: value for name, value in given.items() if value},
                     clearance=settings.clearance, actor=settings.actor, reason="tie recorded")
    session.show({"id": done.id, "version": done.version}, lambda: line(done.id))


@_party.command()
@with_session
def export(
    session: Session,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE",
                                         help="The new file: FollowTheMoney entities as JSON lines.")],
    party: Annotated[list[str] | None, typer.Option("--party", metavar="ID", show_default=False,
                                                    help="Only these parties; may be repeated.")] = None,
) -> None:
    """Write parties, ties, papers and deliveries as FollowTheMoney entities.

    Only what the clearance may see, without what trace replies forbid to pass on. What the
    format cannot hold is listed: it has no schema for weapons, markings or judgements.
    """
    from headstamp.actions.linking.ftm import tell_parties
    from headstamp.actions.whole_file import write_whole

    if output.exists():
        raise Conflicting(f"{output} is there already; name a new file")
    with session.open() as case:
        told = tell_parties(case.read(session.settings().clearance), party or ())
    write_whole(output, told.lines(), "the entities")
    document = {"file": str(output), **told.as_dict()}

    def words() -> None:
        line(f"{output}: {plural(len(told.entities), 'entity', 'entities')} ("
             + ", ".join(f"{n:,} {name}" for name, n in document["schemata"].items()) + ")")
        if told.withheld:
            line(f"withheld, for a trace reply forbids to pass it on: {plural(len(told.withheld), 'record')}")
        for one in told.left:
            line(f"left out: {len(one.ids):,} x {one.kind}, {one.fact}: {one.why}")

    session.show(document, words)


@_party.command(name="import")
@with_session
def import_(
    session: Session,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="FollowTheMoney entities as JSON lines.")],
    tier: Annotated[str, typer.Option("--tier", metavar="TIER", help="Who may see the records; private "
                                      "persons are restricted at least.")] = "partner",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look and tell; write nothing.")] = False,
) -> None:
    """Take in parties and their ties from FollowTheMoney entities: all of them, or none.

    The file is kept. Nothing that is on file already is overwritten. What no record can hold
    is listed and stays in the file.
    """
    from headstamp.actions.cases import index_case
    from headstamp.actions.linking.ftm import take_parties

    settings = session.settings()
    with session.open() as case:
        taken = take_parties(case, file, tier=tier, dry_run=dry_run, clearance=settings.clearance,
                             actor=settings.actor)
        if not dry_run:
            index_case(case)

    def words() -> None:
        line(f"{plural(len(taken.new), 'new record')}, {taken.unchanged:,} on file alike, {len(taken.differing):,} "
             "differ and stay as they are here" + ("; nothing was written" if dry_run else ""))
        for one in taken.differing:
            line(f"differs: line {one.line}, {one.id}: {', '.join(one.fields) or 'not visible'}")
        table(("line", "entity", "property", "left in the file", "why"), [
            (one.line, one.id, one.prop, "; ".join(one.values), one.why) for one in taken.left])

    session.show(taken.as_dict(), words)
