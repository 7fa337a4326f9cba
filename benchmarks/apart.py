"""One turn of a benchmark in a process of its own: its seconds, and the memory it took.

Nothing of an earlier turn helps or hinders: no cache of the interpreter, no memory that
was not given back. The time is that of the function alone, without the start of the
process. ``cpu`` is that of the process and of those it started, so that a busy machine can
be told from slow code. ``memory`` is the peak resident memory in MB of the process itself;
``children`` the largest of any process that it started and waited for.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

_RUN = "from benchmarks.apart import main; main()"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn took: seconds on the clock and of the processors, peak memory in MB."""

    seconds: float
    cpu: float
    memory: float
    children: float
    result: Any


def apart(module: str, function: str, *arguments: Any) -> Turn:
    """Calls a function of a benchmark in a new process; arguments and result as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN], input=json.dumps([module, function, arguments]), text=True,
        stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent, check=False,
    )
    if done.returncode:
        raise SystemExit(f"{module}.{function} failed")
    return Turn(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Answers one call."""
    module, function, arguments = json.load(sys.stdin)
    called = getattr(importlib.import_module(module), function)
    before = os.times()
    start = perf_counter()
    result = called(*arguments)
    seconds = perf_counter() - start
    after = os.times()
    print(json.dumps({
        "seconds": seconds, "cpu": sum(after[:4]) - sum(before[:4]), "memory": _peak(),
        "children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "result": result,
    }))


def _peak() -> float:
    # Not ru_maxrss: that begins with what the process had that started this one.
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(told[1]) / 1024 if told else 0.0


def shares(ours: list[Turn], theirs: list[Turn]) -> tuple[float, list[float]]:
    """Ours by theirs of each pair of turns, in order; and the median of these."""
    found = [mine.seconds / peer.seconds for mine, peer in zip(ours, theirs, strict=True)]
    return median(found), sorted(found)


def memory(turns: list[Turn]) -> dict[str, int]:
    """The peaks of all turns, for a row: MB of the process alone, and of its largest child."""
    return {"memory": round(max(turn.memory for turn in turns)),
            "children": round(max(turn.children for turn in turns))}
