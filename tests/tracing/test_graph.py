"""The graph of supply answers as a plain walk would, compiled or not, before and after changes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid, Unavailable
from headstamp.tracing import graph_core
from headstamp.tracing.graph import Graph
from headstamp.tracing.graph_answer import Path
from headstamp.tracing.graph_edges import EARLIEST, LATEST, Edges, Row, day_number
from tests.effort import examples
from tests.tracing.slow_graph import slow_chains, slow_paths, slow_reach

NODES = 7


@pytest.fixture(params=graph_core.kernels())
def kernel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def made(rows: Iterable[Sequence[int]], nodes: int = NODES, kernel: str | None = None) -> Graph:
    return Graph.made(Edges.of(rows), nodes, kernel=kernel)


days = st.one_of(
    st.integers(1, 9).flatmap(lambda first: st.tuples(st.just(first), st.integers(first, 10))),
    st.sampled_from([(EARLIEST, LATEST), (4, LATEST), (EARLIEST, 5)]),
)
edges = st.builds(
    lambda sender, receiver, when, level: (sender, receiver, *when, level),
    st.integers(0, NODES - 1), st.integers(0, NODES - 1), days, st.integers(0, 3),
)
rows_of = st.lists(edges, max_size=24).map(
    lambda some: [(number, *one) for number, one in enumerate(some)]
)


def told(paths: Iterable[Path]) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    found = [(one.transfers, one.parties) for one in paths]
    assert len(found) == len(set(found))
    return set(found)


def agrees(graph: Graph, rows: Sequence[Row], level: int) -> None:
    """Every question about every node has the plain answer."""
    for node in range(graph.nodes):
        for forward, ask in ((False, graph.upstream), (True, graph.downstream)):
            for steps in (None, 2):
                found = ask([node], level=level, steps=steps)
                near = dict(zip(found.nodes.tolist(), found.steps.tolist(), strict=True))
                assert near == slow_reach(rows, [node], level, steps, forward=forward)
                assert not found.more and len(near) == len(found)
        for forward, trace in ((False, graph.paths_to), (True, graph.paths_from)):
            for dated in (True, False):
                paths = trace([node], level=level, steps=3, dated=dated)
                assert not paths.more
                wanted = slow_paths(rows, node, level, 3, dated=dated, forward=forward)
                assert told(paths) == wanted
                whole = {paths[int(at)].transfers for at in paths.whole}
                assert whole == {
                    one for one, _ in wanted
                    if not any(one != other and (
                        other[: len(one)] == one if forward else other[-len(one) :] == one
                    ) for other, _ in wanted)
                }
    for giver, taker in ((0, 1), (2, 3), (1, 1)):
        chains = graph.shortest(giver, taker, level=level, steps=5)
        assert told(chains.chains) == slow_chains(rows, giver, taker, level, 5)
        assert chains.length == min((len(one.transfers) for one in chains.chains), default=0)
        assert not chains.more


@given(rows_of, st.integers(0, 3))
@examples(60)
def test_every_question_has_the_plain_answer(rows: list[Row], level: int) -> None:
    for name in graph_core.kernels():
        agrees(made(rows, kernel=name), rows, level)


@given(rows_of, st.lists(st.tuples(st.lists(edges, max_size=6), st.lists(st.integers(0, 40)))))
@examples(40)
def test_after_any_course_of_changes_it_answers_as_one_made_anew(
    rows: list[Row], changes: list[tuple[list[tuple[int, ...]], list[int]]]
) -> None:
    for name in graph_core.kernels():
        graph, now, number, nodes = made(rows, kernel=name), list(rows), 100, NODES
        for more, gone in changes[:4]:
            nodes += 1
            now = [row for row in now if row[0] not in gone]
            # A number may come back with other values: a transfer that needs another level.
            new = [(gone[0] if n == 0 and gone else (number := number + 1), *one)
                   for n, one in enumerate(more)]
            now += new
            graph = graph.changed(Edges.of(new), gone, nodes)
            for level in (0, 3):
                agrees(graph, now, level)
        again = Graph.made(graph.edges(), nodes, kernel=name)
        agrees(again, now, 2)
        assert sorted(again.edges().number.tolist()) == sorted(row[0] for row in now)


def test_compiled_and_python_say_the_same_to_the_last_number_whatever_the_limits() -> None:
    if len(graph_core.kernels()) < 2:
        pytest.skip("the walks are not compiled here")
    rng = random.Random(5)
    for round_ in range(60):
        nodes, many = rng.randint(1, 40), rng.randint(0, 160)

        def some(count: int, first: int, nodes: int = nodes) -> list[Row]:
            found = []
            for number in range(first, first + count):
                day = rng.choice([EARLIEST, rng.randint(1, 30)])
                last = rng.choice([LATEST, max(day, 1) + rng.choice([0, 0, 9])])
                found.append((number, rng.randrange(nodes), rng.randrange(nodes), day, last,
                              rng.randrange(4)))
            return found

        old = some(many, 0)
        both = [made(old, nodes, name) for name in graph_core.kernels()]
        if round_ % 2:
            added, gone = some(rng.randint(0, 30), 1000), rng.sample(range(many + 1), k=many // 3)
            both = [one.changed(Edges.of(added), gone, nodes) for one in both]
            assert len(both[0].edges()) == len(
                [row for row in old if row[0] not in gone]) + len(added)
        for _ in range(20):
            level, steps = rng.randrange(4), rng.choice([1, 2, 3, 6])
            starts = [rng.randrange(nodes) for _ in range(rng.randint(1, 3))]
            limits = {"most": rng.choice([0, 1, 5, 30, 10**6]),
                      "effort": rng.choice([0, 1, 7, 60, 10**6])}
            forward, dated = rng.random() < 0.5, rng.random() < 0.8
            answers = []
            for graph in both:
                ask = graph.downstream if forward else graph.upstream
                trace = graph.paths_from if forward else graph.paths_to
                held = ask(starts, level=level, steps=steps, **limits)
                paths = trace(starts, level=level, steps=steps, dated=dated, **limits)
                chains = graph.shortest(starts[0], starts[-1], level=level, steps=steps,
                                        dated=dated, **limits)
                answers.append((held.nodes.tolist(), held.ends.tolist(), held.more,
                                paths.edges.tolist(), paths.parents.tolist(),
                                paths.nodes.tolist(), paths.more, chains))
            assert answers[0] == answers[1]


def test_a_path_is_left_out_only_where_its_dates_run_backwards(kernel: str) -> None:
    # 0 gives to 1, which gives to 2; the second may be on the very day of the first.
    for first, second, there in (
        ((5, 5), (5, 5), True), ((5, 9), (6, 6), True), ((6, 9), (5, 5), False),
        ((EARLIEST, LATEST), (1, 1), True), ((6, LATEST), (EARLIEST, 7), True),
        ((6, LATEST), (EARLIEST, 5), False),
    ):
        graph = made([(1, 0, 1, *first, 0), (2, 1, 2, *second, 0)], 3, kernel)
        assert ((1, 2), (0, 1, 2)) in told(graph.paths_to([2])) or not there
        assert len(graph.paths_to([2])) == len(graph.paths_from([0])) == 1 + there
        assert len(graph.paths_to([2], dated=False)) == 2
    # It is not enough that neighbours agree: the undated one in the middle hides nothing.
    graph = made([(1, 0, 1, 9, 9, 0), (2, 1, 2, EARLIEST, LATEST, 0), (3, 2, 3, 4, 4, 0)], 4, kernel)
    assert told(graph.paths_to([3])) == {((3,), (2, 3)), ((2, 3), (1, 2, 3))}
    assert told(graph.paths_from([0])) == {((1,), (0, 1)), ((1, 2), (0, 1, 2))}
    assert graph.shortest(0, 3).length == 0 and graph.shortest(0, 3).undated == 3
    assert graph.shortest(0, 3, dated=False).length == 3


def test_a_longer_chain_is_found_where_the_shortest_is_impossible(kernel: str) -> None:
    graph = made([(1, 0, 1, 9, 9, 0), (2, 1, 2, 4, 4, 0), (3, 1, 3, 9, 10, 0),
                  (4, 3, 2, 10, 11, 0)], 4, kernel)
    chains = graph.shortest(0, 2)
    assert told(chains.chains) == {((1, 3, 4), (0, 1, 3, 2))}
    assert (chains.length, chains.undated, chains.more) == (3, 2, False)


def test_an_answer_that_reached_a_limit_says_so(kernel: str) -> None:
    star = made([(n, n, 0, EARLIEST, LATEST, 0) for n in range(1, 50)], 50, kernel)
    assert len(star.upstream([0], most=49)) == 49 and not star.upstream([0], most=49).more
    assert len(star.upstream([0], most=48)) == 48 and star.upstream([0], most=48).more
    assert not star.upstream([0], effort=49).more and star.upstream([0], effort=48).more
    assert len(star.paths_to([0], most=10)) == 10 and star.paths_to([0], most=10).more
    wide = made([(n * 2 + k, (k and n) or 0, (k and 49) or n, EARLIEST, LATEST, 0)
                 for n in range(1, 40) for k in (0, 1)], 50, kernel)
    assert len(wide.shortest(0, 49).chains) == 39
    few = wide.shortest(0, 49, most=38)
    assert (len(few.chains), few.length, few.more) == (38, 2, True)
    assert wide.shortest(0, 49, effort=3).more


def test_what_a_level_may_not_see_changes_no_answer(kernel: str) -> None:
    rng = random.Random(11)
    seen = [(n, rng.randrange(9), rng.randrange(9), 5, 9, rng.randrange(2)) for n in range(30)]
    hidden = [(n, rng.randrange(9), rng.randrange(9), rng.randrange(1, 9), 9, 2)
              for n in range(100, 200)]
    alone, both = made(seen, 9, kernel), made([*hidden, *seen], 9, kernel)
    later = made(seen, 9, kernel).changed(Edges.of(hidden))
    for node in range(9):
        for limits in ({}, {"most": 3}, {"effort": 5}, {"effort": 17, "most": 9}):
            wanted = alone.upstream([node], level=1, **limits)
            paths = [*alone.paths_to([node], level=1, **limits)]
            for graph in (both, later):
                found = graph.upstream([node], level=1, **limits)
                assert found.nodes.tolist() == wanted.nodes.tolist()
                assert found.more == wanted.more
                assert [*graph.paths_to([node], level=1, **limits)] == paths


def test_a_long_line_and_a_knot_need_no_depth(kernel: str) -> None:
    line = made([(n, n, n + 1, n + 1, n + 1, 0) for n in range(3000)], 3001, kernel)
    assert line.upstream([3000]).steps.tolist() == list(range(1, 3001))
    assert len(line.paths_to([3000], steps=64)) == 64
    knot = made([(n * 5 + k, n, k, EARLIEST, LATEST, 0) for n in range(5) for k in range(5)], 5, kernel)
    assert sorted(knot.upstream([0]).nodes.tolist()) == [1, 2, 3, 4]
    # Each party once, none to itself: 4 + 4*3 + 4*3*2 + 4*3*2*1.
    assert len(knot.paths_to([0], steps=64)) == 64
    assert knot.shortest(2, 2).chains == ()


def test_more_than_65536_pairs_of_days_are_told_apart(kernel: str) -> None:
    pairs = [(first, first + width) for first in range(1, 300) for width in range(250)]
    rows = [(n, 0, 1, *pair, n % 3) for n, pair in enumerate(pairs)]
    rows += [(len(pairs) + n, 1, 2, day, day, 0) for n, day in enumerate((40, 300))]
    graph = made(rows, 3, kernel)
    assert len(graph.up.high) == len(rows)
    in_time = sum(first <= 40 for first, _ in pairs) + sum(first <= 300 for first, _ in pairs)
    assert len(graph.paths_to([2], most=10**6)) == 2 + in_time
    back = graph.edges()
    wanted = {row[0]: row for row in rows}
    at = np.random.default_rng(1).integers(0, len(rows), 500)
    for n in at.tolist():
        number = int(back.number[n])
        assert wanted[number] == (number, *(int(getattr(back, one)[n]) for one in (
            "sender", "receiver", "first", "last", "level")))


def test_what_cannot_be_is_refused(kernel: str) -> None:
    with pytest.raises(Invalid, match="not in the graph"):
        made([(1, 0, 9, 1, 1, 0)], 3)
    with pytest.raises(Invalid, match="years 1 to 9999"):
        made([(1, 0, 1, -5, 1, 0)], 3)
    graph = made([(1, 0, 1, 1, 1, 0)], 3, kernel)
    for ask in (graph.upstream, graph.paths_to, graph.paths_from, graph.downstream):
        with pytest.raises(Invalid, match="no party 3"):
            ask([3])
        with pytest.raises(Invalid, match="no party -1"):
            ask([-1])
    for steps in (0, 65):
        with pytest.raises(Invalid, match="from 1 to 64"):
            graph.paths_to([1], steps=steps)
        with pytest.raises(Invalid, match="from 1 to 64"):
            graph.shortest(0, 1, steps=steps)
    with pytest.raises(Invalid, match="not in the graph"):
        graph.changed(Edges.of([(2, 0, 3, 1, 1, 0)]))
    with pytest.raises(Invalid, match="not taken out"):
        graph.changed(Edges.of([]), nodes=2)
    empty = made([], 0, kernel)
    assert len(empty.upstream([])) == len(empty.paths_to([])) == 0


def test_a_kernel_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADSTAMP_GRAPH", "python")
    assert graph_core.kernel() == "python"
    monkeypatch.setenv("HEADSTAMP_GRAPH", "abacus")
    with pytest.raises(Unavailable, match="abacus"):
        made([], 1).upstream([0])


def test_days_are_numbered_in_their_order() -> None:
    told_ = [day_number(day, open_end=EARLIEST) for day in (None, "0001-01-01", "1986-12-31",
                                                            "1987-01-01", "9999-12-31")]
    assert told_ == sorted(set(told_)) and told_[3] == told_[2] + 1
