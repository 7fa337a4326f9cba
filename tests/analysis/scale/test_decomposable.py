"""Averaging over decomposable graphs: Madigan's and York's cases, and the same by hand."""

from __future__ import annotations

from itertools import combinations
from math import exp, lgamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.analysis.scale.decomposable import average, graphs, log_gamma
from tests.analysis.scale.lists_data import FIVE, KOSOVO, SPINA


@pytest.mark.parametrize(("lists", "count"), [(1, 1), (2, 2), (3, 8), (4, 61), (5, 822)])
def test_how_many_there_are(lists: int, count: int) -> None:
    # Sequence A058862 of the OEIS.
    found = graphs(lists)
    assert len(found) == count == len({graph.edges for graph in found})
    assert len(found[-1].edges) == lists * (lists - 1) // 2


def test_cliques_and_separators_make_up_the_graph() -> None:
    for graph in graphs(4):
        drawn = {pair for clique in graph.cliques for pair in combinations(
            [at for at in range(4) if clique >> at & 1], 2)}
        assert drawn == set(graph.edges)
        assert len(graph.separators) == len(graph.cliques) - 1
        # Each list counts once: as often in cliques as in separators and once more.
        for at in range(4):
            assert sum(c >> at & 1 for c in graph.cliques) - sum(s >> at & 1 for s in graph.separators) == 1


def test_madigan_and_york_three_lists() -> None:
    # The dga package's own test: delta 1, gamma-Poisson with a = 13.14 and b = 55.17, unseen 1 to 300.
    found = average(SPINA, 3, 1.0, "gamma-poisson", 13.14, 55.17, 1, 300)
    assert len(found.graphs) == 8 and found.complete > 0
    row, top = found.own[0]
    assert found.graphs[row].edges == ((0, 1),)
    assert found.weights[row] == pytest.approx(0.3738, abs=5e-5)
    assert (round(top.estimate), top.mode) == (731, 729)
    assert (round(found.posterior.estimate), found.posterior.mode) == (731, 728)
    # Leaving the complete graph and all above it out is another answer.
    others = float(found.weights[row]) / (1 - found.complete)
    assert others >= found.weights[row]


def test_a_wide_range_gives_what_the_whole_range_gives() -> None:
    whole = average(FIVE, 5, 0.5, least=1, most=2_000).posterior
    sought = average(FIVE, 5, 0.5, least=1, most=2_000_000).posterior
    assert sought.estimate == pytest.approx(whole.estimate, abs=0.01)
    for share in (0.025, 0.5, 0.975):
        assert sought.quantile(share) == whole.quantile(share)


def test_many_are_followed_on_a_coarse_grid() -> None:
    # Forty times the counts: too wide to be gone through one by one, the more as the complete graph trails.
    cells = [40 * count for count in SPINA]
    wide = average(cells, 3, 1e-3, most=3_000_000)
    narrow = average(cells, 3, 1e-3, least=4_600, most=6_400)
    assert wide.posterior.estimate == pytest.approx(narrow.posterior.estimate, rel=1e-3)
    assert wide.posterior.mass.sum() == pytest.approx(1)


def test_a_range_that_ends_the_posterior_shows() -> None:
    assert average(KOSOVO, 4, 1 / 16, most=5_000).cut > 0.01 > average(KOSOVO, 4, 1 / 16).cut


def _by_hand(cells: list[int], unseen: int, cliques: list[list[int]], separators: list[list[int]],
             lists: int, delta: float) -> float:
    """Log of the chance of a table under a graph, times the multinomial and 1/N."""
    table = [unseen, *cells[1:]]
    total = sum(table)

    def part(members: list[int]) -> float:
        alpha = delta * 2 ** (lists - len(members))
        margin: dict[tuple[int, ...], int] = {}
        for cell, count in enumerate(table):
            key = tuple(cell >> at & 1 for at in members)
            margin[key] = margin.get(key, 0) + count
        whole = alpha * len(margin)
        return (sum(lgamma(n + alpha) - lgamma(alpha) for n in margin.values())
                + lgamma(whole) - lgamma(total + whole))

    return (sum(map(part, cliques)) - sum(map(part, separators)) - log(total)
            + lgamma(total + 1) - sum(lgamma(n + 1) for n in table))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 40), min_size=7, max_size=7).filter(any), st.sampled_from([0.125, 0.5, 1.0]))
def test_the_same_by_hand(counts: list[int], delta: float) -> None:
    cells = [0, *counts]
    by_hand = {
        ((0, 1), (1, 2)): ([[0, 1], [1, 2]], [[1]]), (): ([[0], [1], [2]], [[], []]),
        ((0, 2),): ([[0, 2], [1]], [[]]), ((0, 1), (0, 2), (1, 2)): ([[0, 1, 2]], []),
    }
    found = average(cells, 3, delta, most=60)
    weights = {edges: sum(exp(_by_hand(cells, u, *parts, 3, delta) + 20) for u in range(61))
               for edges, parts in by_hand.items()}
    ours = {graph.edges: weight for graph, weight in zip(found.graphs, found.weights, strict=True)}
    whole, mine = sum(weights.values()), sum(ours[edges] for edges in by_hand)
    for edges, weight in weights.items():
        assert ours[edges] / mine == pytest.approx(weight / whole, rel=1e-6, abs=1e-12)


@given(st.floats(1e-3, 1e9))
def test_the_logarithm_of_gamma(x: float) -> None:
    assert float(log_gamma(np.array([x]))[0]) == pytest.approx(lgamma(x), rel=1e-13, abs=1e-13)
