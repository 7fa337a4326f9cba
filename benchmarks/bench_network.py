"""How fast the networks of measures are: parts, bridges, cut nodes and betweenness, beside networkx in the same run.

networkx (BSD-3-Clause) is among the tools of the tests. Both are asked the same of the same made-up links; the betweenness of the large
graph is that from a number of nodes drawn by lot, in networkx from fewer of them and taken for as many.

    python -m benchmarks.bench_network
"""

from __future__ import annotations

import json
from time import perf_counter

import networkx as nx
import numpy as np

from headstamp.analysis.network.graph import Graph, components, cuts
from headstamp.analysis.network.graph_between import PIVOTS, betweenness
from headstamp.analysis.network.measure import MEASURE_PARTIES

SEED = 20_261_122
NODES, LINKS, PEER = 20_000, 100_000, 8
SMALL, FEW = 1_000, 3_000


def _graphs(nodes: int, links: int) -> tuple[Graph, nx.Graph, list[dict[str, str]]]:
    draw = np.random.default_rng(SEED)
    ends = draw.integers(0, nodes, (links, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    peer = nx.Graph()
    peer.add_nodes_from(range(nodes))
    peer.add_edges_from(ends.tolist())
    rows = [{"from": str(a), "to": str(b), "source": f"paper {n}"} for n, (a, b) in enumerate(ends.tolist())]
    return Graph.of(nodes, ends[:, 0], ends[:, 1]), peer, rows


def run() -> list[dict[str, object]]:
    """Structure and betweenness of a hundred thousand links, exact betweenness of a thousand nodes, the measure whole."""
    graph, peer, rows = _graphs(NODES, LINKS)
    data = f"{NODES:,} nodes, {graph.links:,} links by lot, seed {SEED}"
    start = perf_counter()
    parts, (bridges, cut) = components(graph), cuts(graph)
    ours = perf_counter() - start
    start = perf_counter()
    theirs = (sum(1 for _ in nx.connected_components(peer)), sum(1 for _ in nx.bridges(peer)),
              sum(1 for _ in nx.articulation_points(peer)))
    other = perf_counter() - start
    assert theirs == (int(parts.max()) + 1, len(bridges), len(cut)), "the two find different parts"
    told: list[dict[str, object]] = [_row("parts, bridges, cut nodes", ours, other, data)]
    start = perf_counter()
    betweenness(graph, pivots=PIVOTS, work=0)
    ours = perf_counter() - start
    start = perf_counter()
    nx.betweenness_centrality(peer, k=PEER, seed=SEED)
    other = (perf_counter() - start) * PIVOTS / PEER
    told.append(_row(f"betweenness from {PIVOTS} nodes", ours, other, f"{data}; networkx from {PEER} nodes"))
    start = perf_counter()
    MEASURE_PARTIES.run(links=rows)
    told.append({"name": "network.parties whole", "ours": round(perf_counter() - start, 2), "peer": "", "ratio": "",
                 "target": "seconds", "unit": "s", "data": data})
    small, small_peer, _ = _graphs(SMALL, FEW)
    start = perf_counter()
    found = betweenness(small)
    ours = perf_counter() - start
    start = perf_counter()
    expected = nx.betweenness_centrality(small_peer)
    other = perf_counter() - start
    assert found.exact and np.allclose(found.shares, [expected[n] for n in range(SMALL)]), "the two differ"
    told.append(_row("betweenness, exact", ours, other, f"{SMALL:,} nodes, {small.links:,} links, seed {SEED}"))
    return told


def _row(name: str, ours: float, other: float, data: str) -> dict[str, object]:
    return {"name": name, "ours": round(ours, 3), "peer": round(other, 3), "ratio": round(other / ours, 1),
            "target": "", "unit": "s", "data": data}


if __name__ == "__main__":
    for one in run():
        print(json.dumps(one))
