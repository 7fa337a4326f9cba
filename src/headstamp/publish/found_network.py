"""A network found, drawn: what its lines rest on, which of them and which nodes hold it together.

Lines that rest on papers, things or answers are drawn through, others broken. A line across
which two bars stand is a bridge, a sign with a ring around it is a cut node: without it the part falls apart. A
hollow sign is a site that was never visited. Nothing is told by colour alone, and the table has every line.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from headstamp.analysis.network.graph import Graph, cuts
from headstamp.kinds.counted import plural
from headstamp.places import svg
from headstamp.publish.lettered import isolated, plain
from headstamp.publish.network_drawing import SIDE, Curve, curve, key, key_high, labels
from headstamp.publish.network_groups import MOST_NAMED, grouped
from headstamp.publish.network_layout import place
from headstamp.publish.picture import Picture

WARNING = ("This is the network found, not the network that existed. Who is better documented has more lines, and who "
           "was never found stands nowhere.")
_TITLE, _FOOT, _MOST_LINES, _FEW, _RING = 30.0, 46.0, 400, 30, 4.5
_EMPTY: Final = 64.0
"""How high a drawing without anything is: its title and a sentence."""
_COLOUR = "#3b6a8f"
_WORDS = {"sites": ("site", "flows"), "parties": ("party", "transfers, hands and ties")}


@dataclass(frozen=True, slots=True)
class Node:
    """A site or party: what is said of it (what, value), words below its name, whether it was visited."""

    id: str
    name: str
    about: tuple[tuple[str, str], ...] = ()
    below: str = ""
    visited: bool | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """All that links two nodes in one direction, or in none (``both``).

    ``what`` counts the records by sort, in words; ``sources`` is from how many sources it is known.
    """

    a: str
    b: str
    both: bool
    evidence: bool
    what: Mapping[str, int]
    records: tuple[str, ...]
    sources: int
    inferred: bool = False

    @property
    def rests_on(self) -> str:
        """In words, on what."""
        return "evidence" if self.evidence else "inferred" if self.inferred else "words only"

    def said(self) -> str:
        """What links them, in words."""
        return ", ".join(f"{sort} ({n:,})" if n > 1 else sort for sort, n in self.what.items())


@dataclass(frozen=True, slots=True)
class Held:
    """What holds a network together: its bridges as pairs (lesser id first), and its cut nodes."""

    bridges: frozenset[tuple[str, str]]
    cut: frozenset[str]


def held_by(lines: Iterable[Line]) -> Held:
    """The bridges and cut nodes of these lines."""
    pairs = sorted({(min(one.a, one.b), max(one.a, one.b)) for one in lines})
    names = sorted({name for pair in pairs for name in pair})
    at = {name: n for n, name in enumerate(names)}
    bridges, cut = cuts(Graph.of(len(names), [at[a] for a, _ in pairs], [at[b] for _, b in pairs]))
    return Held(frozenset((names[a], names[b]) for a, b in bridges), frozenset(names[n] for n in cut))


def found_network(
    title: str, what: str, nodes: Mapping[str, Node], lines: tuple[Line, ...], *, width: float = 1080,
    height: float = 760, most: int = MOST_NAMED, caption: Iterable[str] = (),
) -> Picture:
    """The picture of a network of ``sites`` or ``parties``; nodes without a line are counted, not drawn."""
    held = held_by(lines)
    drawing = _Drawing(what, nodes, lines, held, width, height, most)
    joined = len(drawing.joined)
    firm = sum(one.evidence for one in lines)
    told = [WARNING, f"{joined:,} {what} with {plural(len(lines), 'line')} between them, {firm:,} on evidence and "
                     f"{len(lines) - firm:,} on words or inference; {plural(len(held.bridges), 'bridge')}, "
                     f"{plural(len(held.cut), 'cut node')}; in {plural(drawing.parts, 'part')}."]
    alone = len(nodes) - joined
    if alone > 0:
        told.append(f"Without a line, and not drawn: {plural(alone, _WORDS[what][0], what)}.")
    if drawing.grouped:
        told.append(f"{drawing.grouped:,} {what} are drawn in groups with their number; the table has each.")
    if drawing.left_out:
        told.append(f"The {_MOST_LINES:,} strongest lines are drawn, {drawing.left_out:,} weaker not.")
    return Picture(
        f"network-{what}", title, drawing.svg(title, told[1]), (*told, *caption),
        ("from", "to", "what", "records", "rests on", "sources", "bridge"),
        tuple((nodes[one.a].name, nodes[one.b].name, one.said(), len(one.records), one.rests_on, one.sources,
               "yes" if _pair(one) in held.bridges else "") for one in lines),
        _data(nodes, lines, held))


def _pair(line: Line) -> tuple[str, str]:
    return min(line.a, line.b), max(line.a, line.b)


def _data(nodes: Mapping[str, Node], lines: tuple[Line, ...], held: Held) -> dict[str, Any]:
    return {
        "nodes": [{"id": one.id, "name": one.name, **dict(one.about), "cut": one.id in held.cut,
                   **({} if one.visited is None else {"visited": one.visited})} for one in nodes.values()],
        "edges": [{"from": one.a, "to": one.b, "directed": not one.both, "what": dict(one.what),
                   "records": list(one.records), "rests_on": one.rests_on, "sources": one.sources,
                   "bridge": _pair(one) in held.bridges} for one in lines],
    }


class _Drawing:
    def __init__(self, what: str, nodes: Mapping[str, Node], lines: tuple[Line, ...], held: Held,
                 width: float, height: float, most: int) -> None:
        self.what, self.nodes, self.held, self.width = what, nodes, held, width
        pairs: Counter[tuple[str, str]] = Counter()
        for one in lines:
            pairs[_pair(one)] += len(one.records)
        self.joined = sorted({name for pair in pairs for name in pair})
        found = grouped(self.joined, pairs, most)
        self.signs, self.parts = found.signs, len(found.parts)
        self.grouped = sum(len(sign.members) for sign in self.signs if not sign.party)
        drawn: dict[tuple[int, int, bool], list[Line]] = {}
        for one in lines:
            a, b = found.sign_of[one.a], found.sign_of[one.b]
            if a != b:
                ends = (min(a, b), max(a, b)) if one.both else (a, b)
                drawn.setdefault((*ends, one.both), []).append(one)
        strongest = sorted(drawn.items(), key=lambda kv: (-sum(len(one.records) for one in kv[1]), kv[0]))
        self.lines, self.left_out = strongest[:_MOST_LINES], max(0, len(strongest) - _MOST_LINES)
        self.height = height if len(self.signs) > 12 else max(320.0, height * 0.6)
        edge_w, edge_h = 100.0, 30.0
        self.radii = [self._radius(at) for at in range(len(self.signs))]
        spots = place(self.radii, [(a, b, sum(len(one.records) for one in some))
                                   for (a, b, _), some in self.lines],
                      width - 2 * edge_w, self.height - _TITLE - _FOOT - 2 * edge_h)
        self.spots = [(x + edge_w, y + _TITLE + edge_h) for x, y in spots]
        ranked = sorted((at for at, sign in enumerate(self.signs) if sign.party),
                        key=lambda at: (-self.signs[at].degree, self.signs[at].party))
        below = {at: nodes[self.signs[at].party].below for at in ranked} if len(self.signs) <= _FEW else {}
        # With the ring of a cut node, which neither a name nor the tip of a line covers.
        self.around = [r + _RING if sign.party in held.cut else r for r, sign in zip(self.radii, self.signs, strict=True)]
        tips = [self._curve(a, b, both).end for (a, b, both), _ in self.lines if not both] if len(self.signs) <= _FEW else []
        self.labels, unplaced = labels(
            [(at, self._name(at)) for at in ranked], self.spots, self.around, width, below, tips)
        self.key = [(self._name(at), self.spots[at]) for at in unplaced]

    def svg(self, title: str, counted: str) -> str:
        high = self.height + key_high(len(self.key)) if self.signs else _EMPTY
        out = [svg.opening("headstamp-network", self.width, high, plain(title), plain(self._described(counted))),
               f'<text class="chart-title" x="{svg.number(SIDE)}" y="19" font-size="14" '
               f'font-weight="600">{isolated(svg.shortened(title, self.width - 2 * SIDE, 14))}</text>']
        if not self.signs:
            out.append(f'<text class="chart-label" x="{svg.number(SIDE)}" y="48" font-size="11">'
                       f"Nothing to show yet: no {_WORDS[self.what][1]} link two {self.what}.</text>")
            return "".join((*out, "</svg>"))
        out += [*self._drawn_lines(), *self._drawn_signs(), *self.labels, *self._legend(),
                *key(self.key, self.width, self.height + 8)]
        return "".join((*out, "</svg>"))

    def _name(self, at: int) -> str:
        sign = self.signs[at]
        return self.nodes[sign.party].name if sign.party else f"{len(sign.members):,} others"

    def _radius(self, at: int) -> float:
        sign = self.signs[at]
        return min(6 + 1.5 * math.sqrt(sign.degree), 16) if sign.party else min(8 + math.sqrt(len(sign.members)), 22)

    def _curve(self, a: int, b: int, both: bool) -> Curve:
        return curve(self.spots[a], self.spots[b], self.around[a], self.around[b], -0.08 if both else 0.12)

    def _drawn_lines(self) -> Iterator[str]:
        for (a, b, both), some in reversed(self.lines):
            records = sum(len(one.records) for one in some)
            firm = any(one.evidence for one in some)
            broad = min(1.3 + math.log2(records) * 0.6, 6)
            line = self._curve(a, b, both)
            bridge = any(_pair(one) in self.held.bridges for one in some) and self.signs[a].party and self.signs[b].party
            sorts: Counter[str] = Counter()
            for one in some:
                sorts.update(one.what)
            said = (f"{self._name(a)} {'and' if both else 'to'} {self._name(b)}: "
                    + ", ".join(f"{sort} ({n:,})" if n > 1 else sort for sort, n in sorts.most_common())
                    + f"; rests on {'evidence' if firm else some[0].rests_on}"
                    + ("; a bridge" if bridge else ""))
            yield (f'<g class="net-line"><title>{isolated(said)}</title><path d="{line.path}" fill="none" '
                   f'stroke="{_COLOUR}" stroke-opacity="0.65" stroke-width="{svg.number(broad)}"'
                   + ("" if firm else ' stroke-dasharray="5 4"') + "/>")
            if not both:
                yield line.tip(broad, _COLOUR)
            if bridge:
                yield _bars(line)
            yield "</g>"

    def _drawn_signs(self) -> Iterator[str]:
        for at, sign in enumerate(self.signs):
            (x, y), r = self.spots[at], self.radii[at]
            node = self.nodes.get(sign.party)
            said = [self._name(at)]
            if node is not None:
                said += [f"{name}: {value}" for name, value in node.about]
                said += [f"{sign.degree:,} others", *(["never visited"] if node.visited is False else []),
                         *(["a cut node"] if node.id in self.held.cut else [])]
            yield f'<g class="net-sign"><title>{isolated("; ".join(said))}</title>'
            if node is not None:
                yield from _circle(x, y, r, node.visited is not False, node.id in self.held.cut)
            else:
                yield (f'<rect class="net-group" x="{svg.number(x - r)}" y="{svg.number(y - r * 0.7)}" '
                       f'width="{svg.number(2 * r)}" height="{svg.number(1.4 * r)}" rx="4" '
                       f'fill="#ffffff" stroke="{_COLOUR}" stroke-dasharray="3 2"/>'
                       f'<text class="net-count" x="{svg.number(x)}" y="{svg.number(y + 3.5)}" '
                       f'font-size="10" text-anchor="middle">{len(sign.members):,}</text>')
            yield "</g>"

    def _legend(self) -> Iterator[str]:
        y, x = self.height - 24, SIDE
        for dash, words, wide in (("", "rests on evidence", 160), ("5 4", "on words or inference", 184)):
            yield (f'<g class="net-line"><path d="M{svg.number(x)},{svg.number(y - 4)}h30" stroke="{_COLOUR}" '
                   'stroke-width="2"' + (f' stroke-dasharray="{dash}"' if dash else "") + "/></g>"
                   + _text(x + 36, y, words))
            x += wide
        straight = curve((x, y - 4), (x + 32, y - 4), 0, -3, 0)
        yield (f'<g class="net-line"><path d="{straight.path}" stroke="{_COLOUR}" stroke-width="2"/>'
               + _bars(straight) + "</g>" + _text(x + 40, y, "a bridge: without it a part falls in two"))
        y, x = self.height - 7, SIDE
        yield from _circle(x + 12, y - 4, 6, True, True)
        yield _text(x + 28, y, "a cut node: without it a part falls apart")
        if any(node.visited is False for node in self.nodes.values()):
            yield from _circle(x + 290, y - 4, 6, False, False)
            yield _text(x + 304, y, "never visited")
        if self.grouped:
            yield (f'<rect class="net-group" x="{svg.number(x + 420)}" y="{svg.number(y - 11)}" width="26" height="14" '
                   f'rx="4" fill="#ffffff" stroke="{_COLOUR}" stroke-dasharray="3 2"/>'
                   + _text(x + 452, y, f"a group of so many {self.what}"))

    def _described(self, counted: str) -> str:
        if not self.signs:
            return f"A network without {self.what}."
        named = sorted((sign for sign in self.signs if sign.party), key=lambda s: (-s.degree, s.party))
        most = "; ".join(f"{self.nodes[s.party].name}, with {s.degree} others" for s in named[:8])
        return f"{counted} Most joined: {most}. {WARNING}"


def _text(x: float, y: float, words: str) -> str:
    return f'<text class="chart-label" x="{svg.number(x)}" y="{svg.number(y)}" font-size="10.5">{words}</text>'


def _bars(line: Curve) -> str:
    """Two short bars across the middle of a line: it is a bridge."""
    (x, y), (tx, ty) = line.middle, line.towards
    paths = []
    for off in (-2.5, 2.5):
        cx, cy = x + tx * off, y + ty * off
        paths.append(f"M{svg.number(cx - ty * 6)},{svg.number(cy + tx * 6)}L{svg.number(cx + ty * 6)},{svg.number(cy - tx * 6)}")
    return f'<path class="net-bridge" d="{"".join(paths)}" stroke="#23292e" stroke-width="1.6" fill="none"/>'


def _circle(x: float, y: float, r: float, filled: bool, ring: bool) -> Iterator[str]:
    yield (f'<circle class="{"net-party" if filled else "net-hollow"}" cx="{svg.number(x)}" cy="{svg.number(y)}" r="{svg.number(r)}" '
           f'fill="{_COLOUR if filled else "#ffffff"}" stroke="{"#ffffff" if filled else _COLOUR}" '
           f'stroke-width="{"1.5" if filled else "2"}"/>')
    if ring:
        yield (f'<circle class="net-cut" cx="{svg.number(x)}" cy="{svg.number(y)}" r="{svg.number(r + _RING - 1)}" '
               'fill="none" stroke="#23292e" stroke-width="1.6"/>')
