"""``alert``: alerts, from what the finds speak for to the extract as it was sent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

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
from headstamp.errors import Invalid

app = typer.Typer(rich_markup_mode="rich")
_alert = typer.Typer(rich_markup_mode="rich", subcommand_metavar="[COMMAND] ...")

AlertArgument = Annotated[
    str, typer.Argument(metavar="ALERT", show_default=False, help="Its id, or its number (A-....-....).")]
TierOption = Annotated[
    str, typer.Option("--tier", metavar="TIER", help="Up to which tier the recipient may see.")]
LanguageOption = Annotated[
    str, typer.Option("--language", metavar="CODE", help="en, fr, es, ar or ru.")]


@_alert.callback(invoke_without_command=True)
def alert(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Warn deminers, border officers and neighbours. Without a command, list the alerts.

    An alert says what was met where, what it looks like, and what is not known; nothing on
    handling. It is drafted, checked by another person, and sent as an extract of one page.
    """
    session = Session(case, actor, clearance, json).over(ctx.obj)
    ctx.obj = session
    if ctx.invoked_subcommand is None:
        _list(session, "")


app.add_typer(_alert, name="alert")


@_alert.command("list")
@with_session
def list_(
    session: Session,
    state: Annotated[str, typer.Option("--state", metavar="STATE", show_default=False,
                                       help="Only those in this state.")] = "",
) -> None:
    """List the alerts and where each stands."""
    _list(session, state)


def _list(session: Session, state: str) -> None:
    from headstamp.publish.alert_extract import number_of
    from headstamp.store.alert_state import MOVES

    if state and state not in MOVES:
        raise Invalid(f"--state takes one of {', '.join(MOVES)}, not {state!r}")
    with session.reader() as reader:
        rows = list(reader.stream("alert", {"alert_state": state} if state else None))
        names = reader.labels([str(one.get("recipient")) for one in rows if one.get("recipient")])

    def words() -> None:
        table(("number", "state", "tells", "title", "to", "sent", "id"), [
            (number_of(one.id), one.get("alert_state", "draft"),
             str(one.get("alert_kind", "other")).replace("_", " "), one.get("title", ""),
             names.get(str(one.get("recipient")), "") or str(one.get("recipient_role") or "").replace("_", " "),
             one.get("sent_on") or "", one.id) for one in rows])
        if not rows:
            note("No alert is on file. See what the finds speak for with: headstamp alert find --dry")

    session.show({"alerts": [{**one.as_dict(), "number": number_of(one.id)} for one in rows]}, words)


@_alert.command()
@with_session
def find(
    session: Session,
    dry: Annotated[bool, typer.Option("--dry", help="Only say what would be drafted.")] = False,
    alpha: Annotated[float | None, typer.Option(
        "--false-alarms", metavar="SHARE", show_default=False,
        help="The share of false alarms taken into the bargain for finds unlike all before them.")] = None,
    since: Annotated[str, typer.Option("--since", metavar="DATE", show_default=False,
                                       help="Only what was met since this day.")] = "",
) -> None:
    """Look for what the finds speak for, and draft an alert of each; never twice of one fact."""
    from headstamp.actions.alerts.alerts import draft_alerts, find_alerts
    from headstamp.actions.measures.spread import ALPHA
    from headstamp.publish.alert_extract import number_of

    settings, first = session.settings(), _day(since, "--since")
    with session.open() as case:
        found = find_alerts(case, case.read(settings.clearance), alpha=ALPHA if alpha is None else alpha,
                            since=first.isoformat() if first else "")
        done = [] if dry else draft_alerts(case, found.new, actor=settings.actor)

    def words() -> None:
        for one in found.new:
            line(f"{number_of(one.id)}  {one.values['title']}")
            line(f"    {one.words}")
        line(f"{len(found.new)} {'could be drafted' if dry else 'drafted'}, {found.known} on file already.")
        if done:
            note("Somebody else checks each: headstamp alert show NUMBER, headstamp alert move NUMBER checked")

    session.show({**found.as_dict(), "drafted": [one.id for one in done]}, words)


