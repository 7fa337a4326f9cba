"""How long pages take on a case of a million items, from a server in a process of its own.

Each page is asked several times with other filters each time. A server takes the facets of
large kinds into memory beside its first answers; how long that lasts is a row of its own,
and the pages are asked after it. Times are those of whole HTTP
answers over loopback; the 95th percentile is told. The server's start is the time until
its first answer.

    python -m benchmarks.bench_pages [ITEMS]
"""

from __future__ import annotations

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.made_case import COUNTRIES, FAMILIES, SEED, item_id, make

ITEMS = 1_000_000
TIMES = 40


@contextmanager
def server(folder: Path) -> Iterator[tuple[int, float]]:
    """A running server: its port, and the seconds until its first answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "headstamp", "serve", "--case", str(folder), "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "HEADSTAMP_CLEARANCE": "restricted"},
    )
    try:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    break
            except OSError:
                if process.poll() is not None or perf_counter() - started > 60:
                    raise RuntimeError("the server did not start") from None
                sleep(0.02)
        seconds(port, "/search")
        yield port, perf_counter() - started
    finally:
        process.terminate()
        process.wait(10)


def seconds(port: int, path: str) -> float:
    """How long one page takes; it must be found."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    started = perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    took = perf_counter() - started
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return took


def warmed(port: int) -> float:
    """Seconds until the server has the facets in memory: until then narrowed lists are slow."""
    started = perf_counter()
    quick, since = 0, 0.0
    while quick < 10 and perf_counter() - started < 120:
        if seconds(port, f"/api/count/items?by=make&family={FAMILIES[0]}&country=RS") < 0.03:
            since = since if quick else perf_counter() - started
            quick += 1
        else:
            quick = 0
        sleep(0.1)
    return since


def paths(items: int) -> dict[str, list[str]]:
    """The pages asked, by what they are."""
    draw = random.Random(SEED + 1)
    narrowed = []
    for _ in range(TIMES):
        some = [
            f"family={draw.choice(FAMILIES)}", f"country={draw.choice(COUNTRIES)}",
            f"make=Make {draw.randrange(300)}".replace(" ", "%20"),
            f"year=20{draw.randrange(10, 26)}", f"item_type=type%20{draw.randrange(60)}",
        ]
        narrowed.append("/items?" + "&".join(draw.sample(some, draw.randrange(1, 3))))
    return {
        "overview": ["/"] * 10,
        "list of items, any page": [
            f"/items?page={draw.randrange(1, max(2, items // 50))}" for _ in range(TIMES)
        ],
        "list of items, narrowed, with facets": narrowed,
        "facet counts (JSON)": [
            f"/api/count/items?by={by}&family={draw.choice(FAMILIES)}"
            for by in ("make", "country", "year", "site") for _ in range(TIMES // 4)
        ],
        "one item": [f"/items/{item_id(draw.randrange(items) // 4 * 4)}" for _ in range(TIMES)],
    }


def run(items: int = ITEMS) -> list[dict[str, object]]:
    """One row for each kind of page."""
    targets = {"overview": 500}
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="headstamp-bench-") as where:
        folder = Path(where) / "case"
        make(folder, items).close()
        with server(folder) as (port, start):
            data = f"{items} made-up items, seed {SEED}"
            rows.append({"name": "start of the server", "ours": round(start, 2), "peer": "",
                         "ratio": "", "target": 3, "unit": "s", "data": data})
            rows.append({"name": "until narrowed lists count from memory",
                         "ours": round(start + warmed(port), 1), "peer": "", "ratio": "",
                         "target": "", "unit": "s", "data": data})
            for name, asked in paths(items).items():
                times = sorted(seconds(port, path) * 1000 for path in asked)
                p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
                rows.append({
                    "name": f"{name}, p95", "ours": round(p95, 1), "peer": "",
                    "ratio": f"median {statistics.median(times):.1f}",
                    "target": targets.get(name, 150), "unit": "ms", "data": data,
                })
    return rows


if __name__ == "__main__":
    for line in run(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS):
        print(line)
