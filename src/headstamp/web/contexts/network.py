"""The networks found in a case, of sites and of parties: drawn, told node by node and link by link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from headstamp.actions.measures.effort import beside
from headstamp.actions.measures.network_found import FoundLink, FoundNode
from headstamp.actions.measures.network_pictures import (
    PARAMETERS,
    NetworkAsked,
    network_asked,
    sort_word,
)
from headstamp.analysis.network.links import EVIDENCE
from headstamp.engine.question import Parameter
from headstamp.publish.found_network import WARNING, held_by
from headstamp.publish.picture import Picture
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary
from headstamp.web.contexts.chain import PictureView, picture_view
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.page import ON_PAGE, Context, Params

OF = ("sites", "parties")
MOST_ROWS, MOST_NAMED = 200, 12
NAMES = tuple(dict.fromkeys(one.name for some in PARAMETERS.values() for one in some))
_TITLES: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "flow": ("Flows", ()),
    "whole": ("Parts of a site", (("no", "by themselves"), ("yes", "as the whole"))),
    "inferred": ("Inferred links", (("no", "without"), ("yes", "with, from papers"))),
    "ties": ("Ties", (("yes", "with"), ("no", "without"), ("only", "ties only"))),
    "custody": ("Past hands", (("yes", "with"), ("no", "without"))),
}


@dataclass(frozen=True)
class NodeView:
    """One site or party as a row. Shares are None where the network was not measured."""

    record: Piece
    also: tuple[Piece, ...]
    about: tuple[tuple[str, str], ...]
    links: int
    cut: bool
    visits: int | None
    items: int | None
    betweenness: float | None
    low: float | None
    high: float | None
    first: float | None


@dataclass(frozen=True)
class LinkView:
    """One link as a row, with the records that claim it and what they rest on."""

    a: Piece
    b: Piece
    arrow: str
    what: str
    rests_on: str
    bridge: bool
    records: tuple[Piece, ...]
    sources: tuple[Piece, ...]
    more: int


@dataclass(frozen=True)
class ChoiceView:
    """A parameter with the words it may have: (value, word)."""

    name: str
    title: str
    value: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NetworkContext(Context):
    """A network found: its picture's data, its measure, its nodes and links."""

    of: str
    clearance: str
    given: Mapping[str, str]
    network: Mapping[str, Any]
    measure: Mapping[str, Any] | None
    warning: str = WARNING
    picture: PictureView | None = field(default=None, metadata=ON_PAGE)
    nodes: tuple[NodeView, ...] = field(default=(), metadata=ON_PAGE)
    node_count: int = field(default=0, metadata=ON_PAGE)
    links: tuple[LinkView, ...] = field(default=(), metadata=ON_PAGE)
    link_count: int = field(default=0, metadata=ON_PAGE)
    answer: str = field(default="", metadata=ON_PAGE)
    refused: str = field(default="", metadata=ON_PAGE)
    warnings: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    effort: str = field(default="", metadata=ON_PAGE)
    ask: str = field(default="", metadata=ON_PAGE)
    choices: tuple[ChoiceView, ...] = field(default=(), metadata=ON_PAGE)

    def percent(self, share: float | None) -> str:
        """A share in words; nothing where there is none."""
        return "" if share is None else f"{share:.1%}"


def network_picture_of(reader: Reader, params: Params, which: str) -> Picture:
    """The picture of the address: ``sites`` or ``parties``."""
    return network_asked(params.case, reader.clearance, which, _given(params, which)).picture