@_alert.command()
@with_session
def show(session: Session, alert: AlertArgument, language: LanguageOption = "en", tier: TierOption = "partner") -> None:
    """Show one alert: where it stands, what is in its way, and its extract as text."""
    from headstamp.actions.alerts.alerts import alert_named, alert_standing
    from headstamp.actions.alerts.extract import extract_of
    from headstamp.errors import HeadstampError
    from headstamp.publish.alert_page import in_letters

    settings = session.settings()
    with session.open() as case:
        reader = case.read(settings.clearance)
        found = alert_standing(reader, alert_named(reader, alert))
        unmade, letters = "", ""
        try:
            letters = in_letters(extract_of(case, found.alert.id, clearance=settings.clearance,
                                            language=language, tier=tier))
        except HeadstampError as error:  # the alert is shown all the same, with why it has no extract
            unmade = str(error)

    def words() -> None:
        line(found.alert.label)
        line(f"{found.number} ({found.alert.id}); state: {found.state}; "
             f"may become: {', '.join(found.moves) or 'nothing'}")
        for field, rule in found.handling:
            line(f"IN THE WAY: {field}: {rule}")
        for name in ("looks_like", "where_seen", "not_known", "method", "checked_by", "sent_on", "channel",
                     "why_withdrawn"):
            if found.alert.get(name):
                line(f"{name.replace('_', ' ')}: {found.alert.get(name)}")
        line("")
        _lines(f"Its extract cannot be made: {unmade}" if unmade else letters)

    session.show({**found.as_dict(), "letters": letters, "unmade": unmade}, words)


@_alert.command()
@with_session
def move(
    session: Session, alert: AlertArgument,
    to: Annotated[str, typer.Argument(metavar="STATE", show_default=False,
                                      help="checked, sent, acknowledged, withdrawn or draft.")],
    recipient: Annotated[str, typer.Option("--recipient", metavar="PARTY", show_default=False,
                                           help="To whom it is sent: a party's id or name.")] = "",
    role: Annotated[str, typer.Option("--role", metavar="ROLE", show_default=False,
                                      help="Or what they are, such as deminer or border_officer.")] = "",
    channel: Annotated[str, typer.Option("--channel", metavar="TEXT", show_default=False,
                                         help="How it was sent.")] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", show_default=False,
                                     help="Why it is withdrawn.")] = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", show_default=False,
                                    help="The day of it; without it, today.")] = "",
    language: LanguageOption = "en", tier: TierOption = "partner",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="As the log writes it.")] = "",
) -> None:
    """Move an alert on. When it is sent, its extract is kept as it went out.

    Nobody checks an alert of their own. Sending itself is yours to do.
    """
    from headstamp.actions.alerts.alerts import alert_named
    from headstamp.actions.alerts.alerts import move as move_on
    from headstamp.actions.desk.request_named import party_named

    settings = session.settings()
    with session.open() as case:
        reader = case.read(settings.clearance)
        values: dict[str, Any] = {"recipient_role": role, "channel": channel, "why_withdrawn": why}
        if recipient:
            values["recipient"] = party_named(reader, recipient)
        done = move_on(case, alert_named(reader, alert), to.strip().lower(), values=values, on=_day(on),
                       tier=tier, language=language, reason=reason, clearance=settings.clearance,
                       actor=settings.actor)

    def words() -> None:
        kept = f" What went out: {', '.join(done.documents)}." if done.documents else ""
        line(f"It is now {done.state}.{kept}")

    session.show({"id": done.id, "version": done.version, "alert_state": done.state,
                  "documents": list(done.documents)}, words)


@_alert.command()
@with_session
def extract(
    session: Session, alert: AlertArgument,
    output: Annotated[Path | None, typer.Option(
        "-o", "--output", metavar="FILE", show_default=False,
        help="Where to: .pdf, .html or .txt. Without it, the text is printed.")] = None,
    language: LanguageOption = "en", tier: TierOption = "partner",
) -> None:
    """Write the extract of an alert: one page, or 480 letters for a radio. Nothing is recorded by it."""
    from headstamp.actions.alerts.alerts import alert_named
    from headstamp.actions.alerts.extract import extract_of, write_extract
    from headstamp.publish.alert_page import in_letters

    settings = session.settings()
    with session.open() as case:
        id_ = alert_named(case.read(settings.clearance), alert)
        made = extract_of(case, id_, clearance=settings.clearance, language=language, tier=tier)
    letters = in_letters(made)
    if output is None:
        session.show({"alert": id_, "letters": letters}, lambda: _lines(letters))
        return
    written = write_extract(made, output)
    session.show({"file": str(written.path), "size": written.size, "alert": id_},
                 lambda: line(f"Written to {written.path} ({written.size:,} bytes)."))


def _lines(text: str) -> None:
    for one in text.split("\n"):
        line(one)


def _day(text: str, option: str = "--on") -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{option} takes a day such as 2026-03-02, not {text!r}") from None
