"""The supply of a whole case: flows from makers to finds, and the network of parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headstamp.actions.tracing.supply_pictures import Filters, flows_of_case, kept, network_of_case
from headstamp.publish.picture import Picture
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary
from headstamp.web.contexts.chain import PictureView, picture_view
from headstamp.web.page import ON_PAGE, Context, Params
from headstamp.web.templating import query

_MOST_ROWS, _MOST_PARTIES = 200, 500
NAMES = ("family", "unit", "party", "from", "to")


@dataclass(frozen=True)
class Choice:
    """One value that a filter offers."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class SupplyContext(Context):
    """Flows and network of the case, as narrowed. ``flows`` and ``network`` are the files' data."""

    flows: Mapping[str, Any]
    network: Mapping[str, Any]
    clearance: str
    sankey: PictureView | None = field(default=None, metadata=ON_PAGE)
    parties: PictureView | None = field(default=None, metadata=ON_PAGE)
    flow_heads: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    flow_rows: tuple[tuple[Any, ...], ...] = field(default=(), metadata=ON_PAGE)
    flow_count: int = field(default=0, metadata=ON_PAGE)
    net_heads: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    net_rows: tuple[tuple[Any, ...], ...] = field(default=(), metadata=ON_PAGE)
    net_count: int = field(default=0, metadata=ON_PAGE)
    families: tuple[Choice, ...] = field(default=(), metadata=ON_PAGE)
    units: tuple[Choice, ...] = field(default=(), metadata=ON_PAGE)
    some_parties: tuple[Choice, ...] = field(default=(), metadata=ON_PAGE)
    first: str = field(default="", metadata=ON_PAGE)
    last: str = field(default="", metadata=ON_PAGE)
    narrowed: bool = field(default=False, metadata=ON_PAGE)


def filters_of(params: Params) -> Filters:
    """What was chosen. Raises Invalid for a year that is none."""
    return Filters(params.text("family"), params.text("unit"), params.text("party"),
                   params.whole("from", 0, 0, 9999), params.whole("to", 0, 0, 9999))


def supply_picture_of(reader: Reader, params: Params, which: str) -> Picture:
    """The picture of the address: ``sankey`` or ``network``."""
    make = flows_of_case if which == "sankey" else network_of_case
    return kept(params.case, reader, which, make, filters_of(params))


def supply_context(reader: Reader, params: Params) -> SupplyContext:
    """Both pictures with their tables, and what they may be narrowed by."""
    filters = filters_of(params)
    flows, network = (supply_picture_of(reader, params, which) for which in ("sankey", "network"))
    asked = [(name, params.text(name)) for name in NAMES if params.text(name)]
    told = f"?{query(asked)}" if asked else ""
    return SupplyContext(
        flows.as_dict(), network.as_dict(), reader.clearance,
        sankey=picture_view(flows, "/supply/sankey", told),
        parties=picture_view(network, "/supply/network", told),
        flow_heads=flows.heads, flow_rows=flows.rows[:_MOST_ROWS], flow_count=len(flows.rows),
        net_heads=network.heads, net_rows=network.rows[:_MOST_ROWS], net_count=len(network.rows),
        families=_choices(reader, "family", "item_family", filters.family),
        units=_choices(reader, "quantity_unit", "unit", filters.unit),
        some_parties=_parties(reader, filters.party),
        first=params.text("from"), last=params.text("to"), narrowed=bool(asked),
    )


def _choices(reader: Reader, column: str, words: str, chosen: str) -> tuple[Choice, ...]:
    """The values that items have, commonest first; the one chosen even where no item has it."""
    found = [str(value) for value, _ in reader.count("item", column)[1] if value]
    if chosen and chosen not in found:
        found.append(chosen)
    labels = vocabulary(words)
    return tuple(Choice(value, labels.label(value), value == chosen) for value in found)


def _parties(reader: Reader, chosen: str) -> tuple[Choice, ...]:
    rows = reader.list("party", order="name", descending=False, limit=_MOST_PARTIES).rows
    found = {row.id: row.label for row in rows}
    if chosen and chosen not in found:
        found |= reader.labels([chosen])
    return tuple(Choice(id_, label, id_ == chosen) for id_, label in found.items())
