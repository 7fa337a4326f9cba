"""Packing and taking a transfer bundle, against ``tar`` piped through ``sha256sum`` of the same.

10,000 items, each with a photograph of about 100 kB: 1 GB. Ours: ``pack``, which reads,
hashes and lists every original, gathers records and log, and has the bundle on the disk when
it is done; ``take``, which unpacks, holds every file to its sum, the log to its signatures
and every version to its entry, and puts records and originals on file, synced. Plain, and
sealed with age. The peer: ``tar -cf - . | sha256sum`` over the unpacked bundle, the same
bytes in as many files, all in memory by then; it writes nothing. In turns in this run, ours
each in a process of its own; the ratio is the median of the turns', peer by ours: 1 would
be as fast as the peer.

    python -m benchmarks exchange
    python -m benchmarks.bench_exchange [ITEMS [BYTES [TURNS]]]
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.apart import Turn, apart, memory
from benchmarks.bench_verify import put_photographs
from benchmarks.made_case import SEED, make
from headstamp.actions.cases import make_case, open_case
from headstamp.actions.exchange.devices import add_device
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.take import take
from headstamp.exchange.keys import SealKey
from headstamp.store.case import Case

ITEMS, BYTES = 10_000, 100_000
TURNS = 3
TARGET, TARGET_MB = 0.3, 300
WAYS = ("plain", "sealed")
_NAME = "benchmarks.bench_exchange"


def prepare(folder: Path, items: int, size: int) -> str:
    """A full case ``field``, and an empty one ``hq`` that trusts it; the secret key of ``hq``."""
    key = SealKey.generate()
    with make(folder / "field", items) as field, make_case(folder / "hq") as hq:
        put_photographs(field, items, items, (size // 2, size + size // 2))
        _know(field, hq, (key.public,))
        _know(hq, field)
    return key.secret


def _know(case: Case, other: Case, seal_to: tuple[str, ...] = ()) -> None:
    add_device(case, key=other.verifier.text(), title="other", seal_to=seal_to, actor="bench",
               reason="bench")


def packed(folder: str, way: str) -> dict[str, int]:
    """Packs all of ``field`` for ``hq``; what there was of it."""
    with open_case(Path(folder) / "field") as case:
        done = pack(case, "other", Path(folder) / way, actor="bench", reason="bench",
                    in_the_open=way == "plain")
    return {"records": done.records, "originals": done.originals, "bytes": done.bytes}


def taken(folder: str, way: str, secret: str) -> dict[str, int]:
    """Takes that bundle into a fresh copy of ``hq``; what there was of it."""
    keys = [SealKey.parse(secret)] if way == "sealed" else []
    with open_case(Path(folder) / "taking") as case:
        done = take(case, Path(folder) / way, actor="bench", reason="bench", keys=keys)
    return {"records": done.taken, "originals": done.originals}


def peer(folder: Path) -> float:
    """Seconds of ``tar`` through ``sha256sum``."""
    start = perf_counter()
    with subprocess.Popen(["tar", "-cf", "-", "."], cwd=folder, stdout=subprocess.PIPE) as tar:
        subprocess.run(["sha256sum"], stdin=tar.stdout, stdout=subprocess.DEVNULL, check=True)
    if tar.returncode:
        raise SystemExit("tar failed")
    return perf_counter() - start


def _turn(folder: Path, way: str, secret: str) -> tuple[Turn, Turn]:
    """Both directions once, each from where nothing was packed or taken."""
    (folder / way).unlink(missing_ok=True)
    into = apart(_NAME, "packed", str(folder), way)
    shutil.copytree(folder / "hq", folder / "taking")
    try:
        out = apart(_NAME, "taken", str(folder), way, secret)
    finally:
        shutil.rmtree(folder / "taking")
    if out.result != {name: into.result[name] for name in ("records", "originals")}:
        raise SystemExit(f"{into.result} was packed, {out.result} taken")
    return into, out


def run(items: int = ITEMS, size: int = BYTES, turns: int = TURNS) -> list[dict[str, Any]]:
    """A row for each way and direction, and one for the memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        secret = prepare(folder, items, size)
        _turn(folder, "plain", secret)  # the same for the peer to read; and all is in memory now
        # Debian's Python 3.11.2 has no filters yet; later ones ask for one.
        safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        with tarfile.open(folder / "plain") as box:
            box.extractall(folder / "same", **safely)
        ours: dict[tuple[str, str], list[Turn]] = {}
        theirs: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(turns):
            for way in WAYS:
                theirs[way].append(peer(folder / "same"))
                for direction, turn in zip(("pack", "take"), _turn(folder, way, secret),
                                           strict=True):
                    ours.setdefault((direction, way), []).append(turn)
    rows = [_row(*which, mine, theirs[which[1]]) for which, mine in ours.items()]
    took = memory([turn for mine in ours.values() for turn in mine])
    rows.append({
        "name": "pack and take: memory", "ours": took["memory"], "target": f"< {TARGET_MB}",
        "unit": "MB", "data": rows[0]["data"], "met": max(took.values()) < TARGET_MB, **took,
    })
    return rows


def _row(direction: str, way: str, mine: list[Turn], theirs: list[float]) -> dict[str, Any]:
    each = sorted(other / turn.seconds for turn, other in zip(mine, theirs, strict=True))
    told = mine[0].result
    return {
        "name": f"{direction}, {way}", "ours": round(min(turn.seconds for turn in mine), 2),
        "peer": round(min(theirs), 2), "ratio": round(median(each), 2),
        "target": f">= {TARGET}", "met": median(each) >= TARGET, "unit": "s",
        "data": f"{told['records']:,} records, {told['originals']:,} originals, seed {SEED}",
        "ratios": [round(one, 2) for one in each],
        "cpu": round(min(turn.cpu for turn in mine), 2), **memory(mine),
    }


if __name__ == "__main__":
    for row in run(*map(int, sys.argv[1:])):
        print(row)