def network_context(reader: Reader, params: Params) -> NetworkContext:
    """The network of the address as this reader sees it."""
    of = params.choice("of", OF)
    given = _given(params, of)
    asked = network_asked(params.case, reader.clearance, of, given)
    result = asked.measured.result if asked.measured else None
    nodes, links = _nodes(asked, reader), _links(asked, reader)
    return NetworkContext(
        of, reader.clearance, given, asked.picture.as_dict(),
        result.as_dict() if result is not None else None,
        picture=picture_view(asked.picture, f"/network/{of}", f"?{urlencode(given)}" if given else ""),
        nodes=tuple(nodes[:MOST_ROWS]), node_count=len(nodes), links=tuple(links), link_count=len(asked.found.links),
        answer="" if result is None or result.refused else result.text,
        refused=result.reason if result is not None and result.refused else "",
        warnings=result.warnings[1:] if result is not None else (),
        effort=beside(asked.measured.effort) if asked.measured else "",
        ask=f"/measures/network.{of}?{urlencode([('ask', 'case'), *given.items()])}",
        choices=tuple(_choice(one, given) for one in PARAMETERS[of] if one.kind != "day"),
    )


def _given(params: Params, of: str) -> dict[str, str]:
    """What was asked of those words that this network knows."""
    known = {one.name for one in PARAMETERS[of]}
    return {name: params.text(name) for name in NAMES if name in known and params.text(name)}


def _choice(one: Parameter, given: Mapping[str, str]) -> ChoiceView:
    title, words = _TITLES[one.name]
    offered = words or (("", "all"), *((term.code, term.label) for term in vocabulary("flow_kind").terms))
    return ChoiceView(one.name, title, given.get(one.name, one.default or ""), offered)


def _piece(node: FoundNode) -> Piece:
    return ref_piece(node.id, node.name)


def _nodes(asked: NetworkAsked, reader: Reader) -> list[NodeView]:
    """The nodes, those most between first; then those with most links, and those without any."""
    result = asked.measured.result if asked.measured else None
    told = {one["node"]: one for one in result.more.get("nodes", ())} if result is not None else {}
    cut = held_by(asked.lines).cut
    near: dict[str, set[str]] = {}
    for link in asked.found.links:
        near.setdefault(link.a, set()).add(link.b)
        near.setdefault(link.b, set()).add(link.a)
    found = []
    also = reader.labels(sorted({id_ for node in asked.found.nodes.values() for id_ in node.members[1:MOST_NAMED]}))
    for node in asked.found.nodes.values():
        one = told.get(node.id, {})
        found.append(NodeView(
            _piece(node), tuple(ref_piece(id_, also[id_]) for id_ in node.members[1:MOST_NAMED] if id_ in also), node.about,
            len(near.get(node.id, ())), node.id in cut, node.visits, node.items, one.get("betweenness"),
            one.get("low"), one.get("high"), one.get("first")))
    return sorted(found, key=lambda one: (-(one.betweenness or 0), -one.links, one.record.text))


def _links(asked: NetworkAsked, reader: Reader) -> list[LinkView]:
    links = sorted(asked.found.links, key=lambda one: (-len(one.sources), -len(one.records), one.a, one.b))[:MOST_ROWS]
    bridges = held_by(asked.lines).bridges
    named = {id_ for one in links for id_ in _named(one)} | {
        record for one in links for record, *_ in one.records[:MOST_NAMED]}
    labels = reader.labels(sorted(named))
    nodes = asked.found.nodes
    found = []
    for one in links:
        sorts = dict.fromkeys(sort_word(kind, sort) for _, kind, sort, _ in one.records)
        sources = _named(one)
        rests = "evidence" if one.evidence else (
            "inferred" if set(one.sources.values()) == {"inferred"} else "words only")
        found.append(LinkView(
            _piece(nodes[one.a]), _piece(nodes[one.b]), "and" if one.both else "to", ", ".join(sorts), rests,
            (min(one.a, one.b), max(one.a, one.b)) in bridges,
            tuple(ref_piece(record, labels[record]) for record, *_ in one.records[:MOST_NAMED] if record in labels),
            tuple(ref_piece(id_, labels[id_]) for id_ in sources if id_ in labels),
            max(0, len(one.records) - MOST_NAMED)))
    return found


def _named(link: FoundLink) -> list[str]:
    """The papers, things and answers that a link rests on: of each link the first few."""
    return [id_ for id_, kind in link.sources.items() if kind in EVIDENCE or id_.startswith("doc-")][:MOST_NAMED]
