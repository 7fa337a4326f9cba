"""``list``, ``count`` and ``show``: records as one clearance sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.limited import as_json, in_words, limits_in
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.cli.where import pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headstamp.records import RecordType
    from headstamp.store.shown import Event, Shown

app = typer.Typer(rich_markup_mode="rich")

Kind = Annotated[str, typer.Argument(metavar="KIND", help="A kind of record, such as item; "
                                                          "`headstamp kinds` names them all.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="FIELD=VALUE",
                 help="Only records with this value; an empty value means the field is empty. "
                      "May be repeated."),
]


@app.command("list")
@with_session
def list_(
    session: Session,
    kind: Kind,
    where: Where = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="Leave out so many first.")] = 0,
    order: Annotated[
        str, typer.Option(metavar="FIELD", show_default=False,
                          help="By this field, smallest first; -FIELD: largest first. "
                               "Without it, latest first.")
    ] = "",
    state: Annotated[
        str, typer.Option("--state", metavar="WORD", show_default=False,
                          help="Only markings in this state: removed, defaced, absent, not_recorded, "
                               "or a clerk's word for it, such as raspado.")
    ] = "",
) -> None:
    """List records of one kind."""
    asked = _asked(where, state)
    with session.reader() as reader:
        page = reader.list(
            kind, asked, order=order.removeprefix("-"),
            descending=not order or order.startswith("-"), limit=limit, offset=offset,
        )
        limits = limits_in(reader, [shown.id for shown in page.rows])
    document = {
        "total": page.total, "offset": page.offset, "limit": limit,
        "records": [{**shown.as_dict(), "label": shown.label} for shown in page.rows],
        **as_json(limits),
    }

    def words() -> None:
        from headstamp.records import kind_named

        type_ = kind_named(kind)
        names = [n for n in _columns(type_) if any(n in shown.values for shown in page.rows)]
        limited = ("limits on its use",) if limits else ()
        table(("id", "label", *names, *limited), [
            (s.id, s.label, *(_shown(type_, n, s.get(n)) for n in names),
             *([in_words(limits, s.id)] if limits else ())) for s in page.rows
        ])
        if not page.total and not asked:
            note(f"No {type_.plural.replace('_', ' ')} yet. " + (
                f"To record the first: headstamp record {type_.name} (what it may be given: --help)"
                if type_.cls.BY_HAND else "They come of what is done in this case."))

    session.show(document, words)


@app.command()
@with_session
def count(
    session: Session,
    kind: Kind,
    by: Annotated[
        str | None, typer.Option(metavar="FIELD", help="For each value of this field.")
    ] = None,
    where: Where = None,
) -> None:
    """Count records of one kind, in all or for each value of a field; the effort behind it stands beside."""
    from headstamp.actions.measures.effort import of_count
    from headstamp.records import kind_named

    asked = pairs(where, "--where")
    with session.reader() as reader:
        total, groups = reader.count(kind, by, asked)
        effort, beside = of_count(reader, kind_named(kind).name, asked)
    document = {"total": total, "groups": [{"value": v, "count": n} for v, n in groups],
                "effort": effort.as_dict() if effort else None, "beside": beside}

    def words() -> None:
        if by is None:
            line(total)
        else:
            table((by, "count"), [("" if v is None else v, n) for v, n in groups])
        if beside:
            note(beside)

    session.show(document, words)


@app.command()
@with_session
def show(
    session: Session,
    record_id: Annotated[str, typer.Argument(metavar="ID", help="A record's id, or an item's tag.")],
) -> None:
    """Show one record with its history and the records that refer to it."""
    from headstamp.actions.evidence.custody import thing_named
    from headstamp.cli.named import labels_in
    from headstamp.records import kind_named

    with session.reader() as reader:
        record_id = thing_named(reader, record_id)
        shown = reader.get(record_id)
        history = reader.history(record_id)
        referring = reader.referring(record_id)
        beside = len(reader.rivals(record_id))
        limits = limits_in(reader, [record_id, *(one.id for one in referring)])
        kind = kind_named(shown.kind)
        labels = labels_in(reader, [(fact, shown.get(fact.name)) for fact in kind.facts])
    document = {
        **shown.as_dict(), "label": shown.label, "contradicted_by": beside,
        "history": [_event(event) for event in history],
        "referring": [{"id": r.id, "kind": r.kind, "label": r.label} for r in referring],
        **as_json(limits),
    }

    def words() -> None:
        _words(shown, history, referring, labels, beside)
        if limits:
            line()
            table(("limits on the use of", "by the trace reply it rests on"),
                  [(id_, in_words(limits, id_)) for id_ in sorted(limits)])

    session.show(document, words)


def _asked(where: list[str] | None, state: str) -> dict[str, str]:
    """What the list is narrowed by; --state is short for a state by any of its words."""
    asked = pairs(where, "--where")
    if state:
        from headstamp.actions.markings.states import state_named

        asked["state"] = state_named(state)
    return asked


def _event(event: Event) -> dict[str, Any]:
    return {"version": event.version, "entry": event.seq, "actor": event.actor, "at": event.at,
            "reason": event.reason, "changed": list(event.changed), "erased": list(event.erased),
            "act": event.act, "of": list(event.of), "values": event.values}


def _words(
    shown: Shown, history: list[Event], referring: list[Shown], labels: Mapping[str, str], beside: int
) -> None:
    from headstamp.cli.named import shown as said
    from headstamp.records import kind_named

    type_ = kind_named(shown.kind)
    line(f"{type_.title} {shown.id}, version {shown.version}: {shown.label}")
    if beside:
        line(f"Another device says otherwise, in {beside} version{'' if beside == 1 else 's'} kept beside "
             f"it: headstamp conflicts {shown.id}")
    line()
    table(("field", "value"), [
        (fact.title, said(fact, shown.get(fact.name), labels))
        for fact in type_.facts if shown.get(fact.name) is not None
    ])
    line()
    table(("version", "entry", "when", "who", "why", "changed"), [
        (f"{e.version} (beside)" if e.held else e.version, e.seq, e.at, e.actor, e.reason,
         ", ".join((*e.changed, *(f"{name} (erased)" for name in e.erased)))) for e in history
    ])
    if referring:
        line()
        table(("refers to it", "id", "label"), [(r.kind, r.id, r.label) for r in referring])


def _columns(type_: RecordType) -> list[str]:
    """The fields that a list in words shows: those one narrows by, dates and texts."""
    return [f.name for f in type_.facts if f.facet or f.name == type_.when][:6]


def _shown(type_: RecordType, name: str, value: Any) -> str:
    fact = type_.fact(name)
    return fact.show(value) if fact is not None else str(value)
