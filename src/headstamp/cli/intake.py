"""``import``: files of finds, and folders of photographs, into a case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.progress import share
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note
from headstamp.errors import HeadstampError, Invalid

if TYPE_CHECKING:
    from headstamp.actions.intake.result import ImportResult
    from headstamp.store.case import Case

app = typer.Typer(rich_markup_mode="rich")
_SUMS = ("read", "accepted", "unchanged", "refused")


@app.command("import")
@with_session
def import_(
    session: Session,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="A table (CSV, TSV, XLSX, ODS, JSON lines, "
                                                        "Parquet, also packed with gzip), or a "
                                                        "photograph or a folder of them.")
    ],
    kind: Annotated[
        str | None, typer.Option("--as", metavar="KIND", help="What each row is, where the columns "
                                                              "do not tell.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", metavar="MAP.toml",
                                  help="Which column goes into which field, exactly.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, write nothing in the case.")
    ] = False,
    tier: Annotated[
        str | None, typer.Option(metavar="TIER", help="Who may see the records, where the file "
                                                      "does not say.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why, as the log writes it.")
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", show_default=False,
                                  help="Write the refused rows there, in the open. An encrypted case "
                                       "keeps them encrypted otherwise.")
    ] = None,
) -> None:
    """Import files. The same file again changes nothing; a mended one makes new versions.

    Columns are matched to fields by their names, in several languages, and shown
    before anything is written. A row that is not accepted is kept with its
    reasons in a problems file; mend it there and import that file. The file
    itself is kept as an original, and every record points to its row.
    """
    from headstamp.publish.sheets import write_bytes

    actor = session.settings().actor
    told: list[dict[str, Any]] = []
    failed: HeadstampError | None = None
    if problems is not None and len(files) > 1:
        raise Invalid("--problems goes with one file")
    with session.open() as case:
        sealed = case.working.sealed
        for path in files:
            try:
                result = _import(session, case, path, kind=kind, mapping=mapping, tier=tier,
                                 dry_run=dry_run, actor=actor, reason=reason)
            except HeadstampError as error:
                if len(files) == 1:
                    raise
                # The other files are not made to wait for this one; the exit code tells of it.
                failed = failed or error
                told.append({"file": str(path), **error.as_dict()})
            else:
                if problems is not None and result.problems is not None:
                    write_bytes(problems, result.problems.read_bytes())
                    result.problems = problems
                told.append({"file": str(path), **result.as_dict(),
                             "document": result.document_id, "mapping": result.mapping_name})
    session.show(_summed(told), lambda: _words(told, dry_run, sealed and problems is None))
    if failed is not None:
        raise typer.Exit(failed.exit_code)


def _import(
    session: Session, case: Case, path: Path, *, kind: str | None, mapping: Path | None,
    tier: str | None, dry_run: bool, actor: str, reason: str | None,
) -> ImportResult:
    from headstamp.actions.intake.file import import_file, look_at
    from headstamp.actions.intake.photographs import is_for_photographs

    plan: Any = mapping
    if is_for_photographs(path):
        if tier is not None:
            raise Invalid("--tier goes with tables; a photograph has the tier of what it shows")
    else:
        opened = look_at(case, path, kind=kind, mapping=mapping)
        if tier is not None:
            plan = replace(opened.mapping, reading=opened.reading,
                           defaults={**opened.mapping.defaults, "tier": _tier(tier)})
        if not session.json:
            note(f"{path.name}, by {opened.mapping.title or opened.mapping.name}:")
            for column, field in opened.matches:
                note(f"  {column} -> {field}")
    with share(path.name) as told:
        return import_file(case, path, kind=kind, mapping=plan, dry_run=dry_run, actor=actor,
                           reason=reason, told=told)


def _tier(word: str) -> str:
    from headstamp.kinds.kind import Unfit
    from headstamp.kinds.tier import TIER

    try:
        return TIER.clean(word)
    except Unfit as unfit:
        raise Invalid(f"--tier: {unfit.rule}. {unfit.advice}") from None


def _summed(told: list[dict[str, Any]]) -> dict[str, Any]:
    """The sums over all files, the first problems file; of several files each one's result, too."""
    sums: dict[str, Any] = {
        **{name: sum(one.get(name, 0) for one in told) for name in _SUMS},
        "problems": next((p for one in told if isinstance(p := one.get("problems"), str)), None),
        "warnings": [warning for one in told for warning in one.get("warnings", ())],
    }
    return sums if len(told) == 1 else {**sums, "files": told}


def _words(told: list[dict[str, Any]], dry_run: bool, sealed: bool) -> None:
    for one in told:
        if "error" in one:
            line(f"{one['file']}: {one['message']}")
            continue
        sums = ", ".join(f"{one[name]:,} {name}" for name in _SUMS)
        line(f"{one['file']}: {sums}" + (" (nothing was written)" if dry_run else ""))
        for warning in one["warnings"]:
            line(f"  {warning}")
        if one["problems"] and sealed:
            line("  the refused rows are kept encrypted; to mend them, import the file again with "
                 "--problems FILE.csv")
        elif one["problems"]:
            line(f"  mend these rows and import the file again: {one['problems']}")
