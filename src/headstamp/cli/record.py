"""``record KIND``: one record by hand; each kind's options follow from its declaration."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
    with_session,
)
from headstamp.cli.show import line, note
from headstamp.cli.where import pairs
from headstamp.errors import HeadstampError, Invalid, Problem

if TYPE_CHECKING:
    from headstamp.records import Column, Fact, RecordType

_FREE = {"line", "prose"}
_OWN = {"set", "reason", "case", "actor", "clearance", "json", "help"}


class Kinds(TyperGroup):
    """One command for each kind of record, made when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all kinds."""
        from headstamp.records import TYPES

        return [_word(type_) for type_ in TYPES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command that records this kind; None where there is no such kind."""
        from headstamp.records import kind_named

        try:
            return command_for(kind_named(cmd_name))
        except HeadstampError:
            return None


app = typer.Typer(rich_markup_mode="rich")
_kinds = typer.Typer(cls=Kinds, rich_markup_mode="rich", subcommand_metavar="KIND ...")


@_kinds.callback()
def record(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Record one thing by hand.

    Each kind has the options that its declaration gives it; `headstamp record
    item --help` lists them. --set FIELD=VALUE gives any field by name; a field
    that holds several values has them parted by semicolons.
    """
    ctx.obj = Session(case, actor, clearance, json).over(ctx.obj)


app.add_typer(_kinds, name="record")


def _word(type_: RecordType) -> str:
    return type_.name.replace("_", "-")


def command_for(type_: RecordType, word: str = "") -> Any:
    """The command of one kind: an option for each column that is given by hand.

    ``word`` is what the command is called, where not by the kind's name.
    """
    named = _options(type_)

    def command(session: Session, **given: Any) -> None:
        values = pairs(given.pop("set"), "--set")
        reason = given.pop("reason")
        for name, value in given.items():
            if value is None:
                continue
            column = named[name].name
            if column in values:
                raise Invalid("this record cannot be recorded", [
                    Problem("this field is given twice", "Give it once.", column, str(value))])
            values[column] = value
        _record(session, type_, values, reason)

    command.__doc__ = type_.doc
    command.__name__ = type_.name
    parameters = [inspect.Parameter("session", inspect.Parameter.POSITIONAL_OR_KEYWORD,
                                    annotation=Session)]
    for name, column in named.items():
        parameters.append(_parameter(
            name, str | None, f"--{column.name.replace('_', '-')}", None, _help(type_, column),
            metavar=_metavar(column), panel="Fields"))
    parameters.append(_parameter("set", list[str] | None, "--set", None,
                                 "Any field by its name.", metavar="FIELD=VALUE"))
    parameters.append(_parameter("reason", str, "--reason", inspect.Parameter.empty,
                                 "Why it is recorded, as the log writes it.", metavar="TEXT"))
    signature = inspect.Signature(parameters)
    command.__signature__ = signature  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    single = typer.Typer(rich_markup_mode="rich", add_completion=False)
    single.command(word or _word(type_))(with_session(command))
    return get_command(single)


def _parameter(
    name: str, annotation: Any, option: str, default: Any, told: str, *, metavar: str,
    panel: str | None = None,
) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default,
        annotation=Annotated[annotation, typer.Option(
            option, help=told, metavar=metavar, rich_help_panel=panel, show_default=False)],
    )


def _options(type_: RecordType) -> dict[str, Column]:
    """The columns that are given by hand, by the name of their parameter."""
    return {
        column.name if column.name not in _OWN else f"{column.name}_": column
        for column in type_.columns if not column.derived and column.name not in _OWN
    }


def _metavar(column: Column) -> str:
    return column.kind.name.partition(":")[0].upper() if column.kind is not None else "JSON"


def _help(type_: RecordType, column: Column) -> str:
    fact = type_.by_name[column.fact]
    part = next((p for p in fact.parts if p.name == column.part), None)
    told = f"{fact.title}: {part.title}" if part is not None else fact.title
    if fact.many:
        told += " (several: part them with ;)"
    # An example of free text would say nothing about what belongs in this field.
    if column.kind is not None and column.kind.example and column.kind.name not in _FREE:
        told += f", such as {column.kind.example}"
    needed = fact.required and (part is None or part.required)
    return told.replace("[", r"\[") + (". Must be given." if needed else "")


def _record(session: Session, type_: RecordType, given: dict[str, str], reason: str) -> None:
    from headstamp.actions.record import record as record_in
    from headstamp.store.policy import clearance_rank

    values = gathered(type_, given)
    settings = session.settings()
    with session.open() as case:
        outcome = record_in(case, type_.name, values, actor=settings.actor, reason=reason)
        # Its own tier, which was just given: never that of a record it belongs to, which may be hidden.
        tier = case.read("sealed").get(outcome.id).get("tier")
    session.show({"id": outcome.id, "version": outcome.version, "what": outcome.what},
                 lambda: line(outcome.id))
    if clearance_rank(tier) > clearance_rank(settings.clearance):
        note(f"headstamp: {outcome.id} is above the clearance you look with: --clearance {tier} shows it.")


def gathered(type_: RecordType, given: dict[str, str]) -> dict[str, Any]:
    """Columns as people name them, put together to the fields of a record.

    ``place_country`` or ``place.country`` goes into the field ``place``; lists are
    parted by semicolons, lists of several parts are JSON. Raises Invalid naming
    every column that is not there.
    """
    import orjson

    values: dict[str, Any] = {}
    problems = []
    columns = {column.name: column for column in type_.columns if not column.derived}
    for name, text in given.items():
        column = columns.get(name.replace(".", "_").replace("-", "_"))
        if column is None:
            problems.append(Problem(
                "there is no such field", f"`headstamp kinds {type_.name}` lists them.", name, text
            ))
            continue
        fact: Fact = type_.by_name[column.fact]
        if column.part:
            values.setdefault(column.fact, {})[column.part] = text
        elif fact.many and fact.struct is not None:
            try:
                values[column.fact] = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                problems.append(Problem(f"not JSON: {error}", "Write a JSON list of objects.",
                                        name, text))
        elif fact.many:
            values[column.fact] = [part.strip() for part in text.split(";") if part.strip()]
        else:
            values[column.fact] = text
    if problems:
        raise Invalid(f"this {type_.title} cannot be recorded", problems)
    return values
