"""What goes with every command: the case, who acts, what they may see, JSON or words.

The options may stand before or after the command's name; what stands after it
wins. They are added to each command here, so that no command can forget them.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.show import note, print_json
from headstamp.errors import Invalid

if TYPE_CHECKING:
    from headstamp.actions.settings import Settings
    from headstamp.store.case import Case
    from headstamp.store.reader import Reader

PANEL = "With every command"

CaseOption = Annotated[
    str | None,
    typer.Option("--case", metavar="DIR_OR_URL", rich_help_panel=PANEL,
                 help="The case: a folder or a PostgreSQL address (else HEADSTAMP_CASE)."),
]
ActorOption = Annotated[
    str | None,
    typer.Option("--actor", metavar="NAME", rich_help_panel=PANEL,
                 help="Who acts, as the log writes it (else HEADSTAMP_ACTOR, else the login)."),
]
ClearanceOption = Annotated[
    str | None,
    typer.Option("--clearance", metavar="TIER", rich_help_panel=PANEL,
                 help="What may be seen: public, partner, restricted or sealed "
                      "(else HEADSTAMP_CLEARANCE, else restricted)."),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", rich_help_panel=PANEL,
                 help="Print one JSON document, also for an error."),
]
_COMMON = {"case": CaseOption, "actor": ActorOption, "clearance": ClearanceOption,
           "json": JsonOption}
# What commands call the files that a person asks them to write.
_WRITTEN = ("output", "out", "write", "problems")


@dataclass(frozen=True)
class Session:
    """One call of the program."""

    case: str | None = None
    actor: str | None = None
    clearance: str | None = None
    json: bool = False

    def over(self, earlier: Session | None) -> Session:
        """This session with an earlier one's words where it has none."""
        if earlier is None:
            return self
        return replace(
            self, case=self.case if self.case is not None else earlier.case,
            actor=self.actor if self.actor is not None else earlier.actor,
            clearance=self.clearance if self.clearance is not None else earlier.clearance,
            json=self.json or earlier.json,
        )

    def settings(self) -> Settings:
        """The environment's settings with what was given in their place. Raises Invalid."""
        from headstamp.actions.settings import from_environment

        return from_environment().with_(
            case=self.case, actor=self.actor, clearance=self.clearance
        )

    @contextmanager
    def open(self) -> Iterator[Case]:
        """The case, open. Raises Invalid where none is named, Missing where there is none."""
        from headstamp.actions.cases import open_case

        settings = self.settings()
        with open_case(settings.needed_case(), folder=settings.folder) as case:
            yield case

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """What the clearance may see of the case, in one unchanging state."""
        with self.open() as case, case.read(self.settings().clearance).snapshot() as reader:
            yield reader

    def show(self, document: Any, words: Callable[[], None]) -> None:
        """The answer: one JSON document, or the same in words."""
        if self.json:
            print_json(document)
        else:
            words()


def with_session(function: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the common options; its first parameter becomes the Session."""
    signature = inspect.signature(function, eval_str=True)
    own = list(signature.parameters.values())[1:]
    common = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation,
            default=False if name == "json" else None,
        )
        for name, annotation in _COMMON.items()
    ]
    context = inspect.Parameter(
        "ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context
    )

    @functools.wraps(function)
    def command(ctx: typer.Context, **given: Any) -> None:
        session = Session(**{name: given.pop(name) for name in _COMMON})
        for name, value in {**given, "actor": session.actor}.items():
            _refuse_no_text(name, value)
        try:
            function(session.over(ctx.obj), **given)
            _tell_of_open_files(session.over(ctx.obj), given)
        except BrokenPipeError:
            raise typer.Exit(141) from None  # whoever read our output has stopped

    parameters = [context, *(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own), *common]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": None}
    return command


def _tell_of_open_files(session: Session, given: Mapping[str, Any]) -> None:
    """What was written outside of an encrypted case can be read by whoever finds it: that is said."""
    paths = [str(one) for name in _WRITTEN for one in (
        given[name] if isinstance(given.get(name), list) else [given.get(name)]) if one]
    if not paths:
        return
    from headstamp.actions.keeping.locking import locked_folder

    settings = session.settings()
    if not settings.case or "://" in settings.case:
        return
    if locked_folder(settings.case, settings.folder) is not None:
        note(f"Written outside of the encrypted case, readable for whoever has it: {', '.join(paths)}.")


def _refuse_no_text(name: str, value: Any) -> None:
    """Bytes that the terminal's encoding cannot read are no text; a file's name may hold them."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and not one.isascii():
            try:
                one.encode("utf-8")
            except UnicodeEncodeError:
                raise Invalid(f"{name.replace('_', ' ')}: {one!r} is no text; "
                              "is the terminal's encoding UTF-8?") from None
