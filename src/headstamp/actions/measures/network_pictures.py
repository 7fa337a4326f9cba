"""The picture of a network that a snapshot holds, and its measure: what the page and the command show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from headstamp.actions.limits import limits_of
from headstamp.actions.measures.measuring import Measured, measure_snapshot, snapshot_now
from headstamp.actions.measures.network_found import (
    FOUND,
    PARTY_PARAMETERS,
    SITE_PARAMETERS,
    FoundLink,
    FoundNode,
    NetworkFound,
)
from headstamp.actions.tracing.picture_limits import limits_said
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.question import Parameter, given_values
from headstamp.publish.found_network import Line, Node, found_network
from headstamp.publish.picture import Picture
from headstamp.store.case import Case
from headstamp.vocab import vocabulary

PARAMETERS: Final[Mapping[str, tuple[Parameter, ...]]] = {"sites": SITE_PARAMETERS, "parties": PARTY_PARAMETERS}
TITLES: Final = {"sites": "Network of sites found", "parties": "Network of parties found"}
MOST_MEASURED: Final = 300
"""Up to so many links a network is measured with its picture: some seconds."""
_KEPT = 12


@dataclass(frozen=True)
class NetworkAsked:
    """A network with its picture and its measure, all of one state of the case.

    ``measured`` is None where the network is too large to be measured while somebody waits.
    """

    found: NetworkFound
    picture: Picture
    measured: Measured | None

    @property
    def lines(self) -> tuple[Line, ...]:
        """The links as they are drawn."""
        return lines_of(self.found)


_MADE: WeakKeyDictionary[Case, dict[tuple[Any, ...], tuple[int, NetworkAsked]]] = WeakKeyDictionary()


def network_asked(case: Case, clearance: str, what: str, given: Mapping[str, str]) -> NetworkAsked:
    """The network of ``sites`` or ``parties`` as this clearance sees it, kept until the case has another entry.

    ``given`` are the words of ``PARAMETERS``. Raises Invalid for words that are not understood.
    """
    at = (clearance, what, tuple(sorted(given.items())))
    made = _MADE.setdefault(case, {})
    size = case.checkpoint().size
    kept = made.pop(at, None)
    if kept is None or kept[0] != size:
        snapshot = snapshot_now(case, clearance)
        engine = DuckDB(snapshot)
        try:
            values = given_values(f"network.{what}", PARAMETERS[what], given)
            found = FOUND[what](engine, values)
            measured = (measure_snapshot(snapshot, f"network.{what}", given, engine)
                        if len(found.links) <= MOST_MEASURED else None)
        finally:
            engine.close()
        limits = limits_said(limits_of(case.read(clearance), set(found.records())).values())
        kept = size, NetworkAsked(found, picture_of(found, limits), measured)
    made[at] = kept  # the one used last stands last
    for old in list(made)[:-_KEPT]:
        made.pop(old, None)
    return kept[1]


def picture_of(found: NetworkFound, limits: Sequence[str]) -> Picture:
    """The drawing of a network gathered."""
    nodes = {id_: _node(one) for id_, one in found.nodes.items()}
    return found_network(TITLES[found.what], found.what, nodes, lines_of(found), caption=(*found.told, *limits))


def lines_of(found: NetworkFound) -> tuple[Line, ...]:
    """The links as they are drawn."""
    return tuple(_line(one) for one in found.links)


def _node(one: FoundNode) -> Node:
    about = dict(one.about)
    below = about.get("activities") or about.get("roles") or about.get("kind", "")
    return Node(one.id, one.name, one.about, below, None if one.visits is None else one.visits > 0)


def _line(one: FoundLink) -> Line:
    sorts = Counter(sort_word(kind, sort) for _, kind, sort, _ in one.records)
    return Line(one.a, one.b, one.both, one.evidence, dict(sorts.most_common()),
                tuple(record for record, *_ in one.records), len(one.sources),
                all(kind == "inferred" for kind in one.sources.values()))


def sort_word(kind: str, sort: str) -> str:
    """What links two nodes, in words, by the kind of record and its sort."""
    if kind == "flow":
        return vocabulary("flow_kind").label(sort)
    if kind == "document":
        return "papers that belong to things there"
    if kind in ("tie", "party"):
        return vocabulary("tie_kind").label(sort)
    word = "transfer" if kind == "transfer" else "past hands"
    return f"{word}, {vocabulary('lawful_status').label(sort)}"
