"""``series``: runs of markings with their gaps, and what stands around one reading."""

from __future__ import annotations

from typing import Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, table

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def series(
    session: Session,
    text: Annotated[str, typer.Argument(
        metavar="TEXT", show_default=False,
        help="A marking as read (unread characters as ?): what stands around it. Without it, all "
             "runs.")] = "",
    gap: Annotated[int, typer.Option(
        min=0, max=1_000_000_000, show_default=False,
        help="The most that two neighbours of a run may lie apart; without it, told from how near "
             "the others stand.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many runs.")] = 50,
    ranges: Annotated[bool, typer.Option(
        "--ranges", help="The serial numbers that trace replies and transfers name, and how they "
                         "are read.")] = False,
) -> None:
    """Find runs of consecutive or near markings, what is missing in them, and ranges that cover one."""
    from headstamp.actions.markings.series import Surroundings

    with session.reader() as reader:
        found = Surroundings(reader, gap or None)
        around = found.around(reader, text, limit=limit) if text else None
    if around is not None:
        lines = around.words()

        def said() -> None:
            for one in lines or ["in no run and next to none; no range covers it"]:
                line(one)

        session.show({"asked": text, **around.as_dict()}, said)
        return
    if ranges:
        session.show(
            {"ranges": [one.as_dict() for one in found.ranged[:limit]],
             "total": len(found.ranged)},
            lambda: table(("record", "as written", "read as", "doubts"), [
                (one.id, one.text, "; ".join(map(str, one.ranges)), "; ".join(
                    [*dict.fromkeys(d for r in one.ranges for d in r.doubts), *one.problems,
                     *(f"left out: {left}" for left in one.left_out)]))
                for one in found.ranged[:limit]
            ]),
        )
        return
    shown = found.series[:limit]

    def words() -> None:
        table(("first", "last", "recorded", "of", "missing", "more than once"), [
            (run.first_text, run.last_text, run.count, run.span,
             ", ".join(low if low == high else f"{low} to {high}" for low, high in told["missing"]),
             ", ".join(f"{number} ({times})" for number, times in told["duplicates"]))
            for run, told in ((run, run.as_dict(most=5)) for run in shown)
        ])

    session.show({
        "total": len(found.series), "markings": found.looked_at,
        "series": [
            {**run.as_dict(), "records": [found.ids[at] for at in run.positions[:100].tolist()]}
            for run in shown
        ],
    }, words)
