"""``report``: the report of a case as HTML or PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line
from headstamp.kinds.counted import plural

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def report(
    session: Session,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE",
                           help="Where to; its ending, .html or .pdf, says in which form.")
    ],
) -> None:
    """Write the report: counts that reconcile, tables, map, items with markings, sources, hashes.

    Twice from the same checkpoint and clearance gives the same HTML, byte for byte.
    """
    from headstamp.actions.report import write_report

    with session.open() as case, progress() as told:
        made = write_report(case, output, clearance=session.settings().clearance, told=told)
    document = {"report": str(made.path), "form": made.form, "bytes": made.size,
                "entries": made.entries, "root": made.root, "items": made.items}
    session.show(document, lambda: line(
        f"{made.path}: {plural(made.items, 'item')}, from a log of {made.entries} entries"))
