"""``ask``: questions to a snapshot, on this machine or on a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.given import given_words
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.cli.shut_in import shut_in
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.measures.asking import Answer
    from headstamp.engine.held import Held
    from headstamp.engine.snapshot import Snapshot

app = typer.Typer(rich_markup_mode="rich")
_SHOWN = 1_000


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
@with_session
def ask(
    session: Session,
    question: Annotated[str | None, typer.Argument(
        metavar="[QUESTION]", show_default=False, help="Its name. Without it, all are listed.")] = None,
    options: Annotated[list[str] | None, typer.Argument(
        metavar="[--NAME VALUE]...", show_default=False, help="What the question is given, such as --make.")] = None,
    sql: Annotated[str | None, typer.Option(
        "--sql", metavar="SELECT...", show_default=False, help="Ask this instead. It only reads.")] = None,
    snapshot: Annotated[str | None, typer.Option(
        "--snapshot", metavar="PLACE", show_default=False,
        help="Ask this snapshot instead of a case: a folder, or an address that Spark reads.")] = None,
    engine: Annotated[str, typer.Option("--engine", metavar="ENGINE", help="duckdb or spark.")] = "duckdb",
    master: Annotated[str, typer.Option(
        "--master", metavar="URL", show_default=False, help="Of Spark: local[*], spark://HOST:7077, yarn, k8s://...")] = "",
    memory: Annotated[str, typer.Option(
        "--memory", metavar="AMOUNT", show_default=False, help="What the engine may take, such as 4g.")] = "",
    spill: Annotated[Path | None, typer.Option(
        "--spill", metavar="DIR", show_default=False,
        help="Where DuckDB puts aside what is beyond that, readable until it is done.")] = None,
    settings: Annotated[list[str] | None, typer.Option(
        "--set", metavar="NAME=VALUE", show_default=False, help="A setting of Spark's. May be given again.")] = None,
    unchecked: Annotated[bool, typer.Option(
        "--unchecked", help="Do not hold the snapshot's files to their digests first.")] = False,
    output: Annotated[Path | None, typer.Option(
        "-o", "--output", metavar="FILE", show_default=False, help="Write the rows to a .csv, .parquet or .xlsx.")] = None,
) -> None:
    """Ask a case, or a snapshot of it, a question by its name.

    The same questions are answered here by DuckDB and by Spark where a cluster is. With --sql you
    ask your own: each kind of record is a table of its name.
    """
    from headstamp.actions.measures.asking import ask_question, ask_sql, check_output, write_answer
    from headstamp.actions.measures.measuring import snapshot_now
    from headstamp.engine.engines import Choice

    if question is None and sql is None and not options:
        _list(session)
        return
    if (question is None) == (sql is None) or (sql is not None and options):
        raise Invalid("it is not clear what is asked", [
            Problem("name a question, or give --sql, and not both", "headstamp ask lists the questions.", "question",
                    question or "")])
    if output is not None:
        check_output(output)
    choice = Choice(engine, master, memory, spill, _settings(settings or []))
    choice.check()
    words = given_words(options or [])

    def found(place: Snapshot | Held | str) -> Answer:
        if sql is not None:
            return ask_sql(place, sql, choice, check=not unchecked)
        return ask_question(place, question or "", words, choice, check=not unchecked)

    if snapshot is not None:
        if engine == "duckdb":
            shut_in()
        answer = found(snapshot)
    else:
        _early(question, words)
        with session.open() as case:
            answer = found(snapshot_now(case, session.settings().clearance))
    if output is not None:
        write_answer(answer, output)
    _tell(session, answer, output)


def _early(question: str | None, words: dict[str, str]) -> None:
    """What is wrong with the question is told before a snapshot is taken for it."""
    from headstamp.engine.question import given_values
    from headstamp.engine.questions import question_named

    if question is not None:
        one = question_named(question)
        given_values(one.name, one.parameters, words)


def _settings(words: list[str]) -> dict[str, str]:
    problems = [Problem("no setting of Spark's", "Write NAME=VALUE, such as spark.executor.memory=8g.", "set", word)
                for word in words if "=" not in word or not word.startswith("spark.")]
    if problems:
        raise Invalid("the settings cannot be understood", problems)
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _tell(session: Session, answer: Answer, output: Path | None) -> None:
    def words() -> None:
        if output is not None:
            line(str(output))
        else:
            table(answer.columns, [tuple("" if row[name] is None else row[name] for name in answer.columns)
                                   for row in answer.rows[:_SHOWN]])
            if len(answer.rows) > _SHOWN:
                note(f"the first {_SHOWN:,} rows; all of them with --json or --output")
        note(f"{plural(len(answer.rows), 'row')}; snapshot {answer.snapshot[:16]}, clearance {answer.clearance}, "
             f"{answer.engine}")

    told = answer.as_dict()
    if output is not None:
        told = {**told, "rows": len(answer.rows), "output": str(output)}
    session.show(told, words)


def _list(session: Session) -> None:
    from headstamp.engine.questions import QUESTIONS

    def words() -> None:
        table(("question", "asks", "may be given"), [
            (one.name, one.words, ", ".join(f"--{p.name}{' (needed)' if p.needed else ''}" for p in one.parameters))
            for one in QUESTIONS])

    session.show({"questions": [{
        "name": one.name, "version": one.version, "question": one.words, "columns": list(one.columns),
        "parameters": [{"name": p.name, "kind": p.kind, "help": p.help, "needed": p.needed,
                        "default": p.default, "choices": list(p.choices)} for p in one.parameters],
    } for one in QUESTIONS]}, words)
