"""The links of a network from the rows of a table, each with what it rests on.

A row says: this source says that there is a link. Rows of one pair are one link, which is known from as many
sources as its rows name. What a source is counts: a paper, a thing found, an answer to a trace request is evidence
that can be looked at again; a sentence in a record (``basis``) is somebody's word, and ``inferred`` is
drawn from other records. All that rests on one source alone stands and falls with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.analysis import column_names
from headstamp.analysis.network.graph import Graph, Ints
from headstamp.errors import Invalid, Problem

EVIDENCE: Final = ("document", "item", "reply")
OTHER: Final = ("basis", "inferred")
Bools = npt.NDArray[np.bool_]

_FROM: Final = ("from", "from_site", "from_party", "a")
_TO: Final = ("to", "to_site", "to_party", "b")
_COLUMNS: Final = (*_FROM, *_TO, "source", "target", "source_name", "kind", "day")
_MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Node:
    """A site or party: its key in the rows, its name, and how many visits it had (None: not told)."""

    key: str
    name: str
    visits: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The links found. Arrays: ``tails`` and ``heads`` a node for each link; ``rest_link`` and
    ``rest_source`` say, in the order of the links, on which sources each rests.

    ``linked`` nodes stand in a link and come first in ``nodes``. ``is_evidence`` and ``days`` go with
    ``sources`` (their names). ``rows`` were read, ``loops`` of them link a node with itself and count for nothing.
    ``rests_told`` is False where nothing says on what links rest: each is then its own evidence.
    """

    nodes: tuple[Node, ...]
    linked: int
    tails: Ints
    heads: Ints
    sources: tuple[str, ...]
    is_evidence: Bools
    days: tuple[str, ...]
    rest_link: Ints
    rest_source: Ints
    directed: bool
    rows: int
    loops: int
    rests_told: bool = True

    @property
    def links(self) -> int:
        """How many pairs are linked."""
        return len(self.tails)

    def graph(self, kept: Bools | None = None) -> Graph:
        """The graph of the linked nodes; with ``kept``, of those links only."""
        if kept is None:
            return Graph.of(self.linked, self.tails, self.heads, self.directed)
        return Graph.of(self.linked, self.tails[kept], self.heads[kept], self.directed)

    def link_of_arc(self, graph: Graph) -> Ints:
        """For each arc of the graph the link that it is."""
        n = max(self.linked, 1)
        tails, heads = graph.tails, graph.heads
        if self.directed:
            keys, wanted = self.tails * n + self.heads, tails * n + heads
        else:
            keys = np.minimum(self.tails, self.heads) * n + np.maximum(self.tails, self.heads)
            wanted = np.minimum(tails, heads) * n + np.maximum(tails, heads)
        order = np.argsort(keys, kind="stable")
        found: Ints = order[np.searchsorted(keys[order], wanted)]
        return found

    def known_from(self) -> Ints:
        """From how many sources each link is known."""
        return np.bincount(self.rest_link, minlength=self.links).astype(np.int64)

    def on_evidence(self) -> Bools:
        """Whether each link rests on evidence, or on words and inference only."""
        found = np.zeros(self.links, bool)
        found[self.rest_link[self.is_evidence[self.rest_source]]] = True
        return found

    def standing(self, held: Bools) -> Bools:
        """Which links stand (columns) where these sources hold: ``held`` has a row for each try."""
        if not self.links:
            return np.zeros((len(held), 0), bool)
        begins = np.flatnonzero(np.diff(self.rest_link, prepend=-1))
        stands: Bools = np.logical_or.reduceat(held[:, self.rest_source], begins, axis=1)
        return stands


