"""``markings``: how markings are misread, by default and in this case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
    with_session,
)
from headstamp.cli.show import line, table

if TYPE_CHECKING:
    from headstamp.markings.learned import Change

app = typer.Typer(rich_markup_mode="rich")
_markings = typer.Typer(rich_markup_mode="rich", subcommand_metavar="COMMAND ...")


@_markings.callback()
def markings(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Show how likely each misreading is taken to be, and learn it from the case's readings.

    The search weighs every difference by these chances. They come with a reason
    and a source each, most of them estimates; confirmed readings make them
    better. docs/markings-costs.md tells how.
    """
    ctx.obj = Session(case, actor, clearance, json).over(ctx.obj)


app.add_typer(_markings, name="markings")


@_markings.command()
@with_session
def learn(
    session: Session,
    use: Annotated[bool, typer.Option(
        "--use", help="Keep what was learned beside the case; the search uses it from now on.",
    )] = False,
    write: Annotated[Path | None, typer.Option(
        "--write", metavar="FILE", show_default=False,
        help="Write what was learned to a file, to look at or to keep.",
    )] = None,
) -> None:
    """Learn the chances of misreading from the case's confirmed readings; show what changed.

    A pair of texts counts where the true text is known (a reading of 100 %
    certainty, two people who agree, a corrected marking) and an independent
    text stands beside it. With fewer than 50 pairs, or fewer than 10 that
    differ, nothing is learned. Nothing is written without --use or --write.
    """
    from headstamp.actions.markings.learn import keep_costs, learn_markings, write_costs

    with session.open() as case:
        with case.read(session.settings().clearance).snapshot() as reader:
            taught = learn_markings(reader)
        files = [keep_costs(taught, case)] if use else []
    if write:
        write_costs(taught, write)
        files.append(write)

    def words() -> None:
        lesson, found = taught.lesson, taught.grounds
        line(f"{lesson.used} confirmed pairs of texts, {lesson.differing} of them differ ("
             + ", ".join(f"{n} {_GROUNDS[ground]}" for ground, n in found.by_ground.items()) + ").")
        for why, number in lesson.left_out.items():
            line(f"{number} left out: {why}.")
        if found.open:
            line(f"{found.open} differences between people are not settled; the others on which "
                 f"people agreed count {found.share_settled:.0%}.")
        if found.contradicting:
            line(f"{found.contradicting} markings have two readings of 100 % that differ.")
        _changes(lesson.learned.changes)
        for file in files:
            line(f"Written to {file}")

    session.show({**taught.as_dict(), "written": [str(file) for file in files]}, words)


@_markings.command()
@with_session
def costs(
    session: Session,
    technique: Annotated[str, typer.Option(
        "--technique", metavar="WORD", help="How the marking was applied.")] = "unknown",
    reader: Annotated[str, typer.Option(
        "--reader", metavar="WORD", help="How it was read: person, ocr, copied, barcode.",
    )] = "person",
    overstamped: Annotated[bool, typer.Option(
        "--overstamped", help="Another marking was struck over it.")] = False,
) -> None:
    """Show the chances of misreading in use, each group with its reason and source.

    With --case (or HEADSTAMP_CASE), those of the case where it has learned some.
    """
    from headstamp.actions.markings.learn import channel_of
    from headstamp.markings.channel import Channel

    if session.settings().case:
        with session.open() as case:
            channel = channel_of(case, technique, reader, overstamped)
    else:
        channel = Channel.default(technique, reader, overstamped)
    told = channel.describe()

    def words() -> None:
        for one in told["settings"]:
            line(f"{one['kind']}: {one['name'].replace('_', ' ')}. {one['reason']}")
        if told["learned_from"]:
            line(f"Learned from {told['learned_from']} confirmed pairs of texts of this case.")
        line()
        table(("event", "chance", "default", "reason", "source"), [
            (one["event"], f"{one['probability']:.4g}", f"{one['default']:.4g}", one["reason"],
             one["source"]) for one in told["events"]
        ])
        line()
        table(("look-alikes", "script", "true > seen: chance", "reason", "source"), [
            (one["group"], one["script"], _pairs(one["pairs"]), one["reason"], one["source"])
            for one in told["lookalikes"]
        ])

    session.show(told, words)


_GROUNDS = {"certain": "by a certain reading", "agreed": "by people who agree",
            "corrected": "by a correction"}


def _pairs(pairs: list[dict[str, Any]]) -> str:
    return ", ".join(f"{p['true']}>{p['seen']} {p['probability']:.2g}" for p in pairs)


def _changes(changes: tuple[Change, ...]) -> None:
    table(("chance of", "before", "after", "times", "seen", "of", "95 % interval"), [
        (one.words, f"{one.before:.4g}", f"{one.after:.4g}", f"{one.times:.2g}",
         f"{one.observed:.1f}", f"{one.of:.0f}", f"{one.low:.4g} to {one.high:.4g}")
        for one in changes
    ])
