"""``erase``: values that must go for good, asked for by one person and approved by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table
from headstamp.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from headstamp.actions.evidence.erasing import Done
    from headstamp.actions.evidence.erasure_scope import Scope

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def erase(
    session: Session,
    record: Annotated[str, typer.Argument(metavar="[RECORD]", show_default=False,
                                          help="Of which record, by its id.")] = "",
    field: Annotated[list[str] | None, typer.Option(
        "--field", metavar="NAME", show_default=False,
        help="A field to erase; may be given again. Without it, the whole record.")] = None,
    ground: Annotated[str, typer.Option(
        "--ground", metavar="CODE", show_default=False,
        help="asked_by_person, safety, order, not_needed, not_lawful or other.")] = "",
    why: Annotated[str, typer.Option(
        "--why", metavar="TEXT", show_default=False,
        help="Why, in words, without what is to be erased.")] = "",
    look: Annotated[str, typer.Option(
        "--look", metavar="ID", show_default=False,
        help="Show what would go with an erasure that was asked for, and where copies are.")] = "",
    approve: Annotated[str, typer.Option(
        "--approve", metavar="ID", show_default=False,
        help="Approve an erasure that somebody else asked for, and carry it out. For good.")] = "",
    decline: Annotated[str, typer.Option(
        "--decline", metavar="ID", show_default=False,
        help="Decline an erasure: nothing is erased.")] = "",
    list_: Annotated[bool, typer.Option("--list", help="List all erasures.")] = False,
    finish: Annotated[bool, typer.Option(
        "--finish", help="Finish what was cut off.")] = False,
) -> None:
    """Erase values for good, where data protection asks for it. Two people are needed.

    One asks (RECORD, perhaps with --field), another looks (--look) and approves (--approve).
    Then value and salt go from every version; the log keeps its entries and still verifies.
    Copies outside the case are named, and stay: docs/erasure.md.
    """
    asked = [bool(one) for one in (record, look, approve, decline, list_, finish)]
    if sum(asked) != 1:
        raise Invalid("name a record to erase, or give one of --look, --approve, --decline, --list, "
                      "--finish")
    if not record and (field or ground or why):
        raise Invalid("--field, --ground and --why are for asking: name the record")
    if record:
        _ask(session, record, field or [], ground, why)
    elif look:
        _look(session, look)
    elif list_:
        _list(session)
    else:
        _decide(session, approve, decline)


def _ask(session: Session, record: str, fields: list[str], ground: str, why: str) -> None:
    from headstamp.actions.evidence.erasing import ask
    from headstamp.actions.evidence.erasure_scope import scope_of

    if not ground:
        raise Invalid("say on what --ground: asked_by_person, safety, order, not_needed, not_lawful or "
                      "other")
    settings = session.settings()
    with session.open() as case:
        scope = scope_of(case, record, fields, clearance=settings.clearance)
        made = ask(case, record, fields=fields, ground=ground, why=why, actor=settings.actor,
                   clearance=settings.clearance)

    def words() -> None:
        line(f"{made}: asked for. Nothing is erased yet.")
        _in_words(scope)
        line(f"Somebody else looks at it (headstamp erase --look {made}) and approves it "
             f"(headstamp erase --approve {made}).")

    session.show({"erasure": made, "scope": scope.as_dict()}, words)


def _look(session: Session, erasure: str) -> None:
    from headstamp.actions.evidence.erasing import look
    from headstamp.vocab import vocabulary

    with session.open() as case:
        clearance = session.settings().clearance
        scope = look(case, erasure, clearance=clearance)
        asked, first = case.read(clearance).get(erasure), case.read(clearance).history(erasure)[0]

    def words() -> None:
        ground = vocabulary("erasure_ground").label(asked.get("erasure_ground", ""))
        line(f"Asked for by {first.actor} at {first.at}, {ground}"
             + (f": {asked.get('why')}" if asked.get("why") else "."))
        _in_words(scope)

    session.show(scope.as_dict(), words)


def _decide(session: Session, approved: str, declined: str) -> None:
    from headstamp.actions.evidence.erasing import approve, decline, finish

    settings = session.settings()
    with session.open() as case:
        if declined:
            decline(case, declined, actor=settings.actor, clearance=settings.clearance)
            session.show({"declined": declined}, lambda: line(f"{declined}: declined; nothing is erased."))
            return
        if approved:
            done: Done | None = approve(case, approved, actor=settings.actor,
                                        clearance=settings.clearance)
        else:
            done = finish(case, actor=settings.actor)
    if done is None:
        session.show({"finished": True}, lambda: line("Nothing was left to be done."))
        return
    session.show(done.as_dict(), lambda: _done_in_words(done))
    if done.left:
        raise typer.Exit(Unavailable.exit_code)


def _list(session: Session) -> None:
    from headstamp.actions.evidence.erasing import listed, waiting
    from headstamp.vocab import vocabulary

    with session.open() as case:
        found = listed(case, clearance=session.settings().clearance)
        agreed_elsewhere = set(waiting(case))

    def words() -> None:
        if not found:
            line("No erasure was asked for.")
            return
        ground, state = vocabulary("erasure_ground"), vocabulary("erasure_state")
        table(("erasure", "state", "of", "fields", "ground"), [
            (one.id, "agreed on elsewhere, waits for somebody here" if one.id in agreed_elsewhere
             else state.label(one.get("erasure_state", "")), one.get("record", ""),
             ", ".join(one.get("fields", ())) or "the whole record",
             ground.label(one.get("erasure_ground", ""))) for one in found])
        if agreed_elsewhere or any(one.get("erasure_state") == "asked" for one in found):
            line("Look at what would go: headstamp erase --look ID; then --approve ID or --decline ID.")

    session.show({"erasures": [{**one.as_dict(), "waiting": one.id in agreed_elsewhere}
                               for one in found]}, words)


def _in_words(scope: Scope) -> None:
    what = "the whole record" if scope.whole else ", ".join(scope.fields) or "nothing that is there"
    line(f"Of {scope.record}: {what}, in {scope.versions} version{'' if scope.versions == 1 else 's'}.")
    line("Where else it stands, and what becomes of that:")
    for one in scope.elsewhere():
        line(f"- {one}")


def _done_in_words(done: Done) -> None:
    if done.scope is not None:
        line(f"{done.erasure}: erased, for good.")
        _in_words(done.scope)
    if done.originals:
        line(f"Files taken out of the vault: {done.originals}.")
    for one in done.left:
        line(f"NOT YET DONE: {one}. Run: headstamp erase --finish")
    if not done.left:
        line("Nothing of it is left in the files of the case but what is named here. End programs that have the "
             "case open (headstamp serve) and start them again: their memory may hold it.")
