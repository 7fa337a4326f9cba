"""``picture``: a drawing of a chain, of the whole case's supply or of its networks, with its data."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line
from headstamp.errors import Invalid
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.tracing.supply_pictures import Filters
    from headstamp.publish.picture import Picture
    from headstamp.store.case import Case
    from headstamp.store.reader import Reader

app = typer.Typer(rich_markup_mode="rich")


class Which(StrEnum):
    """The pictures there are."""

    chain = "chain"
    map = "map"
    sankey = "sankey"
    network = "network"
    sites = "sites"
    parties = "parties"


OF_ITEM = (Which.chain, Which.map)
FOUND = (Which.sites, Which.parties)


@app.command()
@with_session
def picture(
    session: Session,
    which: Annotated[Which, typer.Argument(
        metavar="WHICH", show_default=False,
        help="chain or map, of one item; sankey or network, of the whole case; sites or parties, the "
             "network found with what its lines rest on.")],
    item: Annotated[str, typer.Argument(metavar="[ITEM]", show_default=False,
                                        help="For chain and map: the item's id or tag.")] = "",
    output: Annotated[Path | None, typer.Option(
        "-o", "--output", metavar="FILE", show_default=False,
        help="Where to; its ending says in which form: .svg, .png, .csv (the table) or .json.")] = None,
    family: Annotated[str, typer.Option("--family", metavar="CODE", show_default=False,
                                        help="Sankey: only items of this family.")] = "",
    unit: Annotated[str, typer.Option(
        "--unit", metavar="UNIT", show_default=False,
        help="Sankey: count quantities of this unit instead of items.")] = "",
    party: Annotated[str, typer.Option("--party", metavar="ID", show_default=False,
                                       help="Only claims that name this party.")] = "",
    first: Annotated[int, typer.Option("--from", metavar="YEAR", min=0, max=9999, show_default=False,
                                       help="Only claims from this year on.")] = 0,
    last: Annotated[int, typer.Option("--to", metavar="YEAR", min=0, max=9999, show_default=False,
                                      help="Only claims up to this year.")] = 0,
    whole: Annotated[bool, typer.Option("--whole", help="Sites: parts of a site count as the whole of it.")] = False,
    inferred: Annotated[bool, typer.Option(
        "--inferred", help="Sites: with links inferred from papers that belong to things elsewhere.")] = False,
) -> None:
    """Draw a chain of supply: in time, on a map, as flows from makers to finds, or as a network.

    What your clearance does not see is not drawn. The caption says what is left out; the table
    (.csv) holds everything that a large drawing shows in groups.
    """
    from headstamp.actions.tracing.supply_pictures import Filters
    from headstamp.publish.picture import form_of

    if output is None:
        raise Invalid("say where to write the picture: -o FILE, ending in .svg, .png, .csv or .json")
    if (which in OF_ITEM) != bool(item):
        raise Invalid(f"{which} is drawn of one item: give its id or tag" if not item else
                      f"{which} is drawn of the whole case; leave the item out, or narrow it by --party")
    filters = Filters(family, unit, party, first, last)
    if which in OF_ITEM and filters != Filters():
        raise Invalid(f"{which} is drawn of one item as a whole; leave the filters out")
    if which in FOUND and (family or unit or party):
        raise Invalid(f"{which} is narrowed by --from and --to only")
    if which is not Which.sites and (whole or inferred):
        raise Invalid(f"--whole and --inferred are for the network of sites, not for {which}")
    given = {"since": f"{first:04}-01-01" if first else "", "until": f"{last:04}-12-31" if last else "",
             "whole": "yes" if whole else "", "inferred": "yes" if inferred else ""}
    form_of(output.name)
    with session.open() as case, case.read(session.settings().clearance).snapshot() as reader:
        made = (_found(case, reader, which, given) if which in FOUND else
                _made(case, reader, which, item, filters))
    size = made.write(output)
    document = {"picture": str(output), "bytes": size, "title": made.title,
                "rows": len(made.rows), "caption": list(made.caption)}

    def words() -> None:
        line(f"{output}: {made.title}, {plural(len(made.rows), 'row')} in its table")
        for said in made.caption:
            line("  " + said)

    session.show(document, words)


def _made(case: Case, reader: Reader, which: Which, item: str, filters: Filters) -> Picture:
    from headstamp.actions.tracing.chain_pictures import map_of_chain, picture_of_chain
    from headstamp.actions.tracing.supply_pictures import flows_of_case, network_of_case
    from headstamp.actions.tracing.trace import trace_named

    if which is Which.sankey:
        return flows_of_case(reader, filters)
    if which is Which.network:
        return network_of_case(reader, filters)
    traced = trace_named(case, reader, item)
    return picture_of_chain(traced) if which is Which.chain else map_of_chain(reader, traced)


def _found(case: Case, reader: Reader, which: Which, given: dict[str, str]) -> Picture:
    from headstamp.actions.measures.network_pictures import network_asked

    chosen = {name: word for name, word in given.items() if word}
    return network_asked(case, reader.clearance, which.value, chosen).picture