def network_of(
    links: Sequence[Mapping[str, str]], nodes: Sequence[Mapping[str, str]] = (), directed: bool = False
) -> Network:
    """The network of these rows.

    Columns of ``links``: ``from``, ``to``, and where they are known ``source`` (whatever tells it from
    others), ``source_name``, ``kind`` (document, item, reply; basis, inferred) and ``day`` (on which the
    source was found). A row without a source is a source by itself. Columns of ``nodes``: ``node``, and
    ``name`` and ``visits`` where known. Nodes that only the links name are taken from there. Raises
    Invalid naming every faulty row.
    """
    problems: list[Problem] = []
    links = column_names.known(links, _COLUMNS)
    known = _nodes(column_names.known(nodes, ("node", "name", "visits")), problems)
    plain = bool(links) and "target" in links[0] and not any(name in links[0] for name in (*_FROM, *_TO))
    start, end = ("source", "target") if plain else (
        _column(links, _FROM, "from", problems), _column(links, _TO, "to", problems))
    told = not links or (not plain and "source" in links[0]) or "kind" in links[0]
    pairs: dict[tuple[str, str], dict[int, None]] = {}
    sources: dict[str, int] = {}
    names: list[str] = []
    evidence: list[bool] = []
    days: list[str] = []
    loops = 0
    for at, row in enumerate(links if not problems else (), 1):
        a, b = (row.get(start) or "").strip(), (row.get(end) or "").strip()
        source = "" if plain else (row.get("source") or "").strip()
        kind = (row.get("kind") or "").strip().casefold() or ("document" if source or not told else "basis")
        problems += [Problem("a link has two ends", "Write who it leads from and to.", name, "", at)
                     for name, cell in ((start, a), (end, b)) if not cell]
        if kind not in EVIDENCE and kind not in OTHER:
            problems.append(Problem("not a kind of source", "One of: " + ", ".join((*EVIDENCE, *OTHER)), "kind",
                                    kind, at))
        if not a or not b:
            continue
        if a == b:
            loops += 1
            continue
        pair = (a, b) if directed or a < b else (b, a)
        number = sources.setdefault(source or f"row {at}", len(sources))
        if number == len(evidence):
            names.append((row.get("source_name") or "").strip() or source or f"row {at}")
            evidence.append(False)
            days.append("")
        evidence[number] |= kind in EVIDENCE
        days[number] = days[number] or (row.get("day") or "").strip()
        pairs.setdefault(pair, {})[number] = None
    if problems:
        raise Invalid("no network can be read from this", problems[:_MOST_TOLD])
    named = sorted({key for pair in pairs for key in pair})
    index = {key: n for n, key in enumerate(named)}
    order = sorted(pairs)
    return Network(
        (*(known.get(key, Node(key, key)) for key in named),
         *(node for key, node in sorted(known.items()) if key not in index)),
        len(named),
        np.array([index[a] for a, _ in order], np.int64), np.array([index[b] for _, b in order], np.int64),
        tuple(names), np.array(evidence, bool), tuple(days),
        np.array([n for n, pair in enumerate(order) for _ in pairs[pair]], np.int64),
        np.array([number for pair in order for number in sorted(pairs[pair])], np.int64),
        directed, len(links), loops, told,
    )


def _nodes(rows: Sequence[Mapping[str, str]], problems: list[Problem]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for at, row in enumerate(rows, 1):
        key = (row.get("node") or "").strip()
        told = (row.get("visits") or "").strip()
        if not key:
            problems.append(Problem("a node has a key", "Write it as the links do, in a column node.", "node", "", at))
        elif key in found:
            problems.append(Problem("this node is there twice", "Name each once.", "node", key, at))
        if told and not (told.isascii() and told.isdigit()):
            problems.append(Problem("not a number of visits", "A whole number, or nothing.", "visits", told, at))
            told = ""
        if key:
            found[key] = Node(key, (row.get("name") or "").strip() or key, int(told) if told else None)
    return found


def _column(rows: Sequence[Mapping[str, str]], names: Sequence[str], wanted: str, problems: list[Problem]) -> str:
    if not rows:
        return wanted
    for name in names:
        if name in rows[0]:
            return name
    problems.append(Problem(f"there is no column {wanted}", "It has: " + ", ".join(rows[0]), wanted))
    return wanted
