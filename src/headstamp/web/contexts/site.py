"""One site: what it was and became, what went on there, what was found, what flowed in and out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from headstamp.actions.measures.effort import beside, effort
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.facts import Piece, labels_of, pieces, ref_piece
from headstamp.web.contexts.item import Picture, pictures
from headstamp.web.contexts.listing import value_labels
from headstamp.web.contexts.map import site_spot
from headstamp.web.contexts.overview import Bar
from headstamp.web.contexts.record import RecordContext, naming_of, record_context
from headstamp.web.contexts.related import Named, Related, related
from headstamp.web.page import ON_PAGE, Params

_ITEMS_SHOWN = 20
_PICTURES = 6
_USES = ("former_use", "present_use", "activities")


@dataclass(frozen=True)
class Use:
    """One side of a site's use: its title and the words of the list."""

    title: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class FlowArm:
    """One flow as an arm of the drawing: the other site, what went, how much, when."""

    flow: str
    site: str
    label: str
    what: str
    to: str = field(default="", metadata=ON_PAGE)
    to_flow: str = field(default="", metadata=ON_PAGE)
    details: tuple[str, ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class SiteContext(RecordContext):
    """A site as its page shows it."""

    items_total: int = 0
    families: tuple[Bar, ...] = ()
    items: Related | None = None
    visits: Related | None = None
    recoveries: Related | None = None
    documents: Related | None = None
    parts: Related | None = None
    flows_in: tuple[FlowArm, ...] = ()
    flows_out: tuple[FlowArm, ...] = ()
    photographs: tuple[Picture, ...] = ()
    photographs_total: int = 0
    notes: tuple[Shown, ...] = ()
    uses: tuple[Use, ...] = field(default=(), metadata=ON_PAGE)
    features: str = field(default="", metadata=ON_PAGE)
    coarse: bool = field(default=False, metadata=ON_PAGE)
    effort: str = ""


def site_context(reader: Reader, params: Params) -> SiteContext:
    """All of one site. Raises Missing."""
    base = record_context(reader, params)
    site = base.record
    named = Named(reader, site.id)
    total, families = reader.count("item", "family", {"site": site.id})
    items = reader.list("item", {"site": site.id}, limit=_ITEMS_SHOWN) if total else None
    named.rows("item", "site")
    place = site.get("place") or {}
    located = place.get("latitude") is not None and place.get("longitude") is not None
    context = SiteContext(
        **base.__dict__,
        items_total=total, families=_bars(reader, site.id, families),
        items=related(
            reader, "item", items.rows, ("family", "item_type", "recovered_on"), "Items found here",
            count=total, to_all=f"/items?site={site.id}",
        ) if items else None,
        visits=named.table("visit", "site", ("held_on", "hours", "method", "access_limits"), "Visits"),
        recoveries=named.table("recovery", "site", ("manner", "recovered_on", "armed_group"),
                               "Recoveries"),
        documents=named.table("document", "found_at", ("document_kind", "number", "issued_on"),
                              "Papers found here"),
        parts=named.table("site", "part_of", ("site_kind", "activities"), "Parts of this site"),
        flows_in=_arms(reader, named.rows("flow", "to_site"), "from_site"),
        flows_out=_arms(reader, named.rows("flow", "from_site"), "to_site"),
        photographs=pictures(named.rows("photograph", "site")[:_PICTURES]),
        photographs_total=named.count("photograph", "site"),
        notes=tuple(named.rows("note", "about")),
        uses=_uses(site),
        features=_features(site, total) if located else "",
        coarse=place.get("precision") == "coarsened",
        effort=beside(effort(reader, [site.id])),
    )
    return SiteContext(**{
        **context.__dict__, "naming": naming_of(reader, site.id, frozenset(named.taken)),
    })


def _uses(site: Shown) -> tuple[Use, ...]:
    kind = BY_NAME["site"]
    found = []
    for name in _USES:
        fact, value = kind.by_name[name], site.get(name)
        if value:
            found.append(Use(fact.title, tuple(piece.text for piece in pieces(fact, value, {}))))
    return tuple(found)


def _bars(reader: Reader, site: str, groups: Sequence[tuple[object, int]]) -> tuple[Bar, ...]:
    labels = value_labels(reader, BY_NAME["item"], "family", [value for value, _ in groups])
    largest = max((n for _, n in groups), default=1) or 1
    return tuple(
        Bar(value, label, n, round(100 * n / largest, 2),
            f"/items?site={site}&family={value or ''}")
        for (value, n), label in zip(groups, labels, strict=True)
    )


def _arms(reader: Reader, flows: Sequence[Shown], other: str) -> tuple[FlowArm, ...]:
    kind = BY_NAME["flow"]
    labels = labels_of(reader, flows, BY_NAME)
    arms = []
    for flow in flows:
        site = flow.get(other, "")
        what = flow.get("what") or kind.by_name["flow_kind"].show(flow.get("flow_kind"))
        link: Piece | None = ref_piece(site, labels.get(site, site)) if site else None
        arms.append(FlowArm(
            flow.id, site, labels.get(site, "a site that is not shown"), what,
            link.to if link else "", ref_piece(flow.id, flow.label).to,
            _details(flow),
        ))
    return tuple(arms)


def _details(flow: Shown) -> tuple[str, ...]:
    """How much and when, short enough for an arrow; the flow's own page says how it was counted."""
    kind, quantity = BY_NAME["flow"], flow.get("quantity")
    told = []
    if quantity:
        plain = {name: quantity[name] for name in ("value", "unit") if name in quantity}
        told.append(kind.by_name["quantity"].show(plain))
    if flow.get("happened_on"):
        told.append(kind.by_name["happened_on"].show(flow.get("happened_on")))
    return tuple(told)


def _features(site: Shown, items: int) -> str:
    """The site's point for its small map, as GeoJSON text."""
    return json.dumps(
        {"type": "FeatureCollection", "features": [site_spot(site, items).feature()]},
        ensure_ascii=False,
    )
