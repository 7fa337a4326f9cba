"""How fast the measures are: the Knox test against pointpats, serial numbers by the million, five lists.

``make bench`` installs pointpats (BSD-3-Clause) beside the other peers; it runs in a process of its own.

Both count the same points in the same run. 10,000 dealings take pointpats the better part of an hour, so it deals ``PEER`` times: its
time is that of 0 dealings, and for each dealing what ``PEER`` of them took more, by 10,000.

    python -m benchmarks.bench_measures
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from time import perf_counter

import numpy as np

from headstamp.analysis.scale.lists import lists
from headstamp.analysis.scale.serials import serials
from headstamp.analysis.space_time.knox import knox

SEED = 20_261_122
POINTS, DEALINGS, PEER = 20_000, 10_000, 20
SPACE, TIME = 1_000, 7
NUMBERS = 1_000_000
WHOLE = 2_000

_ASK = """
import json, sys, time
import numpy as np
from pointpats import Knox
seed, points, space, apart, dealings = json.loads(sys.argv[1])
draw = np.random.default_rng(seed)
xy, t = draw.uniform(0, 100_000, (points, 2)), draw.integers(0, 1_825, (points, 1)).astype(float)
took = []
for number in (0, dealings):
    start = time.perf_counter()
    found = Knox(xy, t, space, apart, permutations=number)
    took.append(time.perf_counter() - start)
print(json.dumps({"took": took, "observed": found.observed.tolist()}))
"""


def _points() -> list[dict[str, str]]:
    draw = np.random.default_rng(SEED)
    places, days = draw.uniform(0, 100_000, (POINTS, 2)), draw.integers(0, 1_825, POINTS)
    return [{"x": repr(float(x)), "y": repr(float(y)), "t": str(int(t))}
            for (x, y), t in zip(places, days, strict=True)]


def _peer() -> dict[str, list[float]] | None:
    if find_spec("pointpats") is None:
        return None
    done = subprocess.run([sys.executable, "-c", _ASK, json.dumps([SEED, POINTS, SPACE, TIME, PEER])],
                          capture_output=True, text=True, check=True)
    told: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return told


def run() -> list[dict[str, object]]:
    """Knox from the table to the answer, with its peer where there is one; the estimate of a million numbers."""
    rows: list[dict[str, object]] = []
    points = _points()
    start = perf_counter()
    found = knox(points, SPACE, TIME, permutations=DEALINGS)
    ours = perf_counter() - start
    data = f"{POINTS} made-up points, {found.more['close_in_space']} pairs close in space, {DEALINGS} dealings, seed {SEED}"
    peer = _peer()
    row: dict[str, object] = {"name": "Knox test", "ours": round(ours, 2), "peer": "", "ratio": "", "target": ">= 20",
                              "unit": "s", "data": data}
    if peer is not None:
        assert peer["observed"] == found.more["observed_table"], "the two count different pairs"
        none, some = peer["took"]
        theirs = none + (some - none) / PEER * DEALINGS
        row |= {"peer": round(theirs), "ratio": round(theirs / ours), "met": theirs / ours >= 20,
                "data": data + f"; pointpats from {PEER} dealings"}
    rows.append(row)
    numbers = np.random.default_rng(SEED).integers(1, 5_000_000, NUMBERS).tolist()
    start = perf_counter()
    serials(numbers)
    took = perf_counter() - start
    rows.append({"name": "serial estimate", "ours": round(took, 2), "peer": "", "ratio": "", "target": "< 1",
                 "met": took < 1, "unit": "s", "data": f"{NUMBERS} numbers below 5,000,000, seed {SEED}"})
    cells = _cells()
    start = perf_counter()
    lists(cells)
    took = perf_counter() - start
    rows.append({"name": "five lists, all models and their average", "ours": round(took, 2), "peer": "", "ratio": "",
                 "target": "< 2", "met": took < 2, "unit": "s",
                 "data": f"{WHOLE} made-up pieces, each on each list with a chance of 0.1 to 0.3, seed {SEED}"})
    return rows


def _cells() -> list[dict[str, str]]:
    """A row for each combination of five lists that met anybody."""
    draw = np.random.default_rng(SEED)
    seen = draw.random((WHOLE, 5)) < draw.uniform(0.1, 0.3, 5)
    kinds, counts = np.unique(seen[seen.any(axis=1)], axis=0, return_counts=True)
    return [{**{f"list {n}": str(int(on)) for n, on in enumerate(kind)}, "count": str(count)}
            for kind, count in zip(kinds, counts, strict=True)]


if __name__ == "__main__":
    for line in run():
        print(line)
