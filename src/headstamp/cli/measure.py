"""``measure`` and ``measures``: a named question asked of plain values, with its interval or its refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.errors import Invalid, Problem

if TYPE_CHECKING:
    from headstamp.analysis.measure import Result

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def measures(session: Session) -> None:
    """List the measures: what each asks, what it needs, when it refuses."""
    from headstamp.analysis.measures import MEASURES

    def words() -> None:
        table(("measure", "question", "inputs", "refuses"), [
            (one.name, one.question, ", ".join(
                f"--{i.name}{'' if i.needed else ' (may be left out)'}" for i in one.inputs), one.refuses)
            for one in MEASURES])

    session.show({"measures": [{
        "name": one.name, "version": one.version, "question": one.question,
        "inputs": [{"name": i.name, "kind": i.kind, "help": i.help, "needed": i.needed,
                    "choices": list(i.choices)} for i in one.inputs],
        "assumptions": list(one.assumptions), "refuses": one.refuses, "sources": list(one.sources),
    } for one in MEASURES]}, words)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@with_session
def measure(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the measure: see headstamp measures.")],
    options: Annotated[list[str] | None, typer.Argument(
        metavar="[--INPUT VALUE]...", show_default=False,
        help="Its inputs. A list is parted by commas or read from @FILE; a table is a file.")] = None,
) -> None:
    """Ask a measure of plain values and files; no case is needed.

    The answer has an estimate with its interval, the assumptions, what was looked at, and other
    models beside it; or it is refused, with the reason.
    """
    from headstamp.actions.measures import measure as ask

    found = ask(name, _given(options or []))
    session.show(found.as_dict(), lambda: _told(found))


def _given(words: list[str]) -> dict[str, str]:
    """``--name value`` and ``--name=value`` by name. Raises Invalid naming every word that is neither."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    left = list(words)
    while left:
        word = left.pop(0)
        name, mark, value = word.partition("=")
        if not name.startswith("--") or len(name) < 3:
            problems.append(Problem("not an input", "Write --NAME VALUE.", value=word))
            continue
        name = name[2:].replace("-", "_")
        if not mark:
            if not left:
                problems.append(Problem("it has no value", "Write --NAME VALUE.", name))
                continue
            value = left.pop(0)
        if name in found:
            problems.append(Problem("it is given twice", "Give it once.", name, value))
        found[name] = value
    if problems:
        raise Invalid("the inputs cannot be understood", problems)
    return found


def _told(found: Result) -> None:
    line(found.question)
    if found.refused:
        line(f"refused: {found.reason}")
    elif found.estimate is not None:
        unit = f" {found.unit}" if found.unit else ""
        ends = " to ".join("?" if end is None else f"{end:,.6g}" for end in (found.low, found.high))
        line(f"{found.estimate:,.6g}{unit} ({found.level:.0%}: {ends})")
    if found.text:
        line(found.text)
    for said in found.warnings:
        line(f"warning: {said}")
    if found.models:
        table(("model", "estimate", "low", "high", "fit", "weight"), [
            (one.name, *(("" if v is None else f"{v:,.6g}") for v in (
                one.estimate, one.low, one.high, one.fit, one.weight))) for one in found.models])
    if found.diagnostics:
        table(("looked at", "value", "as it should be"), [
            (one.words, "" if one.value is None else f"{one.value:,.4g}",
             "" if one.good is None else "yes" if one.good else "no") for one in found.diagnostics])
    for said in found.assumptions:
        note(f"assumed: {said}")
