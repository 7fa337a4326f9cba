"""``iafq``: the yearly tables on illicit arms, after the UNODC questionnaire, as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.measures.iafq import Written

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def iafq(
    session: Session,
    year: Annotated[int, typer.Option("--year", metavar="YEAR", help="Of what was recovered in it.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.xlsx", help="Where to.")],
    country: Annotated[str, typer.Option("--country", metavar="CODE", show_default=False,
                                         help="Only what was recovered there.")] = "",
    classes: Annotated[Path | None, typer.Option(
        "--classes", metavar="FILE", show_default=False,
        help="Another mapping to classes, in the place of the program's.")] = None,
) -> None:
    """Write the yearly tables on illicit arms, after the UNODC Illicit Arms Flows Questionnaire.

    Not its official form. Each number rests on items that the workbook lists; what is in no
    table is listed with its reason. Twice from the same checkpoint gives the same bytes.
    """
    from headstamp.actions.measures.iafq import write_iafq

    with session.open() as case:
        made = write_iafq(case, output, year, clearance=session.settings().clearance, country=country, classes=classes)
    session.show(made.as_dict(), lambda: _told(made))


def _told(made: Written) -> None:
    from headstamp.actions.measures.effort import beside

    told = made.tables
    line(f"{made.path}: {plural(len(told.items.counted), 'item')} in the tables, {len(told.items.aside):,} left out")
    for one in told.crosses[:2]:
        table((one.head, "pieces", "records"), [
            (label, f"{one.row(code)[0]:,.12g}", one.row(code)[1]) for code, label in one.rows.items() if one.row(code)[1]])
    sdg = told.sdg
    if sdg.estimate is None or sdg.low is None or sdg.high is None:
        line(f"SDG 16.4.2: refused. {sdg.reason}")
    else:
        line(f"SDG 16.4.2: {sdg.estimate:.1%} ({sdg.level:.0%}: {sdg.low:.1%} to {sdg.high:.1%})")
    note(beside(told.effort))
    for said in sdg.warnings:
        note(said)
