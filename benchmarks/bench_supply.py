"""Chains of supply among 10 million transfers, against SQLite's recursive query over the same.

Made-up transfers through twelve layers of parties, from makers to the last hands: each goes to a
party of the next layer near its giver's place (goods stay in a region), on a day in some
forty years; of ten dates seven are a day, two a month, nearly one a year, one in fifty is
unknown. *Sparse*: two transfers a party (5 million parties); *dense*: eight (1.25 million).

Ours: the graph laid out, written, and mapped from its file; a question is one call. The
peer: SQLite with an index on (receiver, sender), its file read once before. In turns,
question by question, each asked once, the whole answer fetched and held to be of equal length; the
ratio is the median of the questions' own. The paths are also asked of SQLite with an
index that has the dates too, so that it never touches its table: told, without a target.

The last rows are of a case: the graph made from the records of 200,000 transfers, opened from its
files, and asked again after one more transfer was recorded.

    python -m benchmarks supply
    python -m benchmarks.bench_supply [TRANSFERS [QUESTIONS [RECORDS]]]
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks.apart import apart
from headstamp.actions.cases import make_case, open_case
from headstamp.actions.tracing.supply_graph import load, supply, up_to_date
from headstamp.records import Party, Transfer
from headstamp.tracing.graph import Graph
from headstamp.tracing.graph_core import kernel
from headstamp.tracing.graph_edges import EARLIEST, LATEST, Edges
from headstamp.tracing.graph_file import ArrayFile, side_arrays, write_arrays
from headstamp.tracing.graph_side import lay_out

SEED = 20261122
TRANSFERS, QUESTIONS, RECORDS = 10_000_000, 200, 200_000
LAYERS, REGION, REACH, STEPS = 12, 400, 8, 6
DENSITIES = {"sparse": 2, "dense": 8}
TARGETS = {"sparse": 10, "dense": 100}
CHANGED = 10_000
_NAME = "benchmarks.bench_supply"
_UP = """with recursive up(n, k) as (select ?1, 0 union select e.s, up.k + 1 from up
 join edge e indexed by by_ends on e.d = up.n where up.k < ?2)
 select n, min(k) from up where k > 0 group by n"""
_PATHS = """with recursive p(n, k, bound, path) as (select ?1, 0, 2147483647, '/' || ?1 || '/'
 union all select e.s, p.k + 1, min(p.bound, e.b), p.path || e.s || '/' from p
 join edge e indexed by {} on e.d = p.n
 where p.k < ?2 and e.a <= p.bound and instr(p.path, '/' || e.s || '/') = 0)
 select path from p where k > 0"""


def made(transfers: int, each: int, seed: int = SEED) -> tuple[Edges, int]:
    """Transfers with as many parties as there are transfers by ``each``."""
    rng = np.random.default_rng(seed)
    size = max(1, transfers // each // LAYERS)
    layer, place = rng.integers(1, LAYERS, transfers), rng.integers(0, size, transfers)
    near = (place + rng.integers(-REGION // 2, REGION // 2, transfers)) % size
    first = rng.integers(721_000, 735_000, transfers).astype(np.int32)
    how = rng.random(transfers)
    width = np.select([how < 0.7, how < 0.9, how < 0.98], [0, 29, 364], 0)
    last = (first + width).astype(np.int32)
    unknown = how >= 0.98
    first[unknown], last[unknown] = EARLIEST, LATEST
    return Edges(
        np.arange(transfers, dtype=np.uint32), ((layer - 1) * size + near).astype(np.uint32),
        (layer * size + place).astype(np.uint32), first, last, np.zeros(transfers, np.uint8),
    ), size * LAYERS


def asked(nodes: int, questions: int) -> list[int]:
    """Parties of the last four layers to ask about."""
    rng, size = np.random.default_rng(SEED + 1), nodes // LAYERS
    places = rng.integers(LAYERS - 4, LAYERS, questions) * size + rng.integers(0, size, questions)
    return [int(place) for place in places]


def filled(path: Path, edges: Edges) -> tuple[sqlite3.Connection, dict[str, float]]:
    """The peer with all edges; seconds and bytes until the first question can be asked."""
    conn = sqlite3.connect(path)
    conn.executescript("pragma journal_mode = wal; pragma synchronous = off;"
                       "create table edge (d integer, s integer, a integer, b integer)")
    start = perf_counter()
    for at in range(0, len(edges), 200_000):
        some = edges.some(slice(at, at + 200_000))
        conn.executemany("insert into edge values (?, ?, ?, ?)", zip(
            some.receiver.tolist(), some.sender.tolist(), some.first.tolist(),
            some.last.tolist(), strict=True))
    conn.execute("create index by_ends on edge (d, s)")
    conn.commit()
    told = {"seconds": perf_counter() - start, "mb": _size(conn)}
    conn.execute("create index by_dates on edge (d, s, a, b)")
    conn.commit()
    conn.execute("pragma wal_checkpoint(truncate)")
    return conn, told


def _size(conn: sqlite3.Connection) -> float:
    (pages,), (page,) = (conn.execute(f"pragma {name}").fetchone()
                         for name in ("page_count", "page_size"))
    return float(pages * page / 1e6)


def kept(folder: Path, edges: Edges, nodes: int) -> tuple[Graph, dict[str, float]]:
    """Ours, from the file it was written to; seconds and bytes of making it."""
    start, used = perf_counter(), process_time()
    up, numbers = lay_out(edges, nodes)
    path = folder / "supply.graph"
    with path.open("wb") as file:
        write_arrays(file, side_arrays(up), {})
        file.flush()
        os.fsync(file.fileno())
    seconds, used = perf_counter() - start, process_time() - used
    start = perf_counter()
    graph = Graph(ArrayFile(path).side(), lambda: numbers)
    opened = perf_counter() - start
    start = perf_counter()
    graph.down()
    return graph, {"seconds": seconds, "mb": path.stat().st_size / 1e6, "opened": opened, "cpu": used,
                   "down": perf_counter() - start}


def _timed(ask: Callable[[], int]) -> tuple[float, int]:
    start = perf_counter()
    answer = ask()
    return perf_counter() - start, answer


def turns(ours: Callable[[int], int], theirs: Callable[[int], int], nodes: list[int]
          ) -> dict[str, Any]:
    """Both asked about each node, in turns; seconds of each, answers held to be equal."""
    mine, peers, answers = [], [], []
    for number, node in enumerate(nodes):
        both: dict[bool, tuple[float, int]] = {}
        for is_ours in (number % 2 == 0, number % 2 == 1):
            both[is_ours] = _timed(lambda n=node, ask=ours if is_ours else theirs: ask(n))
        if both[True][1] != both[False][1]:
            raise SystemExit(f"node {node}: {both[True][1]} by ours, {both[False][1]} by the peer")
        mine.append(both[True][0])
        peers.append(both[False][0])
        answers.append(both[True][1])
    each = sorted(b / a for a, b in zip(mine, peers, strict=True))
    quarter = len(each) // 4
    return {"ours": median(mine), "peer": median(peers), "ratio": median(each),
            "quartiles": [round(each[quarter], 1), round(each[-1 - quarter], 1)],
            "answers": median(answers)}


def measured(folder: str, transfers: int, each: int, questions: int) -> dict[str, Any]:
    """All that is asked of one graph."""
    edges, nodes = made(transfers, each)
    graph, ours = kept(Path(folder), edges, nodes)
    conn, peer = filled(Path(folder) / "edges.sqlite", edges)
    wanted = asked(nodes, questions)
    for read in ("sum(a) from edge indexed by by_dates", "sum(s) from edge indexed by by_ends",
                 "sum(a) from edge not indexed"):
        conn.execute(f"select {read}").fetchone()
    told: dict[str, Any] = {"built": ours, "peer": peer, "nodes": nodes, "kernel": kernel()}
    told["upstream"] = turns(
        lambda node: len(graph.upstream([node], steps=REACH)),
        lambda node: len(conn.execute(_UP, (node, REACH)).fetchall()), wanted)
    for name, index in (("paths", "by_ends"), ("paths, dates in its index", "by_dates")):
        query = _PATHS.format(index)
        told[name] = turns(
            lambda node: len(graph.paths_to([node], steps=STEPS, most=10**7)),
            lambda node, query=query: len(conn.execute(query, (node, STEPS)).fetchall()), wanted)
    conn.close()
    told["changed"] = _changed(graph, edges, nodes, wanted)
    return told


def _changed(graph: Graph, edges: Edges, nodes: int, wanted: list[int]) -> dict[str, float]:
    """One transfer more, and many corrected: until the next question is answered, and after."""
    def ask(one: Graph) -> float:
        return median(_timed(lambda n=node: len(one.upstream([n], steps=REACH)))[0]
                      for node in wanted)

    before = ask(graph)
    each = []
    for n in range(5):
        start = perf_counter()
        one = graph.changed(Edges.of([(len(edges) + n, 0, wanted[0], 1, 1, 0)]))
        len(one.upstream([wanted[0]], steps=REACH))
        each.append(perf_counter() - start)
    seconds = median(each)
    some = np.random.default_rng(SEED + 2).choice(len(edges), min(CHANGED, len(edges)), False)
    start = perf_counter()
    many = graph.changed(edges.some(some), edges.number[some])
    len(many.upstream([wanted[0]], steps=REACH))
    took = perf_counter() - start
    after = ask(many)
    start = perf_counter()
    lay_out(many.edges(), nodes)
    return {"one": seconds, "many": took, "before": before, "after": after,
            "again": perf_counter() - start}


def of_a_case(folder: str, records: int) -> dict[str, float]:
    """The graph of a case: made from its records, opened, and after one more transfer."""
    edges, nodes = made(records, DENSITIES["dense"])
    names = [f"party-b{node:07d}" for node in range(nodes)]
    days = [None if first == EARLIEST else int(first) for first in edges.first.tolist()]
    with make_case(Path(folder) / "case") as case:
        with case.change(actor="bench", reason="bench") as change:
            change.put_many([Party.build(id=name, name=name) for name in names])
            for at in range(0, records, 20_000):
                change.put_many([
                    Transfer.build(
                        id=f"tran-b{n:08d}", from_party=names[edges.sender[n]],
                        to_party=names[edges.receiver[n]],
                        happened_on=str(1975 + (day - 721_000) // 366) if (day := days[n]) else None)
                    for n in range(at, min(at + 20_000, records))])
        start, used = perf_counter(), process_time()
        up_to_date(case)
        made_s, used = perf_counter() - start, process_time() - used
    with open_case(Path(folder) / "case") as case:
        start = perf_counter()
        load(case)
        opened = perf_counter() - start
        last = names[-1]
        len(supply(case, "partner").upstream(last))
        with case.change(actor="bench", reason="bench") as change:
            change.put(Transfer.build(id="tran-more0000", from_party=names[0], to_party=last))
        start = perf_counter()
        if names[0] not in dict(supply(case, "partner").upstream(last)):
            raise SystemExit("a transfer that was recorded is not walked")
        return {"made": made_s, "cpu": used, "opened": opened, "after": perf_counter() - start}


def run(transfers: int = TRANSFERS, questions: int = QUESTIONS, records: int = RECORDS
        ) -> list[dict[str, Any]]:
    """A row for each question and density, for making, size and change, and for a case."""
    rows: list[dict[str, Any]] = []
    for name, each in DENSITIES.items():
        with tempfile.TemporaryDirectory() as folder:
            turn = apart(_NAME, "measured", folder, transfers, each, questions)
        rows += _rows(name, each, transfers, questions, turn.result)
    with tempfile.TemporaryDirectory() as folder:
        told = apart(_NAME, "of_a_case", folder, records).result
    data = f"{records:,} transfers in a case, seed {SEED}"
    rows.append({"name": "supply, of a case: made from the records", "unit": "s", "data": data,
                 "ours": round(told["made"], 2), "target": "-",
                 "cpu": round(told["cpu"], 2),
                 "of_10_million": round(told["made"] * 10_000_000 / records, 1)})
    rows.append({"name": "supply, of a case: opened", "unit": "ms", "data": data,
                 "ours": round(told["opened"] * 1e3, 1), "target": "-"})
    rows.append({"name": "supply, of a case: first answer after a commit", "unit": "ms",
                 "data": data, "ours": round(told["after"] * 1e3, 1), "target": "< 200",
                 "met": told["after"] < 0.2})
    return rows


def _rows(name: str, each: int, transfers: int, questions: int, told: dict[str, Any]
          ) -> list[dict[str, Any]]:
    data = (f"{transfers:,} transfers, {told['nodes']:,} parties, {questions} questions, "
            f"{told['kernel']}, seed {SEED}")
    rows = []
    for what, words, target in (
        ("upstream", f"all upstream within {REACH}", TARGETS[name]),
        ("paths", f"dated paths of up to {STEPS}", 10),
        ("paths, dates in its index", "the same, dates in the peer's index too", 0),
    ):
        one = told[what]
        rows.append({
            "name": f"supply, {name}: {words}", "ours": round(one["ours"] * 1e3, 4),
            "peer": round(one["peer"] * 1e3, 4), "ratio": round(one["ratio"], 1),
            "target": f">= {target}" if target else "-", "unit": "ms", "data": data,
            **({"met": one["ratio"] >= target} if target else {}),
            "quartiles": one["quartiles"], "answers": one["answers"],
        })
    built, peer, changed = told["built"], told["peer"], told["changed"]
    rows.append({
        "name": f"supply, {name}: laid out and written", "ours": round(built["seconds"], 2),
        "peer": round(peer["seconds"], 2), "ratio": round(peer["seconds"] / built["seconds"], 1),
        "target": "< 15 s", "met": built["seconds"] < 15, "unit": "s", "data": data,
        "cpu": round(built["cpu"], 2), "opened_ms": round(built["opened"] * 1e3, 1), "downstream_s": round(built["down"], 2),
    })
    rows.append({
        "name": f"supply, {name}: file", "ours": round(built["mb"], 1), "peer": round(peer["mb"]),
        "ratio": round(peer["mb"] / built["mb"], 1), "target": "<= 100 MB of 10 million",
        "met": built["mb"] <= 100 * transfers / TRANSFERS + 1, "unit": "MB", "data": data,
    })
    rows.append({
        "name": f"supply, {name}: one transfer more, and asked", "unit": "ms", "data": data,
        "ours": round(changed["one"] * 1e3, 2), "target": "-",
        f"{CHANGED}_corrected_ms": round(changed["many"] * 1e3, 1),
        "question_slower_by": round(changed["after"] / changed["before"], 2),
        "laid_out_anew_s": round(changed["again"], 2),
    })
    return rows


if __name__ == "__main__":
    for row in run(*map(int, sys.argv[1:])):
        print(row)
