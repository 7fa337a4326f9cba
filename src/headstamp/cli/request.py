"""``request``: trace requests, from the draft to the answer."""

from __future__ import annotations

from datetime import date
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
from headstamp.cli.show import line, table
from headstamp.errors import Invalid
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.desk.request_check import Check
    from headstamp.actions.desk.requests import Moved
    from headstamp.store.reader import Reader
    from headstamp.store.shown import Shown

app = typer.Typer(rich_markup_mode="rich")
_request = typer.Typer(rich_markup_mode="rich", subcommand_metavar="[COMMAND] ...")

RequestArgument = Annotated[
    str, typer.Argument(metavar="REQUEST", show_default=False, help="Its id, or our reference.")]
OnOption = Annotated[
    str, typer.Option("--on", metavar="DATE", show_default=False, help="The day of it; without it, today.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="As the log writes it.")]
TemplatesOption = Annotated[
    Path | None, typer.Option("--templates", metavar="DIR", show_default=False,
                              help="A folder of changed templates; those of the case come after it.")]


@_request.callback(invoke_without_command=True)
def request(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Draft, check, send and chase trace requests. Without a command, list them.

    A request asks a maker, exporter, authority or carrier when and to whom items left their
    hands. It is filled from the case, held against the reference library, and becomes a
    letter in English, French, Spanish, Arabic or Russian.
    """
    session = Session(case, actor, clearance, json).over(ctx.obj)
    ctx.obj = session
    if ctx.invoked_subcommand is None:
        _list(session, "", all_=False)


app.add_typer(_request, name="request")


@_request.command("list")
@with_session
def list_(
    session: Session,
    state: Annotated[str, typer.Option("--state", metavar="STATE", show_default=False,
                                       help="Only those in this state.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
) -> None:
    """List the requests that are open, with what is due next."""
    _list(session, state, all_=all_)


def _list(session: Session, state: str, *, all_: bool) -> None:
    from headstamp.actions.desk.request_letter import terms_of
    from headstamp.actions.desk.requests import replies_to
    from headstamp.tracing.request_due import dues
    from headstamp.tracing.request_state import STATES

    wanted = state.strip().replace(" ", "_")
    if wanted and wanted not in STATES:
        raise Invalid(f"a state is one of {', '.join(STATES)}, not {state!r}")
    with session.open() as case:
        reader, terms, today = case.read(session.settings().clearance), terms_of(case), case.clock().date()
        rows = []
        for one in reader.stream("trace_request"):
            status = one.get("status", "draft")
            if (wanted and status != wanted) or (status == "closed" and not all_ and not wanted):
                continue
            due = dues(one.values, [reply.values for reply in replies_to(reader, one.id)], today, terms)
            rows.append((one, due))
        names = reader.labels([one.get("addressee") for one, _ in rows if one.get("addressee")])
    document = {"requests": [
        {"id": one.id, "our_reference": one.get("our_reference"), "title": one.get("title"),
         "status": one.get("status"), "addressee": names.get(one.get("addressee") or ""),
         "sent_on": one.get("sent_on"), "due": [what.as_dict() for what in due]} for one, due in rows]}

    def words() -> None:
        if not rows:
            line("No request is open. Draft one with: headstamp request draft ITEM --to PARTY")
            return
        table(("reference", "state", "to", "about", "due next", "id"), [
            (one.get("our_reference") or "", str(one.get("status")).replace("_", " "),
             names.get(one.get("addressee") or "", ""), one.get("title") or "",
             f"{due[0].what} {due[0].on}{' (late)' if due[0].late > 0 else ''}" if due else "", one.id)
            for one, due in rows])

    session.show(document, words)


@_request.command()
@with_session
def draft(
    session: Session,
    items: Annotated[list[str] | None, typer.Argument(metavar="[ITEM]...", show_default=False,
                                                      help="Items, by their ids or tags.")] = None,
    to: Annotated[str, typer.Option("--to", metavar="PARTY", show_default=False,
                                    help="Who is asked: a party's id or name.")] = "",
    all_of: Annotated[str, typer.Option("--all-of", metavar="MAKER", show_default=False,
                                        help="Besides, all items of this maker: a party, or a make.")] = "",
    role: Annotated[str, typer.Option("--as", metavar="ROLE", show_default=False,
                                      help="As what: maker, exporter, importer, national_authority, carrier, "
                                           "platform, financier; without it, by the items.")] = "",
    language: Annotated[str, typer.Option("--language", metavar="CODE",
                                          help="en, fr, es, ar, ru, or one of your own templates.")] = "en",
    photograph: Annotated[list[str] | None, typer.Option(
        "--photograph", metavar="ID", show_default=False, help="A photograph to go with it; again for each.")
    ] = None,
    value: Annotated[list[str] | None, typer.Option(
        "--set", metavar="FIELD=VALUE", show_default=False,
        help="Any field of the request in your own words; again for each.")] = None,
    sealed: Annotated[bool, typer.Option(
        "--sealed", help="Sealed items or photographs among them are meant.")] = False,
    reason: ReasonOption = "",
) -> None:
    """Draft a request, filled from the case with what the International Tracing Instrument asks.

    Many items of one maker make one request. What was filled in is a proposal: read it, and
    correct it like any record.
    """
    from headstamp.actions.desk.request_named import items_named, party_named
    from headstamp.actions.desk.requests import draft_request, items_of_maker

    settings = session.settings()
    with session.open() as case:
        reader = case.read(settings.clearance)
        named = items_named(reader, list(items or ()))
        addressee = party_named(reader, to) if to else None
        if all_of:
            maker = party_named(reader, all_of) if all_of.startswith("party-") else all_of
            named += [one.id for one in items_of_maker(reader, maker)]
        made = draft_request(
            case, named, addressee=addressee, role=role or None, language=language, sealed=sealed,
            photographs=photograph, values=_pairs(value or ()), clearance=settings.clearance,
            actor=settings.actor, reason=reason)
        shown = case.read(settings.clearance).get(made.id)

    def words() -> None:
        line(f"Drafted {shown.get('our_reference')} ({made.id}): {shown.label}, "
             f"{_count(len(shown.get('items') or ()), 'item')}.")
        _check_in_words(made.check)

    session.show({**shown.as_dict(), "check": made.check.as_dict()}, words)


def _pairs(given: Any) -> dict[str, Any]:
    from headstamp.records import BY_NAME

    found: dict[str, Any] = {}
    for one in given:
        name, sign, text = str(one).partition("=")
        fact = BY_NAME["trace_request"].fact(name.strip())
        if not sign or fact is None:
            raise Invalid(f"--set takes FIELD=VALUE with a field of a trace request, not {one!r}")
        if fact.many:
            found[fact.name] = [part.strip() for part in text.split("|") if part.strip()]
        else:
            found[fact.name] = text
    return found


@_request.command()
@with_session
def check(
    session: Session, name: RequestArgument,
    done: Annotated[bool, typer.Option("--done", help="It was looked at: mark it as checked.")] = False,
    notes: Annotated[str, typer.Option("--notes", metavar="TEXT", show_default=False,
                                       help="What was made of the warnings.")] = "",
    on: OnOption = "", reason: ReasonOption = "",
) -> None:
    """Check a request before it is sent: what is missing, doubtful, or must not go out.

    With --done, what is in the way must be mended, and the warnings answered with --notes.
    """
    from headstamp.actions.desk.request_named import request_named
    from headstamp.actions.desk.requests import advance, check_request

    settings = session.settings()
    with session.open() as case:
        id_ = request_named(case.read(settings.clearance), name)
        found = check_request(case, id_, clearance=settings.clearance)
        moved = advance(case, id_, "checked", values={"check_notes": notes} if notes else {},
                        on=_day(on), clearance=settings.clearance, actor=settings.actor,
                        reason=reason) if done else None

    def words() -> None:
        _check_in_words(found)
        if moved is not None:
            line("Marked as checked.")

    session.show({**found.as_dict(), "status": moved.status if moved else None}, words)


def _check_in_words(found: Check) -> None:
    for note in found.notes:
        line(f"{'IN THE WAY' if note.level == 'blocker' else 'LOOK'}: {note.words}. {note.advice}")
    if not found.notes:
        line("Nothing to say against it.")


@_request.command()
@with_session
def letter(
    session: Session, name: RequestArgument,
    output: Annotated[Path, typer.Option(
        "-o", "--output", metavar="FILE", show_default=False,
        help="Where to; its ending says in which form: .pdf, .docx, .html, or .csv for the annex.")],
    etrace: Annotated[bool, typer.Option(
        "--etrace-like", help="The annex with the fields of an eTrace request; no official form.")] = False,
    no_bom: Annotated[bool, typer.Option("--no-bom", help="The annex without a byte order mark.")] = False,
    templates: TemplatesOption = None,
) -> None:
    """Write the letter of a request, or its annex as a table. Nothing is recorded by it."""
    from headstamp.actions.desk.request_letter import write_form
    from headstamp.actions.desk.request_named import request_named
    from headstamp.actions.whole_file import write_whole

    settings = session.settings()
    if etrace and output.suffix.lower() != ".csv":
        raise Invalid("--etrace-like is for the annex; name a .csv file")
    with session.open() as case:
        reader = case.read(settings.clearance)
        shown = reader.get(request_named(reader, name))
        content = write_form(
            case, {**shown.values, "id": shown.id}, output.suffix.lower(), clearance=settings.clearance,
            templates=templates, etrace=etrace, bom=not no_bom, officer=settings.actor)
    write_whole(output, content, "the letter")
    session.show({"file": str(output), "size": len(content), "request": shown.id},
                 lambda: line(f"Written to {output} ({len(content):,} bytes)."))


@_request.command()
@with_session
def send(
    session: Session, name: RequestArgument, on: OnOption = "",
    due: Annotated[str, typer.Option("--due", metavar="DATE", show_default=False,
                                     help="When the answer is due; without it, by the terms.")] = "",
    reason: ReasonOption = "",
) -> None:
    """Mark a checked request as sent, and keep its letter as it went out.

    The letter is written as PDF and DOCX, both kept as originals. Sending itself is yours to do.
    """
    moved, shown = _move(session, name, "sent", {"due_on": due} if due else {}, on, reason)
    _told(session, moved, shown, f"Sent; the answer is due on {shown.get('due_on')}. The letter: "
                                 f"{', '.join(moved.documents)}.")


@_request.command()
@with_session
def acknowledge(session: Session, name: RequestArgument, on: OnOption = "", reason: ReasonOption = "") -> None:
    """Note that the addressee acknowledged a request."""
    moved, shown = _move(session, name, "acknowledged", {}, on, reason)
    _told(session, moved, shown, f"Acknowledged on {shown.get('acknowledged_on')}.")


@_request.command()
@with_session
def move(
    session: Session, name: RequestArgument,
    to: Annotated[str, typer.Argument(metavar="STATE", show_default=False, help="Where it goes.")],
    on: OnOption = "", reason: ReasonOption = "",
) -> None:
    """Move a request to another state, such as answered or no_reply; what is wanting is told."""
    state = to.strip().replace(" ", "_")
    moved, shown = _move(session, name, state, {}, on, reason)
    _told(session, moved, shown, f"It is now {moved.status.replace('_', ' ')}.")


@_request.command()
@with_session
def remind(
    session: Session, name: RequestArgument, on: OnOption = "",
    output: Annotated[Path | None, typer.Option(
        "-o", "--output", metavar="FILE", show_default=False,
        help="Write the reminder's letter to a file too: .pdf or .docx.")] = None,
    reason: ReasonOption = "",
) -> None:
    """Note that a reminder goes out, and keep its letter as it goes."""
    from headstamp.actions.desk.request_named import request_named
    from headstamp.actions.desk.requests import remind as remind_of
    from headstamp.actions.whole_file import write_whole

    settings = session.settings()
    if output is not None and output.suffix.lower() not in (".pdf", ".docx"):
        raise Invalid(f"a reminder is written as .pdf or .docx, not {output.suffix or 'without an ending'!r}")
    with session.open() as case:
        id_ = request_named(case.read(settings.clearance), name)
        moved, forms = remind_of(case, id_, on=_day(on), clearance=settings.clearance,
                                 actor=settings.actor, reason=reason)
        shown = case.read(settings.clearance).get(id_)
    if output is not None:
        wanted = forms[0] if output.suffix.lower() == ".pdf" else forms[1]
        write_whole(output, wanted.content, "the reminder")
    days = list(shown.get("reminded_on") or ())
    _told(session, moved, shown, f"Reminded {_count(len(days), 'time')}, last on {days[-1]}."
          + (f" Written to {output}." if output else ""))


@_request.command()
@with_session
def escalate(
    session: Session, name: RequestArgument,
    to: Annotated[str, typer.Option("--to", metavar="PARTY", show_default=False,
                                    help="With whom it is taken up: a party's id or name.")],
    on: OnOption = "", reason: ReasonOption = "",
) -> None:
    """Note that a request was taken up with another party, such as the addressee's authority."""
    from headstamp.actions.desk.request_named import party_named, request_named
    from headstamp.actions.desk.requests import escalate as take_up

    settings = session.settings()
    with session.open() as case:
        reader = case.read(settings.clearance)
        id_, party = request_named(reader, name), party_named(reader, to)
        moved = take_up(case, id_, party, on=_day(on), clearance=settings.clearance,
                        actor=settings.actor, reason=reason)
        shown = case.read(settings.clearance).get(id_)
    _told(session, moved, shown, f"Taken up on {shown.get('escalated_on')}.")


@_request.command()
@with_session
def close(
    session: Session, name: RequestArgument,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", show_default=False, help="Why it is closed.")],
    reason: ReasonOption = "",
) -> None:
    """Close a request and say why. A late answer opens it again."""
    moved, shown = _move(session, name, "closed", {"closed_because": why}, "", reason)
    _told(session, moved, shown, f"Closed: {shown.get('closed_because')}")


@_request.command()
@with_session
def templates(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False, help="A folder; to write out, a new one.")],
    keep: Annotated[bool, typer.Option("--keep", help="Make those in DIR the case's own.")] = False,
    own: Annotated[bool, typer.Option("--own", help="Write out those of the case.")] = False,
) -> None:
    """Write out the shipped templates of the letters, to be changed; keep the changed ones in the case.

    What you changed becomes the case's own with --keep (encrypted in an encrypted case), or is
    named with --templates for one letter. Sentences that you leave out stay as they are shipped.
    """
    from headstamp.actions.desk.request_letter import (
        keep_templates,
        write_out_own,
        write_out_templates,
    )

    if keep and own:
        raise Invalid("--keep takes templates from DIR, --own writes them to it: name one of them")
    if keep:
        with session.open() as case:
            names = keep_templates(case, folder)
        session.show({"kept": names}, lambda: line(
            f"{plural(len(names), 'changed template')} kept. {folder} itself is as readable as before."
            if names else "All are as they are shipped: the case keeps none of its own."))
        return
    if own:
        with session.open() as case:
            files = write_out_own(case, folder)
    else:
        files = write_out_templates(folder)
    session.show({"files": [str(path) for path in files]},
                 lambda: line(f"{plural(len(files), 'file')} written to {folder}."))


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"--on takes a day such as 2026-03-02, not {text!r}") from None


def _move(
    session: Session, name: str, to: str, values: dict[str, Any], on: str, reason: str
) -> tuple[Moved, Shown]:
    from headstamp.actions.desk.request_named import request_named
    from headstamp.actions.desk.requests import advance

    settings = session.settings()
    with session.open() as case:
        reader: Reader = case.read(settings.clearance)
        id_ = request_named(reader, name)
        moved = advance(case, id_, to, values=values, on=_day(on), clearance=settings.clearance,
                        actor=settings.actor, reason=reason)
        return moved, case.read(settings.clearance).get(id_)


def _told(session: Session, moved: Moved, shown: Shown, words: str) -> None:
    session.show({**shown.as_dict(), "documents": list(moved.documents)}, lambda: line(words))
