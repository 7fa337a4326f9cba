"""The network of parties: who passed goods to whom, and how they have to do with each other.

It is the network found, not the network there is: who is better documented has more lines,
and who stands in the middle may be there because papers were found in that office. That is
said with every drawing. Lines with an arrow are transfers, broken lines are ties.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from headstamp.kinds.counted import plural
from headstamp.places import svg
from headstamp.publish.lettered import isolated, plain
from headstamp.publish.network_drawing import SIDE, curve, key, key_high, labels
from headstamp.publish.network_groups import MOST_NAMED, Grouped, Sign, grouped
from headstamp.publish.network_layout import place
from headstamp.publish.picture import Picture
from headstamp.vocab import vocabulary

WARNING = ("This is the network found, not the network there is: who is better documented has more "
           "lines. A line says that somebody claims a transfer or a tie, nothing more.")
_TITLE, _FOOT = 30.0, 30.0
_EMPTY: Final = 64.0
"""How high a drawing without anything is: its title and a sentence."""
_MOST_LINES = 400
_FIRM, _TIE = "#3b6a8f", "#8a5a00"


@dataclass(frozen=True, slots=True)
class Party:
    """A party with what is known of it. ``hidden`` parties have no name to show."""

    id: str
    name: str
    country: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """Parties, transfers between them by how lawful they are said to be, and ties by kind.

    ``transfers`` counts (from, to, lawful status); ``ties`` counts (party, other, kind).
    """

    parties: Mapping[str, Party]
    transfers: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    ties: Mapping[tuple[str, str, str], int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values: nodes and edges, as programs for networks read them."""
        return {
            "nodes": [{"id": p.id, "name": p.name, "country": p.country, "roles": list(p.roles)}
                      for p in sorted(self.parties.values(), key=lambda p: p.id)],
            "edges": [
                *({"from": a, "to": b, "what": "transfer", "kind": lawful, "count": n}
                  for (a, b, lawful), n in sorted(self.transfers.items())),
                *({"from": a, "to": b, "what": "tie", "kind": kind, "count": n}
                  for (a, b, kind), n in sorted(self.ties.items())),
            ],
        }


def party_network(
    title: str, network: Network, *, width: float = 1080, height: float = 760,
    most: int = MOST_NAMED, caption: Iterable[str] = (),
) -> Picture:
    """The picture of a network; only parties that somebody names in a transfer or tie are drawn."""
    pairs: Counter[tuple[str, str]] = Counter()
    for some in (network.transfers, network.ties):
        for (a, b, _), n in some.items():
            if a != b:
                pairs[min(a, b), max(a, b)] += n
    joined = sorted({party for pair in pairs for party in pair})
    found = grouped(joined, pairs, most)
    drawing = _Drawing(network, found, width, height)
    told = [WARNING, _counted(network, found, len(joined)), *caption]
    loops = sum(n for some in (network.transfers, network.ties) for (a, b, _), n in some.items() if a == b)
    if loops:
        told.append(f"{loops:,} from a party to itself are not drawn; they are in the table.")
    hidden = len(joined) - sum(1 for sign in found.signs if sign.party)
    if hidden > 0:
        told.append(f"{hidden:,} of {plural(len(joined), 'party is', 'parties are')} drawn in groups with their number; "
                    "the table has each.")
    if drawing.left_out:
        told.append(f"The {_MOST_LINES:,} strongest lines are drawn, {drawing.left_out:,} weaker not.")
    return Picture("network", title, drawing.svg(title), tuple(told),
                   ("from", "to", "what", "kind", "how many", "part of the network"),
                   tuple(_rows(network, found)), network.as_dict())


def _counted(network: Network, found: Grouped, joined: int) -> str:
    parts = len(found.parts)
    return (f"{plural(joined, 'party', 'parties')} with {plural(sum(network.transfers.values()), 'transfer')} and "
            f"{plural(sum(network.ties.values()), 'tie')}, in {parts:,} part{'s' if parts != 1 else ''} "
            "that have no line between them.")


def tie_word(kind: str) -> str:
    """A tie in words."""
    return vocabulary("tie_kind").label(kind)


