"""``signature``, ``spread`` and ``novel``: what finds share, where it was met, and which finds are unlike all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import (
    ActorOption,
    CaseOption,
    ClearanceOption,
    JsonOption,
    Session,
    with_session,
)
from headstamp.cli.show import line, note, table
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.measures.spread import New, Sighting

app = typer.Typer(rich_markup_mode="rich")
_signature = typer.Typer(rich_markup_mode="rich", subcommand_metavar="[COMMAND] ...")

SignatureArgument = Annotated[
    str, typer.Argument(metavar="SIGNATURE", show_default=False, help="Its id or name.")]


@_signature.callback(invoke_without_command=True)
def signature(
    ctx: typer.Context, case: CaseOption = None, actor: ActorOption = None,
    clearance: ClearanceOption = None, json: JsonOption = False,
) -> None:
    """Look for finds by what they show. Without a command, list the signatures.

    A signature is a set of neutral features that came together more than once: a thing to look for.
    It says nothing of who made what.
    """
    session = Session(case, actor, clearance, json).over(ctx.obj)
    ctx.obj = session
    if ctx.invoked_subcommand is None:
        _list(session)


app.add_typer(_signature, name="signature")


@_signature.command("list")
@with_session
def list_(session: Session) -> None:
    """List the signatures: how often each was met, and where first."""
    _list(session)


def _list(session: Session) -> None:
    from headstamp.actions.measures.found import found_by_reader
    from headstamp.actions.measures.spread import sightings, signatures

    with session.reader() as reader:
        records = signatures(reader)
        finds = found_by_reader(reader) if records else []
        seen = {one.id: sightings(reader, one.id, finds) for one in records}

    def words() -> None:
        table(("signature", "features", "sightings", "first", "countries", "id"), [
            (one.label, "; ".join(f"{each['kind'].replace('_', ' ')}: {each['value']}" for each in one.values["features"]),
             len(seen[one.id]), next((_when(each) for each in seen[one.id]), ""),
             ", ".join(sorted({each.country for each in seen[one.id] if each.country})), one.id) for one in records])
        if not records:
            note("No signature is on record. See what finds share with: headstamp signature propose ITEM ITEM")

    session.show({"signatures": [{**one.as_dict(), "sightings": len(seen[one.id])} for one in records]}, words)


@_signature.command()
@with_session
def show(session: Session, signature: SignatureArgument) -> None:
    """Show a signature with its sightings, by their dates."""
    from headstamp.actions.measures.found import found_by_reader
    from headstamp.actions.measures.spread import new_places, sightings, signature_id

    with session.reader() as reader:
        signature = signature_id(reader, signature)
        record = reader.get(signature)
        finds = found_by_reader(reader)
        seen = sightings(reader, signature, finds)
        new = [one for one in new_places(reader, finds) if one.signature == signature]
        labels = reader.labels([*(one.item for one in seen), *(one.site for one in seen if one.site)])

    def words() -> None:
        line(record.label)
        for each in record.values["features"]:
            line(f"{each['kind'].replace('_', ' ')}: {each['value']}")
        _table(seen, labels)
        _new(new)

    session.show({"signature": record.as_dict(), "sightings": [one.as_dict() for one in seen],
                  "new_places": [one.as_dict() for one in new]}, words)


@_signature.command()
@with_session
def propose(
    session: Session,
    items: Annotated[list[str], typer.Argument(metavar="ITEM...", show_default=False, help="The finds, by their ids or tags.")],
) -> None:
    """Show what these finds have in common, the rarest first. Record what is meant with: headstamp record signature."""
    from headstamp.actions.evidence.custody import thing_named
    from headstamp.actions.measures.spread import proposed

    with session.reader() as reader:
        found = proposed(reader, [thing_named(reader, item) for item in items])

    def words() -> None:
        table(("feature", "other finds that show it", "weight"), [
            (one.feature.words(), one.others, f"{one.weight:.2f}") for one in found])
        if not found:
            note("They have no feature in common that was noted.")

    session.show({"features": [{"kind": one.feature.kind, "value": one.feature.value, "others": one.others,
                                "weight": one.weight} for one in found]}, words)


@app.command()
@with_session
def spread(session: Session, signature: SignatureArgument) -> None:
    """Tell whether a signature spreads: first met, known area, and its share of what was documented.

    More sightings may be no more than more recording; what was documented without it is held beside them.
    The same as a measure, with its snapshot: headstamp measure spread.signature --signature ID.
    """
    from headstamp.actions.measures.effort import beside, effort
    from headstamp.actions.measures.spread import new_places, signature_id, spread_of

    with session.reader() as reader:
        signature = signature_id(reader, signature)
        found = spread_of(reader, signature)
        new = [one for one in new_places(reader) if one.signature == signature]
        done = effort(reader)

    def words() -> None:
        line(found.text)
        if found.estimate is not None:
            line(f"{found.estimate:,.3g} {found.unit} ({found.level:.0%}: {found.low:,.3g} to {found.high:,.3g})")
        table(("theatre", "finds", "sightings", "first", "documented before it", "chance of none if it was there"), [
            (one["theatre"], one["finds"], one["sightings"], one["first_to"] or "", one["before"],
             "" if one["chance_none"] is None else f"{one['chance_none']:.2g}") for one in found.more.get("theatres", ())])
        _new(new)
        for said in found.warnings:
            line(f"warning: {said}")
        note(beside(done))

    session.show({**found.as_dict(), "new_places": [one.as_dict() for one in new], "effort": done.as_dict()}, words)


@app.command()
@with_session
def novel(
    session: Session,
    item: Annotated[str, typer.Argument(metavar="[ITEM]", show_default=False, help=(
        "Only this find (its id or tag), held against all others; without it every find, held against those before it."))] = "",
    alpha: Annotated[float, typer.Option(
        "--alpha", metavar="RATE", help="How often an ordinary find may be called unlike the others.")] = 0.05,
) -> None:
    """Tell which finds are unlike everything catalogued, with the rate of false alarms."""
    from headstamp.actions.evidence.custody import thing_named
    from headstamp.actions.measures.spread import novelties, novelty_of

    with session.reader() as reader:
        if item:
            one = novelty_of(reader, thing_named(reader, item), alpha)
        else:
            every = novelties(reader, alpha)
            labels = reader.labels([each for one_ in every.found for each in (one_.item, one_.nearest) if each])
    if item:
        def said() -> None:
            line(one.text)
            table(("feature", "groups that show it", "the nearest has it"), [
                (f"{each['kind'].replace('_', ' ')}: {each['value']}", each["groups"], "yes" if each["nearest_has_it"] else "")
                for each in one.more.get("features", ())])
            for warned in one.warnings:
                line(f"warning: {warned}")

        session.show(one.as_dict(), said)
        return

    def words() -> None:
        table(("find", "chance", "nearest", "why"), [
            (labels.get(each.item, each.item), f"{each.p:.3g}", labels.get(each.nearest or "", ""), each.words)
            for each in every.found])
        note(f"{plural(every.asked, 'find')} could be held against enough others before them; at this rate {every.by_chance:.1f} alarms "
             "are to be expected of ordinary ones alone.")

    session.show({"novel": [each.as_dict() for each in every.found], "asked": every.asked, "alpha": every.alpha,
                  "by_chance": every.by_chance}, words)


def _table(seen: list[Sighting], labels: dict[str, str]) -> None:
    table(("when", "country", "area", "site", "find", "id"), [
        (_when(one), one.country, one.area, labels.get(one.site or "", ""), labels.get(one.item, ""), one.item) for one in seen])


def _new(new: list[New]) -> None:
    for one in new:
        line(f"{one.kind.replace('_', ' ')}: {one.words}")


def _when(one: Sighting) -> str:
    if one.first == one.last:
        return one.first or ""
    return f"{one.first or '..'} to {one.last or '..'}"
