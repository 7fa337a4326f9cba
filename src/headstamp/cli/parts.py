"""``parts``: components by what was read on them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, table
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.markings.parts_seen import Elsewhere, Parts

app = typer.Typer(rich_markup_mode="rich")


@app.command()
@with_session
def parts(
    session: Session,
    number: Annotated[
        str, typer.Option("--number", metavar="TEXT", show_default=False,
                          help="Only this part number, however it is written: every item and weapon.")
    ] = "",
    maker: Annotated[
        str, typer.Option("--maker", metavar="NAME", show_default=False,
                          help="Only parts of this maker, as written.")
    ] = "",
    record: Annotated[
        bool, typer.Option("--record", help="First read the texts of all components by rules and "
                                            "record what is read.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many of each.")] = 20,
) -> None:
    """Show parts found in several weapons, families of one maker, and the time since making.

    What is told rests on readings recorded on the markings of components, each with its rule,
    its doubt and how sure it is. The parts documented are no random sample.
    """
    from headstamp.actions.cases import index_case
    from headstamp.actions.markings.parts import read_parts
    from headstamp.actions.markings.parts_seen import parts_of, with_number
    from headstamp.cli.progress import progress

    settings = session.settings()
    with session.open() as case:
        told = None
        if record:
            with progress() as follow:
                told = read_parts(case, actor=settings.actor, clearance=settings.clearance, told=follow)
        if record or number:
            index_case(case)
        reader = case.read(settings.clearance)
        if number:
            found = with_number(reader, number)
            session.show(_one(found), lambda: _one_in_words(found))
            return
        seen = parts_of(reader)
    document = _all(seen, maker, limit)
    if told is not None:
        document["read"] = told.as_dict()
        if not session.json:
            note("read: " + ", ".join(f"{n:,} {word}" for word, n in told.as_dict().items()))
    session.show(document, lambda: _in_words(seen, document))


def _one(found: Elsewhere) -> dict[str, Any]:
    weapons = dict(found.weapons)
    return {
        "number": found.key, "more": found.more,
        "weapons": [{"id": id_, "label": label} for id_, label in found.weapons],
        "items": [{"id": one.item, "label": one.label, "written": one.number, "maker": one.maker,
                   "weapon": weapons.get(one.weapon, "")} for one in found.items],
    }


def _one_in_words(found: Elsewhere) -> None:
    weapons = dict(found.weapons)
    line(f"{found.key}: {plural(len(found.items), 'item')}, {plural(len(found.weapons), 'weapon')}")
    table(("item", "written", "maker", "found in"), [
        (one.label, one.number, one.maker, weapons.get(one.weapon, "")) for one in found.items
    ])


def _all(seen: Parts, maker: str, limit: int) -> dict[str, Any]:
    from headstamp.actions.markings.parts_seen import BASES
    from headstamp.analysis.lag.part_lag import DAYS_A_YEAR

    def years(days: float | None) -> float | None:
        return None if days is None else round(days / DAYS_A_YEAR, 2)

    same = [one for one in seen.same if not maker or maker in one.makers]
    families = [one for one in seen.families if not maker or one.maker == maker]
    dated = seen.dated
    return {
        "components": dated.components,
        "numbered": len({one.item for one in seen.seen}),
        "caution": "Not a random sample: the parts that were found and documented. Part numbers "
                   "and date codes are readings by rules, with doubt.",
        "time": {
            "undated": dated.undated, "several_decades": dated.several, "doubtful": dated.doubtful,
            "no_later_day": dated.unbounded,
            "from_making": [
                {"to": basis, "told": BASES[basis], **asdict(times), "lower_years": years(times.lower),
                 "median_years": years(times.median), "upper_years": years(times.upper)}
                for basis, times in dated.times
            ],
        },
        "same_in_all": len(same),
        "same": [{**asdict(one), "weapons": [seen.labels.get(w, w) for w in one.weapons]}
                 for one in same[:limit]],
        "families_in_all": len(families),
        "families": [asdict(one) for one in families[:limit]],
    }


def _in_words(seen: Parts, document: dict[str, Any]) -> None:
    time = document["time"]
    line(document["caution"])
    line(f"components      {document['components']:,}, {document['numbered']:,} with a part number read")
    line(f"date codes      none read on {time['undated']:,}; {time['several_decades']:,} may mean several "
         f"decades, {time['doubtful']:,} too doubtful, {time['no_later_day']:,} without a later day")
    for one in time["from_making"]:
        line(f"from making {one['told']}: {plural(one['count'], 'part')}")
        if one["median_years"] is not None:
            line(f"  median {one['median_years']} years, middle half {one['lower_years']} to "
                 f"{one['upper_years']} years")
    line()
    table(("part number", "weapons", "parts", "maker", "found in"), [
        (one["written"][0], len(one["weapons"]), one["parts"], "; ".join(one["makers"]),
         ", ".join(one["weapons"][:3]))
        for one in document["same"]
    ])
    line()
    table(("family", "parts", "weapons", "stems", "maker"), [
        (one["series"], one["parts"], one["weapons"], len(one["variants"]), one["maker"])
        for one in document["families"]
    ])
    left = document["same_in_all"] - len(document["same"])
    if left > 0:
        note(f"{left:,} more part numbers in several weapons; see --limit")
