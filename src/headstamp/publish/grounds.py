"""The report's part on sites: what they were, what went on there, what passed between them."""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.publish import wording
from headstamp.publish.listing import Cut, by_date, first
from headstamp.publish.sources import Citation, Sources
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

SITES, FLOWS, VISITS = 80, 150, 150


@dataclass(frozen=True, slots=True)
class SiteCard:
    """One site as the report tells it; ``facts`` are (title, text) in a fixed order."""

    id: str
    name: str
    other_names: tuple[str, ...]
    kind: str
    facts: tuple[tuple[str, str], ...]
    description: str
    items: int
    source: Citation | None


@dataclass(frozen=True, slots=True)
class FlowLine:
    """Something went from one site to another."""

    when: str
    from_site: str
    to_site: str
    kind: str
    what: str
    quantity: str
    papers: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class VisitLine:
    """Who was there when, and what limited the visit."""

    when: str
    site: str
    method: str
    limits: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """Sites, visits and flows, each with the rule by which the list is cut."""

    sites: tuple[SiteCard, ...]
    sites_cut: Cut
    flows: tuple[FlowLine, ...]
    flows_cut: Cut
    visits: tuple[VisitLine, ...]
    visits_cut: Cut


def gather(reader: Reader, sources: Sources) -> Grounds:
    """Everything visible about sites, cut where it is long."""
    rows, sites_cut = first(reader, "site", SITES)
    _, counted = reader.count("item", "site")
    items = {str(value): n for value, n in counted if value}
    above = reader.labels(sorted({str(s.get("part_of")) for s in rows if s.get("part_of")}))
    cards = tuple(_card(shown, items.get(shown.id, 0), above, sources) for shown in rows)
    flows, flows_cut = first(
        reader, "flow", FLOWS, key=by_date("happened_on"), order="by date"
    )
    visits, visits_cut = first(reader, "visit", VISITS, key=by_date("held_on"), order="by date")
    ids = {str(s.get(n)) for s in flows for n in ("from_site", "to_site")}
    ids |= {str(s.get("site")) for s in visits}
    names = reader.labels(sorted(ids))
    return Grounds(
        cards, sites_cut, tuple(_flow(shown, names, sources) for shown in flows), flows_cut,
        tuple(_visit(shown, names) for shown in visits), visits_cut,
    )


_FACTS = (
    ("Where", "place"), ("Former use", "former_use"), ("Present use", "present_use"),
    ("What went on there", "activities"), ("In that use", "active_on"),
    ("Held at the time by", "controller"),
)


def _card(shown: Shown, items: int, above: dict[str, str], sources: Sources) -> SiteCard:
    told = [(title, wording.field("site", shown.values, name)) for title, name in _FACTS]
    told.insert(0, ("Part of", above.get(str(shown.get("part_of")), "")))
    names = tuple(str(name.get("text", "")) for name in shown.get("names") or ())
    return SiteCard(
        shown.id, shown.label, names, wording.field("site", shown.values, "site_kind"),
        tuple((title, text) for title, text in told if text),
        str(shown.get("description") or ""), items, sources.cite(shown.get("source")),
    )


def _flow(shown: Shown, names: dict[str, str], sources: Sources) -> FlowLine:
    def word(name: str) -> str:
        return wording.field("flow", shown.values, name)

    return FlowLine(
        word("happened_on"), names.get(str(shown.get("from_site")), ""),
        names.get(str(shown.get("to_site")), ""), word("flow_kind"), word("what"),
        word("quantity"), sources.papers(shown.get("documents")),
    )


def _visit(shown: Shown, names: dict[str, str]) -> VisitLine:
    return VisitLine(
        wording.field("visit", shown.values, "held_on"),
        names.get(str(shown.get("site")), ""),
        str(shown.get("method") or ""), str(shown.get("access_limits") or ""),
    )
