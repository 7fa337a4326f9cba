"""Graphs against networkx and against published networks."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.network.graph import Graph, components, cuts, strong_components
from headstamp.analysis.network.graph_between import betweenness, betweenness_of_many, half_width
from tests.effort import counted, examples

PUBLISHED = {
    # Zachary 1977, Journal of Anthropological Research 33:452: the instructor and the officers.
    "karate": (nx.karate_club_graph, {0: 0.437635, 33: 0.304075, 32: 0.145247, 2: 0.143657, 31: 0.138276, 11: 0.0}),
    # Krackhardt 1990, Administrative Science Quarterly 35:342: the kite; Heather stands between the most.
    "kite": (nx.krackhardt_kite_graph, {7: 14 / 36, 5: 8.333333 / 36, 6: 8.333333 / 36, 8: 8 / 36, 3: 3.666667 / 36}),
    # Padgett and Ansell 1993, American Journal of Sociology 98:1259: marriages of Florentine families.
    "florence": (nx.florentine_families_graph, {"Medici": 47.5 / 91, "Guadagni": 23.166667 / 91, "Albizzi": 19.333333 / 91,
                                                "Salviati": 13 / 91, "Pazzi": 0.0}),
}


def _graph(of: nx.Graph) -> tuple[Graph, list[object]]:
    names = list(of.nodes)
    at = {name: n for n, name in enumerate(names)}
    return Graph.of(len(names), [at[a] for a, _ in of.edges], [at[b] for _, b in of.edges], of.is_directed()), names


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_networks(name: str) -> None:
    made, known = PUBLISHED[name]
    graph, names = _graph(made())
    found = betweenness(graph)
    assert found.exact and not found.errors.any()
    for node, share in known.items():
        assert found.shares[names.index(node)] == pytest.approx(share, abs=1e-6)
    if name == "florence":
        assert round(float(found.shares.max()), 3) == 0.522
        bridges, cut = cuts(graph)
        assert {names[n] for n in cut} == {"Medici", "Salviati", "Albizzi", "Guadagni"}
        assert {frozenset((names[a], names[b])) for a, b in bridges} == {
            frozenset(pair) for pair in (("Acciaiuoli", "Medici"), ("Medici", "Salviati"), ("Salviati", "Pazzi"),
                                         ("Albizzi", "Ginori"), ("Guadagni", "Lamberteschi"))}
    if name == "kite":
        assert cuts(graph) == ([(7, 8), (8, 9)], [7, 8])


Pairs = list[tuple[int, int]]


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, Pairs]:
    count = draw(st.integers(1, 14))
    ends = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(ends, ends), max_size=40))


def _peer(count: int, pairs: Iterable[tuple[int, int]], directed: bool) -> nx.Graph:
    peer = nx.DiGraph() if directed else nx.Graph()
    peer.add_nodes_from(range(count))
    peer.add_edges_from((a, b) for a, b in pairs if a != b)
    return peer


@examples(200)
@given(networks(), st.booleans())
def test_as_networkx_has_it(network: tuple[int, Pairs], directed: bool) -> None:
    count, pairs = network
    graph = Graph.of(count, [a for a, _ in pairs], [b for _, b in pairs], directed)
    peer = _peer(count, pairs, directed)
    either = peer.to_undirected() if directed else peer
    assert graph.links == peer.number_of_edges()
    assert graph.degrees.tolist() == [d for _, d in (peer.out_degree if directed else peer.degree)]
    assert graph.degrees_in.tolist() == [d for _, d in (peer.in_degree if directed else peer.degree)]
    expected = nx.betweenness_centrality(peer) if count > 2 else dict.fromkeys(range(count), 0.0)
    assert betweenness(graph).shares == pytest.approx([expected[n] for n in range(count)], abs=1e-12)
    assert cuts(graph) == (sorted((min(e), max(e)) for e in nx.bridges(either)), sorted(nx.articulation_points(either)))
    assert _sets(components(graph)) == {frozenset(part) for part in nx.connected_components(either)}
    sizes = np.bincount(components(graph))
    assert (np.diff(sizes) <= 0).all()
    if directed:
        assert _sets(strong_components(graph)) == {frozenset(p) for p in nx.strongly_connected_components(peer)}
        assert graph.reversed().reversed().heads.tolist() == graph.heads.tolist()


@examples(60)
@given(networks(), st.booleans(), st.randoms(use_true_random=False))
def test_parts_of_a_graph_at_once(network: tuple[int, Pairs], directed: bool, random: object) -> None:
    count, pairs = network
    graph = Graph.of(count, [a for a, _ in pairs], [b for _, b in pairs], directed)
    tails, heads = graph.tails, graph.heads
    kept = []
    for _ in range(3):
        gone = {frozenset(pair) for pair in pairs if random.random() < 0.4}  # type: ignore[attr-defined]
        kept.append([frozenset((int(a), int(b))) not in gone for a, b in zip(tails, heads, strict=True)])
    mask = np.array(kept, bool).reshape(3, len(heads))
    found = betweenness_of_many(graph, mask)
    for at, row in enumerate(mask):
        alone = Graph.of(count, tails[row], heads[row], True)
        assert found[at] == pytest.approx(betweenness(alone).shares, abs=1e-12)


def _sets(part: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(part == n).tolist()) for n in set(part.tolist())}


def test_a_chain_of_a_hundred_thousand() -> None:
    long = 100_000
    graph = Graph.of(long, range(long - 1), range(1, long))
    bridges, cut = cuts(graph)
    assert len(bridges) == long - 1 and cut == list(range(1, long - 1))
    assert set(components(graph).tolist()) == {0}
    ring = Graph.of(long, range(long), [*range(1, long), 0], True)
    assert set(strong_components(ring).tolist()) == {0} and cuts(ring) == ([], [])


def test_a_large_graph_is_reckoned_from_some_nodes_and_tells_its_error() -> None:
    held, of = 0, counted(300, 2_000)
    random = np.random.default_rng(7)
    # A few hubs, so that the most between is no matter of chance.
    tails = np.concatenate((random.integers(0, 120, 260), np.zeros(40, np.int64)))
    heads = np.concatenate((random.integers(0, 120, 260), random.integers(1, 120, 40)))
    graph = Graph.of(120, tails, heads)
    truth = betweenness(graph)
    top = int(truth.shares.argmax())
    for seed in range(of):
        some = betweenness(graph, seed=seed, pivots=40, work=0)
        assert not some.exact and some.asked == 40
        held += abs(some.shares[top] - truth.shares[top]) <= half_width(float(some.errors[top]), 0.95)
    assert 0.92 <= held / of <= 0.98


def test_links_must_name_nodes() -> None:
    with pytest.raises(ValueError, match="not there"):
        Graph.of(2, [0], [2])
    assert components(Graph.of(0, [], [])).tolist() == []
