"""Backing a case up, putting it back, starting after a crash, and packing very many files.

10,000 items, each with a photograph of about 100 kB: 1 GB. ``backup`` into an empty place,
again with nothing new, and ``restore`` into a new folder, which verifies all of it. The peer:
``cp -a`` of the case's folder and ``sync`` of the copy, which holds nothing to its sum. Each in a
process of its own; the sums of all files must be equal in the case that came back.

Then a process that records without end is killed with SIGKILL, and the time is taken from the start
of ``headstamp serve`` to its first page; the peer is the same where nothing was killed.

20,000 items with 20,000 photographs of about 5 kB are packed for another device: every file
must be in the bundle, and the process that packs stays small.

    python -m benchmarks keeping
    python -m benchmarks.bench_keeping [ITEMS [BYTES [MANY]]]
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from benchmarks.apart import Turn, apart, memory
from benchmarks.bench_exchange import prepare
from benchmarks.bench_verify import put_photographs
from benchmarks.made_case import SEED, make
from headstamp.actions.cases import open_case
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.records import Item

ITEMS, BYTES, MANY = 10_000, 100_000, 20_000
SMALL = 5_000
KEPT_SECONDS, START_SECONDS, MEMORY_MB = 180, 5, 300
_NAME = "benchmarks.bench_keeping"
_KILLS = 3


def backed_up(case: str, place: str) -> dict[str, int]:
    """Backs a case up; how many originals were copied and how many were there."""
    done, _ = back_up(case, Path(place))
    return {"copied": done.copied, "checked": done.checked, "bytes": done.manifest.total_bytes}


def restored(place: str, where: str) -> dict[str, int]:
    """Puts it back; how much there was, and what was wrong with it."""
    done = restore_case(Path(place), where)
    return {"bytes": done.manifest.total_bytes, "wrong": len(done.findings)}


def recording(case: str) -> None:
    """Records until it is killed."""
    with open_case(case) as opened:
        print("ready", flush=True)
        while True:
            with opened.change(actor="bench", reason="bench") as change:
                change.put_many([Item.build(make="cut off") for _ in range(100)])


def copied(source: Path, target: Path) -> float:
    """Seconds of ``cp -a`` and ``sync``."""
    start = perf_counter()
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    subprocess.run(["sync", "-f", str(target)], check=True)
    return perf_counter() - start


def first_page(case: Path) -> float:
    """Seconds from the start of ``headstamp serve`` to its first page."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HEADSTAMP_")}
    start = perf_counter()
    words = ["serve", "--json", "--port", "0", "--case", str(case)]
    with subprocess.Popen([sys.executable, "-m", "headstamp", *words], stdout=subprocess.PIPE, text=True,
                          env=environment) as serving:
        try:
            assert serving.stdout is not None
            told = next(found for line in serving.stdout if (found := re.search(r"http://[^\s\"]+", line)))
            with urllib.request.urlopen(told[0]) as page:
                page.read()
            return perf_counter() - start
        finally:
            serving.kill()


def crash(case: Path) -> None:
    """Kills a process that records."""
    with subprocess.Popen([sys.executable, "-c", f"from {_NAME} import recording; recording({str(case)!r})"],
                          stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        sleep(1.5)
        process.send_signal(signal.SIGKILL)


def run(items: int = ITEMS, size: int = BYTES, many: int = MANY) -> list[dict[str, Any]]:
    """A row for each: backup, again, restore, start after a crash, packing very many."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with make(folder / "case", items) as case:
            put_photographs(case, items, items, (size // 2, size + size // 2))
        peer = copied(folder / "case", folder / "copy")
        shutil.rmtree(folder / "copy")
        first = apart(_NAME, "backed_up", str(folder / "case"), str(folder / "bk"))
        again = apart(_NAME, "backed_up", str(folder / "case"), str(folder / "bk"))
        back = apart(_NAME, "restored", str(folder / "bk"), str(folder / "back"))
        told = (first.result["copied"], again.result["checked"], back.result["wrong"])
        if told != (items, items, 0):
            raise SystemExit(f"copied, found there, wrong: {told}")
        _same_originals(folder / "case", folder / "back")
        data = f"{items:,} items, {items:,} photographs, {first.result['bytes'] / 1e9:.2f} GB, seed {SEED}"
        for which, turn in (("backup", first), ("backup again", again), ("restore", back)):
            rows.append(_row(which, turn, peer, data))
        for place in ("bk", "back"):
            shutil.rmtree(folder / place)
        starts, clean, cpu = [], [], []
        for _ in range(_KILLS):
            clean.append(first_page(folder / "case"))
            crash(folder / "case")
            before = os.times()
            starts.append(first_page(folder / "case"))
            after = os.times()
            cpu.append(after.children_user + after.children_system
                       - before.children_user - before.children_system)
        rows.append({
            "name": "first page after kill -9", "ours": round(max(starts), 2),
            "peer": round(max(clean), 2), "unit": "s",
            "target": f"< {START_SECONDS}", "met": max(starts) < START_SECONDS,
            "data": f"{items:,} items and more; the slowest of {_KILLS}", "cpu": round(max(cpu), 2),
        })
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name), many, SMALL)
        rows.append(_packed(Path(name), many))
    return rows


def _same_originals(one: Path, other: Path) -> None:
    """The files of both by what ``sha256sum`` says."""
    sums = [subprocess.run("find originals -type f | sort | xargs sha256sum | sha256sum", shell=True,
                           cwd=folder, check=True, stdout=subprocess.PIPE).stdout for folder in (one, other)]
    if sums[0] != sums[1]:
        raise SystemExit("the originals that came back are others")


def _packed(folder: Path, many: int) -> dict[str, Any]:
    turn = apart("benchmarks.bench_exchange", "packed", str(folder), "plain")
    with tarfile.open(folder / "plain") as box:
        files = sum(one.isfile() and "/data/originals/" in one.name for one in box)
    took = memory([turn])
    return {
        "name": "pack very many files: memory", "ours": took["memory"], "unit": "MB",
        "target": f"< {MEMORY_MB}", "met": took["memory"] < MEMORY_MB and files == many,
        "data": f"{turn.result['records']:,} records, {files:,} files in the bundle, "
                f"{turn.result['bytes'] / 1e6:.0f} MB, {turn.seconds:.0f} s", **took,
    }


def _row(name: str, turn: Turn, peer: float, data: str) -> dict[str, Any]:
    return {
        "name": name, "ours": round(turn.seconds, 1), "peer": round(peer, 1),
        "ratio": round(peer / turn.seconds, 2), "target": f"< {KEPT_SECONDS}",
        "met": turn.seconds < KEPT_SECONDS, "unit": "s", "data": data, "cpu": round(turn.cpu, 1),
        **memory([turn]),
    }


if __name__ == "__main__":
    for row in run(*map(int, sys.argv[1:])):
        print(row)
