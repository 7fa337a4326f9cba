"""``readings``, ``give-reading`` and ``settle``: markings read by two people, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table

if TYPE_CHECKING:
    from headstamp.actions.markings.agreement import Queue
    from headstamp.actions.markings.reading import Given, TwoReadings

app = typer.Typer(rich_markup_mode="rich")

ReaderOption = Annotated[
    str | None, typer.Option("--reader", metavar="NAME",
                             help="Who reads, where it is not the actor.")
]


@app.command()
@with_session
def readings(
    session: Session,
    marking: Annotated[
        str | None, typer.Argument(metavar="[MARKING]", help="A marking's id; without it, the "
                                                             "markings that wait for a reader.")
    ] = None,
    reader: ReaderOption = None,
    all_open: Annotated[
        bool, typer.Option("--open", help="Show other people's readings also before one's own.")
    ] = False,
    state: Annotated[
        str, typer.Option(metavar="one|two|none", help="Markings read by one person, by two or "
                                                       "more, or by nobody.")
    ] = "one",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
) -> None:
    """Show who read a marking and where they agree; or which markings wait, and the
    agreement of the case.

    What others read is held back until one has given one's own reading.
    """
    viewer = reader or session.settings().actor
    if marking is None:
        from headstamp.actions.markings.agreement import queue

        with session.reader() as case:
            found = queue(case, viewer, state=state, limit=limit, looked_at=None)
        session.show(_queue(found), lambda: _queue_words(found))
        return
    from headstamp.actions.markings.reading import two_readings

    with session.reader() as case:
        two = two_readings(case, marking, viewer, all_open=all_open)
    session.show(_two(two), lambda: _two_words(two))


@app.command("give-reading")
@with_session
def give(
    session: Session,
    marking: Annotated[str, typer.Argument(metavar="MARKING", help="A marking's id.")],
    text: Annotated[str, typer.Argument(
        metavar="TEXT", help="What is read: ? one character not read, * any number of them, "
                             r"\[8B] one that is 8 or B.")],
    reader: ReaderOption = None,
    certainty: Annotated[
        int | None, typer.Option(min=0, max=100, help="How sure, in per cent.")
    ] = None,
    from_item: Annotated[
        bool, typer.Option("--from-item", help="Read from the item itself, not from a photograph.")
    ] = False,
    remark: Annotated[str, typer.Option(metavar="TEXT", help="A remark.")] = "",
) -> None:
    """Record what one person reads on a marking."""
    from datetime import UTC, datetime

    from headstamp.actions.markings.reading import give_reading

    settings = session.settings()
    with session.open() as case:
        done = give_reading(
            case, marking, text, reader=reader or settings.actor,
            read_on=datetime.now(UTC).date().isoformat(), clearance=settings.clearance,
            actor=settings.actor, from_item=from_item,
            certainty="" if certainty is None else str(certainty), remark=remark,
        )
    session.show({"id": done.id, "version": done.version, "what": done.what},
                 lambda: line(done.id))


@app.command()
@with_session
def settle(
    session: Session,
    marking: Annotated[str, typer.Argument(metavar="MARKING", help="A marking's id.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text that the marking gets.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, as the log writes it.")],
    version: Annotated[int, typer.Option(metavar="N", min=1,
                                         help="The version of the marking that was looked at.")],
    state: Annotated[
        str, typer.Option(metavar="STATE", help="The marking's state, such as clear or partial.")
    ] = "clear",
) -> None:
    """Record one text for a marking that two people have read."""
    from headstamp.actions.markings.reading import settle as settle_in

    settings = session.settings()
    with session.open() as case:
        done = settle_in(case, marking, text, state=state, expected=version, reason=reason,
                         clearance=settings.clearance, actor=settings.actor)
    session.show({"id": done.id, "version": done.version, "what": done.what},
                 lambda: line(f"{done.id}, version {done.version}"))


def _two(two: TwoReadings) -> dict[str, Any]:
    return {
        "marking": two.marking.id, "version": two.marking.version, "viewer": two.viewer,
        "blind": two.blind, "readers": two.readers, "held_back": two.held_back,
        "recorded": two.recorded, "joint": two.joint,
        "readings": [_given(one) for one in two.given],
        "pairs": [{
            "first": one.reader, "second": other.reader, "summary": lined.summary(),
            "agreed": lined.agreed, "compared": lined.compared, "open": lined.open,
            "share": lined.share, "joint": lined.joint,
            "places": [{"number": p.number, "first": p.first, "second": p.second, "kind": p.kind,
                        "joint": p.joint} for p in lined.places],
        } for one, other, lined in two.pairs],
    }


def _given(one: Given) -> dict[str, Any]:
    return {"id": one.id, "reader": one.reader, "text": one.text, "first_text": one.first_text,
            "method": one.method, "read_on": one.read_on, "certainty": one.certainty,
            "remark": one.remark}


def _two_words(two: TwoReadings) -> None:
    if two.blind:
        people = "1 other person has" if two.held_back == 1 else f"{two.held_back} other people have"
        line(f"{people} read this marking." if two.held_back else "Nobody has read this marking.")
        note("what others read is shown once you have given your own reading "
             f"(headstamp give-reading {two.marking.id} TEXT), or with --open")
        return
    table(("reader", "reads", "how", "when", "sure"), [
        (one.reader, one.text, one.method, one.read_on,
         "" if one.certainty is None else f"{one.certainty} %") for one in two.given
    ])
    line(f"as recorded: {two.recorded if two.recorded is not None else 'no text'}")
    for one, other, lined in two.pairs:
        line()
        line(f"{one.reader} and {other.reader}: {lined.summary()}")
        for told in lined.words(one.reader, other.reader):
            line(f"  {told}")
    if two.joint:
        line()
        line(f"both together: {two.joint}")


def _queue(found: Queue) -> dict[str, Any]:
    stats = found.statistics
    return {
        "state": found.state, "total": found.total,
        "markings": [{
            "id": row.marking.id, "item": row.marking.get("item"),
            "state": row.marking.get("state"), "readers": row.readers, "mine": row.mine,
            "agreed": row.agreement.agreed if row.agreement else None,
            "compared": row.agreement.compared if row.agreement else None,
        } for row in found.rows],
        "agreement": {
            "read_once": stats.read_once, "read_twice": stats.read_twice,
            "texts_same": stats.texts_same, "compared": stats.compared, "agreed": stats.agreed,
            "differing": stats.differing, "open": stats.open, "share": stats.share,
            "confusions": [{"one": c.one, "other": c.other, "count": c.count}
                           for c in stats.confusions],
        },
    }


def _queue_words(found: Queue) -> None:
    table(("marking", "item", "state", "readers", "you", "agreement"), [
        (row.marking.id, row.marking.get("item"), row.marking.get("state"), row.readers,
         "have read it" if row.mine else "have not read it",
         row.agreement.summary() if row.agreement else "") for row in found.rows
    ])
    stats = found.statistics
    line()
    line(f"read once: {stats.read_once}, read twice or more: {stats.read_twice}, "
         f"of these all and the same: {stats.texts_same}")
    if stats.compared:
        line(f"characters that both read: {stats.compared}, agreeing: {stats.agreed} "
             f"({100 * stats.agreed / stats.compared:.1f} %), left open: {stats.open}")
    if stats.confusions:
        line()
        table(("one reads", "the other reads", "times"),
              [(c.one or "(nothing)", c.other or "(nothing)", c.count) for c in stats.confusions])
