"""Markings found from bad readings: how fast, how often rightly, and how honest the probability.

Ours is :class:`headstamp.markings.MarkingIndex` over made-up markings of a million and of
ten million; the peers are given our plain keys for nothing and answer the same questions
in the same process, in turns. Every model of misreading, other shapes than the usual ones
and real strings are asked as well; see ``docs/benchmarks.md``. Everything measured goes into
``results/markings-SIZE.json`` and a plot of reliability beside it.

    python -m benchmarks.bench_markings [--size N ...] [--queries N] [--seed N] [--no-peers]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.markings import calibration, real
from benchmarks.markings.calibration import Reliability
from benchmarks.markings.corrupt import MODELS, hard
from benchmarks.markings.generate import SEED, Made, made
from benchmarks.markings.peers import (
    Expert,
    Peer,
    Rapidfuzz,
    Tantivy,
    Trigrams,
    asked_of_peers,
)
from benchmarks.markings.questions import Answer, Paper, marked, paper, questions
from benchmarks.markings.timing import each, in_turns, ratios, times
from headstamp.markings import MarkingIndex

RESULTS = Path(__file__).parent / "results"
SIZES = (1_000_000, 10_000_000)
QUERIES = 600
CALIBRATED = 3
"""So many times as many questions for the probabilities: with few, chance makes the error."""
RAPIDFUZZ_QUERIES = 25
"""It takes a tenth of a second at a million and a whole one at ten."""

TARGETS: dict[str, tuple[float, float]] = {
    # peer: how many times faster the quick list has to be, and the complete one (10 million).
    "tantivy fuzzy 2, OSA": (30, 1.5), "PostgreSQL pg_trgm GIN": (100, 4),
    "rapidfuzz extract": (1000, 80),
}
RECALL = {1_000_000: (0.70, 0.92, 0.85), 10_000_000: (0.64, 0.88, 0.85)}
"""Recall at 1 and at 10 of the complete list, at 10 of the quick one."""

Row = dict[str, Any]


def ours(index: MarkingIndex, how: str = "search") -> Callable[[Sequence[str]], list[Answer]]:
    """A way to ask many queries: positions and probabilities."""

    def find(queries: Sequence[str]) -> list[Answer]:
        ask = index.search if how == "search" else index.first
        return [[(hit.position, hit.probability) for hit in ask(query, 10)] for query in queries]

    return find


def theirs(peer: Peer) -> Callable[[Sequence[str]], list[Answer]]:
    """The same of a peer."""
    return lambda queries: [peer.find(asked_of_peers(query)) for query in queries]


class Bench:
    """One size: what was measured so far, as rows for the table and as a tree for JSON."""

    def __init__(self, size: int, queries: int, seed: int) -> None:
        self.size, self.queries, self.seed = size, queries, seed
        self.given: Made = made(size, seed)
        self.rows: list[Row] = []
        self.tree: dict[str, Any] = {"size": size, "queries": queries, "seed": seed}
        self.papers: dict[str, Paper] = {
            name: paper(self.given, name, queries, seed) for name in MODELS
        }

    def row(
        self, name: str, ours: float | str, target: float | str = "", *, peer: object = "",
        ratio: object = "", unit: str = "", met: bool | None = None, data: str = "",
    ) -> None:
        """One line of the table."""
        self.rows.append({
            "name": f"{name}, {_short(self.size)}", "ours": ours, "peer": peer, "ratio": ratio,
            "target": target, "unit": unit, "met": "" if met is None else ("yes" if met else "NO"),
            "data": data or f"seed {self.seed}, {self.queries} queries",
        })

    def keep(self) -> None:
        """Write what was measured so far: a run that is broken off is not lost."""
        RESULTS.mkdir(exist_ok=True)
        told = {**self.tree, "rows": self.rows}
        (RESULTS / f"markings-{self.size}.json").write_text(
            json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )

    # --- making ------------------------------------------------------------

    def make(self) -> MarkingIndex:
        """Build, save, open; what is asked is the opened one."""
        full = self.size >= 10_000_000
        started = perf_counter()
        built = MarkingIndex.build(self.given.raw)
        took = perf_counter() - started
        with tempfile.TemporaryDirectory(prefix="headstamp-bench-index-") as where:
            path = Path(where) / "markings"
            started = perf_counter()
            built.save(path)
            saved = perf_counter() - started
            del built
            held = sum(p.stat().st_size for p in ([path] if path.is_file() else path.rglob("*")))
            started = perf_counter()
            index = MarkingIndex.open(path)
            opened = perf_counter() - started
            # The file may go: what is mapped stays.
            index.search("A1234")
        self.row("build", round(took, 1), 60 if full else "", unit="s",
                 met=took <= 60 if full else None, data="one process")
        self.row("bytes a marking", round(held / self.size, 1), 100, unit="B",
                 met=held / self.size <= 100, data="the saved file, texts with it")
        self.row("open", round(opened, 3), 1, unit="s", met=opened <= 1, data="memory-mapped")
        self.tree["make"] = {"build s": took, "save s": saved, "open s": opened, "bytes": held}
        return index

    # --- recall and false hits ---------------------------------------------

    def recall(self, index: MarkingIndex, peers: Sequence[Peer]) -> None:
        """Every way on the mixture; ours on every model."""
        tree = self.tree["recall"] = {}
        first, ten, quick = RECALL.get(self.size, (0.0, 0.0, 0.0))
        for how in ("search", "first"):
            for model, questions_ in self.papers.items():
                found = marked(questions_, ours(index, how))
                tree[f"ours, {how}, {model}"] = found.as_dict()
                if model != "mix":
                    continue
                if how == "search":
                    self.row("recall at 1", round(found.first, 3), first, met=found.first >= first)
                    self.row("recall at 10", round(found.ten, 3), ten, met=found.ten >= ten)
                    self.row("false hits, strangers", round(found.false_strangers, 3), 0.17,
                             met=found.false_strangers <= 0.17)
                    self.row("false hits, gaps of runs", round(found.false_gaps, 3))
                else:
                    self.row("recall at 10, quick list", round(found.ten, 3), quick,
                             met=found.ten >= quick)
        for peer in peers:
            questions_ = self.papers["mix"]
            if isinstance(peer, Rapidfuzz):
                few = max(RAPIDFUZZ_QUERIES, 100_000_000 // self.size)
                questions_ = Paper(
                    questions_.present[:few], questions_.gaps[: few // 2],
                    questions_.strangers[: few // 2],
                )
            found = marked(questions_, theirs(peer))
            tree[f"{peer.name}, mix"] = found.as_dict() | {"n": len(questions_.present)}
            self.row(f"{peer.name}: recall at 10", "", peer=round(found.ten, 3),
                     ratio=f"at 1 {found.first:.3f}",
                     unit=f"false {found.false_strangers:.2f}/{found.false_gaps:.2f}",
                     data=f"{len(questions_.present)} queries; {peer.bytes / self.size:.0f} B each")

    # --- time --------------------------------------------------------------

    def speed(self, index: MarkingIndex, peers: Sequence[Peer]) -> None:
        """Both lists: alone, then in turns with every peer."""
        queries = [asked.query for asked in self.papers["mix"].present]
        keys = {query: asked_of_peers(query) for query in queries}
        quick, complete = (lambda q: index.first(q, 10)), (lambda q: index.search(q, 10))
        each(quick, queries[:20])
        each(complete, queries[:20])
        tree = self.tree["times"] = {}
        full = self.size >= 10_000_000
        alone = times(each(quick, queries))
        tree["quick list, alone"] = alone.as_dict()
        self.row("quick list, p50", round(alone.median, 3), unit="ms",
                 ratio=f"p95 {alone.p95:.2f}, p99 {alone.p99:.1f}, max {alone.most:.0f}")
        alone = times(each(complete, queries))
        tree["complete list, alone"] = alone.as_dict()
        self.row("complete list, p50", round(alone.median, 3), unit="ms",
                 ratio=f"p95 {alone.p95:.2f}, p99 {alone.p99:.1f}, max {alone.most:.0f}")
        self.row("complete list, p95", round(alone.p95, 2), 20, unit="ms", met=alone.p95 < 20)
        started = perf_counter()
        index.search_many(queries, 10, threads=2)
        both = (perf_counter() - started) * 1000 / len(queries)
        started = perf_counter()
        index.search_many(queries, 10, threads=1)
        one = (perf_counter() - started) * 1000 / len(queries)
        tree["search_many, ms a query"] = {"1 thread": one, "2 threads": both}
        self.row("search_many, 2 threads, a query", round(both, 3), unit="ms",
                 ratio=f"one thread {one:.3f}")
        for peer in peers:
            some = queries[:RAPIDFUZZ_QUERIES] if isinstance(peer, Rapidfuzz) else queries[:300]
            took = in_turns(
                (quick, complete, lambda q, p=peer: p.find(keys[q])), some  # type: ignore[misc]
            )
            goals = TARGETS.get(peer.name, ("", ""))
            told = tree[f"in turns with {peer.name}"] = {"peer": times(took[2]).as_dict()}
            for which, way, goal in ((0, "quick", goals[0]), (1, "complete", goals[1])):
                low, middle, high = ratios(took[2], took[which])
                told[way] = {**times(took[which]).as_dict(), "ratio": (low, middle, high)}
                mine, peers_ = times(took[which]).median, times(took[2]).median
                told[way]["ratio of p50"] = peers_ / mine
                # The targets are of p50 against p50, at ten million.
                met = peers_ / mine >= goal if full and isinstance(goal, float | int) else None
                self.row(
                    f"{way} list against {peer.name}, p50", round(mine, 3),
                    goal if full else "", peer=round(peers_, 2), unit="ms", met=met,
                    ratio=f"{peers_ / mine:.1f}; by query {middle:.1f} ({low:.1f}-{high:.1f})",
                    data=f"{len(some)} queries in turns",
                )
            if peer.name == "tantivy fuzzy 2, OSA":
                ratio = times(took[2]).median / both
                told["two threads"] = ratio
                self.row("complete list on two threads against tantivy", round(both, 3),
                         2.5 if full else "", peer=round(times(took[2]).median, 2),
                         ratio=round(ratio, 1), unit="ms", met=ratio >= 2.5 if full else None)

    def hard_queries(self, index: MarkingIndex) -> None:
        """Queries that say little: no answer may take long."""
        draw = random.Random(self.seed)
        tree = self.tree["hard"] = {}
        for kind in ("run", "short", "unread"):
            queries = [
                hard(draw, self.given.raw[draw.randrange(self.size)], kind)
                for _ in range(max(self.queries // 3, 100))
            ]
            for how in ("search", "first"):
                ask = index.search if how == "search" else index.first
                took = times(each(lambda q, a=ask: a(q, 10), queries))  # type: ignore[misc]
                tree[f"{kind}, {how}"] = took.as_dict()
                if how == "search":
                    self.row(
                        f"hard queries ({kind}), p99", round(took.p99, 1), 60, unit="ms",
                        ratio=f"p50 {took.median:.1f}, max {took.most:.0f} (at most 150)",
                        met=took.p99 < 60 and took.most <= 150, data=f"{took.number} queries",
                    )

    # --- honesty -----------------------------------------------------------

    def calibration(self, index: MarkingIndex) -> None:
        """Every model on these shapes, and every model on the shapes held back."""
        told: dict[str, Reliability] = {}
        tree = self.tree["calibration"] = {}
        number = CALIBRATED * self.queries
        for model in MODELS:
            given = paper(self.given, model, number, self.seed)
            self._calibrated(index, given, model, told, tree)
        size = min(self.size, 1_000_000)
        others = made(size, self.seed, "other")
        held_back = MarkingIndex.build(others.raw)
        for model in MODELS:
            given = paper(others, model, number, self.seed)
            found = marked(given, ours(held_back))
            self.tree["recall"][f"ours, search, {model}, other shapes"] = found.as_dict()
            self._calibrated(held_back, given, f"{model}, other shapes", told, tree)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"markings-{self.size}-reliability.svg").write_text(
            calibration.plot(f"Probabilities said and come true, {_short(self.size)}", told),
            encoding="utf-8",
        )

    def _calibrated(
        self, index: MarkingIndex, given: Paper, name: str,
        told: dict[str, Reliability], tree: dict[str, Any],
    ) -> None:
        asked = given.fifth_absent()
        answers = ours(index)([one.query for one in asked])
        first = calibration.reliability(calibration.said_and_right(asked, answers))
        every = calibration.reliability(calibration.said_and_right(asked, answers, most=10))
        told[name] = first
        loss = calibration.answer_loss(asked, answers)
        tree[name] = {
            "first hits": first.as_dict(), "all hits": every.as_dict(),
            "log-loss of the answer": round(loss, 4), "questions": len(asked),
        }
        self.row(
            f"calibration error, {name}", round(first.error, 3), 0.05, met=first.error < 0.05,
            ratio=f"by chance {first.by_chance:.3f}; all hits {every.error:.3f}", unit=f"log-loss {loss:.2f}",
            data=f"{len(asked)} questions, a fifth absent",
        )

    def real_strings(self, index_of: Callable[[list[str]], MarkingIndex]) -> None:
        """Part numbers, shop listings, serials after real shapes: where the data lies beside us."""
        tree = self.tree["real"] = {}
        draw = random.Random(self.seed)
        parts = real.part_numbers()
        if parts is not None:
            self._real("part numbers", parts, [], index_of, draw, tree)
        serials = real.serials(min(self.size, 1_000_000), self.seed)
        if serials is not None:
            self._real("serials after real shapes", *serials, index_of, draw, tree)
        pairs = real.listings()
        if pairs is None:
            return
        index = index_of(pairs.texts)
        answers = ours(index)([query for query, _ in pairs.questions])
        asked = [(right, answer) for (_, right), answer in zip(pairs.questions, answers, strict=True)]
        there = [(right, answer) for right, answer in asked if right]
        first = sum(bool(answer) and answer[0][0] in right for right, answer in there) / len(there)
        said = calibration.reliability(
            [(answer[0][1], answer[0][0] in right) for right, answer in asked if answer]
        )
        tree["model numbers (Abt-Buy)"] = {"first": first, "calibration": said.as_dict()}
        self.row("Abt-Buy model numbers, first right", round(first, 3),
                 ratio=f"calibration error {said.error:.3f}",
                 data=f"{len(there)} true pairs, {len(asked) - len(there)} without a number")

    def _real(
        self, name: str, texts: list[str], absent: list[str],
        index_of: Callable[[list[str]], MarkingIndex], draw: random.Random, tree: dict[str, Any],
    ) -> None:
        kept = texts
        if not absent:  # one in ten is left out, to be asked for in vain
            shuffled = draw.sample(texts, len(texts))
            absent, kept = shuffled[: len(texts) // 10], shuffled[len(texts) // 10 :]
        index = index_of(kept)
        for model in MODELS:
            few = min(self.queries, len(kept) - 1)
            given = Paper(
                questions(kept, model, few, draw),
                questions(absent, model, few // 8, draw, there=False),
                questions(absent, model, few // 8, draw, there=False),
            )
            found = marked(given, ours(index))
            told = calibration.reliability(calibration.said_and_right(
                given.fifth_absent(), ours(index)([a.query for a in given.fifth_absent()])
            ))
            tree[f"{name}, {model}"] = found.as_dict() | {"calibration": told.as_dict()}
            self.row(
                f"{name}, {model}, recall at 10", round(found.ten, 3),
                ratio=f"at 1 {found.first:.3f}, calibration error {told.error:.3f}",
                data=f"{len(kept)} markings, {few} queries",
            )


def fallback(size: int, queries: int, seed: int) -> Row:
    """Without compiled code, against rapidfuzz: to be called where HEADSTAMP_MARKINGS=python."""
    given = made(size, seed)
    index = MarkingIndex.build(given.raw)
    peer = Rapidfuzz(given.plain)
    asked = questions(given.raw, "mix", queries, random.Random(seed))
    texts = [one.query for one in asked]
    keys = {text: asked_of_peers(text) for text in texts}
    took = in_turns((lambda q: index.search(q, 10), lambda q: peer.find(keys[q])), texts)
    low, middle, high = ratios(took[1], took[0])
    mine, peers_ = times(took[0]).median, times(took[1]).median
    return {
        "name": f"complete list without compiled code, p50, {_short(size)}", "ours": round(mine, 1),
        "peer": round(peers_, 1), "target": 5, "unit": "ms",
        "ratio": f"{peers_ / mine:.1f}; by query {middle:.1f} ({low:.1f}-{high:.1f})",
        "met": "yes" if peers_ / mine >= 5 else "NO", "data": f"{queries} queries in turns",
    }


def _fallback_apart(size: int, queries: int, seed: int) -> Row:
    code = (
        "import json; from benchmarks.bench_markings import fallback; "
        f"print(json.dumps(fallback({size}, {queries}, {seed})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent.parent, check=True,
        env={**os.environ, "HEADSTAMP_MARKINGS": "python"}, capture_output=True, text=True,
    )
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return row


def _short(size: int) -> str:
    return f"{size // 1_000_000}M" if size % 1_000_000 == 0 else f"{size // 1000}k"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def one_size(
    size: int, queries: int = QUERIES, seed: int = SEED, *, with_peers: bool = True
) -> list[Row]:
    """Everything at one size."""
    bench = Bench(size, queries, seed)
    _say(f"markings: {_short(size)} made, building")
    index = bench.make()
    peers: list[Peer] = []
    try:
        if with_peers:
            usual = Tantivy(bench.given.plain)
            peers.append(usual)
            tuned = Tantivy(bench.given.plain, tuned=True)
            peers += [tuned, Expert(tuned), Trigrams(bench.given.plain)]
            peers.append(Rapidfuzz(bench.given.plain))
        _say("markings: recall")
        bench.recall(index, peers)
        _say("markings: time")
        bench.speed(index, peers)
        bench.hard_queries(index)
    finally:
        for peer in peers:
            peer.close()
    bench.keep()
    _say("markings: calibration")
    bench.calibration(index)
    bench.keep()
    if size <= 1_000_000:
        bench.real_strings(MarkingIndex.build)
        if with_peers:
            _say("markings: without compiled code")
            bench.rows.append(_fallback_apart(size, RAPIDFUZZ_QUERIES, seed))
    bench.keep()
    return bench.rows


def run() -> list[Row]:
    """A million and ten million."""
    return [row for size in SIZES for row in one_size(size)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--queries", type=int, default=QUERIES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--no-peers", action="store_true")
    given = parser.parse_args()
    from benchmarks.__main__ import table

    for size in given.size:
        print(table(one_size(size, given.queries, given.seed, with_peers=not given.no_peers)))


if __name__ == "__main__":
    main()
