"""Markings counted, grouped and joined: Spark on one machine with bounded memory, and DuckDB with a limit.

The questions are headstamp's own, asked of one made-up snapshot (``made_snapshot``) through the same
engines as ``headstamp ask``. Each engine is a process of its own; its memory is that of the whole tree, Java
included. Answers of the engines are held to be equal. With one processor and with two, Spark tells
what of it grows with processors.

    python -m benchmarks spark
    python -m benchmarks.bench_spark --rows 100000000 --folder /somewhere/large --memory 4g
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.made_snapshot import SEED, make
from benchmarks.spark_events import by_question
from benchmarks.tree import Tree

ROWS = 2_000_000
MEMORY = "1g"
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "counted: markings by kind and state": ("counts", {"kind": "marking", "by": "marking_kind,state"}),
    "grouped: the 100 most frequent texts": ("frequent_markings", {}),
    "joined: items and markings by make": ("item_markings", {"by": "make"}),
    "joined: states of lot numbers by country": ("marking_states", {"by": "country", "marking_kind": "lot"}),
}
_RUN = "from benchmarks.bench_spark import asked; asked()"


def asked() -> None:
    """One engine in this process: what is told on the standard input, its seconds on the standard output."""
    told = json.load(sys.stdin)
    from headstamp.engine.duckdb import DuckDB
    from headstamp.engine.question import given_values
    from headstamp.engine.questions import question_named
    from headstamp.engine.snapshot import open_snapshot
    from headstamp.engine.spark import Spark

    events = Path(tempfile.mkdtemp(prefix="events-", dir=told["spill"]))
    options = {"spark.local.dir": told["spill"], "spark.eventLog.enabled": "true",
               "spark.eventLog.dir": events.as_uri(), "spark.eventLog.compress": "false",
               "spark.eventLog.rolling.enabled": "false"}
    snapshot = open_snapshot(Path(told["snapshot"]), check=False)
    start = perf_counter()
    engine = (
        DuckDB(snapshot, memory=told["memory"], spill=Path(told["spill"])) if told["engine"] == "duckdb"
        else Spark(snapshot, master=told["engine"], memory=told["memory"], options=options))
    answers = {}
    with engine:
        engine.rows("SELECT COUNT(*) AS n FROM item WHERE make = 'Make 001'")  # what is loaded once is loaded
        seconds = {"start": perf_counter() - start}
        for words, (name, given) in QUESTIONS.items():
            question = question_named(name)
            values = given_values(name, question.parameters, given)
            if isinstance(engine, Spark):
                engine._session.sparkContext.setJobGroup(words, words)
            start = perf_counter()
            rows = question.ask(engine, **values)
            seconds[words] = perf_counter() - start
            answers[words] = [len(rows), hashlib.sha256(json.dumps(rows).encode()).hexdigest()]
            print(words, round(seconds[words], 1), file=sys.stderr, flush=True)
    print(json.dumps({"seconds": seconds, "answers": answers, "tasks": by_question(events)}))
    shutil.rmtree(events)


def turn(snapshot: Path, engine: str, memory: str, spill: Path) -> dict[str, Any]:
    """All questions asked of one engine in a new process, with the peak memory of its tree in MB."""
    before = os.times()
    child = subprocess.Popen(
        [sys.executable, "-c", _RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parent.parent)
    with Tree(child.pid) as tree:
        out, _ = child.communicate(json.dumps(
            {"snapshot": str(snapshot), "engine": engine, "memory": memory, "spill": str(spill)}))
    if child.returncode:
        raise SystemExit(f"{engine} failed")
    after = os.times()
    return {**json.loads(out.splitlines()[-1]), "memory": round(tree.peak),
            "cpu": round(after.children_user + after.children_system
                         - before.children_user - before.children_system, 1)}


def run(
    rows: int = ROWS, memory: str = MEMORY, folder: Path | None = None,
    masters: tuple[str, ...] = ("local[1]", "local[2]"),
) -> list[dict[str, Any]]:
    """The rows of the benchmark; in ``folder`` the snapshot is made once and kept."""
    work = folder or Path(tempfile.mkdtemp(prefix="headstamp-bench-spark-"))
    snapshot = work / f"snapshot-{rows}"
    try:
        if not (snapshot / "snapshot.json").is_file():
            shutil.rmtree(snapshot, ignore_errors=True)
            make(snapshot, rows)
        turns = {engine: turn(snapshot, engine, memory, work)
                 for engine in ("duckdb", *masters)}
        size = sum(path.stat().st_size for path in snapshot.rglob("*.parquet"))
    finally:
        if folder is None:
            shutil.rmtree(work, ignore_errors=True)
    return _told(turns, f"{rows:,} markings, {-(-rows // 5):,} items, {size / 1e6:,.0f} MB, seed {SEED}", memory)


def _told(turns: dict[str, dict[str, Any]], data: str, memory: str) -> list[dict[str, Any]]:
    """The last master is ours; what one processor took stands beside it where that was asked."""
    duckdb, ours, one = turns["duckdb"], list(turns.values())[-1], turns.get("local[1]")
    found = []
    for words in QUESTIONS:
        seconds = ours["seconds"][words]
        found.append({
            "name": f"spark, {words}", "ours": round(seconds, 2), "peer": round(duckdb["seconds"][words], 2),
            "ratio": round(duckdb["seconds"][words] / seconds, 3), "target": "equal answers",
            "met": len({tuple(told["answers"][words]) for told in turns.values()}) == 1,
            "unit": "s", "data": data, "rows": ours["answers"][words][0], **ours["tasks"].get(words, {}),
            **({"one_processor": round(one["seconds"][words], 2),
                "two_by_one": round(one["seconds"][words] / seconds, 2)} if one and one is not ours else {}),
        })
    bound = int(memory[:-1]) * (1024 if memory[-1] == "g" else 1)
    # Java's heap is the bound; its code, stacks and buffers and Python come on top.
    peak = max(told["memory"] for engine, told in turns.items() if engine != "duckdb")
    found.append({
        "name": f"spark, peak memory of the tree, heap of {memory}", "ours": peak, "peer": duckdb["memory"],
        "target": f"<= {bound + 1024} MB", "met": peak <= bound + 1024, "unit": "MB", "data": data,
    })
    found.append({
        "name": "spark, started and warm", "ours": round(ours["seconds"]["start"], 1),
        "peer": round(duckdb["seconds"]["start"], 2), "target": "-", "unit": "s", "data": data,
        "cpu": {engine: told["cpu"] for engine, told in turns.items()},
        "load": round(os.getloadavg()[2], 1),
    })
    return found


def main() -> None:
    """From the command line; what comes out can be kept as JSON."""
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    told.add_argument("--rows", type=int, default=ROWS)
    told.add_argument("--memory", default=MEMORY)
    told.add_argument("--folder", type=Path)
    told.add_argument("--masters", nargs="+", default=["local[1]", "local[2]"])
    given = told.parse_args()
    print(json.dumps(run(given.rows, given.memory, given.folder, tuple(given.masters)), indent=2))


if __name__ == "__main__":
    main()
