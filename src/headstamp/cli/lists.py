"""``lists``: the official lists that transfers are held against, by version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.progress import share
from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
    with_session,
)
from headstamp.cli.show import line, note, table

if TYPE_CHECKING:
    from headstamp.actions.intake.result import ImportResult
    from headstamp.actions.tracing.lists import ListShown

app = typer.Typer(rich_markup_mode="rich")
_group = typer.Typer(rich_markup_mode="rich", subcommand_metavar="[COMMAND] ...",
                     invoke_without_command=True)


@_group.callback()
def lists(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Show the official lists: embargoes, sanctions, controlled goods, listed parties; or add one.

    Every version stays beside the others, with its day and source. Five lists
    come with headstamp; one of the same name that is added takes the place of
    the one that came.
    """
    session = ctx.obj = Session(case, actor, clearance, json).over(ctx.obj)
    if ctx.invoked_subcommand is not None:
        return
    from headstamp.actions.tracing.lists import lists as all_lists

    with session.reader() as reader:
        found = all_lists(reader)
    session.show({"lists": [one.as_dict() for one in found]}, lambda: _words(found))


app.add_typer(_group, name="lists")


@_group.command()
@with_session
def add(
    session: Session,
    file: Annotated[Path, typer.Argument(
        metavar="FILE", help="CSV, TSV, XLSX, ODS or JSON lines; kept as an original.",
        show_default=False)],
    date: Annotated[str, typer.Option(
        "--date", metavar="DATE", help="The list's own day: 2024-02-01, 2024-02, 2024.",
        show_default=False)],
    name: Annotated[str, typer.Option(
        metavar="NAME", show_default=False,
        help="The list's name, the same for every version; without it the file's.")] = "",
    version: Annotated[str, typer.Option(
        metavar="VERSION", show_default=False,
        help="What its publisher calls this version; without it the day.")] = "",
    kind: Annotated[str, typer.Option(
        metavar="KIND", show_default=False,
        help="What it lists: arms_embargo, sanctions_programme, listed_party, control_list, "
             "high_priority, regulated_substance, transit_hub.")] = "",
    issuer: Annotated[str, typer.Option(metavar="NAME", help="Who issues it, where no column says so.",
                                        show_default=False)] = "",
    credit: Annotated[str, typer.Option(metavar="TEXT", help="Whom to name as its source.",
                                        show_default=False)] = "",
    licence: Annotated[str, typer.Option(metavar="TEXT", help="Under which licence it may be used.",
                                         show_default=False)] = "",
    caution: Annotated[str, typer.Option(metavar="TEXT", help="What must be said wherever it is used; "
                                         "it goes into every flag.", show_default=False)] = "",
    link: Annotated[str, typer.Option(metavar="URL", help="Where it is published.",
                                      show_default=False)] = "",
    mapping: Annotated[Path | None, typer.Option(
        "--map", metavar="MAP.toml", help="Which column goes into which field, exactly.")] = None,
    tier: Annotated[str, typer.Option(metavar="TIER", help="Who may see the entries, where the list "
                                      "does not say.", show_default=False)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing in the "
                                          "case.")] = False,
) -> None:
    """Bring one version of an official list in. The same file again changes nothing.

    Columns are matched by name: code, title, country, from, to, goods (HS, CAS,
    munitions list), name, aliases, arms measure. A row that is not accepted is
    kept with its reasons in a problems file.
    """
    from headstamp.actions.tracing.lists import add_list

    actor = session.settings().actor
    with session.open() as case, share(file.name) as told:
        result = add_list(
            case, file, actor=actor, dated=date, name=name, version=version, kind=kind, issuer=issuer,
            credit=credit, licence=licence, caution=caution, link=link, tier=tier, mapping=mapping,
            dry_run=dry_run, told=told,
        )
        if not session.json:
            for column, target in result.matches:
                note(f"  {column} -> {target}")
    session.show({**result.as_dict(), "document": result.document_id, "list": result.mapping_name},
                 lambda: _result(result, dry_run))


def _words(found: list[ListShown]) -> None:
    table(("list", "version", "of", "kind", "entries", "with days", "source"), [
        (one.name, one.version, one.dated or "not stated", one.kind.replace("_", " "),
         f"{one.entries:,}", f"{one.dated_entries:,}",
         one.source + (" (comes with headstamp)" if one.built_in else "")) for one in found])
    for one in found:
        if one.caution:
            line(f"{one.name}, {one.version}: {one.caution}")


def _result(result: ImportResult, dry_run: bool) -> None:
    sums = ", ".join(f"{getattr(result, name):,} {name}"
                     for name in ("read", "accepted", "unchanged", "refused"))
    line(f"{result.mapping_name}: {sums}" + (" (nothing was written)" if dry_run else ""))
    for warning in result.warnings:
        line(f"  {warning}")
    if result.problems:
        line(f"  mend these rows and add the file again: {result.problems}")
