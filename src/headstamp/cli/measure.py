"""``measure`` and ``measures``: a named question asked of plain values, with its interval or its refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.given import given_words
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.cli.shut_in import shut_in
from headstamp.errors import Invalid, Problem

if TYPE_CHECKING:
    from headstamp.analysis.measure import Result
    from headstamp.engine.engines import Choice

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def measures(session: Session) -> None:
    """List the measures: what each asks, what it needs or takes from a case, when it refuses."""
    from headstamp.actions.measures.feeds import BY_MEASURE
    from headstamp.analysis.measures import MEASURES

    def words() -> None:
        table(("measure", "question", "inputs", "of a case", "refuses"), [
            (one.name, one.question, ", ".join(
                f"{_option(i.name)}{'' if i.needed else ' (may be left out)'}" for i in one.inputs),
             "" if one.name not in BY_MEASURE else
             f"{BY_MEASURE[one.name].words} " + ", ".join(_option(p.name) for p in BY_MEASURE[one.name].parameters),
             one.refuses)
            for one in MEASURES])

    def of_case(name: str) -> dict[str, Any] | None:
        feed = BY_MEASURE.get(name)
        return None if feed is None else {"words": feed.words, "parameters": [
            {"name": p.name, "kind": p.kind, "help": p.help, "needed": p.needed, "choices": list(p.choices)}
            for p in feed.parameters]}

    session.show({"measures": [{
        "name": one.name, "version": one.version, "question": one.question,
        "inputs": [{"name": i.name, "kind": i.kind, "help": i.help, "needed": i.needed,
                    "choices": list(i.choices)} for i in one.inputs],
        "case": of_case(one.name), "assumptions": list(one.assumptions), "refuses": one.refuses, "sources": list(one.sources),
    } for one in MEASURES]}, words)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@with_session
def measure(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the measure: see headstamp measures.")],
    options: Annotated[list[str] | None, typer.Argument(
        metavar="[--INPUT VALUE]...", show_default=False,
        help="Its inputs. A list is parted by commas or read from @FILE; a table is a file. "
             "Of a case: what it chooses by, such as --make.")] = None,
    snapshot: Annotated[str | None, typer.Option(
        "--snapshot", metavar="DIR_OR_URL", show_default=False, help="Ask this snapshot instead of a case.")] = None,
    engine: Annotated[str, typer.Option(
        "--engine", metavar="duckdb|spark", help="What reads the snapshot (docs/questions.md).")] = "duckdb",
    master: Annotated[str, typer.Option(
        "--master", metavar="URL", show_default=False, help="Spark's cluster; else this machine.")] = "",
    record: Annotated[bool, typer.Option(
        "--record", help="Put the answer into a new finding, as a draft.")] = False,
    draft: Annotated[str | None, typer.Option(
        "--into", metavar="FINDING", show_default=False,
        help="Put the answer at the end of this draft instead.")] = None,
) -> None:
    """Ask a measure of plain values and files, or of a case.

    What is given is taken as given; the rest comes from the case, in its present state, as far as
    the clearance sees it. The answer has an estimate with its interval, the assumptions, what was
    looked at, and other models beside it; or it is refused, with the reason.
    """
    from headstamp.actions.measures.plain import is_plain
    from headstamp.actions.measures.plain import measure as ask
    from headstamp.engine.engines import Choice

    given = given_words(options or [])
    if snapshot is None and engine == "duckdb" and session.case is None and (
            not session.settings().case or is_plain(name, given)):
        if record or draft:
            raise Invalid("only what is asked of a case can be recorded in it",
                          [Problem("no case is asked", "Name one with --case.", "into" if draft else "record")])
        found = ask(name, given)
        session.show(found.as_dict(), lambda: _told(found))
        return
    _of_case(session, name, given, snapshot, record or draft is not None, Choice(engine, master), draft)


def _of_case(
    session: Session, name: str, given: dict[str, str], snapshot: str | None, record: bool, choice: Choice,
    draft: str | None = None,
) -> None:
    from headstamp.actions.measures.effort import beside
    from headstamp.actions.measures.finding import put_into_finding
    from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
    from headstamp.engine.engines import engine_over

    into = ""
    if snapshot is not None:
        if record:
            raise Invalid("only what is asked of the case itself can be recorded in it",
                          [Problem("a snapshot is asked", "Leave --snapshot out.", "record")])
        if choice.name == "duckdb":
            shut_in()
        with engine_over(snapshot, choice) as (engine, place):
            found = measure_snapshot(place, name, given, engine)
    else:
        with session.open() as case:
            settings = session.settings()
            with engine_over(snapshot_now(case, settings.clearance), choice) as (engine, place):
                found = measure_snapshot(place, name, given, engine)
            if record:
                into = put_into_finding(case, found, actor=settings.actor, finding=draft).id

    def words() -> None:
        _told(found.result)
        for said in found.fed.told:
            note(f"taken: {said}")
        note(beside(found.effort))
        note(f"{found.method}; snapshot {found.snapshot[:16]}, clearance {found.clearance}")
        if into:
            line(into)

    session.show({**found.as_dict(), **({"finding": into} if into else {})}, words)


def _option(name: str) -> str:
    """An input as it is typed."""
    return f"--{name.replace('_', '-')}"


def _told(found: Result) -> None:
    from headstamp.analysis.figure import figure

    line(found.question)
    if found.refused:
        line(f"refused: {found.reason}")
    elif found.estimate is not None:
        unit = f" {found.unit}" if found.unit else ""
        ends = " to ".join("?" if end is None else figure(end) for end in (found.low, found.high))
        if found.shown:
            line(found.shown)
        line(f"{figure(found.estimate)}{unit} ({found.level:.0%}: {ends})")
    if found.text:
        line(found.text)
    for said in found.warnings:
        line(f"warning: {said}")
    if found.models:
        table(("model", "estimate", "low", "high", "fit", "weight"), [
            (one.name, *(("" if v is None else figure(v)) for v in (
                one.estimate, one.low, one.high, one.fit, one.weight))) for one in found.models])
    if found.diagnostics:
        table(("looked at", "value", "as it should be"), [
            (one.words, "" if one.value is None else figure(one.value, 4),
             "" if one.good is None else "yes" if one.good else "no") for one in found.diagnostics])
    for said in found.assumptions:
        note(f"assumed: {said}")