def _rows(network: Network, found: Grouped) -> Iterator[tuple[str | int, ...]]:
    part_of = {party: at + 1 for at, part in enumerate(found.parts) for party in part}

    def name(party: str) -> str:
        known = network.parties.get(party)
        return known.name if known else "a party not shown here"

    for what, some in (("transfer", network.transfers), ("tie", network.ties)):
        for (a, b, kind), n in sorted(some.items(), key=lambda kv: (-kv[1], kv[0])):
            said = vocabulary("lawful_status").label(kind) if what == "transfer" else tie_word(kind)
            yield name(a), name(b), what, said, n, part_of.get(a, "")


class _Drawing:
    def __init__(self, network: Network, found: Grouped, width: float, height: float) -> None:
        self.network, self.found = network, found
        self.signs: Sequence[Sign] = found.signs
        self.width = width
        self.height = height if len(self.signs) > 12 else max(300.0, height * 0.6)
        goods: Counter[tuple[int, int]] = Counter()
        ties: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for (a, b, _), n in network.transfers.items():
            if a != b:
                goods[found.sign_of[a], found.sign_of[b]] += n
        for (a, b, kind), n in network.ties.items():
            if a != b:
                one, other = sorted((found.sign_of[a], found.sign_of[b]))
                ties[one, other][kind] += n
        lines = sorted([*((-n, at, "transfer") for at, n in goods.items() if at[0] != at[1]),
                        *((-c.total(), at, "tie") for at, c in ties.items() if at[0] != at[1])])
        self.lines, self.left_out = lines[:_MOST_LINES], max(0, len(lines) - _MOST_LINES)
        self.ties, self.inside = ties, Counter({at: n for at, n in goods.items() if at[0] == at[1]})
        edge_w, edge_h = 90.0, 24.0
        box = (self.width - 2 * edge_w, self.height - _TITLE - _FOOT - 2 * edge_h)
        radii = self.radii = [self._radius(at) for at in range(len(self.signs))]
        spots = place(radii, [(a, b, -n) for n, (a, b), _ in self.lines], *box)
        self.spots = [(x + edge_w, y + _TITLE + edge_h) for x, y in spots]
        ranked = sorted((at for at, sign in enumerate(self.signs) if sign.party),
                        key=lambda at: (-self.signs[at].degree, self.signs[at].party))
        self.labels, unplaced = labels([(at, self._name(at)) for at in ranked], self.spots, radii, self.width)
        self.key = [(self._name(at), self.spots[at]) for at in unplaced]

    def svg(self, title: str) -> str:
        high = self.height + key_high(len(self.key)) if self.signs else _EMPTY
        out = [svg.opening("headstamp-network", self.width, high, plain(title),
                           plain(self._described())),
               f'<text class="chart-title" x="{svg.number(SIDE)}" y="19" font-size="14" '
               f'font-weight="600">{isolated(svg.shortened(title, self.width - 2 * SIDE, 14))}</text>']
        if not self.signs:
            out.append(f'<text class="chart-label" x="{svg.number(SIDE)}" y="48" font-size="11">'
                       "Nothing to show yet: no transfer or tie names two parties.</text>")
            return "".join((*out, "</svg>"))
        out += [*self._lines(), *self._signs(), *self.labels, *self._legend(),
                *key(self.key, self.width, self.height + 8)]
        return "".join((*out, "</svg>"))

    def _name(self, at: int) -> str:
        sign = self.signs[at]
        if not sign.party:
            return f"{len(sign.members):,} others"
        known = self.network.parties.get(sign.party)
        return known.name if known else "a party not shown here"

    def _radius(self, at: int) -> float:
        sign = self.signs[at]
        return min(5 + 1.5 * math.sqrt(sign.degree), 16) if sign.party else min(
            8 + math.sqrt(len(sign.members)), 22)

    def _lines(self) -> Iterator[str]:
        for weight, (a, b), what in reversed(self.lines):
            n = -weight
            broad = min(1 + math.log2(n) * 0.7, 7)
            # Bent to one side, so that goods there and back, and a tie, lie beside each other.
            line = curve(self.spots[a], self.spots[b], self.radii[a], self.radii[b],
                         0.12 if what == "transfer" else -0.08)
            said = (f"{self._name(a)} to {self._name(b)}: {n:,} transfer{'s' if n != 1 else ''}"
                    if what == "transfer" else f"{self._name(a)} and {self._name(b)}: " + ", ".join(
                        f"{tie_word(k)} ({c:,})" if c > 1 else tie_word(k)
                        for k, c in sorted(self.ties[a, b].items())))
            colour = _FIRM if what == "transfer" else _TIE
            yield (f'<g class="net-{what}"><title>{isolated(said)}</title>'
                   f'<path d="{line.path}" fill="none" stroke="{colour}" '
                   f'stroke-opacity="0.55" stroke-width="{svg.number(broad)}"'
                   + (' stroke-dasharray="5 4"' if what == "tie" else "") + "/>")
            if what == "transfer":
                yield line.tip(broad, colour)
            yield "</g>"

    def _signs(self) -> Iterator[str]:
        for at, sign in enumerate(self.signs):
            (x, y), r = self.spots[at], self._radius(at)
            known = self.network.parties.get(sign.party)
            more = [known.country, ", ".join(known.roles)] if known else []
            inside = self.inside.get((at, at), 0)
            said = "; ".join(filter(None, [
                self._name(at), *more, f"{plural(sign.degree, 'other party', 'other parties')}" if sign.party else "",
                f"{plural(inside, 'transfer')} among them" if inside else ""]))
            yield f'<g class="net-sign"><title>{isolated(said)}</title>'
            if sign.party:
                yield (f'<circle class="net-party" cx="{svg.number(x)}" cy="{svg.number(y)}" '
                       f'r="{svg.number(r)}" fill="{_FIRM}" stroke="#ffffff" stroke-width="1.5"/>')
            else:
                yield (f'<rect class="net-group" x="{svg.number(x - r)}" y="{svg.number(y - r * 0.7)}" '
                       f'width="{svg.number(2 * r)}" height="{svg.number(1.4 * r)}" rx="4" '
                       f'fill="#ffffff" stroke="{_FIRM}" stroke-dasharray="3 2"/>'
                       f'<text class="net-count" x="{svg.number(x)}" y="{svg.number(y + 3.5)}" '
                       f'font-size="10" text-anchor="middle">{len(sign.members):,}</text>')
            yield "</g>"

    def _legend(self) -> Iterator[str]:
        y = self.height - 10
        yield (f'<g class="net-transfer"><path d="M{svg.number(SIDE)},{svg.number(y - 4)}h26" '
               f'stroke="{_FIRM}" stroke-width="2"/><path class="net-tip" d="M{svg.number(SIDE + 32)},'
               f'{svg.number(y - 4)}l-8,-4,0,8z" fill="{_FIRM}"/></g>'
               f'<text class="chart-label" x="{svg.number(SIDE + 38)}" y="{svg.number(y)}" '
               'font-size="10.5">transfers, broader for more</text>'
               f'<g class="net-tie"><path d="M220,{svg.number(y - 4)}h32" stroke="{_TIE}" '
               f'stroke-width="2" stroke-dasharray="5 4"/></g><text class="chart-label" x="258" '
               f'y="{svg.number(y)}" font-size="10.5">ties (owner, officer, agent and so on)</text>')
        if any(not sign.party for sign in self.signs):
            yield (f'<rect class="net-group" x="492" y="{svg.number(y - 11)}" width="26" height="14" '
                   f'rx="4" fill="#ffffff" stroke="{_FIRM}" stroke-dasharray="3 2"/>'
                   f'<text class="chart-label" x="524" y="{svg.number(y)}" font-size="10.5">a group of '
                   "so many parties</text>")

    def _described(self) -> str:
        joined = sum(len(sign.members) for sign in self.signs)
        if not joined:
            return "A network without parties."
        named = sorted((sign for sign in self.signs if sign.party), key=lambda s: (-s.degree, s.party))
        most = "; ".join(f"{self._name(self.found.sign_of[s.party])}, with {s.degree} others"
                         for s in named[:8])
        return f"{_counted(self.network, self.found, joined)} Most joined: {most}. {WARNING}"
