"""The commands by name, each with the module it stands in; loaded when asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
)

# In the order of the work: make a case, fill it, look, check, publish, serve.
COMMANDS: dict[str, str] = {
    "demo": "demo",
    "init": "case",
    "passphrase": "case",
    "import": "intake",
    "record": "record",
    "list": "look",
    "count": "look",
    "find": "find",
    "parts": "parts",
    "party": "party",
    "series": "series",
    "markings": "markings",
    "readings": "readings",
    "give-reading": "readings",
    "settle": "readings",
    "read": "machine",
    "reference": "library",
    "request": "request",
    "desk": "desk",
    "show": "look",
    "trace": "trace",
    "picture": "picture",
    "custody": "custody",
    "diversion": "diversion",
    "receipt": "custody",
    "derive": "custody",
    "lists": "lists",
    "flags": "checks",
    "forward": "forward",
    "hands": "hands",
    "lag": "lag",
    "ask": "ask",
    "measures": "measure",
    "measure": "measure",
    "finding": "finding",
    "signature": "signature",
    "spread": "signature",
    "novel": "signature",
    "alert": "alert",
    "erase": "erase",
    "verify": "case",
    "checkpoint": "case",
    "key": "key",
    "export-log": "log",
    "proof": "log",
    "stamp": "stamp",
    "witness": "stamp",
    "device": "device",
    "pack": "exchange",
    "take": "exchange",
    "sync": "sync",
    "conflicts": "exchange",
    "doctor": "doctor",
    "backup": "keep",
    "restore": "keep",
    "move": "keep",
    "upgrade": "keep",
    "snapshot": "case",
    "report": "publish",
    "iafq": "iafq",
    "serve": "serve",
    "kinds": "reference",
    "schema": "reference",
}


@cache
def _module(name: str) -> dict[str, Any]:
    app: typer.Typer = import_module(f"headstamp.cli.{name}").app
    return dict(get_group(app).commands)


class Commands(TyperGroup):
    """The commands of ``COMMANDS``; only the module of the one that is called is loaded."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        # Only the names are read from here: what a mistyped word may have meant.
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none."""
        module = COMMANDS.get(cmd_name)
        return _module(module)[cmd_name] if module else None


app = typer.Typer(
    cls=Commands, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True,
    subcommand_metavar="COMMAND ...",
)


def _version(asked: bool) -> None:
    if asked:
        from headstamp import __version__

        typer.echo(f"headstamp {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    case: CaseOption = None,
    actor: ActorOption = None,
    clearance: ClearanceOption = None,
    json: JsonOption = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True,
                           help="Print the version.")
    ] = False,
) -> None:
    """Document recovered weapons, keep the evidence tamper-evident, match markings,
    trace the chain of supply and publish what can be proved.
    """
    ctx.obj = Session(case, actor, clearance, json)
    if ctx.invoked_subcommand is None:
        if json:
            ctx.fail("Missing command.")
        typer.echo(ctx.get_help())


@cache
def command() -> Any:
    """The whole command line, as typer runs it."""
    return get_command(app)
